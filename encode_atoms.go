package pickle

import (
	"encoding/binary"
	"math"

	"github.com/go-pickle/pickle/opcode"
	"github.com/go-pickle/pickle/py"
)

// fastAtoms can be set to false to save every value in the ordinary way, which a test does.
var fastAtoms = true

// saveAtoms writes the values at the start of items as save does, up to the first that is
// more than None, a bool, an int of 64 bits, a float, a str or what was written before, and
// returns how many those are. Most of what most pickles hold is written here.
func (e *encoder) saveAtoms(items []any) (n int) {
	if e.proto < 2 || e.o.PersistentID != nil || !fastAtoms {
		return 0
	}
	out := e.out
	soft := e.soft
	claims := e.proto >= 4 && !e.fast && e.aliases == nil
	for n = range items {
		if len(out) >= soft {
			e.out, e.atoms = out, n
			e.lookAtFrame()
			e.atoms = 0
			out, soft = e.out, e.soft
		}
		at := len(out)
		switch v := items[n].(type) {
		case string:
			id := strID(v)
			if claims && len(v) <= math.MaxUint8 && isASCII(v) {
				if known, ok := e.memo.add(id, e.memoLen); ok {
					out = out[:at+putGet(out[at:at+16], known)]
					continue
				}
				e.memoLen++
				b := out[at : at+len(v)+3]
				b[0], b[1] = byte(opcode.ShortBinUnicode), byte(len(v))
				copy(b[2:], v)
				b[len(v)+2] = byte(opcode.Memoize)
				out = out[:at+len(v)+3]
				continue
			}
			e.out = out
			if !e.got(id) {
				if e.checkStr(v) != nil {
					return n // save says it again
				}
				e.writeStrData(v)
				e.memoize(id)
			}
			out, soft = e.out, e.soft
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
		case *py.List:
			known, ok := e.again(pointerID(v))
			if !ok {
				e.out = out
				return n
			}
			out = out[:at+putGet(out[at:at+16], known)]
		case *py.Dict:
			known, ok := e.again(pointerID(v))
			if !ok {
				e.out = out
				return n
			}
			out = out[:at+putGet(out[at:at+16], known)]
		case py.Tuple:
			known, ok := e.again(tupleID(v))
			if !ok {
				e.out = out
				return n
			}
			out = out[:at+putGet(out[at:at+16], known)]
		default:
			e.out = out
			return n
		}
	}
	e.out = out
	return len(items)
}

// again returns the memo number of a container if the last that was looked up was in the
// memo, too: where containers are shared, many are. Where they are not this would be a
// second look at the memo for each.
func (e *encoder) again(id identity) (uint32, bool) {
	if !e.hit {
		return 0, false
	}
	return e.memo.get(id)
}
