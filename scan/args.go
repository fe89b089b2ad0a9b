package scan

import (
	"strings"

	"github.com/go-pickle/pickle/graph"
)

// argRules are the rules for arguments that a policy may name; policy/README.md describes them.
// Each judges an invocation of n, which may be denied: then it only adds what is inside. They are
// set in init because they call each other.
var argRules map[string]func(j *judge, c invocation, n *name)

// An invocation is a call with its arguments: those in the pickle, or those that a function which
// is called hands on to another one. Then there may be more of them, which come later.
type invocation struct {
	graph.Call
	refs   []graph.Ref
	known  bool // refs are what there is; else they are computed
	kwargs graph.Node
	handed bool // it is not the call itself
}

// invocationOf is the call c.
func invocationOf(c graph.Call) invocation {
	in := invocation{Call: c, kwargs: c.Kwargs()}
	switch a := c.Args(); {
	case c.Kind() == graph.CallInst:
		in.refs, in.known = c.Refs(), true
	case a.Kind() == graph.Tuple, a.Kind() == graph.List:
		in.refs, in.known = a.Refs(), true
	}
	return in
}

// hands is what c calls if it hands the arguments refs on.
func (c invocation) hands(refs []graph.Ref, known bool) invocation {
	c.refs, c.known, c.handed = refs, known, true
	return c
}

func init() {
	argRules = map[string]func(j *judge, c invocation, n *name){
		"none":         argsNone,
		"random":       argsRandom,
		"typeof":       argsTypeOf,
		"parameter":    argsParameter,
		"zone":         argsZone,
		"data":         argsData,
		"names":        argsNames,
		"callable":     argsCallable,
		"mapped":       argsMapped,
		"union":        argsUnion,
		"apply":        argsApply,
		"class":        argsReconstructor,
		"newobj":       argsNewObj,
		"getattr":      argsGetattr,
		"import":       argsImport,
		"pickle":       argsPickle,
		"decode":       argsDecode,
		"encoding":     argsEncoding,
		"tensor":       argsTensor,
		"code":         argsCode,
		"distribution": argsDistribution,
	}
}

func (j *judge) node(r graph.Ref) graph.Node { return j.g.Node(r) }

// arg is argument i of c, invalid if there is none or it is not known.
func (j *judge) arg(c invocation, i int) graph.Node {
	if i < len(c.refs) {
		return j.node(c.refs[i])
	}
	return graph.Node{}
}

// badArgs is the finding that arguments are not those that the policy allows.
func (j *judge) badArgs(c invocation, n *name, why string) {
	if n.verdict == Safe {
		j.find(Suspicious, RuleArgs, c.Call, n, why)
	}
}

func argsNone(j *judge, c invocation, n *name) {
	if !c.known || len(c.refs) > 0 || c.kwargs.Valid() {
		j.badArgs(c, n, "the policy allows no arguments")
	}
}

func argsData(j *judge, c invocation, n *name) {
	if !j.plainArgs(c, false) {
		j.badArgs(c, n, "the policy allows only plain data as arguments")
	}
}

func argsNames(j *judge, c invocation, n *name) {
	if !j.plainArgs(c, true) {
		j.badArgs(c, n, "the policy allows only plain data and names as arguments")
	}
}

// plainArgs reports whether the arguments of c are data, and names if those are allowed. What
// was looked at once is not looked at again: if there was something else in it, the call that it
// belonged to was told of.
func (j *judge) plainArgs(c invocation, names bool) bool {
	if !c.known {
		return false
	}
	todo := append([]graph.Ref(nil), c.refs...)
	if c.kwargs.Valid() {
		todo = append(todo, c.kwargs.Ref())
	}
	which := 0
	if names {
		which = 1
	}
	ok := true
	for len(todo) > 0 {
		r := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		switch j.g.KindOf(r) {
		case graph.Tuple, graph.List, graph.Dict, graph.Set, graph.FrozenSet:
			n := j.node(r)
			if n.Shared() {
				if j.visited[which][r] {
					continue
				}
				if j.visited[which] == nil {
					j.visited[which] = make(map[graph.Ref]bool)
				}
				j.visited[which][r] = true
			}
			todo = append(todo, n.Refs()...)
		case graph.Global:
			ok = ok && names
		case graph.Object:
			of := j.maker(j.node(r))
			ok = ok && of != nil && of.verdict == Safe && of.args() != "callable" && j.special[r].is == nil
		case graph.Persistent, graph.Invalid:
			ok = false
		}
	}
	return ok
}

