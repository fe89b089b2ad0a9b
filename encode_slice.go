package pickle

import (
	"unsafe"

	"github.com/go-pickle/pickle/internal/textcodec"
	"github.com/go-pickle/pickle/opcode"
	"github.com/go-pickle/pickle/py"
)

// sliceIdentity is the identity of a slice: that of its items, or, since an empty slice
// has none, that of the pointer which led to it.
func (pl *dumpPlan) sliceIdentity(s *sliceHeader, id identity) identity {
	switch {
	case s.len == 0 || pl.elem.size == 0:
		return id
	case pl.elem.op == asInterface && pl.elem.typ.NumMethod() == 0:
		return identity{uintptr(s.p), uint64(s.len)<<4 | idSlice}
	case s.len < 1<<14 && pl.elem.n < 1<<14: // which fits into a slot of the memo
		return identity{uintptr(s.p), uint64(s.len)<<18 | uint64(pl.elem.n)<<4 | idItems}
	}
	return identity{uintptr(s.p), 1<<63 | uint64(pl.elem.n)<<38 | uint64(s.len)<<4 | idItems}
}

func (e *encoder) writeSlice(pl *dumpPlan, p unsafe.Pointer, id identity) error {
	s := (*sliceHeader)(p)
	if s.p == nil && e.o.NilAsNone {
		e.out = append(e.out, 'N')
		return nil
	}
	id = pl.sliceIdentity(s, id)
	if e.o.SlicesAsTuples {
		if e.got(id) {
			return nil
		}
		return e.writeTuple(pl.elem, s.p, s.len, id)
	}
	if e.claim(id) {
		return nil
	}
	marked := false
	switch {
	case e.proto == 0:
		e.out = append(e.out, '(', 'l')
		e.memoizeClaimed(id)
	case e.proto == 1:
		e.out = append(e.out, ']')
		e.memoizeClaimed(id)
	default:
		marked = s.len > 1
		e.putStart(opcode.EmptyList, id, marked)
	}
	loneLast := s.len == 1 || e.o.Style >= Python315
	at := e.enterRun(s.len)
	for i := 0; i < s.len; {
		n := min(batch, s.len-i)
		lone := n == 1 && loneLast
		switch {
		case e.proto == 0:
			n, lone = 1, true
		case !lone && !(marked && i == 0):
			e.out = append(e.out, '(')
		}
		if err := e.writeRun(pl.elem, s.p, i, n, at); err != nil {
			return err
		}
		if lone {
			e.out = append(e.out, byte(opcode.Append))
		} else {
			e.out = append(e.out, byte(opcode.Appends))
		}
		i += n
	}
	e.leaveRun(at)
	return nil
}

// beginSlice writes the slice at p, or makes a task of it.
func (e *encoder) beginSlice(pl *dumpPlan, p unsafe.Pointer, id identity) (bool, error) {
	s := (*sliceHeader)(p)
	if s.p == nil && e.o.NilAsNone {
		return e.saveNone()
	}
	id = pl.sliceIdentity(s, id)
	if e.got(id) {
		return false, nil
	}
	items := e.items(pl.elem, s.p, s.len)
	if e.o.SlicesAsTuples {
		return e.saveTuple(items, id)
	}
	return e.saveItems(items, id)
}

func (e *encoder) writeArray(pl *dumpPlan, p unsafe.Pointer, id identity) error {
	if id.tag != 0 && pl.len > 0 && e.got(id) {
		return nil
	}
	return e.writeTuple(pl.elem, p, pl.len, id)
}

// writeTuple writes a tuple of the n values from data on.
func (e *encoder) writeTuple(elem *dumpPlan, data unsafe.Pointer, n int, id identity) error {
	if n == 0 {
		_, err := e.saveTuple(nil, identity{})
		return err
	}
	if n > 3 || e.proto < 2 {
		e.out = append(e.out, '(')
	}
	at := e.enterRun(n)
	if err := e.writeRun(elem, data, 0, n, at); err != nil {
		return err
	}
	e.leaveRun(at)
	e.closeTuple(n, id)
	return nil
}

// closeTuple ends a tuple of n items.
func (e *encoder) closeTuple(n int, id identity) {
	short := n <= 3 && e.proto >= 2
	if id.tag != 0 {
		if m, ok := e.memo.get(id); ok {
			// Its own items held it, and there it was written whole.
			switch {
			case short:
				e.writePops(n)
			case e.proto > 0:
				e.out = append(e.out, byte(opcode.PopMark))
			default:
				e.writePops(n + 1)
			}
			e.writeGet(m)
			return
		}
	}
	e.endTuple(n)
	e.memoize(id)
}

