package pickle_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"iter"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/go-pickle/pickle"
	"github.com/go-pickle/pickle/graph"
	"github.com/go-pickle/pickle/internal/peers"
	"github.com/go-pickle/pickle/internal/pytest"
	"github.com/go-pickle/pickle/py"
)

// Several pickles in one file, as several calls of pickle.dump(value, file) leave them.
func ExampleAll() {
	file := strings.NewReader("K\x01.\x80\x04\x8c\x03two\x94.\x80\x02(K\x03t.")
	for v, err := range pickle.All[any](file) {
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Println(v)
	}
	// Output:
	// 1
	// two
	// (3,)
}

// One pickle.Pickler wrote the list once; its second pickle refers to it.
func ExampleAllWith() {
	file := strings.NewReader("\x80\x04]\x94K\x01a.\x80\x04h\x00.")
	var lists []*py.List
	for list, err := range pickle.AllWith[*py.List](file, pickle.DecodeOptions{KeepMemo: true}) {
		if err != nil {
			fmt.Println(err)
			return
		}
		lists = append(lists, list)
	}
	fmt.Println(lists, lists[0] == lists[1])
	// Output: [[1] [1]] true
}

// collect ranges over all of a sequence.
func collect[T any](seq iter.Seq2[T, error]) (values []T, errs []error) {
	for v, err := range seq {
		if err != nil {
			errs = append(errs, err)
			continue // an error ends the sequence, so this is the last one
		}
		values = append(values, v)
	}
	return values, errs
}

// TestAllReaders ranges over the pickles of each kind of reader, and with each number of
// them leaves the reader behind the last one that was asked for.
func TestAllReaders(t *testing.T) {
	values := []any{int64(1), mixed(), "two", py.Tuple{}}
	var data []byte
	ends := []int{0}
	for i, v := range values {
		data = append(data, marshal(t, pickle.EncodeOptions{Protocol: protocols()[i+2]}, v)...)
		ends = append(ends, len(data))
	}
	for name, reader := range readers {
		t.Run(name, func(t *testing.T) {
			got, errs := collect(pickle.All[any](reader(t, data)))
			if len(errs) > 0 || !py.Equal(py.Tuple(got), py.Tuple(values)) {
				t.Errorf("%.100s, %v", py.Repr(py.Tuple(got)), errs)
			}
			for n := range len(values) + 1 {
				r := reader(t, data)
				seq := pickle.All[any](r)
				if n > 0 { // even the first value is read only when it is asked for
					i := 0
					for v, err := range seq {
						if err != nil || !py.Equal(v, values[i]) {
							t.Errorf("%d: %v", i, err)
						}
						if i++; i == n {
							break
						}
					}
				}
				if n%2 == 0 {
					if rest, err := io.ReadAll(skipEmpty{r}); err != nil || !bytes.Equal(rest, data[ends[n]:]) {
						t.Errorf("after %d values there are %d bytes left, not %d, %v", n, len(rest), len(data)-ends[n], err)
					}
				} else if rest, errs := collect(seq); len(errs) > 0 || !py.Equal(py.Tuple(rest), py.Tuple(values[n:])) {
					t.Errorf("the second range after %d values gives %d more, %v", n, len(rest), errs)
				}
			}
		})
	}
}

