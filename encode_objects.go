package pickle

import (
	"math/big"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
	"unsafe"

	"github.com/go-pickle/pickle/internal/compat"
	"github.com/go-pickle/pickle/internal/intern"
	"github.com/go-pickle/pickle/internal/textcodec"
	"github.com/go-pickle/pickle/opcode"
	"github.com/go-pickle/pickle/py"
)

var (
	nameGetattr  = py.Global{Module: "builtins", Name: "getattr"}
	namePartial  = py.Global{Module: "functools", Name: "partial"}
	nameNewObj   = py.Global{Module: "copyreg", Name: "__newobj__"}
	nameNewObjEx = py.Global{Module: "copyreg", Name: "__newobj_ex__"}
)

// call writes a call of class that makes v, whose identity is id.
func (e *encoder) call(class py.Global, args tempTuple, v any, id identity) (bool, error) {
	return e.pushCall("R", v, id, class, args)
}

// pushCall saves parts, then writes final, then memoizes v. With a v of nil it memoizes
// nothing.
func (e *encoder) pushCall(final string, v any, id identity, parts ...any) (bool, error) {
	at, op := len(e.parts), finalNone
	first := at
	switch {
	case len(final) > 1:
		e.parts = append(e.parts, final)
		op, first = finalLine, at+1
	case final != "":
		op = finalOp(final[0])
	}
	e.parts = append(e.parts, parts...)
	return e.push(task{kind: taskCall, items: e.parts[first:], parts: uint32(at), v: v, id: id, final: op})
}

func (e *encoder) stepCall(t *task) error {
	for t.i < len(t.items) {
		v := t.items[t.i]
		t.i++
		if pushed, err := e.save(v); pushed || err != nil {
			return err
		}
	}
	v, id, final, twin := t.v, t.id, t.final, t.twin
	at := int(t.parts)
	switch final {
	case finalNone:
	case finalLine:
		e.out = append(e.out, e.parts[:at+1][at].(string)...)
	default:
		e.out = append(e.out, byte(final))
	}
	clear(e.parts[min(at, len(e.parts)):])
	e.parts = e.parts[:at]
	e.pop()
	if v == nil {
		return nil
	}
	if g, ok := v.(py.Global); ok {
		e.memoizeGlobal(g)
		return nil
	}
	if n, ok := e.memo.get(id); ok {
		// It was saved whole inside its own arguments.
		e.out = append(e.out, byte(opcode.Pop))
		e.writeGet(n)
		return nil
	}
	o, isObject := v.(*py.Object)
	if twin && isObject {
		// The twin did not lead back to the object after all, so it is none.
		e.out = append(e.out, byte(opcode.Pop))
		_, err := e.saveInstance(o)
		return err
	}
	e.memoize(id)
	if isObject && len(o.Ops) > 0 {
		_, err := e.push(task{kind: taskChanges, v: o, id: id})
		return err
	}
	return nil
}

// saveInstance writes an Object.
func (e *encoder) saveInstance(o *py.Object) (bool, error) {
	if o.How == py.ByName {
		return e.saveByName(o)
	}
	free, ok := e.lookedUp(pointerID(o))
	if ok {
		return false, nil
	}
	return e.saveNewInstance(o, free)
}

