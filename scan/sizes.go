package scan

import (
	"math"
	"strconv"
	"strings"

	"github.com/go-pickle/pickle/graph"
)

// Bounds over which what an allowed call makes is no data that anybody pickled that way.
const (
	maxMade     = 64 << 20 // bytes or items that a few arguments make
	maxExponent = 10000    // of ten, of a number that becomes an int
	maxOf       = 20       // items of which there are all combinations
)

// A cost tells why a call takes very much memory or time for its size, or "".
type cost func(j *judge, c invocation) string

const (
	muchMemory = "it makes something of very many bytes"
	muchDigits = "it makes an integer of very many digits"
	muchTime   = "it goes through what never ends, or has very many items"
)

// callCosts are those of the functions that the built-in sets allow, by what a report calls them. They
// are set in init because they call each other.
var callCosts map[string]cost

func init() {
	callCosts = make(map[string]cost)
	set := func(f cost, module string, names ...string) {
		for _, name := range names {
			callCosts[module+"."+name] = f
		}
	}
	// What goes through an argument.
	set(through, "builtins", "list", "tuple", "dict", "set", "frozenset", "sorted", "min", "max", "all", "any")
	set(through, "collections", "deque", "Counter", "OrderedDict", "defaultdict")
	set(through, "array", "array")
	for _, module := range []string{"operator", "_operator"} {
		set(through, module, "contains", "countOf", "indexOf", "sequenceIncludes")
		set(joined, module, "add", "concat")
	}
	set(sum, "builtins", "sum")
	set(zeros, "builtins", "bytes", "bytearray")
	set(zeros, "numpy", "void", "bytes_", "string_")
	set(through, "collections", "UserList", "UserString", "MutableString")
	set(through, "UserList", "UserList")
	set(through, "itertools", "product", "combinations", "combinations_with_replacement", "permutations")
	set(through, "torch", "Size")
	set(digits, "builtins", "int")
	set(rounded, "builtins", "round")
	set(digits, "fractions", "Fraction")
	for _, core := range []string{"numpy.core", "numpy._core"} {
		set(arrayOf(1), core+".multiarray", "_reconstruct")
		set(scalarOf, core+".multiarray", "scalar")
	}
	set(arrayOf(2), "numpy.ma.core", "_mareconstruct")
}

// costs judges what c, a call of n that the policy allows, takes.
func (j *judge) costs(c invocation, n *name) {
	if n.cost == nil {
		return
	}
	if why := n.cost(j, c); why != "" {
		j.find(Suspicious, RuleDoS, c.Call, n, why)
	}
}

func through(j *judge, c invocation) string {
	for _, r := range c.refs[:min(len(c.refs), maxLooked)] {
		if j.g.KindOf(r) == graph.Object && j.many(r, 0) > maxMade {
			return muchTime
		}
	}
	return ""
}

func joined(j *judge, c invocation) string {
	total := int64(0)
	for _, r := range c.refs[:min(len(c.refs), 2)] {
		total = satAdd(total, j.many(r, 0))
	}
	if total > maxMade {
		return muchMemory
	}
	return ""
}

// sum adds lists by copying them.
func sum(j *judge, c invocation) string {
	if why := through(j, c); why != "" {
		return why
	}
	if of := j.arg(c, 0); of.Kind() == graph.List || of.Kind() == graph.Tuple {
		for i, r := range of.Refs() {
			if k := j.g.KindOf(r); i == maxLooked || k == graph.List || k == graph.Tuple || k == graph.Object {
				return "it adds what may be lists, each of which is copied for each that comes after"
			}
		}
	}
	return ""
}

// zeros is bytes(n).
func zeros(j *judge, c invocation) string {
	switch n := j.arg(c, 0); n.Kind() {
	case graph.Int:
		if n.Int() > maxMade {
			return muchMemory
		}
	case graph.Long:
		return muchMemory
	case graph.Object:
		of := j.maker(n)
		if of == nil {
			break // as was told
		}
		if computesNumbers[of.module] && of.qualname != "bytes" && of.qualname != "bytearray" && j.many(n.Ref(), 0) == 0 {
			return "it makes as many bytes as the pickle computes"
		}
		return through(j, c)
	}
	return ""
}

