package scan

import (
	"strings"

	"github.com/go-pickle/pickle/graph"
)

// argRules are the rules for arguments that a policy may name; policy/README.md describes them.
// Each judges a call c of n, which may be denied: then it only adds what is inside. They are set
// in init because they call each other.
var argRules map[string]func(j *judge, c graph.Call, n *name)

func init() {
	argRules = map[string]func(j *judge, c graph.Call, n *name){
		"none":     argsNone,
		"data":     argsData,
		"names":    argsNames,
		"callable": argsCallable,
		"class":    argsClass,
		"newobj":   argsNewObj,
		"getattr":  argsGetattr,
		"pickle":   argsPickle,
		"decode":   argsDecode,
		"encoding": argsEncoding,
		"tensor":   argsTensor,
		"code":     argsCode,
	}
}

// args are the arguments of c, not known if they are computed.
func args(c graph.Call) (refs []graph.Ref, known bool) {
	if c.Kind() == graph.CallInst {
		return c.Refs(), true
	}
	switch a := c.Args(); a.Kind() {
	case graph.Tuple, graph.List:
		return a.Refs(), true
	}
	return nil, false
}

func (j *judge) node(r graph.Ref) graph.Node { return j.g.Node(r) }

// arg is argument i of c, invalid if there is none or it is not known.
func (j *judge) arg(c graph.Call, i int) graph.Node {
	if refs, _ := args(c); i < len(refs) {
		return j.node(refs[i])
	}
	return graph.Node{}
}

// badArgs is the finding that arguments are not those that the policy allows.
func (j *judge) badArgs(c graph.Call, n *name, why string) {
	if n.verdict == Safe {
		j.find(Suspicious, RuleArgs, c, n, why)
	}
}

func argsNone(j *judge, c graph.Call, n *name) {
	if refs, known := args(c); !known || len(refs) > 0 || c.Kwargs().Valid() {
		j.badArgs(c, n, "the policy allows no arguments")
	}
}

func argsData(j *judge, c graph.Call, n *name) {
	if !j.plainArgs(c, false) {
		j.badArgs(c, n, "the policy allows only plain data as arguments")
	}
}

func argsNames(j *judge, c graph.Call, n *name) {
	if !j.plainArgs(c, true) {
		j.badArgs(c, n, "the policy allows only plain data and names as arguments")
	}
}

// plainArgs reports whether the arguments of c are data, and names if those are allowed. What
// was looked at once is not looked at again: if there was something else in it, the call that it
// belonged to was told of.
func (j *judge) plainArgs(c graph.Call, names bool) bool {
	refs, known := args(c)
	if !known {
		return false
	}
	todo := append([]graph.Ref(nil), refs...)
	if kwargs := c.Kwargs(); kwargs.Valid() {
		todo = append(todo, kwargs.Ref())
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

// judgeCallable judges f as if it were called, which c of the callable n does.
func (j *judge) judgeCallable(c graph.Call, n *name, f graph.Node) {
	if f.Kind() == graph.None {
		return
	}
	switch called := j.callee(f); {
	case called != nil && called.verdict == Dangerous:
		j.find(Dangerous, called.rule, c, called, called.why)
	case called != nil && called.verdict == Suspicious:
		j.badArgs(c, n, "it calls "+called.text+", which nobody allowed")
	case called != nil && !called.uses(UseCall):
		j.badArgs(c, n, "it calls "+called.text+", and the policy does not allow to call that")
	case called != nil:
	case f.Kind() == graph.Object:
		if of := j.maker(f); of != nil && of.verdict == Safe && of.args() == "callable" {
			return // a partial of what was judged
		}
		j.find(Dangerous, RuleCallComputed, c, n, "it calls what the pickle computes")
	case f.Kind() == graph.Persistent:
		j.find(Dangerous, RuleCallComputed, c, n, "it calls what the pickle computes")
	default:
		j.badArgs(c, n, "it calls something that cannot be called")
	}
}

func argsCallable(j *judge, c graph.Call, n *name) {
	refs, known := args(c)
	switch {
	case !known:
		j.badArgs(c, n, "its arguments are computed")
	case len(refs) > 0:
		j.judgeCallable(c, n, j.node(refs[0]))
	}
}

// class judges argument i of c as a class of which an instance is made, and returns it.
func (j *judge) class(c graph.Call, n *name, i int) *name {
	cls := j.arg(c, i)
	called := j.callee(cls)
	switch {
	case called == nil && (cls.Kind() == graph.Object || cls.Kind() == graph.Persistent || !cls.Valid()):
		if n.verdict != Dangerous {
			j.find(Dangerous, RuleCallComputed, c, n, "the class of the new object is computed by the pickle")
		}
	case called == nil:
		j.badArgs(c, n, "it makes an instance of what is no class")
	case called.verdict == Dangerous:
		j.find(Dangerous, called.rule, c, called, called.why)
	case called.verdict == Suspicious:
		j.worst, j.why = max(j.worst, Suspicious), called.why
	case !called.uses(UseNew):
		j.badArgs(c, n, "the policy does not allow to make an instance of "+called.text)
	}
	return called
}

func argsClass(j *judge, c graph.Call, n *name) {
	if of := j.class(c, n, 0); of != nil {
		j.setSpecial(c.Node(), special{of: of})
	}
}

func argsNewObj(j *judge, c graph.Call, n *name) { argsClass(j, c, n) }

// argsGetattr judges getattr(X, "name") as the name X.name.
func argsGetattr(j *judge, c graph.Call, n *name) {
	of, attribute := j.arg(c, 0), j.arg(c, 1)
	if attribute.Kind() != graph.Str {
		j.find(Dangerous, RuleNameComputed, c, n, "the name of the attribute is computed")
		return
	}
	var module, qualname string
	switch of.Kind() {
	case graph.Global:
		module, qualname = of.Global()
	case graph.Object:
		sp := j.special[of.Ref()]
		if sp.is == nil {
			j.find(Dangerous, RuleNameComputed, c, n, "it gets an attribute of what the pickle computes")
			return
		}
		module, qualname = sp.is.module, sp.is.qualname
	default:
		module, qualname = "builtins", of.Kind().String()
		if n.verdict == Dangerous {
			return
		}
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
	j.setSpecial(c.Node(), special{is: &found})
	j.s.global(found.text)
	if found.verdict != Safe {
		j.find(found.verdict, found.rule, c, &found, found.why)
	}
}

func argsCode(j *judge, c graph.Call, n *name) {
	if n.verdict == Safe {
		j.find(Dangerous, RuleCode, c, n, "its arguments are code")
	}
}

// latin1 are the encodings that turn a str into bytes and cannot fail in an interesting way.
var textEncodings = map[string]bool{"latin1": true, "latin-1": true, "latin_1": true, "iso-8859-1": true, "iso8859-1": true, "iso8859_1": true,
	"utf-8": true, "utf8": true, "utf_8": true, "ascii": true, "us-ascii": true, "utf-16": true, "utf-32": true, "utf-16-le": true,
	"utf-16-be": true, "utf-32-le": true, "utf-32-be": true, "raw_unicode_escape": true, "raw-unicode-escape": true, "unicode_escape": true}

func argsEncoding(j *judge, c graph.Call, n *name) {
	refs, known := args(c)
	if !known || len(refs) == 0 || len(refs) > 3 {
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