// judgeCallable judges f as if it were called with what c hands on, which the callable n does.
func (j *judge) judgeCallable(c invocation, n *name, f graph.Node) {
	if f.Kind() == graph.None {
		return
	}
	switch called := j.callee(f); {
	case called != nil && called.verdict == Dangerous:
		j.find(Dangerous, called.rule, c.Call, called, called.why)
	case called != nil && called.verdict == Suspicious:
		j.badArgs(c, n, "it calls "+called.text+", which nobody allowed")
	case called != nil && called.newOf != nil:
		if len(c.refs) > 0 {
			j.class(c, n, 0)
		}
	case called != nil && !called.uses(UseCall):
		j.badArgs(c, n, "it calls "+called.text+", and the policy does not allow to call that")
	case called != nil:
		j.costs(c, called)
		if rule := called.args(); rule != "" {
			if j.handing++; j.handing > maxHanding {
				j.badArgs(c, n, "it hands calls on to too many others")
			} else {
				argRules[rule](j, c, called)
			}
			j.handing--
		}
	case f.Kind() == graph.Object:
		switch of := j.maker(f); {
		case of == nil || of.verdict != Safe:
		case of.args() == "callable":
			return // a partial, which was judged with what it holds
		case of.args() == "getattr" && j.ofInstance(f):
			j.badArgs(c, n, "it calls a method of an instance")
			return
		}
		j.find(Dangerous, RuleCallComputed, c.Call, n, "it calls what the pickle computes")
	case f.Kind() == graph.Persistent:
		j.find(Dangerous, RuleCallComputed, c.Call, n, "it calls what the pickle computes")
	default:
		j.badArgs(c, n, "it calls something that cannot be called")
	}
}

// maxHanding bounds how many functions in a row may hand on a call.
const maxHanding = 8

func argsCallable(j *judge, c invocation, n *name) {
	switch {
	case !c.known:
		j.badArgs(c, n, "its arguments are computed")
	case len(c.refs) > 0:
		j.judgeCallable(c.hands(c.refs[1:], true), n, j.node(c.refs[0]))
	}
}

// argsMapped judges an iterator that will call its function for what it goes through: that can't be
// judged, so that the function decides whether it is suspicious or dangerous.
func argsMapped(j *judge, c invocation, n *name) {
	at := 0
	if n.qualname == "accumulate" {
		at = 1
	}
	switch f := j.arg(c, at); {
	case !c.known:
		j.badArgs(c, n, "its arguments are computed")
	case !f.Valid() || f.Kind() == graph.None:
		if c.handed && at >= len(c.refs) {
			j.badArgs(c, n, "nobody can tell what it will call")
		}
	default:
		if of := j.callee(f); of != nil && of.verdict == Safe && guarded[of.args()] {
			j.find(Dangerous, RuleArgs, c.Call, n, "it calls "+of.text+" for what it goes through")
			return
		}
		j.judgeCallable(c.hands(nil, false), n, f)
		j.badArgs(c, n, "it calls a function for what it goes through")
	}
}

// maxUnion is how many types a union may have.
const maxUnion = 100

// argsUnion judges functools.reduce, which is allowed for operator.or_ and types: that is how
// Python pickles int | str before 3.14.
func argsUnion(j *judge, c invocation, n *name) {
	or, items := j.callee(j.arg(c, 0)), j.arg(c, 1)
	union := c.known && !c.handed && len(c.refs) == 2 && or != nil && or.verdict == Safe && items.Kind() == graph.Tuple &&
		or.qualname == "or_" && (or.module == "operator" || or.module == "_operator")
	if !union {
		if n.verdict == Safe {
			j.find(Dangerous, RuleArgs, c.Call, n, "it calls what it is given")
		}
		return
	}
	if items.Len() > maxUnion {
		j.badArgs(c, n, "it makes a union of very many types")
		return
	}
	for _, r := range items.Refs() {
		switch item := j.node(r); item.Kind() {
		case graph.None:
		case graph.Global, graph.Object:
			if of := j.callee(item); of != nil && (of.verdict != Safe || of.newOf != nil) {
				j.badArgs(c, n, "it makes a union of what nobody allowed")
			} else if of == nil {
				if of = j.maker(item); of == nil || of.verdict != Safe {
					j.badArgs(c, n, "it makes a union of what nobody allowed")
				}
			}
		default:
			j.badArgs(c, n, "it makes a union of what is no type")
			return
		}
	}
}

