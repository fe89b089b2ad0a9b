// Package graph runs pickles: it is the one pickle machine that everything else reads.
//
// [Parse] runs the program of a pickle once and keeps what it says as a compact graph. No
// Go value is built and nothing that the pickle names is looked up or called: a call is a
// node that remembers who would be called with what. The graph can be walked from
// [Graph.Root], and [Graph.Calls] lists what Python would do, in order.
//
// The rules are those of CPython's C unpickler (Modules/_pickle.c of 3.11): the same
// pickles are refused, with the same kind of error. Text that does not count for the
// result is not kept; [Graph.Frames], [Graph.Doubts] and others have what judges of pickles ask.
package graph

import (
	"io"
	"iter"
	"sync"

	"github.com/go-pickle/pickle/opcode"
)

// A Ref is the number of a node in its graph. Two references to one object are equal.
// None, bools, small integers and most floats have a Ref but no node. Two floats that are two
// objects have two of them; the others have no identity.
type Ref uint32

// The upper half of all Refs stand for values without a node.
const (
	inline    Ref = 1 << 31
	inlineInt Ref = 1 << 30 // with inline: an integer of 30 bits

	refNone  = inline
	refFalse = inline | 1
	refTrue  = inline | 2
	// then floats in the input
	noRef = inlineInt - 1 | inline // no value at all

	minInlineInt = -1 << 29
	maxInlineInt = 1<<29 - 1
)

// Inline reports whether r stands for what has no node: None, a bool, a small integer, or a
// float that the pickle does not use again.
func (r Ref) Inline() bool { return r&inline != 0 }

func refInt(v int64) Ref { return inline | inlineInt | Ref(v)&(inlineInt-1) }

// NodeKind says what a node stands for.
type NodeKind uint8

// The kinds of nodes.
const (
	Invalid NodeKind = iota
	None
	Bool
	Int  // fits 64 bits
	Long // does not
	Float
	Str
	Bytes
	ByteArray
	Tuple
	List
	Dict
	Set
	FrozenSet
	Global     // a class or function, by name
	Object     // what a call gives: REDUCE, NEWOBJ, NEWOBJ_EX, INST, OBJ
	Persistent // a persistent reference
	Buffer     // an out-of-band buffer
	kinds
)

var kindNames = [kinds]string{"invalid", "None", "bool", "int", "int", "float", "str", "bytes", "bytearray",
	"tuple", "list", "dict", "set", "frozenset", "global", "object", "persistent reference", "buffer"}

// String names the kind in Python's words.
func (k NodeKind) String() string {
	if k < kinds {
		return kindNames[k]
	}
	return kindNames[Invalid]
}

// A node is 16 bytes without a pointer, so that millions of them cost the garbage
// collector nothing. What n and v hold depends on the kind:
//
//	Int              v: the number
//	Float            v: its bits
//	Long             v, size: two's complement in the input, or in aux if text or large
//	Str, Bytes, ...  v, size: the payload's place in the input, or in aux
//	Tuple, List,
//	Set, FrozenSet   v, n: a run of items in refs
//	Dict             v, n: a run of keys and values in refs
//	Global           v: place in globals
//	Object           v: its first entry in calls; n: its last
//	Persistent       v: the Ref of its id
//	Buffer           v: its number
type node struct {
	kind  NodeKind
	flags flags
	hi    uint16 // bits 32 to 47 of a payload's size
	n     uint32
	v     uint64
}

type flags uint8

const (
	shared   flags = 1 << iota // pushed again from the memo or by DUP
	inAux                      // the payload is in aux, not in the input
	moved                      // the run, or the bytearray, was moved: it has room for the next power of two
	hashable                   // a tuple known to hold nothing unhashable
	readonly                   // of a Buffer
	named                      // of an Object: named by a persistent reference
)

func (n *node) size() uint64     { return uint64(n.hi)<<32 | uint64(n.n) }
func (n *node) setSize(s uint64) { n.hi, n.n = uint16(s>>32), uint32(s) }

// globalName is what a Global node stands for.
type globalName struct {
	module, name       string
	moduleRef, nameRef Ref    // the strings that STACK_GLOBAL took, or noRef
	last               uint32 // its last entry in calls, plus one; 0 if it was not changed
	first              uint32 // its first, likewise
}

// callKind says what an entry of calls is.
type callKind uint8

