package pickle

import (
	"errors"
	"io"
	"iter"

	"github.com/go-pickle/pickle/graph"
	"github.com/go-pickle/pickle/py"
)

// An Encoder writes pickles to a stream, as pickle.Pickler does. Each Encode writes one
// whole pickle or nothing. Unless KeepMemo is set the pickles do not depend on each other.
// An Encoder must not be used by several goroutines at once.
type Encoder struct {
	w io.Writer
	o EncodeOptions
	e encoder
}

// NewEncoder returns an Encoder that writes protocol 5 to w.
func NewEncoder(w io.Writer) *Encoder { return EncodeOptions{}.NewEncoder(w) }

// NewEncoder returns an Encoder that writes to w.
func (o EncodeOptions) NewEncoder(w io.Writer) *Encoder { return &Encoder{w: w, o: o} }

// Encode writes the pickle of v: with one call of Write, or several if it is longer than
// 64 KiB. The error is an [*EncodeError], and then
// nothing was written; or that of the writer; io.ErrShortWrite if the writer took less and
// did not say why.
func (enc *Encoder) Encode(v any) error {
	e := &enc.e
	if err := e.reset(&enc.o); err != nil {
		return err
	}
	memoLen := e.memoLen
	done := false
	defer func() {
		if !done { // a function of the caller's panicked
			enc.e = encoder{}
		}
	}()
	err := e.dump(v)
	done = true
	if !enc.o.KeepMemo || err != nil {
		// After an error the memo may hold what was never written.
		e.forget()
	} else if e.memoLen > memoLen {
		e.keep = append(e.keep, v)
	}
	if err != nil {
		return err
	}
	for p := range e.pieces() {
		n, err := enc.w.Write(p)
		if err == nil && n < len(p) {
			err = io.ErrShortWrite
		}
		if err != nil {
			return err
		}
	}
	e.trim()
	return nil
}

// ClearMemo forgets what was written, as Pickler.clear_memo does.
func (enc *Encoder) ClearMemo() { enc.e.forget() }

// A Decoder reads pickles from a stream, as pickle.Unpickler does. A Decoder must not be
// used by several goroutines at once.
type Decoder struct {
	r      io.Reader
	o      DecodeOptions
	parser *graph.Parser
	b      builder
	offset int64

	refused error // with KeepMemo: a pickle whose objects later ones could refer to
}

// NewDecoder returns a Decoder that reads from r with the zero [DecodeOptions].
func NewDecoder(r io.Reader) *Decoder { return DecodeOptions{}.NewDecoder(r) }

// NewDecoder returns a Decoder that reads from r.
func (o DecodeOptions) NewDecoder(r io.Reader) *Decoder {
	return &Decoder{r: r, o: o, parser: graph.NewParser(o.graph())}
}

// Decode loads the next pickle into dst, as [Load] does. It returns io.EOF when the stream
// ends where a pickle would begin. The offset in an error counts from the beginning of
// the stream. After a pickle that the options' Policy refused it goes on with the next; with
// KeepMemo it refuses all others too, which may refer to what is in that one, until ClearMemo.
func (d *Decoder) Decode(dst any) error {
	if d.refused != nil {
		return d.refused
	}
	g, err := d.parser.Read(d.r)
	start := d.offset
	d.offset += g.End()
	if err != nil {
		var e *graph.Error
		if errors.As(err, &e) {
			if e.Kind == graph.EOFError && g.End() == 0 {
				return io.EOF
			}
			e.Offset += start
		}
		return err
	}
	if err := d.o.check(g); err != nil {
		if d.o.KeepMemo {
			d.refused = err
		}
		return err
	}
	if !d.o.KeepMemo {
		d.b.clear()
	}
	d.b.g, d.b.o, d.b.owned = g, &d.o, true
	defer d.b.forget()
	return loadInto(&d.b, dst)
}

// InputOffset is the number of bytes of the pickles read so far.
func (d *Decoder) InputOffset() int64 { return d.offset }

// ClearMemo forgets what was read: it counts with KeepMemo alone.
func (d *Decoder) ClearMemo() {
	d.parser.ClearMemo()
	d.b = builder{}
	d.refused = nil
}

// SetBuffers gives the out-of-band buffers of the next pickle.
func (d *Decoder) SetBuffers(buffers []py.Buffer) { d.parser.SetBuffers(bufferData(buffers)) }

// All loads the pickles that follow one another in r, until it ends where a pickle would
// begin:
//
//	for v, err := range pickle.All[any](file) {
//		if err != nil {
//			return err
//		}
//		...
//	}
//
// An error comes with the zero T and ends the sequence; its offset counts from the first
// byte read. No byte is read before a value is asked for, nor past the STOP of the last
// pickle that was: who stops early finds r behind it, and a second range over the same
// sequence goes on there. A sequence that ended with an error gives that error again. A
// sequence must not be used by several goroutines at once.
//
// Many small pickles are read faster through a bufio.Reader, which may look ahead.
func All[T any](r io.Reader) iter.Seq2[T, error] { return AllWith[T](r, DecodeOptions{}) }

// AllWith is [All] with options. With KeepMemo the pickles share a memo, as those that one
// pickle.Unpickler reads.
func AllWith[T any](r io.Reader, o DecodeOptions) iter.Seq2[T, error] {
	d := o.NewDecoder(r)
	var failed error
	return func(yield func(T, error) bool) {
		for failed == nil {
			var v T
			err := d.Decode(&v)
			if err == io.EOF {
				return
			}
			if err != nil {
				failed = err
				break
			}
			if !yield(v, nil) {
				return
			}
		}
		var none T
		yield(none, failed)
	}
}
