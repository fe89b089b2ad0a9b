package wire_test

import (
	"math/big"
	"testing"

	"github.com/go-pickle/pickle/internal/wire"
)

func TestRepeats(t *testing.T) {
	var r wire.Repeats
	small, large := big.NewInt(1), new(big.Int).Lsh(big.NewInt(1), 8<<20-1) // 1 MB
	for range 1_000_000 {
		if r.TooMany(small) {
			t.Fatal("small ones count")
		}
	}
	for i := range 65 {
		if r.TooMany(large) {
			t.Fatalf("too many after %d", i)
		}
	}
	if !r.TooMany(large) {
		t.Error("66 times a megabyte is not too many")
	}
}

// TestManyDistinct has ints that are each met once, which never are too many.
func TestManyDistinct(t *testing.T) {
	var r wire.Repeats
	large := make([]*big.Int, 3000)
	for i := range large {
		large[i] = new(big.Int).Lsh(big.NewInt(int64(i+1)), 1<<20) // 128 KB
		if r.TooMany(large[i]) {
			t.Fatalf("%d distinct ints are too many", i+1)
		}
	}
	n := 1
	for !r.TooMany(large[n*7%len(large)]) {
		n++
	}
	if n != wire.MaxRepeats>>17 {
		t.Errorf("%d ints of 128 KB again are too many", n)
	}
	r.Clear()
	for range 2 {
		if r.TooMany(large[0]) {
			t.Error("Clear does not forget")
		}
	}
}
