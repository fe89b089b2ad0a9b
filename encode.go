package pickle

import (
	"encoding/binary"
	"math"
	"math/big"
	"math/bits"
	"reflect"
	"runtime"
	"strconv"
	"unsafe"

	"github.com/go-pickle/pickle/internal/box"
	"github.com/go-pickle/pickle/internal/intern"
	"github.com/go-pickle/pickle/internal/stack"
	"github.com/go-pickle/pickle/internal/textcodec"
	"github.com/go-pickle/pickle/internal/wire"
	"github.com/go-pickle/pickle/opcode"
	"github.com/go-pickle/pickle/py"
)

// An encoder writes pickles as CPython's C pickler (Modules/_pickle.c) does, to the byte.
// It keeps its own stack of what it is in the middle of, so that depth costs heap and not
// the goroutine's stack, and an error can tell the path.
type encoder struct {
	o       *EncodeOptions
	options EncodeOptions
	reg     *py.Registry
	stdlib  *py.Registry // once it was asked for
	proto   int
	fast    bool
	direct  bool // see saveEach

	output

	memo        memoTable
	globals     map[py.Global]uint32
	longGlobals map[[2]identity]lastGlobal // see isLong
	last        lastGlobal
	memoLen     uint32
	recent      recents
	keep        []any // owners of addresses in memo that the caller may not hold

	tasks     stack.Stack[task]
	parts     []any                   // what calls in progress still have to save
	types     map[reflect.Type]uint64 // numbers for [encoder.typed]
	active    map[*py.Object]int      // how often an object with twins is entered
	nextCheck int                     // the depth at which to look for endless recursion
	repeats   wire.Repeats            // of large ints

	typedState
}

// lastGlobal is the global that was looked up last: often the class of every instance in
// a list.
type lastGlobal struct {
	g  py.Global
	n  uint32
	ok bool
}

// batch is how many items go into one APPENDS, SETITEMS or ADDITEMS.
const batch = 1000

// start gets ready for one pickle.
func (e *encoder) start() {
	e.output.start()
	if e.tasks.Len() > 0 { // after an error
		e.tasks.Cut(0)
	}
	e.parts = e.parts[:0]
	e.nextCheck = firstCheck
	if len(e.active) > 0 {
		clear(e.active)
	}
	e.repeats.Clear()
	e.recent.clear() // the interfaces of the last value may be gone
	e.direct = e.proto >= 2 && e.o.PersistentID == nil && fastEach
	e.typedState.start()
}

// forget empties the memo.
func (e *encoder) forget() {
	e.memo.clear(e.memoLen)
	if e.last.ok {
		clear(e.globals)
		clear(e.longGlobals)
		e.last = lastGlobal{}
	}
	e.memoLen = 0
	clear(e.keep)
	e.keep = e.keep[:0]
	e.typedState.forget()
}

// dump writes the pickle of v into e.output.
func (e *encoder) dump(v any) error {
	e.start()
	if e.proto >= 2 {
		e.out = append(e.out, byte(opcode.Proto), byte(e.proto))
	}
	e.openFrame()
	if _, err := e.save(v); err != nil {
		return e.fail(err)
	}
	for e.tasks.Len() > 0 {
		if err := e.step(); err != nil {
			return e.fail(err)
		}
	}
	e.out = append(e.out, byte(opcode.Stop))
	e.closeFrame()
	runtime.KeepAlive(v) // the memo has addresses of what v holds
	return nil
}

// Temporaries that only the encoder knows: they take a memo number but nothing can refer
// to them.
type (
	tempStr   string
	tempTuple []any
	tempList  []any
	tempBytes string
)

// save writes v, or, if v holds others, begins to: then it returns true, and the task at
// the top of e.tasks goes on.
func (e *encoder) save(v any) (pushed bool, err error) {
	e.boundary()
	if e.o.PersistentID != nil {
		if id, ok := e.o.PersistentID(v); ok {
			e.keep = append(e.keep, id)
			return e.savePersistent(id, identity{})
		}
	}
	return e.saveObject(v)
}