// saveNewInstance writes an Object that is not in the memo, or stands for a name.
func (e *encoder) saveNewInstance(o *py.Object, free spot) (bool, error) {
	if o.How == py.ByName {
		return e.saveByName(o)
	}
	id := pointerID(o)
	if e.o.Style >= Python313 && e.proto < 4 && o.How == py.ByReduce && o.Class == nameGetattr {
		if first, parts, ok := dottedName(o); ok {
			if err := e.writeDotted(first, parts); err != nil {
				return false, err
			}
			e.memoize(id)
			if len(o.Ops) > 0 {
				return e.push(task{kind: taskChanges, v: o, id: id})
			}
			return false, nil
		}
	}
	if e.direct && e.nesting < maxNesting {
		if op, ok := callOf(o); ok {
			return e.writeInstance(o, free, op)
		}
	}
	if len(o.Twins) > 0 {
		// The outermost of several makings of one object is the last that was dropped.
		depth := e.active[o]
		if e.active == nil {
			e.active = make(map[*py.Object]int)
		}
		e.active[o] = depth + 1
		if depth < len(o.Twins) {
			t := o.Twins[len(o.Twins)-1-depth]
			pushed, err := e.pushInstance(o, id, t.Class, t.Args, t.Kwargs)
			if pushed && err == nil {
				e.top().twin = true
			}
			return pushed, err
		}
	}
	return e.pushInstance(o, id, o.Class, o.Args, o.Kwargs)
}

// callOf returns the opcode after class and arguments by which CPython writes most instances in
// protocols from 2 on. ok is false for others.
func callOf(o *py.Object) (op opcode.Op, ok bool) {
	if len(o.Twins) > 0 {
		return 0, false
	}
	switch o.How {
	case py.ByNewObj:
		return opcode.NewObj, true
	case py.ByReduce:
		name := lastPart(o.Class)
		return opcode.Reduce, name != "__newobj__" && name != "__newobj_ex__"
	}
	return 0, false
}

// writeInstance writes an instance by Go calls, but for changes other than the usual state.
func (e *encoder) writeInstance(o *py.Object, free spot, op opcode.Op) (bool, error) {
	if err := e.nested(o.Class); err != nil {
		return false, e.within(err, ".class")
	}
	if err := e.nested(o.Args); err != nil {
		return false, e.within(err, ".args")
	}
	e.out = append(e.out, byte(op))
	id := pointerID(o)
	if n, ok := e.gotSince(free, id); ok {
		// It was saved whole inside its own arguments.
		e.out = append(e.out, byte(opcode.Pop))
		e.writeGet(n)
		return false, nil
	}
	e.memoizeAt(free, id)
	switch {
	case len(o.Ops) == 0:
		return false, nil
	case len(o.Ops) > 1 || o.Ops[0].Kind != py.OpBuild || len(o.Ops[0].Items) != 1 || isPairs(o.Ops[0].Items[0]):
		return e.push(task{kind: taskChanges, v: o, id: id})
	}
	if err := e.nested(o.Ops[0].Items[0]); err != nil {
		return false, e.within(err, ".state")
	}
	e.out = append(e.out, byte(opcode.Build))
	return false, nil
}

// pushInstance begins to write a call that makes o.
func (e *encoder) pushInstance(o *py.Object, id identity, class, args, kwargs any) (bool, error) {
	how := o.How
	items, isTuple := args.(py.Tuple)
	if how == py.ByReduce && e.proto >= 2 && isTuple {
		// copyreg's functions of these names stand for the opcodes.
		switch lastPart(class) {
		case "__newobj__":
			if len(items) > 0 && mayBeClass(items[0]) {
				how, class, args, items = py.ByNewObj, items[0], tempTuple(items[1:]), items[1:]
			}
		case "__newobj_ex__":
			if len(items) == 3 && mayBeClass(items[0]) {
				how, class, args, kwargs = py.ByNewObjEx, items[0], items[1], items[2]
				items, isTuple = args.(py.Tuple)
			}
		}
	}
	switch how {
	case py.ByReduce:
		return e.pushCall("R", o, id, class, args)
	case py.ByNewObj:
		if e.proto >= 2 {
			return e.pushCall("\x81", o, id, class, args)
		}
		if !isTuple {
			return false, kindError(PicklingError, "NEWOBJ with computed arguments needs protocol 2 or higher")
		}
		return e.pushCall("R", o, id, nameNewObj, append(tempTuple{class}, items...))
	case py.ByNewObjEx:
		return e.saveNewObjEx(o, id, class, args, kwargs)
	case py.ByInst:
		return e.saveInst(o, id, class, items)
	}
	return false, kindError(PicklingError, "an Object must say How it was made")
}