var computesNumbers = map[string]bool{"builtins": true, "operator": true, "_operator": true, "math": true}

// digits is what makes an int of the powers of ten of a number.
func digits(j *judge, c invocation) string {
	for _, r := range c.refs[:min(len(c.refs), 2)] {
		n := j.node(r)
		if n.Kind() == graph.Object {
			if of := j.maker(n); of != nil && of.qualname == "Decimal" {
				n = j.arg(invocationOf(n.Made()), 0)
			}
		}
		if n.Kind() == graph.Str && j.exponent(n) > maxExponent {
			return muchDigits
		}
	}
	return ""
}

// exponent is that of the number in the Str n, which is looked at once.
func (j *judge) exponent(n graph.Node) int64 {
	if n.Ref().Inline() || n.Len() < maxOf {
		return exponent(n.Str())
	}
	e, ok := j.sizes[n.Ref()]
	if !ok {
		e = exponent(n.Str())
		j.setSize(n.Ref(), e)
	}
	return e
}

// rounded is round(x, digits), which computes the power of ten of the digits before the point.
func rounded(j *judge, c invocation) string {
	if n := j.arg(c, 1); n.Kind() == graph.Int && n.Int() < -maxExponent || n.Kind() == graph.Long {
		return muchDigits
	}
	return digits(j, c)
}

// exponent is that of the number in s, if it has one.
func exponent(s string) int64 {
	i := strings.LastIndexAny(s, "eE")
	if i < 0 {
		return 0
	}
	n, err := strconv.ParseInt(strings.TrimSpace(strings.ReplaceAll(s[i+1:], "_", "")), 10, 64)
	if err != nil && len(s)-i > 8 {
		return math.MaxInt64
	}
	return max(n, -n)
}

// arrayOf is the cost of a function that makes an array of a shape, which is argument i.
func arrayOf(i int) cost {
	return func(j *judge, c invocation) string {
		if elements(j.arg(c, i)) > maxMade {
			return "it makes an array of very many elements"
		}
		return ""
	}
}

// scalarOf is numpy's scalar(dtype), which is made of zeros if there are no bytes.
func scalarOf(j *judge, c invocation) string {
	if len(c.refs) != 1 {
		return ""
	}
	if width, _, ok := dtypeSize(j.node(c.refs[0])); ok && width > maxMade {
		return muchMemory
	}
	return ""
}

// elements is how many elements an array of a shape has.
func elements(shape graph.Node) int64 {
	switch shape.Kind() {
	case graph.Int:
		return max(shape.Int(), 0)
	case graph.Tuple, graph.List:
		count := int64(1)
		for i, r := range shape.Refs() {
			n := shape.At(r)
			if i == maxDimensions || n.Kind() == graph.Long {
				return math.MaxInt64
			}
			if n.Kind() == graph.Int {
				count = satMul(count, max(n.Int(), 0))
			}
		}
		return count
	case graph.Long:
		return math.MaxInt64
	}
	return 0
}

// arrayState judges the state of an array of objects: numpy makes room for all that the shape says
// before it looks at the list of them.
func (j *judge) arrayState(c graph.Call, of *name) {
	state := c.State()
	if of.qualname != "_reconstruct" || state.Kind() != graph.Tuple || state.Len() < 4 {
		return
	}
	items := state.Index(state.Len() - 1)
	if items.Kind() != graph.List {
		return
	}
	if count := elements(state.Index(state.Len() - 4)); count > maxMade && count > int64(items.Len()) {
		j.find(Suspicious, RuleDoS, c, of, "it makes an array of very many elements")
	}
}

// endless is more than anything has.
const endless = math.MaxInt64

// maxNested bounds how many iterators in each other are looked through.
const maxNested = 16

// many is how many items or bytes r has, at least, if it is gone through: 0 if that is not known.
func (j *judge) many(r graph.Ref, depth int) int64 {
	switch n := j.node(r); n.Kind() {
	case graph.Str, graph.Bytes, graph.ByteArray, graph.List, graph.Tuple, graph.Dict, graph.Set, graph.FrozenSet:
		return int64(n.Len())
	case graph.Object:
		if size, ok := j.sizes[r]; ok {
			return size
		}
		if depth == maxNested {
			return endless
		}
		size := j.iterates(n, depth+1)
		j.setSize(r, size)
		return size
	}
	return 0
}

