package frames

import (
	"encoding/binary"
	"fmt"
	"io"
	"iter"
)

// A Reader reads frames from a stream. It must not be used by several goroutines at once.
type Reader struct {
	r     io.Reader
	o     Options
	frame int64 // how many frames were read
	start int64 // where the frame begins that is read now
	fault error // what no later call can mend

	// The frame that is read now, as far as it came.
	head     [maxHeader]byte
	headSize int
	size     int // of the payload; -1 while the header is not whole
	payload  []byte
	returned bool // payload is whole, and the caller has it
}

const (
	shortHeader = 4
	maxHeader   = 4 + 8
)

// NewReader returns a Reader of frames of the form Length32.
func NewReader(r io.Reader) *Reader { return Options{}.NewReader(r) }

// NewReader returns a Reader. It asks r for the bytes of one frame and no more, which
// takes two calls of Read or more for each; give a bufio.Reader for many small frames.
func (o Options) NewReader(r io.Reader) *Reader { return &Reader{r: r, o: o, size: -1} }

// Next returns the payload of the next frame; it is valid until the next call. It returns
// io.EOF if the stream ends where a frame would begin. Any other error is an [*Error]:
// with io.ErrUnexpectedEOF if the stream ends within a frame, a [*SizeError] if the frame
// is too long, or what the reader said. After an error of the reader, such as a deadline
// that passed, what came of the frame is kept, and another call of Next goes on with it.
func (r *Reader) Next() ([]byte, error) {
	if r.fault != nil {
		return nil, r.fault
	}
	if r.returned {
		r.start = r.InputOffset()
		r.frame++
		r.headSize, r.size, r.returned = 0, -1, false
		if cap(r.payload) > keptSize {
			r.payload = nil
		}
		r.payload = r.payload[:0]
	}
	if err := r.readHeader(); err != nil {
		return nil, err
	}
	if err := r.readPayload(); err != nil {
		return nil, err
	}
	r.returned = true
	return r.payload, nil
}

// InputOffset is the number of bytes read so far.
func (r *Reader) InputOffset() int64 { return r.start + int64(r.headSize) + int64(len(r.payload)) }

func (r *Reader) readHeader() error {
	for r.size < 0 {
		want := shortHeader
		if r.headSize >= shortHeader {
			want = maxHeader // only a header that says so is not done yet
		}
		for r.headSize < want {
			n, err := read(r.r, r.head[r.headSize:want])
			r.headSize += n
			if err == io.EOF && r.headSize == 0 {
				return io.EOF
			}
			if err != nil && r.headSize < want {
				return r.fail(err, "in the header")
			}
		}
		size, whole := r.parseHeader()
		if !whole {
			continue
		}
		if limit := r.o.maxRead(); size > limit {
			r.fault = r.error(&SizeError{Size: size, Max: limit})
			return r.fault
		}
		r.size = int(size)
	}
	return nil
}

// parseHeader returns the length in the header; whole is false if 8 bytes of it are to
// come.
func (r *Reader) parseHeader() (size uint64, whole bool) {
	short := binary.BigEndian.Uint32(r.head[:])
	switch {
	case r.o.Form != Multiprocessing:
		return uint64(short), true
	case r.headSize == maxHeader:
		return binary.BigEndian.Uint64(r.head[shortHeader:]), true
	case int32(short) == -1:
		return 0, false
	case int32(short) < 0:
		// CPython takes it for the length 0. No Connection writes it.
		return uint64(int64(int32(short))), true
	}
	return uint64(short), true
}

const (
	firstPiece = 4 << 10
	keptSize   = 1 << 20 // a payload's memory is used again up to this size
)

func (r *Reader) readPayload() error {
	for len(r.payload) < r.size {
		if len(r.payload) == cap(r.payload) {
			grown := make([]byte, len(r.payload), min(r.size, max(firstPiece, 2*cap(r.payload))))
			copy(grown, r.payload)
			r.payload = grown
		}
		n, err := read(r.r, r.payload[len(r.payload):min(r.size, cap(r.payload))])
		r.payload = r.payload[:len(r.payload)+n]
		if err != nil && len(r.payload) < r.size {
			return r.fail(err, fmt.Sprintf("after %d of %d bytes", len(r.payload), r.size))
		}
	}
	return nil
}

// read reads at least one byte, or returns an error.
func read(r io.Reader, p []byte) (int, error) {
	for range 100 {
		n, err := r.Read(p)
		if n < 0 || n > len(p) {
			panic("frames: reader returned an invalid count from Read")
		}
		if n > 0 || err != nil {
			return n, err
		}
	}
	return 0, io.ErrNoProgress
}

// fail wraps an error of the reader.
func (r *Reader) fail(err error, where string) error {
	if err == io.EOF {
		err = io.ErrUnexpectedEOF
	}
	return r.error(&cutError{where: where, err: err})
}

func (r *Reader) error(err error) error {
	return &Error{Op: "read", Frame: r.frame, Offset: r.start, Err: err}
}

// A cutError says how much of a frame came.
type cutError struct {
	where string
	err   error
}

func (e *cutError) Error() string { return e.where + ": " + e.err.Error() }
func (e *cutError) Unwrap() error { return e.err }

// Decode loads the pickle in the next frame into dst, as [pickle.Unmarshal] does; what
// follows the pickle in the frame is ignored, as Python does. The error is one of
// [Reader.Next], or a [*PayloadError].
func (r *Reader) Decode(dst any) error {
	payload, err := r.Next()
	if err != nil {
		return err
	}
	if err := r.o.Decode.Unmarshal(payload, dst); err != nil {
		return &PayloadError{Frame: r.frame, Offset: r.start + int64(r.headSize), Err: err}
	}
	return nil
}

// All ranges over the payloads until the stream ends. Each is valid until the next. An
// error ends the sequence; a second range goes on as another call of [Reader.Next] would.
func (r *Reader) All() iter.Seq2[[]byte, error] {
	return func(yield func([]byte, error) bool) {
		for {
			payload, err := r.Next()
			if err == io.EOF || !yield(payload, err) || err != nil {
				return
			}
		}
	}
}

// All ranges over the values in the frames of r until the stream ends. A [*PayloadError]
// comes with the zero T and does not end the sequence, so that one bad message need not be
// the last: return at any error, or go on. Any other error ends it.
func All[T any](r *Reader) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		for {
			var v T
			err := r.Decode(&v)
			if err == io.EOF {
				return
			}
			if err != nil {
				v = *new(T)
			}
			if !yield(v, err) {
				return
			}
			if _, bad := err.(*PayloadError); err != nil && !bad {
				return
			}
		}
	}
}
