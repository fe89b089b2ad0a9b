package scan

import "github.com/go-pickle/pickle/graph"

// An object whose class has __getnewargs_ex__ is pickled at protocols 2 and 3, which have no
// NEWOBJ_EX, as functools.partial(getattr(C, "__new__"), C, *args, **kwargs)() (save_reduce in
// CPython's _pickle.c and pickle.py). What has __new__ may be a class above C.

// constructor notes that c gives __new__ of cls, which may only be held by a partial.
func (j *judge) constructor(c invocation, cls *name) {
	n := &name{module: cls.module, qualname: cls.qualname + ".__new__", text: cls.text + ".__new__",
		verdict: cls.verdict, rule: cls.rule, why: cls.why, newOf: cls}
	j.setSpecial(c.Node(), special{is: n})
	j.s.global(n.text)
	switch {
	case cls.verdict == Dangerous:
		j.find(Dangerous, cls.rule, c.Call, cls, cls.why)
	case cls.verdict == Suspicious:
		j.worst, j.why = Suspicious, cls.why // as was told
	case !cls.uses(UseNew):
		n.verdict, n.rule, n.why = Suspicious, RuleUse, "the policy does not allow to "+useVerbs[UseNew]+" it"
		j.find(Suspicious, RuleUse, c.Call, cls, n.why)
	}
}

// partial judges c if it calls what constructs an object with a partial, and reports whether it
// does.
func (j *judge) partial(c graph.Call) bool {
	held := c.Func()
	if held.Kind() != graph.Object || c.Args().Kind() != graph.Tuple || c.Args().Len() != 0 {
		return false
	}
	of := j.maker(held)
	if of == nil || of.verdict != Safe || of.module != "functools" || of.qualname != "partial" {
		return false
	}
	in := invocationOf(held.Made())
	if !in.known || len(in.refs) == 0 {
		return false
	}
	f, refs, kwargs := j.node(in.refs[0]), in.refs[1:], graph.Node{}
	changed := false
	for change := range held.Changes() {
		state := change.State()
		if changed || change.Offset() > c.Offset() || state.Kind() != graph.Tuple || state.Len() != 4 || state.Index(1).Kind() != graph.Tuple {
			return false
		}
		changed = true
		f, refs, kwargs = state.Index(0), state.Index(1).Refs(), state.Index(2)
	}
	made := j.callee(f)
	if made == nil || made.newOf == nil || len(refs) == 0 {
		return false
	}
	cls := j.callee(j.node(refs[0]))
	if cls == nil {
		return false
	}
	j.setSpecial(c.Node(), special{of: cls})
	call := invocation{Call: c, kwargs: kwargs}.hands(refs[1:], true)
	for _, n := range [...]*name{made.newOf, cls} {
		switch rule := n.args(); {
		case n.verdict != Safe:
			j.worst, j.why = max(j.worst, n.verdict), n.why // as was told
		case !n.uses(UseNew):
			j.find(Suspicious, RuleUse, c, n, "the policy does not allow to "+useVerbs[UseNew]+" it")
		case rule != "":
			argRules[rule](j, call, n)
		}
	}
	return true
}
