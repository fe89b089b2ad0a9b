package wire

import "math/big"

// Repeats counts how many bytes of large ints are written again. An int has no place in a
// pickle's memo, as a str has: it is written wherever it is met, and two bytes of a hostile
// pickle are enough to meet one of megabytes. The zero Repeats has counted nothing.
type Repeats struct {
	seen  map[*big.Int]struct{}
	bytes int
}

// MaxRepeats is how many bytes of ints may be written again.
const MaxRepeats = 64 << 20

// largeInt is how many bits an int has that is counted.
const largeInt = 512

// TooMany counts v and reports whether this was more than there may be.
func (r *Repeats) TooMany(v *big.Int) bool {
	bits := v.BitLen()
	if bits < largeInt {
		return false
	}
	if _, again := r.seen[v]; !again {
		if r.seen == nil {
			r.seen = make(map[*big.Int]struct{})
		}
		r.seen[v] = struct{}{}
		return false
	}
	r.bytes += bits / 8
	return r.bytes > MaxRepeats
}
