package py

import (
	"fmt"
	"math/big"
	"reflect"
	"strings"
	"unsafe"
)

// This file is about values of Go types that are not of this package, such as those that
// a program registered for a Python class.

// isOurPointer reports whether x is a pointer to a type whose nil counts as None.
func isOurPointer(x any) bool {
	switch x.(type) {
	case *big.Int, *ByteArray, *List, *Dict, *Set, *FrozenSet, *Object, *PersistentRef, *Buffer:
		return true
	}
	return false
}

// equalByMethod compares by a method Equal that takes the type itself, as time.Time has.
func equalByMethod(v, w reflect.Value) (same, ok bool) {
	switch x := v.Interface().(type) {
	case *big.Rat:
		y := w.Interface().(*big.Rat)
		return x == y || x != nil && y != nil && x.Cmp(y) == 0, true
	case *big.Float:
		y := w.Interface().(*big.Float)
		return x == y || x != nil && y != nil && x.Cmp(y) == 0, true
	}
	if k := v.Kind(); (k == reflect.Pointer || k == reflect.Map || k == reflect.Slice) && (v.IsNil() || w.IsNil()) {
		return false, false
	}
	m := v.MethodByName("Equal")
	if !m.IsValid() {
		return false, false
	}
	t := m.Type()
	if t.NumIn() != 1 || t.In(0) != v.Type() || t.NumOut() != 1 || t.Out(0).Kind() != reflect.Bool || t.IsVariadic() {
		return false, false
	}
	return m.Call([]reflect.Value{w})[0].Bool(), true
}

// foreignParts compares v and w, which are of one type, pushing the parts of which they
// consist.
func (c *comparer) foreignParts(v, w reflect.Value) bool {
	switch v.Kind() {
	case reflect.Pointer:
		if v.IsNil() || w.IsNil() || v.Pointer() == w.Pointer() {
			return v.Pointer() == w.Pointer()
		}
		if c.unitedAt(v.UnsafePointer(), w.UnsafePointer(), -2) {
			return true
		}
		return c.pushValues(v.Elem(), w.Elem())
	case reflect.Struct:
		for i := range v.NumField() {
			if !c.pushValues(v.Field(i), w.Field(i)) {
				return false
			}
		}
		return true
	case reflect.Slice:
		n := v.Len()
		if n != w.Len() || v.IsNil() != w.IsNil() {
			return false
		}
		if n == 0 || c.unitedAt(v.UnsafePointer(), w.UnsafePointer(), n) {
			return true
		}
		fallthrough
	case reflect.Array:
		if v.Type().Elem().Kind() < reflect.Array { // numbers
			for i := range v.Len() {
				if !v.Index(i).Equal(w.Index(i)) {
					return false
				}
			}
			return true
		}
		xs, ys := make([]any, v.Len()), make([]any, v.Len())
		for i := range xs {
			xs[i], ys[i] = v.Index(i).Interface(), w.Index(i).Interface()
		}
		c.push(xs, ys)
		return true
	case reflect.Map:
		if v.Len() != w.Len() || v.IsNil() != w.IsNil() {
			return false
		}
		if c.unitedAt(v.UnsafePointer(), w.UnsafePointer(), -2) {
			return true
		}
		for it := v.MapRange(); it.Next(); {
			e := w.MapIndex(it.Key())
			if !e.IsValid() || !c.pushValues(it.Value(), e) {
				return false
			}
		}
		return true
	}
	return v.Comparable() && w.Comparable() && v.Equal(w)
}

func (c *comparer) unitedAt(p, q unsafe.Pointer, n int) bool {
	if p == q {
		return true
	}
	return c.steps >= uniteAfter && c.unite(ident{p, n}, ident{q, n}, c.rng.hit())
}

// pushValues has v and w compared. What an unexported field holds can't be looked into: it
// is compared as == does.
func (c *comparer) pushValues(v, w reflect.Value) bool {
	c.steps++
	if !v.CanInterface() {
		return v.Comparable() && w.Comparable() && v.Equal(w)
	}
	x, y := v.Interface(), w.Interface()
	c.push([]any{x}, []any{y})
	return true
}

// goTypeName is the name of x's Go type, cut where it is long.
func goTypeName(x any) string {
	name := strings.TrimPrefix(reflect.TypeOf(x).String(), "*")
	if len(name) > 100 {
		name = name[:100]
	}
	return name
}

// reprer is what types of other packages can implement to be printed as in Python.
type reprer interface{ AppendRepr(dst []byte) []byte }

