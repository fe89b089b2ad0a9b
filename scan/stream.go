package scan

import (
	"strconv"
	"sync"

	"github.com/go-pickle/pickle/graph"
	"github.com/go-pickle/pickle/opcode"
)

// A scanner judges the pickles in one piece of data.
type scanner struct {
	o        Options
	policy   *Policy
	max      int // findings
	maxDepth int
	torch    bool // persistent ids are storages
	depth    int  // how many pickles this one is inside of
	left     int64

	data   []byte
	base   int // where the present pickle starts
	number int // of the present pickle

	skipped int // where in the data the first bytes of the present pickle are that are an array's, or -1
	again   int // how many bytes may be read once more as opcodes

	report  Report
	spare   int // findings before this one are dangerous: see add
	names   map[string]bool
	calls   func(Call) bool
	stopped bool // calls wants no more
}

func newScanner(o Options) *scanner {
	s := &scanner{o: o, policy: o.Policy, max: o.MaxFindings, maxDepth: o.MaxDepth, torch: o.Torch, left: allDecoded}
	if s.policy == nil {
		s.policy = DefaultPolicy()
	}
	if s.max <= 0 {
		s.max = 1000
	}
	if s.maxDepth <= 0 {
		s.maxDepth = 8
	}
	return s
}

// wants reports whether a finding of severity v would be kept.
func (s *scanner) wants(v Verdict) bool {
	s.verdict(v)
	return len(s.report.Findings) < s.max || v == Dangerous && s.spare < s.max
}

func (s *scanner) verdict(v Verdict) { s.report.Verdict = max(s.report.Verdict, v) }

// add keeps f. If there are too many findings, one that is dangerous takes the place of another
// that is not.
func (s *scanner) add(f Finding) {
	if !s.wants(f.Severity) {
		return
	}
	if len(s.report.Findings) < s.max {
		s.report.Findings = append(s.report.Findings, f)
		return
	}
	for ; s.spare < s.max; s.spare++ {
		if s.report.Findings[s.spare].Severity != Dangerous {
			s.report.Findings = append(s.report.Findings[:s.spare], s.report.Findings[s.spare+1:]...)
			s.report.Findings = append(s.report.Findings, f)
			return
		}
	}
}

// global notes an imported name.
func (s *scanner) global(name string) {
	if s.names[name] {
		return
	}
	if s.names == nil {
		s.names = make(map[string]bool)
	}
	s.names[name] = true
	s.report.Globals = append(s.report.Globals, name)
}

var parsers = sync.Pool{New: func() any { return graph.NewParser(graph.Options{}) }}

// parser returns a parser that reads pickles as all their readers together do: what one of them
// goes on after, it goes on after. Python 2's str are read as Latin-1, in which nothing fails.
func (s *scanner) parser() *graph.Parser {
	p := parsers.Get().(*graph.Parser)
	o := plainOptions()
	o.RawData = s.rawData
	p.Reset(o)
	return p
}

// plainParser is a parser for which all is opcodes.
func plainParser() *graph.Parser {
	p := parsers.Get().(*graph.Parser)
	p.Reset(plainOptions())
	return p
}

func plainOptions() graph.Options {
	return graph.Options{
		NoFixImports:  true,
		Encoding:      "latin-1",
		PersistentIDs: true,
		AnyBuffers:    true,
		Lenient:       true,
		Extension:     func(code int) (module, name string, ok bool) { return extensionModule, strconv.Itoa(code), true },
	}
}

func (s *scanner) release(p *graph.Parser) {
	p.Reset(graph.Options{})
	parsers.Put(p)
}

// run judges all that is in data.
func (s *scanner) run(data []byte) {
	s.data = data
	s.again = rereading * len(data)
	s.report.Bytes = int64(len(data))
	p := s.parser()
	defer s.release(p)
	legacy := false
	if len(data) == 0 {
		s.add(Finding{Rule: RuleMalformed, Severity: Suspicious, Message: "there is nothing"})
		return
	}
	for pos := 0; !s.stopped; {
		end := pos
		if s.number > 0 {
			pos = skipPadding(data, pos)
		}
		if pos == len(data) {
			return
		}
		s.base, s.skipped = pos, -1
		g, err := p.Parse(data[pos:])
		failed, _ := err.(*graph.Error)
		if failed != nil && s.number > 0 && !s.begins(g, failed, data[pos:]) || legacy && s.number >= torchPickles && !imports(g) {
			if !legacy || s.number < torchPickles {
				s.add(Finding{Rule: RuleTrailing, Message: strconv.Itoa(len(data)-end) + " bytes after the last pickle",
					Pickle: s.number - 1, Offset: int64(end)})
			}
			s.hunt(p, pos)
			return
		}
		s.pickle(g, failed)
		if s.skipped >= 0 {
			s.asOpcodes()
		}
		if s.number == 0 && err == nil && isTorchMagic(g.Root()) {
			legacy, s.torch = true, true
		}
		s.number++
		if failed != nil {
			s.hunt(p, pos+int(failed.Offset)+1)
			return
		}
		pos += int(g.End())
	}
}

