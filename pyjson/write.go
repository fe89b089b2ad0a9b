package pyjson

import (
	"io"
	"math/big"
	"strconv"
	"unsafe"

	"github.com/go-pickle/pickle/internal/stack"
	"github.com/go-pickle/pickle/internal/wire"
	"github.com/go-pickle/pickle/py"
)

// A writer writes typed JSON. It keeps its own stack of what it is in the middle of, so
// that depth costs heap and not the goroutine's stack.
type writer struct {
	o       *Options
	out     []byte
	w       io.Writer // where out is passed on to when it has grown; may be nil
	err     error     // that w returned
	table   entryTable
	repeats wire.Repeats // of large ints
	nums    uint32       // how many numbers of definitions have been given
	stack   stack.Stack[frame]
	plain   plainState
}

// A frame is a value that the writer is in the middle of. Each is a level of indentation.
type frame struct {
	items []any
	i     int // the next of items, or of an object's operations or twins
	obj   *py.Object
	kind  frameKind
	phase uint8
	def   bool   // a definition is to be closed behind it
	empty bool   // an object: nothing stands in it yet
	entry uint32 // Plain: the number of its entry plus one
}

type frameKind uint8

const (
	inList  frameKind = iota // [items
	inDict                   // {"k":v
	inPairs                  // {"$dict":[[k,v]
	inTuple                  // {"$tuple":[items
	inSet
	inFrozenSet
	inPersistent // {"$persistent":id
	inGlobal     // {"$global":[module,name
	inObject     // {"$object":{...
	inOp         // ["build",items
	inTwin       // [class,args,kwargs
	inArray      // Plain: [items of what is no list
	inEntries    // Plain: {"k":v of what is no dict
)

// opening and closing are what stands around the items.
var opening = [...]string{
	inList: "[", inDict: "{", inPairs: `{"$dict":[`, inTuple: `{"$tuple":[`, inSet: `{"$set":[`,
	inFrozenSet: `{"$frozenset":[`, inPersistent: `{"$persistent":`,
	inObject: `{"$object":{`, inOp: "[", inTwin: "[", inArray: "[", inEntries: "{",
}

var closing = [...]string{
	inList: "]", inDict: "}", inPairs: "]}", inTuple: "]}", inSet: "]}", inFrozenSet: "]}",
	inPersistent: "}", inObject: "}}", inOp: "]", inTwin: "]", inArray: "]", inEntries: "}",
}

// flushAt is how much text is collected before it is passed on.
const flushAt = 64 << 10

// maxIndent bounds how often Indent is repeated.
const maxIndent = 64

func (w *writer) typed(x any) error {
	c := counter{table: &w.table, merge: w.o.MergeStrings}
	if err := c.run(x); err != nil {
		return err
	}
	c = counter{}
	w.value(x)
	for w.stack.Len() > 0 && w.err == nil {
		w.step()
		w.check()
	}
	return w.err
}

// check passes the text on when there is enough.
func (w *writer) check() {
	if w.w != nil && len(w.out) >= flushAt {
		w.flush()
	}
}

func (w *writer) flush() {
	if w.err == nil && len(w.out) > 0 {
		_, w.err = w.w.Write(w.out)
	}
	w.out = w.out[:0]
	if cap(w.out) > 4*flushAt {
		w.out = make([]byte, 0, 2*flushAt)
	}
}

func (w *writer) text(s string) { w.out = append(w.out, s...) }

// tag writes text that ends in opening brackets, with a space behind colons if the output
// is indented.
func (w *writer) tag(s string) {
	if w.o.Indent == "" {
		w.text(s)
		return
	}
	for i := range len(s) {
		w.out = append(w.out, s[i])
		if s[i] == ':' {
			w.out = append(w.out, ' ')
		}
	}
}

func (w *writer) colon() { w.tag(":") }

// comma separates what stands on one line.
func (w *writer) comma() {
	w.out = append(w.out, ',')
	if w.o.Indent != "" {
		w.out = append(w.out, ' ')
	}
}

func (w *writer) newline() {
	if w.o.Indent == "" {
		return
	}
	w.out = append(w.out, '\n')
	for range min(w.stack.Len(), maxIndent) {
		w.out = append(w.out, w.o.Indent...)
	}
}

// separate begins item i of a run of items.
func (w *writer) separate(i int) {
	if i > 0 {
		w.out = append(w.out, ',')
	}
	w.newline()
}

