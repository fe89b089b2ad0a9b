package pyjson

import (
	"errors"
	"fmt"

	"github.com/go-pickle/pickle/internal/box"
	"github.com/go-pickle/pickle/internal/stack"
	"github.com/go-pickle/pickle/py"
)

var (
	intType     = box.For[int64]()
	floatType   = box.For[float64]()
	complexType = box.For[complex128]()
	strType     = box.For[string]()
	bytesType   = box.For[py.Bytes]()
	tupleType   = box.For[py.Tuple]()
	globalType  = box.For[py.Global]()
)

// A builder makes the values of package py from a parser's nodes, without recursion.
type builder struct {
	*parser
	tuples  []py.Tuple
	lists   []py.List
	dicts   []py.Dict
	sets    []py.Set
	frozen  []py.FrozenSet
	globals []py.Global
	persist []py.PersistentRef
	objs    []py.Object
	elems   slab[any]
	keys    py.KeyMemo
}

var (
	errEqual = errors.New("two of the keys are equal")
	errCycle = errors.New("the value holds itself with nothing but tuples and frozensets between")
)

// build returns the value of root.
func (p *parser) build(root ref) (any, error) {
	p.pend, p.stack, p.plain, p.seq, p.defs = nil, stack.Stack[readFrame]{}, nil, nil, nil
	b := builder{
		parser:  p,
		tuples:  make([]py.Tuple, p.counts[nTuple]),
		lists:   make([]py.List, p.counts[nList]),
		dicts:   make([]py.Dict, p.counts[nDict]),
		sets:    make([]py.Set, p.counts[nSet]),
		frozen:  make([]py.FrozenSet, p.counts[nFrozenSet]),
		globals: make([]py.Global, p.counts[nGlobal]),
		persist: make([]py.PersistentRef, p.counts[nPersistent]),
		objs:    make([]py.Object, p.counts[nObject]),
		elems:   slab[any]{left: len(p.items)},
	}
	// What can be a key, or part of one, comes first: it must be complete when it is hashed.
	for i := range p.nodes {
		switch n := &p.nodes[i]; n.kind() {
		case nTuple:
			b.tuples[n.slot] = b.values(n.a, n.n)
		case nGlobal:
			b.globals[n.slot] = py.Global{Module: b.str(p.items[n.a]), Name: b.str(p.items[n.a+1])}
		}
	}
	order := p.frozen
	if p.back {
		var at ref
		if order, at = p.hashOrder(); at != 0 {
			return nil, b.fail(at, root, errCycle)
		}
	}
	for _, r := range order {
		n := &p.nodes[r]
		if err := b.frozen[n.slot].AdoptMemo(b.values(n.a, n.n), &b.keys); err != nil {
			return nil, b.fail(r, root, err)
		}
		if b.frozen[n.slot].Len() != int(n.n) {
			return nil, b.fail(r, root, errEqual)
		}
	}
	for i := range p.nodes {
		if err := b.fill(&p.nodes[i]); err != nil {
			return nil, b.fail(ref(i), root, err)
		}
	}
	return b.value(root), nil
}

// fill fills a container that can't be part of a key.
func (b *builder) fill(n *node) error {
	switch n.kind() {
	case nList:
		b.lists[n.slot].Items = b.values(n.a, n.n)
	case nDict:
		d := &b.dicts[n.slot]
		if err := d.AdoptMemo(b.values(n.a, n.n), &b.keys); err != nil {
			return err
		}
		if d.Len()*2 != int(n.n) {
			return errEqual
		}
	case nSet:
		s := &b.sets[n.slot]
		if err := s.AdoptMemo(b.values(n.a, n.n), &b.keys); err != nil {
			return err
		}
		if s.Len() != int(n.n) {
			return errEqual
		}
	case nPersistent:
		b.persist[n.slot].ID = b.value(b.items[n.a])
	case nObject:
		b.fillObject(&b.objs[n.slot], &b.objects[n.slot])
	}
	return nil
}

func (b *builder) fillObject(o *py.Object, from *objectNode) {
	*o = py.Object{How: from.how, Class: b.value(from.class), Args: b.value(from.args), Kwargs: b.value(from.kwargs)}
	if len(from.ops) > 0 {
		o.Ops = make([]py.Op, len(from.ops))
	}
	for i, op := range from.ops {
		o.Ops[i] = py.Op{Kind: op.kind, Items: b.values(op.a, op.n)}
	}
	if len(from.twins) > 0 {
		o.Twins = make([]py.Twin, len(from.twins))
	}
	for i, t := range from.twins {
		o.Twins[i] = py.Twin{Class: b.value(b.items[t.a]), Args: b.value(b.items[t.a+1])}
		if t.n == 3 {
			o.Twins[i].Kwargs = b.value(b.items[t.a+2])
		}
	}
}

func (b *builder) str(r ref) string { return b.strs[b.nodes[r].slot] }

// values are n values from items[a] on, in memory of their own.
func (b *builder) values(a, n uint32) []any {
	if n == 0 {
		return nil
	}
	out := b.elems.take(int(n))
	for i, r := range b.items[a : a+n] {
		out[i] = b.value(r)
	}
	return out
}

