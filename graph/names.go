package graph

import "github.com/go-pickle/pickle/opcode"

// longName is the length from which on names are told apart by the str objects that they are,
// not by their text: a pickle may import a million names from one module whose name takes
// megabytes, and to copy or hash it each time takes a time out of proportion to the input.
const longName = 1 << 10

// stackGlobal returns the node of the name that two Strs are.
func (m *machine) stackGlobal(module, name Ref, start int) Ref {
	g := &m.g
	if g.nodes[module].size()+g.nodes[name].size() < longName {
		return m.global(m.str(module), m.str(name), module, name, opcode.StackGlobal, start)
	}
	key := [2]Ref{module, name}
	r, ok := m.long.names[key]
	if !ok {
		r = m.add(Global, 0, uint64(len(g.x.globals)))
		g.x.globals = append(g.x.globals, globalName{module: m.longStr(module), name: m.longStr(name), moduleRef: module, nameRef: name})
		if m.long.names == nil {
			m.long.names = make(map[[2]Ref]Ref)
		}
		m.long.names[key] = r
	}
	m.addCall(call{offset: int64(start), node: r, op: opcode.StackGlobal, kind: callFind})
	return r
}

// longStr is the text of r, of which there is one copy.
func (m *machine) longStr(r Ref) string {
	s, ok := m.long.texts[r]
	if !ok {
		s = m.str(r)
		if m.long.texts == nil {
			m.long.texts = make(map[Ref]string)
		}
		m.long.texts[r] = s
	}
	return s
}

// longNames are the names that are long.
type longNames struct {
	names map[[2]Ref]Ref
	texts map[Ref]string
}
