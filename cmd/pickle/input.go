package main

import (
	"errors"
	"fmt"
	"io"
	"iter"
	"os"
	"strconv"
	"strings"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"github.com/go-pickle/pickle/graph"
	"github.com/go-pickle/pickle/internal/container"
)

// inputOptions are the flags of all commands that read pickles.
type inputOptions struct {
	first    bool
	offset   int64
	maxBytes byteSize
}

func (o *inputOptions) flags(cmd *cobra.Command) {
	cmd.Flags().BoolVar(&o.first, "first", false, "take the first pickle of each file alone, whatever follows it")
	cmd.Flags().Int64Var(&o.offset, "offset", 0, "begin `N` bytes into the file")
	o.maxBytesFlag(cmd)
}

func (o *inputOptions) maxBytesFlag(cmd *cobra.Command) {
	o.maxBytes = 4 << 30
	cmd.Flags().Var(&o.maxBytes, "max-bytes", "read at most `SIZE` from a pipe or compressed data, such as 500M or 8G")
}

// A byteSize is a flag for a number of bytes.
type byteSize int64

var byteUnits = []struct {
	letter string
	shift  uint
}{{"T", 40}, {"G", 30}, {"M", 20}, {"K", 10}}

func (s *byteSize) Type() string { return "size" }

func (s *byteSize) String() string {
	for _, u := range byteUnits {
		if n := int64(*s); n >= 1<<u.shift && n&(1<<u.shift-1) == 0 {
			return strconv.FormatInt(n>>u.shift, 10) + u.letter
		}
	}
	return strconv.FormatInt(int64(*s), 10)
}

func (s *byteSize) Set(text string) error {
	digits, shift := strings.ToUpper(text), uint(0)
	digits = strings.TrimSuffix(strings.TrimSuffix(digits, "B"), "I")
	for _, u := range byteUnits {
		if d, ok := strings.CutSuffix(digits, u.letter); ok {
			digits, shift = d, u.shift
			break
		}
	}
	n, err := strconv.ParseInt(digits, 10, 64)
	if err != nil || n <= 0 || n<<shift>>shift != n {
		return errors.New("not a size such as 100000, 500M or 8G")
	}
	*s = byteSize(n << shift)
	return nil
}

// A document is a place in a file where a pickle begins. Whoever looks at it sets length,
// or err.
type document struct {
	file   string // as the user calls it
	layer  string // the compressed data that it is in, such as "gzip", or ""
	number int    // in the file, from 1
	offset int64  // in the file, or in what layer holds
	data   []byte // from the pickle's first byte on to the end of file or layer
	torch  bool   // the file began like one of torch.save's old format

	length int64
	err    error
}

// rest is what follows the pickle.
func (d *document) rest() []byte { return d.data[d.length:] }

// A reader goes through the pickles of files.
type reader struct {
	a     *app
	o     *inputOptions
	yield func(*document) bool
	stop  bool
	doc   document
}

// documents yields the pickles of the files one after the other. What can't be read is
// reported, and the next file is next.
func (a *app) documents(files []string, o *inputOptions) iter.Seq[*document] {
	return func(yield func(*document) bool) {
		r := &reader{a: a, o: o, yield: yield}
		for _, name := range orStdin(files) {
			r.file(name)
			if r.stop {
				return
			}
		}
	}
}

func orStdin(files []string) []string {
	if len(files) == 0 {
		return []string{"-"}
	}
	return files
}

func displayName(name string) string {
	if name == "-" {
		return "stdin"
	}
	return name
}

func (r *reader) file(name string) {
	data, err := r.a.read(name, r.o)
	if err == nil && r.o.offset > 0 {
		if r.o.offset > int64(len(data)) {
			err = fmt.Errorf("--offset %d is past the end of %s", r.o.offset, count(len(data), "byte"))
		} else {
			data = data[r.o.offset:]
		}
	}
	if err != nil {
		r.a.report(problem{at: displayName(name), what: plainMessage(err), hint: readHint(err)})
		return
	}
	r.doc = document{file: displayName(name)}
	if len(data) == 0 {
		r.a.report(problem{at: r.doc.file + ":" + strconv.FormatInt(r.o.offset, 10), what: errNothing.Error()})
		return
	}
	r.walk("", r.o.offset, data, 0)
}

