package pickle_test

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/go-pickle/pickle"
	"github.com/go-pickle/pickle/graph"
	"github.com/go-pickle/pickle/py"
)

func marshal(t testing.TB, o pickle.EncodeOptions, v any) []byte {
	t.Helper()
	data, err := o.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func unmarshal(t testing.TB, o pickle.DecodeOptions, data []byte) any {
	t.Helper()
	var v any
	if err := o.Unmarshal(data, &v); err != nil {
		t.Fatalf("%q: %v", data, err)
	}
	return v
}

func protocols() []pickle.Protocol {
	return []pickle.Protocol{pickle.Protocol0, pickle.Protocol1, pickle.Protocol2, pickle.Protocol3, pickle.Protocol4, pickle.Protocol5}
}

// mixed is a value with something of everything, some of it long enough for several frames.
func mixed() any {
	shared := py.NewDict("k", int64(1))
	return py.Tuple{
		&py.List{Items: []any{int64(1), 2.5, "text", py.Bytes("bytes"), shared, nil, true}},
		py.NewDict("a", shared, int64(2), py.Tuple{complex(3, 4)}),
		strings.Repeat("long", 20000),
		py.Bytes(strings.Repeat("b", 70000)),
		py.NewSet(int64(1)), py.NewFrozenSet("x"), &py.ByteArray{Bytes: []byte("ba")},
		py.Global{Module: "collections", Name: "OrderedDict"},
	}
}

// readers are the kinds of readers that Load treats differently, and bad ones.
var readers = map[string]func(t *testing.T, data []byte) io.Reader{
	"bytes.Reader":  func(t *testing.T, b []byte) io.Reader { return bytes.NewReader(b) },
	"bytes.Buffer":  func(t *testing.T, b []byte) io.Reader { return bytes.NewBuffer(b) },
	"bufio":         func(t *testing.T, b []byte) io.Reader { return bufio.NewReader(bytes.NewReader(b)) },
	"bufio, 16":     func(t *testing.T, b []byte) io.Reader { return bufio.NewReaderSize(plain(b), 16) },
	"plain":         func(t *testing.T, b []byte) io.Reader { return plain(b) },
	"one byte":      func(t *testing.T, b []byte) io.Reader { return iotest.OneByteReader(plain(b)) },
	"half":          func(t *testing.T, b []byte) io.Reader { return iotest.HalfReader(plain(b)) },
	"data with EOF": func(t *testing.T, b []byte) io.Reader { return iotest.DataErrReader(plain(b)) },
	"often nothing": func(t *testing.T, b []byte) io.Reader { return &sparse{r: plain(b)} },
	"file": func(t *testing.T, b []byte) io.Reader {
		name := filepath.Join(t.TempDir(), "file")
		if err := os.WriteFile(name, b, 0o600); err != nil {
			t.Fatal(err)
		}
		f, err := os.Open(name)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { f.Close() })
		return f
	},
	"pipe": func(t *testing.T, b []byte) io.Reader {
		r, w := io.Pipe()
		go func() {
			w.Write(b)
			w.Close()
		}()
		return r
	},
	"os pipe": func(t *testing.T, b []byte) io.Reader {
		r, w, err := os.Pipe()
		if err != nil {
			t.Fatal(err)
		}
		go func() {
			w.Write(b)
			w.Close()
		}()
		t.Cleanup(func() { r.Close() })
		return r
	},
}

// plain is a reader that has no other methods.
func plain(b []byte) io.Reader { return struct{ io.Reader }{bytes.NewReader(b)} }

// sparse returns 0 bytes and no error two times out of three, as a reader may.
type sparse struct {
	r io.Reader
	n int
}

func (s *sparse) Read(p []byte) (int, error) {
	if s.n++; s.n%3 != 0 {
		return 0, nil
	}
	return s.r.Read(p[:min(len(p), 7)])
}

