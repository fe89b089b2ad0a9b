package pickle

import (
	"fmt"
	"reflect"

	"github.com/go-pickle/pickle/internal/box"
	"github.com/go-pickle/pickle/py"
	"github.com/go-pickle/pickle/stdlib"
)

// saveRegistered writes a value of a type that is none of package py: as the registry says,
// or else as a Go value.
func (e *encoder) saveRegistered(x any) (bool, error) {
	switch x.(type) {
	case fieldKey, tempPairs:
		return e.saveGo(x)
	}
	pl := e.planOf(x)
	t := pl.typ
	switch k := e.knows(pl); {
	case k&isRegistered == 0:
		if v, ok := x.(int); ok {
			e.saveInt(int64(v))
			return false, nil
		}
		return e.saveGoAs(pl, x)
	case k&isPointer != 0:
		x = reflect.NewAt(t, pl.address(x)).Interface()
		t = reflect.TypeOf(x)
	}
	if g, ok := e.reg.LookupValue(x); ok {
		return e.saveGlobal(g)
	}
	if entry := e.reg.LookupType(t); entry != nil && entry.Reduce != nil {
		return e.saveReduced(x, t, entry)
	}
	return e.saveGo(x)
}

// registered reports whether values of type t are, or may be, written as the registry says.
func (e *encoder) registered(t reflect.Type) bool {
	entry := e.reg.LookupType(t)
	return entry != nil && entry.Reduce != nil || e.reg.HasValues(t)
}

// typed is tag for values of type t alone. One address may have several types: that of a
// struct and its first field, and those that Go has for all small integers.
func (e *encoder) typed(tag uint64, t reflect.Type) uint64 {
	n, ok := e.types[t]
	if !ok {
		if e.types == nil {
			e.types = make(map[reflect.Type]uint64)
		}
		n = uint64(len(e.types) + 1)
		e.types[t] = n
	}
	return n<<4 | tag
}

// saveReduced writes x as what entry reduces it to. The identity of x is its pointer, or
// that of the box in which the interface has it.
func (e *encoder) saveReduced(x any, t reflect.Type, entry *py.Entry) (bool, error) {
	id := identity{uintptr(box.Data(x)), e.typed(idBox, t)}
	switch t.Kind() {
	case reflect.Pointer:
		if id.tag = e.typed(idPointer, t); id.addr == 0 {
			return e.saveNone()
		}
	case reflect.Map, reflect.Chan, reflect.Func:
		id = identity{} // x is no box
	}
	if e.got(id) {
		return false, nil
	}
	r, err := entry.Reduce(x, py.Form{Protocol: e.proto, Python: e.o.Style.minor()})
	if err != nil {
		ee := kindError(PicklingError, fmt.Sprintf("cannot pickle a Go %s: %v", t, err))
		ee.Err = err
		return false, ee
	}
	e.keep = append(e.keep, x)
	o, ok := r.(*py.Object)
	switch {
	case ok && o != nil && o.How == py.ByName:
		return e.saveByName(o)
	case ok && o != nil:
		e.keep = append(e.keep, o)
		return e.pushInstance(o, id, o.Class, o.Args, o.Kwargs)
	case e.replacements() > maxPointers:
		return false, kindError(RecursionError, fmt.Sprintf("cannot pickle a Go %s: it is reduced to itself", t))
	}
	e.keep = append(e.keep, r)
	return e.pushCall("", nil, identity{}, r)
}

// replacements is how many values in a row were reduced to another.
func (e *encoder) replacements() (n int) {
	for i := e.tasks.Len() - 1; i >= 0 && e.tasks.At(i).kind == taskCall && e.tasks.At(i).final == finalNone; i-- {
		n++
	}
	return n
}

// registryOr is r, or the default.
func registryOr(r *py.Registry) *py.Registry {
	if r == nil {
		return stdlib.Registry()
	}
	return r
}
