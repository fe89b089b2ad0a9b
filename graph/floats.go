package graph

import (
	"encoding/binary"
	"math"
)

// A float that BINFLOAT pushes stays in the input: its Ref is the place of the instruction.
// Nearly all floats are used once and so need no node, which would take more memory than they
// do in the input. One that the pickle may use again, by its memo or by DUP, gets a node: see
// settle.
const (
	floatRefs    = inline + 4   // the Ref of the float at place 0: those before are None and the bools
	maxFloatRefs = 1<<30 - 1<<6 // floats from this place on have nodes
	floatWidth   = 9            // bytes of a BINFLOAT
)

// InInput reports whether r is a float without a node.
func (r Ref) InInput() bool { return r-floatRefs < maxFloatRefs }

// FloatsInInput is how many floats without a node the pickle has.
func (g *Graph) FloatsInInput() int { return g.floats }

// floatAt is the value of the float r in data, if it is one.
func (r Ref) floatAt(data []byte) (v float64, ok bool) {
	at := uint(r - floatRefs)
	if at >= maxFloatRefs || at+floatWidth > uint(len(data)) {
		return 0, false
	}
	return math.Float64frombits(binary.BigEndian.Uint64(data[at+1:])), true
}

// pushFloat pushes the float of the BINFLOAT at place at of data.
func (m *machine) pushFloat(data []byte, at int) {
	if m.o.KeepMemo || at >= maxFloatRefs { // the graph may outlive this input
		m.stack = append(m.stack, m.add(Float, 0, binary.BigEndian.Uint64(data[at+1:])))
		return
	}
	m.g.floats++
	m.stack = append(m.stack, floatRefs+Ref(at))
}

// settle gives the object at a place of the stack a node if it is a float without one, and
// returns it: the pickle may use it again.
func (m *machine) settle(at int) Ref {
	r := m.stack[at]
	if v, ok := r.floatAt(m.in.buf); ok {
		r = m.add(Float, 0, math.Float64bits(v))
		m.stack[at] = r
	}
	return r
}