// define writes a reference if e has been written, or else begins the definition of what
// has uses enough. e may be nil: then nothing refers to it.
func (w *writer) define(e *entry) (def, done bool) {
	if e == nil || e.count() < 2 {
		return false, false
	}
	if e.num > 0 {
		w.tag(`{"$ref":`)
		w.out = strconv.AppendUint(w.out, uint64(e.num), 10)
		w.out = append(w.out, '}')
		return false, true
	}
	w.nums++
	e.num = w.nums
	w.tag(`{"$def":`)
	w.out = strconv.AppendUint(w.out, uint64(e.num), 10)
	w.tag(`,"value":`)
	return true, false
}

// end closes what define began.
func (w *writer) end(def bool) {
	if def {
		w.out = append(w.out, '}')
	}
}

// value writes x or, if x holds others, begins to.
func (w *writer) value(x any) {
	switch v := x.(type) {
	case nil:
		w.text("null")
	case bool:
		w.out = strconv.AppendBool(w.out, v)
	case int64:
		w.out = strconv.AppendInt(w.out, v, 10)
	case float64:
		w.float(v)
	case string:
		w.str(v)
	case py.Bytes:
		def, done := w.define(w.table.find(bytesID(v)))
		if !done {
			w.data(`{"$bytes":`, string(v))
			w.end(def)
		}
	case *big.Int:
		if v == nil {
			w.text("null")
			return
		}
		w.bigInt(v)
	case complex128:
		def, done := w.define(w.table.find(complexID(x)))
		if !done {
			w.complex(v)
			w.end(def)
		}
	case *py.ByteArray:
		if v == nil {
			w.text("null")
			return
		}
		def, done := w.define(w.table.find(pointerID(v)))
		if !done {
			w.data(`{"$bytearray":`, stringOf(v.Bytes))
			w.end(def)
		}
	case *py.Buffer:
		if v == nil {
			w.text("null")
			return
		}
		def, done := w.define(w.table.find(pointerID(v)))
		if !done {
			w.buffer(v)
			w.end(def)
		}
	case py.Global:
		w.global(v)
	default:
		w.container(x)
	}
}

// container begins to write what holds others.
func (w *writer) container(x any) {
	id := containerID(x)
	if id.tag == 0 {
		if _, ok := x.(py.Tuple); ok {
			w.tag(`{"$tuple":[`)
			w.text("]}")
			return
		}
		v, _ := goLeaf(x) // the first pass has seen that it is one
		w.value(v)
		return
	}
	if id.addr == 0 {
		w.text("null")
		return
	}
	def, done := w.define(w.table.find(id))
	if done {
		return
	}
	f := frame{def: def}
	switch v := x.(type) {
	case *py.List:
		f.kind, f.items = inList, v.Items
	case *py.Dict:
		f.items = v.Pairs()
		f.kind = w.dictKind(f.items)
	case py.Tuple:
		f.kind, f.items = inTuple, v
	case *py.Set:
		f.kind, f.items = inSet, v.Items()
	case *py.FrozenSet:
		f.kind, f.items = inFrozenSet, v.Items()
	case *py.PersistentRef:
		f.kind, f.items = inPersistent, unsafe.Slice(&v.ID, 1)
	case *py.Object:
		f.kind, f.obj, f.empty = inObject, v, true
	}
	w.tag(opening[f.kind])
	w.push(f)
}

func (w *writer) push(f frame) { w.stack.Push(f) }

// close ends the frame at the top. A run of items that is not empty ends on a new line.
func (w *writer) close(f *frame, nonempty bool) {
	kind, def := f.kind, f.def
	w.stack.Pop()
	if nonempty {
		w.newline()
	}
	w.text(closing[kind])
	w.end(def)
}

// dictKind says whether a dict can be a JSON object: if all its keys are str that would be
// written plainly, none of which begins with $.
func (w *writer) dictKind(pairs []any) frameKind {
	for i := 0; i < len(pairs); i += 2 {
		s, ok := pairs[i].(string)
		if !ok || len(s) > 0 && s[0] == '$' {
			return inPairs
		}
		if e := w.table.find(strID(s)); e != nil {
			if e.uses&(flagOwn|flagEscaped|flagInterned) != 0 || e.count() > 1 && len(s) > maxPlain {
				return inPairs
			}
		}
	}
	return inDict
}

