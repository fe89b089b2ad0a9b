package scan

import (
	"strings"

	"github.com/go-pickle/pickle/graph"
)

// A Refusal is why a [Policy] does not let a pickle be loaded.
type Refusal struct {
	Verdict  Verdict   // how bad it is
	Findings []Finding // those that are not safe, of very many the worst
}

// Error tells of the worst finding.
func (r *Refusal) Error() string {
	worst := Finding{Message: "the pickle is " + r.Verdict.String()}
	for _, f := range r.Findings {
		if f.Severity > worst.Severity {
			worst = f
		}
	}
	var b strings.Builder
	b.WriteString("pickle: refused by the policy: ")
	if worst.Call != "" {
		b.WriteString(worst.Call + ": ")
	} else if worst.Global != "" {
		b.WriteString(worst.Global + ": ")
	}
	b.WriteString(worst.Message)
	return b.String()
}

// Check returns a [*Refusal] unless the pickle of g is safe to load. It is what
// pickle.DecodeOptions.Policy asks for. Persistent ids and extension codes are the business of
// those who let them be resolved. Of a parser that keeps its memo the last pickle is judged; what
// came before it was.
func (p *Policy) Check(g *graph.Graph) error {
	s := newScanner(Options{Policy: p, MaxFindings: 100})
	j := judge{s: s, g: g, asked: true}
	j.all(nil)
	if s.report.Verdict == Safe {
		return nil
	}
	r := &Refusal{Verdict: s.report.Verdict}
	for _, f := range s.report.Findings {
		if f.Severity > Safe {
			r.Findings = append(r.Findings, f)
		}
	}
	return r
}
