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
