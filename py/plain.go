package py

import (
	"cmp"
	"errors"
	"fmt"
	"math/big"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"unsafe"
)

// A PlainError says which part of a value [From] or [Plain] could not convert.
type PlainError struct {
	Path string // such as $["a"][3], where $ is the value that was given
	Err  error
}

// Error gives the path and the reason.
func (e *PlainError) Error() string { return "py: " + e.Path + ": " + e.Err.Error() }

// Unwrap returns Err.
func (e *PlainError) Unwrap() error { return e.Err }

// ErrTooDeep is the reason of a [PlainError] for values nested deeper than 10,000 levels.
var ErrTooDeep = errors.New("nested deeper than 10000 levels")

// ErrCyclic is the reason of a [PlainError] for values that hold themselves, which plain
// Go data made by [Plain] does not.
var ErrCyclic = errors.New("the value holds itself")

// ErrTooShared is the reason of a [PlainError] for values in which so much is shared that
// copies of it would not end.
var ErrTooShared = errors.New("shared values would make too many copies")

const (
	maxPlainDepth  = 10_000
	maxPlainShared = 1 << 20
)

// From turns plain Go data into the values of this package:
//
//	nil, nil pointers                   None
//	bools, numbers, strings             themselves, as bool, int64 or *big.Int, float64,
//	  of named types too                complex128, string
//	[]byte, [n]byte                     Bytes
//	slices, nil ones too                *List
//	arrays                              Tuple
//	maps, nil ones too                  *Dict, the keys in ascending order
//	map[T]struct{}                      *Set, in ascending order
//	pointers, interfaces                what they point to, what they hold
//	values of this package              themselves; they are not looked into
//
// A slice, map or pointer that is met again becomes the same value again, so that sharing
// and cycles are kept. What else there is, such as structs, funcs and channels, is a
// [*PlainError], and so are keys that Python can't hash. Package pickle converts structs.
func From(v any) (any, error) {
	c := fromConverter{}
	x, err := c.convert(v)
	if err != nil {
		return nil, c.path.wrap(err)
	}
	return x, nil
}

type fromConverter struct {
	path  steps
	memo  map[fromID]any
	depth int
}

// fromID is the identity of Go data; one address can belong to several types.
type fromID struct {
	p unsafe.Pointer
	n int
	t reflect.Type
}

// known returns what id was converted to before, if it was.
func (c *fromConverter) known(id fromID) (any, bool) {
	x, ok := c.memo[id]
	return x, ok
}

func (c *fromConverter) note(id fromID, x any) {
	if c.memo == nil {
		c.memo = make(map[fromID]any)
	}
	c.memo[id] = x
}

func (c *fromConverter) convert(v any) (any, error) {
	switch v := v.(type) {
	case nil:
		return nil, nil
	case bool, int64, float64, complex128, string, Bytes, Tuple, Global:
		return v, nil
	case []byte:
		return Bytes(v), nil
	case big.Int:
		return simplestInt(new(big.Int).Set(&v)), nil
	case *big.Int:
		if v == nil {
			return nil, nil
		}
		return simplestInt(v), nil
	}
	if isOurPointer(v) {
		if boxPointer(v) == nil {
			return nil, nil
		}
		return v, nil
	}
	if n, ok := goNumber(v); ok {
		return n, nil
	}
	return c.reflected(reflect.ValueOf(v))
}

func simplestInt(i *big.Int) any {
	if i.IsInt64() {
		return i.Int64()
	}
	return i
}

