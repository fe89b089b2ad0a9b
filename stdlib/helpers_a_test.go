package stdlib_test

import (
	"math"
	"math/big"
)

var inf = math.Inf(1)

func ratOf(a, b int64) *big.Rat { return big.NewRat(a, b) }
