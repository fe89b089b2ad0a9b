package graph

import (
	"strings"

	"github.com/go-pickle/pickle/internal/compat"
	"github.com/go-pickle/pickle/opcode"
)

// addCall adds an entry to calls and returns its place.
func (m *machine) addCall(c call) uint32 {
	if len(m.g.calls) == cap(m.g.calls) {
		m.g.calls = grow(m.g.calls, 1, len(m.g.calls), m, &spareCalls)
	}
	m.g.calls = append(m.g.calls, c)
	return uint32(len(m.g.calls) - 1)
}

// pushCall pushes the Object that a call gives.
func (m *machine) pushCall(at int, c call) {
	r := Ref(len(m.g.nodes))
	c.node = r
	i := m.addCall(c)
	m.add(Object, i, uint64(i))
	m.stack = append(m.stack[:at], r)
}

// record adds c to what is done to its node.
func (m *machine) record(c call) {
	g := &m.g
	m.touch(c.node)
	i := m.addCall(c)
	switch n := &g.nodes[c.node]; n.kind {
	case Object:
		g.calls[n.n].next = i + 1
		n.n = i
	case Global:
		name := &g.x.globals[n.v]
		if name.last == 0 {
			name.first = i + 1
		} else {
			g.calls[name.last-1].next = i + 1
		}
		name.last = i + 1
	}
}

func (m *machine) recordItems(k callKind, r Ref, items []Ref, op opcode.Op, start int) {
	g := &m.g
	at := len(g.refs)
	g.refs = append(g.refs, items...)
	m.record(call{offset: int64(start), node: r, a: Ref(at), b: Ref(len(items)), op: op, kind: k})
}

// global returns the node of a name. There is one for each name in a graph, see longName.
func (m *machine) global(module, name string, moduleRef, nameRef Ref, op opcode.Op, start int) Ref {
	g := &m.g
	if m.proto < 3 && !m.o.NoFixImports {
		to, moduleChanged, nameChanged := compat.ToPython3(compat.Name{Module: module, Name: name})
		module, name = to.Module, to.Name
		if moduleChanged {
			moduleRef = noRef
		}
		if nameChanged {
			nameRef = noRef
		}
	}
	key := [2]string{module, name}
	r, ok := m.names[key]
	if !ok {
		if m.names == nil {
			m.names = make(map[[2]string]Ref)
		}
		module, name = strings.Clone(module), strings.Clone(name)
		r = m.add(Global, 0, uint64(len(g.x.globals)))
		g.x.globals = append(g.x.globals, globalName{module: module, name: name, moduleRef: moduleRef, nameRef: nameRef})
		m.names[[2]string{module, name}] = r
	} else if e := &g.x.globals[g.nodes[r].v]; e.moduleRef == noRef && moduleRef != noRef {
		e.moduleRef, e.nameRef = moduleRef, nameRef
	}
	m.addCall(call{offset: int64(start), node: r, op: op, kind: callFind})
	return r
}

func (m *machine) doStackGlobal(start int) *Error {
	n := len(m.stack)
	if n-2 < m.fence() {
		return m.underflow()
	}
	module, name := m.stack[n-2], m.stack[n-1]
	mk, nk := m.kind(module), m.kind(name)
	switch {
	case mk == Str && nk == Str:
		m.stack = append(m.stack[:n-2], m.stackGlobal(module, name, start))
	case (mk == Str || mk == Persistent || m.computed(module)) && (nk == Str || nk == Persistent || m.computed(name)):
		m.pushCall(n-2, call{offset: int64(start), fn: noRef, a: module, b: name, op: opcode.StackGlobal, kind: callName})
		m.g.nodes[m.stack[n-2]].flags |= named
	default:
		return m.fail(UnpicklingError, "STACK_GLOBAL requires str")
	}
	return nil
}

// str is the text of a Str node.
func (m *machine) str(r Ref) string { return string(m.bytes(r)) }

func (m *machine) bytes(r Ref) []byte {
	n := &m.g.nodes[r]
	if n.flags&inAux != 0 {
		return m.g.x.aux[n.v : n.v+n.size()]
	}
	return m.in.buf[n.v : n.v+n.size()]
}

func (m *machine) doExtension(code uint64, op opcode.Op, start int) *Error {
	if op == opcode.Ext4 {
		code = uint64(int64(int32(code)))
	}
	if int64(code) <= 0 {
		return m.fail(UnpicklingError, "EXT specifies code <= 0")
	}
	if m.o.Extension != nil {
		if module, name, ok := m.o.Extension(int(code)); ok {
			m.stack = append(m.stack, m.global(module, name, noRef, noRef, op, start))
			return nil
		}
	}
	e := m.fail(ValueError, "unregistered extension code "+itoa(int(code)))
	e.Hint = "register it in the options, as copyreg.add_extension does in Python"
	return e
}