func (c *fromConverter) reflected(v reflect.Value) (any, error) {
	if c.depth++; c.depth > maxPlainDepth {
		return nil, ErrTooDeep
	}
	defer func() { c.depth-- }()
	switch v.Kind() {
	case reflect.Bool:
		return v.Bool(), nil
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		return v.Int(), nil
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64, reflect.Uintptr:
		return fromUint(v.Uint()), nil
	case reflect.Float32, reflect.Float64:
		return v.Float(), nil
	case reflect.Complex64, reflect.Complex128:
		return v.Complex(), nil
	case reflect.String:
		return v.String(), nil
	case reflect.Pointer:
		if v.IsNil() {
			return nil, nil
		}
		switch v.Elem().Kind() {
		case reflect.Pointer, reflect.Interface:
			// A pointer can lead back to itself with no container between.
			return c.convert(v.Elem().Interface())
		}
		id := fromID{v.UnsafePointer(), -1, v.Type()}
		if x, ok := c.known(id); ok {
			return x, nil
		}
		x, err := c.convert(v.Elem().Interface())
		if err == nil {
			c.note(id, x)
		}
		return x, err
	case reflect.Slice:
		return c.slice(v)
	case reflect.Array:
		if v.Type().Elem().Kind() == reflect.Uint8 {
			b := make([]byte, v.Len())
			reflect.Copy(reflect.ValueOf(b), v)
			return Bytes(b), nil
		}
		items := make(Tuple, v.Len())
		return items, c.items(v, items)
	case reflect.Map:
		return c.mapping(v)
	case reflect.Struct:
		return nil, fmt.Errorf("a struct (%s): convert it to a map, or give it to pickle.Marshal", v.Type())
	}
	return nil, fmt.Errorf("a %s (%s) has no counterpart in Python", v.Kind(), v.Type())
}

func (c *fromConverter) items(v reflect.Value, items []any) error {
	for i := range items {
		x, err := c.convert(v.Index(i).Interface())
		if err != nil {
			c.path.index(i)
			return err
		}
		items[i] = x
	}
	return nil
}

func (c *fromConverter) slice(v reflect.Value) (any, error) {
	if v.Type().Elem().Kind() == reflect.Uint8 {
		return Bytes(v.Bytes()), nil
	}
	id := fromID{v.UnsafePointer(), v.Len(), v.Type()}
	if x, ok := c.known(id); ok {
		return x, nil
	}
	l := &List{make([]any, v.Len())}
	if v.Len() > 0 {
		c.note(id, l)
	}
	return l, c.items(v, l.Items)
}

func (c *fromConverter) mapping(v reflect.Value) (any, error) {
	id := fromID{v.UnsafePointer(), -1, v.Type()}
	if x, ok := c.known(id); ok {
		return x, nil
	}
	e := v.Type().Elem()
	isSet := e.Kind() == reflect.Struct && e.NumField() == 0
	s, d := new(Set), new(Dict)
	if !v.IsNil() {
		if isSet {
			c.note(id, s)
		} else {
			c.note(id, d)
		}
	}
	for _, entry := range sortedEntries(v) {
		k := entry[0]
		key, err := c.convert(k.Interface())
		if err == nil && isSet {
			err = s.Add(key)
		} else if err == nil {
			err = hashable(key)
		}
		if err != nil {
			c.path.key(k.Interface())
			return nil, err
		}
		if isSet {
			continue
		}
		x, err := c.convert(entry[1].Interface())
		if err != nil {
			c.path.key(key)
			return nil, err
		}
		_ = d.Set(key, x) // known to be hashable
	}
	if isSet {
		return s, nil
	}
	return d, nil
}

// sortedEntries returns the keys and values of a map, the keys in ascending order: numbers by value, then strings,
// then what has no order of its own by how it is printed.
func sortedEntries(m reflect.Value) [][2]reflect.Value {
	type key struct {
		entry [2]reflect.Value
		class int
		i     int64
		f     float64
		s     string
	}
	keys := make([]key, 0, m.Len())
	for it := m.MapRange(); it.Next(); {
		k := key{entry: [2]reflect.Value{it.Key(), it.Value()}}
		u := it.Key()
		for u.Kind() == reflect.Interface && !u.IsNil() {
			u = u.Elem()
		}
		switch u.Kind() {
		case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
			k.i, k.f = u.Int(), float64(u.Int())
		case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64, reflect.Uintptr:
			k.i, k.f = int64(u.Uint()>>1), float64(u.Uint())
		case reflect.Float32, reflect.Float64:
			k.f = u.Float()
		case reflect.String:
			k.class, k.s = 1, u.String()
		default:
			k.class, k.s = 2, ReprOptions{MaxLen: 1 << 12}.Format(it.Key().Interface())
		}
		keys = append(keys, k)
	}
	slices.SortFunc(keys, func(a, b key) int {
		return cmp.Or(cmp.Compare(a.class, b.class), cmp.Compare(a.f, b.f), cmp.Compare(a.i, b.i),
			strings.Compare(a.s, b.s))
	})
	sorted := make([][2]reflect.Value, len(keys))
	for i, k := range keys {
		sorted[i] = k.entry
	}
	return sorted
}

