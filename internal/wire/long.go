// Package wire holds the binary forms that reading and writing pickles share.
package wire

import (
	"encoding/binary"
	"math"
	"math/big"
	"math/bits"
	"slices"
)

// BigFromBytes is the number that b holds in two's complement, lowest byte first. It goes
// from bytes to words without a detour by decimal digits, so that it is linear.
func BigFromBytes(b []byte) *big.Int {
	x := new(big.Int)
	SetBig(x, make([]big.Word, BigWords(len(b))), b)
	return x
}

const wordSize = bits.UintSize / 8

// BigWords is how many words [SetBig] needs for n bytes.
func BigWords(n int) int { return (n + wordSize - 1) / wordSize }

// SetBig sets x to the number that b holds, as [BigFromBytes] has it. The words, as many
// as [BigWords] says, become x's own.
func SetBig(x *big.Int, words []big.Word, b []byte) {
	negative := len(b) > 0 && b[len(b)-1]&0x80 != 0
	whole := len(b) / wordSize
	rest := b[whole*wordSize:]
	switch {
	case bits.UintSize == 32:
		for i := range whole {
			words[i] = big.Word(binary.LittleEndian.Uint32(b[i*4:]))
		}
	default:
		for i := range words[:whole] {
			words[i] = big.Word(binary.LittleEndian.Uint64(b[i*8:]))
		}
	}
	if len(rest) > 0 {
		var w [8]byte
		if negative {
			w = [8]byte{0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff}
		}
		copy(w[:wordSize], rest)
		words[whole] = big.Word(binary.LittleEndian.Uint64(w[:]))
	}
	if negative { // the magnitude is the complement plus one
		carry := true
		for i, w := range words {
			words[i] = -w
			if w != 0 { // the carry ends here
				for j := i + 1; j < len(words); j++ {
					words[j] = ^words[j]
				}
				carry = false
				break
			}
		}
		if carry {
			words = append(words, 1)
		}
	}
	x.SetBits(words)
	if negative {
		x.Neg(x)
	}
}

// AppendBig appends x in two's complement, the inverse of BigFromBytes, in as few bytes as
// CPython writes.
func AppendBig(dst []byte, x *big.Int) []byte {
	const size = bits.UintSize / 8
	n := x.BitLen()/8 + 1
	words := x.Bits()
	at := len(dst)
	dst = slices.Grow(dst, n+size) // whole words are written, and one more
	b := dst[at : at+n+size]
	clear(b[len(words)*size:])
	flip, i := uint(0), 0
	if x.Sign() < 0 { // two's complement is the complement plus one, whose carry ends at the first word that is not 0
		for i < len(words) && words[i] == 0 {
			putWord(b[i*size:], 0)
			i++
		}
		putWord(b[i*size:], -uint(words[i]))
		i++
		flip = math.MaxUint
	}
	rest := b[i*size:]
	for _, w := range words[i:] {
		putWord(rest, uint(w)^flip)
		rest = rest[size:]
	}
	if flip == 0 {
		return dst[:at+n]
	}
	for i := len(words) * size; i < n; i++ {
		b[i] = 0xff
	}
	if n > 1 && b[n-1] == 0xff && b[n-2]&0x80 != 0 {
		n--
	}
	return dst[:at+n]
}

// putWord writes w, lowest byte first.
func putWord(b []byte, w uint) {
	if bits.UintSize == 64 {
		binary.LittleEndian.PutUint64(b, uint64(w))
	} else {
		binary.LittleEndian.PutUint32(b, uint32(w))
	}
}