// maxLayers is how often compressed data may be in compressed data.
const maxLayers = 6

// walk yields what is in data, which begins at offset of a file or of what layer holds. It
// reports whether there may be more to see in the file.
func (r *reader) walk(layer string, offset int64, data []byte, depth int) bool {
	torch := isTorchLegacy(data)
	for len(data) > 0 {
		if f := container.Compression(data); f != nil && depth < maxLayers {
			plain, used, err := decompress(f, data, int64(r.o.maxBytes))
			if err == nil && len(plain) == 0 {
				err = errNothing
			}
			if err == nil {
				if !r.walk(joinLayers(layer, f.Name), 0, plain, depth+1) {
					return false
				}
				offset, data = offset+int64(used), data[used:]
				continue
			}
			if f.Sure || errors.Is(err, errTooLarge) || err == errNothing {
				p := problem{
					at:   fmt.Sprintf("%s:%d", r.doc.file, offset),
					what: fmt.Sprintf("%s data: %v", joinLayers(layer, f.Name), err), hint: decompressHint(err),
				}
				r.a.report(p)
				return false
			}
		}
		d := &r.doc
		*d = document{file: d.file, layer: layer, number: d.number + 1, offset: offset, data: data, torch: torch}
		if !r.yield(d) {
			r.stop = true
			return false
		}
		if d.err != nil || r.o.first {
			return false
		}
		offset, data = offset+d.length, d.rest()
	}
	return true
}

func joinLayers(outer, inner string) string {
	if outer == "" {
		return inner
	}
	return inner + " in " + outer
}

func readHint(err error) string {
	if errors.Is(err, errTooLarge) {
		return decompressHint(err)
	}
	if errors.Is(err, errTerminal) {
		return "give a FILE, or - to type a pickle by hand"
	}
	return ""
}

// isPickle reports whether data begins with a whole pickle.
func isPickle(data []byte) bool {
	_, err := graph.Options{PersistentIDs: true, AnyBuffers: true, Encoding: "bytes"}.Parse(data)
	return err == nil
}

func startsWithProto(data []byte) bool {
	return len(data) >= 2 && data[0] == 0x80 && data[1] <= 5
}

var (
	errTerminal  = errors.New("standard input is a terminal")
	errDirectory = errors.New("is a directory")
	errNothing   = errors.New("nothing there")
	errTooLarge  = errors.New("more than --max-bytes allows")
)

// read returns all of a file.
func (a *app) read(name string, o *inputOptions) ([]byte, error) {
	if name == "-" {
		if f, ok := a.stdin.(*os.File); ok {
			return readFile(f, int64(o.maxBytes))
		}
		return readLimited(a.stdin, int64(o.maxBytes))
	}
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return readFile(f, int64(o.maxBytes))
}

// readFile returns the rest of a file; limit is that of a pipe and the like.
func readFile(f *os.File, limit int64) ([]byte, error) {
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	if info.IsDir() {
		return nil, errDirectory
	}
	at, err := f.Seek(0, io.SeekCurrent)
	if err != nil || !info.Mode().IsRegular() || info.Size() == 0 { // of a file in /proc the size is 0
		return readLimited(f, limit)
	}
	data := make([]byte, max(0, info.Size()-at))
	n, err := io.ReadFull(f, data)
	if err == io.ErrUnexpectedEOF || err == io.EOF {
		err = nil // it became shorter meanwhile
	}
	return data[:n], err
}

func readLimited(r io.Reader, limit int64) ([]byte, error) {
	data, err := container.ReadAll(r, limit)
	if err == container.ErrTooLarge {
		return nil, errTooLarge
	}
	return data, err
}

// noTerminal makes it an error to wait for someone to type a pickle, unless - says so.
func (a *app) noTerminal(files []string) error {
	if f, ok := a.stdin.(*os.File); ok && len(files) == 0 && term.IsTerminal(int(f.Fd())) {
		return &usageError{what: "no FILE given", hint: readHint(errTerminal)}
	}
	return nil
}
