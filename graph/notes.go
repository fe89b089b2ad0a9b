package graph

import (
	"iter"
	"sort"

	"github.com/go-pickle/pickle/opcode"
)

// notes are what a graph knows of its pickle besides what the pickle says: for those who
// judge it.
type notes struct {
	protos       []protoChange // without the first, if that is in firstProto
	frames       []Frame       // all, if there are several
	doubts       []*Error
	highest      int64 // the highest number of a PUT that left a gap
	items, marks int
	calls        int // how many calls there were before the pickle
}

// reset forgets the notes, and the memory that those of a pickle of nothing else took.
func (n *notes) reset() {
	if len(n.protos)|len(n.frames)|len(n.doubts) != 0 {
		n.protos, n.frames, n.doubts = keepIfSmall(n.protos), keepIfSmall(n.frames), n.doubts[:0]
	}
	n.highest, n.items, n.marks, n.calls = 0, 0, 0, 0
}

// any reports whether there is something to note.
func (n *notes) any() bool {
	return len(n.protos)|len(n.frames)|len(n.doubts)|n.items|n.marks|n.calls != 0 || n.highest != 0
}

func keepIfSmall[T any](s []T) []T {
	if cap(s) > keepSmall {
		return nil
	}
	return s[:0]
}

type protoChange struct {
	offset int
	proto  int
}

// A Frame is a FRAME instruction of protocol 4.
type Frame struct {
	Offset int64 // of the instruction
	Size   int64 // how many bytes after the instruction it says that the frame has
}

// Start is where the frame's first instruction is, after the 9 bytes of FRAME itself.
func (f Frame) Start() int64 { return f.Offset + 9 }

// Frames are the FRAME instructions of the last pickle, in order. The slice must not be
// changed.
func (g *Graph) Frames() []Frame {
	if g.framed {
		return g.frame[:]
	}
	return g.extra().notes.frames
}

// Doubts are the faults that [Options.Lenient] let pass, in order; of very many the first
// ones.
func (g *Graph) Doubts() []*Error { return g.extra().notes.doubts }

// ProtocolAt is the protocol in force for the instruction at offset: PROTO may come again.
func (g *Graph) ProtocolAt(offset int64) int {
	p := g.extra().notes.protos
	i := sort.Search(len(p), func(i int) bool { return int64(p[i].offset) >= offset })
	switch {
	case i == 0 && offset > 0:
		return int(g.firstProto)
	case i == 0:
		return 0
	}
	return p[i-1].proto
}

// HighestPut is the highest number that a PUT left a gap to, and 0 if all numbers come in a
// row or nearly so: CPython's memo is an array of as many entries.
func (g *Graph) HighestPut() int64 { return g.extra().notes.highest }

// Leftover is how many items and marks were on the stack under the pickle's value, which no
// pickler leaves there.
func (g *Graph) Leftover() (items, marks int) {
	n := &g.extra().notes
	return n.items, n.marks
}

// NewCalls yields those of [Graph.Calls] that the last pickle makes: all of them, unless the
// parser keeps its memo.
func (g *Graph) NewCalls() iter.Seq[Call] { return g.callsFrom(g.extra().notes.calls) }

// maxDoubts bounds how many doubts are kept.
const maxDoubts = 100

// lenient reports whether to go on in spite of err.
func (m *machine) lenient(err *Error, op opcode.Op, start int) bool {
	if !m.o.Lenient {
		return false
	}
	if d := &m.g.x.notes.doubts; len(*d) < maxDoubts {
		err.Offset, err.Op = int64(start), op
		*d = append(*d, err)
	}
	return true
}

// computed reports whether r is something of which only Python knows what it is, and whether
// that is a reason to go on.
func (m *machine) computed(r Ref) bool { return m.o.Lenient && m.kind(r).in(acceptsAnything) }

// noteProto is called for each PROTO.
func (m *machine) noteProto(p int) {
	switch n := m.g.x.notes.protos; {
	case m.at == 0:
		m.g.firstProto = uint8(p)
	case len(n) == 0 && p != int(m.g.firstProto), len(n) > 0 && n[len(n)-1].proto != p:
		m.g.x.notes.protos = append(n, protoChange{m.at, p})
	}
}

func (m *machine) noteFrame(start int, size uint64) {
	g := &m.g
	f := Frame{int64(start), int64(size)}
	switch n := &g.x.notes; {
	case g.framed:
		g.framed = false
		n.frames = append(n.frames, g.frame[0], f)
	case len(n.frames) == 0:
		g.framed, g.frame[0] = true, f
	default:
		n.frames = append(n.frames, f)
	}
}

// skipRaw asks the option RawData how many bytes after the BUILD at start are none of the
// pickle's. It returns where to go on.
func (m *machine) skipRaw(pos int) (int, *Error) {
	g := &m.g
	last := len(g.calls) - 1
	if last < 0 || g.calls[last].kind != callBuild {
		return pos, nil
	}
	g.data = m.in.buf
	skip := m.o.RawData(Call{g, uint32(last)}, int64(pos))
	if skip <= 0 {
		return pos, nil
	}
	if _, err := m.moreSize(pos, uint64(skip)); err != nil {
		return pos, err
	}
	return pos + int(skip), nil
}

// At returns the node with number r of the same graph.
func (n Node) At(r Ref) Node { return Node{n.g, r} }
