package pickle_test

import (
	"bytes"
	"errors"
	"math"
	"math/big"
	"reflect"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/go-pickle/pickle"
	"github.com/go-pickle/pickle/graph"
	"github.com/go-pickle/pickle/internal/describe"
	"github.com/go-pickle/pickle/py"
)

// errReference says that a value does not fit a type.
var errReference = errors.New("does not fit")

// reference converts a value of package py to a Go type, by the rules of loading into Go
// types, in the simplest way: it says what a typed load is to give.
func reference(v any, to reflect.Value) error {
	t := to.Type()
	if v == nil {
		to.SetZero()
		return nil
	}
	if t.Kind() == reflect.Interface {
		to.Set(reflect.ValueOf(v))
		return nil
	}
	if t.Kind() == reflect.Pointer && t != reflect.TypeFor[*big.Int]() {
		to.Set(reflect.New(t.Elem()))
		return reference(v, to.Elem())
	}
	if o, ok := v.(*py.Object); ok {
		return referenceObject(o, to)
	}
	switch t.Kind() {
	case reflect.Struct:
		switch v := v.(type) {
		case *py.Dict:
			return referenceFields(v.Pairs(), to)
		case py.Tuple:
			return referencePositions(v, to)
		}
		return errReference
	case reflect.Slice, reflect.Array:
		if items, ok := referenceItems(v); ok {
			return referenceSlice(items, to)
		}
	case reflect.Map:
		return referenceMap(v, to)
	}
	return referenceLeaf(v, to)
}

func referenceItems(v any) ([]any, bool) {
	switch v := v.(type) {
	case *py.List:
		return v.Items, true
	case py.Tuple:
		return v, true
	case *py.Set:
		return v.Items(), true
	case *py.FrozenSet:
		return v.Items(), true
	}
	return nil, false
}

func referenceSlice(items []any, to reflect.Value) error {
	if to.Kind() == reflect.Array && to.Len() != len(items) {
		return errReference
	}
	if to.Kind() == reflect.Slice {
		to.Set(reflect.MakeSlice(to.Type(), len(items), len(items)))
	}
	for i, v := range items {
		if err := reference(v, to.Index(i)); err != nil {
			return err
		}
	}
	return nil
}

func referenceMap(v any, to reflect.Value) error {
	t := to.Type()
	set := t.Elem().Kind() == reflect.Bool || t.Elem().Kind() == reflect.Struct && t.Elem().NumField() == 0
	var pairs []any
	switch v := v.(type) {
	case *py.Dict:
		pairs = v.Pairs()
	case *py.Set, *py.FrozenSet:
		if !set {
			return errReference
		}
		items, _ := referenceItems(v)
		for _, item := range items {
			pairs = append(pairs, item, py.Tuple{})
			if t.Elem().Kind() == reflect.Bool {
				pairs[len(pairs)-1] = true
			}
		}
	default:
		return errReference
	}
	to.Set(reflect.MakeMap(t))
	for i := 0; i < len(pairs); i += 2 {
		key, elem := reflect.New(t.Key()).Elem(), reflect.New(t.Elem()).Elem()
		if err := reference(pairs[i], key); err != nil {
			return err
		}
		if err := reference(pairs[i+1], elem); err != nil {
			return err
		}
		if !key.Comparable() {
			return errReference
		}
		to.SetMapIndex(key, elem)
	}
	return nil
}

// referenceFields takes structs without tags other than names.
func referenceFields(pairs []any, to reflect.Value) error {
	for i := 0; i < len(pairs); i += 2 {
		name, ok := pairs[i].(string)
		if b, isBytes := pairs[i].(py.Bytes); isBytes {
			name, ok = string(b), true
		}
		for f := range to.NumField() {
			if ok && to.Type().Field(f).Tag.Get("pickle") == name {
				// Two keys of different types may have one name: the last counts.
				if !referenceLater(pairs[i+2:], name) {
					if err := reference(pairs[i+1], to.Field(f)); err != nil {
						return err
					}
				}
			}
		}
	}
	return nil
}

