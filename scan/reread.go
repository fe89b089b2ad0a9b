package scan

import (
	"bytes"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/go-pickle/pickle/graph"
	"github.com/go-pickle/pickle/opcode"
)

// rereading bounds how many bytes are read once more as opcodes, in bytes for each of the data.
const rereading = 8

// asOpcodes judges the present pickle as a reader does that is not joblib: it takes the data of
// arrays for opcodes. That is nothing as a rule, for such data is no pickle. Numbers and texts may
// look like some instructions of one, which import and change what the memo happens to hold: what
// counts is only what no chance makes. What the pickle does before that data was told.
func (s *scanner) asOpcodes() {
	if s.again <= 0 {
		s.add(Finding{Rule: RuleDoS, Severity: Suspicious, Message: "there are too many arrays in too many pickles to read them in all ways",
			Pickle: s.number, Offset: int64(s.base)})
		return
	}
	p := plainParser()
	defer s.release(p)
	g, err := p.Parse(s.data[s.base:])
	read := int(g.End())
	if failed, ok := err.(*graph.Error); ok {
		read = max(read, int(failed.Offset))
	}
	s.again -= read
	other := newScanner(s.o)
	other.torch, other.depth, other.left = s.torch, s.depth, s.left
	other.data, other.base, other.number = s.data, s.base, s.number
	r := rereader{s: s, j: judge{s: other, g: g, base: int64(s.base), number: s.number, spelled: true}, from: int64(s.skipped),
		imports: make(map[graph.Ref]*reimport)}
	for c := range g.NewCalls() {
		if c.Kind() == graph.FindName && r.noStr(c) {
			break // this reader fails here
		}
		other.report.Findings = other.report.Findings[:0]
		r.j.event(c)
		if r.j.base+c.Offset() >= r.from {
			r.call(c)
		}
	}
	s.left = other.left
}

// A rereader judges a pickle with arrays as a reader that takes them for opcodes.
type rereader struct {
	s       *scanner
	j       judge
	from    int64 // where in the data the first array is
	imports map[graph.Ref]*reimport
}

// A reimport is a name that is imported where an array is, or after it, and is not safe.
type reimport struct {
	findings []Finding
	sure     bool // the data spells it; else the memo may have put it together by chance
	told     bool // as what it is
	noted    bool // as what may be chance
}

// surely are the rules of which what is dangerous is told. No chance makes it: it takes a name that
// is denied, or one that was allowed for another use.
var surely = map[Rule]bool{RuleNested: true, RuleGlobalDeny: true, RuleNamePath: true, RuleNameComputed: true, RuleArm: true, RuleArgs: true, RuleCode: true}

// call tells of c, which was judged. A name counts if something is done with it, and if it stands in
// the data itself or is denied.
func (r *rereader) call(c graph.Call) {
	switch c.Kind() {
	case graph.PersistLoad:
		return
	case graph.FindClass:
		r.imported(c)
		return
	}
	r.used(c.Func())
	r.used(c.Node())
	for _, n := range [...]graph.Node{c.Args(), c.State()} {
		if n.Kind() == graph.Tuple {
			refs := n.Refs()
			if n.Shared() {
				refs = refs[:min(len(refs), maxLooked)]
			}
			r.usedAll(refs)
		}
	}
	r.usedAll(c.Refs())
	if f := c.Func(); f.Valid() && r.imports[f.Ref()] != nil && !r.imports[f.Ref()].told {
		return
	}
	n := r.j.callee(c.Func())
	loads := n != nil && n.verdict == Safe && guarded[n.args()]
	for _, f := range r.j.s.report.Findings {
		if f.Severity == Dangerous && (surely[f.Rule] || f.Rule == RuleMutateGlobal && changes(c)) || loads && f.Severity == Suspicious {
			r.tell(f)
		}
	}
}

// changes reports whether c gives something a state that there is.
func changes(c graph.Call) bool {
	state := c.State()
	return state.Kind() == graph.Dict && state.Len() > 0 || state.Kind() == graph.Tuple && state.Len() == 2 || state.Kind() == graph.Object
}

// imported notes a name that is not safe.
func (r *rereader) imported(c graph.Call) {
	n := r.j.nameOf(c.Node())
	module, qualname := c.Node().Global()
	if n.verdict == Safe || r.imports[c.Node().Ref()] != nil || module == extensionModule || !realName(module) || !realName(qualname) {
		return
	}
	in := &reimport{findings: append([]Finding(nil), r.j.s.report.Findings...), sure: r.sure(c, module, qualname)}
	r.imports[c.Node().Ref()] = in
	if c.Op() == opcode.Inst || in.sure && n.rule == RuleGlobalDeny {
		r.used(c.Node())
	}
}

