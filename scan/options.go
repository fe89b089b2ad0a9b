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
// follows them is searched for more.
func (o Options) Bytes(data []byte) Report { return Report{} }

// Calls yields what Python would do if it loaded the pickles in data, in its order, up to the
// point where each ends or breaks. What is yielded does not refer to data.
func (o Options) Calls(data []byte) iter.Seq[Call] { return func(func(Call) bool) {} }

// Plausible reports whether data may well start with a pickle. It is for members of archives
// of which nothing else is known: text and pictures are none, a pickle of protocol 0 is one
// although it has no magic number, and so is one that breaks after its first call.
func (o Options) Plausible(data []byte) bool { return false }

// A Refusal is why a [Policy] does not let a pickle be loaded.
type Refusal struct {
	Findings []Finding // those that are not safe
}

// Error tells of the worst finding.
func (r *Refusal) Error() string { return "" }

// Check returns a [*Refusal] unless the pickle of g is safe to load. It is what
// pickle.DecodeOptions.Policy asks for.
func (p *Policy) Check(g *graph.Graph) error { return nil }
