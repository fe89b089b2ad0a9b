package pyjson

import (
	"errors"
	"fmt"
	"math"
	"math/big"
	"unsafe"

	"github.com/go-pickle/pickle/internal/stack"
	"github.com/go-pickle/pickle/py"
)

// Unmarshal returns the value that data, one text in typed JSON, stands for. It shares no
// memory with data. Ordinary JSON that has no key beginning with $ is typed JSON, too.
// The error is an [*Error] with offset and path.
func Unmarshal(data []byte) (any, error) {
	p := parser{in: data}
	v, err := p.whole()
	return v, err
}

// whole reads a text that is one value.
func (p *parser) whole() (any, error) {
	root, err := p.run()
	if err == nil && (p.space() != 0 || p.pos < len(p.in)) {
		err = p.unexpected("the end of the text")
	}
	if err != nil {
		return nil, p.fail(err)
	}
	return p.build(root)
}

// A ref is the number of a node.
type ref uint32

// A node is a value that has been read. Reading has two passes: the first makes nodes, the
// second values. So every container has its length before it is made, and what refers to
// itself needs no patching.
type node struct {
	at   uint64 // offset<<8 | kind
	a, n uint32 // where the items begin in parser.items, and how many there are
	slot uint32 // its place among those of its kind
}

func (n *node) kind() nodeKind { return nodeKind(n.at) }

type nodeKind uint8

const (
	nNone nodeKind = iota
	nTrue
	nFalse
	nEmptyTuple
	nInt
	nBig
	nFloat
	nComplex
	nStr
	nBytes
	nByteArray
	nBuffer
	nGlobal
	nPersistent
	nList
	nDict
	nTuple
	nSet
	nFrozenSet
	nObject
	kinds
)

// The first nodes are those of which there is one.
const (
	refNone ref = iota
	refTrue
	refFalse
	refEmptyTuple
	firstRef
)

// open stands for the length of a container whose end has not been read.
const open = math.MaxUint32

// A parser reads one text, without recursion.
type parser struct {
	in   []byte
	base int64 // the offset of in in a stream
	pos  int

	nodes []node
	items []ref // the items of containers that are closed
	pend  []ref // those of containers that are open
	stack stack.Stack[readFrame]
	seq   []ref          // what the numbers 1, 2, 3... are defined as, while they come in order
	defs  map[uint64]ref // likewise other numbers
	plain map[string]ref // short plain strings

	ints      []int64
	bigs      []*big.Int
	floats    []float64
	complexes []complex128
	strs      []string
	bytes     []py.Bytes
	arrays    []py.ByteArray
	buffers   []py.Buffer
	objects   []objectNode
	counts    [kinds]uint32

	frozen  []ref // frozensets in the order in which they were closed
	back    bool  // something refers to a tuple or frozenset around it
	scratch []byte
	text    slab[byte]
}

// A readFrame is a value that the parser is in the middle of.
type readFrame struct {
	kind  readKind
	phase uint8
	field uint8
	bound bool // readDef: its number is known
	node  ref
	num   uint64 // readDef: the number
	base  int    // where its items begin in pend
}

type readKind uint8

const (
	readItems  readKind = iota // [items] of a list, or within a tag of something else
	readDict                   // {"key": value}
	readPairs                  // {"$dict": [[key, value]]}
	readGlobal                 // {"$global": [module, name]}
	readPersistent
	readDef
	readObject
)

// An objectNode is what a $object says.
type objectNode struct {
	how                 py.How
	seen                uint8
	class, args, kwargs ref
	ops                 []opNode
	twins               []opNode
}

// An opNode is an operation, or a twin, with its items in parser.items.
type opNode struct {
	kind py.OpKind
	a, n uint32
}

// add makes a node for what begins at the offset at.
func (p *parser) add(k nodeKind, slot int, at int) ref {
	if uint64(len(p.nodes)) >= math.MaxUint32-1 {
		panic(tooLarge{})
	}
	p.nodes = append(p.nodes, node{at: uint64(p.base+int64(at))<<8 | uint64(k), slot: uint32(slot)})
	return ref(len(p.nodes) - 1)
}

// tooLarge is thrown where a text has more than 2^32 values, and caught in run.
type tooLarge struct{}

func (p *parser) run() (root ref, err error) {
	defer func() {
		if r := recover(); r != nil {
			if _, ok := r.(tooLarge); !ok {
				panic(r)
			}
			err = errors.New("more values than a uint32 can count")
		}
	}()
	p.text.left = len(p.in)
	for _, k := range []nodeKind{nNone, nTrue, nFalse, nEmptyTuple} {
		p.add(k, 0, 0)
	}
	for {
		r, opened, err := p.value()
		if err != nil {
			return 0, err
		}
		for !opened {
			if p.stack.Len() == 0 {
				return r, nil
			}
			var more bool
			if more, r, err = p.next(r); err != nil {
				return 0, err
			}
			if more {
				break
			}
		}
	}
}

