package scan

import (
	"strings"

	"github.com/go-pickle/pickle/graph"
	"github.com/go-pickle/pickle/internal/compat"
)

// extensionModule is the module of names that stand for extension codes. No module has a blank.
const extensionModule = "copyreg extension"

// A name is an imported name and what is known about it.
type name struct {
	module, qualname string
	text             string // module.name, fit to be shown
	old              string // the same as Python 2 spells it, or "" if that is the same
	verdict          Verdict
	rule             Rule
	why              string
	entry            *Entry // what allows or denies it, or nil
	classes          uint8  // for which protocols it was judged
	told             bool   // there is a finding about the import
	newOf            *name  // it is __new__ of this class
	cost             cost   // of calls, or nil
}

func (n *name) uses(u Use) bool { return n.entry != nil && !n.entry.Deny && n.entry.Uses&u != 0 }

// args is the argument rule for calls of n.
func (n *name) args() string {
	if n.entry == nil {
		return ""
	}
	return n.entry.Args
}

// The protocols between which the reading of names differs.
const (
	mapped uint8 = 1 << iota // below 3: Python 2's names
	plain
	dotted // from 4: dotted names
)

func protocolClass(p int) uint8 {
	switch {
	case p < 3:
		return mapped
	case p < 4:
		return plain
	}
	return dotted
}

// maxRealName bounds how long a module or name may be to be looked up.
const maxRealName = 1000

// maxPath bounds how many parts a dotted name may have: all its parts are looked up together
// and alone.
const maxPath = 8

// modulesByName are the modules that give away the whole interpreter if one gets at them as
// attribute of another module.
var modulesByName = map[string]bool{"os": true, "sys": true, "posix": true, "nt": true, "subprocess": true, "builtins": true,
	"pickle": true, "importlib": true, "shutil": true, "socket": true, "ctypes": true, "pty": true, "marshal": true,
	"runpy": true, "code": true, "types": true}

func private(part string) bool { return strings.HasPrefix(part, "_") }

func dunder(part string) bool {
	return len(part) > 4 && strings.HasPrefix(part, "__") && strings.HasSuffix(part, "__")
}

// judgeName judges the import of a name by the policy, as readers of a class of protocols see it.
func (p *Policy) judgeName(module, qualname string, class uint8) (n name) {
	if len(module) > maxRealName || len(qualname) > maxRealName {
		return name{verdict: Suspicious, rule: RuleGlobalUnknown, why: "the name is longer than any real one",
			text: cleanJoin(module, qualname)}
	}
	shown := qualname
	if class == mapped {
		if to, _, _ := compat.ToPython3(compat.Name{Module: module, Name: qualname}); to.Module != module || to.Name != qualname {
			old := p.judgePath(module, qualname)
			n = p.judgePath(to.Module, to.Name)
			if old.rule == RuleGlobalDeny || old.verdict > n.verdict && old.rule != RuleGlobalUnknown {
				n = old
			}
			n.old = cleanJoin(module, qualname)
			module, shown = to.Module, to.Name
		} else {
			n = p.judgePath(module, qualname)
		}
	} else {
		n = p.judgePath(module, qualname)
	}
	if class != dotted && strings.Contains(qualname, ".") {
		n.verdict, n.rule, n.entry = Suspicious, RuleNamePath, nil
		n.why = "dotted names cannot be resolved below protocol 4"
	}
	n.module, n.qualname = module, shown
	n.text = cleanJoin(module, shown)
	n.cost = callCosts[n.text]
	return n
}

// judgeAttribute judges what getattr gives for a class or module and a name in it.
func (p *Policy) judgeAttribute(module, qualname string, class uint8) (n name) {
	if class&mapped != 0 {
		if owner, attribute, ok := cutLast(qualname); ok {
			to, _, _ := compat.ToPython3(compat.Name{Module: module, Name: owner})
			module, qualname = to.Module, to.Name+"."+attribute
		}
	}
	return p.judgeName(module, qualname, dotted)
}

// method is the attribute of an instance of class, if the policy allows it by its own name, and nil
// if not. It may be private: it belongs to what the class is.
func (p *Policy) method(class *name, attribute string) *name {
	if len(class.qualname)+len(attribute) > maxRealName || strings.Contains(attribute, ".") {
		return nil
	}
	qualname := class.qualname + "." + strings.Clone(attribute)
	e := p.Lookup(class.module, qualname)
	if e == nil || e.Deny {
		return nil
	}
	if _, last, _ := cutLast(e.Name); last != attribute {
		return nil
	}
	return &name{module: class.module, qualname: qualname, text: cleanJoin(class.module, qualname), verdict: Safe, entry: e}
}

