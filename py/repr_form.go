package py

import (
	"reflect"
	"slices"
	"strconv"
	"unicode"
	"unsafe"
)

// A seq is a run of items between two texts: how the printer sees each container.
type seq struct {
	id          ident // of what it shows, if anything
	open, close string
	items       []any
	width       int
	names       bool // of pairs, the keys are names: x=1
	tuple       bool // a single item has a comma after it
}

// A compose is parts printed one after the other: how the printer sees an object.
type compose struct {
	id    ident
	parts []any
}

// raw is text among the parts of a compose, printed as it is.
type raw string

// sequence returns what is to be printed for a container.
func sequence(x any) seq {
	switch x := x.(type) {
	case Tuple:
		return seq{open: "(", close: ")", items: x, width: width1, tuple: true}
	case *List:
		return seq{open: "[", close: "]", items: x.Items, width: width1}
	case *Dict:
		return seq{open: "{", close: "}", items: x.t.items, width: width2}
	case *Set:
		return seq{open: "{", close: "}", items: x.t.items, width: width1}
	case *FrozenSet:
		return seq{open: "frozenset({", close: "})", items: x.t.items, width: width1}
	case *seq:
		return *x
	}
	panic("unreachable")
}

// identityOf is the identity of whatever the printer may have to open.
func identityOf(x any) (ident, bool) {
	if id, ok := containerID(x); ok {
		return id, true
	}
	switch x.(type) {
	case Tuple, *List, *Dict, *Set, *FrozenSet, *Object, *PersistentRef:
		return ident{}, false
	}
	v := reflect.ValueOf(x)
	switch v.Kind() {
	case reflect.Pointer, reflect.Map:
		return ident{v.UnsafePointer(), -2}, true
	case reflect.Slice:
		return ident{v.UnsafePointer(), v.Len()}, v.Len() > 0
	}
	return ident{}, false
}

// form turns what is not a container of this package into one that frames can hold.
func (p *printer) form(x any) any {
	switch c := x.(type) {
	case Tuple, *List, *FrozenSet:
		return x
	case *Dict:
		if c.t.gone > 0 {
			s := sequence(x)
			s.id, s.items = ident{unsafe.Pointer(c), -1}, c.t.live(width2)
			return &s
		}
		return x
	case *Set:
		if c.t.gone > 0 {
			s := sequence(x)
			s.id, s.items = ident{unsafe.Pointer(c), -1}, c.t.live(width1)
			return &s
		}
		return x
	case *PersistentRef:
		return &compose{ident{unsafe.Pointer(c), -1}, []any{raw("<persistent "), c.ID, raw(">")}}
	case *Object:
		return &compose{ident{unsafe.Pointer(c), -1}, p.objectParts(c)}
	}
	return foreignForm(x)
}

