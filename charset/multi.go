package charset

import (
	"strings"

	"github.com/go-pickle/pickle/internal/textcodec"
)

// What a byte of a multibyte charset is, if not a character by itself.
const (
	leadByte    = '\uFFFF' // the first of several
	illegalByte = undefinedByte
)

// What CPython says of the two ways to be wrong.
const (
	illegal    = "illegal multibyte sequence"
	incomplete = "incomplete multibyte sequence"
)

// multibyte is a charset of sequences without a state between them.
type multibyte struct {
	name    string
	first   [256]rune
	pairs   *pairTable
	triples *pairTable // pairs behind the byte 8F, or nil

	// longer, if not nil, sees every sequence that begins with a leadByte
	// and one more byte. n is its length, 0 if it is an ordinary pair; for an
	// illegal sequence r is -1, and n past the end of src says incomplete.
	longer func(src []byte) (r rune, n int)
}

func newMultibyte(module, first string) *multibyte {
	c := &multibyte{name: module, pairs: loadPairs(module), triples: loadPairs(module + "/8f")}
	b := 0
	for _, r := range first {
		c.first[b] = r
		b++
	}
	switch module {
	case "gb18030":
		c.longer = gb18030Four
	case "euc_kr":
		c.longer = hangulOfJamo
	}
	return c
}

func (c *multibyte) decode(dst, src []byte, errors string) ([]byte, error) {
	for i := 0; i < len(src); {
		r, n := c.first[src[i]], 1
		switch r {
		case leadByte:
			r, n = c.sequence(src[i:])
		case illegalByte:
			r = -1
		}
		if r >= 0 {
			dst = appendCharacter(dst, r)
			i += n
			continue
		}
		end, reason := i+n, illegal
		if end > len(src) {
			end, reason = len(src), incomplete
		}
		var err error
		if dst, i, err = textcodec.HandleDecodeError(dst, src, c.name, errors, i, end, reason); err != nil {
			return dst, err
		}
	}
	return dst, nil
}

// sequence reads the character at the start of src, whose first byte is a
// leadByte. r is -1 if it is wrong: n bytes are, which are more than src has if
// it ends too early.
func (c *multibyte) sequence(src []byte) (r rune, n int) {
	if len(src) < 2 {
		return -1, 2
	}
	if c.longer != nil {
		if r, n := c.longer(src); n > 0 {
			return r, n
		}
	}
	if c.triples != nil && src[0] == 0x8F {
		if len(src) < 3 {
			return -1, 3
		}
		r, n = c.triples.at(src[1], src[2]), 3
	} else {
		r, n = c.pairs.at(src[0], src[1]), 2
	}
	switch r {
	case wholePair:
		return -1, n
	case 0:
		return -1, 1 // only the first byte is wrong, whatever follows it
	}
	return r, n
}

// gb18030Four reads a sequence of four bytes, which a digit in the second place
// marks. They number all code points that have no shorter sequence: those up to
// U+FFFF in turn, so by ranges, and from another first byte on those above.
func gb18030Four(src []byte) (r rune, n int) {
	if src[1] < '0' || src[1] > '9' {
		return 0, 0
	}
	if len(src) < 4 {
		return -1, 4
	}
	a, b, c, d := int32(src[0])-0x81, int32(src[1])-'0', int32(src[2])-0x81, int32(src[3])-'0'
	if a < 0 || a > 0x7D || c < 0 || c > 0x7D || d < 0 || d > 9 {
		return -1, 1
	}
	const perFirst = 10 * 126 * 10
	number := (b*126+c)*10 + d
	if a >= 15 {
		if r := 0x10000 + (a-15)*perFirst + number; r <= 0x10FFFF {
			return r, 4
		}
		return -1, 1
	}
	number += a * perFirst
	lo, hi := 0, len(gb18030Ranges) // the last range that begins at number or before
	for hi-lo > 1 {
		if mid := (lo + hi) / 2; gb18030Ranges[mid].from <= number {
			lo = mid
		} else {
			hi = mid
		}
	}
	g := gb18030Ranges[lo]
	if number < 39420 && g.from <= number && g.to >= 0 {
		return g.to + number - g.from, 4
	}
	return -1, 1
}

// Consonants as KS X 1001 orders them from A4A1 on, and as Unicode orders those
// that begin and end a syllable.
const (
	jamoConsonants = "ㄱㄲㄳㄴㄵㄶㄷㄸㄹㄺㄻㄼㄽㄾㄿㅀㅁㅂㅃㅄㅅㅆㅇㅈㅉㅊㅋㅌㅍㅎ"
	jamoInitials   = "ㄱㄲㄴㄷㄸㄹㅁㅂㅃㅅㅆㅇㅈㅉㅊㅋㅌㅍㅎ"
	jamoFinals     = "ㄱㄲㄳㄴㄵㄶㄷㄹㄺㄻㄼㄽㄾㄿㅀㅁㅂㅄㅅㅆㅇㅈㅊㅋㅌㅍㅎ"
)

// jamoIndex is the index in order of the consonant at A4 b, or -1.
func jamoIndex(b byte, order string) int {
	const width = 3 // bytes of UTF-8
	if b < 0xA1 || b > 0xBE {
		return -1
	}
	at := int(b-0xA1) * width
	if i := strings.Index(order, jamoConsonants[at:at+width]); i >= 0 {
		return i / width
	}
	return -1
}

// hangulOfJamo reads a syllable spelled in eight bytes by its letters (KS X
// 1001, annex 3): a filler, then the initial, the vowel and the final or again
// a filler.
func hangulOfJamo(src []byte) (r rune, n int) {
	const row, filler = 0xA4, 0xD4
	if src[0] != row || src[1] != filler {
		return 0, 0
	}
	if len(src) < 8 {
		return -1, 8
	}
	if src[2] != row || src[4] != row || src[6] != row {
		return -1, 1
	}
	initial := jamoIndex(src[3], jamoInitials)
	vowel := int(src[5]) - 0xBF
	final := jamoIndex(src[7], jamoFinals) + 1
	if src[7] == filler {
		final = 0
	} else if final == 0 {
		return -1, 1
	}
	if initial < 0 || vowel < 0 || vowel > 20 {
		return -1, 1
	}
	return rune(0xAC00 + (initial*21+vowel)*28 + final), 8
}
