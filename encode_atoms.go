package pickle

import (
	"encoding/binary"
	"math"

	"github.com/go-pickle/pickle/opcode"
)

// fastAtoms can be set to false to save every value in the ordinary way, which a test does.
var fastAtoms = true

// atomRoom is more than an atom takes, unless it is a str.
const atomRoom = 64

// saveAtoms writes the values at the start of items as save does, up to the first that is
// more than None, a bool, an int of 64 bits, a float or a str, and returns how many those
// are. Most of what most pickles hold is written here.
func (e *encoder) saveAtoms(items []any) (n int) {
	if e.proto < 2 || e.o.PersistentID != nil || !fastAtoms {
		return 0
	}
	out := e.out
	full := math.MaxInt // where the frame has its length
	if e.frame >= 0 {
		full = e.frame + frameHeader + frameTarget
	}
	for n = range items {
		if len(out) >= full || cap(out)-len(out) < atomRoom {
			e.out = out
			e.boundary()
			out = e.out
			if e.frame >= 0 {
				full = e.frame + frameHeader + frameTarget
			}
		}
		at := len(out)
		switch v := items[n].(type) {
		case string:
			id := strID(v)
			if known, ok := e.memo.get(id); ok {
				e.out = out
				e.writeGet(known)
				out = e.out
				continue
			}
			if len(v) > math.MaxUint8 || e.proto < 4 || e.fast || !isASCII(v) {
				e.out = out
				if e.saveStr(v, id) != nil {
					return n // save says it again
				}
				out = e.out
				continue
			}
			out = append(out, byte(opcode.ShortBinUnicode), byte(len(v)))
			out = append(append(out, v...), byte(opcode.Memoize))
			e.memo.put(id, e.memoLen)
			e.memoLen++
		case int64:
			b := out[at : at+16]
			switch {
			case uint64(v) < 1<<8:
				b[0], b[1] = byte(opcode.BinInt1), byte(v)
				out = out[:at+2]
			case uint64(v) < 1<<16:
				b[0], b[1], b[2] = byte(opcode.BinInt2), byte(v), byte(v>>8)
				out = out[:at+3]
			case v == int64(int32(v)):
				b[0] = byte(opcode.BinInt)
				binary.LittleEndian.PutUint32(b[1:], uint32(v))
				out = out[:at+5]
			default:
				size := longSize(v)
				b[0], b[1] = byte(opcode.Long1), byte(size)
				binary.LittleEndian.PutUint64(b[2:], uint64(v))
				out = out[:at+2+size]
			}
		case float64:
			b := out[at : at+9]
			b[0] = byte(opcode.BinFloat)
			binary.BigEndian.PutUint64(b[1:], math.Float64bits(v))
			out = out[:at+9]
		case nil:
			out = append(out, byte(opcode.None))
		case bool:
			op := opcode.NewFalse
			if v {
				op = opcode.NewTrue
			}
			out = append(out, byte(op))
		default:
			e.out = out
			return n
		}
	}
	e.out = out
	return len(items)
}
