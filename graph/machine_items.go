package graph

import "github.com/go-pickle/pickle/opcode"

func (m *machine) kind(r Ref) NodeKind {
	if r&inline == 0 {
		return m.g.nodes[r].kind
	}
	return inlineKind(r)
}

func inlineKind(r Ref) NodeKind {
	switch {
	case r&inlineInt != 0 && r != noRef:
		return Int
	case r == refNone:
		return None
	case r == refFalse, r == refTrue:
		return Bool
	case r.InInput():
		return Float
	}
	return Invalid
}

// typeName is the name of r's type in CPython's messages.
func (m *machine) typeName(r Ref) string {
	switch k := m.kind(r); k {
	case None:
		return "NoneType"
	case Global:
		return "type"
	case Object, Persistent:
		return "object"
	case Buffer:
		return "memoryview"
	default:
		return k.String()
	}
}

// acceptsAnything holds the kinds whose class is not known here: what is done to them is
// recorded, never refused.
const acceptsAnything = 1<<Object | 1<<Persistent | 1<<Global

func (k NodeKind) in(set uint32) bool { return set>>k&1 != 0 }

// checkKeys refuses what can't be a key; every step-th of items is one.
func (m *machine) checkKeys(items []Ref, step int) *Error {
	for i := 0; i < len(items); i += step {
		r := items[i]
		if r&inline != 0 {
			continue
		}
		n := &m.g.nodes[r]
		switch {
		case !n.kind.in(unhashableKinds | 1<<Tuple):
		case n.kind != Tuple:
			return m.unhashable(n.kind)
		case n.flags&hashable == 0:
			if err := m.checkTuple(r); err != nil {
				return err
			}
		}
	}
	return nil
}

// sequences are those to whose items nothing can be assigned. A set is one for CPython.
const sequences = 1<<Tuple | 1<<Str | 1<<Bytes | 1<<Set | 1<<FrozenSet

const unhashableKinds = 1<<List | 1<<Dict | 1<<Set | 1<<ByteArray

func (m *machine) unhashable(k NodeKind) *Error {
	return m.fail(TypeError, "unhashable type: '"+k.String()+"'")
}

// checkTuple looks for something unhashable in tuple r, at any depth. A tuple that passed
// is marked, so that each is looked through once.
func (m *machine) checkTuple(r Ref) *Error {
	g := &m.g
	g.nodes[r].flags |= hashable // so that it is not entered twice; taken back on failure
	todo := []Ref{r}
	for len(todo) > 0 {
		t := &g.nodes[todo[len(todo)-1]]
		todo = todo[:len(todo)-1]
		for _, c := range g.refs[t.v : t.v+uint64(t.n)] {
			if c&inline != 0 {
				continue
			}
			n := &g.nodes[c]
			if n.kind.in(unhashableKinds) {
				// The tuples on the way stay marked though they are not hashable: no
				// harm, as parsing ends here.
				return m.unhashable(n.kind)
			}
			if n.kind == Tuple && n.flags&hashable == 0 {
				n.flags |= hashable
				todo = append(todo, c)
			}
		}
	}
	return nil
}

// target is the object under the items that start at place at.
func (m *machine) target(at int) (Ref, *Error) {
	if at > len(m.stack) || at <= m.fence() {
		return noRef, m.underflow()
	}
	return m.stack[at-1], nil
}

func (m *machine) noAttribute(r Ref, name string) *Error {
	return m.fail(AttributeError, "'"+m.typeName(r)+"' object has no attribute '"+name+"'")
}

func (m *machine) doAppend(at int, op opcode.Op, start int) *Error {
	r, err := m.target(at)
	if err != nil || at == len(m.stack) {
		return err
	}
	items := m.stack[at:]
	switch k := m.kind(r); {
	case k == List:
		m.extend(r, items)
	case k.in(acceptsAnything):
		m.recordItems(callAppend, r, items, op, start)
	case k == ByteArray:
		if err := m.appendBytes(r, items); err != nil {
			return err
		}
	default:
		return m.noAttribute(r, "append")
	}
	m.stack = m.stack[:at]
	return nil
}

// ownBytes gives the bytearray n a place in aux, with room for more bytes. Like a run that
// is moved it gets room to grow: several may grow in turn.
func (m *machine) ownBytes(n *node, more int) {
	g := &m.g
	size := int(n.size())
	if n.flags&moved != 0 && roomFor(size) >= size+more {
		return
	}
	from := m.in.buf
	if n.flags&inAux != 0 {
		from = g.x.aux
	}
	at := len(g.x.aux)
	g.x.aux = append(g.x.aux, from[n.v:n.v+uint64(size)]...)
	g.x.aux = append(g.x.aux, make([]byte, roomFor(size+more)-size)...)
	n.v = uint64(at)
	n.flags |= inAux | moved
}

// appendBytes appends integers to a bytearray.
func (m *machine) appendBytes(r Ref, items []Ref) *Error {
	m.touch(r)
	n := &m.g.nodes[r]
	m.ownBytes(n, len(items))
	size := int(n.size())
	to := m.g.x.aux[n.v+uint64(size):]
	for i, c := range items {
		v, err := m.byteValue(c)
		if err != nil {
			return err
		}
		to[i] = v
	}
	n.setSize(uint64(size + len(items)))
	return nil
}

// assignBytes sets bytes of a bytearray by their numbers.
func (m *machine) assignBytes(r Ref, items []Ref) *Error {
	m.touch(r)
	n := &m.g.nodes[r]
	m.ownBytes(n, 0)
	for i := 0; i < len(items); i += 2 {
		if m.computed(items[i]) {
			continue
		}
		at, err := m.index(r, items[i])
		if err != nil {
			return err
		}
		v, err := m.byteValue(items[i+1])
		if err != nil {
			return err
		}
		if at < 0 {
			at += int64(n.size())
		}
		if at < 0 || at >= int64(n.size()) {
			return m.fail(IndexError, "bytearray index out of range")
		}
		m.g.x.aux[n.v+uint64(at)] = v
	}
	return nil
}