// value is the value of the node r, which may still have to be filled.
func (b *builder) value(r ref) any {
	n := &b.nodes[r]
	s := n.slot
	switch n.kind() {
	case nTrue:
		return true
	case nFalse:
		return false
	case nEmptyTuple:
		return py.Tuple{}
	case nInt:
		return intType.Of(&b.ints[s])
	case nBig:
		return b.bigs[s]
	case nFloat:
		return floatType.Of(&b.floats[s])
	case nComplex:
		return complexType.Of(&b.complexes[s])
	case nStr:
		return strType.Of(&b.strs[s])
	case nBytes:
		return bytesType.Of(&b.bytes[s])
	case nByteArray:
		return &b.arrays[s]
	case nBuffer:
		return &b.buffers[s]
	case nGlobal:
		return globalType.Of(&b.globals[s])
	case nPersistent:
		return &b.persist[s]
	case nList:
		return &b.lists[s]
	case nDict:
		return &b.dicts[s]
	case nTuple:
		return tupleType.Of(&b.tuples[s])
	case nSet:
		return &b.sets[s]
	case nFrozenSet:
		return &b.frozen[s]
	case nObject:
		return &b.objs[s]
	}
	return nil
}

// hashOrder gives the frozensets in an order in which each comes behind those that its
// hash depends on. If there is none, at is a tuple or frozenset that holds itself.
//
// Without references to a tuple or frozenset from within, the order in which they were
// closed is such an order.
func (p *parser) hashOrder() (order []ref, at ref) {
	const (
		unseen = iota
		entered
		left
	)
	state := make([]uint8, len(p.nodes))
	type step struct {
		r    ref
		next uint32
	}
	var way stack.Stack[step]
	for i := firstRef; int(i) < len(p.nodes); i++ {
		if k := p.nodes[i].kind(); state[i] != unseen || k != nTuple && k != nFrozenSet {
			continue
		}
		state[i] = entered
		way.Push(step{i, 0})
		for way.Len() > 0 {
			top := way.Top()
			n := &p.nodes[top.r]
			if top.next == n.n {
				state[top.r] = left
				if n.kind() == nFrozenSet {
					order = append(order, top.r)
				}
				way.Pop()
				continue
			}
			r := p.items[n.a+top.next]
			top.next++
			if k := p.nodes[r].kind(); k != nTuple && k != nFrozenSet {
				continue
			}
			switch state[r] {
			case entered:
				return nil, r
			case unseen:
				state[r] = entered
				way.Push(step{r, 0})
			}
		}
	}
	return order, 0
}

// fail is the error about the node r.
func (b *builder) fail(r, root ref, err error) error {
	return &Error{Offset: int64(b.nodes[r].at >> 8), Path: b.path(r, root), Err: err}
}

// path finds the way to a node. What holds it was begun before it, so that among those who
// refer to it the one with the smallest number is a step towards the root.
func (b *builder) path(r, root ref) string {
	type parent struct {
		r    ref
		step uint32
	}
	parents := make([]parent, len(b.nodes))
	note := func(child, r ref, step uint32) {
		if r < child && (parents[child].r == 0 || r < parents[child].r) {
			parents[child] = parent{r, step}
		}
	}
	for i := range b.nodes {
		n := &b.nodes[i]
		switch n.kind() {
		case nList, nTuple, nDict, nSet, nFrozenSet, nPersistent:
			for k, c := range b.items[n.a : n.a+n.n] {
				note(c, ref(i), uint32(k))
			}
		case nObject:
			k := uint32(0)
			for _, c := range b.parts(&b.objects[n.slot]) {
				note(c, ref(i), k)
				k++
			}
		}
	}
	var way []parent
	for r != root && parents[r].r != 0 {
		way = append(way, parents[r])
		r = parents[r].r
	}
	return makePath(len(way), func(i int) string {
		w := way[len(way)-1-i]
		n := &b.nodes[w.r]
		switch n.kind() {
		case nObject:
			var o py.Object
			b.fillObject(&o, &b.objects[n.slot])
			return partStep(&o, int(w.step))
		case nDict:
			if k := &b.nodes[b.items[n.a+w.step&^1]]; w.step%2 == 1 && k.kind() == nStr {
				return strStep(b.strs[k.slot])
			}
			if w.step%2 == 1 {
				return fmt.Sprintf(".value(%d)", w.step/2)
			}
			return fmt.Sprintf(".key(%d)", w.step/2)
		case nSet, nFrozenSet:
			return itemStep(int(w.step))
		case nPersistent:
			return ".id"
		}
		return indexStep(int(w.step))
	})
}

// parts are the nodes that an object holds, in the order of appendParts.
func (b *builder) parts(o *objectNode) []ref {
	parts := []ref{o.class, o.args, o.kwargs}
	for _, op := range o.ops {
		parts = append(parts, b.items[op.a:op.a+op.n]...)
	}
	for _, t := range o.twins {
		twin := append(append([]ref{}, b.items[t.a:t.a+t.n]...), refNone)
		parts = append(parts, twin[:3]...)
	}
	return parts
}
