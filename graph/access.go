package graph

import "math"

// What follows reads nodes by their numbers, many at a time or without a [Node] for each:
// it is for loops over the items of large containers.

// KindOf is the kind of the node r.
func (g *Graph) KindOf(r Ref) NodeKind {
	if r&inline == 0 {
		return g.nodes[r].kind
	}
	return inlineKind(r)
}

// Int64 is the value of the node r if it is an Int.
func (g *Graph) Int64(r Ref) (v int64, ok bool) {
	if r&inline == 0 {
		n := &g.nodes[r]
		return int64(n.v), n.kind == Int
	}
	return int64(int32(r<<2) >> 2), r&inlineInt != 0
}

// Float64 is the value of the node r if it is a Float.
func (g *Graph) Float64(r Ref) (v float64, ok bool) {
	if r&inline == 0 {
		n := &g.nodes[r]
		return math.Float64frombits(n.v), n.kind == Float
	}
	return r.floatAt(g.data)
}

// StrSpan says where in the input the text of the node r is. ok is false if r is no Str,
// and if its text is not there but in the graph's own memory.
func (g *Graph) StrSpan(r Ref) (start, end int, ok bool) {
	if r&inline == 0 {
		n := &g.nodes[r]
		return int(n.v), int(n.v + n.size()), n.kind == Str && n.flags&inAux == 0
	}
	return 0, 0, false
}

// IsNone reports whether r is None.
func (r Ref) IsNone() bool { return r == refNone }

// IsTrue reports whether r is True.
func (r Ref) IsTrue() bool { return r == refTrue }

// IsFalse reports whether r is False.
func (r Ref) IsFalse() bool { return r == refFalse }

// CountInts is how many items of containers and calls are integers without a node and not
// from low to high.
func (g *Graph) CountInts(low, high int64) int {
	n := 0
	for _, r := range g.refs {
		if r&(inline|inlineInt) == inline|inlineInt {
			if v := int64(int32(r<<2) >> 2); v < low || v > high {
				n++
			}
		}
	}
	return n
}

// Int64s stores the values of refs in dst, which is as long, up to the first that is no
// Int, and returns how many it stored.
func (g *Graph) Int64s(dst []int64, refs []Ref) int {
	dst = dst[:len(refs)]
	nodes := g.nodes
	for i, r := range refs {
		if r&(inline|inlineInt) == inline|inlineInt {
			dst[i] = int64(int32(r<<2) >> 2)
			continue
		}
		if r&inline != 0 {
			return i
		}
		n := &nodes[r]
		if n.kind != Int {
			return i
		}
		dst[i] = int64(n.v)
	}
	return len(refs)
}

// Float64s stores the values of refs in dst, which is as long, up to the first that is no
// Float, and returns how many it stored.
func (g *Graph) Float64s(dst []float64, refs []Ref) int {
	dst = dst[:len(refs)]
	nodes, data := g.nodes, g.data
	for i, r := range refs {
		if r&inline != 0 {
			v, ok := r.floatAt(data)
			if !ok {
				return i
			}
			dst[i] = v
			continue
		}
		n := &nodes[r]
		if n.kind != Float {
			return i
		}
		dst[i] = math.Float64frombits(n.v)
	}
	return len(refs)
}

// Next is what was done next to the node that c made or changed, none if nothing was. Of
// [Node.Made] it is the first of [Node.Changes].
func (c Call) Next() Call {
	if c.g == nil {
		return c
	}
	next := c.g.calls[c.i].next
	if next == 0 {
		return Call{}
	}
	return Call{c.g, next - 1}
}