// writeRun writes the n values from number from on of those at data; at is what enterRun
// gave.
func (e *encoder) writeRun(elem *dumpPlan, data unsafe.Pointer, from, n int, at *int) error {
	*at = from
	data = unsafe.Add(data, uintptr(from)*elem.size)
	if elem.asks && e.isRegistered(elem) {
		return e.writeEach(elem, data, from, n, at)
	}
	switch elem.op {
	case asInt64:
		writeInts(e, unsafe.Slice((*int64)(data), n))
	case asInt32:
		writeInts(e, unsafe.Slice((*int32)(data), n))
	case asInt16:
		writeInts(e, unsafe.Slice((*int16)(data), n))
	case asInt8:
		writeInts(e, unsafe.Slice((*int8)(data), n))
	case asUint8:
		writeInts(e, unsafe.Slice((*uint8)(data), n))
	case asUint16:
		writeInts(e, unsafe.Slice((*uint16)(data), n))
	case asUint32:
		writeInts(e, unsafe.Slice((*uint32)(data), n))
	case asFloat64:
		e.writeFloats(unsafe.Slice((*float64)(data), n))
	case asString:
		for i, s := range unsafe.Slice((*string)(data), n) {
			*at = from + i
			e.boundary()
			if err := e.writeStr(s); err != nil {
				return e.within(err, dumpIndexStep(from+i))
			}
		}
	case asStruct:
		if e.isDeep(elem) {
			return e.writeEach(elem, data, from, n, at)
		}
		for i := range n {
			*at = from + i
			e.boundary()
			if err := e.writeStruct(elem.st, unsafe.Add(data, uintptr(i)*elem.size), identity{}); err != nil {
				return e.within(err, dumpIndexStep(from+i))
			}
		}
	default:
		return e.writeEach(elem, data, from, n, at)
	}
	return nil
}

// writeEach is writeRun for values of any kind.
func (e *encoder) writeEach(elem *dumpPlan, data unsafe.Pointer, from, n int, at *int) error {
	for i := range n {
		*at = from + i
		if err := e.write(elem, unsafe.Add(data, uintptr(i)*elem.size)); err != nil {
			return e.within(err, dumpIndexStep(from+i))
		}
	}
	return nil
}

func writeInts[T int8 | int16 | int32 | int64 | uint8 | uint16 | uint32](e *encoder, values []T) {
	if e.proto < 2 {
		for _, v := range values {
			e.boundary()
			e.saveInt(int64(v))
		}
		return
	}
	out, n := e.room()
	for _, v := range values {
		if n >= e.soft {
			out, n = e.nextAt(n)
		}
		n += putInt(out[n:], int64(v))
	}
	e.out = out[:n]
}

// room returns out with all the room there is after it, and its length.
func (e *encoder) room() (out []byte, n int) { return e.out[:cap(e.out)], len(e.out) }

// nextAt is a boundary when out has grown to n.
func (e *encoder) nextAt(n int) ([]byte, int) {
	e.out = e.out[:n]
	e.lookAtFrame()
	return e.room()
}

func (e *encoder) writeFloats(values []float64) {
	if e.proto < 2 {
		for _, v := range values {
			e.boundary()
			e.saveFloat(v)
		}
		return
	}
	out, n := e.room()
	for _, v := range values {
		if n >= e.soft {
			out, n = e.nextAt(n)
		}
		n += putFloat(out[n:], v)
	}
	e.out = out[:n]
}

// writeStr writes a Go string as a str. As in CPython there is one empty str, and one of each
// single character up to U+00FF.
func (e *encoder) writeStr(s string) error {
	if len(s) <= 2 {
		s = oneStr(s)
	}
	id := strID(s)
	if !e.claims() || e.proto < 2 {
		if e.claim(id) {
			return nil
		}
	} else if m, ok := e.memo.add(id, e.memoLen); ok {
		out, n := e.room()
		e.out = out[:n+putGet(out[n:], m)]
		return nil
	} else if len(s) < 1<<8 {
		n := len(e.out)
		if size := e.putStr(e.out[n:n+len(s)+16], s); size > 0 {
			e.out = e.out[:n+size]
			return nil
		}
	}
	if err := e.checkStr(s); err != nil {
		return err
	}
	e.writeStrData(s)
	e.memoizeClaimed(id)
	return nil
}

// checkText returns an error for a string that can't be a str.
func checkText(s string) error {
	if isASCII(s) || textcodec.CheckUTF8(unsafe.Slice(unsafe.StringData(s), len(s))) == nil {
		return nil
	}
	return kindError(ValueError, "a string that is not UTF-8").hint("use []byte or py.Bytes for what is no text")
}

// saveByteSlice writes a []byte. As in CPython there is one empty bytes object, and one of
// each single byte.
func (e *encoder) saveByteSlice(b []byte) (bool, error) {
	switch {
	case b == nil && e.o.NilAsNone:
		return e.saveNone()
	case e.o.BytesAsByteArray:
		return e.saveByteArraySlice(b)
	case len(b) == 0:
		return e.saveBytes("", identity{0, idBytes})
	case len(b) == 1:
		b = oneByte[b[0]:][:1]
	}
	data := py.Bytes(bytesAsString(b))
	return e.saveBytes(data, bytesID(data))
}

// saveByteArraySlice writes a []byte as a bytearray: one for each array behind a slice.
func (e *encoder) saveByteArraySlice(b []byte) (bool, error) {
	var id identity
	if len(b) > 0 {
		id = identity{uintptr(unsafe.Pointer(unsafe.SliceData(b))), uint64(len(b))<<4 | idSlice}
		if e.got(id) {
			return false, nil
		}
	}
	if e.proto >= 5 {
		e.writeByteArray(b, id)
		return false, nil
	}
	class := py.Global{Module: "builtins", Name: "bytearray"}
	if len(b) == 0 {
		return e.call(class, tempTuple(nil), b, id)
	}
	return e.call(class, tempTuple{tempBytes(bytesAsString(b))}, b, id)
}

// oneByte are the bytes objects of one byte.
var oneByte = func() (all [256]byte) {
	for i := range all {
		all[i] = byte(i)
	}
	return
}()
