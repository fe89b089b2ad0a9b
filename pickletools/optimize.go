package pickletools

import (
	"encoding/binary"
	"math"
	"strconv"

	"github.com/go-pickle/pickle/opcode"
)

// Optimize returns the pickle at the beginning of data without the PUT, BINPUT,
// LONG_BINPUT and MEMOIZE instructions that nothing refers to. It is Python's
// pickletools.optimize and returns the same bytes, which load as the same value.
//
// The entries that remain are numbered from 0 in the order of the stream, and GET and
// PUT are spelled anew, as CPython's pickler does at the highest of these protocols:
// those of the PROTO instructions, and 1 if there is a BINGET or LONG_BINGET. From
// protocol 4 on, PUTs become MEMOIZE and the pickle is divided into frames anew; below
// that, frames are dropped. Every other instruction stays as it is, byte for byte.
//
// The result is a new slice, and shares nothing with data. What follows STOP is not in
// it. The errors are those of [Instructions], a ValueError if PROTO names a protocol
// past [opcode.HighestProtocol], and, as in Python, a TypeError if an entry is read
// that was not stored before. (At protocol 0, Python writes that as a GET of "None",
// which nothing can load, and so does Optimize.)
func Optimize(data []byte) ([]byte, error) {
	o := optimizer{in: scanner{data: data}}
	if err := o.survey(); err != nil {
		return nil, err
	}
	if err := o.rewrite(); err != nil {
		return nil, err
	}
	return o.out.finish(), nil
}

type optimizer struct {
	in  scanner
	out framer

	header   []byte       // a PROTO at the beginning: it stays in front of the first frame
	protocol int          // what the result is written for
	used     keyed[int64] // the keys that are read: the number stored last, or unstored
}

// unstored marks a key that is read, but nothing was stored under it yet.
const unstored = -1

// survey reads the pickle, which proves it sound, and finds the keys that are used.
func (o *optimizer) survey() *Error {
	var t token
	highest := token{} // the PROTO that named the highest protocol
	for t.op != opcode.Stop {
		if err := o.in.next(&t); err != nil {
			return err
		}
		switch t.op {
		case opcode.Get, opcode.BinGet, opcode.LongBinGet:
			o.protocol = max(o.protocol, t.op.Info().Protocol)
			o.used.set(t.key(), unstored)
		case opcode.Proto:
			if int(t.n) > o.protocol {
				o.protocol = int(t.n)
				highest = t
			}
			if t.start == 0 {
				o.header = o.in.data[:t.end]
			}
		}
	}
	if o.protocol > opcode.HighestProtocol {
		return highest.errorAt(valueError, "pickle protocol must be <= %d", opcode.HighestProtocol)
	}
	return nil
}

// rewrite reads the pickle again, up to the STOP at which survey ended, and writes the
// result. Reading twice costs less than keeping an entry for each instruction.
func (o *optimizer) rewrite() *Error {
	in := scanner{data: o.in.data[:o.in.pos], shape: true}
	o.out.buf = make([]byte, 0, len(in.data))
	o.out.buf = append(o.out.buf, o.header...)
	if o.protocol >= 4 {
		o.out.startFraming()
	}
	stored := int64(0)       // number of entries so far, in the result
	var seen keyed[struct{}] // the keys stored so far, in the pickle
	var t token
	var room [32]byte
	for t.op != opcode.Stop {
		if err := in.next(&t); err != nil {
			return err
		}
		instruction, bare := room[:0], false
		switch t.op {
		case opcode.Frame:
			continue
		case opcode.Put, opcode.BinPut, opcode.LongBinPut, opcode.Memoize:
			at := t.key()
			if t.op == opcode.Memoize {
				at = key{n: int64(seen.len())}
			}
			seen.set(at, struct{}{})
			if _, ok := o.used.get(at); !ok {
				continue
			}
			instruction = o.appendPut(instruction, stored)
			o.used.set(at, stored)
			stored++
		case opcode.Get, opcode.BinGet, opcode.LongBinGet:
			n, _ := o.used.get(t.key())
			if n == unstored && o.protocol >= 1 {
				return t.errorAt(typeError, "'<' not supported between instances of 'NoneType' and 'int'")
			}
			instruction = o.appendGet(instruction, n)
		default:
			if t.op == opcode.Proto && t.start == 0 {
				continue // is the header
			}
			instruction = in.data[t.start:t.end]
			bare = len(instruction) > frameSizeTarget
		}
		o.out.add(instruction, bare)
	}
	return nil
}

// appendPut appends the instruction with which CPython's pickler stores entry n.
func (o *optimizer) appendPut(dst []byte, n int64) []byte {
	switch {
	case o.protocol >= 4:
		return append(dst, byte(opcode.Memoize))
	case o.protocol >= 1:
		return appendIndex(dst, opcode.BinPut, opcode.LongBinPut, n)
	}
	return append(strconv.AppendInt(append(dst, byte(opcode.Put)), n, 10), '\n')
}

// appendGet appends the instruction with which CPython's pickler reads entry n.
func (o *optimizer) appendGet(dst []byte, n int64) []byte {
	switch {
	case o.protocol >= 1:
		return appendIndex(dst, opcode.BinGet, opcode.LongBinGet, n)
	case n == unstored:
		return append(append(dst, byte(opcode.Get)), "None\n"...)
	}
	return append(strconv.AppendInt(append(dst, byte(opcode.Get)), n, 10), '\n')
}

func appendIndex(dst []byte, short, long opcode.Op, n int64) []byte {
	if n <= math.MaxUint8 {
		return append(dst, byte(short), byte(n))
	}
	return binary.LittleEndian.AppendUint32(append(dst, byte(long)), uint32(n))
}

// The sizes of frames, from the _Framer of CPython's Lib/pickle.py.
const (
	frameSizeMin    = 4       // smaller ones are written without a FRAME
	frameSizeTarget = 1 << 16 // an instruction that is longer stands between frames
	frameHeader     = 9       // FRAME and eight bytes of length
)

// A framer divides instructions into frames as CPython's pickler does.
type framer struct {
	buf     []byte
	framing bool
	start   int // of the open frame's content; room for its header is in front of it
}

func (f *framer) startFraming() {
	f.framing = true
	f.open()
}

func (f *framer) open() {
	f.buf = append(f.buf, make([]byte, frameHeader)...)
	f.start = len(f.buf)
}

// add writes an instruction, outside of frames if bare is set. A frame ends before the
// instruction that finds it full.
func (f *framer) add(instruction []byte, bare bool) {
	if f.framing && (bare || len(f.buf)-f.start >= frameSizeTarget) {
		f.close()
		if bare {
			f.buf = append(f.buf, instruction...)
			f.open()
			return
		}
		f.open()
	}
	f.buf = append(f.buf, instruction...)
}

// close ends the open frame: it fills in the header, or takes its room away.
func (f *framer) close() {
	size := len(f.buf) - f.start
	header := f.buf[f.start-frameHeader : f.start]
	if size >= frameSizeMin {
		header[0] = byte(opcode.Frame)
		binary.LittleEndian.PutUint64(header[1:], uint64(size))
		return
	}
	n := copy(header, f.buf[f.start:])
	f.buf = f.buf[:f.start-frameHeader+n]
}

// finish ends the last frame and returns the pickle.
func (f *framer) finish() []byte {
	if f.framing {
		f.close()
		f.framing = false
	}
	return f.buf
}
