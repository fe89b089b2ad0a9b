package expected

import (
	"fmt"

	"github.com/go-pickle/pickle/py"
)

// fields are the names of what the states and arguments of the corpus's classes are.
var fields = map[string][]string{
	"corpus_models.FrozenSlot":   {"sku", "qty"},
	"corpus_models.Reduced":      {"n"},
	"corpus_models.make_reduced": {"n", "tag"},
}

// object describes an instance that no registry knew.
func (d *describer) object(o *py.Object) Node {
	if n := ndarray(o); n != nil {
		return n
	}
	if name, ok := methodName(o); ok {
		return Node{"t": "global", "name": name}
	}
	n := Node{"t": "instance", "class": o.ClassName()}
	if partial, ok := o.Class.(*py.Object); ok && len(partial.Ops) == 1 {
		// functools.partial(class.__new__, class, ...)(), as protocols 2 and 3 have NEWOBJ_EX
		if state, ok := partial.Ops[0].Items[0].(py.Tuple); ok && len(state) == 4 {
			if items, ok := state[1].(py.Tuple); ok && len(items) > 0 {
				n["class"], _ = globalName(items[0])
			}
		}
	}
	args, _ := o.Args.(py.Tuple)
	base := ""
	if g, ok := o.Class.(py.Global); ok && o.How == py.ByReduce && g.Module == "copyreg" && g.Name == "_reconstructor" && len(args) == 3 {
		base, _ = globalName(args[1])
		args = py.Tuple{args[2]}
		if base == "builtins.object" {
			base, args = "", nil
		}
	}
	state := []any{}
	class := n["class"].(string)
	for i, name := range fields[class] {
		if o.How == py.ByReduce && i < len(args) {
			state = append(state, []any{name, d.value(args[i])})
		}
	}
	lists, dicts := []any{}, []any{}
	for _, op := range o.Ops {
		switch op.Kind {
		case py.OpBuild:
			state = append(state, d.attributes(class, op.Items[0])...)
		case py.OpCall:
			state = append(state, d.attributes(class, op.Items[1])...)
		case py.OpAppend, py.OpAddItems:
			lists = append(lists, d.values(op.Items)...)
		case py.OpSetItems:
			for i := 0; i+1 < len(op.Items); i += 2 {
				dicts = append(dicts, []any{d.value(op.Items[i]), d.value(op.Items[i+1])})
			}
		}
	}
	if class == "corpus_models.ReducedEx" {
		state = append(state, []any{"items", Node{"t": "list", "items": lists}}, []any{"map", Node{"t": "dict", "items": dicts}})
	}
	n["state"] = state
	// A subclass of a builtin says which by its arguments or by what was added.
	switch {
	case base != "" && len(args) == 1:
		n["value"] = d.value(args[0])
	case o.How == py.ByNewObj && len(lists) > 0:
		n["value"] = Node{"t": "list", "items": lists}
	case len(dicts) > 0:
		n["value"] = Node{"t": "dict", "items": dicts}
	}
	// Whether it is a namedtuple's arguments or those of another class only Python knows.
	n["args"] = d.values(args)
	n["new"] = o.How == py.ByNewObj || o.How == py.ByNewObjEx
	return n
}

// attributes are those that a state has.
func (d *describer) attributes(class string, state any) []any {
	switch s := state.(type) {
	case *py.Dict:
		return d.state(s)
	case py.Tuple:
		if len(s) == 2 { // dict and slots
			return append(d.attributes(class, s[0]), d.attributes(class, s[1])...)
		}
	case *py.List:
		out := []any{}
		for i, name := range fields[class] {
			if i < len(s.Items) {
				out = append(out, []any{name, d.value(s.Items[i])})
			}
		}
		return out
	case nil:
		return nil
	}
	return []any{[]any{"__state__", d.value(state)}}
}

func globalName(v any) (string, bool) {
	g, ok := v.(py.Global)
	return g.Module + "." + g.Name, ok
}

// methodName is the name of getattr(getattr(class, 'a'), 'b').
func methodName(o *py.Object) (string, bool) {
	args, _ := o.Args.(py.Tuple)
	if fn, _ := globalName(o.Class); o.How != py.ByReduce || fn != "builtins.getattr" || len(args) != 2 {
		return "", false
	}
	last, ok := args[1].(string)
	if !ok {
		return "", false
	}
	if name, ok := globalName(args[0]); ok {
		return name + "." + last, true
	}
	if inner, ok := args[0].(*py.Object); ok {
		if name, ok := methodName(inner); ok {
			return name + "." + last, true
		}
	}
	return "", false
}