// mayBeClass reports whether the opcodes that make instances take v for a class when they
// are loaded.
func mayBeClass(v any) bool {
	switch v.(type) {
	case nil, bool, int64, *big.Int, float64, complex128, string, py.Bytes, *py.ByteArray, py.Tuple, *py.List,
		*py.Dict, *py.Set, *py.FrozenSet, *py.Buffer:
		return false
	}
	return true
}

// lastPart is the name after the last dot of a class that is known by name.
func lastPart(class any) string {
	g, ok := class.(py.Global)
	if !ok {
		return ""
	}
	return g.Name[strings.LastIndexByte(g.Name, '.')+1:]
}

func (e *encoder) saveNewObjEx(o *py.Object, id identity, class, args, kwargs any) (bool, error) {
	if e.proto >= 4 {
		return e.pushCall("\x92", o, id, class, args, kwargs)
	}
	if e.proto < 2 {
		return e.pushCall("R", o, id, nameNewObjEx, tempTuple{class, args, kwargs})
	}
	items, ok := args.(py.Tuple)
	if !ok {
		return false, kindError(PicklingError, "NEWOBJ_EX with computed arguments needs protocol 4 or higher")
	}
	// functools.partial(cls.__new__, cls, *args, **kwargs)()
	new := &py.Object{How: py.ByReduce, Class: nameGetattr, Args: py.Tuple{class, "__new__"}}
	partial := &py.Object{
		How: py.ByReduce, Class: namePartial, Args: py.Tuple{new},
		Ops: []py.Op{{Kind: py.OpBuild, Items: []any{
			py.Tuple{new, append(py.Tuple{class}, items...), kwargs, nil},
		}}},
	}
	e.keep = append(e.keep, partial)
	return e.pushCall("R", o, id, partial, tempTuple(nil))
}

func (e *encoder) saveInst(o *py.Object, id identity, class any, args py.Tuple) (bool, error) {
	e.out = append(e.out, '(')
	if g, ok := class.(py.Global); ok && e.proto == 0 {
		line, err := e.globalLines('i', g)
		if err != nil {
			return false, err
		}
		return e.pushCall(string(line), o, id, args...)
	}
	at := len(e.parts)
	e.parts = append(append(e.parts, class), args...)
	return e.push(task{kind: taskCall, items: e.parts[at:], parts: uint32(at), v: o, id: id, final: 'o'})
}

// stepChanges writes what was done to an object after it was made; phase is how far the
// op i is.
func (e *encoder) stepChanges(t *task) error {
	o := t.v.(*py.Object)
	for t.i < len(o.Ops) {
		op := &o.Ops[t.i]
		switch op.Kind {
		case py.OpBuild:
			if t.phase == 0 {
				t.phase = 1
				if len(op.Items) != 1 {
					return kindError(PicklingError, "an OpBuild has one item, the state")
				}
				if pushed, err := e.save(op.Items[0]); pushed || err != nil {
					return err
				}
			}
			e.out = append(e.out, byte(opcode.Build))
			t.phase = 0
			t.i++
		case py.OpAppend, py.OpSetItems, py.OpAddItems:
			t.i++
			if len(op.Items) == 0 {
				continue
			}
			kind := taskAppend
			switch op.Kind {
			case py.OpSetItems:
				kind = taskSetItems
				if len(op.Items)%2 != 0 {
					return kindError(PicklingError, "an OpSetItems has keys and values in turn")
				}
			case py.OpAddItems:
				kind = taskAddItems
			}
			_, err := e.push(task{kind: kind, items: op.Items})
			return err
		case py.OpCall:
			if len(op.Items) != 2 {
				return kindError(PicklingError, "an OpCall has two items, the setter and the state")
			}
			for t.phase < 3 {
				v := any(o)
				if t.phase == 1 && t.id != pointerID(o) { // what o was made for
					if t.phase++; e.got(t.id) {
						continue
					}
					return kindError(ValueError, "fast mode: a state setter needs the memo")
				}
				if t.phase != 1 {
					v = op.Items[t.phase/2]
				}
				t.phase++
				if pushed, err := e.save(v); pushed || err != nil {
					return err
				}
			}
			e.out = append(e.out, byte(opcode.Tuple2), byte(opcode.Reduce), byte(opcode.Pop))
			t.phase = 0
			t.i++
		default:
			return kindError(PicklingError, "unknown kind of Op")
		}
	}
	e.pop()
	return nil
}

