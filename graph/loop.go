package graph

import (
	"encoding/binary"
	"io"
	"math"
	"unicode/utf8"

	"github.com/go-pickle/pickle/internal/textcodec"
	"github.com/go-pickle/pickle/opcode"
)

// loop runs instructions until STOP. It has the instructions that pickles are full of, with
// stack, input and place in local variables, and leaves the others, and everything that
// goes wrong or has to read more input, to slow.
func (m *machine) loop() *Error {
	g := &m.g
	data := m.in.buf
	stack := m.stack
	fence := 0 // the place of the topmost mark: operands don't come from below
	pos := 0
	for {
		if pos >= len(data) {
			if !m.in.need(pos + 1) {
				g.end = pos
				e := m.readFailed(&Error{Kind: EOFError, Message: "Ran out of input", Err: io.ErrUnexpectedEOF})
				e.Offset = int64(pos)
				return e
			}
			data = m.in.buf
		}
		m.at = pos
		op := opcode.Op(data[pos])
		arg := data[pos+1:]
		switch op {
		case opcode.BinInt1, opcode.BinInt2, opcode.BinInt, opcode.Long1:
			// Ints of any width in a row, which nothing foretells, without a branch for each.
			first := pos
			for len(data)-pos >= 10 {
				width := intWidths[data[pos]]
				if width == 0 {
					size := data[pos+1]
					if data[pos] != byte(opcode.Long1) || size == 0 || size > 8 {
						break
					}
					shift := 64 - 8*size
					v := int64(binary.LittleEndian.Uint64(data[pos+2:])) << shift >> shift
					r := refInt(v)
					if v < minInlineInt || v > maxInlineInt {
						r = m.add(Int, 0, uint64(v))
					}
					stack = append(stack, r)
					pos += 2 + int(size)
					continue
				}
				v := int32(binary.LittleEndian.Uint32(data[pos+1:]) & intMasks[width])
				r := inline | inlineInt | Ref(v)&(inlineInt-1)
				if uint32(v-minInlineInt) > maxInlineInt-minInlineInt {
					r = m.add(Int, 0, uint64(int64(v)))
				}
				stack = append(stack, r)
				pos += int(width)
			}
			if pos > first {
				continue
			}
		case opcode.BinFloat:
			if len(arg) >= 8 {
				stack = append(stack, m.add(Float, 0, binary.BigEndian.Uint64(arg)))
				pos += 9
				continue
			}
		case opcode.None:
			stack = append(stack, refNone)
			pos++
			continue
		case opcode.NewTrue:
			stack = append(stack, refTrue)
			pos++
			continue
		case opcode.NewFalse:
			stack = append(stack, refFalse)
			pos++
			continue
		case opcode.ShortBinUnicode:
			if len(arg) >= 1 {
				size := int(arg[0])
				if text := arg[1:]; len(text) >= size && (shortASCII(text, size) || utf8.Valid(text[:size])) {
					r := m.payload(Str, pos+2, size)
					stack = append(stack, r)
					pos += 2 + size
					if pos < len(data) && data[pos] == byte(opcode.Memoize) {
						m.memo.add(r)
						pos++
					}
					continue
				}
			}
		case opcode.BinUnicode:
			if len(arg) >= 4 {
				claimed := binary.LittleEndian.Uint32(arg)
				if text := arg[4:]; uint64(len(text)) >= uint64(claimed) && textcodec.ValidUTF8(text[:claimed]) {
					size := int(claimed)
					stack = append(stack, m.payload(Str, pos+5, size))
					pos += 5 + size
					continue
				}
			}
		case opcode.BinGet, opcode.LongBinGet:
			if m.popped == noRef && len(arg) >= 4 {
				i, width := int(arg[0]), 2
				if op == opcode.LongBinGet {
					i, width = int(binary.LittleEndian.Uint32(arg)), 5
				}
				if uint(i) < uint(len(m.memo.dense)) {
					if r := m.memo.dense[i]; r != noRef {
						if r&inline == 0 {
							g.nodes[r].flags |= shared
						}
						stack = append(stack, r)
						pos += width
						continue
					}
				}
			}
		case opcode.BinPut, opcode.LongBinPut:
			if n := len(stack); n > fence && len(arg) >= 4 {
				i, width := int64(arg[0]), 2
				if op == opcode.LongBinPut {
					i, width = int64(binary.LittleEndian.Uint32(arg)), 5
				}
				m.memo.set(i, stack[n-1])
				pos += width
				continue
			}
		case opcode.Memoize:
			if n := len(stack); n > fence {
				m.memo.add(stack[n-1])
				pos++
				continue
			}
		case opcode.EmptyList:
			r := m.add(List, 0, 0)
			stack = append(stack, r)
			pos++
			if pos < len(data) && data[pos] == byte(opcode.Memoize) {
				m.memo.add(r)
				pos++
			}
			continue
		case opcode.EmptyDict:
			r := m.add(Dict, 0, 0)
			stack = append(stack, r)
			pos++
			if pos < len(data) && data[pos] == byte(opcode.Memoize) {
				m.memo.add(r)
				pos++
			}
			continue
		case opcode.Mark:
			fence = len(stack)
			m.marks = append(m.marks, fence)
			pos++
			continue
		case opcode.Tuple1, opcode.Tuple2, opcode.Tuple3:
			if at := len(stack) - int(op-opcode.Tuple1+1); at >= fence {
				r := m.addRun(Tuple, stack[at:])
				stack = append(stack[:at], r)
				pos++
				if pos < len(data) && data[pos] == byte(opcode.Memoize) {
					m.memo.add(r)
					pos++
				}
				continue
			}
		}
		m.stack = stack
		next, done, err := m.slow(op, pos)
		if err != nil {
			g.end = min(next, len(m.in.buf))
			err.Offset, err.Op = int64(pos), op
			return err
		}
		if done {
			g.end = next
			return nil
		}
		pos, stack, data, fence = next, m.stack, m.in.buf, m.fence()
	}
}

