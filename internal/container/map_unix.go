//go:build unix

package container

import (
	"os"
	"syscall"
)

const canMap = true

// Map gives the first size bytes of a file without reading them. They are valid until release
// is called. If the file becomes shorter meanwhile, using them is a fault: see
// debug.SetPanicOnFault.
func Map(f *os.File, size int64) (data []byte, release func(), err error) {
	if size == 0 {
		return nil, func() {}, nil
	}
	if int64(int(size)) != size {
		return nil, nil, ErrTooLarge
	}
	data, err = syscall.Mmap(int(f.Fd()), 0, int(size), syscall.PROT_READ, syscall.MAP_PRIVATE)
	if err != nil {
		return nil, nil, err
	}
	return data, func() { syscall.Munmap(data) }, nil
}
