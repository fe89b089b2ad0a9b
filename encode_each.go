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
	claims := e.claims()
	r := e.enterEach(len(items), t)
	again := false // the last value that may be in the memo was, as in much data the next is then
	for ; n < len(items); n++ {
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
		// The most frequent types first: a switch would look at the hash of the type.
		if v, isString := x.(string); isString {
			id := strID(v)
			if claims {
				known, ok = e.memo.add(id, e.memoLen)
			} else {
				known, ok = e.memo.get(id)
			}
			if ok {
				again = held && e.recent.add(x, known)
				out = out[:at+putGet(out[at:at+16], known)]
				continue
			}
			again = false
			if len(v) <= math.MaxUint8 && claims {
				size := e.putStr(out[at:at+len(v)+16], v)
				if out = out[:at+size]; size > 0 {
					continue
				}
			}
			e.out = out
			r.i = r.from + n
			if err := e.checkStr(v); err != nil {
				return n, err
			}
			e.writeStrData(v)
			e.memoizeClaimed(id)
			out, soft = e.out, e.soft
			continue
		}
		if v, isInt := x.(int64); isInt {
			out = out[:at+putInt(out[at:at+16], v)]
			continue
		}
		if v, isFloat := x.(float64); isFloat {
			out = out[:at+putFloat(out[at:at+16], v)]
			for n+1 < len(items) && len(out) < soft { // many come in rows
				if v, isFloat = items[n+1].(float64); !isFloat {
					break
				}
				at = len(out)
				out = out[:at+putFloat(out[at:at+16], v)]
				n++
			}
			continue
		}
		switch v := x.(type) {
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
			r.i = r.from + n
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

// putStr writes a str of at most 255 bytes that was claimed, with its PUT, to b, which must be
// longer by 16, in protocols from 2 on. It returns how many bytes it wrote: none if s is no
// text.
func (e *encoder) putStr(b []byte, s string) (size int) {
	b[1] = byte(len(s))
	if e.proto >= 4 {
		b[0] = byte(opcode.ShortBinUnicode)
		size = 2
	} else {
		b[0] = byte(opcode.BinUnicode)
		b[2], b[3], b[4] = 0, 0, 0
		size = 5
	}
	if !putASCII(b[size:], s) && checkText(s) != nil {
		return 0
	}
	size += len(s)
	return size + e.putMemo(b[size:])
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