func (m *machine) doReduce(start int) *Error {
	n := len(m.stack)
	if n-2 < m.fence() {
		return m.underflow()
	}
	fn, args := m.stack[n-2], m.stack[n-1]
	if k := m.kind(args); k != Tuple && k != Object && k != Persistent {
		if err := m.fail(TypeError, "argument list must be a tuple"); !m.lenient(err, opcode.Reduce, start) {
			return err
		}
	}
	if err := m.checkCallable(fn); err != nil {
		return err
	}
	m.pushCall(n-2, call{offset: int64(start), fn: fn, a: args, op: opcode.Reduce, kind: callReduce})
	return nil
}

func (m *machine) checkCallable(fn Ref) *Error {
	if !m.kind(fn).in(acceptsAnything) {
		return m.fail(TypeError, "'"+m.typeName(fn)+"' object is not callable")
	}
	return nil
}

func (m *machine) doNewObj(op opcode.Op, start int) *Error {
	count, kind := 2, callNewObj
	if op == opcode.NewObjEx {
		count, kind = 3, callNewObjEx
	}
	at := len(m.stack) - count
	if at < m.fence() {
		return m.underflow()
	}
	cls, args, kwargs := m.stack[at], m.stack[at+1], noRef
	if !m.kind(cls).in(acceptsAnything) {
		return m.fail(UnpicklingError, op.String()+" class argument must be a type, not "+m.typeName(cls))
	}
	if k := m.kind(args); k != Tuple && k != Object && k != Persistent {
		err := m.fail(UnpicklingError, op.String()+" args argument must be a tuple, not "+m.typeName(args))
		if !m.lenient(err, op, start) {
			return err
		}
	}
	if op == opcode.NewObjEx {
		kwargs = m.stack[at+2]
		if k := m.kind(kwargs); k != Dict && k != Object && k != Persistent {
			return m.fail(UnpicklingError, "NEWOBJ_EX kwargs argument must be a dict, not "+m.typeName(kwargs))
		}
	}
	m.pushCall(at, call{offset: int64(start), fn: cls, a: args, b: kwargs, op: op, kind: kind})
	return nil
}

// pushInst pushes an instance whose arguments are on the stack from place from on.
func (m *machine) pushInst(at, from int, cls Ref, op opcode.Op, start int) {
	g := &m.g
	c := call{offset: int64(start), fn: cls, a: Ref(len(g.refs)), b: Ref(len(m.stack) - from), op: op, kind: callInst}
	m.addRefs(m.stack[from:])
	m.pushCall(at, c)
}

func (m *machine) doObj(start int) *Error {
	at, err := m.mark()
	if err != nil {
		return err
	}
	if len(m.stack) <= at {
		return m.underflow()
	}
	cls := m.stack[at]
	if err := m.checkCallable(cls); err != nil {
		return err
	}
	m.pushInst(at, at+1, cls, opcode.Obj, start)
	return nil
}

func (m *machine) doBuild(start int) *Error {
	n := len(m.stack)
	if n-2 < m.fence() {
		return m.underflow()
	}
	r, state := m.stack[n-2], m.stack[n-1]
	m.stack = m.stack[:n-1]
	if m.kind(r).in(acceptsAnything) {
		m.record(call{offset: int64(start), node: r, a: state, op: opcode.Build, kind: callBuild})
		return nil
	}
	err := m.buildBuiltin(r, state)
	if err != nil && err.Kind == UnpicklingError && m.lenient(err, opcode.Build, start) {
		return nil // pickle.py takes any state that is false for none
	}
	return err
}

// buildBuiltin is BUILD on a built-in, which has neither __setstate__ nor __dict__: only a
// state that sets nothing passes.
func (m *machine) buildBuiltin(r, state Ref) *Error {
	check := func(state Ref) *Error {
		if state == refNone || m.computed(state) {
			return nil
		}
		if m.kind(state) != Dict {
			return m.fail(UnpicklingError, "state is not a dictionary")
		}
		return m.noAttribute(r, "__dict__")
	}
	if m.kind(state) != Tuple || m.g.nodes[state].n != 2 {
		return check(state)
	}
	pair := m.g.Node(state).Refs()
	if err := check(pair[0]); err != nil {
		return err
	}
	slots := pair[1]
	if m.computed(slots) {
		return nil
	}
	if m.kind(slots) != Dict {
		return m.fail(UnpicklingError, "slot state is not a dictionary")
	}
	if items := m.g.Node(slots).Refs(); len(items) > 0 {
		if m.kind(items[0]) != Str {
			return m.fail(TypeError, "attribute name must be string, not '"+m.typeName(items[0])+"'")
		}
		return m.noAttribute(r, m.str(items[0]))
	}
	return nil
}