// TestReaders loads pickles one after another from each kind of reader: the values are
// right and after each the reader stands behind its STOP.
func TestReaders(t *testing.T) {
	values := []any{int64(1), mixed(), "two", py.NewDict("a", "b"), mixed(), nil}
	const tail = "and this is no pickle"
	for name, reader := range readers {
		for _, p := range protocols() {
			t.Run(fmt.Sprintf("%s/%d", name, p.Number()), func(t *testing.T) {
				var all []byte
				for _, v := range values {
					all = append(all, marshal(t, pickle.EncodeOptions{Protocol: p}, v)...)
				}
				r := reader(t, append(bytes.Clone(all), tail...))
				for i, want := range values {
					got, err := pickle.Load[any](r)
					if err != nil {
						t.Fatalf("pickle %d: %v", i, err)
					}
					if !py.Equal(got, want) {
						t.Errorf("pickle %d is %.100s", i, py.Repr(got))
					}
				}
				rest, err := io.ReadAll(skipEmpty{r})
				if err != nil || string(rest) != tail {
					t.Errorf("behind the last pickle there is %.60q, %v", rest, err)
				}
				d := pickle.NewDecoder(reader(t, all))
				for i := range values {
					var got any
					if err := d.Decode(&got); err != nil {
						t.Fatalf("Decode %d: %v", i, err)
					}
				}
				if d.InputOffset() != int64(len(all)) {
					t.Errorf("InputOffset is %d, not %d", d.InputOffset(), len(all))
				}
				var got any
				if err := d.Decode(&got); err != io.EOF {
					t.Errorf("at the end Decode returns %v, not io.EOF", err)
				}
			})
		}
	}
}

// skipEmpty hides reads of 0 bytes from io.ReadAll, which would give up after some.
type skipEmpty struct{ r io.Reader }

func (s skipEmpty) Read(p []byte) (n int, err error) {
	for n == 0 && err == nil {
		n, err = s.r.Read(p)
	}
	return n, err
}

// TestReaderFails cuts the input off at every byte, by its end or by an error of the
// reader: the error comes through, and says where.
func TestReaderFails(t *testing.T) {
	broken := errors.New("the cable is out")
	value := py.Tuple{int64(70000), "text", py.NewDict("k", py.Bytes("v")), 1.5, py.NewSet(int64(1)),
		&py.Object{How: py.ByReduce, Class: py.Global{Module: "m", Name: "C"}, Args: py.Tuple{}}}
	for _, p := range protocols() {
		data := marshal(t, pickle.EncodeOptions{Protocol: p}, value)
		for n := range data {
			for name, r := range map[string]io.Reader{
				"plain":    io.MultiReader(plain(data[:n]), iotest.ErrReader(broken)),
				"one byte": iotest.OneByteReader(io.MultiReader(plain(data[:n]), iotest.ErrReader(broken))),
				"bufio":    bufio.NewReader(io.MultiReader(plain(data[:n]), iotest.ErrReader(broken))),
			} {
				_, err := pickle.Load[any](r)
				var ge *graph.Error
				if !errors.Is(err, broken) || !errors.As(err, &ge) || ge.Kind != graph.OSError || ge.Offset > int64(n) {
					t.Errorf("protocol %d, %s, broken at %d: %v", p.Number(), name, n, err)
				}
			}
			for name, reader := range readers {
				if name == "file" || name == "os pipe" {
					continue // no news, and slow
				}
				_, err := pickle.Load[any](reader(t, data[:n]))
				var ge *graph.Error
				if !errors.As(err, &ge) || !errors.Is(err, io.ErrUnexpectedEOF) || ge.Offset > int64(n) ||
					ge.Kind != graph.EOFError && ge.Kind != graph.UnpicklingError {
					t.Errorf("protocol %d, %s, ends at %d: %v", p.Number(), name, n, err)
				}
			}
		}
		// The reader's error with the last bytes does not matter if the pickle is whole.
		if v, err := pickle.Load[any](iotest.DataErrReader(plain(data))); err != nil || !py.Equal(v, value) {
			t.Errorf("protocol %d: %v, %v", p.Number(), v, err)
		}
		var v any
		r := iotest.TimeoutReader(iotest.OneByteReader(plain(data)))
		if err := pickle.NewDecoder(r).Decode(&v); !errors.Is(err, iotest.ErrTimeout) {
			t.Errorf("protocol %d: a timeout gives %v", p.Number(), err)
		}
	}
	if _, err := pickle.Load[any](zeros{}); !errors.Is(err, io.ErrNoProgress) {
		t.Errorf("a reader that never gives anything: %v", err)
	}
}

