package py

import (
	"fmt"
	"iter"
)

// Dict is a Python dict, used as *Dict: it keeps the order of insertion, and its keys are
// equal as Python's are, so that 1, 1.0 and True are one key and tuples can be keys. The
// zero Dict is empty and ready to use.
type Dict struct{ t table }

// NewDict makes a dict of keys and values in turn: NewDict("a", 1, "b", 2). It panics if
// their number is odd or a key is unhashable, as both are mistakes in the program; use
// [Dict.Set] for keys that come from elsewhere.
func NewDict(pairs ...any) *Dict {
	if len(pairs)%2 != 0 {
		panic("py.NewDict: a key without a value")
	}
	d := new(Dict)
	for i := 0; i < len(pairs); i += 2 {
		if err := d.Set(pairs[i], pairs[i+1]); err != nil {
			panic("py.NewDict: " + err.Error())
		}
	}
	return d
}

// Adopt makes d the dict of pairs, which are keys and values in turn, and keeps the slice
// as its storage: the caller must not use it any more. Of equal keys the first key and
// the last value stay. If a key is unhashable it returns an [*UnhashableError], and d is
// empty.
func (d *Dict) Adopt(pairs []any) error { return d.AdoptMemo(pairs, nil) }

// AdoptMemo is [Dict.Adopt] for one of many dicts that may share big keys; memo is theirs
// and may be nil.
func (d *Dict) AdoptMemo(pairs []any, memo *KeyMemo) error {
	if len(pairs)%2 != 0 {
		d.t = table{}
		return fmt.Errorf("py: %d items are no pairs of key and value", len(pairs))
	}
	return d.t.adopt(pairs, width2, memo)
}

// Clear removes everything.
func (d *Dict) Clear() { d.t = table{} }

// Len is the number of keys.
func (d *Dict) Len() int { return d.t.count(width2) }

// Get returns the value of key, and whether key is there. An unhashable key never is.
func (d *Dict) Get(key any) (value any, ok bool) {
	at, _, err := d.t.find(key, width2)
	if err != nil || at < 0 {
		return nil, false
	}
	return d.t.items[at*2+1], true
}

// Set stores value under key. Where an equal key is there already, that key and its place
// stay. The error is an [*UnhashableError].
func (d *Dict) Set(key, value any) error {
	key = canonical(key)
	at, h, err := d.t.find(key, width2)
	if err != nil {
		return err
	}
	if at >= 0 {
		d.t.items[at*2+1] = value
		return nil
	}
	d.t.items = append(d.t.items, key, value)
	d.t.added(h, width2)
	return nil
}

// Delete removes key and reports whether it was there.
func (d *Dict) Delete(key any) bool { return d.t.remove(key, width2) }

// All yields keys and values in the order of insertion. The dict may be changed
// meanwhile only by setting keys that are there.
func (d *Dict) All() iter.Seq2[any, any] {
	return func(yield func(any, any) bool) {
		for i := 0; i < len(d.t.items); i += 2 {
			if d.t.items[i] == tombstone {
				continue
			}
			if !yield(d.t.items[i], d.t.items[i+1]) {
				return
			}
		}
	}
}

// Keys yields the keys in the order of insertion.
func (d *Dict) Keys() iter.Seq[any] {
	return func(yield func(any) bool) {
		for k := range d.All() {
			if !yield(k) {
				return
			}
		}
	}
}

// Values yields the values in the order of insertion.
func (d *Dict) Values() iter.Seq[any] {
	return func(yield func(any) bool) {
		for _, v := range d.All() {
			if !yield(v) {
				return
			}
		}
	}
}

// Pairs returns the keys and values in turn, in the order of insertion. The slice may be
// d's own storage: it must not be changed, and it is valid until d is.
func (d *Dict) Pairs() []any { return d.t.live(width2) }
