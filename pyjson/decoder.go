package pyjson

import (
	"errors"
	"fmt"
	"io"
	"iter"
)

// A Decoder reads values in typed JSON from a stream, one after another, such as JSON
// lines: white space may stand between them, and does where two numbers or words follow
// each other. Each is a text of its own: no reference goes from one to another. It is not
// safe for concurrent use.
type Decoder struct {
	r     io.Reader
	buf   []byte
	start int   // where in buf what has not been decoded begins
	base  int64 // the offset of buf in the stream
	err   error // that ended the stream
}

// NewDecoder returns a Decoder that reads from r, with a buffer: it may read more than it
// decodes. A value is held in memory as text until it is complete; io.LimitReader bounds
// that.
func NewDecoder(r io.Reader) *Decoder { return &Decoder{r: r} }

// InputOffset is the offset in the stream behind the value that was decoded last.
func (d *Decoder) InputOffset() int64 { return d.base + int64(d.start) }

// Decode returns the next value. At the end of the stream the error is io.EOF. Other
// errors are those of the reader, or an [*Error] with the offset in the stream; after
// either Decode returns the same error again.
func (d *Decoder) Decode() (any, error) {
	if d.err != nil {
		return nil, d.err
	}
	v, err := d.decode()
	if err != nil {
		d.err = err
	}
	return v, err
}

// All yields the values up to the end of the stream. An error is yielded last.
func (d *Decoder) All() iter.Seq2[any, error] {
	return func(yield func(any, error) bool) {
		for {
			v, err := d.Decode()
			if err == io.EOF || !yield(v, err) || err != nil {
				return
			}
		}
	}
}

func (d *Decoder) decode() (any, error) {
	end, err := d.scan()
	if err != nil {
		return nil, err
	}
	p := parser{in: d.buf[d.start:end], base: d.base + int64(d.start)}
	v, err := p.whole()
	if err != nil {
		return nil, err
	}
	d.start = end
	return v, nil
}

// scan reads until the next value is complete and returns where it ends. It looks at
// brackets and quotes only.
func (d *Decoder) scan() (end int, err error) {
	for {
		if err := d.more(d.start); err == io.EOF {
			return 0, io.EOF
		} else if err != nil {
			return 0, err
		}
		if c := d.buf[d.start]; c != ' ' && c != '\n' && c != '\r' && c != '\t' {
			break
		}
		d.start++
	}
	depth := 0
	inString, escaped := false, false
	at := d.start
	for {
		if at == len(d.buf) {
			// more may move what is in buf.
			n := at - d.start
			if err := d.more(at); err == io.EOF {
				return d.start + n, nil // the parser says what is missing
			} else if err != nil {
				return 0, err
			}
			at = d.start + n
		}
		c := d.buf[at]
		at++
		if inString {
			switch {
			case escaped:
				escaped = false
			case c == '\\':
				escaped = true
			case c == '"':
				if inString = false; depth == 0 {
					return at, nil
				}
			}
			continue
		}
		switch c {
		case '"':
			if depth == 0 && at > d.start+1 {
				return at - 1, nil
			}
			inString = true
		case '{', '[':
			if depth == 0 && at > d.start+1 {
				return at - 1, nil
			}
			depth++
		case '}', ']':
			if depth--; depth <= 0 {
				return at, nil
			}
		case ' ', '\n', '\r', '\t':
			if depth == 0 {
				return at - 1, nil
			}
		}
	}
}

// more reads until buf holds a byte at at.
func (d *Decoder) more(at int) error {
	for empty := 0; at >= len(d.buf); {
		if d.start > 0 && d.start >= len(d.buf)/2 {
			n := copy(d.buf, d.buf[d.start:])
			d.buf = d.buf[:n]
			d.base += int64(d.start)
			at -= d.start
			d.start = 0
		}
		if len(d.buf) == cap(d.buf) {
			d.buf = append(make([]byte, 0, max(4096, 2*cap(d.buf))), d.buf...)
		}
		n, err := d.r.Read(d.buf[len(d.buf):cap(d.buf)])
		if n < 0 || n > cap(d.buf)-len(d.buf) {
			return errors.New("pyjson: the reader returned an impossible count")
		}
		d.buf = d.buf[:len(d.buf)+n]
		switch {
		case n > 0:
			empty = 0
		case err == io.EOF:
			return io.EOF
		case err != nil:
			return fmt.Errorf("pyjson: %w", err)
		default:
			if empty++; empty == 100 {
				return io.ErrNoProgress
			}
		}
	}
	return nil
}