type zeros struct{}

func (zeros) Read([]byte) (int, error) { return 0, nil }

// TestDecodeOffset says where in the stream, not in the pickle, an error is.
func TestDecodeOffset(t *testing.T) {
	one := marshal(t, pickle.EncodeOptions{}, "one")
	d := pickle.NewDecoder(bytes.NewReader(append(bytes.Clone(one), "\x80\x05h\x09."...)))
	var v any
	if err := d.Decode(&v); err != nil {
		t.Fatal(err)
	}
	err := d.Decode(&v)
	want := fmt.Sprintf("pickle: BINGET at offset %d: Memo value not found at index 9", len(one)+2)
	if err == nil || err.Error() != want {
		t.Errorf("%v, not %s", err, want)
	}
}

// limited takes n bytes and then fails with err, or writes short without saying why.
type limited struct {
	n   int
	err error
	got bytes.Buffer
}

func (l *limited) Write(p []byte) (int, error) {
	n := min(len(p), l.n)
	l.got.Write(p[:n])
	l.n -= n
	if n < len(p) {
		return n, l.err
	}
	return n, nil
}

func TestWriterFails(t *testing.T) {
	full := errors.New("the disk is full")
	for _, v := range []any{"text", mixed(), py.Bytes(strings.Repeat("x", 1<<20))} {
		data := marshal(t, pickle.EncodeOptions{}, v)
		for _, n := range []int{0, 1, len(data) / 2, len(data) - 1} {
			if err := pickle.Dump(&limited{n: n, err: full}, v); !errors.Is(err, full) {
				t.Errorf("failing after %d of %d bytes: %v", n, len(data), err)
			}
			if err := pickle.Dump(&limited{n: n}, v); !errors.Is(err, io.ErrShortWrite) {
				t.Errorf("short after %d of %d bytes: %v", n, len(data), err)
			}
		}
		w := &limited{n: len(data)}
		if err := pickle.Dump(w, v); err != nil || !bytes.Equal(w.got.Bytes(), data) {
			t.Errorf("%d bytes, not %d, %v", w.got.Len(), len(data), err)
		}
	}
	// What can't be pickled leaves nothing behind, and the next value is right.
	var out bytes.Buffer
	enc := pickle.NewEncoder(&out)
	if err := enc.Encode(py.Tuple{"x", func() {}}); err == nil || out.Len() != 0 {
		t.Errorf("%v, %q", err, out.Bytes())
	}
	if err := enc.Encode("next"); err != nil || !bytes.Equal(out.Bytes(), marshal(t, pickle.EncodeOptions{}, "next")) {
		t.Errorf("%v, %q", err, out.Bytes())
	}
}

// TestKeepMemo shares values between the pickles of a stream, as one Pickler and one
// Unpickler do; without it each pickle stands for itself.
func TestKeepMemo(t *testing.T) {
	shared := &py.List{Items: []any{"x"}}
	object := &py.Object{How: py.ByReduce, Class: py.Global{Module: "m", Name: "C"}, Args: py.Tuple{}}
	values := []any{shared, py.Tuple{shared, object, "x"}, object, py.Tuple{shared, complex(1, 2), py.Global{Module: "m", Name: "C"}}}
	for _, p := range protocols() {
		var kept, fresh bytes.Buffer
		e := pickle.EncodeOptions{Protocol: p, KeepMemo: true}.NewEncoder(&kept)
		f := pickle.EncodeOptions{Protocol: p}.NewEncoder(&fresh)
		for _, v := range values {
			if err := errors.Join(e.Encode(v), f.Encode(v)); err != nil {
				t.Fatal(err)
			}
		}
		if kept.Len() >= fresh.Len() {
			t.Errorf("protocol %d: %d bytes with a kept memo, %d without", p.Number(), kept.Len(), fresh.Len())
		}
		load := func(o pickle.DecodeOptions, data []byte) (out []any, err error) {
			d := o.NewDecoder(bytes.NewReader(data))
			for {
				var v any
				if err := d.Decode(&v); err == io.EOF {
					return out, nil
				} else if err != nil {
					return out, err
				}
				out = append(out, v)
			}
		}
		got, err := load(pickle.DecodeOptions{KeepMemo: true}, kept.Bytes())
		if err != nil || len(got) != len(values) {
			t.Fatalf("protocol %d: %d values, %v", p.Number(), len(got), err)
		}
		for i := range got {
			if !py.Equal(got[i], values[i]) {
				t.Errorf("protocol %d: value %d is %s", p.Number(), i, py.Repr(got[i]))
			}
		}
		second, fourth := got[1].(py.Tuple), got[3].(py.Tuple)
		if got[0] != second[0] || got[2] != second[1] || fourth[0] != got[0] {
			t.Errorf("protocol %d: values are not shared between the pickles", p.Number())
		}
		if p == pickle.Protocol0 || p == pickle.Protocol2 {
			if _, err := load(pickle.DecodeOptions{}, kept.Bytes()); err == nil {
				t.Errorf("protocol %d: loaded without the memo of the pickles before", p.Number())
			}
		}
		got, err = load(pickle.DecodeOptions{}, fresh.Bytes())
		if err != nil || got[0] == got[1].(py.Tuple)[0] {
			t.Errorf("protocol %d: shared without KeepMemo, or %v", p.Number(), err)
		}
	}
}