// saveObject is save without the question for a persistent id.
func (e *encoder) saveObject(x any) (pushed bool, err error) {
	switch v := x.(type) {
	case nil:
		e.out = append(e.out, 'N')
	case bool:
		e.saveBool(v)
	case int64:
		e.saveInt(v)
	case float64:
		e.saveFloat(v)
	case string:
		return false, e.saveStr(v, strID(v))
	case *py.Dict:
		if v == nil {
			return e.saveNone()
		}
		return e.saveDict(v)
	case *py.List:
		if v == nil {
			return e.saveNone()
		}
		return e.saveList(v)
	case py.Tuple:
		return e.saveTuple(v, tupleID(v))
	case *py.Object:
		if v == nil {
			return e.saveNone()
		}
		return e.saveInstance(v)
	case py.Bytes:
		return e.saveBytes(v, bytesID(v))
	case py.Global:
		return e.saveGlobal(v)
	case *big.Int:
		return false, e.saveBig(v)
	case complex128:
		// The identity is the address of the box in x; another one of v would be a
		// temporary, whose address the next complex gets too.
		e.keep = append(e.keep, x)
		return e.saveComplex(v, identity{uintptr(box.Data(x)), idBox})
	case *py.ByteArray:
		if v == nil {
			return e.saveNone()
		}
		return e.saveByteArray(v)
	case *py.Set:
		if v == nil {
			return e.saveNone()
		}
		return e.saveSet(v)
	case *py.FrozenSet:
		if v == nil {
			return e.saveNone()
		}
		return e.saveFrozenSet(v)
	case *py.PersistentRef:
		if v == nil {
			return e.saveNone()
		}
		return e.savePersistent(v.ID, pointerID(v))
	case *py.Buffer:
		if v == nil {
			return e.saveNone()
		}
		return false, e.saveBuffer(v)
	case tempStr:
		if err := e.checkSize(string(v), "string"); err != nil {
			return false, err
		}
		e.writeStrData(string(v))
		e.memoize(identity{})
	case tempTuple:
		return e.saveTuple(py.Tuple(v), identity{})
	case tempBytes:
		return e.saveBytes(py.Bytes(v), identity{})
	case tempList:
		return e.saveItems(v, identity{})
	default:
		return e.saveRegistered(v)
	}
	return false, nil
}

// saveNone writes None, which nil pointers stand for too.
func (e *encoder) saveNone() (bool, error) {
	e.out = append(e.out, 'N')
	return false, nil
}

func (e *encoder) saveBool(v bool) {
	switch {
	case e.proto >= 2 && v:
		e.out = append(e.out, byte(opcode.NewTrue))
	case e.proto >= 2:
		e.out = append(e.out, byte(opcode.NewFalse))
	case v:
		e.out = append(e.out, "I01\n"...)
	default:
		e.out = append(e.out, "I00\n"...)
	}
}

func appendInt(dst []byte, v int64) []byte { return strconv.AppendInt(dst, v, 10) }

func (e *encoder) saveInt(v int64) {
	if e.proto >= 2 && cap(e.out)-len(e.out) >= 16 {
		out, n := e.room()
		e.out = out[:n+putInt(out[n:], v)]
		return
	}
	switch {
	case v != int64(int32(v)):
		e.saveLong(v)
	case e.proto == 0:
		e.out = append(e.out, 'I')
		e.out = appendInt(e.out, v)
		e.out = append(e.out, '\n')
	case uint64(v) < 1<<8:
		e.out = append(e.out, 'K', byte(v))
	case uint64(v) < 1<<16:
		e.out = append(e.out, 'M', byte(v), byte(v>>8))
	default:
		e.out = append(e.out, 'J', byte(v), byte(v>>8), byte(v>>16), byte(v>>24))
	}
}