func (j *judge) setSize(r graph.Ref, size int64) {
	if j.sizes == nil {
		j.sizes = make(map[graph.Ref]int64)
	}
	j.sizes[r] = size
}

// iterates is many for n, which a call made.
func (j *judge) iterates(n graph.Node, depth int) int64 {
	made := invocationOf(n.Made())
	of := j.callee(made.Func())
	if of == nil || !made.known {
		return 0
	}
	arg := func(i int) int64 {
		if i >= len(made.refs) {
			return 0
		}
		return j.many(made.refs[i], depth)
	}
	switch of.module {
	case "builtins":
		switch of.qualname {
		case "range", "xrange":
			return j.span(made)
		case "iter", "reversed", "enumerate", "list", "tuple", "sorted", "set", "frozenset", "dict", "bytes", "bytearray":
			return arg(0)
		case "filter":
			return arg(1)
		case "zip":
			return j.shortest(made, depth)
		}
	case "operator", "_operator":
		if of.qualname == "add" || of.qualname == "concat" {
			return satAdd(arg(0), arg(1))
		}
	case "collections":
		return arg(0)
	case "ipaddress":
		return addresses(j.arg(made, 0))
	case "itertools":
		for range n.Changes() {
			return endless // what is in its state may be anything
		}
		switch of.qualname {
		case "count", "cycle":
			return endless
		case "repeat":
			if len(made.refs) < 2 && !made.kwargs.Valid() {
				return endless
			}
			return max(elements(j.arg(made, 1)), elements(made.kwargs.Get("times")))
		case "chain":
			total := int64(0)
			for i := range made.refs {
				total = satAdd(total, arg(i))
			}
			return total
		case "product":
			total := int64(1)
			for i := range made.refs {
				total = satMul(total, max(arg(i), 1))
			}
			return total
		case "combinations", "combinations_with_replacement", "permutations":
			if arg(0) > maxOf || elements(j.arg(made, 1)) > maxOf {
				return endless
			}
			return 0
		case "izip":
			return j.shortest(made, depth)
		case "zip_longest", "izip_longest":
			most := int64(0)
			for i := range made.refs {
				most = max(most, arg(i))
			}
			return most
		case "islice", "compress", "accumulate":
			return arg(0)
		case "filterfalse", "takewhile", "dropwhile", "starmap":
			return arg(1)
		}
	}
	return 0
}

// addresses is how many a network has, by its text.
func addresses(network graph.Node) int64 {
	if network.Kind() != graph.Str {
		return 0
	}
	bits := 32
	host, prefix, _ := strings.Cut(network.Str(), "/")
	if strings.Contains(host, ":") {
		bits = 128
	}
	if n, err := strconv.Atoi(prefix); err == nil && n >= 0 {
		bits -= n
	} else if prefix == "" {
		return 1
	}
	if bits >= 62 {
		return endless
	}
	return 1 << max(0, bits)
}

// shortest is the least that an argument of made has.
func (j *judge) shortest(made invocation, depth int) int64 {
	least := int64(endless)
	for _, r := range made.refs {
		least = min(least, j.many(r, depth))
	}
	if len(made.refs) == 0 {
		return 0
	}
	return least
}

// span is how many numbers a range has.
func (j *judge) span(made invocation) int64 {
	at := []int64{0, 0, 1}
	for i := range made.refs[:min(len(made.refs), 3)] {
		switch n := j.arg(made, i); n.Kind() {
		case graph.Int:
			at[i] = n.Int()
		case graph.Long:
			return endless
		}
	}
	if len(made.refs) == 1 {
		at[0], at[1] = 0, at[0]
	}
	start, stop, step := float64(at[0]), float64(at[1]), float64(at[2])
	if count := (stop - start) / step; count > 0 && count < math.MaxInt64 {
		return int64(count)
	} else if count > 0 {
		return endless
	}
	return 0
}
