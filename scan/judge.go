package scan

import (
	"strings"

	"github.com/go-pickle/pickle/graph"
)

// A judge judges the calls of one pickle, in order.
type judge struct {
	s       *scanner
	g       *graph.Graph
	base    int64 // where the pickle starts in the data
	number  int   // of the pickle
	spelled bool  // names are as the pickle spells them, not yet mapped from Python 2
	asked   bool  // persistent ids are asked for by the program that loads the pickle

	names    map[graph.Ref]*name
	special  map[graph.Ref]special
	sizes    map[graph.Ref]int64 // see many and exponent
	states   map[graph.Ref]bool  // shared states that were looked at
	visited  [2]map[graph.Ref]bool
	nested   map[graph.Ref]Verdict
	records  map[graph.Ref]record // of fields that several dtypes have
	lastRef  graph.Ref
	lastName *name
	handing  int // calls that hand on the present one
	unknown  int // different names that the policy does not have

	// Of the present call:
	worst Verdict
	why   string
}

// A special is what is known about an Object besides the call that made it.
type special struct {
	is *name // it is what this name stands for: getattr gave it
	of *name // it is an instance of this class
}

// find notes a finding about c, and how bad it is.
func (j *judge) find(v Verdict, rule Rule, c graph.Call, about *name, why string) {
	if v >= j.worst {
		if v > j.worst || j.why == "" {
			j.why = why
		}
		j.worst = v
	}
	if !j.s.wants(v) {
		return
	}
	j.s.add(j.finding(v, rule, c, about, why))
}

func (j *judge) finding(v Verdict, rule Rule, c graph.Call, about *name, why string) Finding {
	f := Finding{Rule: rule, Severity: v, Message: why, Pickle: j.number, Offset: j.base + c.Offset(), Op: c.Op()}
	if about != nil {
		f.Global = about.text
	}
	if c.Kind() != graph.FindClass && c.Kind() != graph.NoCall {
		f.Call = callText(c)
	}
	return f
}

// all judges all calls of the pickle. With each it calls shown, if that is not nil, and ends if
// that reports false.
func (j *judge) all(shown func(c graph.Call) bool) bool {
	for c := range j.g.NewCalls() {
		j.event(c)
		if shown != nil && !shown(c) {
			return false
		}
	}
	j.values()
	return true
}

// maxUnknown is how many names that the policy does not have a pickle may import before that is
// a finding of its own.
const maxUnknown = 500

// event judges one call.
func (j *judge) event(c graph.Call) {
	j.worst, j.why = Safe, ""
	switch c.Kind() {
	case graph.FindClass:
		j.imports(c)
	case graph.FindName:
		j.find(Dangerous, RuleNameComputed, c, nil, "the name of what is imported is computed")
	case graph.CallReduce, graph.CallInst:
		j.call(c)
	case graph.CallNew, graph.CallNewEx:
		j.construct(c)
	case graph.BuildState:
		j.build(c)
	case graph.AppendItems:
		j.change(c, UseAppend)
	case graph.SetItems:
		j.change(c, UseItems)
	case graph.AddItems:
		j.change(c, UseAdd)
	case graph.PersistLoad:
		j.persistent(c)
	}
}

func (j *judge) imports(c graph.Call) {
	n := j.name(c.Node(), c.Offset())
	if n.told {
		j.worst, j.why = n.verdict, n.why
		return
	}
	n.told = true
	j.s.global(n.text)
	if n.old != "" {
		j.s.global(n.old)
	}
	if n.verdict == Safe {
		return
	}
	j.find(n.verdict, n.rule, c, n, n.why)
	if n.rule == RuleGlobalUnknown {
		if j.unknown++; j.unknown == maxUnknown {
			j.find(Suspicious, RuleDoS, c, nil, "the pickle imports very many names that nobody allowed")
		}
	}
}

// callee is the name of what f stands for, nil if f is computed.
func (j *judge) callee(f graph.Node) *name {
	switch f.Kind() {
	case graph.Global:
		return j.nameOf(f)
	case graph.Object:
		return j.special[f.Ref()].is
	case graph.Persistent:
		return torchClass(j, f.PersistentID())
	}
	return nil
}

