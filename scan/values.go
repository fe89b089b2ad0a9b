package scan

import "github.com/go-pickle/pickle/graph"

// guarded are the argument rules of functions that do harm with other arguments than those that
// the rule allows. Such a function must not be a value: whoever calls it later gives it what
// nobody judged.
var guarded = map[string]bool{"pickle": true, "getattr": true, "import": true, "code": true, "apply": true, "mapped": true, "union": true}

// values looks for allowed functions with guarded arguments that are used as values: it goes
// through all items of the pickle if it imports one.
func (j *judge) values() {
	functions := make(map[graph.Ref]*name)
	for r, n := range j.names {
		if n.verdict == Safe && guarded[n.args()] {
			functions[r] = n
		}
	}
	if len(functions) == 0 {
		return
	}
	// What a function gets to call was judged together with its arguments.
	judged := make(map[graph.Ref]bool)
	for c := range j.g.NewCalls() {
		if n := j.callee(c.Func()); n != nil && (n.args() == "callable" || n.args() == "apply") {
			if args := c.Args(); !args.Shared() {
				judged[args.Ref()] = true
			}
		}
	}
	told := make(map[graph.Ref]bool)
	look := func(c graph.Call, refs []graph.Ref) {
		for _, r := range refs {
			if n := functions[r]; n != nil && !told[r] {
				told[r] = true
				f := j.finding(Suspicious, RuleUse, c, n, "the function is allowed only to be called by the pickle itself, not as a value")
				if c.Kind() == graph.NoCall {
					f.Offset = -1
				}
				j.s.add(f)
			}
		}
	}
	for n := range j.g.Nodes() {
		refs := n.Refs()
		if judged[n.Ref()] && len(refs) > 0 && n.Kind() == graph.Tuple {
			refs = refs[1:]
		}
		look(graph.Call{}, refs)
	}
	for c := range j.g.NewCalls() {
		switch c.Kind() {
		case graph.FindClass:
		case graph.CallInst:
			refs := c.Refs()
			if n := j.callee(c.Func()); n != nil && len(refs) > 0 && (n.args() == "callable" || n.args() == "apply") {
				refs = refs[1:]
			}
			look(c, refs)
		default:
			look(c, c.Refs())
			if state := c.State(); state.Valid() {
				look(c, []graph.Ref{state.Ref()})
			}
		}
	}
	if root := j.g.Root(); root.Valid() {
		look(graph.Call{}, []graph.Ref{root.Ref()})
	}
}
