package container

import (
	"bytes"
	"errors"
	"io"
	"runtime"
	"testing"
	"testing/iotest"
)

func TestReadAll(t *testing.T) {
	data := bytes.Repeat([]byte("0123456789"), 2000)
	for _, n := range []int{0, 1, 4095, 4096, 4097, 8192, 20_000} {
		for _, limit := range []int64{0, 1, 4095, 4096, 4097, 8192, 19_999, 20_000, 1 << 40} {
			got, err := ReadAll(iotest.HalfReader(bytes.NewReader(data[:n])), limit)
			if want := min(int64(n), limit); !bytes.Equal(got, data[:want]) || errors.Is(err, ErrTooLarge) != (int64(n) > limit) {
				t.Errorf("%d bytes, limit %d: %d, %v", n, limit, len(got), err)
			}
		}
	}
	if got, err := ReadAll(io.MultiReader(bytes.NewReader(data), iotest.ErrReader(iotest.ErrTimeout)), 1<<30); !errors.Is(err, iotest.ErrTimeout) || len(got) != len(data) {
		t.Errorf("%d, %v", len(got), err)
	}
}

// TestReadAllMemory has what was outgrown given back.
func TestReadAllMemory(t *testing.T) {
	if testing.Short() {
		t.Skip("takes 300 MB")
	}
	const size = 150 << 20
	got, err := ReadAll(io.LimitReader(zeros{}, size), 1<<40)
	if err != nil || len(got) != size {
		t.Fatal(len(got), err)
	}
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	if m.HeapInuse > 2*size+64<<20 {
		t.Errorf("%d MB are in use for %d", m.HeapInuse>>20, size>>20)
	}
	runtime.KeepAlive(got)
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) { return len(p), nil }
