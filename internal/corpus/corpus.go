// Package corpus reads the recorded corpora that the tests walk: CPython's own pickles
// with what CPython 3.11 makes of each, and real files of the Python libraries people use.
// The whole corpora lie outside the repository; a selection of both is in testdata at the
// module's root, in the same form. Tests alone import it.
package corpus

import (
	"bufio"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"io"
	"iter"
	"os"
	"path/filepath"
	"runtime"
	"testing"
)

// Root is the module's root folder.
func Root() string {
	_, file, _, _ := runtime.Caller(0)
	return filepath.Join(filepath.Dir(file), "..", "..")
}

// Folder returns the folder of a corpus: the one that the environment variable names, or
// name beside the module, in ../shared/corpus. If there is none the test is skipped, or
// fails if REQUIRE_CORPUS=1.
func Folder(t testing.TB, variable, name string) string {
	t.Helper()
	dir := os.Getenv(variable)
	if dir == "" {
		dir = filepath.Join(Root(), "..", "shared", "corpus", name)
	}
	if info, err := os.Stat(dir); err == nil && info.IsDir() {
		return dir
	}
	reason := fmt.Sprintf("the corpus is not at %s; say where it is in %s", dir, variable)
	if os.Getenv("REQUIRE_CORPUS") == "1" {
		t.Fatal(reason)
	}
	t.Skip(reason)
	return ""
}

// An Entry is a pickle with what CPython 3.11's C unpickler, with stubs for all classes,
// makes of it. Fields that are absent have the defaults of pickle.loads.
type Entry struct {
	ID         string      `json:"id"`
	Test       string      `json:"test"` // where it was seen first
	Data       []byte      `json:"data"`
	Encoding   string      `json:"encoding"`
	Errors     string      `json:"errors"`
	FixImports *bool       `json:"fix_imports"`
	Persistent bool        `json:"persistent"` // there is a persistent_load
	Extensions []Extension `json:"extensions"`
	Buffers    []Buffer    `json:"buffers"`
	Raw        [2]string   `json:"raw"` // "ok" and "", or the exception's class and message
	Consumed   int         `json:"consumed"`

	// Desc is the description that package describe gives.
	Desc json.RawMessage `json:"desc"`

	// Exact says that dumping what was loaded, with Protocol, must give Data again.
	Exact    bool   `json:"exact"`
	Protocol int    `json:"protocol"`
	By       string `json:"by"`
	Writer   string `json:"writer"`
}

// An Extension is an entry of copyreg's registry.
type Extension struct {
	Module, Name string
	Code         int
}

// UnmarshalJSON reads a list of module, name and code.
func (x *Extension) UnmarshalJSON(b []byte) error {
	return json.Unmarshal(b, &[]any{&x.Module, &x.Name, &x.Code})
}

// A Buffer is an out-of-band buffer.
type Buffer struct {
	ReadOnly bool   `json:"readonly"`
	Data     []byte `json:"data"`
}

// Entries yields the lines of a file of gzip-compressed JSON lines, each as a T. An error
// ends the sequence.
func Entries[T any](file string) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		var zero T
		f, err := os.Open(file)
		if err != nil {
			yield(zero, err)
			return
		}
		defer f.Close()
		z, err := gzip.NewReader(f)
		if err != nil {
			yield(zero, fmt.Errorf("%s: %w", file, err))
			return
		}
		d := json.NewDecoder(bufio.NewReader(z))
		for {
			var e T
			if err := d.Decode(&e); err == io.EOF {
				return
			} else if err != nil {
				yield(zero, fmt.Errorf("%s: %w", file, err))
				return
			}
			if !yield(e, nil) {
				return
			}
		}
	}
}

// A File is a row of the ecosystem corpus: a file that a Python library wrote.
type File struct {
	Case      string            `json:"case"`
	Path      string            `json:"path"`
	Expected  string            `json:"expected"`
	Kind      string            `json:"kind"` // what the bytes are; see the corpus's README
	Protocol  int               `json:"protocol"`
	Env       string            `json:"env"` // which Python, with which libraries
	Python    string            `json:"python"`
	Buffers   []string          `json:"buffers"` // in hexadecimal
	ReadOnly  []bool            `json:"buffers_readonly"`
	Compress  any               `json:"compress"`
	Extension map[string]string `json:"extension"` // copyreg code to dotted name
	End       string            `json:"terminator"`
	SameBytes []string          `json:"same_bytes_from"`

	// Bytes and Value are the file and the description of its value; only the selection
	// in testdata has them in the row.
	Bytes []byte          `json:"bytes"`
	Value json.RawMessage `json:"value"`

	dir string
}

// Files reads the manifest in an ecosystem corpus's folder.
func Files(dir string) ([]File, error) {
	f, err := os.Open(filepath.Join(dir, "manifest.jsonl"))
	if err != nil {
		return nil, err
	}
	defer f.Close()
	var files []File
	d := json.NewDecoder(bufio.NewReader(f))
	for {
		row := File{dir: dir}
		if err := d.Decode(&row); err == io.EOF {
			return files, nil
		} else if err != nil {
			return nil, err
		}
		files = append(files, row)
	}
}

// Data is the file's content.
func (f *File) Data() ([]byte, error) {
	if f.Bytes != nil {
		return f.Bytes, nil
	}
	return os.ReadFile(filepath.Join(f.dir, f.Path))
}

// Description is the language-neutral description of the file's value.
func (f *File) Description() (json.RawMessage, error) {
	if f.Value != nil {
		return f.Value, nil
	}
	return os.ReadFile(filepath.Join(f.dir, f.Expected))
}
