// Package frames reads and writes pickles as Python's services send them over sockets and
// pipes: each behind its length.
//
//	r := frames.NewReader(conn)
//	for record, err := range frames.All[any](r) {
//		...
//	}
//
// A length is a claim of the peer: memory grows with the bytes that came, and no more than
// [Options].MaxSize are taken. No byte is read past a frame, so the connection can change
// its protocol after any of them.
package frames

import (
	"errors"
	"fmt"
	"math"

	"github.com/go-pickle/pickle"
)

// A Form says how frames look. The zero Form is the common one.
type Form uint8

const (
	// Length32 is a length of 4 bytes, big-endian and unsigned, and the payload: the
	// pickle receiver and the cache queries of Graphite's carbon, SocketHandler of
	// Python's logging, and PySpark's workers. The negative numbers that PySpark sends
	// in the place of a length are [SizeError]s: int32(e.Size) is the number.
	Length32 Form = iota

	// Multiprocessing is that of the Connection objects of multiprocessing.connection on
	// Unix and over TCP: the length in 4 bytes, big-endian and signed; or -1, and then
	// the length in 8 bytes, which Python 3.8 and later write for 2 GiB and more.
	Multiprocessing
)

// String names the form.
func (f Form) String() string {
	switch f {
	case Length32:
		return "Length32"
	case Multiprocessing:
		return "Multiprocessing"
	}
	return fmt.Sprintf("Form(%d)", uint8(f))
}

// DefaultMaxSize bounds the payload of one frame that is read unless the options say
// otherwise: 64 MiB.
const DefaultMaxSize = 64 << 20

// Options say how frames look and what is in them. They may be copied and used by any
// number of goroutines.
type Options struct {
	Form Form

	// MaxSize bounds the payload of one frame in bytes. 0 is [DefaultMaxSize] for a
	// Reader, and no bound but the form's for a Writer; a negative number is no bound.
	// Some peers have a bound too: carbon closes the connection at more than 1 MiB.
	MaxSize int64

	// Decode and Encode are for the pickles in the payloads. Each payload stands for
	// itself: KeepMemo has no effect.
	Decode pickle.DecodeOptions
	Encode pickle.EncodeOptions
}

func (o *Options) maxRead() uint64 {
	switch {
	case o.MaxSize == 0:
		return DefaultMaxSize
	case o.MaxSize < 0:
		return math.MaxInt
	}
	return min(uint64(o.MaxSize), math.MaxInt)
}

func (o *Options) maxWrite() uint64 {
	limit := uint64(math.MaxInt64)
	if o.Form == Length32 {
		limit = math.MaxUint32
	}
	if o.MaxSize > 0 {
		limit = min(limit, uint64(o.MaxSize))
	}
	return limit
}

// An Error says which frame of a stream was not read or written. The stream is at no
// frame's end then.
type Error struct {
	Op     string // "read" or "write"
	Frame  int64  // its number, from 0
	Offset int64  // where it begins in the stream, in bytes
	Err    error  // what is behind it: that of the reader or writer, or a *SizeError
}

func (e *Error) Error() string {
	return fmt.Sprintf("frames: %s frame %d at offset %d: %v", e.Op, e.Frame, e.Offset, e.Err)
}

// Unwrap returns what is behind the error.
func (e *Error) Unwrap() error { return e.Err }

// Timeout reports whether a deadline passed, as the errors of package net do.
func (e *Error) Timeout() bool {
	var t interface{ Timeout() bool }
	return errors.As(e.Err, &t) && t.Timeout()
}

// A SizeError is a frame that is too long, or whose length is none.
type SizeError struct {
	Size uint64 // as the header has it; a negative length is a large one here
	Max  uint64 // what is allowed
}

func (e *SizeError) Error() string {
	return fmt.Sprintf("its length is %d bytes, and %d are allowed", e.Size, e.Max)
}

// A PayloadError is a frame that arrived whole, with something in it that can't be loaded.
// The stream is at the frame's end and can be read further.
type PayloadError struct {
	Frame  int64 // its number, from 0
	Offset int64 // where its payload begins in the stream, in bytes
	Err    error // what is wrong with the pickle; offsets in it count from the payload's begin
}

func (e *PayloadError) Error() string {
	return fmt.Sprintf("frames: payload of frame %d at offset %d: %v", e.Frame, e.Offset, e.Err)
}

// Unwrap returns what is behind the error.
func (e *PayloadError) Unwrap() error { return e.Err }