const (
	callFind     callKind = iota // node: the Global
	callReduce                   // fn, a: the arguments
	callNewObj                   // fn: the class, a
	callNewObjEx                 // and b: the keyword arguments
	callInst                     // fn: the class; a, b: run of arguments
	callName                     // a, b: module and name, one a persistent reference
	callBuild                    // a: the state
	callAppend                   // a, b: run of items
	callSetItems
	callAddItems
	callSetter     // fn: the setter, a: the state
	callTwin       // fn, a, b as of a construction whose result was dropped
	callPersistent // node: the reference
)

// A call is something that Python would do: an import, a call, a change of an object.
// The calls of one object are chained in order.
type call struct {
	offset   int64
	node     Ref
	fn, a, b Ref
	next     uint32 // the next on the same node, plus one
	op       opcode.Op
	kind     callKind
}

// A Graph is what a pickle says. It is not changed after parsing, so any number of
// goroutines may read it, unless it is a [Parser]'s, which is reused.
type Graph struct {
	data       []byte // the input; nodes refer to it
	nodes      []node
	refs       []Ref
	calls      []call
	x          *extra // nil if there is nothing in it
	root       Ref
	base       Ref // with KeepMemo: the first node of the last pickle
	end        int
	text       int // bytes of payloads in the input
	floats     int // that have no node
	counts     [kinds]uint32
	proto      uint8
	firstProto uint8 // what a PROTO in the first place says
	framed     bool
	frame      [1]Frame // if framed, the only FRAME
}

// extra is what the graphs of most small pickles lack.
type extra struct {
	aux     []byte // payloads that are not in the input as they are
	globals []globalName
	buffers []BufferData
	touched []Ref // nodes below base that the last pickle changed
	notes   notes
}

var noExtra extra

// extra is for those who do not know that there is one. It must not be changed.
func (g *Graph) extra() *extra {
	if g.x == nil {
		return &noExtra
	}
	return g.x
}

// Root is the node of the value that the pickle stands for. After an error it is invalid.
func (g *Graph) Root() Node { return Node{g, g.root} }

// End is the number of bytes up to and with STOP, or up to where parsing failed.
func (g *Graph) End() int64 { return int64(g.end) }

// Protocol is the number that the last PROTO gave, or 0.
func (g *Graph) Protocol() int { return int(g.proto) }

// Len is the number of nodes, counting those that are not reached from the root, but not
// what has none: see [Ref.Inline].
func (g *Graph) Len() int { return len(g.nodes) }

// Count is the number of nodes of a kind, counted as by [Graph.Len].
func (g *Graph) Count(k NodeKind) int {
	if k < kinds {
		return int(g.counts[k])
	}
	return 0
}

// First is the number of the first node that the last pickle made: 0, unless the parser
// keeps its memo.
func (g *Graph) First() Ref { return g.base }

// Touched are the nodes below First that the last pickle changed. One may be repeated.
func (g *Graph) Touched() []Ref { return g.extra().touched }

// Node returns the node with number r, which must come from this graph.
func (g *Graph) Node(r Ref) Node { return Node{g, r} }

// Nodes yields every node that has a number, in the order in which the pickle made them.
func (g *Graph) Nodes() iter.Seq[Node] {
	return func(yield func(Node) bool) {
		for i := range g.nodes {
			if !yield(Node{g, Ref(i)}) {
				return
			}
		}
	}
}

// Options say how to run a pickle; the zero value is CPython's default.
type Options struct {
	// NoFixImports keeps the names of Python 2 in protocols below 3 as they are.
	NoFixImports bool
	// Encoding and Errors say how to decode the str of Python 2 (STRING, BINSTRING,
	// SHORT_BINSTRING): by default "ASCII" and "strict". The encoding "bytes" keeps
	// them as bytes.
	Encoding, Errors string
	// Charset finds encodings that are not built in (ASCII, latin-1, the UTFs); package
	// charset has one. It returns a function that decodes src, treating errors as the
	// handler says, and appends UTF-8 to dst.
	Charset func(encoding string) (decode func(dst, src []byte, errors string) ([]byte, error), ok bool)
	// PersistentIDs allows persistent references. Without it they are an error, as in
	// CPython without a persistent_load.
	PersistentIDs bool
	// Extension resolves the extension codes of copyreg. nil knows none.
	Extension func(code int) (module, name string, ok bool)
	// Buffers are the out-of-band buffers, in order; nil makes NEXT_BUFFER an error,
	// unless AnyBuffers is set.
	Buffers []BufferData
	// AnyBuffers lets NEXT_BUFFER go on past Buffers; such nodes have no data.
	AnyBuffers bool
	// MaxBytes bounds the length of one pickle; 0 means no bound. A longer one is a
	// MemoryError.
	MaxBytes int64
	// Lenient goes on where it is not sure that the pickle fails, because something that it
	// computes decides, and where other readers than CPython's C unpickler go on: at an unknown
	// protocol, at a FRAME that ends after the input, at arguments that are no tuple. It is
	// for those who want to see all that may happen; [Graph.Doubts] has what was let pass.
	Lenient bool
	// RawData is called after each BUILD of an Object or Global, with the place of the next
	// instruction. It returns how many bytes there are not the pickle's: joblib puts the data
	// of an array there. The call's graph is not complete yet.
	RawData func(c Call, next int64) (skip int64)
	// KeepMemo keeps the memo from pickle to pickle, as one pickle.Unpickler does. It
	// counts for a [Parser] alone.
	KeepMemo bool
}

