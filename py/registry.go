package py

import (
	"reflect"
)

// A Registry says which Go values stand for which Python classes and functions. Loading
// makes those values where a pickle names the class; dumping writes them as Python would
// write its own. What no entry knows loads as a [Global] or an [Object].
//
// A Registry never changes; any number of goroutines may use it. The nil *Registry is
// empty. Package stdlib has one for Python's standard library.
type Registry struct {
	names  map[Global]*Entry
	types  map[reflect.Type]*Entry
	values map[any]*Entry        // by comparable Value, or by the code pointer of a func
	valued map[reflect.Type]bool // the types in values
	own    map[Global]Global     // the keys of names, to have their strings

	// longest is how long the longest of names is. Longer ones are not looked up: a pickle may
	// have a million names that share a text of megabytes, which would be hashed for each.
	longest int
}

// An Entry ties Python names to Go.
//
// There are two kinds. An entry with Load is about instances: what a call of one of Names
// gives (REDUCE, INST), or what is made of the class without a call of __init__ (NEWOBJ, and
// copyreg._reconstructor as protocols 0 and 1 have it). An entry with Value is about the
// name itself: a function or a class that the pickle refers to. One entry may be both.
type Entry struct {
	// Names are the class or function under all names that Python versions give it. A
	// method of a class, such as Global{"zoneinfo", "ZoneInfo._unpickle"}, stands for
	// getattr(zoneinfo.ZoneInfo, '_unpickle') as well. Names of Python 2 are not needed
	// where the pickle machine maps them (__builtin__.xrange is builtins.range).
	Names []Global

	// Value is what Names[0] is in Go: a value that can be a map key, or a func that is no
	// closure. The name loads as the Value and the Value is dumped as the name.
	Value any

	// Load returns the Go value of an instance. ok is false if the entry does not know
	// this form: then the instance stays the *Object that it is. o belongs to the caller
	// and is valid during the call; what it holds may be kept. A pickle from a stranger
	// may have anything in it: Load must look before it takes.
	//
	// If Fill is nil, o is complete. If not, the containers in its Args may be empty
	// yet, and the Ops have their Kind alone: Load looks whether Fill will know them.
	Load func(o *Object) (v any, ok bool)

	// Fill completes v, which Load made, when all values of the pickle exist. It is for
	// what may hold itself: then v is a pointer, and Load returns it before what it
	// holds is there. An error ends loading, as in Python the failure of a method would.
	Fill func(v any, o *Object) error

	// Types are the Go types that Reduce takes. For a value of one of them dumping asks
	// this entry, whatever its names.
	Types []reflect.Type

	// Reduce returns what is written for v: an *Object, made anew, as the class's
	// __reduce_ex__ would have it; or another value in place of v, such as a Global. v
	// is its identity: what v holds may refer to v.
	Reduce func(v any, f Form) (any, error)

	// Strings are the strings that Reduce uses and that in Python are one object each
	// wherever they stand in the source, such as the key 'int' in a UUID's state. Reduce
	// must use these very strings.
	Strings []string
}

// A Form is what a reduction may depend on.
type Form struct {
	Protocol int // 0 to 5
	Python   int // the minor version of Python 3 whose form is written: 8, 10, 11, 12, 13, 14 or 15
}

// NewRegistry returns a registry of the entries. Of two entries for one name or type the
// later counts.
func NewRegistry(entries ...Entry) *Registry { return (*Registry)(nil).With(entries...) }

// With returns a registry that has the entries besides those of r, and before them where
// both know a name or type.
func (r *Registry) With(entries ...Entry) *Registry {
	out := &Registry{
		names:  make(map[Global]*Entry),
		types:  make(map[reflect.Type]*Entry),
		values: make(map[any]*Entry),
		valued: make(map[reflect.Type]bool),
		own:    make(map[Global]Global),
	}
	if r != nil {
		for k, e := range r.names {
			out.names[k] = e
		}
		for k, e := range r.types {
			out.types[k] = e
		}
		for k, e := range r.values {
			out.values[k] = e
			out.valued[reflect.TypeOf(e.Value)] = true
		}
		for k, v := range r.own {
			out.own[k] = v
		}
		out.longest = r.longest
	}
	for _, e := range entries {
		for _, n := range e.Names {
			out.names[n] = &e
			out.own[n] = n
			out.longest = max(out.longest, len(n.Module)+len(n.Name))
		}
		for _, t := range e.Types {
			out.types[t] = &e
		}
		if e.Value != nil {
			out.values[valueKey(e.Value)] = &e
			out.valued[reflect.TypeOf(e.Value)] = true
		}
	}
	return out
}

// LookupName returns name with the very strings that its entry has in Names. Reductions
// use these, so that what a pickle shares with them should be them, too.
func (r *Registry) LookupName(name Global) (own Global, ok bool) {
	if r == nil || len(name.Module)+len(name.Name) > r.longest {
		return name, false
	}
	own, ok = r.own[name]
	return own, ok
}

// funcKey is the key of a func in Registry.values.
type funcKey uintptr

func valueKey(v any) any {
	if r := reflect.ValueOf(v); r.Kind() == reflect.Func {
		return funcKey(r.Pointer())
	}
	return v
}

// Lookup returns the entry for the class or function of that name, or nil.
func (r *Registry) Lookup(name Global) *Entry {
	if r == nil || len(name.Module)+len(name.Name) > r.longest {
		return nil
	}
	return r.names[name]
}

// LookupType returns the entry that reduces values of the type, or nil.
func (r *Registry) LookupType(t reflect.Type) *Entry {
	if r == nil {
		return nil
	}
	return r.types[t]
}

// LookupValue returns the name under which v is registered as a Value.
func (r *Registry) LookupValue(v any) (name Global, ok bool) {
	if v == nil || !r.HasValues(reflect.TypeOf(v)) {
		return Global{}, false
	}
	if x := reflect.ValueOf(v); x.Kind() != reflect.Func && !x.Comparable() {
		return Global{}, false
	}
	e := r.values[valueKey(v)]
	if e == nil || len(e.Names) == 0 {
		return Global{}, false
	}
	return e.Names[0], true
}

// HasValues reports whether values of type t are registered as a Value.
func (r *Registry) HasValues(t reflect.Type) bool { return r != nil && r.valued[t] }

// A Storer is a registered value that can be stored in Go types other than its own, when a
// pickle is loaded into such a type: a Python datetime in a time.Time.
type Storer interface {
	// StoreIn stores the value where dst, a pointer that is not nil, points to. ok is
	// false if it does not know the type of dst; err says why this value can't be stored
	// in it without loss.
	StoreIn(dst any) (ok bool, err error)
}

// A Plainer is a registered value for which [Plain] has plain Go: nil, bool, int64,
// *big.Int, float64, string, []byte, []any, map[string]any, time.Time and the like.
type Plainer interface {
	// Plain returns plain Go, in which other Python values may stand that [Plain] is to
	// convert in turn.
	Plain() (any, error)
}
