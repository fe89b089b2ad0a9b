package scan

import (
	"strings"

	"github.com/go-pickle/pickle/graph"
)

// Rules for constructors that call, or give to what they make, more than they seem to.

// argsRandom judges the constructors of numpy's random generators, which call the class or function
// that they are given: only those of numpy.random itself.
func argsRandom(j *judge, c invocation, n *name) {
	if !c.known || c.handed || c.kwargs.Valid() {
		j.badArgs(c, n, "its arguments are computed")
		return
	}
	for _, r := range c.refs {
		switch arg := j.node(r); arg.Kind() {
		case graph.Str, graph.None:
		case graph.Global, graph.Object:
			of := j.callee(arg)
			if of == nil {
				of = j.maker(arg)
			}
			switch {
			case of == nil || of.verdict != Safe: // as was told
			case of.module != "numpy.random" && !strings.HasPrefix(of.module, "numpy.random."):
				j.badArgs(c, n, "it calls "+of.text+", which is no random generator of numpy")
				return
			}
		default:
			j.badArgs(c, n, "these are no random generators of numpy")
			return
		}
	}
}

// argsTypeOf judges type(x): with three arguments type makes a class, whose bases and items Python
// calls.
func argsTypeOf(j *judge, c invocation, n *name) {
	if c.known && !c.handed && len(c.refs) == 1 && !c.kwargs.Valid() {
		argsNames(j, c, n)
		return
	}
	j.badArgs(c, n, "the policy allows type only to ask for the type of something")
}

// argsParameter judges torch._utils._rebuild_parameter_with_state(data, requires_grad, hooks, state),
// which sets attributes.
func argsParameter(j *judge, c invocation, n *name) {
	if !c.known {
		j.badArgs(c, n, "its arguments are computed")
	} else if state := j.arg(c, 3); state.Valid() {
		j.stateOf(c.Call, state)
	}
}

// cythonUnpickle is what the names of Cython's functions begin with that make an object of a class, a
// checksum and a state: the last item of the state, if it is a dict, is that of the object.
const cythonUnpickle = "__pyx_unpickle_"

// cythonState judges the state in the arguments of such a function.
func (j *judge) cythonState(c invocation) {
	switch state := j.arg(c, 2); state.Kind() {
	case graph.Tuple:
		if refs := state.Refs(); len(refs) > 0 {
			j.attributes(c.Call, j.node(refs[len(refs)-1]), maxStates)
		}
	case graph.Dict, graph.Object:
		j.attributes(c.Call, state, maxStates)
	}
}

// argsZone judges what makes times with a zone, or types of such, by the zone's name: behind
// "dateutil/" pandas takes a path for one.
func argsZone(j *judge, c invocation, n *name) {
	refs := c.refs
	if c.kwargs.Valid() {
		refs = append(refs[:len(refs):len(refs)], c.kwargs.Refs()...)
	}
	for _, r := range refs[:min(len(refs), maxLooked)] {
		if arg := j.node(r); arg.Kind() == graph.Str {
			if _, zone, ok := strings.Cut(arg.Str(), "dateutil/"); ok && (strings.HasPrefix(strings.TrimPrefix(zone, ":"), "/") || strings.Contains(zone, "..")) {
				j.badArgs(c, n, "the name of the time zone is a path, which is opened")
				return
			}
		}
	}
}