func (m *machine) noPersistent() *Error {
	e := m.fail(UnpicklingError,
		"A load persistent id instruction was encountered,\nbut no persistent_load function was specified.")
	e.Hint = "set PersistentLoad in the options"
	return e
}

func (m *machine) doBinPersID(start int) *Error {
	if !m.o.PersistentIDs {
		return m.noPersistent()
	}
	n := len(m.stack)
	if n <= m.fence() {
		return m.underflow()
	}
	m.stack[n-1] = m.persistent(m.stack[n-1], opcode.BinPersID, start)
	return nil
}

func (m *machine) persistent(id Ref, op opcode.Op, start int) Ref {
	r := m.add(Persistent, 0, uint64(id))
	m.addCall(call{offset: int64(start), node: r, op: op, kind: callPersistent})
	return r
}

// pop is POP. CPython's pickler leaves two uses of it behind that change an object:
//
//   - a state setter: setter, object, state, TUPLE2, REDUCE, POP, the object below;
//   - an object that its own arguments refer to: it is made twice, and POP drops the outer
//     one before a GET of the inner. What the outer call was is kept with the inner
//     object, for an encoder has to write it again.
func (m *machine) pop(start int) *Error {
	g := &m.g
	n := len(m.stack)
	if k := len(m.marks); k > 0 && m.marks[k-1] == n {
		m.marks = m.marks[:k-1]
		return nil
	}
	if n <= m.fence() {
		return m.underflow()
	}
	r := m.stack[n-1]
	m.stack = m.stack[:n-1]
	if m.kind(r) != Object {
		return nil
	}
	c := g.calls[g.nodes[r].v]
	if c.kind == callReduce && m.kind(c.a) == Tuple && g.nodes[c.a].n == 2 && n-1 > m.fence() {
		top := m.stack[n-2]
		if args := g.Node(c.a).Refs(); args[0] == top && top != r && m.kind(top) == Object {
			m.record(call{offset: int64(start), node: top, fn: c.fn, a: args[1], op: opcode.Pop, kind: callSetter})
			return nil
		}
	}
	m.popped, m.poppedAt = r, start+1
	return nil
}

// twin keeps the call of a dropped object with its twin r, which GET brings back.
func (m *machine) twin(r Ref, start int) {
	g := &m.g
	if start != m.poppedAt || r == m.popped || m.kind(r) != Object {
		return
	}
	c, dropped := g.calls[g.nodes[r].v], g.calls[g.nodes[m.popped].v]
	if c.kind != dropped.kind || c.kind == callName || !m.reaches(dropped, r) {
		return
	}
	m.record(call{offset: int64(start), node: r, fn: dropped.fn, a: dropped.a, b: dropped.b, op: opcode.Pop, kind: callTwin})
}

// reachSteps bounds how far reaches looks.
const reachSteps = 1 << 12

// reaches reports whether what call c needs leads to node r, as far as it looks.
func (m *machine) reaches(c call, r Ref) bool {
	g := &m.g
	seen := make(map[Ref]bool)
	var todo []Ref
	add := func(refs ...Ref) {
		for _, x := range refs {
			if x&inline == 0 && !seen[x] && len(seen) < reachSteps {
				seen[x] = true
				todo = append(todo, x)
			}
		}
	}
	addCall := func(c call) {
		switch c.kind {
		case callInst:
			add(c.fn)
			add(g.refs[c.a : c.a+c.b]...)
		case callAppend, callSetItems, callAddItems:
			add(g.refs[c.a : c.a+c.b]...)
		case callBuild:
			add(c.a)
		case callReduce, callNewObj, callNewObjEx, callName, callSetter:
			add(c.fn, c.a, c.b)
		}
	}
	addCall(c)
	for len(todo) > 0 {
		n := m.g.Node(todo[len(todo)-1])
		todo = todo[:len(todo)-1]
		if n.ref == r {
			return true
		}
		switch n.Kind() {
		case Object:
			addCall(g.calls[g.nodes[n.ref].v])
		case Persistent:
			add(n.PersistentID().ref)
		default:
			add(n.Refs()...)
		}
		for change := range n.Changes() {
			addCall(*change.entry())
		}
	}
	return false
}