// ndarray describes the plain arrays that old numpy wrote: the corpus's section py2 has two.
func ndarray(o *py.Object) Node {
	fn, _ := globalName(o.Class)
	if o.How != py.ByReduce || fn != "numpy.core.multiarray._reconstruct" && fn != "numpy._core.multiarray._reconstruct" ||
		len(o.Ops) != 1 || o.Ops[0].Kind != py.OpBuild {
		return nil
	}
	state, _ := o.Ops[0].Items[0].(py.Tuple)
	if len(state) != 5 || state[3] != false && state[3] != int64(0) {
		return nil
	}
	shape, ok1 := state[1].(py.Tuple)
	dtype, ok2 := state[2].(*py.Object)
	raw, ok3 := bytesOf(state[4])
	if !ok1 || !ok2 || !ok3 || len(dtype.Ops) != 1 {
		return nil
	}
	code, ok4 := dtype.Args.(py.Tuple)
	about, ok5 := dtype.Ops[0].Items[0].(py.Tuple)
	if !ok4 || !ok5 || len(code) == 0 || len(about) < 2 {
		return nil
	}
	kind, _ := bytesOf(code[0])
	order, _ := bytesOf(about[1])
	dims := []any{}
	for _, n := range shape {
		dims = append(dims, number(int(n.(int64))))
	}
	return Node{"t": "ndarray", "dtype": string(order) + string(kind), "shape": dims, "nbytes": number(len(raw)),
		"sha256_le_c": sum(string(raw))}
}

// bytesOf are the bytes of a bytes or of Python 2's str.
func bytesOf(v any) ([]byte, bool) {
	switch v := v.(type) {
	case py.Bytes:
		return []byte(v), true
	case string:
		return latin1(v)
	}
	return nil, false
}

// A got instance may be what another description calls otherwise.
func (m matcher) instance(path string, got, want Node) (known bool, err error) {
	args, _ := got["args"].([]any)
	switch want["t"] {
	case "enum": // a call of the class with the value
		if got["class"] != want["class"] || len(args) != 1 {
			return true, m.differ(path, got, want)
		}
		return true, m.match(path+".value", args[0], want["value"])
	case "exception":
		if got["class"] != want["class"] {
			return true, m.differ(path, got, want)
		}
		if err := m.match(path+".args", args, want["args"]); err != nil {
			return true, err
		}
		return true, m.state(path, got["state"], want["state"])
	case "instance":
	default:
		return false, nil
	}
	if got["class"] != want["class"] {
		return true, m.differ(path+".class", got["class"], want["class"])
	}
	base, _ := want["base"].(string)
	if base == "" {
		return true, m.state(path, got["state"], want["state"])
	}
	value, isThere := got["value"]
	if !isThere {
		// The arguments of the base's __new__.
		switch base {
		case "tuple":
			value = Node{"t": "tuple", "items": got["args"]}
		case "set", "frozenset":
			items := []any{}
			if len(args) == 1 {
				items, _ = args[0].(Node)["items"].([]any)
			}
			value = Node{"t": base, "items": items}
		case "list", "dict":
			value = Node{"t": base, "items": []any{}}
		default:
			if len(args) == 1 {
				value = args[0]
			}
		}
	}
	if base == "tuple" {
		// Of a tuple's subclass that has just one argument, this may be the tuple.
		if items, _ := got["args"].([]any); len(items) == 1 && !isThere {
			if n, ok := items[0].(Node); ok && n["t"] == "tuple" && m.match(path+".value", n, want["value"]) == nil {
				return true, m.state(path, got["state"], want["state"])
			}
		}
	}
	if err := m.match(path+".value", value, want["value"]); err != nil {
		return true, err
	}
	return true, m.state(path, got["state"], want["state"])
}

// state compares attributes by name.
func (m matcher) state(path string, got, want any) error {
	g, _ := got.([]any)
	w, _ := want.([]any)
	if len(g) != len(w) {
		return fmt.Errorf("%s: %d attributes, not %d", path, len(g), len(w))
	}
	has := map[any]any{}
	for _, pair := range g {
		has[pair.([]any)[0]] = pair.([]any)[1]
	}
	for _, pair := range w {
		name, value := pair.([]any)[0], pair.([]any)[1]
		v, ok := has[name]
		if !ok {
			return fmt.Errorf("%s: no attribute %v", path, name)
		}
		if err := m.match(fmt.Sprintf("%s.%v", path, name), v, value); err != nil {
			return err
		}
	}
	return nil
}
