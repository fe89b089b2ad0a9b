package pickle_test

import (
	"bytes"
	"compress/bzip2"
	"compress/gzip"
	"compress/zlib"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/go-pickle/pickle"
	"github.com/go-pickle/pickle/internal/corpus"
	"github.com/go-pickle/pickle/internal/expected"
	"github.com/go-pickle/pickle/py"
	"github.com/ulikunitz/xz"
)

// How many files the corpus had when it was recorded, and how many of its pickles a C
// pickler of Python 3.8 or later wrote. Another corpus of the same form may have others.
const (
	ecosystemFiles = 1969
	ecosystemExact = 1391
)

// TestEcosystem loads every file of the ecosystem corpus that is a pickle or wraps some,
// and dumps those again to the same bytes that a C pickler of 3.8 or later wrote. What the
// standard library, Python 2 and services wrote has the value that the corpus describes.
func TestEcosystem(t *testing.T) {
	files, err := corpus.Files(corpus.Folder(t, "PICKLE_CORPUS_ECOSYSTEM", "ecosystem"))
	if err != nil {
		t.Fatal(err)
	}
	n := walkEcosystem(t, files)
	if len(files) == ecosystemFiles && n.exact != ecosystemExact {
		t.Errorf("%d pickles to the byte, %v; want %d", n.exact, n.styles, ecosystemExact)
	}
}

// TestSelectionEcosystem does the same with the selection that the repository has.
func TestSelectionEcosystem(t *testing.T) {
	var files []corpus.File
	for f, err := range corpus.Entries[corpus.File](filepath.Join("testdata", "ecosystem.jsonl.gz")) {
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, f)
	}
	if n := walkEcosystem(t, files); n.exact < 100 || n.styles[pickle.Python313] == 0 || n.styles[pickle.Python315] == 0 {
		t.Errorf("%d pickles to the byte, %v", n.exact, n.styles)
	}
}

type ecosystemTally struct {
	loaded, exact int
	values        int // compared with their descriptions
	styles        map[pickle.Style]int
	kinds         map[string]int
}

func walkEcosystem(t *testing.T, files []corpus.File) ecosystemTally {
	n := ecosystemTally{styles: make(map[pickle.Style]int), kinds: make(map[string]int)}
	for i := range files {
		f := &files[i]
		data, err := f.Data()
		if err != nil {
			t.Error(err)
			continue
		}
		pickles, err := unwrap(f, data)
		switch {
		case errors.Is(err, errNotPickles):
			continue
		case err != nil:
			t.Errorf("%s: %v", f.Path, err)
			continue
		}
		n.kinds[f.Kind]++
		described := slices.Contains([]string{"stdlib", "py2", "services"}, section(f))
		if described {
			n.values++
		}
		for i, p := range pickles {
			style, err := checkFile(f, p, i, described)
			if err != nil {
				t.Errorf("%s: %v", f.Path, err)
				continue
			}
			n.loaded++
			if f.Kind == "pickle" && byModernC(f) {
				n.exact++
				n.styles[style]++
			}
		}
	}
	t.Logf("%d pickles load, %d come back to the byte, by style %v; %d files have their value; kinds: %v",
		n.loaded, n.exact, n.styles, n.values, n.kinds)
	return n
}

func section(f *corpus.File) string {
	name, _, _ := strings.Cut(f.Case, "/")
	return name
}

// byModernC reports whether CPython's C pickler wrote f, of a version whose bytes the
// encoder writes. dill's pickler is Python code.
func byModernC(f *corpus.File) bool {
	return !strings.HasPrefix(f.Case, "dill/") && !slices.Contains([]string{"py27", "py27c", "py36"}, f.Env)
}

var (
	errNotPickles = errors.New("holds more than pickles")
)

