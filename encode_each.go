package pickle

import (
	"encoding/binary"
	"math"
	"math/big"
	"unsafe"

	"github.com/go-pickle/pickle/opcode"
	"github.com/go-pickle/pickle/py"
)

// fastEach can be set to false to save every value by tasks, which a test does.
var fastEach = true

// saveEach writes the values at the start of items as save does, and returns how many: all of
// them, or fewer if they have to be saved by tasks. Most of what most pickles hold is written
// here: what is in no container at once, and containers by Go calls within each other up to
// a depth of maxNesting. An error is that of items[n].
//
// held says that the interfaces in items live as long as the dump does. t is the task that the
// items are of, or nil.
func (e *encoder) saveEach(items []any, held bool, t *task) (n int, err error) {
	if !e.direct || e.nesting >= maxNesting {
		return 0, nil
	}
	out, soft := e.out, e.soft
	short := e.proto >= 4
	claims := e.claims()
	r := e.enterEach(len(items), t)
	again := false // the last value that may be in the memo was, as in much data the next is then
	for n = range items {
		if len(out) >= soft {
			e.out = out
			r.i = r.from + n
			e.lookAtFrame()
			out, soft = e.out, e.soft
		}
		at := len(out)
		x := items[n]
		if again {
			if known, ok := e.recent.get(x); ok {
				out = out[:at+putGet(out[at:at+16], known)]
				continue
			}
		}
		var known uint32
		var ok bool
		var free spot
		switch v := x.(type) {
		case string:
			id := strID(v)
			if known, ok = e.claimed(id, claims); ok {
				break
			}
			again = false
			if len(v) > math.MaxUint8 || !claims {
				e.out = out
				if err := e.checkStr(v); err != nil {
					return n, err
				}
				e.writeStrData(v)
				e.memoizeClaimed(id)
				out, soft = e.out, e.soft
				continue
			}
			b := out[at : at+len(v)+16]
			size := 2
			if short {
				b[0], b[1] = byte(opcode.ShortBinUnicode), byte(len(v))
			} else {
				size = 5
				b[0] = byte(opcode.BinUnicode)
				binary.LittleEndian.PutUint32(b[1:], uint32(len(v)))
			}
			if !putASCII(b[size:], v) {
				if err := checkText(v); err != nil {
					e.out = out
					return n, err
				}
			}
			size += len(v)
			if short {
				b[size] = byte(opcode.Memoize)
				size++
			} else {
				size += putPut(b[size:], e.memoLen)
			}
			e.memoLen++
			out = out[:at+size]
			continue
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
			continue
		case float64:
			b := out[at : at+9]
			b[0] = byte(opcode.BinFloat)
			binary.BigEndian.PutUint64(b[1:], math.Float64bits(v))
			out = out[:at+9]
			continue
		case nil:
			out = append(out, byte(opcode.None))
			continue
		case bool:
			op := opcode.NewFalse
			if v {
				op = opcode.NewTrue
			}
			out = append(out, byte(op))
			continue
		case *big.Int:
			e.out = out
			if err := e.saveBig(v); err != nil {
				return n, err
			}
			out, soft = e.out, e.soft
			continue
		case *py.List:
			if v == nil {
				out = append(out, byte(opcode.None))
				continue
			}
			known, ok = e.claimed(pointerID(v), claims)
		case *py.Dict:
			if v == nil {
				out = append(out, byte(opcode.None))
				continue
			}
			known, ok = e.claimed(pointerID(v), claims)
		case py.Tuple:
			if len(v) > 0 {
				known, free, ok = e.memo.look(tupleID(v))
			}
		case *py.Object:
			if v == nil {
				out = append(out, byte(opcode.None))
				continue
			}
			known, free, ok = e.memo.look(pointerID(v))
		}
		if ok {
			again = held && e.recent.add(x, known)
			out = out[:at+putGet(out[at:at+16], known)]
			continue
		}
		again = false
		e.out = out
		r.i = r.from + n
		base := e.tasks.Len()
		e.nesting++
		switch v := x.(type) {
		case *py.List:
			_, err = e.saveClaimedItems(v.Items, pointerID(v))
		case *py.Dict:
			_, err = e.saveClaimedPairs(v.Pairs(), pointerID(v))
		case py.Tuple:
			_, err = e.saveNewTuple(v, tupleID(v), free)
		case *py.Object:
			_, err = e.saveNewInstance(v, free)
		default:
			_, err = e.saveObject(x)
		}
		if err != nil || e.tasks.Len() > base {
			err = e.complete(base, err)
		}
		e.nesting--
		if err != nil {
			return n, err
		}
		out, soft = e.out, e.soft
		claims = e.claims() // it may have been a Marshaler that made aliases
	}
	e.out = out
	r.n = 0
	return len(items), nil
}

// nested is save for a value within others that are being written by Go calls: it writes it
// to its end.
func (e *encoder) nested(x any) error {
	base := e.tasks.Len()
	e.nesting++
	e.boundary()
	_, err := e.saveObject(x)
	err = e.complete(base, err)
	e.nesting--
	return err
}

// putASCII writes s to b, which must be longer by at least 8 bytes, and reports whether
// every byte is below 0x80.
func putASCII(b []byte, s string) bool {
	const high = 0x8080808080808080
	n := len(s)
	src := unsafe.Slice(unsafe.StringData(s), n)
	switch {
	case n > 16:
		copy(b, s)
		return isASCII(s)
	case n >= 8:
		first, last := binary.LittleEndian.Uint64(src), binary.LittleEndian.Uint64(src[n-8:])
		binary.LittleEndian.PutUint64(b, first)
		binary.LittleEndian.PutUint64(b[n-8:], last)
		return (first|last)&high == 0
	case n >= 4:
		first, last := binary.LittleEndian.Uint32(src), binary.LittleEndian.Uint32(src[n-4:])
		binary.LittleEndian.PutUint32(b, first)
		binary.LittleEndian.PutUint32(b[n-4:], last)
		return (first|last)&(high>>32) == 0
	}
	var all byte
	for i, c := range src {
		b[i] = c
		all |= c
	}
	return all < 0x80
}