// skipPadding skips what stores put between pickles: NULs up to the next block, line ends.
func skipPadding(data []byte, pos int) int {
	for pos < len(data) && (data[pos] == 0 || data[pos] == '\n' || data[pos] == '\r') {
		pos++
	}
	return pos
}

// pickle judges the pickle of g, at s.base, which broke with err if that is not nil.
func (s *scanner) pickle(g *graph.Graph, err *graph.Error) {
	s.report.Pickles++
	j := judge{s: s, g: g, base: int64(s.base), number: s.number, spelled: true}
	var shown func(c graph.Call) bool
	if s.calls != nil {
		shown = func(c graph.Call) bool { return s.calls(j.shown(c)) }
	}
	if !j.all(shown) {
		s.stopped = true
		return
	}
	for _, d := range g.Doubts() {
		s.broken(d, "other readers than CPython's go on here: ")
	}
	s.frames(g, err)
	s.costs(g)
	if err == nil {
		return
	}
	message := "the pickle breaks here: "
	if g.End() == 0 || err.Offset == 0 {
		message = "this is no pickle: "
	}
	s.broken(err, message)
	if s.calls != nil && !s.calls(Call{Pickle: s.number, Offset: int64(s.base) + err.Offset, Op: err.Op, Verdict: Suspicious,
		Text: "", Why: message + string(err.Kind) + ": " + cleanName(err.Message), Err: err}) {
		s.stopped = true
	}
}

// shown is c for those who print calls, after event.
func (j *judge) shown(c graph.Call) Call {
	shown := Call{Pickle: j.number, Offset: j.base + c.Offset(), Op: c.Op(), Kind: c.Kind(), Text: callText(c), Verdict: j.worst}
	if j.worst > Safe {
		shown.Why = j.why
	}
	n := c.Node()
	if f := c.Func(); f.Valid() {
		n = f
	}
	switch n.Kind() {
	case graph.Global:
		shown.Global = j.nameOf(n).text
	case graph.Object:
		if of := j.maker(n); of != nil {
			shown.Global = of.text
		}
	}
	return shown
}

// broken is the finding for a fault of the present pickle.
func (s *scanner) broken(err *graph.Error, message string) {
	if !s.wants(Suspicious) {
		return
	}
	s.add(Finding{Rule: RuleMalformed, Severity: Suspicious, Message: message + string(err.Kind) + ": " + cleanName(err.Message),
		Pickle: s.number, Offset: int64(s.base) + err.Offset, Op: err.Op})
}

// begins reports whether what follows a pickle is another one that breaks, rather than none: a
// reader that keeps its memo may even go on where it breaks.
func (s *scanner) begins(g *graph.Graph, err *graph.Error, data []byte) bool {
	forgotten := err.Kind == graph.UnpicklingError && (err.Op == opcode.Get || err.Op == opcode.BinGet || err.Op == opcode.LongBinGet)
	if forgotten || startsWithProto(data) && g.End() > 2 || s.meaningful(g) {
		return true
	}
	for c := range g.NewCalls() {
		if c.Kind() == graph.FindClass {
			module, qualname := c.Node().Global()
			if identifiers(module) && identifiers(qualname) {
				return true
			}
			break
		}
	}
	// What is dangerous at the start of a file is no less so behind a pickle.
	alone := newScanner(Options{Policy: s.policy, MaxFindings: 1})
	j := judge{s: alone, g: g, number: s.number, asked: true}
	j.all(nil)
	return alone.report.Verdict == Dangerous
}

// meaningful reports whether the calls of g, whose pickle broke, are those of a pickle rather
// than of something that looks like one at first: something is called, or what is imported is
// denied.
func (s *scanner) meaningful(g *graph.Graph) bool {
	named := false
	for c := range g.NewCalls() {
		switch c.Kind() {
		case graph.FindClass:
			module, qualname := c.Node().Global()
			if !identifiers(module) || !identifiers(qualname) {
				return false
			}
			if s.policy.judgeName(module, qualname, protocolClass(g.ProtocolAt(c.Offset()))).verdict == Dangerous {
				return true
			}
			named = true
		case graph.PersistLoad:
		default:
			return named || c.Kind() == graph.FindName
		}
	}
	return named && g.ProtocolAt(1<<62) > 0
}