func referenceLater(pairs []any, name string) bool {
	for i := 0; i < len(pairs); i += 2 {
		if pairs[i] == name || pairs[i] == py.Bytes(name) {
			return true
		}
	}
	return false
}

func referencePositions(items []any, to reflect.Value) error {
	if len(items) != to.NumField() {
		return errReference
	}
	for i, v := range items {
		if err := reference(v, to.Field(i)); err != nil {
			return err
		}
	}
	return nil
}

// referenceObject takes plain instances: a class, no or positional arguments, and a dict
// of attributes. What is of another form it does not judge.
func referenceObject(o *py.Object, to reflect.Value) error {
	class, ok := o.Class.(py.Global)
	args, argsOK := o.Args.(py.Tuple)
	if !ok || !argsOK || o.How != py.ByNewObj || class.Module == "builtins" || class.Module == "collections" || len(o.Twins) > 0 {
		return errUnjudged
	}
	var state *py.Dict
	for _, op := range o.Ops {
		d, ok := op.Items[0].(*py.Dict)
		if op.Kind != py.OpBuild || !ok || state != nil {
			return errUnjudged
		}
		state = d
	}
	if state != nil && len(args) > 0 {
		return errUnjudged
	}
	switch {
	case state != nil && to.Kind() == reflect.Struct:
		return referenceFields(state.Pairs(), to)
	case state != nil && to.Kind() == reflect.Map:
		return reference(state, to)
	case state != nil:
		return errReference
	}
	return errUnjudged
}

var errUnjudged = errors.New("not judged")

func referenceLeaf(v any, to reflect.Value) error {
	t := to.Type()
	if t == reflect.TypeFor[*big.Int]() {
		switch v := v.(type) {
		case int64:
			to.Set(reflect.ValueOf(big.NewInt(v)))
			return nil
		case *big.Int:
			to.Set(reflect.ValueOf(v))
			return nil
		case float64, string:
			return errUnjudged
		}
		return errReference
	}
	number := new(big.Float).SetPrec(0)
	switch v := v.(type) {
	case bool:
		if t.Kind() != reflect.Bool {
			return errReference
		}
		to.SetBool(v)
		return nil
	case string:
		if t.Kind() == reflect.Slice && t.Elem().Kind() == reflect.Uint8 {
			if !utf8.ValidString(v) {
				return errReference
			}
			to.SetBytes([]byte(v))
			return nil
		}
		if t.Kind() != reflect.String {
			return errReference
		}
		to.SetString(v)
		return nil
	case py.Bytes:
		return referenceBytes([]byte(v), to)
	case *py.ByteArray:
		return referenceBytes(v.Bytes, to)
	case *py.Buffer:
		return referenceBytes(v.Data, to)
	case int64:
		number.SetInt64(v)
	case *big.Int:
		number.SetInt(v)
	case float64:
		if math.IsNaN(v) || math.IsInf(v, 0) {
			if t.Kind() != reflect.Float64 {
				return errReference
			}
			to.SetFloat(v)
			return nil
		}
		if v == 0 && t.Kind() == reflect.Float64 { // a big.Float has no NaN, but -0 is there
			to.SetFloat(v)
			return nil
		}
		number.SetFloat64(v)
	default:
		return errReference
	}
	switch t.Kind() {
	case reflect.Int64, reflect.Int8:
		i, accuracy := number.Int64()
		if accuracy != big.Exact || to.OverflowInt(i) {
			return errReference
		}
		to.SetInt(i)
	case reflect.Uint64, reflect.Uint8:
		u, accuracy := number.Uint64()
		if !number.IsInt() || accuracy != big.Exact || to.OverflowUint(u) {
			return errReference
		}
		to.SetUint(u)
	case reflect.Float64:
		f, accuracy := number.Float64()
		if accuracy != big.Exact {
			return errReference
		}
		to.SetFloat(f)
	default:
		return errReference
	}
	return nil
}

