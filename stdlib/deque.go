package stdlib

import (
	"errors"
	"fmt"
	"iter"
	"reflect"
	"strconv"

	"github.com/go-pickle/pickle/py"
)

var dequeEntries = []py.Entry{{
	Names: []py.Global{classDeque.name},
	Types: []reflect.Type{reflect.TypeFor[*Deque]()},
	Load: func(o *py.Object) (any, bool) {
		args, ok := made(o, -1, py.OpAppend, py.OpBuild)
		if !ok || len(args) > 2 {
			return nil, false
		}
		d := new(Deque)
		if len(args) > 1 && args[1] != nil {
			n, ok := args[1].(int64)
			if !ok || n < 0 || int64(int(n)) != n {
				return nil, false
			}
			d.Bounded, d.MaxLen = true, int(n)
		}
		if len(args) > 0 {
			switch args[0].(type) {
			case py.Tuple, *py.List:
			default:
				return nil, false
			}
		}
		return d, true
	},
	Fill: func(v any, o *py.Object) (err error) {
		d := v.(*Deque)
		if d.Attrs, err = stateDict(o); err != nil {
			return err
		}
		if args := o.Args.(py.Tuple); len(args) > 0 {
			switch items := args[0].(type) { // Python 2.7 has the items there
			case py.Tuple:
				d.Append(items...)
			case *py.List:
				d.Append(items.Items...)
			}
		}
		if items := added(o, py.OpAppend); d.list.Items == nil {
			d.list.Items = items
			d.Append() // as many as there is room for
		} else {
			d.Append(items...)
		}
		return nil
	},
	Reduce: func(v any, f py.Form) (any, error) {
		d := v.(*Deque)
		if d.Bounded && d.MaxLen < 0 {
			return nil, errors.New("maxlen must be non-negative")
		}
		o := py.NewCall(classDeque.in(f))
		if d.Bounded {
			o.Args = py.Tuple{py.Tuple{}, int64(d.MaxLen)}
		}
		return changed(o, py.Op{Kind: py.OpAppend, Items: d.list.Items}, build(d.Attrs)), nil
	},
}}

var classDeque = newCClass("collections", "deque", 12)

// A Deque is a Python collections.deque, used as *Deque: a list from both ends of which
// items are taken, and of which a bounded one keeps the last MaxLen items. The zero Deque
// is empty, without a bound, and ready to use.
type Deque struct {
	list py.List

	// Bounded says that the deque has a maxlen, MaxLen.
	Bounded bool
	MaxLen  int

	// Attrs are attributes, which the deque of a class that extends it may have; nil if
	// there are none.
	Attrs *py.Dict
}

// NewDeque returns a deque of the items without a bound.
func NewDeque(items ...any) *Deque { return &Deque{list: py.List{Items: items}} }

// Append adds items at the right end. Those at the left end for which there is no room go.
func (d *Deque) Append(items ...any) {
	d.list.Append(items...)
	if d.Bounded && len(d.list.Items) > max(d.MaxLen, 0) {
		gone := len(d.list.Items) - max(d.MaxLen, 0)
		clear(d.list.Items[:gone])
		d.list.Items = d.list.Items[gone:]
	}
}

// AppendLeft adds an item at the left end. The one at the right end goes if there is no
// room for it.
func (d *Deque) AppendLeft(item any) {
	d.list.Items = append([]any{item}, d.list.Items...)
	if d.Bounded && len(d.list.Items) > max(d.MaxLen, 0) {
		d.list.Items = d.list.Items[:max(d.MaxLen, 0)]
	}
}

// Pop takes the item at the right end; ok is false if there is none.
func (d *Deque) Pop() (item any, ok bool) {
	last := len(d.list.Items) - 1
	if last < 0 {
		return nil, false
	}
	item = d.list.Items[last]
	d.list.Items[last] = nil
	d.list.Items = d.list.Items[:last]
	return item, true
}

// PopLeft takes the item at the left end; ok is false if there is none.
func (d *Deque) PopLeft() (item any, ok bool) {
	if len(d.list.Items) == 0 {
		return nil, false
	}
	item = d.list.Items[0]
	d.list.Items[0] = nil
	d.list.Items = d.list.Items[1:]
	return item, true
}

// Len is the number of items.
func (d *Deque) Len() int { return len(d.list.Items) }

// All yields the items from left to right.
func (d *Deque) All() iter.Seq[any] {
	return func(yield func(any) bool) {
		for _, x := range d.list.Items {
			if !yield(x) {
				return
			}
		}
	}
}

// Items returns the items from left to right: the deque's own storage, valid until it is
// changed.
func (d *Deque) Items() []any { return d.list.Items }

// ReprParts prints d as deque([1, 2], maxlen=5).
func (d *Deque) ReprParts() []any {
	end := ")"
	if d.Bounded {
		end = ", maxlen=" + strconv.Itoa(d.MaxLen) + ")"
	}
	return []any{py.ReprText("deque("), &d.list, py.ReprText(end)}
}

// EqualParts compares the items with those of another deque.
func (d *Deque) EqualParts(other any) (mine, theirs []any, ok bool) {
	e, ok := other.(*Deque)
	if !ok {
		return nil, nil, false
	}
	return []any{&d.list}, []any{&e.list}, true
}

// String prints d as [py.Repr] does, cut off after 64 KiB.
func (d *Deque) String() string { return printed(d) }

// Format prints d for package fmt as [py.Repr] does.
func (d *Deque) Format(f fmt.State, verb rune) { format(d, f, verb) }

// StoreIn stores the items in a []any, a copy.
func (d *Deque) StoreIn(dst any) (ok bool, err error) {
	p, ok := dst.(*[]any)
	if ok {
		*p = append(make([]any, 0, d.Len()), d.list.Items...)
	}
	return ok, nil
}

// Plain gives the items.
func (d *Deque) Plain() (any, error) { return &d.list, nil }
