package pickle

import (
	"encoding/binary"
	"math"
	"math/bits"
	"unsafe"

	"github.com/go-pickle/pickle/internal/intern"
)

// The put functions write to b, which must have room for 16 bytes, and return how many they
// wrote. They are for protocols from 2 on.

// An intForm is how integers of a size are written: after size and opcode come their bytes.
type intForm struct {
	prefix uint32 // the opcode, and what follows it before the bytes
	shift  uint8  // the bits of that
	size   uint8  // in bytes, of all
}

// intForms are the forms by number of bits, those of negative integers from 64 on.
var intForms = func() (forms [128]intForm) {
	for bits := range 64 {
		long := intForm{0x8a | uint32(bits/8+1)<<8, 16, uint8(2 + bits/8 + 1)}
		positive, negative := intForm{'J', 8, 5}, intForm{'J', 8, 5}
		switch {
		case bits <= 8:
			positive = intForm{'K', 8, 2}
		case bits <= 16:
			positive = intForm{'M', 8, 3}
		case bits > 31:
			positive, negative = long, long
		}
		forms[bits], forms[64+bits] = positive, negative
	}
	return
}()

func putInt(b []byte, v int64) int {
	sign := v >> 63
	f := &intForms[(bits.Len64(uint64(v^sign))|int(sign)&64)&127]
	_ = b[15]
	binary.LittleEndian.PutUint64(b, uint64(f.prefix)|uint64(v)<<(f.shift&63))
	binary.LittleEndian.PutUint16(b[8:], uint16(uint64(v)>>(64-f.shift&63)))
	return int(f.size)
}

func putFloat(b []byte, v float64) int {
	_ = b[15]
	b[0] = 'G'
	binary.BigEndian.PutUint64(b[1:], math.Float64bits(v))
	return 9
}

func putBool(b []byte, v bool) int {
	b[0] = 0x89
	if v {
		b[0] = 0x88
	}
	return 1
}

// putGet writes a GET.
func putGet(b []byte, n uint32) int {
	_ = b[15]
	if n < 256 {
		b[0], b[1] = 'h', byte(n)
		return 2
	}
	b[0] = 'j'
	binary.LittleEndian.PutUint32(b[1:], n)
	return 5
}

// putPut writes a PUT.
func putPut(b []byte, n uint32) int {
	_ = b[7]
	if n < 256 {
		b[0], b[1] = 'q', byte(n)
		return 2
	}
	b[0] = 'r'
	binary.LittleEndian.PutUint32(b[1:], n)
	return 5
}

// oneStr returns the string that stands for s if there is only one str of that text.
func oneStr(s string) string {
	if len(s) > 2 {
		return s
	}
	if s == "" {
		return ""
	}
	if c, ok := intern.IsChar(s); ok {
		return intern.Char(c)
	}
	return s
}

// isASCII reports whether every byte of s is below 0x80.
func isASCII(s string) bool {
	const high = 0x8080808080808080
	b := unsafe.Slice(unsafe.StringData(s), len(s))
	if len(b) < 8 {
		var all byte
		for _, c := range b {
			all |= c
		}
		return all < 0x80
	}
	for i := 0; i+8 <= len(b); i += 8 {
		if binary.LittleEndian.Uint64(b[i:])&high != 0 {
			return false
		}
	}
	return binary.LittleEndian.Uint64(b[len(b)-8:])&high == 0
}
