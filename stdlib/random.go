package stdlib

import (
	"math"
	"reflect"

	"github.com/go-pickle/pickle/py"
)

// A Random is a random.Random: a Mersenne Twister in some state. It gives the numbers that
// Python's would go on with, and is a [math/rand/v2.Source]. It is not for secrets, nor for
// several goroutines at once.
type Random struct {
	state [624]uint32
	index int     // of the next number in state; 624 if all are used
	gauss float64 // the second number of a pair that gauss() made
	half  bool    // there is one
}

// NewRandom returns what random.Random(seed) is in Python, for a seed that is an int.
func NewRandom(seed uint64) *Random {
	r := &Random{index: 624}
	// init_by_array in CPython's Modules/_randommodule.c
	key := []uint32{uint32(seed)}
	if seed >= 1<<32 {
		key = append(key, uint32(seed>>32))
	}
	mt := &r.state
	mt[0] = 19650218
	for i := uint32(1); i < 624; i++ {
		mt[i] = 1812433253*(mt[i-1]^mt[i-1]>>30) + i
	}
	i, j := 1, 0
	for range 624 {
		mt[i] = (mt[i] ^ (mt[i-1]^mt[i-1]>>30)*1664525) + key[j] + uint32(j)
		if i++; i == 624 {
			mt[0], i = mt[623], 1
		}
		j = (j + 1) % len(key)
	}
	for range 623 {
		mt[i] = (mt[i] ^ (mt[i-1]^mt[i-1]>>30)*1566083941) - uint32(i)
		if i++; i == 624 {
			mt[0], i = mt[623], 1
		}
	}
	mt[0] = 1 << 31
	return r
}

// Uint32 is getrandbits(32).
func (r *Random) Uint32() uint32 {
	if r.index >= 624 {
		mt := &r.state
		for i := range mt {
			y := mt[i]&(1<<31) | mt[(i+1)%624]&(1<<31-1)
			mt[i] = mt[(i+397)%624] ^ y>>1 ^ -(y&1)&0x9908b0df
		}
		r.index = 0
	}
	y := r.state[r.index]
	r.index++
	y ^= y >> 11
	y ^= y << 7 & 0x9d2c5680
	y ^= y << 15 & 0xefc60000
	return y ^ y>>18
}

// Uint64 is getrandbits(64).
func (r *Random) Uint64() uint64 {
	low := uint64(r.Uint32())
	return low | uint64(r.Uint32())<<32
}

// Float64 is random(): a number in [0, 1).
func (r *Random) Float64() float64 {
	a, b := r.Uint32()>>5, r.Uint32()>>6
	return (float64(a)*(1<<26) + float64(b)) / (1 << 53)
}

// AppendRepr appends what Python's repr gives, but for an address.
func (r *Random) AppendRepr(dst []byte) []byte { return append(dst, "<random.Random object>"...) }

// Equal reports whether r and other will give the same numbers.
func (r *Random) Equal(other *Random) bool {
	return r == other || r.state == other.state && r.index == other.index && r.half == other.half &&
		math.Float64bits(r.gauss) == math.Float64bits(other.gauss)
}

var randomClass = py.Global{Module: "random", Name: "Random"}

var randomEntries = []py.Entry{{
	Names:  []py.Global{randomClass},
	Types:  []reflect.Type{reflect.TypeFor[*Random]()},
	Load:   loadRandom,
	Reduce: func(v any, _ py.Form) (any, error) { return reduceRandom(v.(*Random)), nil },
}}

// randomVersion is what the state of random.Random begins with.
const randomVersion = 3

func loadRandom(o *py.Object) (any, bool) {
	args, ok := o.Args.(py.Tuple)
	if !ok || len(args) != 0 || o.How != py.ByReduce || len(o.Ops) != 1 || o.Ops[0].Kind != py.OpBuild {
		return nil, false
	}
	state, ok := o.Ops[0].Items[0].(py.Tuple)
	if !ok || len(state) != 3 || state[0] != int64(randomVersion) {
		return nil, false
	}
	numbers, ok := state[1].(py.Tuple)
	if !ok || len(numbers) != 625 {
		return nil, false
	}
	r := new(Random)
	for i, v := range numbers {
		n, ok := v.(int64)
		switch {
		case !ok || n < 0 || n > math.MaxUint32:
			return nil, false
		case i < 624:
			r.state[i] = uint32(n)
		case n > 624:
			return nil, false
		default:
			r.index = int(n)
		}
	}
	switch gauss := state[2].(type) {
	case nil:
	case float64:
		r.gauss, r.half = gauss, true
	default:
		return nil, false
	}
	return r, true
}

func reduceRandom(r *Random) any {
	numbers := make(py.Tuple, 625)
	for i, n := range r.state {
		numbers[i] = int64(n)
	}
	numbers[624] = int64(r.index)
	var gauss any
	if r.half {
		gauss = r.gauss
	}
	o := py.NewCall(randomClass)
	o.Ops = []py.Op{{Kind: py.OpBuild, Items: []any{py.Tuple{int64(randomVersion), numbers, gauss}}}}
	return o
}