// TestAllFails ends with one error, and gives it again.
func TestAllFails(t *testing.T) {
	one := marshal(t, pickle.EncodeOptions{}, "one")
	broken := errors.New("the cable is out")
	where := func(err error, offset int) bool {
		var ge *graph.Error
		return errors.As(err, &ge) && ge.Offset == int64(offset)
	}
	for name, c := range map[string]struct {
		r     io.Reader
		right func(error) bool
	}{
		"cut off":        {plain(append(bytes.Clone(one), one[:9]...)), func(err error) bool { return errors.Is(err, io.ErrUnexpectedEOF) }},
		"no pickle":      {plain(append(bytes.Clone(one), "\x80\x05h\x09."...)), func(err error) bool { return where(err, len(one)+2) }},
		"reader between": {io.MultiReader(plain(one), iotest.ErrReader(broken)), func(err error) bool { return errors.Is(err, broken) }},
		"reader within": {io.MultiReader(plain(append(bytes.Clone(one), one[:9]...)), iotest.ErrReader(broken)),
			func(err error) bool { return errors.Is(err, broken) }},
		"other type": {plain(append(bytes.Clone(one), "K\x01.K\x02."...)), func(err error) bool { return strings.Contains(err.Error(), "int") }},
	} {
		seq := pickle.All[string](c.r)
		values, errs := collect(seq)
		if len(values) != 1 || values[0] != "one" || len(errs) != 1 || !c.right(errs[0]) {
			t.Errorf("%s: %q, %v", name, values, errs)
		}
		if values, again := collect(seq); len(values) != 0 || len(again) != 1 || again[0] != errs[0] {
			t.Errorf("%s: the second range gives %q, %v", name, values, again)
		}
	}
	if values, errs := collect(pickle.All[any](strings.NewReader(""))); len(values)+len(errs) != 0 {
		t.Errorf("of no bytes: %v, %v", values, errs)
	}
	_, errs := collect(pickle.AllWith[any](strings.NewReader("K\x01.X\x05\x00\x00\x00abcde."), pickle.DecodeOptions{MaxBytes: 4}))
	if len(errs) != 1 || !strings.Contains(errs[0].Error(), "MaxBytes") {
		t.Errorf("longer than the limit: %v", errs)
	}
}

// TestAllPython ranges over the files of each Python: of several calls of dump, and of one
// Pickler, which remembers what it wrote.
func TestAllPython(t *testing.T) {
	for _, python := range pytest.Installed(t) {
		for proto := range python.Highest + 1 {
			name := filepath.Join(t.TempDir(), "dumps")
			peers.Run(t, python.Path, `
import pickle, sys
name, protocol = sys.argv[1], int(sys.argv[2])
shared = [1, 2]
with open(name, "wb") as file:
    for value in shared, "text", (shared, shared), None:
        pickle.dump(value, file, protocol)
with open(name + "-kept", "wb") as file:
    pickler = pickle.Pickler(file, protocol)
    for value in shared, (shared, shared):
        pickler.dump(value)
`, name, fmt.Sprint(proto))
			read := func(name string, o pickle.DecodeOptions) []any {
				f, err := os.Open(name)
				if err != nil {
					t.Fatal(err)
				}
				defer f.Close()
				values, errs := collect(pickle.AllWith[any](f, o))
				if len(errs) > 0 {
					t.Errorf("Python %v, protocol %d: %v", python, proto, errs)
				}
				return values
			}
			if got := py.Repr(py.Tuple(read(name, pickle.DecodeOptions{}))); got != "([1, 2], 'text', ([1, 2], [1, 2]), None)" {
				t.Errorf("Python %v, protocol %d: %s", python, proto, got)
			}
			kept := read(name+"-kept", pickle.DecodeOptions{KeepMemo: true})
			if pair, ok := kept[1].(py.Tuple); !ok || pair[0] != kept[0] || pair[1] != kept[0] {
				t.Errorf("Python %v, protocol %d: %s is not shared", python, proto, py.Repr(py.Tuple(kept)))
			}
		}
	}
}

// TestAllKeepMemo goes on with the memo, in a second range too.
func TestAllKeepMemo(t *testing.T) {
	const stream = "]q\x00K\x01a.h\x00.h\x00."
	seq := pickle.AllWith[*py.List](strings.NewReader(stream), pickle.DecodeOptions{KeepMemo: true})
	var first *py.List
	for v, err := range seq {
		if err != nil {
			t.Fatal(err)
		}
		first = v
		break
	}
	if rest, errs := collect(seq); len(errs) > 0 || len(rest) != 2 || rest[0] != first || rest[1] != first {
		t.Errorf("%v, %v", rest, errs)
	}
	if values, errs := collect(pickle.All[*py.List](strings.NewReader(stream))); len(values) != 1 || len(errs) != 1 {
		t.Errorf("without KeepMemo: %v, %v", values, errs)
	}
}