// argsApply judges f(g, type, args, ...), which calls g(*args) and may set attributes of what that
// gives.
func argsApply(j *judge, c invocation, n *name) {
	if !c.known || len(c.refs) < 3 {
		j.badArgs(c, n, "there is not what it calls and its arguments")
		return
	}
	inner := j.node(c.refs[2])
	j.judgeCallable(c.hands(inner.Refs(), inner.Kind() == graph.Tuple), n, j.node(c.refs[0]))
	if len(c.refs) > 3 {
		j.stateOf(c.Call, j.node(c.refs[3]))
	}
}

// class judges argument i of c as a class of which an instance is made, and returns it.
func (j *judge) class(c invocation, n *name, i int) *name {
	cls := j.arg(c, i)
	called := j.callee(cls)
	switch {
	case called == nil && (cls.Kind() == graph.Object || cls.Kind() == graph.Persistent || !cls.Valid()):
		if n.verdict != Dangerous {
			j.find(Dangerous, RuleCallComputed, c.Call, n, "the class of the new object is computed by the pickle")
		}
	case called == nil:
		j.badArgs(c, n, "it makes an instance of what is no class")
	case called.verdict == Dangerous:
		j.find(Dangerous, called.rule, c.Call, called, called.why)
	case called.verdict == Suspicious:
		j.worst, j.why = max(j.worst, Suspicious), called.why
	case !called.uses(UseNew):
		j.badArgs(c, n, "the policy does not allow to make an instance of "+called.text)
	}
	return called
}

func argsClass(j *judge, c invocation, n *name) {
	of := j.class(c, n, 0)
	if of == nil || c.handed {
		return
	}
	j.setSpecial(c.Node(), special{of: of})
}

// bases are the classes that may be the base in copyreg._reconstructor whatever the policy has:
// it writes no others.
var bases = map[string]bool{"object": true, "int": true, "float": true, "complex": true, "str": true, "bytes": true, "bytearray": true,
	"tuple": true, "list": true, "dict": true, "set": true, "frozenset": true}

// argsReconstructor is argsClass, and judges the base of copyreg._reconstructor(class, base, state),
// whose __new__ and __init__ that calls.
func argsReconstructor(j *judge, c invocation, n *name) {
	argsClass(j, c, n)
	if n.qualname != "_reconstructor" {
		return
	}
	base := j.arg(c, 1)
	switch of := j.callee(base); {
	case of == nil && (base.Kind() == graph.Object || base.Kind() == graph.Persistent):
		j.find(Dangerous, RuleCallComputed, c.Call, n, "the base of the new object is computed by the pickle")
	case of == nil || of.verdict != Safe: // as was told
	case of.uses(UseCall), of.module == "builtins" && bases[of.qualname]:
	default:
		j.badArgs(c, n, "it calls __init__ of "+of.text+", and the policy does not allow to call that")
	}
}

func argsNewObj(j *judge, c invocation, n *name) { argsClass(j, c, n) }

// argsGetattr judges getattr(X, "name") as the name X.name.
func argsGetattr(j *judge, c invocation, n *name) {
	of, attribute := j.arg(c, 0), j.arg(c, 1)
	if attribute.Kind() != graph.Str {
		j.find(Dangerous, RuleNameComputed, c.Call, n, "the name of the attribute is computed")
		return
	}
	if cls := j.callee(of); cls != nil && attribute.Str() == "__new__" && n.verdict == Safe && !c.handed {
		j.constructor(c, cls)
		return
	}
	var module, qualname string
	switch of.Kind() {
	case graph.Global:
		module, qualname = of.Global()
	case graph.Object:
		sp := j.special[of.Ref()]
		if sp.is == nil {
			if maker := j.maker(of); maker != nil && maker.verdict == Safe && maker.args() == "encoding" && n.verdict == Safe {
				module, qualname = "builtins", "bytes" // as protocol 2 has it
				break
			} else if maker != nil && maker.verdict == Safe && maker.uses(UseBuild) && n.verdict == Safe && !dunder(attribute.Str()) {
				if found := j.s.policy.method(maker, attribute.Str()); found != nil && !c.handed {
					j.looked(c, n, found)
					return
				}
				if maker.args() == "distribution" && !c.handed {
					return // their states hold their own methods
				}
				j.badArgs(c, n, "it gets an attribute of an instance of "+maker.text+", such as a method")
				return
			}
			j.find(Dangerous, RuleNameComputed, c.Call, n, "it gets an attribute of what the pickle computes")
			return
		}
		module, qualname = sp.is.module, sp.is.qualname
	default:
		module, qualname = "builtins", of.Kind().String()
		if n.verdict == Dangerous {
			return
		}
	}
	if c.handed {
		j.badArgs(c, n, "it hands an attribute on to something else")
		return
	}
	if module == extensionModule || len(qualname)+attribute.Len() > 1000 {
		j.badArgs(c, n, "it gets an attribute of what nobody knows")
		return
	}
	class := dotted
	if of.Kind() == graph.Global && j.spelled && j.nameOf(of).classes&mapped != 0 {
		class |= mapped
	}
	found := j.s.policy.judgeAttribute(module, qualname+"."+strings.Clone(attribute.Str()), class)
	j.looked(c, n, &found)
}

