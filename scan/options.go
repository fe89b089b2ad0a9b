package scan

import (
	"iter"

	"github.com/go-pickle/pickle/graph"
	"github.com/go-pickle/pickle/opcode"
)

// A Call is something that Python would do while it loads a pickle.
type Call struct {
	Pickle  int            // the number of the pickle in the data, from 0
	Offset  int64          // of the instruction from the start of the data
	Op      opcode.Op      // the instruction
	Kind    graph.CallKind // NoCall in the last one of a pickle that breaks
	Text    string         // as Python would write it, on one line, shortened and with escapes
	Global  string         // the name that is imported, called or made, as module.name, or ""
	Verdict Verdict
	Why     string // "" if it is safe
	Err     error  // why the pickle breaks here, or nil
}

// Bytes judges the pickles in data, one after another: padding between them is skipped, and what
// follows them is searched for more. The data may be changed afterwards.
func (o Options) Bytes(data []byte) Report {
	s := newScanner(o)
	s.run(data)
	return s.report
}

// Calls yields what Python would do if it loaded the pickles in data, in its order, up to the
// point where each ends or breaks. What is yielded does not refer to data.
func (o Options) Calls(data []byte) iter.Seq[Call] {
	return func(yield func(Call) bool) {
		s := newScanner(o)
		s.calls = yield
		s.run(data)
	}
}

// Plausible reports whether data may well start with a pickle. It is for members of archives
// of which nothing else is known: text and pictures are none, a pickle of protocol 0 is one
// although it has no magic number, and so is one that breaks after its first call.
func (o Options) Plausible(data []byte) bool {
	if len(data) == 0 {
		return false
	}
	s := newScanner(o)
	s.data = data
	p := s.parser()
	defer s.release(p)
	g, err := p.Parse(data)
	if err == nil || startsWithProto(data) && g.End() > 2 {
		return true
	}
	return s.meaningful(g)
}

// startsWithProto reports whether data starts with PROTO and a protocol that exists.
func startsWithProto(data []byte) bool {
	return len(data) > 1 && data[0] == byte(opcode.Proto) && data[1] <= opcode.HighestProtocol
}
