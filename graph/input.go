package graph

import (
	"bufio"
	"bytes"
	"io"
	"io/fs"
	"slices"

	"github.com/go-pickle/pickle/internal/bulk"
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
	start int64     // where seek stood at first
	total int64     // how much there is from there on, if seek tells; 0 if that is not known yet
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
		if at, err := r.Seek(0, io.SeekCurrent); err == nil {
			in.seek, in.start = r, at
			if m, ok := r.(interface{ Len() int }); ok { // *bytes.Reader and the like
				in.total = int64(m.Len())
			}
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
			if left := in.total - int64(len(in.buf)); left > 0 {
				want = int(min(int64(want), left))
			}
		}
		in.fill(min(want, max(firstRead, min(len(in.buf), maxRead))))
	}
	return true
}

// fill reads up to n bytes.
func (in *input) fill(n int) {
	n = in.grow(n)
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
	in.grow(len(b))
	in.buf = append(in.buf, b...)
}

const (
	largeBuf = 64 << 10 // a buffer grows from here on with an eye to what is held twice meanwhile
	atEnd    = 512      // room to see that nothing comes behind what is there
)

// grow makes room for up to n bytes more, at least one, and returns for how many. Of a file it
// is known how much there is: when one byte in 64 was read the rest has memory for all of
// it. Memory that is not written to is none.
func (in *input) grow(n int) int {
	had := len(in.buf)
	if cap(in.buf)-had >= n {
		return n
	}
	if had+n <= largeBuf {
		in.buf = slices.Grow(in.buf, n)
		return n
	}
	size := max(had+n, 2*had)
	if in.seek != nil {
		if in.total == 0 {
			in.total = sizeOf(in.seek) - in.start
		}
		if room := cap(in.buf) - had; room > 0 && int64(had+n) > in.total {
			return room
		}
		if in.total >= int64(had) && in.total <= 64*int64(max(had, largeBuf)) {
			size = int(in.total) + atEnd
			n = min(n, size-had)
		}
	}
	in.buf = bulk.Append(bulk.Uncleared(size), in.buf)
	return n
}

// sizeOf is where the file r ends, or 0.
func sizeOf(r io.Seeker) int64 {
	if f, ok := r.(interface{ Stat() (fs.FileInfo, error) }); ok {
		if info, err := f.Stat(); err == nil && info.Mode().IsRegular() {
			return info.Size()
		}
	}
	return 0
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
