package pickle_test

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/go-pickle/pickle"
	"github.com/go-pickle/pickle/graph"
	"github.com/go-pickle/pickle/py"
)

// TestReaderTimeouts has readers that time out after each number of reads: the error comes
// through, from Load as from All.
func TestReaderTimeouts(t *testing.T) {
	value := py.Tuple{"text", py.NewDict("k", py.Bytes("v")), 1.5, py.NewSet(int64(1))}
	for _, p := range protocols() {
		data := marshal(t, pickle.EncodeOptions{Protocol: p}, value)
		for n := range data {
			for name, r := range map[string]io.Reader{
				"one byte": io.MultiReader(iotest.OneByteReader(plain(data[:n])), iotest.ErrReader(iotest.ErrTimeout)),
				"half":     io.MultiReader(iotest.HalfReader(plain(data[:n])), iotest.ErrReader(iotest.ErrTimeout)),
				"with it":  &lastWith{data: data[:n], err: iotest.ErrTimeout},
			} {
				var got []any
				var failed error
				for v, err := range pickle.All[any](r) {
					if err != nil {
						failed = err
						break
					}
					got = append(got, v)
				}
				var ge *graph.Error
				if len(got) != 0 || !errors.Is(failed, iotest.ErrTimeout) || !errors.As(failed, &ge) || ge.Offset > int64(n) {
					t.Errorf("protocol %d, %s, after %d bytes: %v, %v", p.Number(), name, n, got, failed)
				}
			}
		}
		// A reader that fails behind the pickle fails nobody who did not ask for more.
		if v, err := pickle.Load[any](io.MultiReader(plain(data), iotest.ErrReader(iotest.ErrTimeout))); err != nil || !py.Equal(v, value) {
			t.Errorf("protocol %d: %v", p.Number(), err)
		}
		if err := iotest.TestReader(strings.NewReader(string(data)), data); err != nil {
			t.Fatal(err)
		}
	}
}

// lastWith gives all its data and the error in one call, as a reader may.
type lastWith struct {
	data []byte
	err  error
}

func (l *lastWith) Read(p []byte) (int, error) {
	n := copy(p, l.data)
	l.data = l.data[n:]
	if len(l.data) == 0 {
		return n, l.err
	}
	return n, nil
}

// TestEncoderAfterFailure has a writer fail at each byte of the second of three pickles: the
// Encoder says so, and what it writes afterwards is whole.
func TestEncoderAfterFailure(t *testing.T) {
	values := []any{"one", mixed(), py.NewList("three")}
	first := len(marshal(t, pickle.EncodeOptions{}, values[0]))
	second := len(marshal(t, pickle.EncodeOptions{}, values[1]))
	third := marshal(t, pickle.EncodeOptions{}, values[2])
	for n := 0; n < second; n += 1 + n/50 {
		w := &failsOnce{at: first + n}
		e := pickle.NewEncoder(w)
		if err := e.Encode(values[0]); err != nil {
			t.Fatal(err)
		}
		if err := e.Encode(values[1]); !errors.Is(err, errFull) {
			t.Fatalf("at %d: %v", n, err)
		}
		w.got = nil
		if err := e.Encode(values[2]); err != nil || string(w.got) != string(third) {
			t.Errorf("after a failure at %d: %q, %v", n, w.got, err)
		}
	}
}

var errFull = errors.New("no room")

// failsOnce fails in the write that reaches byte at.
type failsOnce struct {
	at  int
	got []byte
}

func (w *failsOnce) Write(p []byte) (int, error) {
	if w.at >= 0 && len(p) > w.at {
		n := w.at
		w.at = -1
		return n, errFull
	}
	w.at -= len(p)
	if w.at < 0 {
		w.at = -1
	}
	w.got = append(w.got, p...)
	return len(p), nil
}

// TestSaveFileReadOnly saves into files and folders that may not be written, as a user who is
// not root: the file stays as it was.
func TestSaveFileReadOnly(t *testing.T) {
	dir := t.TempDir()
	name := filepath.Join(dir, "x")
	if err := pickle.SaveFile(name, "old"); err != nil {
		t.Fatal(err)
	}
	if os.Getuid() == 0 {
		// Root may write everywhere, so that a folder in the place of a folder must do.
		if err := pickle.SaveFile(filepath.Join(name, "below a file"), 1); err == nil {
			t.Error("saved below a file")
		}
	} else {
		if err := os.Chmod(dir, 0o500); err != nil {
			t.Fatal(err)
		}
		defer os.Chmod(dir, 0o700)
		if err := pickle.SaveFile(name, 1); !errors.Is(err, fs.ErrPermission) {
			t.Errorf("into a folder that may not be written: %v", err)
		}
	}
	if got, err := pickle.LoadFile[string](name); got != "old" {
		t.Error(got, err)
	}
	onlyFiles(t, dir, "x")
	// A link that leads to itself is no place for a file.
	loop := filepath.Join(t.TempDir(), "loop")
	if err := os.Symlink("loop", loop); err != nil {
		t.Skip(err)
	}
	err := pickle.SaveFile(loop, 1)
	if info, err2 := os.Lstat(loop); err == nil && err2 == nil && info.Mode()&fs.ModeSymlink == 0 {
		return // it was replaced by a file
	} else if err == nil {
		t.Errorf("saved into a link that leads to itself: %v", fmt.Sprint(info))
	}
}
