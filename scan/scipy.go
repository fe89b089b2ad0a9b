package scan

import (
	"regexp"
	"strings"

	"github.com/go-pickle/pickle/graph"
)

// The distributions of scipy.stats execute source text when they get their state, since 1.6: the
// functions that sort their arguments. The text is a template (parse_arg_template in
// scipy/stats/_distn_infrastructure.py) with the names of the distribution's shapes; what is not
// exactly that is code.

const distributionTemplate = "_parse_arg_template"

// shapeNames are the shapes of a distribution.
var shapeNames = regexp.MustCompile(`^([A-Za-z_][A-Za-z0-9_]*, )*$`)

// isDistributionTemplate reports whether scipy itself wrote text.
func isDistributionTemplate(text string) bool {
	const start = "\ndef _parse_args(self, "
	for _, locscale := range [][2]string{{"loc=0, scale=1", "loc, scale"}, {"loc=0", "loc, 1"}} {
		in, out := locscale[0], locscale[1]
		shapes, _, ok := strings.Cut(strings.TrimPrefix(text, start), " "+in+"):\n")
		if !ok || len(shapes) > 1000 || !shapeNames.MatchString(shapes) {
			continue
		}
		if text == start+shapes+" "+in+"):\n    return ("+shapes+"), "+out+
			"\n\ndef _parse_args_rvs(self, "+shapes+" "+in+", size=None):\n    return self._argcheck_rvs("+shapes+" "+out+
			", size=size)\n\ndef _parse_args_stats(self, "+shapes+" "+in+", moments='mv'):\n    return ("+shapes+"), "+out+", moments\n" {
			return true
		}
	}
	return false
}

// constructorParameters are the keys of the first half of a state before 1.6.
var constructorParameters = map[string]bool{"momtype": true, "a": true, "b": true, "xtol": true, "badvalue": true, "name": true,
	"longname": true, "shapes": true, "extradoc": true, "seed": true, "inc": true, "histogram": true, "density": true, "moment_tol": true, "values": true}

func argsDistribution(j *judge, c invocation, n *name) {
	if c.Kind() != graph.CallReduce && (!c.known || len(c.refs) > 0) {
		j.badArgs(c, n, "the policy allows no arguments")
	}
}

// distributionState judges the state of a distribution.
func (j *judge) distributionState(c graph.Call, of *name) {
	state := c.State()
	old := state.Kind() == graph.Tuple && state.Len() == 2
	if old {
		state = state.Index(0)
	}
	if state.Kind() != graph.Dict {
		j.badArgs(invocationOf(c), of, "its state is none that scipy writes")
		return
	}
	refs := state.Refs()
	if old && len(refs) < 6 { // dict.update takes a tuple of two dicts of two keys as pairs
		j.badArgs(invocationOf(c), of, "its state is none that scipy writes")
		return
	}
	for i := 0; i+1 < len(refs); i += 2 {
		key, value := state.At(refs[i]), state.At(refs[i+1])
		switch {
		case key.Kind() != graph.Str, old && !constructorParameters[key.Str()]:
			j.badArgs(invocationOf(c), of, "its state is none that scipy writes")
			return
		case key.Str() == distributionTemplate && (value.Kind() != graph.Str || !isDistributionTemplate(value.Str())):
			j.find(Dangerous, RuleCode, c, of, "the state holds source text that scipy executes, and it is not scipy's own")
			return
		}
	}
}