// byteValue is c as an item of a bytearray.
func (m *machine) byteValue(c Ref) (byte, *Error) {
	v, ok := m.smallInt(c)
	switch {
	case m.computed(c):
		return 0, nil
	case ok && v >= 0 && v <= 255:
		return byte(v), nil
	case ok, m.kind(c) == Long:
		return 0, m.fail(ValueError, "byte must be in range(0, 256)")
	}
	return 0, m.fail(TypeError, "'"+m.typeName(c)+"' object cannot be interpreted as an integer")
}

// index is c as an index into r.
func (m *machine) index(r, c Ref) (int64, *Error) {
	if m.kind(c) == Long {
		return 0, m.fail(IndexError, "cannot fit 'int' into an index-sized integer")
	}
	at, ok := m.smallInt(c)
	if !ok {
		return 0, m.fail(TypeError, m.typeName(r)+" indices must be integers or slices, not "+m.typeName(c))
	}
	return at, nil
}

// smallInt is the value of an int or bool of up to 64 bits.
func (m *machine) smallInt(r Ref) (int64, bool) {
	switch m.kind(r) {
	case Int, Bool:
		return m.g.Node(r).Int(), true
	}
	return 0, false
}

func (m *machine) doSetItems(at int, op opcode.Op, start int) *Error {
	r, err := m.target(at)
	if err != nil || at == len(m.stack) {
		return err
	}
	items := m.stack[at:]
	if len(items)%2 != 0 {
		return m.fail(UnpicklingError, "odd number of items for SETITEMS")
	}
	switch k := m.kind(r); {
	case k == Dict:
		if err := m.checkKeys(items, 2); err != nil {
			return err
		}
		m.extend(r, items)
	case k == List:
		if err := m.assign(r, items); err != nil {
			return err
		}
	case k.in(acceptsAnything):
		m.recordItems(callSetItems, r, items, op, start)
	case k == ByteArray:
		if err := m.assignBytes(r, items); err != nil {
			return err
		}
	case k == Buffer && m.g.nodes[r].flags&readonly != 0:
		return m.fail(TypeError, "cannot modify read-only memory")
	case k == Buffer && m.o.Lenient:
	case k.in(sequences) && m.kind(items[0]) == Long: // CPython looks at the index first
		_, err := m.index(r, items[0])
		return err
	default:
		return m.fail(TypeError, "'"+m.typeName(r)+"' object does not support item assignment")
	}
	m.stack = m.stack[:at]
	return nil
}

// assign sets items of list r by their numbers.
func (m *machine) assign(r Ref, items []Ref) *Error {
	g := &m.g
	m.touch(r)
	for i := 0; i < len(items); i += 2 {
		if m.computed(items[i]) {
			continue
		}
		at, err := m.index(r, items[i])
		if err != nil {
			return err
		}
		n := &g.nodes[r]
		if at < 0 {
			at += int64(n.n)
		}
		if at < 0 || at >= int64(n.n) {
			return m.fail(IndexError, "list assignment index out of range")
		}
		g.refs[n.v+uint64(at)] = items[i+1]
	}
	return nil
}

func (m *machine) doAddItems(at int, op opcode.Op, start int) *Error {
	r, err := m.target(at)
	if err != nil || at == len(m.stack) {
		return err
	}
	items := m.stack[at:]
	switch k := m.kind(r); {
	case k == Set:
		if err := m.checkKeys(items, 1); err != nil {
			return err
		}
		m.extend(r, items)
	case k.in(acceptsAnything):
		m.recordItems(callAddItems, r, items, op, start)
	default:
		return m.noAttribute(r, "add")
	}
	m.stack = m.stack[:at]
	return nil
}

func (m *machine) doNextBuffer() *Error {
	i := m.nextBuffer
	if i >= len(m.o.Buffers) && !m.o.AnyBuffers {
		if m.o.Buffers == nil {
			e := m.fail(UnpicklingError, "pickle stream refers to out-of-band data but no *buffers* argument was given")
			e.Hint = "give the buffers in the options"
			return e
		}
		return m.fail(UnpicklingError, "not enough out-of-band buffers")
	}
	m.nextBuffer++
	r := m.add(Buffer, 0, uint64(i))
	if i < len(m.o.Buffers) && m.o.Buffers[i].ReadOnly {
		m.g.nodes[r].flags |= readonly
	}
	m.stack = append(m.stack, r)
	return nil
}

// fromByteArray is the number of a Buffer that is a view of a bytearray in the stream.
const fromByteArray = 1<<64 - 1

func (m *machine) doReadOnlyBuffer() *Error {
	n := len(m.stack)
	if n <= m.fence() {
		return m.underflow()
	}
	r := m.stack[n-1]
	switch m.kind(r) {
	case Buffer:
		if old := m.g.nodes[r]; old.flags&readonly == 0 {
			view := m.add(Buffer, old.n, old.v)
			m.g.nodes[view].flags |= readonly
			m.stack[n-1] = view
		}
	case ByteArray:
		view := m.add(Buffer, uint32(r), fromByteArray)
		m.g.nodes[view].flags |= readonly
		m.stack[n-1] = view
	case Bytes, Object, Persistent:
	default:
		if m.computed(r) {
			return nil
		}
		return m.fail(TypeError, "memoryview: a bytes-like object is required, not '"+m.typeName(r)+"'")
	}
	return nil
}