// saveByName writes an Object that stands for a name.
func (e *encoder) saveByName(o *py.Object) (bool, error) {
	if g, ok := o.Class.(py.Global); ok {
		if e.gotGlobal(g) {
			return false, nil
		}
		if len(o.Ops) > 0 {
			if _, err := e.push(task{kind: taskChanges, v: o}); err != nil {
				return true, err
			}
		}
		pushed, err := e.saveGlobal(g)
		return pushed || len(o.Ops) > 0, err
	}
	id := pointerID(o)
	if e.got(id) {
		return false, nil
	}
	pair, ok := o.Args.(py.Tuple)
	if !ok || len(pair) != 2 {
		return false, kindError(PicklingError, "an Object made ByName without a Class has module and name as Args")
	}
	return e.pushCall("\x93", o, id, pair...)
}

// gotGlobal writes GET if g is in the memo, and reports whether it is.
func (e *encoder) gotGlobal(g py.Global) bool {
	if e.last.ok && e.last.g == g {
		e.writeGet(e.last.n)
		return true
	}
	var n uint32
	var ok bool
	if isLong(g) {
		var long lastGlobal
		long, ok = e.longGlobals[[2]identity{strID(g.Module), strID(g.Name)}]
		n = long.n
	} else {
		n, ok = e.globals[g]
	}
	if ok {
		e.last = lastGlobal{g, n, true}
		e.writeGet(n)
	}
	return ok
}

// isLong reports whether g is told apart by the strings that it is made of, not by their text.
func isLong(g py.Global) bool { return len(g.Module)+len(g.Name) > longName }

func (e *encoder) memoizeGlobal(g py.Global) {
	if e.fast {
		return
	}
	if isLong(g) {
		set(&e.longGlobals, [2]identity{strID(g.Module), strID(g.Name)}, lastGlobal{g, e.memoLen, true})
	} else {
		set(&e.globals, g, e.memoLen)
	}
	e.last = lastGlobal{g, e.memoLen, true}
	e.memoize(identity{})
}

// saveGlobal writes the name of a class or function.
func (e *encoder) saveGlobal(g py.Global) (bool, error) {
	if e.gotGlobal(g) {
		return false, nil
	}
	if e.proto >= 2 && e.o.Extension != nil {
		if code, ok := e.o.Extension(g); ok {
			return false, e.writeExtension(code)
		}
	}
	if e.proto >= 4 {
		if e.o.PersistentID != nil {
			return e.pushCall("\x93", g, identity{}, g.Module, g.Name)
		}
		e.boundary()
		if err := e.saveStr(g.Module, strID(g.Module)); err != nil {
			return false, err
		}
		e.boundary()
		if err := e.saveStr(g.Name, strID(g.Name)); err != nil {
			return false, err
		}
		e.out = append(e.out, byte(opcode.StackGlobal))
		e.memoizeGlobal(g)
		return false, nil
	}
	dot := strings.LastIndexByte(g.Name, '.')
	if dot < 0 {
		lines, err := e.globalLines('c', g)
		if err != nil {
			return false, err
		}
		e.out = append(e.out, lines...)
		e.memoizeGlobal(g)
		return false, nil
	}
	if e.o.Style >= Python313 {
		return false, e.saveDotted(g)
	}
	if _, err := e.push(task{kind: taskMemoize, v: g}); err != nil {
		return true, err
	}
	parent := py.Global{Module: g.Module, Name: g.Name[:dot]}
	return e.pushCall("R", nil, identity{}, nameGetattr, tempTuple{parent, namePart(g.Name[dot+1:])})
}

