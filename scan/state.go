package scan

import (
	"strings"

	"github.com/go-pickle/pickle/graph"
)

// hooks are the attributes that the unpickler itself calls on an object: APPEND, APPENDS and
// ADDITEMS look them up on the instance.
var hooks = map[string]bool{"append": true, "extend": true, "add": true, "__setstate__": true}

// inert are special attributes that states of real classes have.
var inert = map[string]bool{"__doc__": true, "__module__": true, "__name__": true, "__qualname__": true, "__version__": true,
	"__annotations__": true, "__orig_class__": true, "__notes__": true}

// build judges BUILD.
func (j *judge) build(c graph.Call) {
	n := c.Node()
	switch n.Kind() {
	case graph.Global:
		j.find(Dangerous, RuleMutateGlobal, c, j.nameOf(n), "it sets attributes of something that is imported")
	case graph.Object:
		if sp := j.special[n.Ref()]; sp.is != nil {
			j.find(Dangerous, RuleMutateGlobal, c, sp.is, "it sets attributes of something that is imported")
			break
		}
		j.changeInstance(c, n, UseBuild)
		if of := j.maker(n); of != nil && of.args() == "callable" {
			if state := c.State(); state.Kind() == graph.Tuple && state.Len() > 0 {
				j.judgeCallable(c, of, state.Index(0))
			}
		}
	default:
		j.find(Suspicious, RulePersID, c, nil, "it gives a state to an object of the program that loads it")
	}
	j.state(c)
}

// state looks for attributes that arm an object.
func (j *judge) state(c graph.Call) {
	switch state := c.State(); state.Kind() {
	case graph.Dict:
		j.attributes(c, state)
	case graph.Tuple:
		if refs := state.Refs(); len(refs) == 2 {
			j.attributes(c, state.At(refs[0]))
			j.attributes(c, state.At(refs[1]))
		}
	case graph.Global:
		j.find(Suspicious, RuleUse, c, j.nameOf(state), "a class or function as state")
	}
}

// attributes judges the keys of a state, and of the __dict__ in it. A dict may be the state of
// many objects: it is looked through once.
func (j *judge) attributes(c graph.Call, dict graph.Node) {
	for inner := range 2 {
		if dict.Kind() != graph.Dict || dict.Shared() && j.states[dict.Ref()] {
			return
		}
		if dict.Shared() {
			if j.states == nil {
				j.states = make(map[graph.Ref]bool)
			}
			j.states[dict.Ref()] = true
		}
		dict = j.keys(c, dict, inner > 0)
	}
}

// keys judges the keys of a state. It returns the dict that it has as __dict__, if any.
func (j *judge) keys(c graph.Call, dict graph.Node, inner bool) (below graph.Node) {
	refs := dict.Refs()
	for i := 0; i+1 < len(refs); i += 2 {
		if j.g.KindOf(refs[i]) != graph.Str {
			continue
		}
		key := dict.At(refs[i]).Str()
		if len(key) < 3 || key[0] != '_' && key[0] != 'a' && key[0] != 'e' {
			continue
		}
		special := dunder(key) && !inert[key]
		switch value := dict.At(refs[i+1]); {
		case hooks[key] && j.maybeCallable(value), special && value.Kind() == graph.Global:
			j.find(Dangerous, RuleArm, c, nil, "the state sets "+cleanName(key)+" to something that Python calls later")
		case key == "__dict__" && value.Kind() == graph.Dict && !inner:
			if below.Valid() {
				j.find(Suspicious, RuleArm, c, nil, "the state sets __dict__ twice")
			}
			below = value
		case special && !strings.HasPrefix(key, "__pydantic_"):
			j.find(Suspicious, RuleArm, c, nil, "the state sets the special attribute "+cleanName(key))
		}
	}
	return below
}

// maybeCallable reports whether n may be something that can be called.
func (j *judge) maybeCallable(n graph.Node) bool {
	switch n.Kind() {
	case graph.Global, graph.Persistent:
		return true
	case graph.Object:
		of := j.maker(n)
		return of == nil || of.verdict != Safe || of.args() == "callable" || j.special[n.Ref()].is != nil
	}
	return false
}