// objectParts is how an object is printed.
func (p *printer) objectParts(o *Object) []any {
	const many = 64 // changes: what is made for these is not kept for the next object
	parts := p.parts[:0]
	if len(o.Ops) > many {
		parts = make([]any, 0, 3*len(o.Ops)+8)
	}
	bracketed := o.How != ByReduce || len(o.Ops) > 0
	if bracketed {
		parts = append(parts, raw("<"))
	}
	none := o.Args == nil && o.Kwargs == nil
	if t, ok := o.Args.(Tuple); ok && len(t) == 0 && o.Kwargs == nil {
		none = true
	}
	switch o.How {
	case ByReduce:
		parts = append(parts, o.Class, p.arguments(o))
	case ByNewObj, ByNewObjEx, ByInst:
		word := any(raw(" object"))
		if o.How == ByInst {
			word = any(raw(" instance"))
		}
		parts = append(parts, o.Class, word)
		if !none {
			parts = append(parts, raw(" "), p.arguments(o))
		}
	default:
		parts = append(parts, raw("global "))
		if o.Class != nil {
			parts = append(parts, o.Class)
		} else {
			parts = append(parts, o.Args)
		}
	}
	between := any(raw(":"))
	for i := 0; i < len(o.Ops); i++ {
		op := o.Ops[i]
		items := op.Items
		items = items[:len(items):len(items)]
		for i+1 < len(o.Ops) && o.Ops[i+1].Kind == op.Kind && op.Kind != OpBuild && op.Kind != OpCall {
			i++
			items = append(items, o.Ops[i].Items...)
		}
		parts = append(parts, between)
		between = any(raw(";"))
		switch {
		case op.Kind == OpBuild && len(items) == 1:
			parts = p.stateParts(parts, items[0])
		case op.Kind == OpCall && len(items) == 2:
			parts = append(parts, raw(" call "), items[0], raw("(self, "), items[1], raw(")"))
		case op.Kind == OpAppend:
			parts = append(parts, raw(" "), &seq{open: "[", close: "]", items: items, width: width1})
		case op.Kind == OpSetItems && len(items)%2 == 0:
			parts = append(parts, raw(" "), &seq{open: "{", close: "}", items: items, width: width2})
		case op.Kind == OpAddItems:
			parts = append(parts, raw(" "), &seq{open: "{", close: "}", items: items, width: width1})
		default:
			parts = append(parts, raw(" "+op.Kind.String()+" "), Tuple(items))
		}
	}
	if bracketed {
		parts = append(parts, raw(">"))
	}
	if len(o.Ops) > many {
		return slices.Clip(parts)
	}
	own := slices.Clone(parts) // they stay while what is in them is printed
	clear(parts)
	p.parts = parts
	return slices.Clip(own)
}

// arguments is the list of arguments in parentheses.
func (p *printer) arguments(o *Object) any {
	args := &seq{open: "(", close: ")", width: width1}
	switch t := o.Args.(type) {
	case nil:
	case Tuple:
		if p.isLabelled(t) {
			args.items = []any{&compose{parts: []any{raw("*"), t}}}
			break
		}
		args.items = t
		args.id, _ = containerID(t)
	default:
		args.items = []any{&compose{parts: []any{raw("*"), t}}}
	}
	if o.Kwargs == nil {
		return args
	}
	args.items = args.items[:len(args.items):len(args.items)]
	if d, ok := o.Kwargs.(*Dict); ok && p.areNames(d) {
		for k, v := range d.All() {
			args.items = append(args.items, &compose{parts: []any{raw(k.(string) + "="), v}})
		}
		return args
	}
	args.items = append(args.items, &compose{parts: []any{raw("**"), o.Kwargs}})
	return args
}

// stateParts shows the state of an object, as attributes if it is such.
func (p *printer) stateParts(parts []any, state any) []any {
	if d, ok := state.(*Dict); ok && p.areNames(d) {
		return append(parts, attributes(d))
	}
	if t, ok := state.(Tuple); ok && len(t) == 2 && !p.isLabelled(t) {
		d, ok := t[0].(*Dict)
		slots, ok2 := t[1].(*Dict)
		if ok2 && p.areNames(slots) && (t[0] == nil || ok && p.areNames(d)) {
			if p.dry {
				id, _ := containerID(t)
				parts = append(parts, &seq{id: id, width: width1}) // to count it
			}
			if t[0] != nil {
				parts = append(parts, attributes(d), raw(";"))
			}
			return append(parts, raw(" slots"), attributes(slots))
		}
	}
	return append(parts, raw(" state "), state)
}

func attributes(d *Dict) *seq {
	return &seq{
		id: ident{unsafe.Pointer(d), -1}, open: " ", items: d.Pairs(), width: width2, names: true,
	}
}

// isLabelled reports whether x is one of the containers that have a label: these must be
// printed as values.
func (p *printer) isLabelled(x any) bool {
	if !p.o.Labels {
		return false
	}
	id, ok := containerID(x)
	if !ok {
		return false
	}
	_, met := p.met.get(id)
	return met && !p.dry
}

// areNames reports whether d can be printed as x=1, y=2.
func (p *printer) areNames(d *Dict) bool {
	if d == nil || d.Len() == 0 || p.isLabelled(d) {
		return false
	}
	for k := range d.Keys() {
		if s, ok := k.(string); !ok || !isName(s) {
			return false
		}
	}
	return true
}