// steps are the steps of a path, the innermost first.
type steps []string

func (s *steps) index(i int) { *s = append(*s, "["+strconv.Itoa(i)+"]") }

func (s *steps) key(k any) {
	if k, ok := k.(string); ok && len(k) < 64 {
		*s = append(*s, "["+strconv.Quote(k)+"]")
		return
	}
	*s = append(*s, "["+ReprOptions{MaxLen: 64}.Format(k)+"]")
}

// wrap makes the error for the path. Of long paths only the ends are shown.
func (s steps) wrap(err error) error {
	const most = 12
	var b strings.Builder
	b.WriteByte('$')
	for i := len(s) - 1; i >= 0; i-- {
		if len(s) > 2*most && i == len(s)-1-most {
			fmt.Fprintf(&b, "...(%d more)...", len(s)-2*most)
			i = most - 1
		}
		b.WriteString(s[i])
	}
	return &PlainError{Path: b.String(), Err: err}
}

// Plain turns values of this package into plain Go data, for code that knows nothing of
// Python:
//
//	None, bool, int, float, complex, str    nil, bool, int64 or *big.Int, float64,
//	                                        complex128, string
//	bytes, bytearray, a Buffer              []byte, a copy
//	tuple, list, set, frozenset             []any
//	dict                                    map[string]any if all keys are str,
//	                                        otherwise map[any]any
//
// In a map[any]any the keys are bool, int64, float64, complex128, string, nil, or [Bytes],
// since a []byte can't be a key. The result is a tree: apart from big.Ints nothing in it is
// shared, and changing it changes nothing in v. A registered value that is a [Plainer] gives what it says; other
// Go data, such as a time.Time that a registry made, stays as it is.
//
// The error is a [*PlainError]: for a Global, Object or PersistentRef, which no plain data
// stands for, for keys that Go's maps can't have (tuples, frozensets, ints past 64 bits),
// [ErrCyclic] for values that hold themselves, [ErrTooDeep], and [ErrTooShared] where parts
// are shared so often that copying each would make some 1<<20 values more than nine times
// those of v.
func Plain(v any) (any, error) {
	c := plainConverter{shared: sharing{limit: maxPlainShared, factor: 8, at: -1}}
	x, err := c.convert(v)
	if err != nil {
		return nil, c.path.wrap(err)
	}
	return x, nil
}

type plainConverter struct {
	path   steps
	open   map[ident]struct{}
	depth  int
	made   int64 // values made so far
	shared sharing
}

func (c *plainConverter) convert(v any) (any, error) {
	c.made++
	switch v := v.(type) {
	case nil, bool, int64, float64, complex128, string:
		return v, nil
	case *big.Int:
		if v == nil {
			return nil, nil
		}
		return simplestInt(v), nil
	case Bytes:
		return c.bytes(v, string(v))
	case *ByteArray:
		if v == nil {
			return nil, nil
		}
		return c.bytes(v, unsafe.String(unsafe.SliceData(v.Bytes), len(v.Bytes)))
	case *Buffer:
		if v == nil {
			return nil, nil
		}
		return c.bytes(v, unsafe.String(unsafe.SliceData(v.Data), len(v.Data)))
	case Global:
		return nil, fmt.Errorf("%s is a class or function, not plain data", v)
	case Tuple, *List, *Set, *FrozenSet, *Dict, *Object, *PersistentRef, Plainer:
	default:
		if n, ok := goNumber(v); ok {
			return n, nil
		}
		return v, nil
	}
	if isNone(v) {
		return nil, nil
	}
	switch v := v.(type) {
	case *Object:
		return nil, fmt.Errorf("%s is an object, not plain data: register a Go type for its class", v.ClassName())
	case *PersistentRef:
		return nil, fmt.Errorf("%s is a persistent reference: load it with a function that resolves it",
			ReprOptions{MaxLen: 100}.Format(v.ID))
	}
	id, ok := containerID(v)
	if p, isPlainer := v.(Plainer); isPlainer {
		if reflect.TypeOf(v).Kind() != reflect.Pointer { // it can't hold itself
			return c.plainer(p)
		}
		if boxPointer(v) == nil {
			return nil, nil
		}
		id, ok = ident{boxPointer(v), -2}, true // -1 may be its first field, which it gives
	}
	if !ok { // the empty tuple
		return []any{}, nil
	}
	if _, open := c.open[id]; open {
		return nil, ErrCyclic
	}
	if c.depth >= maxPlainDepth {
		return nil, ErrTooDeep
	}
	if !c.shared.enter(id, c.made, c.depth) {
		return nil, ErrTooShared
	}
	if c.open == nil {
		c.open = make(map[ident]struct{})
	}
	c.open[id] = struct{}{}
	c.depth++
	x, err := c.container(v)
	c.depth--
	delete(c.open, id)
	c.shared.leave(c.made, c.depth)
	return x, err
}

