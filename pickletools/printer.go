package pickletools

import (
	"fmt"
	"io"
)

// A printer gathers output for a writer. After the first failure it drops everything.
type printer struct {
	w      io.Writer
	buf    []byte
	failed error
}

const (
	printerFull = 32 << 10
	blanks64    = "                                                                "
)

func (p *printer) write(s string) {
	p.buf = append(p.buf, s...)
	p.drain()
}

func (p *printer) writeBytes(b []byte) {
	p.buf = append(p.buf, b...)
	p.drain()
}

func (p *printer) printf(format string, args ...any) {
	p.buf = fmt.Appendf(p.buf, format, args...)
	p.drain()
}

// blanks prints n blanks, none if n is negative, and returns how many.
func (p *printer) blanks(n int) int {
	for left := n; left > 0; left -= len(blanks64) {
		if p.failed != nil {
			break // n may be far more than anyone wants to wait for
		}
		p.write(blanks64[:min(left, len(blanks64))])
	}
	return max(n, 0)
}

// drain writes what has been gathered if that is enough.
func (p *printer) drain() {
	if len(p.buf) >= printerFull {
		p.flush()
	}
}

// flush writes what has been gathered and returns the first failure.
func (p *printer) flush() error {
	if p.failed == nil && len(p.buf) > 0 {
		n, err := p.w.Write(p.buf)
		if err == nil && n < len(p.buf) {
			err = io.ErrShortWrite
		}
		p.failed = err
	}
	if p.buf = p.buf[:0]; cap(p.buf) > 1<<20 {
		p.buf = nil
	}
	return p.failed
}