// value reads a value or, if that holds others, what stands before the first of them: then
// opened is true.
func (p *parser) value() (r ref, opened bool, err error) {
	c := p.space()
	at := p.pos
	switch {
	case c == '"':
		s, err := p.str("")
		if err != nil {
			return 0, false, err
		}
		return p.plainStr(s, at), false, nil
	case c == '[':
		p.pos++
		r, opened = p.openItems(nList, at)
		return r, opened, nil
	case c == '{':
		return p.openObject(at)
	case c == '-' || '0' <= c && c <= '9':
		i, large, f, isFloat, err := p.number()
		switch {
		case err != nil:
			return 0, false, err
		case isFloat:
			return p.float(f, at), false, nil
		case large != nil:
			return p.big(large, at), false, nil
		}
		p.ints = append(p.ints, i)
		return p.add(nInt, len(p.ints)-1, at), false, nil
	case c == 'n':
		return refNone, false, p.word("null")
	case c == 't':
		return refTrue, false, p.word("true")
	case c == 'f':
		return refFalse, false, p.word("false")
	}
	return 0, false, p.unexpected("a value")
}

func (p *parser) float(f float64, at int) ref {
	p.floats = append(p.floats, f)
	return p.add(nFloat, len(p.floats)-1, at)
}

func (p *parser) big(i *big.Int, at int) ref {
	if i.IsInt64() {
		p.ints = append(p.ints, i.Int64())
		return p.add(nInt, len(p.ints)-1, at)
	}
	p.bigs = append(p.bigs, i)
	return p.add(nBig, len(p.bigs)-1, at)
}

// plainStr is the node of a plain string: short ones that are equal are one.
func (p *parser) plainStr(s []byte, at int) ref {
	if len(s) > maxPlain {
		return p.ownStr(s, at)
	}
	if r, ok := p.plain[string(s)]; ok {
		return r
	}
	own, ok := always(s)
	if !ok {
		own = p.own(s)
	}
	r := p.addStr(own, at)
	if p.plain == nil {
		p.plain = make(map[string]ref)
	}
	p.plain[own] = r
	return r
}

// ownStr is the node of a str object of its own.
func (p *parser) ownStr(s []byte, at int) ref { return p.addStr(p.own(s), at) }

func (p *parser) addStr(s string, at int) ref {
	p.strs = append(p.strs, s)
	return p.add(nStr, len(p.strs)-1, at)
}

// own returns s as a string at an address that nothing else has, even if it is empty.
func (p *parser) own(s []byte) string {
	mem := p.text.take(max(1, len(s)))
	copy(mem, s)
	return unsafe.String(&mem[0], len(s))
}

// A slab hands out parts of larger pieces of memory.
type slab[T any] struct {
	free []T
	left int // how much will be asked for in all, at most
}

const slabBytes = 32 << 10

func (s *slab[T]) take(n int) []T {
	if n > len(s.free) {
		var t T
		s.free = make([]T, max(n, min(s.left, slabBytes/int(unsafe.Sizeof(t)))))
	}
	out := s.free[:n:n]
	s.free = s.free[n:]
	s.left -= n
	return out
}

// container makes the node of something that holds others and has just begun.
func (p *parser) container(k nodeKind, at int) ref {
	r := p.add(k, int(p.counts[k]), at)
	p.counts[k]++
	p.nodes[r].n = open
	// What is being defined is this.
	for i := p.stack.Len() - 1; i >= 0 && p.stack.At(i).kind == readDef && !p.stack.At(i).bound; i-- {
		p.bind(p.stack.At(i), r)
	}
	return r
}

// unbound is what a number refers to while its value has not begun.
const unbound = math.MaxUint32

// lookup returns what n is defined as.
func (p *parser) lookup(n uint64) (r ref, ok bool) {
	if n-1 < uint64(len(p.seq)) {
		return p.seq[n-1], true
	}
	r, ok = p.defs[n]
	return r, ok
}

// define lets n refer to r.
func (p *parser) define(n uint64, r ref) {
	switch {
	case n-1 < uint64(len(p.seq)):
		p.seq[n-1] = r
	case n-1 == uint64(len(p.seq)) && len(p.defs) == 0:
		p.seq = append(p.seq, r)
	default:
		if p.defs == nil {
			p.defs = make(map[uint64]ref)
		}
		p.defs[n] = r
	}
}

// bind lets the number of a definition refer to r.
func (p *parser) bind(f *readFrame, r ref) {
	p.define(f.num, r)
	f.bound = true
}

func (p *parser) push(k readKind, r ref) {
	p.stack.Push(readFrame{kind: k, node: r, base: len(p.pend)})
}

// openItems begins an array of items behind its bracket.
func (p *parser) openItems(k nodeKind, at int) (r ref, opened bool) {
	if k == nTuple && p.accept(']') {
		return refEmptyTuple, false // its tag is closed by the caller
	}
	r = p.container(k, at)
	if k != nTuple && p.accept(']') {
		p.nodes[r].n = 0
		if k == nFrozenSet {
			p.frozen = append(p.frozen, r)
		}
		return r, false
	}
	p.push(readItems, r)
	return r, true
}