// saveLong writes an integer that needs more than 32 bits.
func (e *encoder) saveLong(v int64) {
	if e.proto < 2 {
		e.out = append(e.out, 'L')
		e.out = appendInt(e.out, v)
		e.out = append(e.out, 'L', '\n')
		return
	}
	n := longSize(v)
	var b [8]byte
	binary.LittleEndian.PutUint64(b[:], uint64(v))
	e.out = append(e.out, byte(opcode.Long1), byte(n))
	e.out = append(e.out, b[:n]...)
}

// longSize is how many bytes v takes in two's complement.
func longSize(v int64) int {
	return (bits.Len64(uint64(v^v>>63)) + 8) / 8
}

// maxDigits is how many decimal digits Python converts (sys.int_info.default_max_str_digits).
const maxDigits = 4300

func (e *encoder) saveBig(v *big.Int) error {
	if v == nil {
		e.out = append(e.out, 'N')
		return nil
	}
	if v.IsInt64() {
		e.saveInt(v.Int64())
		return nil
	}
	if e.repeats.TooMany(v) {
		return kindError(MemoryError, "ints that are shared would be written again in more than 64 MB")
	}
	if e.proto < 2 {
		if tooManyDigits(v) {
			return kindError(ValueError, "Exceeds the limit (4300 digits) for integer string conversion; "+
				"use sys.set_int_max_str_digits() to increase the limit").hint("use protocol 2 or higher")
		}
		e.out = append(e.out, 'L')
		e.out = v.Append(e.out, 10)
		e.out = append(e.out, 'L', '\n')
		return nil
	}
	if v.BitLen()/8+1 > math.MaxInt32 {
		return kindError(OverflowError, "int too large to pickle")
	}
	e.makeRoom(v.BitLen()/8 + roomForAtom)
	at := len(e.out)
	e.out = append(e.out, byte(opcode.Long1), 0)
	e.out = wire.AppendBig(e.out, v)
	n := len(e.out) - at - 2
	if n < 256 {
		e.out[at+1] = byte(n)
		return nil
	}
	e.out = append(e.out, 0, 0, 0)
	copy(e.out[at+5:], e.out[at+2:len(e.out)-3])
	e.out[at] = byte(opcode.Long4)
	binary.LittleEndian.PutUint32(e.out[at+1:], uint32(n))
	return nil
}

var digitLimit = new(big.Int).Exp(big.NewInt(10), big.NewInt(maxDigits), nil)

func tooManyDigits(v *big.Int) bool { return v.CmpAbs(digitLimit) >= 0 }

func (e *encoder) saveFloat(v float64) {
	if e.proto == 0 {
		e.out = append(e.out, 'F')
		e.out = textcodec.AppendFloat(e.out, v)
		e.out = append(e.out, '\n')
		return
	}
	e.out = append(e.out, 'G')
	e.out = binary.BigEndian.AppendUint64(e.out, math.Float64bits(v))
}

// saveStr writes a str whose identity is id, or gets it from the memo.
func (e *encoder) saveStr(s string, id identity) error {
	if e.claim(id) {
		return nil
	}
	if err := e.checkStr(s); err != nil {
		return err
	}
	e.writeStrData(s)
	e.memoizeClaimed(id)
	return nil
}

// checkStr returns an error for a string that can't be written as a str.
func (e *encoder) checkStr(s string) error {
	if err := checkText(s); err != nil {
		return err
	}
	return e.checkSize(s, "string")
}

// writeStrData writes a str that checkStr has nothing against.
func (e *encoder) writeStrData(s string) {
	switch {
	case e.proto == 0:
		e.makeRoom(len(s) + roomForAtom)
		e.out = append(e.out, 'V')
		e.out = textcodec.AppendRawUnicodeEscape(e.out, s)
		e.out = append(e.out, '\n')
	case len(s) < 1<<8 && e.proto >= 4:
		e.out = append(e.out, byte(opcode.ShortBinUnicode), byte(len(s)))
		e.out = append(e.out, s...)
	default:
		e.writeSized(opcode.BinUnicode, opcode.BinUnicode8, s)
	}
}