// intWidths are the lengths of the instructions that push an int of up to 32 bits, and
// intMasks what of the four bytes after the opcode belongs to one of that length.
var (
	intWidths = [256]uint8{opcode.BinInt1: 2, opcode.BinInt2: 3, opcode.BinInt: 5}
	intMasks  = [8]uint32{2: 1<<8 - 1, 3: 1<<16 - 1, 5: 1<<32 - 1}
)

// shortASCII reports whether the first size bytes of data are surely ASCII, of up to 16.
func shortASCII(data []byte, size int) bool {
	const highs = 0x8080808080808080
	switch {
	case len(data) < 8 || size > 16:
		return false
	case size <= 8:
		return binary.LittleEndian.Uint64(data)&(highs>>(64-8*size)) == 0
	}
	return (binary.LittleEndian.Uint64(data)|binary.LittleEndian.Uint64(data[size-8:]))&highs == 0
}

// slow runs the instruction op, which starts at start, in any circumstances. It returns the
// place of the next one, and whether this was STOP.
func (m *machine) slow(op opcode.Op, start int) (pos int, done bool, err *Error) {
	data := m.in.buf
	pos = start + 1
	switch op {
	case opcode.Stop:
		n := len(m.stack)
		if n <= m.fence() {
			err = m.underflow()
			break
		}
		m.g.root = m.stack[n-1]
		m.g.notes.items, m.g.notes.marks = n-1, len(m.marks)
		if m.o.MaxBytes > 0 && int64(pos) > m.o.MaxBytes {
			err = m.tooLong()
		}
		return pos, true, err

	// Atoms
	case opcode.None:
		m.stack = append(m.stack, refNone)
	case opcode.NewTrue:
		m.stack = append(m.stack, refTrue)
	case opcode.NewFalse:
		m.stack = append(m.stack, refFalse)
	case opcode.BinInt1:
		if pos+1 > len(data) {
			if data, err = m.more(pos + 1); err != nil {
				break
			}
		}
		m.stack = append(m.stack, inline|inlineInt|Ref(data[pos]))
		pos++
	case opcode.BinInt2:
		if pos+2 > len(data) {
			if data, err = m.more(pos + 2); err != nil {
				break
			}
		}
		m.stack = append(m.stack, inline|inlineInt|Ref(binary.LittleEndian.Uint16(data[pos:])))
		pos += 2
	case opcode.BinInt:
		if pos+4 > len(data) {
			if data, err = m.more(pos + 4); err != nil {
				break
			}
		}
		m.pushInt(int64(int32(binary.LittleEndian.Uint32(data[pos:]))))
		pos += 4
	case opcode.BinFloat:
		if pos+8 > len(data) {
			if data, err = m.more(pos + 8); err != nil {
				break
			}
		}
		m.stack = append(m.stack, m.add(Float, 0, binary.BigEndian.Uint64(data[pos:])))
		pos += 8
	case opcode.Long1, opcode.Long4:
		var size int
		if data, pos, size, err = m.claim(data, pos, op); err != nil {
			break
		}
		m.pushLong(data, pos, size)
		pos += size

	// Strings and bytes
	case opcode.ShortBinUnicode:
		if pos >= len(data) {
			if data, err = m.more(pos + 1); err != nil {
				break
			}
		}
		size := int(data[pos])
		pos++
		if pos+size > len(data) {
			if data, err = m.more(pos + size); err != nil {
				break
			}
		}
		if err = m.checkText(data[pos : pos+size]); err != nil {
			break
		}
		m.stack = append(m.stack, m.payload(Str, pos, size))
		pos += size
	case opcode.BinUnicode, opcode.BinUnicode8:
		var size int
		if data, pos, size, err = m.claim(data, pos, op); err != nil {
			break
		}
		if err = m.checkText(data[pos : pos+size]); err != nil {
			break
		}
		m.stack = append(m.stack, m.payload(Str, pos, size))
		pos += size
	case opcode.ShortBinBytes, opcode.BinBytes, opcode.BinBytes8, opcode.ByteArray8:
		var size int
		if data, pos, size, err = m.claim(data, pos, op); err != nil {
			break
		}
		if size == 0 && pos >= len(data) { // as in CPython not even nothing may be read there
			if _, err = m.more(pos + 1); err != nil {
				break
			}
		}
		kind := Bytes
		if op == opcode.ByteArray8 {
			kind = ByteArray
		}
		m.stack = append(m.stack, m.payload(kind, pos, size))
		pos += size
	case opcode.BinString, opcode.ShortBinString:
		var size int
		if data, pos, size, err = m.claim(data, pos, op); err != nil {
			break
		}
		err = m.pushString(data, pos, size)
		pos += size
	case opcode.NextBuffer:
		err = m.doNextBuffer()
	case opcode.ReadOnlyBuffer:
		err = m.doReadOnlyBuffer()

	// Containers
	case opcode.Mark:
		m.marks = append(m.marks, len(m.stack))
	case opcode.EmptyTuple:
		m.stack = append(m.stack, m.add(Tuple, 0, 0))
	case opcode.EmptyList:
		m.stack = append(m.stack, m.add(List, 0, 0))
	case opcode.EmptyDict:
		m.stack = append(m.stack, m.add(Dict, 0, 0))
	case opcode.EmptySet:
		m.stack = append(m.stack, m.add(Set, 0, 0))
	case opcode.Tuple1, opcode.Tuple2, opcode.Tuple3:
		n := int(op - opcode.Tuple1 + 1)
		at := len(m.stack) - n
		if at < m.fence() {
			err = m.underflow()
			break
		}
		m.stack = append(m.stack[:at], m.addRun(Tuple, m.stack[at:]))
	case opcode.Tuple, opcode.List:
		var at int
		if at, err = m.mark(); err != nil {
			break
		}
		kind := Tuple
		if op == opcode.List {
			kind = List
		}
		m.stack = append(m.stack[:at], m.addRun(kind, m.stack[at:]))
	case opcode.Dict:
		var at int
		if at, err = m.mark(); err != nil {
			break
		}
		if (len(m.stack)-at)%2 != 0 {
			err = m.fail(UnpicklingError, "odd number of items for DICT")
			break
		}
		if err = m.checkKeys(m.stack[at:], 2); err != nil {
			break
		}
		m.stack = append(m.stack[:at], m.addRun(Dict, m.stack[at:]))
	case opcode.FrozenSet:
		var at int
		if at, err = m.mark(); err != nil {
			break
		}
		if err = m.checkKeys(m.stack[at:], 1); err != nil {
			break
		}
		m.stack = append(m.stack[:at], m.addRun(FrozenSet, m.stack[at:]))
	case opcode.Append:
		n := len(m.stack)
		if n-1 <= m.fence() {
			err = m.underflow()
			break
		}
		err = m.doAppend(n-1, op, start)
	case opcode.Appends:
		var at int
		if at, err = m.mark(); err != nil {
			break
		}
		err = m.doAppend(at, op, start)
	case opcode.SetItem:
		err = m.doSetItems(len(m.stack)-2, op, start)
	case opcode.SetItems:
		var at int
		if at, err = m.mark(); err != nil {
			break
		}
		err = m.doSetItems(at, op, start)
	case opcode.AddItems:
		var at int
		if at, err = m.mark(); err != nil {
			break
		}
		err = m.doAddItems(at, op, start)

	// Stack and memo
	case opcode.Pop:
		err = m.pop(start)
	case opcode.PopMark:
		var at int
		if at, err = m.mark(); err != nil {
			break
		}
		m.stack = m.stack[:at]
	case opcode.Dup:
		n := len(m.stack)
		if n <= m.fence() {
			err = m.underflow()
			break
		}
		m.pushAgain(m.stack[n-1])
	case opcode.BinGet:
		if pos >= len(data) {
			if data, err = m.more(pos + 1); err != nil {
				break
			}
		}
		err = m.get(int64(data[pos]), start)
		pos++
	case opcode.LongBinGet:
		if pos+4 > len(data) {
			if data, err = m.more(pos + 4); err != nil {
				break
			}
		}
		err = m.get(int64(binary.LittleEndian.Uint32(data[pos:])), start)
		pos += 4
	case opcode.BinPut:
		if pos >= len(data) {
			if data, err = m.more(pos + 1); err != nil {
				break
			}
		}
		err = m.put(int64(data[pos]))
		pos++
	case opcode.LongBinPut:
		if pos+4 > len(data) {
			if data, err = m.more(pos + 4); err != nil {
				break
			}
		}
		err = m.put(int64(binary.LittleEndian.Uint32(data[pos:])))
		pos += 4
	case opcode.Memoize:
		n := len(m.stack)
		if n <= m.fence() {
			err = m.underflow()
			break
		}
		m.memo.add(m.stack[n-1])

	// Names, calls, changes of objects
	case opcode.StackGlobal:
		err = m.doStackGlobal(start)
	case opcode.Ext1, opcode.Ext2, opcode.Ext4:
		width := 1 << (op - opcode.Ext1)
		if pos+width > len(data) {
			if data, err = m.more(pos + width); err != nil {
				break
			}
		}
		err = m.doExtension(littleEndian(data[pos:pos+width]), op, start)
		pos += width
	case opcode.Reduce:
		err = m.doReduce(start)
	case opcode.NewObj, opcode.NewObjEx:
		err = m.doNewObj(op, start)
	case opcode.Obj:
		err = m.doObj(start)
	case opcode.Build:
		if err = m.doBuild(start); err == nil && m.o.RawData != nil {
			pos, err = m.skipRaw(pos)
		}
	case opcode.BinPersID:
		err = m.doBinPersID(start)

	// Around the program
	case opcode.Proto:
		if pos >= len(data) {
			if data, err = m.more(pos + 1); err != nil {
				break
			}
		}
		err = m.doProto(int(data[pos]))
		pos++
	case opcode.Frame:
		if pos+8 > len(data) {
			if data, err = m.more(pos + 8); err != nil {
				break
			}
		}
		size := binary.LittleEndian.Uint64(data[pos:])
		pos += 8
		if size > math.MaxInt64 {
			err = m.fail(OverflowError, "FRAME length exceeds system's maximum of 9223372036854775807 bytes")
			break
		}
		m.noteFrame(start, size)
		if size > uint64(len(data)-pos) {
			if _, err = m.moreSize(pos, size); err != nil && m.lenient(err, op, start) {
				err = nil
			}
		}

	// Text arguments
	case opcode.Int, opcode.Long, opcode.Float, opcode.String, opcode.Unicode, opcode.Get, opcode.Put,
		opcode.Global, opcode.Inst, opcode.PersID:
		pos, err = m.textOp(op, pos, start)

	default:
		err = m.unknown(byte(op))
	}
	return pos, false, err
}
