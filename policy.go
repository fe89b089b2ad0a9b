package pickle

import "github.com/go-pickle/pickle/graph"

// A Policy decides which pickles may be loaded, by what they say: see [DecodeOptions.Policy].
// Loading never runs anything that a pickle names, but a registry may turn names into objects
// of the program, and what is loaded may be handed on to Python.
type Policy interface {
	// Check returns an error if the last pickle of g is not to be loaded. It must not keep
	// or change g.
	Check(g *graph.Graph) error
}

// check asks the policy, if there is one.
func (o *DecodeOptions) check(g *graph.Graph) error {
	if o.Policy == nil {
		return nil
	}
	return o.Policy.Check(g)
}