// moveItems moves what stands in pend from base on to items and returns where it is.
func (p *parser) moveItems(base int) (a, n uint32) {
	if uint64(len(p.items)+len(p.pend)-base) > math.MaxUint32 {
		panic(tooLarge{})
	}
	a, n = uint32(len(p.items)), uint32(len(p.pend)-base)
	p.items = append(p.items, p.pend[base:]...)
	p.pend = p.pend[:base]
	return a, n
}

// closeItems ends the container of the frame at the top.
func (p *parser) closeItems() ref {
	f := p.stack.Top()
	r := f.node
	n := &p.nodes[r]
	n.a, n.n = p.moveItems(f.base)
	if n.kind() == nFrozenSet {
		p.frozen = append(p.frozen, r)
	}
	p.stack.Pop()
	return r
}

// next gives r, which has been read, to the frame at the top and reads what follows. If
// another value is to come, more is true; otherwise the frame is closed and its value is
// returned.
func (p *parser) next(r ref) (more bool, _ ref, err error) {
	f := p.stack.Top()
	switch f.kind {
	case readItems:
		p.pend = append(p.pend, r)
		switch p.space() {
		case ',':
			p.pos++
			return true, 0, nil
		case ']':
			p.pos++
		default:
			return false, 0, p.unexpected("',' or ']'")
		}
		if p.nodes[f.node].kind() != nList {
			err = p.expect('}')
		}
		return false, p.closeItems(), err
	case readDict:
		p.pend = append(p.pend, r)
		switch p.space() {
		case ',':
			p.pos++
			return true, 0, p.key()
		case '}':
			p.pos++
			return false, p.closeItems(), nil
		}
		return false, 0, p.unexpected("',' or '}'")
	case readPairs:
		return p.nextOfPair(f, r)
	case readGlobal:
		return p.nextOfGlobal(f, r)
	case readPersistent:
		p.pend = append(p.pend, r)
		return false, p.closeItems(), p.expect('}')
	case readDef:
		if !f.bound {
			p.bind(f, r)
		}
		p.stack.Pop()
		return false, r, p.expect('}')
	}
	return p.nextOfObject(f, r)
}

// key reads a key of a JSON object that is a dict.
func (p *parser) key() error {
	p.space()
	at := p.pos
	s, err := p.str("a key")
	if err != nil {
		return err
	}
	if len(s) > 0 && s[0] == '$' {
		p.pos = at
		return fmt.Errorf(`the key %q begins with $ but is not the only one; such a dict is written {"$dict":[[...]]}`, s)
	}
	p.pend = append(p.pend, p.plainStr(s, at))
	return p.expect(':')
}

func (p *parser) nextOfPair(f *readFrame, r ref) (more bool, _ ref, err error) {
	p.pend = append(p.pend, r)
	if f.phase == 0 {
		f.phase = 1
		return true, 0, p.expect(',')
	}
	f.phase = 0
	if err := p.expect(']'); err != nil {
		return false, 0, err
	}
	if p.accept(',') {
		return true, 0, p.expect('[')
	}
	if err := p.expect(']'); err != nil {
		return false, 0, err
	}
	return false, p.closeItems(), p.expect('}')
}

func (p *parser) nextOfGlobal(f *readFrame, r ref) (more bool, _ ref, err error) {
	if p.nodes[r].kind() != nStr {
		return false, 0, errors.New("module and name of a $global must be str")
	}
	p.pend = append(p.pend, r)
	if f.phase == 0 {
		f.phase = 1
		return true, 0, p.expect(',')
	}
	if err := p.expect(']'); err != nil {
		return false, 0, err
	}
	return false, p.closeItems(), p.expect('}')
}

// fail adds offset and path to err.
func (p *parser) fail(err error) error {
	return &Error{Offset: p.base + int64(min(p.pos, len(p.in))), Err: err, Path: makePath(p.stack.Len(), func(i int) string {
		f := p.stack.At(i)
		end := len(p.pend)
		if i+1 < p.stack.Len() {
			end = p.stack.At(i + 1).base
		}
		return p.step(f, p.pend[min(f.base, end):end])
	})}
}

// step is the step of a path that f adds, of which items have been read.
func (p *parser) step(f *readFrame, items []ref) string {
	n := len(items)
	switch f.kind {
	case readItems:
		if k := p.nodes[f.node].kind(); k == nSet || k == nFrozenSet {
			return itemStep(n)
		}
		return indexStep(n)
	case readDict, readPairs:
		if n%2 == 0 {
			return fmt.Sprintf(".key(%d)", n/2)
		}
		if k := &p.nodes[items[n-1]]; k.kind() == nStr {
			return strStep(p.strs[k.slot])
		}
		return fmt.Sprintf(".value(%d)", n/2)
	case readGlobal:
		return [...]string{".module", ".name"}[min(n, 1)]
	case readPersistent:
		return ".id"
	case readObject:
		return p.objectStep(f, n)
	}
	return ""
}