// isName reports whether s is an identifier, as Python's str.isidentifier would nearly
// always say, and short enough to be one.
func isName(s string) bool {
	if s == "" || len(s) > 255 {
		return false
	}
	for i, r := range s {
		if r == '_' || unicode.IsLetter(r) || i > 0 && unicode.IsDigit(r) {
			continue
		}
		return false
	}
	return true
}

// isDotted reports whether s is identifiers with dots between them.
func isDotted(s string) bool {
	for {
		i := 0
		for i < len(s) && s[i] != '.' {
			i++
		}
		if !isName(s[:i]) {
			return false
		}
		if i == len(s) {
			return true
		}
		s = s[i+1:]
	}
}

// folded is how x is printed when what it holds is not; dots says why.
func folded(x any, dots string) string {
	switch x := x.(type) {
	case Tuple:
		return "(" + dots + ")"
	case *List:
		return "[" + dots + "]"
	case *Dict:
		return "{" + dots + "}"
	case *Set:
		if dots == "..." {
			return "set(...)"
		}
		return "{" + dots + "}"
	case *FrozenSet:
		if dots == "..." {
			return "frozenset(...)"
		}
		return "frozenset({" + dots + "})"
	case *PersistentRef:
		return "<persistent ...>"
	case *Object:
		class := "..."
		if g, ok := x.Class.(Global); ok {
			class = g.String()
		}
		switch {
		case x.How == ByReduce && len(x.Ops) == 0:
			return class + "(...)"
		case x.How == ByReduce:
			return "<" + class + "(...): ...>"
		case x.How == ByInst:
			return "<" + class + " instance ...>"
		case x.How == ByName:
			return "<global " + class + " ...>"
		}
		return "<" + class + " object ...>"
	case Reprer:
		return foldedReprer(x, dots)
	}
	switch reflect.ValueOf(x).Kind() {
	case reflect.Slice, reflect.Array:
		return "[" + dots + "]"
	case reflect.Map:
		return "{" + dots + "}"
	}
	return "<" + goTypeName(x) + " ...>"
}

// emptyText is how a container is printed that holds nothing.
func emptyText(x any) string {
	switch x := x.(type) {
	case Tuple:
		if len(x) == 0 {
			return "()"
		}
	case *List:
		if len(x.Items) == 0 {
			return "[]"
		}
	case *Dict:
		if x.Len() == 0 {
			return "{}"
		}
	case *Set:
		if x.Len() == 0 {
			return "set()"
		}
	case *FrozenSet:
		if x.Len() == 0 {
			return "frozenset()"
		}
	}
	return ""
}

// plural tells how many items a container has.
func (p *printer) plural(x any) string {
	n, word := 0, "item"
	switch x := x.(type) {
	case Tuple:
		n = len(x)
	case *List:
		n = x.Len() + p.omitted(x.Items)
	case *Dict:
		n, word = x.Len()+p.omitted(x.Pairs()), "key"
	case *Set:
		n = x.Len() + p.omitted(x.Items())
	case *FrozenSet:
		n = x.Len() + p.omitted(x.Items())
	case Reprer:
		return p.pluralReprer(x)
	default:
		switch v := reflect.ValueOf(x); v.Kind() {
		case reflect.Slice, reflect.Array, reflect.Map:
			n = v.Len()
		}
	}
	if n != 1 {
		word += "s"
	}
	return strconv.Itoa(n) + " " + word
}

// foldedReprer is the text around what x holds.
func foldedReprer(x Reprer, dots string) string {
	parts := x.ReprParts()
	if len(parts) == 0 {
		return ""
	}
	first, _ := parts[0].(ReprText)
	if len(parts) == 1 {
		return string(first)
	}
	last, _ := parts[len(parts)-1].(ReprText)
	return string(first) + dots + string(last)
}

// pluralReprer tells how many items the first container has that x holds.
func (p *printer) pluralReprer(x Reprer) string {
	for _, part := range x.ReprParts() {
		switch part.(type) {
		case Tuple, *List, *Dict, *Set, *FrozenSet:
			return p.plural(part)
		}
	}
	return "1 item"
}
