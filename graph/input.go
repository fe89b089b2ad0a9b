package graph

import (
	"bufio"
	"bytes"
	"io"
	"slices"
)

// An input holds the bytes of one pickle, as far as they were read. What a length in the
// pickle claims is never allocated before the bytes are there.
type input struct {
	buf   []byte // from the pickle's first byte on
	whole bool   // there is nothing to read: buf is everything
	r     io.Reader
	peek  peeker    // r if it can be looked into, else nil
	seek  io.Seeker // r if it can be moved back, else nil
	taken int       // how much of buf was taken from a peeker for good
	err   error     // why there is no more
	max   int64     // how long buf may have to be at most, if not 0
	over  bool      // it would have to be longer
}

// A peeker shows what comes next without taking it: *bufio.Reader and its like.
type peeker interface {
	Peek(n int) ([]byte, error)
	Discard(n int) (int, error)
	Buffered() int
}

var _ peeker = (*bufio.Reader)(nil)

// firstRead and maxRead bound the pieces in which a seekable or plain reader is read:
// they double, so that memory stays in proportion to what came.
const (
	firstRead = 4 << 10
	maxRead   = 4 << 20
)

func newInput(r io.Reader) *input {
	in := &input{r: r}
	switch r := r.(type) {
	case *bytes.Buffer:
		in.peek = (*bufferPeeker)(r)
	case peeker:
		in.peek = r
	case io.Seeker:
		if _, err := r.Seek(0, io.SeekCurrent); err == nil {
			in.seek = r
		}
	}
	return in
}

// bufferPeeker makes a *bytes.Buffer a peeker.
type bufferPeeker bytes.Buffer

func (b *bufferPeeker) Peek(n int) ([]byte, error) {
	all := (*bytes.Buffer)(b).Bytes()
	if n > len(all) {
		return all, io.EOF
	}
	return all[:n], nil
}

func (b *bufferPeeker) Discard(n int) (int, error) { return len((*bytes.Buffer)(b).Next(n)), nil }
func (b *bufferPeeker) Buffered() int              { return (*bytes.Buffer)(b).Len() }

// need reads until buf holds n bytes and reports whether it does.
func (in *input) need(n int) bool {
	for len(in.buf) < n {
		if in.whole || in.err != nil {
			return false
		}
		if in.max > 0 && int64(n) > in.max {
			in.over = true
			return false
		}
		want := n - len(in.buf)
		if in.peek != nil {
			in.fillPeek(want)
			continue
		}
		// A plain reader is asked for what is surely part of the pickle and no more.
		if in.seek != nil {
			want = max(want, firstRead, min(len(in.buf), maxRead))
		}
		in.fill(min(want, max(firstRead, min(len(in.buf), maxRead))))
	}
	return true
}

// fill reads up to n bytes.
func (in *input) fill(n int) {
	in.buf = slices.Grow(in.buf, n)
	for range 100 {
		got, err := in.r.Read(in.buf[len(in.buf) : len(in.buf)+n])
		if got < 0 || got > n {
			panic("pickle: reader returned an invalid count from Read")
		}
		in.buf = in.buf[:len(in.buf)+got]
		if err != nil {
			in.err = err
			return
		}
		if got > 0 {
			return
		}
	}
	in.err = io.ErrNoProgress
}

// fillPeek takes what was looked at and looks at what comes after it.
func (in *input) fillPeek(want int) {
	if err := in.take(len(in.buf)); err != nil {
		in.err = err
		return
	}
	b, err := in.peek.Peek(1)
	if len(b) == 0 {
		if err == nil {
			err = io.ErrNoProgress
		}
		in.err = err
		return
	}
	b, _ = in.peek.Peek(max(1, min(in.peek.Buffered(), max(want, firstRead))))
	in.buf = append(in.buf, b...)
}

// take moves a peeker on to the n-th byte of buf.
func (in *input) take(n int) error {
	if n <= in.taken {
		return nil
	}
	_, err := in.peek.Discard(n - in.taken)
	in.taken = n
	return err
}

// line reads up to the next line feed at or after pos and returns its place, or -1.
func (in *input) line(pos int) int {
	for {
		if pos < len(in.buf) {
			if i := bytes.IndexByte(in.buf[pos:], '\n'); i >= 0 {
				return pos + i
			}
			pos = len(in.buf)
		}
		if !in.need(len(in.buf) + 1) {
			return -1
		}
	}
}

// finish leaves the reader where the pickle ended, at byte end of buf.
func (in *input) finish(end int) error {
	switch {
	case in.peek != nil:
		return in.take(end)
	case in.seek != nil && len(in.buf) > end:
		_, err := in.seek.Seek(int64(end-len(in.buf)), io.SeekCurrent)
		return err
	}
	return nil
}
