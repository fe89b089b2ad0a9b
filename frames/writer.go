package frames

import (
	"encoding/binary"
	"io"
	"math"
)

// A Writer writes frames to a stream. It must not be used by several goroutines at once.
type Writer struct {
	w     io.Writer
	o     Options
	frame int64
	start int64
	fault error // a frame that was written in part
	buf   []byte
}

// NewWriter returns a Writer of frames of the form Length32.
func NewWriter(w io.Writer) *Writer { return Options{}.NewWriter(w) }

// NewWriter returns a Writer.
func (o Options) NewWriter(w io.Writer) *Writer { return &Writer{w: w, o: o} }

// smallSize is up to which size header and payload are written as one, as
// multiprocessing.connection does it.
const smallSize = 16 << 10

// WriteFrame writes a frame with the payload, in one call of Write if the payload is of up
// to 16 KiB, and otherwise the header and then the payload, which is not copied. The error
// is an [*Error]. If a part of the frame was written, the stream is of no use any more, and
// each later call returns the same error.
func (w *Writer) WriteFrame(payload []byte) error {
	var header [maxHeader]byte
	n, err := w.header(&header, len(payload))
	if err != nil {
		return err
	}
	if len(payload) <= smallSize {
		w.buf = append(append(w.buf[:0], header[maxHeader-n:]...), payload...)
		return w.write(w.buf)
	}
	return w.write(header[maxHeader-n:], payload)
}

// Encode writes a frame with the pickle of v, in one call of Write. If v can't be pickled
// the error is a [*pickle.EncodeError], and nothing was written; otherwise it is that of
// [Writer.WriteFrame].
func (w *Writer) Encode(v any) error {
	if w.fault != nil {
		return w.fault
	}
	// The pickle is put behind the place of the longest header.
	var header [maxHeader]byte
	buf, err := w.o.Encode.Append(append(w.buf[:0], header[:]...), v)
	if cap(buf) <= keptSize {
		w.buf = buf
	}
	if err != nil {
		return err
	}
	n, err := w.header(&header, len(buf)-maxHeader)
	if err != nil {
		return err
	}
	copy(buf, header[:])
	return w.write(buf[maxHeader-n:])
}

// header puts the header of a payload into the last n bytes of h.
func (w *Writer) header(h *[maxHeader]byte, size int) (n int, err error) {
	if w.fault != nil {
		return 0, w.fault
	}
	if limit := w.o.maxWrite(); uint64(size) > limit {
		return 0, w.error(&SizeError{Size: uint64(size), Max: limit})
	}
	if w.o.Form == Multiprocessing && size > math.MaxInt32 {
		binary.BigEndian.PutUint32(h[:], math.MaxUint32) // -1
		binary.BigEndian.PutUint64(h[shortHeader:], uint64(size))
		return maxHeader, nil
	}
	binary.BigEndian.PutUint32(h[maxHeader-shortHeader:], uint32(size))
	return shortHeader, nil
}

// write writes the pieces of one frame.
func (w *Writer) write(pieces ...[]byte) error {
	written := int64(0)
	for _, p := range pieces {
		n, err := w.w.Write(p)
		written += int64(n)
		if err == nil && n < len(p) {
			err = io.ErrShortWrite
		}
		if err != nil {
			err = w.error(err)
			if written > 0 {
				w.fault = err
			}
			return err
		}
	}
	w.frame++
	w.start += written
	return nil
}

func (w *Writer) error(err error) error {
	return &Error{Op: "write", Frame: w.frame, Offset: w.start, Err: err}
}
