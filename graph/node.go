package graph

import (
	"iter"
	"math/big"
	"unsafe"

	"github.com/go-pickle/pickle/internal/wire"
	"github.com/go-pickle/pickle/opcode"
)

// A Node is a value in a graph. The zero Node is invalid. Nodes of one graph are the same
// object if they are equal; None, bools and small integers have no identity.
//
// A method that does not fit the node's kind returns zero: Int of a str is 0.
type Node struct {
	g   *Graph
	ref Ref
}

// Ref is the node's number.
func (n Node) Ref() Ref { return n.ref }

// Valid reports whether there is a value.
func (n Node) Valid() bool { return n.Kind() != Invalid }

// Kind says what the node stands for.
func (n Node) Kind() NodeKind {
	if n.ref&inline == 0 {
		if n.g == nil {
			return Invalid
		}
		return n.g.nodes[n.ref].kind
	}
	return inlineKind(n.ref)
}

// Int returns the integer that r stands for without a node, if it is one.
func (r Ref) Int() (v int64, ok bool) {
	return int64(int32(r<<2) >> 2), r&(inline|inlineInt) == inline|inlineInt && r != noRef
}

// is returns the node's entry if it has one and its kind is in set, else nil.
func (n Node) is(set uint32) *node {
	if n.ref&inline != 0 || n.g == nil {
		return nil
	}
	if e := &n.g.nodes[n.ref]; e.kind.in(set) {
		return e
	}
	return nil
}

// Shared reports whether the pickle uses the object more than once, by its memo or DUP.
func (n Node) Shared() bool {
	return n.ref&inline == 0 && n.g != nil && n.g.nodes[n.ref].flags&shared != 0
}

// Bool is the value of a bool.
func (n Node) Bool() bool { return n.ref == refTrue }

// Int is the value of an Int, and 0 or 1 for a bool.
func (n Node) Int() int64 {
	if n.ref&inline != 0 {
		switch {
		case n.ref == refTrue:
			return 1
		case n.ref&inlineInt != 0 && n.ref != noRef:
			return int64(int32(n.ref<<2) >> 2)
		}
		return 0
	}
	if e := n.is(1 << Int); e != nil {
		return int64(e.v)
	}
	return 0
}

// BigInt is the value of an Int or Long as a new number; nil for others.
func (n Node) BigInt() *big.Int {
	switch n.Kind() {
	case Int, Bool:
		return big.NewInt(n.Int())
	case Long:
		return wire.BigFromBytes(n.Payload())
	}
	return nil
}

// Float is the value of a float.
func (n Node) Float() float64 {
	if n.g != nil {
		if v, ok := n.g.Float64(n.ref); ok {
			return v
		}
	}
	return 0
}

const payloadKinds = 1<<Str | 1<<Bytes | 1<<ByteArray | 1<<Long

// Payload is the text of a Str in UTF-8, where a lone surrogate is three bytes too; the
// data of Bytes, a ByteArray or a Buffer; the two's complement of a Long, lowest byte
// first. It is part of the input or of the graph and must not be changed.
func (n Node) Payload() []byte {
	if e := n.is(payloadKinds); e != nil {
		from := n.g.data
		if e.flags&inAux != 0 {
			from = n.g.x.aux
		}
		return from[e.v : e.v+e.size() : e.v+e.size()]
	}
	if e := n.is(1 << Buffer); e != nil {
		if e.v == fromByteArray {
			return n.g.Node(Ref(e.n)).Payload()
		}
		if b := n.g.extra().buffers; e.v < uint64(len(b)) {
			return b[e.v].Data
		}
	}
	return nil
}

// Span says where in the input Payload is. ok is false if it is not there but in the
// graph's own memory, as text that had to be decoded is.
func (n Node) Span() (start, end int, ok bool) {
	if e := n.is(payloadKinds); e != nil && e.flags&inAux == 0 {
		return int(e.v), int(e.v + e.size()), true
	}
	return 0, 0, false
}

// Str is the text of a Str. It shares the graph's memory: it is valid as long as the
// input is not changed and a [Parser] not used again. Clone it to keep it.
func (n Node) Str() string {
	if e := n.is(1 << Str); e != nil && e.size() > 0 {
		b := n.Payload()
		return unsafe.String(&b[0], len(b))
	}
	return ""
}

// Buffer tells of a Buffer its number in the stream, from 0, and whether it is read-only.
// The number is -1 for a view of a bytearray that the pickle itself holds.
func (n Node) Buffer() (number int, readOnly bool) {
	e := n.is(1 << Buffer)
	if e == nil {
		return -1, false
	}
	if e.v == fromByteArray {
		return -1, true
	}
	return int(e.v), e.flags&readonly != 0
}

