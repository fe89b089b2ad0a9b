//go:build !unix

package container

import (
	"io"
	"os"
)

const canMap = false

// Map gives the first size bytes of a file.
func Map(f *os.File, size int64) (data []byte, release func(), err error) {
	if int64(int(size)) != size {
		return nil, nil, ErrTooLarge
	}
	data = make([]byte, size)
	n, err := f.ReadAt(data, 0)
	if err == io.EOF {
		err = nil
	}
	return data[:n], func() {}, err
}
