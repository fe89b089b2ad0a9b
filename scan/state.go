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
				held := state.Index(1)
				in := invocation{Call: c}
				j.judgeCallable(in.hands(held.Refs(), !held.Valid() || held.Kind() == graph.Tuple), of, state.Index(0))
			} else if state.Kind() == graph.Object || state.Kind() == graph.Persistent {
				j.find(Suspicious, RuleArgs, c, of, "nobody can tell what it will call")
			}
		} else if of != nil && of.args() == "distribution" {
			j.distributionState(c, of)
		} else if of != nil && of.module == "numpy" && of.qualname == "dtype" {
			j.dtypeState(c, of)
		} else if of != nil {
			j.arrayState(c, of)
		}
	default:
		j.find(Suspicious, RulePersID, c, nil, "it gives a state to an object of the program that loads it")
	}
	j.stateOf(c, c.State())
}

// stateOf looks for attributes that arm an object in a state that c gives it.
func (j *judge) stateOf(c graph.Call, state graph.Node) {
	switch state.Kind() {
	case graph.Tuple:
		if refs := state.Refs(); len(refs) == 2 {
			j.attributes(c, state.At(refs[0]), maxStates)
			j.attributes(c, state.At(refs[1]), maxStates)
		}
	case graph.Global:
		j.find(Suspicious, RuleUse, c, j.nameOf(state), "a class or function as state")
	default:
		j.attributes(c, state, maxStates)
	}
}

// maxStates bounds how many dicts in each other, as __dict__ or as argument of a subclass of dict,
// are looked through.
const maxStates = 4

// attributes judges the keys of a state, which is a dict or an instance of a subclass of dict. One
// may be the state of many objects: it is looked through once.
func (j *judge) attributes(c graph.Call, state graph.Node, levels int) {
	kind := state.Kind()
	if kind != graph.Dict && kind != graph.Object {
		return
	}
	if levels == 0 {
		j.find(Suspicious, RuleArm, c, nil, "the state is in more dicts than are looked into")
		return
	}
	if j.again(state) {
		return
	}
	if kind == graph.Dict {
		j.keys(c, state, state.Refs(), levels)
		return
	}
	for change := range state.Changes() {
		if change.Kind() == graph.SetItems {
			j.keys(c, state, change.Refs(), levels)
		}
	}
	in := invocationOf(state.Made())
	if in.kwargs.Valid() {
		j.attributes(c, in.kwargs, levels-1)
	}
	for i := range in.refs[:min(len(in.refs), maxLooked)] {
		switch arg := j.arg(in, i); arg.Kind() {
		case graph.Dict, graph.Object:
			j.attributes(c, arg, levels-1)
		case graph.List, graph.Tuple:
			if j.again(arg) {
				continue
			}
			for pair := range arg.Items() { // of keys and values
				if refs := pair.Refs(); len(refs) == 2 {
					j.keys(c, arg, refs, levels)
				}
			}
		}
	}
}

// again reports whether n was looked through as part of a state before.
func (j *judge) again(n graph.Node) bool {
	if !n.Shared() {
		return false
	}
	if j.states[n.Ref()] {
		return true
	}
	if j.states == nil {
		j.states = make(map[graph.Ref]bool)
	}
	j.states[n.Ref()] = true
	return false
}

// keys judges keys and values that become attributes.
func (j *judge) keys(c graph.Call, of graph.Node, refs []graph.Ref, levels int) {
	for i := 0; i+1 < len(refs); i += 2 {
		switch j.g.KindOf(refs[i]) {
		case graph.Str:
		case graph.Object:
			if j.maybeCallable(of.At(refs[i+1])) {
				j.find(Suspicious, RuleArm, c, nil, "the state sets an attribute to something that can be called, and computes its name")
			}
			continue
		default:
			continue
		}
		key := of.At(refs[i]).Str()
		if len(key) < 3 || key[0] != '_' && key[0] != 'a' && key[0] != 'e' {
			continue
		}
		special := dunder(key) && !inert[key]
		switch value := of.At(refs[i+1]); {
		case hooks[key] && j.maybeCallable(value), special && value.Kind() == graph.Global:
			j.find(Dangerous, RuleArm, c, nil, "the state sets "+cleanName(key)+" to something that Python calls later")
		case key == "__dict__" && value.Kind() == graph.Dict:
			j.attributes(c, value, levels-1)
		case special && !strings.HasPrefix(key, "__pydantic_"):
			j.find(Suspicious, RuleArm, c, nil, "the state sets the special attribute "+cleanName(key))
		}
	}
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
