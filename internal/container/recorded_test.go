package container_test

import (
	"bytes"
	"compress/gzip"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/go-pickle/pickle/graph"
	"github.com/go-pickle/pickle/internal/container"
)

// recordedFile is a file of testdata, which testdata/gen.py wrote.
func recordedFile(t testing.TB, name string) []byte {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("testdata", name))
	if os.IsNotExist(err) {
		var packed []byte
		if packed, err = os.ReadFile(filepath.Join("testdata", name+".gz")); err == nil {
			z, zerr := gzip.NewReader(bytes.NewReader(packed))
			if zerr != nil {
				t.Fatal(zerr)
			}
			data, err = io.ReadAll(z)
		}
	}
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// texts collects the strings that are the pickles of m.
func texts(into *[]string) func(m *container.Member) {
	return func(m *container.Member) {
		for at := int64(0); at < int64(len(m.Data)); {
			g, err := graph.Parse(m.Data[at:])
			if err != nil {
				return
			}
			if g.Root().Kind() == graph.Str {
				*into = append(*into, g.Root().Str())
			}
			at += g.End()
			for at < int64(len(m.Data)) && m.Data[at] == 0 {
				at++
			}
		}
	}
}

func TestRecorded(t *testing.T) {
	for _, row := range []struct {
		name    string
		problem string // "" is none
		kind    container.Kind
	}{
		{name: "gdbm.db"},
		{name: "berkeley.db"},
		{name: "dumb.db"},
		{name: "sqlite.db"},
		{name: "py-default.7z"},
		{name: "py-lzma.7z"},
		{name: "py-bzip2.7z"},
		{name: "py-deflate.7z"},
		{name: "py-zstd.7z"},
		{name: "py-copy.7z"},
		{name: "7z-lzma2.7z"},
		{name: "7z-solid-off.7z"},
		{name: "7z-x86.7z"},
		{name: "stream.zst"},
		{name: "stream.lz4"},
		{name: "stream.xz"},
		{name: "stream.lzma"},
		{name: "stream.bz2"},
		{"py-ppmd.7z", "not known here: 030401", container.Unreadable},
		{"py-encrypted.7z", "encrypted", container.Unreadable},
		{"7z-header-encrypted.7z", "its list of files: it is encrypted", container.Unreadable},
	} {
		var found []string
		r := &recorder{check: texts(&found)}
		container.Limits{}.Walk(recordedFile(t, row.name), r)
		if row.problem != "" {
			if !r.has(row.kind, row.problem) || len(found) != 0 {
				t.Errorf("%s: %q, found %.60q", row.name, r.problems, found)
			}
			continue
		}
		// The machine code beside the pickles is nothing known.
		if r.suspicious() && !(row.name == "7z-x86.7z" && len(r.problems) == 1 && r.has(container.Unknown, " code@0")) {
			t.Errorf("%s: %q", row.name, r.problems)
		}
		for _, want := range []string{"one", "two", strings.Repeat("three", 4000)} {
			if !slices.Contains(found, want) {
				t.Errorf("%s: %.10q is missing in %.60q", row.name, want, found)
			}
		}
		if row.name == "stream.xz" && !slices.Contains(found, "four") {
			t.Errorf("%s: the second stream is missing", row.name)
		}
	}
}

// TestSevenZipNames finds the members by their names, and code of x86 as it was.
func TestSevenZipNames(t *testing.T) {
	paths := make(map[string][]byte)
	r := &recorder{check: func(m *container.Member) { paths[m.Path] = bytes.Clone(m.Data) }}
	container.Limits{}.Walk(recordedFile(t, "7z-x86.7z"), r)
	if !bytes.Equal(paths["code"], recordedFile(t, "x86.code")) {
		t.Errorf("the filter for x86 gives %d other bytes", len(paths["code"]))
	}
	container.Limits{}.Walk(recordedFile(t, "py-default.7z"), r)
	for _, name := range []string{"folder/one", "folder/two", "folder/three"} {
		if paths[name] == nil {
			t.Errorf("no member %s", name)
		}
	}
}

// TestRecordedCut cuts each file after each of some bytes, and turns single bits: nothing may
// panic, and what is cut is told.
func TestRecordedCut(t *testing.T) {
	names, err := filepath.Glob("testdata/*.*")
	if err != nil || len(names) < 20 {
		t.Fatal(names, err)
	}
	for _, path := range names {
		name := strings.TrimSuffix(filepath.Base(path), ".gz")
		if name == "gen.py" || name == "x86.code" {
			continue
		}
		data := recordedFile(t, name)
		step := max(1, len(data)/200)
		for n := 1; n < len(data); n += step {
			r := walk(bytes.Clone(data[:n]), container.Limits{})
			if n >= 40 && len(r.pickles) == 0 && len(r.problems) == 0 {
				t.Errorf("%s: nothing is told of the first %d bytes", name, n)
			}
			if strings.HasSuffix(name, ".7z") && n > 40 && !r.suspicious() {
				t.Errorf("%s: the first %d bytes are not suspicious: %q", name, n, r.problems)
			}
		}
		for i := 0; i < len(data); i += step {
			changed := bytes.Clone(data)
			changed[i] ^= 1 << (i % 8)
			walk(changed, container.Limits{})
		}
	}
}