// identifiers reports whether s is identifiers with dots between, as names of Python are.
func identifiers(s string) bool {
	if s == "" || len(s) > maxRealName {
		return false
	}
	start := true
	for i := range len(s) {
		switch c := s[i]; {
		case c == '.':
			if start {
				return false
			}
			start = true
			continue
		case c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z', c == '_', c >= 0x80, c >= '0' && c <= '9' && !start:
		case c == '<' || c == '>': // <locals>, <lambda>
		default:
			return false
		}
		start = false
	}
	return !start
}

// hunting bounds how much is parsed in search of pickles, in bytes for each byte searched.
const hunting = 8

// hunt looks in the data from byte from on for pickles that do not stand where readers expect
// them, and judges those that import something.
func (s *scanner) hunt(p *graph.Parser, from int) {
	data := s.data
	budget := hunting*(len(data)-from) + 1<<16
	for i := from; i < len(data) && !s.stopped; i++ {
		switch data[i] {
		case byte(opcode.Proto), byte(opcode.Global), byte(opcode.Inst), byte(opcode.ShortBinUnicode), byte(opcode.BinUnicode):
		default:
			continue
		}
		if !s.starts(i) {
			continue
		}
		if budget <= 0 {
			s.add(Finding{Rule: RuleDoS, Severity: Suspicious, Message: "there is more that looks like a pickle than can be looked at",
				Pickle: s.number, Offset: int64(i)})
			return
		}
		if data[i] == byte(opcode.Inst) {
			module, qualname, _ := s.textName(i)
			s.add(Finding{Rule: RuleTrailing, Severity: Suspicious, Message: "this may be part of a pickle that imports a denied name",
				Pickle: s.number, Offset: int64(i), Op: opcode.Inst, Global: s.deniedText(module, qualname)})
			continue
		}
		s.base, s.skipped = i, -1
		g, err := p.Parse(data[i:])
		budget -= max(int(g.End()), 64)
		if !imports(g) || err != nil && !s.meaningful(g) {
			continue
		}
		failed, _ := err.(*graph.Error)
		s.pickle(g, failed)
		if s.skipped >= 0 {
			s.asOpcodes()
		}
		s.number++
		if failed == nil {
			i += int(g.End()) - 1
		} else {
			i += int(failed.Offset)
		}
	}
}

func imports(g *graph.Graph) bool {
	for c := range g.NewCalls() {
		if c.Kind() == graph.FindClass || c.Kind() == graph.FindName {
			return true
		}
	}
	return false
}

// starts reports whether the instruction at i is one that a hidden pickle would start with.
func (s *scanner) starts(i int) bool {
	data := s.data[i:]
	if len(data) < 4 {
		return false
	}
	switch opcode.Op(data[0]) {
	case opcode.Proto:
		return data[1] <= opcode.HighestProtocol+1 && opcode.Op(data[2]).Known()
	case opcode.ShortBinUnicode:
		n := int(data[1])
		return n > 0 && len(data) > n+2 && identifiers(string(data[2:n+2])) &&
			(data[n+2] == byte(opcode.ShortBinUnicode) || data[n+2] == byte(opcode.Memoize))
	case opcode.BinUnicode:
		n := int(data[1])
		return n > 0 && len(data) > n+5 && data[2] == 0 && data[3] == 0 && data[4] == 0 && identifiers(string(data[5:n+5])) &&
			(data[n+5] == byte(opcode.BinUnicode) || data[n+5] == byte(opcode.BinPut) || data[n+5] == byte(opcode.Memoize))
	}
	module, qualname, ok := s.textName(i)
	return ok && (opcode.Op(data[0]) == opcode.Global || s.deniedText(module, qualname) != "")
}

// textName is the name that GLOBAL or INST at i has.
func (s *scanner) textName(i int) (module, qualname string, ok bool) {
	module, rest, ok := shortLine(s.data[i+1:])
	if !ok || !identifiers(module) {
		return "", "", false
	}
	qualname, _, ok = shortLine(rest)
	return module, qualname, ok && identifiers(qualname)
}

// deniedText is the name, if the policy denies it, and "" if not.
func (s *scanner) deniedText(module, qualname string) string {
	if n := s.policy.judgeName(module, qualname, mapped); n.verdict == Dangerous {
		return n.text
	}
	return ""
}

// shortLine cuts the line off that data starts with, if it is one that a name may be.
func shortLine(data []byte) (line string, rest []byte, ok bool) {
	for i, c := range data[:min(len(data), 100)] {
		switch {
		case c == '\n':
			return string(data[:i]), data[i+1:], true
		case c < ' ':
			return "", nil, false
		}
	}
	return "", nil, false
}