// maker is the name of the class or function that gave the Object n, nil if that is computed.
func (j *judge) maker(n graph.Node) *name {
	if len(j.special) > 0 {
		if sp := j.special[n.Ref()]; sp.of != nil {
			return sp.of
		} else if sp.is != nil {
			return sp.is
		}
	}
	if f := n.Made().Func(); f.Valid() {
		return j.callee(f)
	}
	return nil
}

func (j *judge) setSpecial(n graph.Node, sp special) {
	if j.special == nil {
		j.special = make(map[graph.Ref]special)
	}
	j.special[n.Ref()] = sp
}

// call judges REDUCE, INST and OBJ.
func (j *judge) call(c graph.Call) {
	n := j.callee(c.Func())
	if n == nil {
		if !j.partial(c) {
			j.find(Dangerous, RuleCallComputed, c, nil, "what is called is computed by the pickle")
			j.look(c)
		}
		return
	}
	use := UseCall
	if c.Kind() == graph.CallInst && len(c.Refs()) == 0 && n.uses(UseNew) {
		use = UseNew // an old-style instance: INST without arguments calls nothing
	}
	j.use(c, n, use)
}

// construct judges NEWOBJ and NEWOBJ_EX.
func (j *judge) construct(c graph.Call) {
	n := j.callee(c.Func())
	if n == nil {
		j.find(Dangerous, RuleCallComputed, c, nil, "the class of the new object is computed by the pickle")
		j.look(c)
		return
	}
	j.use(c, n, UseNew)
}

// use judges a call of n.
func (j *judge) use(c graph.Call, n *name, use Use) {
	switch n.verdict {
	case Dangerous:
		j.find(Dangerous, n.rule, c, n, n.why)
		j.look(c)
		if rule := n.args(); rule != "" {
			argRules[rule](j, invocationOf(c), n)
		}
		return
	case Suspicious:
		// The import has told it already.
		j.worst, j.why = Suspicious, n.why
		j.look(c)
		return
	}
	if !n.uses(use) {
		j.find(Suspicious, RuleUse, c, n, "the policy does not allow to "+useVerbs[use]+" it")
	}
	if strings.HasPrefix(n.qualname, cythonUnpickle) {
		j.cythonState(invocationOf(c))
	}
	rule := n.args()
	if rule == "" && n.cost == nil {
		return
	}
	in := invocationOf(c)
	if rule != "" {
		argRules[rule](j, in, n)
	}
	j.costs(in, n)
}

var useVerbs = map[Use]string{UseName: "name", UseCall: "call", UseNew: "make an instance of", UseBuild: "give a state to an instance of",
	UseAppend: "append to an instance of", UseItems: "set items of an instance of", UseAdd: "add to an instance of"}

// change judges what changes an object by items.
func (j *judge) change(c graph.Call, use Use) {
	switch n := c.Node(); n.Kind() {
	case graph.Global:
		j.find(Dangerous, RuleMutateGlobal, c, j.nameOf(n), "it changes something that is imported")
	case graph.Object:
		if sp := j.special[n.Ref()]; sp.is != nil {
			j.find(Dangerous, RuleMutateGlobal, c, sp.is, "it changes something that is imported")
			return
		}
		j.changeInstance(c, n, use)
	default:
		j.find(Suspicious, RulePersID, c, nil, "it changes an object of the program that loads it")
	}
}

func (j *judge) changeInstance(c graph.Call, n graph.Node, use Use) {
	switch of := j.maker(n); {
	case of == nil:
		j.worst, j.why = Dangerous, "what made the object is computed by the pickle" // as was told
	case of.verdict != Safe:
		j.worst, j.why = of.verdict, of.why // as was told
	case !of.uses(use):
		j.find(Suspicious, RuleUse, c, of, "the policy does not allow to "+useVerbs[use]+" it")
	}
}

// persistent judges PERSID and BINPERSID.
func (j *judge) persistent(c graph.Call) {
	switch {
	case j.asked:
	case torchClass(j, c.Node().PersistentID()) != nil:
	case j.s.torch:
		if why := torchStorage(j, c.Node().PersistentID()); why != "" {
			j.find(Suspicious, RulePersID, c, nil, why)
		}
	default:
		j.find(Suspicious, RulePersID, c, nil, "only the program that loads it knows what the persistent id stands for")
	}
}