// BufferData is an out-of-band buffer of protocol 5.
type BufferData struct {
	Data     []byte
	ReadOnly bool
}

// Parse runs the pickle at the start of data with the zero [Options]. What follows STOP
// is ignored. The graph refers to data, which must not be changed while the graph is in
// use. On an error, which is an [*Error], the graph holds what was understood before it.
func Parse(data []byte) (*Graph, error) {
	p := parsers.Get().(*Parser)
	g, err := p.detached(data)
	parsers.Put(p)
	return g, err
}

// Parse is like the function [Parse].
func (o Options) Parse(data []byte) (*Graph, error) {
	p := parsers.Get().(*Parser)
	p.m.o = o
	g, err := p.detached(data)
	p.m.o = Options{}
	parsers.Put(p)
	return g, err
}

// detached parses data into a graph for good.
func (p *Parser) detached(data []byte) (*Graph, error) {
	_, err := p.Parse(data)
	g := p.m.detach()
	p.m.reset()
	return g, err
}

// parsers, with the zero options, are for one pickle at a time: what a small one needs
// beside its graph is there already.
var parsers = sync.Pool{New: func() any { return new(Parser) }}

// Read runs the pickle that r gives next, and reads no byte past its STOP, unless the
// pickle's own frame goes past it. That costs a call of r.Read for each opcode outside a
// frame, unless r can look ahead: a *bufio.Reader, *bytes.Buffer or an io.Seeker such as
// a file is read in large pieces. The graph keeps the bytes read.
func (o Options) Read(r io.Reader) (*Graph, error) { return NewParser(o).Read(r) }

// A Parser parses one pickle after another into the same memory.
type Parser struct {
	m machine
}

// NewParser returns a Parser with the options o.
func NewParser(o Options) *Parser {
	p := new(Parser)
	p.m.o = o
	return p
}

// SetBuffers replaces the out-of-band buffers of the options for the next pickle.
func (p *Parser) SetBuffers(b []BufferData) { p.m.o.Buffers = b }

// Reset replaces the options and forgets the memo.
func (p *Parser) Reset(o Options) {
	p.m.o = o
	p.ClearMemo()
}

// ClearMemo forgets the memo that [Options.KeepMemo] keeps, and with it the graph.
func (p *Parser) ClearMemo() {
	if p.m.used {
		p.m.reset()
	}
}

// Parse is like [Options.Parse], but the graph is valid until the parser's next call. With
// KeepMemo the graph grows from call to call, and nodes keep their numbers.
func (p *Parser) Parse(data []byte) (*Graph, error) {
	p.m.data.buf, p.m.data.whole = data, true
	err := p.m.run(&p.m.data)
	p.m.data.buf = nil
	return &p.m.g, err
}

// Read is like [Options.Read], but the graph is valid until the parser's next call.
func (p *Parser) Read(r io.Reader) (*Graph, error) {
	in := newInput(r)
	in.max = p.m.o.MaxBytes
	err := p.m.run(in)
	if e := in.finish(p.m.g.end); e != nil && err == nil {
		err = &Error{Kind: OSError, Message: e.Error(), Offset: p.m.g.End(), Err: e}
	}
	return &p.m.g, err
}

// PayloadBytes is how many bytes of the input are payloads of str, bytes and the like.
func (g *Graph) PayloadBytes() int { return g.text }

// Input is the pickle itself; for [Options.Read], what was read of it. It must not be
// changed.
func (g *Graph) Input() []byte { return g.data }

// Items is a bound on how many items all containers and calls have together, keys and
// values of dicts counted each.
func (g *Graph) Items() int { return len(g.refs) + len(g.calls) }