// bytes copies s.
func (c *plainConverter) bytes(v any, s string) (any, error) {
	if err := c.long(v, s); err != nil {
		return nil, err
	}
	return []byte(s), nil
}

// long counts what is copied, or as a key of a map is read to its end, for as many values as
// it takes the room of.
func (c *plainConverter) long(v any, s string) error {
	c.made += int64(len(s)) / 16
	if id, long := longLeafID(v); long {
		if !c.shared.enter(id, c.made-int64(len(s))/16, c.depth) {
			return ErrTooShared
		}
		c.shared.leave(c.made, c.depth)
	}
	return nil
}

// plainer converts what the registered value p gives.
func (c *plainConverter) plainer(p Plainer) (any, error) {
	x, err := p.Plain()
	if err != nil {
		return nil, err
	}
	if c.depth >= maxPlainDepth {
		return nil, ErrTooDeep
	}
	c.depth++
	defer func() { c.depth-- }()
	return c.convert(x)
}

func (c *plainConverter) container(v any) (any, error) {
	switch v := v.(type) {
	case Plainer:
		return c.plainer(v)
	case Tuple:
		return c.items(v)
	case *List:
		return c.items(v.Items)
	case *Set:
		return c.items(v.Items())
	case *FrozenSet:
		return c.items(v.Items())
	}
	d := v.(*Dict)
	strs := true
	for k := range d.Keys() {
		if _, ok := k.(string); !ok {
			strs = false
			break
		}
	}
	if strs {
		m := make(map[string]any, d.Len())
		for k, v := range d.All() {
			err := c.long(k, k.(string))
			var x any
			if err == nil {
				x, err = c.convert(v)
			}
			if err != nil {
				c.path.key(k)
				return nil, err
			}
			m[k.(string)] = x
		}
		return m, nil
	}
	m := make(map[any]any, d.Len())
	for k, v := range d.All() {
		key, err := c.key(k)
		var x any
		if err == nil {
			x, err = c.convert(v)
		}
		if err != nil {
			c.path.key(k)
			return nil, err
		}
		m[key] = x
	}
	return m, nil
}

// key converts a key of a map[any]any.
func (c *plainConverter) key(k any) (any, error) {
	switch k := k.(type) {
	case string:
		return k, c.long(k, k)
	case Bytes:
		return k, c.long(k, string(k))
	case *big.Int:
		if k == nil || k.IsInt64() {
			return c.convert(k)
		}
		return nil, errors.New("an int past 64 bits can't be a key of a Go map")
	case Tuple, *FrozenSet:
		return nil, fmt.Errorf("a %s can't be a key of a Go map", TypeName(k))
	case *Buffer:
		return nil, errors.New("a buffer can't be a key of a Go map")
	}
	return c.convert(k)
}

func (c *plainConverter) items(items []any) (any, error) {
	out := make([]any, len(items))
	for i, v := range items {
		x, err := c.convert(v)
		if err != nil {
			c.path.index(i)
			return nil, err
		}
		out[i] = x
	}
	return out, nil
}
