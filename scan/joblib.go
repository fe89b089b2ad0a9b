package scan

import (
	"math"
	"strconv"
	"strings"

	"github.com/go-pickle/pickle/graph"
)

// rawData says how many bytes after the BUILD of c are the data of an array: joblib's unpickler
// reads it when it has built a NumpyArrayWrapper (joblib/numpy_pickle.py).
func (s *scanner) rawData(c graph.Call, next int64) int64 {
	module, name := c.Node().Made().Func().Global()
	if name != "NumpyArrayWrapper" || !strings.HasSuffix(module, "joblib.numpy_pickle") {
		return 0
	}
	at := int64(s.base) + next
	strange := func(rule Rule, what string) int64 {
		s.add(Finding{Rule: rule, Severity: Suspicious, Message: "the data of an array follows, and nobody knows how long it is: " + what,
			Pickle: s.number, Offset: int64(s.base) + c.Offset(), Op: c.Op(), Global: module + "." + name})
		return 0
	}
	state := c.State()
	if state.Kind() != graph.Dict {
		return strange(RuleMalformed, "the state of its wrapper is no dict")
	}
	count := int64(1)
	shape := state.Get("shape")
	if shape.Kind() != graph.Tuple {
		return strange(RuleMalformed, "its shape is no tuple")
	}
	for n := range shape.Items() {
		if n.Kind() != graph.Int || n.Int() < 0 {
			return strange(RuleMalformed, "its shape is not of numbers")
		}
		count = satMul(count, n.Int())
	}
	width, objects, ok := dtypeSize(state.Get("dtype"))
	if !ok {
		return strange(RuleArgs, "its dtype is none that is known")
	}
	rest := s.data[at:]
	if s.skipped < 0 {
		s.skipped = int(at)
	}
	if objects {
		return s.inline(rest, at, c)
	}
	skip := satMul(count, width)
	if alignment := state.Get("numpy_array_alignment_bytes"); alignment.Valid() && alignment.Kind() != graph.None {
		if len(rest) == 0 {
			return strange(RuleMalformed, "it is cut off")
		}
		skip = satAdd(skip, 1+int64(rest[0]))
	}
	if skip > int64(len(rest)) {
		strange(RuleMalformed, "it is cut off")
		return int64(len(rest))
	}
	return min(skip, math.MaxInt64-next)
}

// inline judges the pickle of an array of objects, which stands inside that of c, and returns its
// length.
func (s *scanner) inline(rest []byte, at int64, c graph.Call) int64 {
	if s.depth >= s.maxDepth {
		s.add(Finding{Rule: RuleNested, Severity: Suspicious, Message: "there are more pickles in each other than are looked into",
			Pickle: s.number, Offset: at, Op: c.Op()})
		return 0
	}
	base := s.base
	s.depth++
	s.base = int(at)
	p := plainParser()
	g, err := p.Parse(rest)
	failed, _ := err.(*graph.Error)
	s.pickle(g, failed)
	n := g.End()
	s.release(p)
	s.depth--
	s.base = base
	return n
}

// dtypeSize is how many bytes an element of a numpy.dtype has, and whether elements are objects
// (PyArray_DescrReduce and arraydescr_setstate in numpy's descriptor.c).
func dtypeSize(n graph.Node) (width int64, objects, ok bool) {
	made := n.Made()
	if made.Kind() != graph.CallReduce {
		return 0, false, false
	}
	switch module, name := made.Func().Global(); {
	case name == "_convert_to_stringdtype_kwargs" && strings.HasPrefix(module, "numpy."): // StringDType
		return 16, true, true
	case module != "numpy" || name != "dtype":
		return 0, false, false
	}
	const unknown = -1
	switch spec := made.Args().Index(0); spec.Kind() {
	case graph.Str:
		if width, objects, ok = typeSize(spec.Str()); !ok {
			return 0, false, false
		}
	case graph.Global: // a subclass of numpy.void, or a type of another package; its state has the size
		width = unknown
	default:
		return 0, false, false
	}
	builds := 0
	for c := range n.Changes() {
		// The state is (version, byte order, subarray, names, fields, size, alignment, flags, metadata).
		state := c.State()
		if builds++; builds > 1 || state.Kind() != graph.Tuple || state.Len() < 5 {
			return 0, false, false
		}
		if state.Len() <= 7 { // before there were flags
			if state.Index(2).Kind() != graph.None || state.Index(3).Kind() != graph.None {
				return 0, false, false
			}
			continue
		}
		size, flags := state.Index(5), state.Index(7)
		switch {
		case size.Kind() != graph.Int || flags.Kind() != graph.Int:
			return 0, false, false
		case size.Int() >= 0 && width == unknown:
			width = size.Int()
		case size.Int() >= 0 && size.Int() != width:
			return 0, false, false
		}
		objects = objects || flags.Int()&1 != 0 // NPY_ITEM_REFCOUNT
	}
	return width, objects, width != unknown
}

// typeSize reads a type as numpy's pickles have it: a letter and the bytes of an element, of U
// the characters.
func typeSize(s string) (width int64, objects, ok bool) {
	s = strings.TrimLeft(s, "<>|=")
	if s == "" {
		return 0, false, false
	}
	switch s {
	case "O", "O4", "O8":
		return 8, true, true
	case "?":
		return 1, false, true
	}
	n, err := strconv.ParseUint(s[1:], 10, 31)
	if err != nil {
		return 0, false, false
	}
	switch s[0] {
	case 'b', 'i', 'u', 'f', 'c', 'S', 'V', 'a', 'm', 'M':
		return int64(n), false, true
	case 'U':
		return 4 * int64(n), false, true
	}
	return 0, false, false
}
