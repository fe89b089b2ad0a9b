package py

import (
	"hash/maphash"
	"unsafe"
)

// A KeyMemo remembers what was found out about big keys, for those who build many dicts
// and sets of values that may share keys, as [Dict.AdoptMemo] does: without it, a small
// pickle can have each of a hundred thousand dicts hash the same tuple of a hundred
// thousand items. The zero KeyMemo is ready, and a nil one remembers nothing. It holds on
// to the big keys it has met, so it should not outlive the values. It is not safe for
// concurrent use.
type KeyMemo struct {
	hasher hasher
	equal  comparer
}

func (m *KeyMemo) hash(key any) (uint64, error) {
	switch k := key.(type) {
	case int64:
		return hashInt(k), nil
	case string:
		if m == nil || len(k) < longLeaf {
			return maphash.String(seed, k), nil
		}
	}
	if m == nil {
		return Hash(key)
	}
	return m.hasher.hash(key)
}

// hashable returns the error with which hashing key fails, if it does.
func hashable(key any) error {
	switch key.(type) {
	case nil, string, int64, float64, bool, Bytes, Global:
		return nil
	}
	_, err := Hash(key)
	return err
}

// same is Python's rule for keys: the same object, or equal.
func (m *KeyMemo) same(x, y any) bool {
	if m == nil {
		return sameKey(x, y)
	}
	switch x.(type) {
	case string, Tuple, Bytes:
		if x, ok := x.(string); ok && len(x) < longLeaf {
			return sameKey(x, y)
		}
		m.equal.keys = true
		return m.equal.equal(x, y, true)
	}
	return sameKey(x, y)
}

// sameKey is Python's rule for keys: the same object, or equal.
func sameKey(x, y any) bool {
	switch x := x.(type) {
	case string:
		s, ok := y.(string)
		return ok && s == x
	case int64:
		if i, ok := y.(int64); ok {
			return i == x
		}
	case Tuple:
		t, ok := y.(Tuple)
		if !ok || len(t) != len(x) {
			return false
		}
		if len(x) == 0 || unsafe.SliceData(x) == unsafe.SliceData(t) {
			return true
		}
	case *Object, *PersistentRef, *Buffer:
		return x == y
	}
	if x == tombstone {
		return false
	}
	return equalKeys(x, y)
}
