package wire

import (
	"math/big"
	"math/bits"
	"unsafe"
)

// Repeats counts how many bytes of large ints are written again. An int has no place in a
// pickle's memo, as a str has: it is written wherever it is met, and two bytes of a hostile
// pickle are enough to meet one of megabytes. The zero Repeats has counted nothing.
type Repeats struct {
	seen  []*big.Int // an open hash table; its length is a power of two
	used  int
	bytes int
}

// MaxRepeats is how many bytes of ints may be written again.
const MaxRepeats = 64 << 20

// largeInt is how many bits an int has that is counted.
const largeInt = 512

// Clear makes r the zero Repeats.
func (r *Repeats) Clear() {
	if r.used > 0 {
		*r = Repeats{}
	}
}

// TooMany counts v and reports whether this was more than there may be.
func (r *Repeats) TooMany(v *big.Int) bool {
	bits := v.BitLen()
	if bits < largeInt || r.add(v) {
		return false
	}
	r.bytes += bits / 8
	return r.bytes > MaxRepeats
}

// add reports whether v was not there yet.
func (r *Repeats) add(v *big.Int) bool {
	if 2*r.used >= len(r.seen) {
		r.grow()
	}
	s := r.find(v)
	if *s != nil {
		return false
	}
	*s = v
	r.used++
	return true
}

// find returns where v is, or would be.
func (r *Repeats) find(v *big.Int) **big.Int {
	mask := len(r.seen) - 1
	hash := uint64(uintptr(unsafe.Pointer(v))) * 0x9e3779b97f4a7c15 // the collector moves nothing
	for at := int(bits.ReverseBytes64(hash)) & mask; ; at = (at + 1) & mask {
		if s := &r.seen[at]; *s == nil || *s == v {
			return s
		}
	}
}

func (r *Repeats) grow() {
	old := r.seen
	r.seen = make([]*big.Int, max(4*len(old), 64))
	for _, v := range old {
		if v != nil {
			*r.find(v) = v
		}
	}
}