func cutLast(s string) (before, after string, ok bool) {
	i := strings.LastIndexByte(s, '.')
	if i < 0 {
		return s, "", false
	}
	return s[:i], s[i+1:], true
}

// denial is why e denies a name.
func denial(e *Entry) string {
	if e.Reason == "" {
		return "the policy denies it"
	}
	return cleanName(e.Reason)
}

// judgePath judges module and name as they are.
func (p *Policy) judgePath(module, qualname string) name {
	e := p.Lookup(module, qualname)
	switch {
	case e != nil && e.Deny:
		return name{verdict: Dangerous, rule: RuleGlobalDeny, why: denial(e), entry: e}
	case e != nil && !isPattern(e.Module) && !isPattern(e.Name):
		return name{verdict: Safe, entry: e}
	}
	path := func(why string) name { return name{verdict: Dangerous, rule: RuleNamePath, why: why} }
	parts := splitParts(qualname)
	if len(parts) > maxPath {
		return path("the name has more parts than any real one")
	}
	if len(parts) == 1 {
		switch bare := strings.TrimLeft(qualname, "_"); {
		case dunder(qualname):
			return path("the name is internal to Python")
		case modulesByName[bare] && bare != module:
			return path("it gets at the module " + bare + " through another one")
		case e != nil:
			return name{verdict: Safe, entry: e}
		}
		return name{verdict: Suspicious, rule: RuleGlobalUnknown, why: "nobody allowed this name"}
	}
	for i, part := range parts {
		if private(part) {
			return path("the name goes through what is private: " + cleanName(part))
		}
		if i == len(parts)-1 {
			break
		}
		if prefix := p.Lookup(module, strings.Join(parts[:i+1], ".")); prefix != nil && prefix.Deny {
			return path("the name goes through " + cleanName(module+"."+strings.Join(parts[:i+1], ".")) + ", which is denied: " + denial(prefix))
		}
	}
	// A package has its submodules as attributes.
	for i := 1; i < len(parts); i++ {
		m, n := module+"."+strings.Join(parts[:i], "."), strings.Join(parts[i:], ".")
		if below := p.Lookup(m, n); below != nil && below.Deny {
			return path("the name leads to " + cleanName(m+"."+n) + ", which is denied: " + denial(below))
		}
	}
	for i, part := range parts {
		if modulesByName[part] {
			return path("the name goes through the module " + part)
		}
		// What follows a module that this one imported is a name of that module.
		if !p.deniesBelow(part) {
			continue
		}
		for j := i + 1; j < len(parts); j++ {
			m, n := strings.Join(parts[i:j], "."), strings.Join(parts[j:], ".")
			switch tail := p.Lookup(m, n); {
			case tail == nil:
			case tail.Deny:
				return path("the name leads to " + cleanName(m+"."+n) + ", which is denied: " + denial(tail))
			case guarded[tail.Args]:
				return path("the name leads to " + cleanName(m+"."+n) + ", whose arguments are bounded, and the name would leave them unjudged")
			}
		}
	}
	if e != nil {
		return name{verdict: Safe, entry: e}
	}
	return name{verdict: Suspicious, rule: RuleGlobalUnknown, why: "nobody allowed this name"}
}

// name returns what is known about the Global node n, which is imported at offset.
func (j *judge) name(n graph.Node, offset int64) *name {
	class := dotted
	if j.spelled {
		class = protocolClass(j.g.ProtocolAt(offset))
	}
	if j.lastName != nil && j.lastRef == n.Ref() && j.lastName.classes&class != 0 {
		return j.lastName
	}
	known := j.names[n.Ref()]
	if known == nil || known.classes&class == 0 {
		module, qualname := n.Global()
		var fresh name
		if module == extensionModule {
			fresh = name{verdict: Suspicious, rule: RuleExt, text: "extension(" + qualname + ")",
				why: "only the program that loads it knows what extension code " + qualname + " stands for"}
		} else {
			fresh = j.s.policy.judgeName(module, qualname, class)
		}
		if known == nil {
			known = &fresh
			if j.names == nil {
				j.names = make(map[graph.Ref]*name)
			}
			j.names[n.Ref()] = known
		} else if fresh.verdict > known.verdict {
			fresh.classes = known.classes
			*known = fresh
		}
		known.classes |= class
	}
	j.lastRef, j.lastName = n.Ref(), known
	return known
}

// nameOf is the name of a Global node that was imported before.
func (j *judge) nameOf(n graph.Node) *name {
	if j.lastName != nil && j.lastRef == n.Ref() {
		return j.lastName
	}
	if known := j.names[n.Ref()]; known != nil {
		j.lastRef, j.lastName = n.Ref(), known
		return known
	}
	return j.name(n, 0)
}
