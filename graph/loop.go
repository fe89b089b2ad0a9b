package graph

import (
	"encoding/binary"
	"io"
	"math"
	"math/bits"
	"unicode/utf8"

	"github.com/go-pickle/pickle/internal/textcodec"
	"github.com/go-pickle/pickle/opcode"
)

// loop runs instructions until STOP. It has the instructions that pickles are full of, with
// stack, input and place in local variables, and leaves the others, and everything that
// goes wrong or has to read more input, to slow.
func (m *machine) loop() *Error {
	const run = 8 // items from a mark on, after which more of the same is likely
	g := &m.g
	data := m.in.buf
	stack := m.stack
	fence := 0 // the place of the topmost mark: operands don't come from below
	pos := 0
	keep := m.o.KeepMemo
	floatsEnd := maxFloatRefs
	if keep { // the graph outlives this input
		floatsEnd = 0
	}
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
			first := pos
			for len(data)-pos >= floatWidth && pos < floatsEnd && data[pos] == byte(opcode.BinFloat) {
				stack = append(stack, floatRefs+Ref(pos))
				pos += floatWidth
			}
			if pos > first {
				g.floats += (pos - first) / floatWidth
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
			arg := data[pos+1:]
			if len(arg) >= 1 {
				size := int(arg[0])
				if text := arg[1:]; len(text) >= size && (shortASCII(text, size) || utf8.Valid(text[:size])) {
					r, ok := noRef, false
					if !keep {
						r, ok = g.next(Str, uint32(size), uint64(pos+2))
					}
					if ok {
						g.text += size
					} else {
						r = m.payload(Str, pos+2, size)
					}
					stack = append(stack, r)
					pos += 2 + size
					if pos < len(data) && data[pos] == byte(opcode.Memoize) {
						if !m.memo.next(r) {
							m.memo.add(r)
						}
						pos++
					}
					if len(stack)-fence > run && pos < len(data) && data[pos] == byte(opcode.ShortBinUnicode) {
						stack, pos = m.texts(data, stack, pos)
					}
					continue
				}
			}
		case opcode.BinUnicode:
			arg := data[pos+1:]
			if len(arg) >= 4 {
				claimed := binary.LittleEndian.Uint32(arg)
				if text := arg[4:]; uint64(len(text)) >= uint64(claimed) && validText(text, int(claimed)) {
					size := int(claimed)
					r, ok := noRef, false
					if !keep {
						r, ok = g.next(Str, claimed, uint64(pos+5))
					}
					if ok {
						g.text += size
					} else {
						r = m.payload(Str, pos+5, size)
					}
					stack = append(stack, r)
					pos += 5 + size
					if len(data)-pos > 2 && data[pos] == byte(opcode.BinPut) {
						if int(data[pos+1]) != len(m.memo.dense) || !m.memo.next(r) {
							m.memo.set(int64(data[pos+1]), r)
						}
						pos += 2
					} else if len(data)-pos > 5 && data[pos] == byte(opcode.LongBinPut) {
						m.memo.put(int64(binary.LittleEndian.Uint32(data[pos+1:])), r)
						pos += 5
					}
					if len(stack)-fence > run && pos < len(data) && data[pos] == byte(opcode.BinUnicode) {
						stack, pos = m.texts(data, stack, pos)
					}
					continue
				}
			}
		case opcode.BinGet, opcode.LongBinGet:
			arg := data[pos+1:]
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
						if len(stack)-fence > run && pos < len(data) && (data[pos] == byte(opcode.BinGet) || data[pos] == byte(opcode.LongBinGet)) {
							stack, pos = m.gets(data, stack, pos)
						}
						continue
					}
				}
			}
		case opcode.BinPut, opcode.LongBinPut:
			arg := data[pos+1:]
			if n := len(stack); n > fence && len(arg) >= 4 && !stack[n-1].InInput() {
				i, width := int64(arg[0]), 2
				if op == opcode.LongBinPut {
					i, width = int64(binary.LittleEndian.Uint32(arg)), 5
				}
				if i != int64(len(m.memo.dense)) || !m.memo.next(stack[n-1]) {
					m.memo.set(i, stack[n-1])
				}
				pos += width
				continue
			}
		case opcode.Memoize:
			if n := len(stack); n > fence && !stack[n-1].InInput() {
				if r := stack[n-1]; !m.memo.next(r) {
					m.memo.add(r)
				}
				pos++
				continue
			}
		case opcode.EmptyList:
			r, ok := g.next(List, 0, 0)
			if !ok {
				r = m.add(List, 0, 0)
			}
			stack = append(stack, r)
			pos++
			if pos < len(data) && data[pos] == byte(opcode.Memoize) {
				if !m.memo.next(r) {
					m.memo.add(r)
				}
				pos++
			}
			continue
		case opcode.EmptyDict:
			r, ok := g.next(Dict, 0, 0)
			if !ok {
				r = m.add(Dict, 0, 0)
			}
			stack = append(stack, r)
			pos++
			if pos < len(data) && data[pos] == byte(opcode.Memoize) {
				if !m.memo.next(r) {
					m.memo.add(r)
				}
				pos++
			}
			continue
		case opcode.Mark:
			fence = len(stack)
			m.marks = append(m.marks, fence)
			pos++
			continue
		case opcode.Appends:
			if at, below, ok := m.itemsAt(stack, fence, List); ok {
				m.extend(stack[at-1], stack[at:])
				stack, fence = stack[:at], below
				m.marks = m.marks[:len(m.marks)-1]
				pos++
				continue
			}
		case opcode.SetItems:
			if at, below, ok := m.itemsAt(stack, fence, Dict); ok && (len(stack)-at)%2 == 0 {
				if err := m.checkKeys(stack[at:], 2); err != nil { // not to be asked twice: it marks what it saw
					g.end = pos + 1
					err.Offset, err.Op = int64(pos), op
					return err
				}
				m.extend(stack[at-1], stack[at:])
				stack, fence = stack[:at], below
				m.marks = m.marks[:len(m.marks)-1]
				pos++
				continue
			}
		case opcode.Append:
			if n := len(stack); n-1 > fence {
				if r := stack[n-2]; r&inline == 0 && g.nodes[r].kind == List {
					m.extend(r, stack[n-1:])
					stack = stack[:n-1]
					pos++
					continue
				}
			}
		case opcode.SetItem:
			if n := len(stack); n-2 > fence {
				// A key that might not do is left to slow.
				if r, k := stack[n-3], stack[n-2]; r&inline == 0 && g.nodes[r].kind == Dict && (k&inline != 0 || g.nodes[k].kind == Str) {
					m.extend(r, stack[n-2:])
					stack = stack[:n-2]
					pos++
					continue
				}
			}
		case opcode.Tuple, opcode.List, opcode.Dict:
			if n := len(m.marks); n > 0 && (op != opcode.Dict || len(stack) == fence) {
				kind := Tuple
				switch op {
				case opcode.List:
					kind = List
				case opcode.Dict: // without items, whose keys need a look
					kind = Dict
				}
				r := m.addRun(kind, stack[fence:])
				stack = append(stack[:fence], r)
				m.marks = m.marks[:n-1]
				fence = m.fence()
				pos++
				continue
			}
		case opcode.Put:
			arg := data[pos+1:]
			if i, width := shortLine(arg); width > 0 && i >= 0 && len(stack) > fence && !stack[len(stack)-1].InInput() {
				m.memo.put(i, stack[len(stack)-1])
				pos += 1 + width
				continue
			}
		case opcode.Get:
			arg := data[pos+1:]
			if i, width := shortLine(arg); width > 0 && m.popped == noRef && uint64(i) < uint64(len(m.memo.dense)) {
				if r := m.memo.dense[i]; r != noRef {
					if r&inline == 0 {
						g.nodes[r].flags |= shared
					}
					stack = append(stack, r)
					pos += 1 + width
					continue
				}
			}
		case opcode.Int:
			arg := data[pos+1:]
			// I00 and I01, which are bools, are no short lines.
			if v, width := shortLine(arg); width > 0 {
				stack = append(stack, inline|inlineInt|Ref(v)&(inlineInt-1))
				pos += 1 + width
				continue
			}
			if len(arg) >= 3 && arg[0] == '0' && arg[1]&^1 == '0' && arg[2] == '\n' {
				stack = append(stack, refFalse+Ref(arg[1]&1))
				pos += 4
				continue
			}
		case opcode.Proto:
			arg := data[pos+1:]
			if len(arg) >= 1 && arg[0] <= highestProtocol {
				m.proto = int(arg[0])
				m.noteProto(m.proto)
				pos += 2
				continue
			}
		case opcode.Frame: // how the input is cut does not count
			arg := data[pos+1:]
			if len(arg) >= 8 && binary.LittleEndian.Uint64(arg) <= uint64(len(arg)-8) {
				m.noteFrame(pos, binary.LittleEndian.Uint64(arg))
				pos += 9
				continue
			}
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
		case opcode.Unicode:
			if size := plainLine(data[pos+1:]); size >= 0 {
				r := m.payload(Str, pos+1, size)
				stack = append(stack, r)
				pos += 2 + size
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

// texts runs what pushes a str, each perhaps with what puts it into the memo, as long as
// one follows another and there is room for all that they need. It returns the stack and
// the place of what comes next: pos if it is no str, or one for the long way.
func (m *machine) texts(data []byte, stack []Ref, pos int) ([]Ref, int) {
	const (
		ahead = 10 // bytes that may be looked at without a look at where data ends
		after = 5  // of these after the text
	)
	if m.o.KeepMemo || m.memo.odd {
		return stack, pos
	}
	g := &m.g
	nodes, dense := g.nodes, m.memo.dense
	before, bytes := len(nodes), 0
loop:
	for len(data)-pos >= ahead && len(nodes) < cap(nodes) && len(dense) < cap(dense) && len(stack) < cap(stack) {
		var size uint
		at := pos + 2
		switch opcode.Op(data[pos]) {
		case opcode.ShortBinUnicode:
			size = uint(data[pos+1])
		case opcode.BinUnicode:
			size = uint(binary.LittleEndian.Uint32(data[pos+1:]))
			at = pos + 5
		default:
			break loop
		}
		text := data[at:]
		if size > uint(len(text)-after) || !validText(text, int(size)) {
			break
		}
		r := Ref(len(nodes))
		nodes = append(nodes, node{kind: Str, n: uint32(size), v: uint64(at)})
		stack = append(stack, r)
		bytes += int(size)
		text = text[size:]
		pos = at + int(size)
		switch opcode.Op(text[0]) {
		case opcode.Memoize:
			dense = append(dense, r)
			pos++
		case opcode.BinPut:
			if int(text[1]) == len(dense) {
				dense = append(dense, r)
				pos += 2
			}
		case opcode.LongBinPut:
			if int(binary.LittleEndian.Uint32(text[1:])) == len(dense) {
				dense = append(dense, r)
				pos += 5
			}
		}
	}
	g.nodes, m.memo.dense = g.nodes[:len(nodes)], m.memo.dense[:len(dense)] // the same arrays
	g.counts[Str] += uint32(len(nodes) - before)
	g.text += bytes
	return stack, pos
}

// gets is texts for what pushes an entry of the memo.
func (m *machine) gets(data []byte, stack []Ref, pos int) ([]Ref, int) {
	const ahead = 5
	nodes, dense := m.g.nodes, m.memo.dense
	for len(data)-pos >= ahead {
		i, width := uint(data[pos+1]), 2
		if data[pos] != byte(opcode.BinGet) {
			if data[pos] != byte(opcode.LongBinGet) {
				break
			}
			i, width = uint(binary.LittleEndian.Uint32(data[pos+1:])), 5
		}
		if i >= uint(len(dense)) {
			break
		}
		r := dense[i]
		if r&inline == 0 {
			nodes[r].flags |= shared
		} else if r == noRef {
			break
		}
		stack = append(stack, r)
		pos += width
	}
	return stack, pos
}

// shortLine reads a line of up to eight decimal digits, perhaps with a minus, and returns
// its length with the line feed: 0 if it is any other, or begins with a zero that it could
// do without.
func shortLine(data []byte) (v int64, width int) {
	const most = 8
	data = data[:min(len(data), most+2)]
	at := 0
	if len(data) > 0 && data[0] == '-' {
		at = 1
	}
	first := at
	for at < len(data) {
		c := data[at]
		at++
		if c == '\n' {
			digits := at - first - 1
			if digits == 0 || digits > most || data[first] == '0' && at > 2 {
				return 0, 0
			}
			if first > 0 {
				v = -v
			}
			return v, at
		}
		if c -= '0'; c > 9 {
			return 0, 0
		}
		v = v*10 + int64(c)
	}
	return 0, 0
}

// plainLine is the length of the line at the start of data, if it is short and surely ASCII
// without a backslash, and data goes on for a bit. Else it is -1.
func plainLine(data []byte) int {
	const (
		most  = 64
		ones  = 0x0101010101010101
		highs = 0x8080808080808080
	)
	for i := 0; i < most && len(data)-i >= 8; i += 8 {
		x := binary.LittleEndian.Uint64(data[i:])
		// The lowest bit is that of the first byte that is none; above it there may be more.
		ends, slashes := x^'\n'*ones, x^'\\'*ones
		ends = (ends - ones) &^ ends & highs
		other := x&highs | (slashes-ones)&^slashes&highs
		if before := ends&-ends - 1; other&before != 0 {
			return -1
		}
		if ends != 0 {
			return i + bits.TrailingZeros64(ends)/8
		}
	}
	return -1
}

// validText reports whether the first size bytes of data, of which there are as many, are
// UTF-8.
func validText(data []byte, size int) bool {
	return size <= 64 && shortASCII(data, size) || textcodec.ValidUTF8(data[:size])
}

// itemsAt is where on the stack the items above the topmost mark, which is at fence, start,
// if there are any and what they go into is of kind k. below is the fence under that mark.
func (m *machine) itemsAt(stack []Ref, fence int, k NodeKind) (at, below int, ok bool) {
	switch n := len(m.marks); {
	case n == 0:
		return 0, 0, false
	case n > 1:
		below = m.marks[n-2]
	}
	if fence <= below || fence >= len(stack) {
		return 0, 0, false
	}
	r := stack[fence-1]
	return fence, below, r&inline == 0 && m.g.nodes[r].kind == k
}

// intWidths are the lengths of the instructions that push an int of up to 32 bits, and
// intMasks what of the four bytes after the opcode belongs to one of that length.
var (
	intWidths = [256]uint8{opcode.BinInt1: 2, opcode.BinInt2: 3, opcode.BinInt: 5}
	intMasks  = [8]uint32{2: 1<<8 - 1, 3: 1<<16 - 1, 5: 1<<32 - 1}
)

// shortASCII reports whether the first size bytes of data, of which there are as many, are
// surely ASCII.
func shortASCII(data []byte, size int) bool {
	const highs = 0x8080808080808080
	if len(data) < 8 {
		return false
	}
	x := binary.LittleEndian.Uint64(data)
	if size <= 8 {
		return x&(highs>>(64-8*size)) == 0
	}
	for i := 8; i < size-8; i += 8 {
		x |= binary.LittleEndian.Uint64(data[i:])
	}
	return (x|binary.LittleEndian.Uint64(data[size-8:]))&highs == 0
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
		m.g.x.notes.items, m.g.x.notes.marks = n-1, len(m.marks)
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
		m.pushFloat(data, start)
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
		m.pushAgain(m.settle(n - 1))
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
		m.memo.add(m.settle(n - 1))

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