const runKinds = 1<<Tuple | 1<<List | 1<<Set | 1<<FrozenSet | 1<<Dict

// Refs are the items of a tuple, list, set or frozenset, or the keys and values of a dict
// in turn, as the pickle gave them: items of sets and keys of dicts may be repeated. The
// slice is the graph's own and must not be changed.
func (n Node) Refs() []Ref {
	if e := n.is(runKinds); e != nil {
		return n.g.refs[e.v : e.v+uint64(e.n) : e.v+uint64(e.n)]
	}
	return nil
}

// Len is the number of items of a tuple, list, set or frozenset, of pairs of a dict (both
// counting repeated ones), or of bytes of a str, bytes, bytearray or buffer.
func (n Node) Len() int {
	if e := n.is(runKinds); e != nil {
		if e.kind == Dict {
			return int(e.n / 2)
		}
		return int(e.n)
	}
	return len(n.Payload())
}

// Index returns item i of a tuple, list, set or frozenset. Outside them the node is
// invalid.
func (n Node) Index(i int) Node {
	if e := n.is(runKinds &^ (1 << Dict)); e != nil && uint(i) < uint(e.n) {
		return Node{n.g, n.g.refs[e.v+uint64(i)]}
	}
	return Node{}
}

// Get returns the value that a dict has under a str key, the last one if the pickle set
// it several times. If there is none, the node is invalid. It looks through all keys.
func (n Node) Get(key string) Node {
	if n.Kind() != Dict {
		return Node{}
	}
	refs := n.Refs()
	for i := len(refs) - 2; i >= 0; i -= 2 {
		if k := (Node{n.g, refs[i]}); k.Kind() == Str && k.Str() == key {
			return Node{n.g, refs[i+1]}
		}
	}
	return Node{}
}

// Items yields the items of a tuple, list, set or frozenset.
func (n Node) Items() iter.Seq[Node] {
	return func(yield func(Node) bool) {
		if n.Kind() == Dict {
			return
		}
		for _, r := range n.Refs() {
			if !yield(Node{n.g, r}) {
				return
			}
		}
	}
}

// Pairs yields the keys and values of a dict as the pickle gave them.
func (n Node) Pairs() iter.Seq2[Node, Node] {
	return func(yield func(k, v Node) bool) {
		if n.Kind() != Dict {
			return
		}
		refs := n.Refs()
		for i := 0; i+1 < len(refs); i += 2 {
			if !yield(Node{n.g, refs[i]}, Node{n.g, refs[i+1]}) {
				return
			}
		}
	}
}

// Global is the module and name of a Global, after fix_imports.
func (n Node) Global() (module, name string) {
	if e := n.is(1 << Global); e != nil {
		g := &n.g.x.globals[e.v]
		return g.module, g.name
	}
	return "", ""
}

// GlobalNodes are the str objects that STACK_GLOBAL took for a Global's module and name,
// each invalid if the name came otherwise or fix_imports changed it.
func (n Node) GlobalNodes() (module, name Node) {
	e := n.is(1 << Global)
	if e == nil {
		return Node{}, Node{}
	}
	g := &n.g.x.globals[e.v]
	return n.g.valid(g.moduleRef), n.g.valid(g.nameRef)
}

func (g *Graph) valid(r Ref) Node {
	if r == noRef {
		return Node{}
	}
	return Node{g, r}
}

// PersistentID is the id of a persistent reference.
func (n Node) PersistentID() Node {
	if e := n.is(1 << Persistent); e != nil {
		return Node{n.g, Ref(e.v)}
	}
	return Node{}
}

// Made is the call that an Object came from.
func (n Node) Made() Call {
	if e := n.is(1 << Object); e != nil {
		return Call{n.g, uint32(e.v)}
	}
	return Call{}
}

// Changes yields, in order, what was done after it was made to an Object, or to a Global:
// Build, Append, SetItems, AddItems, SetState and Twin.
func (n Node) Changes() iter.Seq[Call] {
	return func(yield func(Call) bool) {
		var next uint32
		if e := n.is(1<<Object | 1<<Global); e == nil {
			return
		} else if e.kind == Object {
			next = n.g.calls[e.v].next
		} else {
			next = n.g.x.globals[e.v].first
		}
		for ; next != 0; next = n.g.calls[next-1].next {
			if !yield(Call{n.g, next - 1}) {
				return
			}
		}
	}
}

// Changed reports whether [Node.Changes] yields anything.
func (n Node) Changed() bool {
	for range n.Changes() {
		return true
	}
	return false
}

// CallKind says what a [Call] does.
type CallKind uint8

