package py

import (
	"iter"
)

// Set is a Python set, used as *Set. It keeps the order in which items came. The zero Set
// is empty and ready to use.
type Set struct{ t table }

// NewSet makes a set of items. It panics if one is unhashable.
func NewSet(items ...any) *Set {
	s := new(Set)
	for _, x := range items {
		if err := s.Add(x); err != nil {
			panic("py.NewSet: " + err.Error())
		}
	}
	return s
}

// Adopt makes s the set of items and keeps the slice as its storage: the caller must not
// use it any more. Of equal items the first stays. If one is unhashable it returns an
// [*UnhashableError], and s is empty.
func (s *Set) Adopt(items []any) error { return s.t.adopt(items, width1, nil) }

// AdoptMemo is [Set.Adopt] for one of many sets that may share big items; memo is theirs
// and may be nil.
func (s *Set) AdoptMemo(items []any, memo *KeyMemo) error {
	return s.t.adopt(items, width1, memo)
}

// Clear removes everything.
func (s *Set) Clear() { s.t = table{} }

// Len is the number of items.
func (s *Set) Len() int { return s.t.count(width1) }

// Has reports whether x is in the set. Something unhashable never is.
func (s *Set) Has(x any) bool {
	at, _, err := s.t.find(x, width1)
	return err == nil && at >= 0
}

// Add puts x into the set if it is not there. The error is an [*UnhashableError].
func (s *Set) Add(x any) error {
	x = canonical(x)
	at, h, err := s.t.find(x, width1)
	if err != nil || at >= 0 {
		return err
	}
	s.t.items = append(s.t.items, x)
	s.t.added(h, width1)
	return nil
}

// Delete removes x and reports whether it was there.
func (s *Set) Delete(x any) bool { return s.t.remove(x, width1) }

// All yields the items in the order in which they came.
func (s *Set) All() iter.Seq[any] {
	return func(yield func(any) bool) {
		for _, x := range s.t.items {
			if x != tombstone && !yield(x) {
				return
			}
		}
	}
}

// Items returns the items in the order in which they came. The slice may be s's own
// storage: it must not be changed, and it is valid until s is.
func (s *Set) Items() []any { return s.t.live(width1) }

// FrozenSet is a Python frozenset, used as *FrozenSet: a set that can't change and can be
// a key.
type FrozenSet struct {
	t      table
	hashed uint64 // its hash, made with it: readers must not have to store it
}

// NewFrozenSet makes a frozenset of items. It panics if one is unhashable.
func NewFrozenSet(items ...any) *FrozenSet {
	f := &FrozenSet{t: NewSet(items...).t}
	f.hashed = f.hashItems(nil)
	return f
}

// Adopt makes f the frozenset of items, as [Set.Adopt] does. It is for an f that nobody
// has seen yet.
func (f *FrozenSet) Adopt(items []any) error { return f.AdoptMemo(items, nil) }

// AdoptMemo is [FrozenSet.Adopt] for one of many sets that may share big items; memo is
// theirs and may be nil.
func (f *FrozenSet) AdoptMemo(items []any, memo *KeyMemo) error {
	err := f.t.adopt(items, width1, memo)
	f.hashed = f.hashItems(memo)
	return err
}

// hashItems hashes the items whatever their order.
func (f *FrozenSet) hashItems(memo *KeyMemo) uint64 {
	sum := salt + 3
	for _, x := range f.t.items {
		h, _ := memo.hash(x) // known to be hashable
		sum += mix(h)
	}
	return mix(sum)
}

func (f *FrozenSet) hash() uint64 {
	if f.hashed == 0 {
		return f.hashItems(nil) // the zero FrozenSet
	}
	return f.hashed
}

// Len is the number of items.
func (f *FrozenSet) Len() int { return f.t.count(width1) }

// Has reports whether x is in the set. Something unhashable never is.
func (f *FrozenSet) Has(x any) bool {
	at, _, err := f.t.find(x, width1)
	return err == nil && at >= 0
}

// All yields the items in the order in which they came.
func (f *FrozenSet) All() iter.Seq[any] { return (&Set{f.t}).All() }

// Items returns the items in the order in which they came. The slice is f's own storage
// and must not be changed.
func (f *FrozenSet) Items() []any { return f.t.items }