// step goes on with the frame at the top until a value is begun or it is done.
func (w *writer) step() {
	f := w.stack.Top()
	switch f.kind {
	case inObject:
		w.stepObject(f)
		return
	case inDict:
		for f.i < len(f.items) {
			w.separate(f.i)
			w.quote(f.items[f.i].(string))
			w.colon()
			f.i += 2
			if w.item(f.items[f.i-1]) {
				return
			}
		}
	case inPairs:
		for {
			if f.i > 0 && f.i%2 == 0 {
				w.out = append(w.out, ']')
			}
			if f.i == len(f.items) {
				break
			}
			if f.i%2 == 0 {
				w.separate(f.i)
				w.out = append(w.out, '[')
			} else {
				w.comma()
			}
			f.i++
			if w.item(f.items[f.i-1]) {
				return
			}
		}
	case inPersistent:
		if f.i == 0 {
			f.i++
			if w.item(f.items[0]) {
				return
			}
		}
		w.close(f, false)
		return
	case inOp:
		for f.i < len(f.items) {
			if f.phase != 0 {
				w.text(",")
				w.newline()
			} else {
				w.comma()
			}
			f.i++
			if w.item(f.items[f.i-1]) {
				return
			}
		}
		w.close(f, false)
		return
	default:
		for f.i < len(f.items) {
			w.separate(f.i)
			f.i++
			if w.item(f.items[f.i-1]) {
				return
			}
		}
	}
	w.close(f, len(f.items) > 0)
}

// item writes x and reports whether a frame was pushed for what x holds.
func (w *writer) item(x any) bool {
	depth := w.stack.Len()
	w.value(x)
	w.check()
	return w.stack.Len() > depth
}

// The phases of an object.
const (
	phaseHow uint8 = iota
	phaseArgs
	phaseKwargs
	phaseOps
	phaseTwins
	phaseEnd
)

// stepObject goes on with an object until a value is begun or it is done.
func (w *writer) stepObject(f *frame) {
	o := f.obj
	for {
		phase := f.phase
		if phase < phaseOps {
			f.phase++
		}
		switch phase {
		case phaseHow:
			w.field(f, "how")
			w.quote(o.How.String())
			if o.Class != nil {
				w.field(f, "class")
				if w.item(o.Class) {
					return
				}
			}
		case phaseArgs:
			if o.Args != nil {
				w.field(f, "args")
				if w.item(o.Args) {
					return
				}
			}
		case phaseKwargs:
			if o.Kwargs != nil {
				w.field(f, "kwargs")
				if w.item(o.Kwargs) {
					return
				}
			}
		case phaseOps:
			if f.i < len(o.Ops) {
				op := &o.Ops[f.i]
				w.element(f, "ops")
				g := frame{kind: inOp, items: op.Items}
				if op.Kind != py.OpBuild && op.Kind != py.OpCall {
					g.phase = 1
				}
				w.push(g)
				w.text("[")
				w.quote(op.Kind.String())
				return
			}
			if f.i > 0 {
				w.text("]")
			}
			f.i = 0
			f.phase++
		case phaseTwins:
			if f.i < len(o.Twins) {
				t := &o.Twins[f.i]
				w.element(f, "twins")
				g := frame{kind: inTwin, items: []any{t.Class, t.Args, t.Kwargs}}
				if t.Kwargs == nil {
					g.items = g.items[:2]
				}
				w.push(g)
				w.text("[")
				return
			}
			if f.i > 0 {
				w.text("]")
			}
			f.phase++
		default:
			w.close(f, true)
			return
		}
	}
}

// field begins a field of the object f.
func (w *writer) field(f *frame, name string) {
	if !f.empty {
		w.out = append(w.out, ',')
	}
	f.empty = false
	w.newline()
	w.quote(name)
	w.colon()
}

// element begins the next item of a field that is an array.
func (w *writer) element(f *frame, name string) {
	if f.i == 0 {
		w.field(f, name)
		w.text("[")
	} else {
		w.comma()
	}
	f.i++
}

// global writes a name. Its strings may be referred to.
func (w *writer) global(g py.Global) {
	var e *entry
	m, n := w.table.number(strID(g.Module)), w.table.number(strID(g.Name))
	if m != none && n != none {
		e = w.table.find(ident{uint64(m)<<32 | uint64(n), idGlobal})
	}
	def, done := w.define(e)
	if done {
		return
	}
	w.tag(`{"$global":[`)
	w.str(g.Module)
	w.comma()
	w.str(g.Name)
	w.text("]}")
	w.end(def)
}