// unwrap returns the pickles, or sequences of pickles, in the file.
func unwrap(f *corpus.File, data []byte) ([][]byte, error) {
	one := func(b []byte, err error) ([][]byte, error) { return [][]byte{b}, err }
	switch f.Kind {
	case "pickle", "pickle-stream", "pickle-oob":
		return one(data, nil)
	case "pickle-then-terminator":
		p, ok := bytes.CutSuffix(data, []byte(f.End))
		if !ok {
			return nil, fmt.Errorf("no %q at its end", f.End)
		}
		return one(p, nil)
	case "frame-u32be", "frame-i32be":
		var out [][]byte
		for len(data) > 0 {
			if len(data) < 4 || uint64(len(data)-4) < uint64(binary.BigEndian.Uint32(data)) {
				return nil, io.ErrUnexpectedEOF
			}
			n := binary.BigEndian.Uint32(data)
			out = append(out, data[4:4+n])
			data = data[4+n:]
		}
		return out, nil
	case "django-filebased": // when it expires, then the value
		var expires any
		n, err := pickle.DecodeOptions{}.UnmarshalPrefix(data, &expires)
		if err != nil {
			return nil, err
		}
		value, err := inflate(data[n:])
		return [][]byte{data[:n], value}, err
	case "zlib-pickle":
		return one(inflate(data))
	case "base64-pickle":
		return one(base64.StdEncoding.DecodeString(strings.TrimSpace(string(data))))
	case "bang-pickle":
		return one(bytes.TrimPrefix(data, []byte("!")), nil)
	case "celery-json":
		var message struct{ Body []byte }
		err := json.Unmarshal(data, &message)
		return one(message.Body, err)
	case "compressed-pickle":
		switch f.Compress {
		case "gz":
			r, err := gzip.NewReader(bytes.NewReader(data))
			if err != nil {
				return nil, err
			}
			return one(io.ReadAll(r))
		case "bz2":
			return one(io.ReadAll(bzip2.NewReader(bytes.NewReader(data))))
		case "zlib":
			return one(inflate(data))
		case "xz":
			r, err := xz.NewReader(bytes.NewReader(data))
			if err != nil {
				return nil, err
			}
			return one(io.ReadAll(r))
		}
		return nil, fmt.Errorf("unknown compression %q", f.Compress)
	}
	return nil, errNotPickles
}

func inflate(data []byte) ([]byte, error) {
	r, err := zlib.NewReader(bytes.NewReader(data))
	if err != nil {
		return nil, err
	}
	return io.ReadAll(r)
}

// checkFile loads a pickle of f, or several, and dumps them again. It returns the style in
// which the bytes are the same. If described, the value must be as f describes its i-th.
func checkFile(f *corpus.File, data []byte, i int, described bool) (pickle.Style, error) {
	o := pickle.DecodeOptions{PersistentLoad: pickle.KeepPersistent}
	if strings.HasPrefix(f.Env, "py27") {
		o.Encoding = "latin-1"
	}
	for i, b := range f.Buffers {
		data, err := hex.DecodeString(b)
		if err != nil {
			return 0, err
		}
		o.Buffers = append(o.Buffers, py.Buffer{Data: data, ReadOnly: f.ReadOnly[i]})
	}
	codes := make(map[py.Global]int)
	o.Extension = func(code int) (py.Global, bool) {
		module, name, ok := strings.Cut(f.Extension[strconv.Itoa(code)], ".")
		g := py.Global{Module: module, Name: name}
		codes[g] = code
		return g, ok
	}
	description, err := f.Description()
	if err != nil {
		return 0, err
	}
	var expect struct {
		SharedMemo     bool `json:"shared_memo"`
		Items          []json.RawMessage
		Expires, Value json.RawMessage // of Django's files
	}
	descriptions := []json.RawMessage{description}
	switch f.Kind {
	case "pickle-stream", "django-filebased":
		if err := json.Unmarshal(description, &expect); err != nil {
			return 0, err
		}
		if f.Kind == "pickle-stream" {
			o.KeepMemo = expect.SharedMemo
			descriptions = expect.Items
		} else {
			descriptions = [][]json.RawMessage{{expect.Expires}, {expect.Value}}[i]
		}
	}
	var values []any
	d := o.NewDecoder(bytes.NewReader(data))
	for {
		var v any
		if err := d.Decode(&v); err == io.EOF {
			break
		} else if err != nil {
			return 0, fmt.Errorf("pickle %d: %w", len(values), err)
		}
		values = append(values, v)
	}
	if f.Kind == "pickle-stream" && len(values) != len(expect.Items) || f.Kind != "pickle-stream" && len(values) != 1 {
		return 0, fmt.Errorf("%d pickles in it", len(values))
	}
	if described {
		for i, v := range values {
			if err := expected.Check(v, descriptions[i], f.Protocol); err != nil {
				return 0, err
			}
		}
	}
	if !byModernC(f) {
		return 0, nil
	}
	var major, minor int
	if _, err := fmt.Sscanf(f.Python, "%d.%d", &major, &minor); err != nil {
		return 0, err
	}
	styles := []pickle.Style{styleOf(minor)}
	if styles[0] == pickle.Python313 || styles[0] == pickle.Python314 {
		// joblib's pickler is that of Python code, where dotted names are older.
		styles = append(styles, pickle.Python311)
	}
	for _, style := range styles {
		p, _ := pickle.ProtocolNumber(f.Protocol)
		e := pickle.EncodeOptions{
			Protocol:       p,
			Style:          style,
			KeepMemo:       o.KeepMemo,
			Extension:      func(g py.Global) (int, bool) { c, ok := codes[g]; return c, ok },
			BufferCallback: func(b *py.Buffer) bool { return true },
		}
		var out bytes.Buffer
		enc := e.NewEncoder(&out)
		for _, v := range values {
			if err = enc.Encode(v); err != nil {
				return 0, err
			}
		}
		if err = sameBytes(out.Bytes(), data); err == nil {
			return style, nil
		}
	}
	return 0, err
}
