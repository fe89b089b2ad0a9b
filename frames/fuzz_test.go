package frames_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"math/rand/v2"
	"testing"
	"testing/iotest"

	"github.com/go-pickle/pickle/frames"
)

const fuzzMax = 1000

// split is a second opinion on what frames there are in data: their payloads, how long
// they are with their headers, and how it ends.
func split(form frames.Form, data []byte) (payloads [][]byte, used int, end error) {
	for used < len(data) {
		rest := data[used:]
		header, size := 4, uint64(0)
		if len(rest) < 4 {
			return payloads, used, io.ErrUnexpectedEOF
		}
		size = uint64(binary.BigEndian.Uint32(rest))
		if form == frames.Multiprocessing && size == 0xffffffff {
			header = 12
			if len(rest) < header {
				return payloads, used, io.ErrUnexpectedEOF
			}
			size = binary.BigEndian.Uint64(rest[4:])
		}
		if size > fuzzMax {
			return payloads, used, &frames.SizeError{}
		}
		if uint64(len(rest)-header) < size {
			return payloads, used, io.ErrUnexpectedEOF
		}
		payloads = append(payloads, rest[header:header+int(size)])
		used += header + int(size)
	}
	return payloads, used, io.EOF
}

// choppy gives some bytes at a time, and a timeout now and then.
type choppy struct {
	r    io.Reader
	rand *rand.Rand
}

func (c *choppy) Read(p []byte) (int, error) {
	switch c.rand.IntN(4) {
	case 0:
		return 0, iotest.ErrTimeout
	case 1:
		return 0, nil
	}
	n, err := c.r.Read(p[:min(len(p), 1+c.rand.IntN(9))])
	if err == nil && c.rand.IntN(4) == 0 {
		err = iotest.ErrTimeout
	}
	return n, err
}

// FuzzReader reads any bytes as frames, in any pieces and with timeouts between them: the
// frames are those of [split], nothing is read past them, and a Writer writes them again.
func FuzzReader(f *testing.F) {
	for _, s := range []string{
		"\x00\x00\x00\x03abc\x00\x00\x00\x00\x00\x00\x00\x01d",
		"\xff\xff\xff\xff\x00\x00\x00\x00\x00\x00\x00\x03abc\x00\x00\x00\x01d",
		"\x00\x00\x00\x09abc", "\xff\xff\xff\xff\x00\x00", "\xff\xff\xff\xfe", "\x00\x00\x03\xe9",
		"\x00\x00\x00\x04K\x01.x",
	} {
		f.Add([]byte(s), uint64(len(s)), false)
		f.Add([]byte(s), uint64(len(s)), true)
	}
	f.Fuzz(func(t *testing.T, data []byte, seed uint64, multiprocessing bool) {
		o := frames.Options{MaxSize: fuzzMax}
		if multiprocessing {
			o.Form = frames.Multiprocessing
		}
		want, used, end := split(o.Form, data)

		in := bytes.NewReader(data)
		r := o.NewReader(&choppy{in, rand.New(rand.NewPCG(seed, 0))})
		next := func() (p []byte, err error) {
			for {
				if p, err = r.Next(); !errors.Is(err, iotest.ErrTimeout) {
					return p, err
				}
			}
		}
		var again bytes.Buffer
		w := o.NewWriter(&again)
		position := int64(0)
		for i := range want {
			got, err := next()
			if err != nil || !bytes.Equal(got, want[i]) {
				t.Fatalf("frame %d is %q, not %q, %v", i, got, want[i], err)
			}
			if position = r.InputOffset(); position != in.Size()-int64(in.Len()) {
				t.Fatalf("frame %d: %d bytes were read for %d", i, in.Size()-int64(in.Len()), position)
			}
			if err := w.WriteFrame(got); err != nil {
				t.Fatal(err)
			}
		}
		if position != int64(used) {
			t.Fatalf("%d bytes of %d were used", position, used)
		}
		_, err := next()
		var fe *frames.Error
		if _, tooLong := end.(*frames.SizeError); tooLong {
			var se *frames.SizeError
			if !errors.As(err, &se) || !errors.As(err, &fe) {
				t.Fatalf("%v, and not a SizeError", err)
			}
		} else if !errors.Is(err, end) || end == io.EOF && err != end || end != io.EOF && !errors.As(err, &fe) {
			t.Fatalf("%v, not %v", err, end)
		}
		if fe != nil && (fe.Frame != int64(len(want)) || fe.Offset != int64(used)) {
			t.Fatalf("%v, not at frame %d, offset %d", err, len(want), used)
		}
		i := 0
		for p, err := range o.NewReader(&again).All() {
			if err != nil || !bytes.Equal(p, want[i]) {
				t.Fatalf("written again, frame %d is %q, not %q, %v", i, p, want[i], err)
			}
			i++
		}
		if i != len(want) {
			t.Fatalf("%d frames, not %d", i, len(want))
		}
	})
}

// FuzzAll loads the pickles in any frames: it never panics, and gives a value or an error
// for each frame, and one error at most for the end.
func FuzzAll(f *testing.F) {
	f.Add([]byte("\x00\x00\x00\x03K\x01.\x00\x00\x00\x02no\x00\x00\x00\x09abc"))
	f.Fuzz(func(t *testing.T, data []byte) {
		o := frames.Options{MaxSize: fuzzMax}
		want, _, end := split(o.Form, data)
		n := 0
		for v, err := range frames.All[any](o.NewReader(bytes.NewReader(data))) {
			var fe *frames.Error
			var pe *frames.PayloadError
			switch {
			case n == len(want) && (end == io.EOF || !errors.As(err, &fe)):
				t.Fatalf("at the end: %v, %v", v, err)
			case n < len(want) && err != nil && (v != nil || !errors.As(err, &pe) || pe.Frame != int64(n)):
				t.Fatalf("frame %d: %v, %v", n, v, err)
			}
			n++
		}
		if n != len(want) && n != len(want)+1 {
			t.Fatalf("%d values or errors for %d frames", n, len(want))
		}
	})
}