func referenceBytes(data []byte, to reflect.Value) error {
	switch k := to.Kind(); {
	case k == reflect.String && utf8.Valid(data):
		to.SetString(string(data))
	case k == reflect.Slice && to.Type().Elem().Kind() == reflect.Uint8:
		to.SetBytes(append([]byte{}, data...))
	case k == reflect.Array && to.Type().Elem().Kind() == reflect.Uint8 && to.Len() == len(data):
		reflect.Copy(to, reflect.ValueOf(data))
	default:
		return errReference
	}
	return nil
}

type fuzzStruct struct {
	A int64           `pickle:"a"`
	B []string        `pickle:"b"`
	C map[string]any  `pickle:"c"`
	D *[]float64      `pickle:"d"`
	E any             `pickle:"x"`
	F *fuzzPair       `pickle:"y"`
	G map[int64][]any `pickle:"z"`
}

type fuzzPair struct {
	X any   `pickle:"x"`
	Y []any `pickle:"y"`
}

// fuzzTypes are the types into which every pickle is loaded.
var fuzzTypes = []reflect.Type{
	reflect.TypeFor[bool](), reflect.TypeFor[int64](), reflect.TypeFor[int8](), reflect.TypeFor[uint64](), reflect.TypeFor[float64](),
	reflect.TypeFor[string](), reflect.TypeFor[[]byte](), reflect.TypeFor[[3]byte](), reflect.TypeFor[*big.Int](),
	reflect.TypeFor[[]any](), reflect.TypeFor[[2]any](), reflect.TypeFor[[]int64](), reflect.TypeFor[[]float64](),
	reflect.TypeFor[[]string](), reflect.TypeFor[[][]any](), reflect.TypeFor[[]fuzzStruct](), reflect.TypeFor[fuzzStruct](),
	reflect.TypeFor[*fuzzPair](), reflect.TypeFor[map[string]any](), reflect.TypeFor[map[any]any](), reflect.TypeFor[map[any]bool](),
	reflect.TypeFor[map[int64]struct{}](), reflect.TypeFor[map[string]fuzzPair](), reflect.TypeFor[map[[2]any][]any](),
}

// more are types for which nothing is compared: a load must end, without a panic.
var moreFuzzTypes = []reflect.Type{
	reflect.TypeFor[loopList](), reflect.TypeFor[*treeNode](), reflect.TypeFor[xyPoint](), reflect.TypeFor[xyTuple](),
	reflect.TypeFor[map[string]loopList](), reflect.TypeFor[loopMap](), reflect.TypeFor[loopSeq](), reflect.TypeFor[chan int](),
	reflect.TypeFor[**big.Float](), reflect.TypeFor[[]big.Rat](), reflect.TypeFor[complex64](), reflect.TypeFor[*py.List](),
	reflect.TypeFor[py.Tuple](), reflect.TypeFor[[]py.Dict](), reflect.TypeFor[[1 << 12]byte](), reflect.TypeFor[[][1 << 12]int](),
	reflect.TypeFor[[]struct{}](), reflect.TypeFor[loopPointer](), reflect.TypeFor[loopPairs](), reflect.TypeFor[[]loopValue](),
}

type (
	loopMap     map[string]loopMap
	loopSeq     func(yield func(loopSeq) bool)
	loopPointer *loopPointer
	loopPairs   func(yield func(string, loopPairs) bool)
	loopValue   struct {
		Next map[string]loopValue `pickle:"next"`
	}
)