// checkSize returns an error for data too long for the protocol.
func (e *encoder) checkSize(data, what string) error {
	if uint64(len(data)) > math.MaxUint32 && 0 < e.proto && e.proto < 4 {
		return kindError(OverflowError,
			"serializing a "+what+" larger than 4 GiB requires pickle protocol 4 or higher")
	}
	return nil
}

// writeSized writes data with a length of four bytes, or eight where it needs them.
func (e *encoder) writeSized(op4, op8 opcode.Op, data string) {
	var header [9]byte
	if uint64(len(data)) <= math.MaxUint32 {
		header[0] = byte(op4)
		binary.LittleEndian.PutUint32(header[1:], uint32(len(data)))
		e.writeSizedData(header[:5], data)
		return
	}
	header[0] = byte(op8)
	binary.LittleEndian.PutUint64(header[1:], uint64(len(data)))
	e.writeSizedData(header[:], data)
}

func (e *encoder) saveBytes(v py.Bytes, id identity) (bool, error) {
	if e.got(id) {
		return false, nil
	}
	if e.proto >= 3 {
		return false, e.writeBytes(v, id)
	}
	if len(v) == 0 {
		return e.call(py.Global{Module: "builtins", Name: "bytes"}, tempTuple(nil), v, id)
	}
	var text any
	if len(v) == 1 {
		text = intern.Char(v[0])
	} else {
		data := unsafe.Slice(unsafe.StringData(string(v)), len(v))
		text = tempStr(bytesAsString(textcodec.AppendLatin1(nil, data)))
	}
	return e.call(py.Global{Module: "_codecs", Name: "encode"}, tempTuple{text, intern.Latin1}, v, id)
}

func (e *encoder) writeBytes(v py.Bytes, id identity) error {
	if len(v) < 1<<8 {
		e.out = append(e.out, byte(opcode.ShortBinBytes), byte(len(v)))
		e.out = append(e.out, v...)
	} else if err := e.checkSize(string(v), "bytes object"); err != nil {
		return err
	} else {
		e.writeSized(opcode.BinBytes, opcode.BinBytes8, string(v))
	}
	e.memoize(id)
	return nil
}

func (e *encoder) saveByteArray(v *py.ByteArray) (bool, error) {
	id := pointerID(v)
	if e.got(id) {
		return false, nil
	}
	if e.proto >= 5 {
		e.writeByteArray(v.Bytes, id)
		return false, nil
	}
	class := py.Global{Module: "builtins", Name: "bytearray"}
	if len(v.Bytes) == 0 {
		return e.call(class, tempTuple(nil), v, id)
	}
	return e.call(class, tempTuple{tempBytes(v.Bytes)}, v, id)
}

func (e *encoder) writeByteArray(data []byte, id identity) {
	var header [9]byte
	header[0] = byte(opcode.ByteArray8)
	binary.LittleEndian.PutUint64(header[1:], uint64(len(data)))
	e.writeSizedData(header[:], bytesAsString(data))
	e.memoize(id)
}

func (e *encoder) saveComplex(v complex128, id identity) (bool, error) {
	if e.got(id) {
		return false, nil
	}
	return e.call(py.Global{Module: "builtins", Name: "complex"}, tempTuple{real(v), imag(v)}, v, id)
}

func (e *encoder) saveBuffer(v *py.Buffer) error {
	id := pointerID(v)
	if e.got(id) {
		return nil
	}
	if e.proto < 5 {
		return kindError(PicklingError, "PickleBuffer can only pickled with protocol >= 5")
	}
	if e.o.BufferCallback != nil && e.o.BufferCallback(v) {
		e.out = append(e.out, byte(opcode.NextBuffer))
		if v.ReadOnly {
			e.out = append(e.out, byte(opcode.ReadOnlyBuffer))
		}
		return nil
	}
	if v.ReadOnly {
		return e.writeBytes(py.Bytes(v.Data), id)
	}
	e.writeByteArray(v.Data, id)
	return nil
}
