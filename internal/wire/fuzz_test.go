package wire_test

import (
	"bytes"
	"math/big"
	"testing"

	"github.com/go-pickle/pickle/internal/wire"
)

// FuzzLong reads any bytes as an int, compares it with what arithmetic says, and writes it
// back: the same bytes, but for those that say nothing.
func FuzzLong(f *testing.F) {
	for _, s := range []string{"", "\x00", "\x7f", "\x80", "\xff", "\xff\x00", "\x00\x80", "\xff\xff", "\x00\x00\x00\x00\x00\x00\x00\x80", "\xff\xff\xff\xff\xff\xff\xff\xff\x00", "\x01\x00\x00\x00\x00\x00\x00\x00\xff"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		x := wire.BigFromBytes(b)
		reversed := bytes.Clone(b)
		for i := range reversed {
			reversed[i] = b[len(b)-1-i]
		}
		want := new(big.Int).SetBytes(reversed)
		if len(b) > 0 && b[len(b)-1] >= 0x80 {
			want.Sub(want, new(big.Int).Lsh(big.NewInt(1), uint(8*len(b))))
		}
		if x.Cmp(want) != 0 {
			t.Fatalf("%x is %v, not %v", b, x, want)
		}
		short := b
		for len(short) > 0 { // bytes that only repeat the sign
			last := short[len(short)-1]
			if last == 0 && (len(short) == 1 || short[len(short)-2] < 0x80) ||
				last == 0xff && len(short) > 1 && short[len(short)-2] >= 0x80 {
				short = short[:len(short)-1]
				continue
			}
			break
		}
		if got := wire.AppendBig([]byte("x"), x); !bytes.Equal(bytes.TrimPrefix(got, []byte("x")), short) && x.Sign() != 0 {
			t.Fatalf("%x is written as %x", b, got)
		}
	})
}
