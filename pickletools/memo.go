package pickletools

import (
	"math/big"

	"github.com/go-pickle/pickle/opcode"
)

// A Memo is what [Disassemble] remembers of PUT, BINPUT, LONG_BINPUT and MEMOIZE. Give
// the same Memo to several calls to disassemble, one after the other, pickles that were
// written by one Pickler with one memo. The zero Memo is empty and ready to use; it
// must not be copied after that, nor used by two calls at a time.
type Memo struct {
	entries keyed[opcode.StackObject]
}

// Len returns the number of entries.
func (m *Memo) Len() int { return m.entries.len() }

// A key is the index of a memo entry. Indexes are any ints, as PUT and GET spell them
// in decimal; those that do not fit int64 are in text, in big.
type key struct {
	n   int64
	big string
}

// key returns the memo index that t has as its argument: False is 0, as in Python.
func (t *token) key() key {
	if t.form == formBig {
		return bigKey(t.big)
	}
	return key{n: t.n}
}

// bigKey returns the key of an n that does not fit int64. It is at most maxStrDigits
// long, because the decimal argument of GET and PUT is.
func bigKey(n *big.Int) key { return key{big: n.String()} }

// keyed is a map by key. Picklers count from 0 and those keys take a slice; no other
// key costs more than an entry of a map, however large.
type keyed[V any] struct {
	dense  []V // the keys 0 to len(dense)-1
	sparse map[int64]V
	big    map[string]V
}

func (k *keyed[V]) len() int { return len(k.dense) + len(k.sparse) + len(k.big) }

func (k *keyed[V]) get(at key) (v V, ok bool) {
	switch {
	case at.big != "":
		v, ok = k.big[at.big]
	case uint64(at.n) < uint64(len(k.dense)):
		return k.dense[at.n], true
	default:
		v, ok = k.sparse[at.n]
	}
	return v, ok
}

func (k *keyed[V]) set(at key, v V) {
	switch {
	case at.big != "":
		if k.big == nil {
			k.big = map[string]V{}
		}
		k.big[at.big] = v
	case uint64(at.n) < uint64(len(k.dense)):
		k.dense[at.n] = v
	case at.n == int64(len(k.dense)):
		delete(k.sparse, at.n) // a key is in one place
		k.dense = append(k.dense, v)
	default:
		if k.sparse == nil {
			k.sparse = map[int64]V{}
		}
		k.sparse[at.n] = v
	}
}