// ofInstance reports whether f, which getattr gave, is an attribute of an instance that is allowed.
func (j *judge) ofInstance(f graph.Node) bool {
	in := invocationOf(f.Made())
	of := j.arg(in, 0)
	maker := j.maker(of)
	return of.Kind() == graph.Object && j.special[of.Ref()].is == nil && maker != nil && maker.verdict == Safe &&
		j.arg(in, 1).Kind() == graph.Str && !dunder(j.arg(in, 1).Str())
}

// argsImport judges f("module", "name") as the name module.name.
func argsImport(j *judge, c invocation, n *name) {
	if !c.known || c.handed || len(c.refs) != 2 || j.g.KindOf(c.refs[0]) != graph.Str || j.g.KindOf(c.refs[1]) != graph.Str {
		j.find(Dangerous, RuleNameComputed, c.Call, n, "the name that it imports is computed")
		return
	}
	module, qualname := j.node(c.refs[0]).Str(), j.node(c.refs[1]).Str()
	if len(module)+len(qualname) > maxRealName {
		j.badArgs(c, n, "the name is longer than any real one")
		return
	}
	found := j.s.policy.judgeName(strings.Clone(module), strings.Clone(qualname), plain)
	j.looked(c, n, &found)
}

// looked notes that c, a call of n, gives what the name found stands for.
func (j *judge) looked(c invocation, n *name, found *name) {
	j.setSpecial(c.Node(), special{is: found})
	j.s.global(found.text)
	switch {
	case found.verdict != Safe:
		j.find(found.verdict, found.rule, c.Call, found, found.why)
	case guarded[found.args()]: // which are allowed by their own names alone: see values
		j.badArgs(c, n, "it gets at a function whose arguments are bounded")
	}
}

func argsCode(j *judge, c invocation, n *name) {
	if n.verdict == Safe {
		j.find(Dangerous, RuleCode, c.Call, n, "its arguments are code")
	}
}

// latin1 are the encodings that turn a str into bytes and cannot fail in an interesting way.
var textEncodings = map[string]bool{"latin1": true, "latin-1": true, "latin_1": true, "iso-8859-1": true, "iso8859-1": true, "iso8859_1": true,
	"utf-8": true, "utf8": true, "utf_8": true, "ascii": true, "us-ascii": true, "utf-16": true, "utf-32": true, "utf-16-le": true,
	"utf-16-be": true, "utf-32-le": true, "utf-32-be": true, "raw_unicode_escape": true, "raw-unicode-escape": true, "unicode_escape": true}

func argsEncoding(j *judge, c invocation, n *name) {
	refs := c.refs
	if !c.known || len(refs) == 0 || len(refs) > 3 {
		j.badArgs(c, n, "its arguments are not a text and the name of an encoding")
		return
	}
	switch j.g.KindOf(refs[0]) {
	case graph.Str, graph.Bytes, graph.ByteArray:
	default:
		j.badArgs(c, n, "what it encodes is no text")
		return
	}
	if len(refs) > 1 {
		e := j.node(refs[1])
		if e.Kind() != graph.Str || !textEncodings[strings.ToLower(e.Str())] {
			j.badArgs(c, n, "it is not an encoding of text")
			return
		}
	}
	if len(refs) > 2 && j.node(refs[2]).Kind() != graph.Str {
		j.badArgs(c, n, "the error handler is no str")
		return
	}
}
