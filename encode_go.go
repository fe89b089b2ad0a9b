package pickle

import (
	"cmp"
	"fmt"
	"math/big"
	"reflect"
	"slices"

	"github.com/go-pickle/pickle/py"
)

// saveGo writes a Go value that is none of package py: other numbers, slices, arrays,
// maps and pointers to what can be written.
func (e *encoder) saveGo(v any) (bool, error) {
	switch v := v.(type) {
	case int:
		e.saveInt(int64(v))
		return false, nil
	case []byte:
		return e.saveBytes(py.Bytes(bytesAsString(v)), bytesID(py.Bytes(bytesAsString(v))))
	case []any:
		return e.saveSlice(v, sliceID(reflect.ValueOf(v)))
	}
	r := reflect.ValueOf(v)
	for range maxPointers {
		if r.Kind() != reflect.Pointer && r.Kind() != reflect.Interface {
			break
		}
		if r.IsNil() {
			return e.saveObject(nil)
		}
		if r.Kind() == reflect.Pointer && byPointer[r.Type().Elem()] {
			return e.saveObject(r.Interface())
		}
		r = r.Elem()
	}
	switch {
	case r.Kind() == reflect.Pointer, r.Kind() == reflect.Interface:
		return false, kindError(RecursionError, "a pointer leads to more pointers than are followed")
	case byValue[r.Type()]:
		return e.saveObject(r.Interface())
	case byPointer[r.Type()]:
		p := reflect.New(r.Type())
		p.Elem().Set(r)
		e.keep = append(e.keep, p.Interface())
		return e.saveObject(p.Interface())
	}
	switch r.Kind() {
	case reflect.Bool:
		e.saveBool(r.Bool())
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		e.saveInt(r.Int())
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64, reflect.Uintptr:
		return false, e.saveUint(r.Uint())
	case reflect.Float32, reflect.Float64:
		e.saveFloat(r.Float())
	case reflect.Complex64, reflect.Complex128:
		return e.saveComplex(r.Complex(), identity{})
	case reflect.String:
		s := r.String()
		return false, e.saveStr(s, strID(s))
	case reflect.Slice:
		if r.Type().Elem().Kind() == reflect.Uint8 {
			b := py.Bytes(bytesAsString(r.Bytes()))
			return e.saveBytes(b, bytesID(b))
		}
		return e.saveSlice(interfaces(r), sliceID(r))
	case reflect.Array:
		pushed, err := e.saveItems(interfaces(r), identity{})
		if pushed && err == nil && r.CanAddr() {
			// Not in the memo, but one that holds a pointer to itself must be noticed.
			e.tasks[len(e.tasks)-1].id = identity{r.Addr().Pointer(), idPointer}
		}
		return pushed, err
	case reflect.Map:
		return e.saveMap(r)
	default:
		return false, cannotDump(r)
	}
	return false, nil
}

// maxPointers is how many pointers to pointers are followed.
const maxPointers = 100

// byPointer and byValue are the types that saveObject knows: as pointers, and as they are.
var (
	byPointer = map[reflect.Type]bool{
		reflect.TypeFor[py.List](): true, reflect.TypeFor[py.Dict](): true, reflect.TypeFor[py.Set](): true,
		reflect.TypeFor[py.FrozenSet](): true, reflect.TypeFor[py.ByteArray](): true,
		reflect.TypeFor[py.Object](): true, reflect.TypeFor[py.PersistentRef](): true,
		reflect.TypeFor[py.Buffer](): true, reflect.TypeFor[big.Int](): true,
	}
	byValue = map[reflect.Type]bool{
		reflect.TypeFor[py.Tuple](): true, reflect.TypeFor[py.Bytes](): true, reflect.TypeFor[py.Global](): true,
	}
)

func cannotDump(r reflect.Value) *EncodeError {
	err := kindError(TypeError, fmt.Sprintf("cannot pickle a Go %s", r.Type()))
	switch r.Kind() {
	case reflect.Func:
		return err.hint("name a Python function with py.Global instead")
	case reflect.Struct:
		return err.hint("put its fields into a py.Dict, or into a py.Object of a Python class")
	case reflect.Chan, reflect.UnsafePointer:
		return err.hint("it has no value outside this process; leave it out")
	}
	return err
}

func (e *encoder) saveUint(v uint64) error {
	if v <= 1<<63-1 {
		e.saveInt(int64(v))
		return nil
	}
	return e.saveBig(bigUint(v))
}

// sliceID is the identity of a slice; an empty one has none.
func sliceID(r reflect.Value) identity {
	if r.Len() == 0 {
		return identity{}
	}
	return identity{r.Pointer(), uint64(r.Len())<<4 | idSlice}
}

func (e *encoder) saveSlice(items []any, id identity) (bool, error) {
	if e.got(id) {
		return false, nil
	}
	return e.saveItems(items, id)
}

func interfaces(r reflect.Value) []any {
	items := make([]any, r.Len())
	for i := range items {
		items[i] = r.Index(i).Interface()
	}
	return items
}

// saveMap writes a map as a dict in the order of its keys, so that the same map gives the
// same bytes.
func (e *encoder) saveMap(r reflect.Value) (bool, error) {
	var id identity
	if r.Len() > 0 {
		id = identity{r.Pointer(), idMap}
		if e.got(id) {
			return false, nil
		}
	}
	keys := r.MapKeys()
	slices.SortStableFunc(keys, compareKeys)
	d := new(py.Dict)
	for _, k := range keys {
		if err := d.Set(k.Interface(), r.MapIndex(k).Interface()); err != nil {
			return false, kindError(TypeError, err.Error())
		}
	}
	return e.savePairs(d.Pairs(), id)
}

// compareKeys orders keys by kind, then by value where a kind has an order.
func compareKeys(a, b reflect.Value) int {
	for a.Kind() == reflect.Interface && !a.IsNil() {
		a = a.Elem()
	}
	for b.Kind() == reflect.Interface && !b.IsNil() {
		b = b.Elem()
	}
	if c := cmp.Compare(a.Kind(), b.Kind()); c != 0 {
		return c
	}
	switch {
	case a.CanInt():
		return cmp.Compare(a.Int(), b.Int())
	case a.CanUint():
		return cmp.Compare(a.Uint(), b.Uint())
	case a.CanFloat():
		return cmp.Compare(a.Float(), b.Float())
	case a.Kind() == reflect.String:
		return cmp.Compare(a.String(), b.String())
	}
	return cmp.Compare(fmt.Sprint(a), fmt.Sprint(b))
}