// A Reprer is a value of a type outside this package that [Repr] prints part by part, as it
// holds other Python values. A type that holds none can have AppendRepr instead.
type Reprer interface {
	// ReprParts returns what is printed one after the other: a [ReprText] as it is, and
	// any other value as Repr prints it.
	ReprParts() []any
}

// ReprText is text among the parts that a [Reprer] gives.
type ReprText string

// foreignLeaf prints a value of another package's type, if it has no parts to be printed.
func (p *printer) foreignLeaf(x any) bool {
	v := reflect.ValueOf(x)
	switch v.Kind() {
	case reflect.Pointer, reflect.Map, reflect.Func, reflect.Chan:
		if v.IsNil() {
			p.text("None")
			return true
		}
	}
	switch s := x.(type) {
	case Reprer:
		return false
	case ReprText:
		p.text(string(s))
		return true
	case *big.Rat:
		p.text("Fraction(")
		p.bigInt(s.Num())
		p.text(", ")
		p.bigInt(s.Denom())
		p.text(")")
		return true
	}
	if p.dry {
		switch v.Kind() {
		case reflect.Pointer, reflect.Map, reflect.Slice, reflect.Array, reflect.Struct:
		default:
			return true
		}
	}
	switch s := x.(type) {
	case reprer:
		if !p.dry {
			p.buf = s.AppendRepr(p.buf)
		}
		return true
	case fmt.Stringer:
		p.described(x, s.String)
		return true
	case error:
		p.described(x, s.Error)
		return true
	}
	switch v.Kind() {
	case reflect.Bool:
		return p.leaf(v.Bool())
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		return p.leaf(v.Int())
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64, reflect.Uintptr:
		return p.leaf(fromUint(v.Uint()))
	case reflect.Float32, reflect.Float64:
		return p.leaf(v.Float())
	case reflect.Complex64, reflect.Complex128:
		return p.leaf(v.Complex())
	case reflect.String:
		return p.leaf(v.String())
	case reflect.Slice:
		if v.Type().Elem().Kind() == reflect.Uint8 {
			return p.leaf(Bytes(v.Bytes()))
		}
		return false
	case reflect.Map, reflect.Array, reflect.Struct:
		return false
	case reflect.Pointer:
		switch v.Elem().Kind() {
		case reflect.Map, reflect.Slice, reflect.Array, reflect.Struct, reflect.Pointer, reflect.Interface:
			return false
		}
		return p.leaf(v.Elem().Interface())
	}
	p.text("<" + goTypeName(x) + ">")
	return true
}

// described prints the type of x and the text it has for itself.
func (p *printer) described(x any, text func() string) {
	if p.dry {
		return
	}
	p.text("<" + goTypeName(x) + " ")
	p.leaf(text())
	p.text(">")
}

// foreignForm is [printer.form] for a value of another package's type that has parts.
func foreignForm(x any) any {
	v := reflect.ValueOf(x)
	var id ident
	if r, ok := x.(Reprer); ok {
		if v.Kind() == reflect.Pointer {
			id = ident{v.UnsafePointer(), -2}
		}
		return &compose{id, r.ReprParts()}
	}
	switch v.Kind() {
	case reflect.Pointer:
		id = ident{v.UnsafePointer(), -2}
		if e := v.Elem(); e.Kind() != reflect.Struct {
			return &compose{id, []any{e.Interface()}}
		}
		v = v.Elem()
	case reflect.Map:
		id = ident{v.UnsafePointer(), -2}
	case reflect.Slice:
		id = ident{v.UnsafePointer(), v.Len()}
	}
	switch v.Kind() {
	case reflect.Map:
		s := &seq{id: id, open: "{", close: "}", width: width2}
		for _, e := range sortedEntries(v) {
			s.items = append(s.items, e[0].Interface(), e[1].Interface())
		}
		return s
	case reflect.Slice, reflect.Array:
		s := &seq{id: id, open: "[", close: "]", width: width1, items: make([]any, v.Len())}
		for i := range s.items {
			s.items[i] = v.Index(i).Interface()
		}
		return s
	}
	fields := &seq{open: " ", width: width2, names: true}
	for i := range v.NumField() {
		if f := v.Type().Field(i); f.IsExported() {
			fields.items = append(fields.items, f.Name, v.Field(i).Interface())
		}
	}
	parts := []any{raw("<" + goTypeName(x))}
	if len(fields.items) > 0 {
		parts = append(parts, fields)
	}
	return &compose{id, append(parts, raw(">"))}
}