// sure reports whether c, an import, is one that no chance makes. A pickle that is read with the
// memo of the one around it takes any text for the name of a module: one that stands elsewhere
// must be that of a package.
func (r *rereader) sure(c graph.Call, module, qualname string) bool {
	if c.Op() == opcode.Global || c.Op() == opcode.Inst {
		return true
	}
	program := r.s.data[r.from : r.j.base+c.Offset()]
	before, ok := cutText(program, qualname)
	if ok {
		if _, ok := cutText(before, module); ok {
			return true
		}
	}
	first, _, dotted := strings.Cut(module, ".")
	return (dotted || r.s.policy.deniesBelow(first)) && r.spells(before, module) && (ok || r.spells(before, qualname))
}

// cutText cuts the instruction that gives s off the end of program, and one that remembers it. It
// gives program if there is none.
func cutText(program []byte, s string) (before []byte, ok bool) {
	for _, memo := range []int{0, 1, 2, 5} { // none, MEMOIZE, BINPUT, LONG_BINPUT
		before, ok := bytes.CutSuffix(program[:max(len(program)-memo, 0)], []byte(s))
		if !ok {
			continue
		}
		for _, width := range []int{1, 4, 8} { // SHORT_BINUNICODE, BINUNICODE, BINUNICODE8
			if at := len(before) - width; at > 0 && before[at] == byte(len(s)) {
				return before[:at-1], true
			}
		}
	}
	return program, false
}

// spells reports whether s stands in program. It takes that there is too much to look for as yes.
func (r *rereader) spells(program []byte, s string) bool {
	if r.s.again -= len(program); r.s.again < 0 {
		return true
	}
	return bytes.Contains(program, []byte(s))
}

func (r *rereader) usedAll(refs []graph.Ref) {
	if len(r.imports) == 0 {
		return
	}
	for _, ref := range refs {
		if in := r.imports[ref]; in != nil {
			r.tellImport(in)
		}
	}
}

// used tells of the import of n, with which something is done.
func (r *rereader) used(n graph.Node) {
	if !n.Valid() {
		return
	}
	if in := r.imports[n.Ref()]; in != nil {
		r.tellImport(in)
	}
}

func (r *rereader) tellImport(in *reimport) {
	if in.told || in.noted {
		return
	}
	for _, f := range in.findings {
		if in.sure || f.Rule == RuleGlobalDeny {
			in.told = true
		} else {
			in.noted = true
			f.Severity = Safe
		}
		r.tell(f)
	}
}

func (r *rereader) tell(f Finding) {
	f.Message = "if the data of an array is read as opcodes: " + f.Message
	r.s.add(f)
	if f.Global != "" {
		r.s.global(f.Global)
	}
}

// noStr reports whether what c looks up is named by something that is surely no str, so that the
// reader fails: a pickle that is read with the memo of the one around it has that.
func (r *rereader) noStr(c graph.Call) bool {
	for _, ref := range c.Refs() {
		n := r.j.node(ref)
		switch n.Kind() {
		case graph.Persistent: // which this reader has none of
			return true
		case graph.Global: // some are a str, but no classes and functions
			of := r.j.nameOf(n)
			if of.verdict == Safe && of.uses(UseCall|UseNew) {
				return true
			}
		case graph.Object:
			of := r.j.maker(n)
			if of == nil || of.verdict != Safe {
				continue
			}
			first, _, _ := strings.Cut(of.module, ".")
			if n.Made().Kind() == graph.CallNew && of.qualname != "str" || arrayPackages[first] && of.qualname != "scalar" {
				return true
			}
		}
	}
	return false
}

// arrayPackages are those whose functions give no str, but for numpy's scalar, which gives any
// object.
var arrayPackages = map[string]bool{"numpy": true, "scipy": true, "sklearn": true, "pandas": true, "joblib": true}

// realName reports whether s is a name as programs have them, which few bytes are by chance.
func realName(s string) bool {
	if !identifiers(s) || !utf8.ValidString(s) {
		return false
	}
	for _, c := range s {
		if c >= 0x80 && !unicode.IsLetter(c) && !unicode.IsDigit(c) {
			return false
		}
	}
	return true
}