// FuzzTypedLoad loads any pickle into many types. What fits is what the value of package
// py, converted by the reference, is.
func FuzzTypedLoad(f *testing.F) {
	addSeeds(f)
	o := fuzzDecode
	o.Registry = py.NewRegistry()
	o.MaxMemory = 1 << 20
	f.Fuzz(func(t *testing.T, data []byte) {
		if _, err := graph.Parse(data); err != nil && len(data) > 1000 {
			return
		}
		for _, typ := range moreFuzzTypes {
			v := reflect.New(typ)
			o := o
			err := o.Unmarshal(data, v.Interface())
			o.AllErrors, o.RejectUnknown, o.RejectMissing, o.IgnoreCase = true, true, true, true
			if all := o.Unmarshal(data, reflect.New(typ).Interface()); err != nil && all == nil {
				t.Errorf("%q into %s: %v, but not with AllErrors", data, typ, err)
			}
		}
		var v any
		if err := o.Unmarshal(data, &v); err != nil {
			return
		}
		// Dumped again, so that no dict sets a key twice.
		again, err := pickle.EncodeOptions{Registry: o.Registry, NoFixImports: o.NoFixImports}.Marshal(v)
		if err != nil {
			return
		}
		var w any
		if err := o.Unmarshal(again, &w); err != nil {
			return
		}
		for _, typ := range fuzzTypes {
			compareTyped(t, o, again, w, typ)
			o.Unmarshal(data, reflect.New(typ).Interface())
		}
	})
}

func compareTyped(t *testing.T, o pickle.DecodeOptions, data []byte, v any, typ reflect.Type) {
	t.Helper()
	want := reflect.New(typ).Elem()
	wantErr := reference(v, want)
	if wantErr == errUnjudged {
		return
	}
	got := reflect.New(typ)
	gotErr := o.Unmarshal(data, got.Interface())
	switch {
	case errors.Is(gotErr, pickle.ErrTooLarge):
	case (gotErr == nil) != (wantErr == nil):
		t.Errorf("%q, %s, into %s: %v, and not %v", data, py.Repr(v), typ, gotErr, wantErr)
	case gotErr == nil && !equalTyped(got.Elem(), want):
		t.Errorf("%q, %s, into %s: %v, and not %v", data, py.Repr(v), typ, got.Elem(), want)
	}
}

// equalTyped compares values of one type; the values of package py in them by what they
// describe as.
func equalTyped(a, b reflect.Value) bool {
	switch a.Kind() {
	case reflect.Interface:
		return bytes.Equal(describe.Value(a.Interface()), describe.Value(b.Interface()))
	case reflect.Float64:
		return math.Float64bits(a.Float()) == math.Float64bits(b.Float())
	case reflect.Slice, reflect.Array:
		if a.Kind() == reflect.Slice && a.IsNil() != b.IsNil() || a.Len() != b.Len() {
			return false
		}
		for i := range a.Len() {
			if !equalTyped(a.Index(i), b.Index(i)) {
				return false
			}
		}
		return true
	case reflect.Struct:
		for i := range a.NumField() {
			if !equalTyped(a.Field(i), b.Field(i)) {
				return false
			}
		}
		return true
	case reflect.Pointer:
		if x, ok := a.Interface().(*big.Int); ok {
			y := b.Interface().(*big.Int)
			return x == nil && y == nil || x != nil && y != nil && x.Cmp(y) == 0
		}
		return a.IsNil() == b.IsNil() && (a.IsNil() || equalTyped(a.Elem(), b.Elem()))
	case reflect.Map:
		return slices.Equal(describeMap(a), describeMap(b))
	}
	return a.Equal(b)
}

// describeMap is for each entry a text, sorted: keys may be NaN, or any interfaces.
func describeMap(m reflect.Value) []string {
	var out []string
	for it := m.MapRange(); it.Next(); {
		out = append(out, describeTyped(it.Key())+": "+describeTyped(it.Value()))
	}
	slices.Sort(out)
	return out
}

func describeTyped(v reflect.Value) string {
	switch v.Kind() {
	case reflect.Interface:
		return string(describe.Value(v.Interface()))
	case reflect.Slice, reflect.Array:
		var parts []string
		for i := range v.Len() {
			parts = append(parts, describeTyped(v.Index(i)))
		}
		return strings.Join(parts, ", ")
	case reflect.Struct:
		var parts []string
		for i := range v.NumField() {
			parts = append(parts, describeTyped(v.Field(i)))
		}
		return strings.Join(parts, "; ")
	}
	return py.Repr(v.Interface())
}