// saveDotted writes a dotted name as Python 3.13 does: nothing on the way is memoized but
// the parts of the name.
func (e *encoder) saveDotted(g py.Global) error {
	name, rest, _ := strings.Cut(g.Name, ".")
	var parts []any
	for part := range strings.SplitSeq(rest, ".") {
		parts = append(parts, namePart(part))
	}
	if err := e.writeDotted(py.Global{Module: g.Module, Name: name}, parts); err != nil {
		return err
	}
	e.memoizeGlobal(g)
	return nil
}

// namePart is a part of a dotted name as an object: a new one, except that CPython has
// one object for each single character.
func namePart(part string) any {
	if c, ok := intern.IsChar(part); ok {
		return intern.Char(c)
	}
	return tempStr(part)
}

// maxDotted bounds what [dottedName] looks through: the parts have no memo, so that names
// of names of names would be written ever longer.
const maxDotted = 32

// dottedName takes o apart if it is what Python 3.13 writes for a dotted name, and loading
// keeps as the calls of getattr that it is. A bound method of a class looks the same, but
// that its arguments are in the memo, which nothing can tell any more.
func dottedName(o *py.Object) (first py.Global, parts []any, ok bool) {
	changed := false
	for range maxDotted {
		args, isTuple := o.Args.(py.Tuple)
		if o.How != py.ByReduce || o.Class != nameGetattr || len(o.Twins) > 0 || changed || !isTuple || len(args) != 2 {
			return
		}
		changed = len(o.Ops) > 0 && len(parts) > 0 // the whole may have been, a part of it not
		if _, isStr := args[1].(string); !isStr {
			return
		}
		parts = append(parts, args[1]) // boxed anew an empty string would lose its address
		switch v := args[0].(type) {
		case py.Global:
			slices.Reverse(parts)
			return v, parts, !strings.Contains(v.Name, ".")
		case *py.Object:
			o = v
		default:
			return
		}
	}
	return
}

// writeDotted writes getattr(getattr(first, parts[0]), parts[1]) and so on.
func (e *encoder) writeDotted(first py.Global, parts []any) error {
	for range parts {
		e.boundary()
		if _, err := e.saveGlobal(nameGetattr); err != nil {
			return err
		}
		if e.proto < 2 {
			e.out = append(e.out, '(')
		}
	}
	lines, err := e.globalLines('c', first)
	if err != nil {
		return err
	}
	e.out = append(e.out, lines...)
	for _, part := range parts {
		if _, err := e.saveObject(part); err != nil {
			return err
		}
		if e.proto < 2 {
			e.out = append(e.out, byte(opcode.Tuple))
		} else {
			e.out = append(e.out, byte(opcode.Tuple2))
		}
		e.out = append(e.out, byte(opcode.Reduce))
	}
	return nil
}

// globalLines are op with module and name as lines, for GLOBAL and INST.
func (e *encoder) globalLines(op byte, g py.Global) ([]byte, error) {
	if !e.o.NoFixImports && e.proto < 3 {
		n := compat.ToPython2(compat.Name{Module: g.Module, Name: g.Name})
		g = py.Global{Module: n.Module, Name: n.Name}
	}
	line := []byte{op}
	for i, s := range []string{g.Module, g.Name} {
		ok := utf8.ValidString(s)
		if e.proto < 3 {
			ok = textcodec.IsASCII([]byte(s))
		}
		if !ok || s == "" || strings.Contains(s, "\n") {
			what := [...]string{"module", "global"}[i]
			return nil, kindError(PicklingError, "can't pickle "+what+" identifier '"+s+"' using pickle protocol "+
				strconv.Itoa(e.proto)).hint("use protocol 4 or higher")
		}
		line = append(append(line, s...), '\n')
	}
	return line, nil
}

