package container

import (
	"errors"
	"io"
	"os"
)

// A buffer holds what was decompressed, until it is released.
type buffer struct {
	data    []byte
	release func()
}

const (
	window = 128 << 20 // the largest dictionary of a decompressor
	small  = 16 << 20  // what may come out of compressed data of any size
)

// decompress reads all of r, which decompresses size bytes. It stops at faults and, with
// ErrTooLarge, at limits; what came before is in the buffer.
func (w *walker) decompress(r io.Reader, size int64) (*buffer, error) {
	limit := min(w.bytes, max(small, size*w.limits.Ratio))
	b, err := w.fill(r, limit)
	w.bytes -= int64(len(b.data))
	w.more(int64(len(b.data)))
	return b, err
}

func (w *walker) fill(r io.Reader, limit int64) (*buffer, error) {
	b := &buffer{}
	var held int64
	b.release = func() { w.memory += held }
	for idle := 0; idle < 100; idle++ {
		if len(b.data) == cap(b.data) {
			grown := min(int64(max(4<<10, 2*len(b.data))), limit+1)
			if grown-held > w.memory {
				w.memory += held
				held = 0
				return w.spill(b.data, r, limit)
			}
			w.memory -= grown - held
			held = grown
			b.data = append(make([]byte, 0, grown), b.data...)
		}
		n, err := r.Read(b.data[len(b.data):cap(b.data)])
		b.data = b.data[:len(b.data)+n]
		switch {
		case int64(len(b.data)) > limit:
			b.data = b.data[:limit]
			return b, ErrTooLarge
		case err == io.EOF:
			return b, nil
		case err != nil:
			return b, err
		case n > 0:
			idle = 0
		}
	}
	return b, io.ErrNoProgress
}

// spill goes on in a temporary file, which has no name any more and goes away with the
// process.
func (w *walker) spill(head []byte, r io.Reader, limit int64) (*buffer, error) {
	b := &buffer{data: head, release: func() {}}
	f, err := os.CreateTemp("", "pickle-scan-*")
	if err != nil || !canMap {
		return b, ErrTooLarge
	}
	defer f.Close()
	defer os.Remove(f.Name())
	n, err := f.Write(head)
	if err != nil {
		return b, ErrTooLarge
	}
	more, err := io.CopyBuffer(onlyWriter{f}, &io.LimitedReader{R: r, N: limit - int64(n) + 1}, make([]byte, 256<<10))
	size := int64(n) + more
	if errors.Is(err, errWrite) || size > limit {
		size, err = min(size, limit), ErrTooLarge
	}
	data, release, mapErr := Map(f, size)
	if mapErr != nil {
		return b, ErrTooLarge
	}
	b.data, b.release = data, release
	return b, err
}

var errWrite = errors.New("cannot write")

// onlyWriter makes faults of the file known as such.
type onlyWriter struct{ f *os.File }

func (w onlyWriter) Write(p []byte) (int, error) {
	n, err := w.f.Write(p)
	if err != nil {
		err = errWrite
	}
	return n, err
}