// The kinds of calls.
const (
	NoCall      CallKind = iota
	FindClass            // imports a module and looks up a name: Node is the Global
	CallReduce           // Func(*Args)
	CallNew              // Func.__new__(Func, *Args)
	CallNewEx            // Func.__new__(Func, *Args, **Kwargs)
	CallInst             // Func(*Items), or an instance of Func without a call
	FindName             // looks up a name of which a persistent reference, or with Lenient an Object, is part: Items
	BuildState           // Node.__setstate__(State), or an update of Node's attributes
	AppendItems          // Node.extend(Items) or Node.append of each
	SetItems             // Node[k] = v for the Items k, v, k, v...
	AddItems             // Node.update(Items) or Node.add of each
	SetState             // Func(Node, State), whose result was dropped
	TwinCall             // made Node too; its result was dropped: see py.Twin
	PersistLoad          // persistent_load of Node's id
)

var callKinds = [...]CallKind{
	callFind: FindClass, callReduce: CallReduce, callNewObj: CallNew, callNewObjEx: CallNewEx, callInst: CallInst,
	callName: FindName, callBuild: BuildState, callAppend: AppendItems, callSetItems: SetItems,
	callAddItems: AddItems, callSetter: SetState, callTwin: TwinCall, callPersistent: PersistLoad,
}

// A Call is something that Python would do while it loads the pickle. The zero Call is
// none.
type Call struct {
	g *Graph
	i uint32
}

// Calls yields everything that Python would do, in its order: imports, calls, changes of
// objects that are no built-ins. A state setter and its like show as the CallReduce that
// they are in the stream; the SetState and TwinCall that parsing made of them are not
// repeated here.
func (g *Graph) Calls() iter.Seq[Call] { return g.callsFrom(0) }

func (g *Graph) callsFrom(first int) iter.Seq[Call] {
	return func(yield func(Call) bool) {
		for i := first; i < len(g.calls); i++ {
			if k := g.calls[i].kind; k == callSetter || k == callTwin {
				continue
			}
			if !yield(Call{g, uint32(i)}) {
				return
			}
		}
	}
}

// noCall is the entry of the zero Call: of a kind that has neither callable nor items.
var noCall = call{kind: callFind}

func (c Call) entry() *call {
	if c.g == nil {
		return &noCall
	}
	return &c.g.calls[c.i]
}

// Kind says what the call does.
func (c Call) Kind() CallKind {
	if c.g == nil {
		return NoCall
	}
	return callKinds[c.g.calls[c.i].kind]
}

// Op is the instruction's opcode.
func (c Call) Op() opcode.Op { return c.entry().op }

// Offset is where the instruction starts in the input.
func (c Call) Offset() int64 { return c.entry().offset }

// Node is what the call gives, or what it changes.
func (c Call) Node() Node {
	if c.g == nil {
		return Node{}
	}
	return Node{c.g, c.entry().node}
}

// Func is what is called: a function, class or state setter.
func (c Call) Func() Node {
	switch e := c.entry(); e.kind {
	case callReduce, callNewObj, callNewObjEx, callInst, callSetter, callTwin:
		return c.g.valid(e.fn)
	}
	return Node{}
}

// Args is the tuple of arguments, of CallReduce, CallNew, CallNewEx and TwinCall; it may
// be computed, then it is an Object.
func (c Call) Args() Node {
	switch e := c.entry(); e.kind {
	case callReduce, callNewObj, callNewObjEx:
		return c.g.valid(e.a)
	case callTwin:
		if c.Node().Made().Kind() != CallInst {
			return c.g.valid(e.a)
		}
	}
	return Node{}
}

// Kwargs is the dict of keyword arguments of CallNewEx and its twins.
func (c Call) Kwargs() Node {
	switch e := c.entry(); e.kind {
	case callNewObjEx:
		return c.g.valid(e.b)
	case callTwin:
		if c.Node().Made().Kind() == CallNewEx {
			return c.g.valid(e.b)
		}
	}
	return Node{}
}

// State is the state of BuildState and SetState.
func (c Call) State() Node {
	switch e := c.entry(); e.kind {
	case callBuild, callSetter:
		return c.g.valid(e.a)
	}
	return Node{}
}

// Refs are the items of AppendItems, AddItems, SetItems (keys and values in turn), CallInst
// (the arguments) and its twins, and of FindName (module and name). The slice must not be
// changed.
func (c Call) Refs() []Ref {
	e := c.entry()
	switch e.kind {
	case callAppend, callAddItems, callSetItems, callInst:
		return c.g.refs[e.a : e.a+e.b : e.a+e.b]
	case callTwin:
		if c.Node().Made().Kind() == CallInst {
			return c.g.refs[e.a : e.a+e.b : e.a+e.b]
		}
	case callName:
		return []Ref{e.a, e.b}
	}
	return nil
}