// TestKeepMemoChanges lets a later pickle change what an earlier one made: the caller who
// has it sees the change, as in Python.
func TestKeepMemoChanges(t *testing.T) {
	stream := "]q\x00.}q\x01.\x80\x04\x8fq\x02.h\x00K\x07a0h\x01K\x01K\x02s0h\x02(K\x03\x90."
	d := pickle.DecodeOptions{KeepMemo: true}.NewDecoder(strings.NewReader(stream))
	var list, dict, set, again any
	for _, v := range []*any{&list, &dict, &set, &again} {
		if err := d.Decode(v); err != nil {
			t.Fatal(err)
		}
	}
	if got := py.Repr(py.Tuple{list, dict, set}); got != "([7], {1: 2}, {3})" || again != set {
		t.Error(got, again)
	}
}

func TestClearMemo(t *testing.T) {
	var out bytes.Buffer
	enc := pickle.EncodeOptions{KeepMemo: true}.NewEncoder(&out)
	v := &py.List{}
	for range 2 {
		out.Reset()
		enc.ClearMemo()
		if err := enc.Encode(v); err != nil {
			t.Fatal(err)
		}
		if want := marshal(t, pickle.EncodeOptions{}, v); !bytes.Equal(out.Bytes(), want) {
			t.Errorf("%q, not %q", out.Bytes(), want)
		}
	}
	d := pickle.DecodeOptions{KeepMemo: true}.NewDecoder(strings.NewReader("]q\x00.h\x00."))
	var x any
	if err := d.Decode(&x); err != nil {
		t.Fatal(err)
	}
	d.ClearMemo()
	if err := d.Decode(&x); err == nil {
		t.Error("the memo was cleared, but its entry is there")
	}
}

// TestMaxBytes refuses what is longer than the limit, before it is read.
func TestMaxBytes(t *testing.T) {
	data := marshal(t, pickle.EncodeOptions{}, mixed())
	for _, limit := range []int64{1, 100, int64(len(data)) - 1, int64(len(data)), int64(len(data)) + 1} {
		o := pickle.DecodeOptions{MaxBytes: limit}
		var v any
		for name, err := range map[string]error{
			"Unmarshal": o.Unmarshal(data, &v),
			"Load":      o.Load(plain(data), &v),
			"bufio":     o.Load(bufio.NewReader(plain(data)), &v),
			"Decode":    o.NewDecoder(bytes.NewReader(data)).Decode(&v),
		} {
			var ge *graph.Error
			if ok := limit >= int64(len(data)); ok != (err == nil) || !ok && (!errors.As(err, &ge) || ge.Kind != graph.MemoryError) {
				t.Errorf("%s of %d bytes with a limit of %d: %v", name, len(data), limit, err)
			}
		}
	}
	o := pickle.DecodeOptions{MaxBytes: 1000}
	var v any
	if err := o.Load(plain([]byte("\x8e\xff\xff\xff\xff\xff\xff\xff\x0f")), &v); err == nil || !strings.Contains(err.Error(), "MaxBytes") {
		t.Errorf("a claimed length past the limit: %v", err)
	}
}
