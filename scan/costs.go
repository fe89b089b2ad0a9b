package scan

import (
	"bytes"

	"github.com/go-pickle/pickle/graph"
	"github.com/go-pickle/pickle/opcode"
)

// Bounds over which a pickle costs a loader, or those who use what it gives, far more than its
// size.
const (
	maxGap      = 1 << 20 // a memo of this many entries, and
	gapPerByte  = 16      // as many for each byte of the pickle
	maxLeftover = 1000    // items or marks that are left on the stack
	maxInt      = 64 << 10
	maxFanOut   = 1e9 // objects, each counted as often as it is referred to, and
	fanOut      = 1e4 // as many times what there is
)

// costs looks at what the present pickle costs a loader.
func (s *scanner) costs(g *graph.Graph) {
	note := func(v Verdict, rule Rule, offset int64, message string) {
		s.add(Finding{Rule: rule, Severity: v, Message: message, Pickle: s.number, Offset: offset})
	}
	at := int64(s.base)
	if n := g.HighestPut(); n > maxGap && n/gapPerByte > g.End() {
		note(Suspicious, RuleDoS, at, "a memo index so large that Python allocates gigabytes")
	}
	switch items, marks := g.Leftover(); {
	case items > maxLeftover, marks > maxLeftover:
		note(Suspicious, RuleDoS, at, "it leaves very many objects or marks on the stack")
	case items > 0, marks > 0:
		note(Safe, RuleMalformed, at, "it leaves objects or marks on the stack, which no pickler does")
	}
	if g.Count(graph.Long) > 0 && g.End() > maxInt {
		for n := range g.Nodes() {
			if n.Kind() == graph.Long && len(n.Payload()) > maxInt {
				note(Suspicious, RuleDoS, at, "an integer of so many digits that Python takes very long to print it")
				break
			}
		}
	}
	if total := expanded(g); total > maxFanOut && total > fanOut*float64(g.Len()+g.Items()) {
		note(Suspicious, RuleDoS, at, "objects refer to each other so often that whoever walks through them never ends")
	}
}

const containers = 1<<graph.Tuple | 1<<graph.List | 1<<graph.Dict | 1<<graph.Set | 1<<graph.FrozenSet | 1<<graph.Object

// fewShared is how many containers must be shared for their sharing to matter.
const fewShared = 3

// expanded is how many objects the pickle would have if none was shared, at least. Cycles count
// once.
func expanded(g *graph.Graph) float64 {
	shared := 0
	for n := range g.Nodes() {
		if 1<<n.Kind()&containers != 0 && n.Shared() {
			if shared++; shared >= fewShared {
				break
			}
		}
	}
	if shared < fewShared {
		return 0
	}
	type frame struct {
		ref        graph.Ref
		start, end int // of its items in refs
	}
	size := make([]float64, g.Len()) // 0: not yet seen; -1: being counted
	var refs []graph.Ref
	var stack []frame
	most := 0.0
	push := func(r graph.Ref) {
		n := g.Node(r)
		start := len(refs)
		if n.Kind() == graph.Object {
			refs = appendUsed(refs, n.Made())
			for c := range n.Changes() {
				refs = appendUsed(refs, c)
			}
		} else {
			refs = append(refs, n.Refs()...)
		}
		size[r] = -1
		stack = append(stack, frame{r, start, len(refs)})
	}
	total := make([]float64, 0, 64)
	for i := range size {
		if size[i] != 0 || 1<<g.KindOf(graph.Ref(i))&containers == 0 {
			continue
		}
		push(graph.Ref(i))
		total = append(total, 1)
		for len(stack) > 0 {
			f := &stack[len(stack)-1]
			if f.end == f.start {
				sum := total[len(total)-1]
				size[f.ref] = sum
				most = max(most, sum)
				refs = refs[:f.start]
				stack, total = stack[:len(stack)-1], total[:len(total)-1]
				if len(total) > 0 {
					total[len(total)-1] += sum
				}
				continue
			}
			f.end--
			r := refs[f.end]
			switch {
			case r.Inline() || 1<<g.KindOf(r)&containers == 0 || size[r] < 0:
				total[len(total)-1]++
			case size[r] > 0:
				total[len(total)-1] += size[r]
			default:
				refs = refs[:f.end+1]
				push(r)
				total = append(total, 1)
			}
		}
	}
	return most
}

// appendUsed appends what c uses.
func appendUsed(refs []graph.Ref, c graph.Call) []graph.Ref {
	for _, n := range [...]graph.Node{c.Args(), c.Kwargs(), c.State()} {
		if n.Valid() {
			refs = append(refs, n.Ref())
		}
	}
	return append(refs, c.Refs()...)
}

// frames looks for frames on which readers disagree. In the C unpickler they only say what to
// read ahead; pickle.py refuses an instruction that goes past its frame's end, and older C
// unpicklers lost bytes there.
func (s *scanner) frames(g *graph.Graph, failed *graph.Error) {
	frames := g.Frames()
	end := g.End()
	if failed != nil {
		end = failed.Offset
	}
	for i, f := range frames {
		var next int64 = -1
		if i+1 < len(frames) {
			next = frames[i+1].Offset
		}
		last := f.Start() + f.Size
		message := ""
		switch {
		case f.Size < 0 || last > end && failed == nil:
			message = "a frame ends after the pickle"
		case next >= 0 && next < last:
			message = "a frame begins inside another one"
		case last == end || last == next || last > end:
			continue
		case !boundary(g.Input()[f.Start():end], f.Size):
			message = "an instruction goes past the end of its frame"
		default:
			continue
		}
		s.add(Finding{Rule: RuleMalformed, Severity: Suspicious, Message: message + "; readers disagree about what that means",
			Pickle: s.number, Offset: int64(s.base) + f.Offset, Op: opcode.Frame})
		return // the rest would be read from a place that may be wrong
	}
}

// boundary reports whether an instruction ends after size bytes of program, which starts with
// one.
func boundary(program []byte, size int64) bool {
	at := int64(0)
	for at < size {
		n := instruction(program[at:])
		if n == 0 {
			return false
		}
		at += n
	}
	return at == size
}

// instruction is the length of the instruction that data starts with, 0 if it is cut off.
func instruction(data []byte) int64 {
	op := opcode.Op(data[0])
	arg := data[1:]
	count := func(width int) int64 {
		if len(arg) < width {
			return 0
		}
		n := int64(0)
		for i := width - 1; i >= 0; i-- {
			n = n<<8 | int64(arg[i])
		}
		if n < 0 || n > int64(len(arg)-width) {
			return 0
		}
		return 1 + int64(width) + n
	}
	switch size := op.Arg().Size(); size {
	case opcode.UpToNewline:
		n := 1 + int64(bytes.IndexByte(arg, '\n')) + 1
		if n == 1 {
			return 0
		}
		if op.Arg() == opcode.ArgStringNLNoEscapePair {
			second := int64(bytes.IndexByte(data[n:], '\n')) + 1
			if second == 0 {
				return 0
			}
			n += second
		}
		return n
	case opcode.CountUint1:
		return count(1)
	case opcode.CountInt4, opcode.CountUint4:
		return count(4)
	case opcode.CountUint8:
		return count(8)
	default:
		if size > len(arg) {
			return 0
		}
		return 1 + int64(size)
	}
}