func (e *encoder) writeExtension(code int) error {
	switch {
	case code <= 0 || code > 1<<31-1:
		return kindError(PicklingError, "extension code "+strconv.Itoa(code)+" is out of range")
	case code < 1<<8:
		e.out = append(e.out, byte(opcode.Ext1), byte(code))
	case code < 1<<16:
		e.out = append(e.out, byte(opcode.Ext2), byte(code), byte(code>>8))
	default:
		e.out = append(e.out, byte(opcode.Ext4), byte(code), byte(code>>8), byte(code>>16), byte(code>>24))
	}
	return nil
}

// savePersistent writes a persistent reference with the given id; from is the identity of
// the PersistentRef, if it is one.
func (e *encoder) savePersistent(id any, from identity) (bool, error) {
	if e.proto == 0 {
		text, ok := persistentText(id)
		if !ok || !textcodec.IsASCII([]byte(text)) || strings.Contains(text, "\n") {
			return false, kindError(PicklingError, "persistent IDs in protocol 0 must be ASCII strings").
				hint("use protocol 1 or higher")
		}
		e.out = append(e.out, 'P')
		e.out = append(e.out, text...)
		e.out = append(e.out, '\n')
		return false, nil
	}
	return e.push(task{kind: taskPersistent, v: id, id: from})
}

// persistentText is str(id) of an atom.
func persistentText(id any) (string, bool) {
	switch id := id.(type) {
	case string:
		return id, true
	case nil, bool, int64, float64, *big.Int, py.Bytes:
		return py.Repr(id), true
	}
	return "", false
}

func bytesAsString(b []byte) string { return unsafe.String(unsafe.SliceData(b), len(b)) }

const firstCheck = 1 << 12

// checkEndless looks for a value that is entered again though nothing was memoized since:
// saving it would never end. In Go one can make a tuple that holds itself; and without a
// memo any cycle is endless. It runs when the depth has doubled, so that it costs little.
func (e *encoder) checkEndless() error {
	e.nextCheck = 2 * e.tasks.Len()
	if err := e.checkReduced(); err != nil {
		return err
	}
	// In a saving that never ends, what is in the middle comes again. What is at the top
	// may not: it may be done with before the next round begins.
	mid := e.tasks.Len() / 2
	for mid > 0 && e.tasks.At(mid).id.tag == 0 {
		mid-- // a temporary: what holds it is what comes again
	}
	t := e.tasks.At(mid)
	if t.id.tag == 0 {
		return nil
	}
	for i := range e.tasks.Len() {
		if s := e.tasks.At(i); i == mid || s.id != t.id || s.kind != t.kind || s.used != t.used {
			continue
		}
		if e.fast {
			return kindError(ValueError, "fast mode: can't pickle cyclic objects including object type "+
				t.pythonType()).hint("switch Fast off")
		}
		return kindError(RecursionError, "maximum recursion depth exceeded while pickling an object").
			hint("an immutable value holds itself")
	}
	return nil
}

// maxReduced is how often one registered value may be in the middle of being reduced: once
// more for each of what it holds that holds it again, if that is the same whenever it is
// reduced.
const maxReduced = 100

// checkReduced looks for registered values that hold themselves in what they are reduced
// to, which is made anew each time and so is never in the memo.
func (e *encoder) checkReduced() error {
	var often map[identity]int
	for i := range e.tasks.Len() {
		t := e.tasks.At(i)
		o, ok := t.v.(*py.Object)
		if t.kind != taskCall || !ok || t.id.tag == 0 || t.id == pointerID(o) {
			continue
		}
		if set(&often, t.id, often[t.id]+1); often[t.id] > maxReduced {
			return kindError(RecursionError, "maximum recursion depth exceeded while pickling an object").
				hint("an instance of " + o.ClassName() + " holds itself in the arguments that make it")
		}
	}
	return nil
}
