package charset

import (
	"unicode/utf8"

	"github.com/go-pickle/pickle/internal/textcodec"
)

// The charsets that escape sequences of ISO 2022 designate, by the final byte
// of the sequence, with the high bit set for those of two bytes a character.
const (
	setLatin1    = 'A'
	setASCII     = 'B'
	setGreek     = 'F' // ISO 8859-7
	setKatakana  = 'I' // JIS X 0201
	setRoman     = 'J' // JIS X 0201
	setJIS78     = '@' | 0x80
	setGB2312    = 'A' | 0x80
	setJIS83     = 'B' | 0x80
	setKSX1001   = 'C' | 0x80
	setJISX0212  = 'D' | 0x80
	setJIS2000P1 = 'O' | 0x80
	setJISP2     = 'P' | 0x80
	setJIS2004P1 = 'Q' | 0x80
)

// iso2022Variant is what one charset of the family allows.
type iso2022Variant struct {
	sets     string // of the charsets beside ASCII that can be designated, as Latin-1
	shifts   bool   // SO and SI choose between G1 and G0
	g2       bool   // there is a G2, for single characters behind ESC N
	japanese bool   // ESC & @ may stand before a designation
	tables   string // whose JIS X 0213 it is
}

var iso2022Variants = map[string]iso2022Variant{
	"iso2022_kr":      {sets: "\u00C3", shifts: true},
	"iso2022_jp":      {sets: "\u00C2J\u00C0", japanese: true},
	"iso2022_jp_1":    {sets: "\u00C2\u00C4J\u00C0", japanese: true},
	"iso2022_jp_2":    {sets: "\u00C2\u00C4\u00C3\u00C1J\u00C0AF", g2: true, japanese: true},
	"iso2022_jp_2004": {sets: "\u00D1\u00C2\u00D0", japanese: true, tables: "euc_jis_2004"},
	"iso2022_jp_3":    {sets: "\u00CF\u00C2\u00D0", japanese: true, tables: "euc_jisx0213"},
	"iso2022_jp_ext":  {sets: "\u00C2\u00C4JI\u00C0", japanese: true},
}

// iso2022 is one charset of the family.
type iso2022 struct {
	name    string
	variant iso2022Variant
	sets    map[byte]*pairTable // tables of sets with two bytes, in EUC's places
	known   [256]bool           // which sets can be designated
	greek   *singleByte
}

func newISO2022(module string, variant iso2022Variant) *iso2022 {
	c := &iso2022{name: module, variant: variant, sets: make(map[byte]*pairTable)}
	c.known[setASCII] = true
	for _, r := range variant.sets {
		set := byte(r)
		c.known[set] = true
		switch set {
		case setJIS78, setJIS83:
			c.sets[set] = loadPairs("euc_jp")
		case setJISX0212:
			c.sets[set] = loadPairs("euc_jp/8f")
		case setGB2312:
			c.sets[set] = loadPairs("gb2312")
		case setKSX1001:
			c.sets[set] = loadPairs("euc_kr")
		case setJIS2000P1, setJIS2004P1:
			c.sets[set] = loadPairs(variant.tables)
		case setJISP2:
			c.sets[set] = secondPlane(loadPairs(variant.tables + "/8f"))
		case setGreek:
			c.greek = newSingleByte(singleTables["iso8859_7"])
			for _, later := range []byte{0xA4, 0xA5, 0xAA} {
				c.greek.width[later] = 0 // ISO 2022 has the edition of 1987
			}
		}
	}
	return c
}

// secondPlane is the part of EUC's three-byte characters that is plane 2 of JIS
// X 0213, which has the rows that JIS X 0212 left empty.
func secondPlane(t *pairTable) *pairTable {
	plane := new(pairTable)
	for _, rows := range [][2]int{{1, 1}, {3, 5}, {8, 8}, {12, 15}, {78, 94}} {
		for row := rows[0]; row <= rows[1]; row++ {
			plane[0xA0+row] = t[0xA0+row]
		}
	}
	return plane
}

// iso2022State is what bytes before the current ones have decided.
type iso2022State struct {
	g       [3]byte // the sets designated as G0, G1, G2
	shifted bool    // G1 is used rather than G0
	through bool    // inside an escape sequence that is not for us: it is kept as text
}

const (
	escape   = 0x1B
	shiftOut = 0x0E
	shiftIn  = 0x0F
)

func (c *iso2022) decode(dst, src []byte, errors string) ([]byte, error) {
	state := iso2022State{g: [3]byte{setASCII, setASCII, setASCII}}
	for i := 0; i < len(src); {
		r, n := c.step(&state, src[i:])
		if r >= 0 {
			dst = appendCharacter(dst, r)
			i += n
			continue
		}
		if r == nothing {
			i += n
			continue
		}
		if r == broken {
			return dst, &textcodec.Error{Kind: "RuntimeError", Message: "internal codec error"}
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

const (
	wrong   = rune(-1) // not decodable; more bytes than there are: ends too early
	nothing = rune(-2) // no text: the bytes changed the state
	broken  = rune(-3) // CPython's codec does not know what to do, whatever the handler
)

// step reads what stands at the start of src and its length.
func (c *iso2022) step(state *iso2022State, src []byte) (r rune, n int) {
	b := src[0]
	if state.through {
		state.through = !endsEscape(b)
		return rune(b), 1
	}
	switch {
	case b == escape:
		return c.escape(state, src)
	case b == shiftIn && c.variant.shifts:
		state.shifted = false
		return nothing, 1
	case b == shiftOut && c.variant.shifts:
		state.shifted = true
		return nothing, 1
	case b == '\n':
		state.shifted = false
		return '\n', 1
	case b < ' ':
		return rune(b), 1
	case b >= 0x80:
		return wrong, 1
	}
	set := state.g[0]
	if state.shifted {
		set = state.g[1]
	}
	return c.character(set, src)
}

// character reads one character of a designated set.
func (c *iso2022) character(set byte, src []byte) (r rune, n int) {
	a := src[0]
	switch set {
	case setASCII:
		return rune(a), 1
	case setRoman:
		switch a {
		case '\\':
			return '¥', 1
		case '~':
			return '‾', 1
		}
		return rune(a), 1
	case setKatakana:
		if 0x21 <= a && a <= 0x5F {
			return 0xFF61 + rune(a-0x21), 1
		}
		return wrong, 1
	case setLatin1, setGreek:
		// These have 96 characters and go into G2 only; a stream that
		// puts them elsewhere finds no character in them.
		return wrong, 1
	}
	if len(src) < 2 {
		return wrong, 2
	}
	b := src[1]
	if a <= 0x20 || b <= 0x20 || b >= 0x7F {
		return wrong, 2
	}
	switch r = c.sets[set].at(a|0x80, b|0x80); {
	case set == setKSX1001 && a == 0x24 && b == 0x54:
		return '\u3164', 2 // in EUC the filler begins a longer sequence
	case (set == setJIS2000P1 || set == setJIS2004P1) && a == 0x22 && b == 0x32:
		return '~', 2 // not full-width, as it is in EUC
	case set == setJISP2 && a == 0x7D && b == 0x3B:
		return '\u9B1C', 2 // that of 2000 has another one here in EUC
	case r == 0 || r == wholePair:
		return wrong, 2
	}
	return r, 2
}

func endsEscape(b byte) bool { return '@' <= b && b <= 'Z' }

// escape reads an escape sequence at the start of src.
func (c *iso2022) escape(state *iso2022State, src []byte) (r rune, n int) {
	if len(src) < 2 {
		return wrong, 2
	}
	switch src[1] {
	case '(', ')', '$', '.', '&':
		return c.designate(state, src)
	case 'N':
		if c.variant.g2 {
			if len(src) < 3 {
				return wrong, 3
			}
			return c.single(state.g[2], src[2])
		}
	}
	state.through = true
	return escape, 1
}

// single reads the character of ESC N: the byte b in G2.
func (c *iso2022) single(set, b byte) (r rune, n int) {
	switch set {
	case setGreek: // which takes its bytes with either high bit
		if w := c.greek.width[b^0x80]; w > 0 {
			r, _ := utf8.DecodeRune(c.greek.text[b^0x80][:w])
			return r, 3
		}
	case setLatin1:
		if b < 0x80 {
			return rune(b) + 0x80, 3
		}
	case setASCII:
		if b < 0x80 {
			return rune(b), 3
		}
	case setRoman:
		return broken, 3 // can be designated, but is not meant for G2
	}
	return wrong, 3
}

// designate reads a sequence that puts a set into G0, G1 or G2.
func (c *iso2022) designate(state *iso2022State, src []byte) (r rune, n int) {
	const longest = 16
	for i := 1; n == 0; i++ {
		switch {
		case i >= longest:
			return wrong, 1
		case i >= len(src):
			return wrong, len(src) + 1
		case endsEscape(src[i]):
			n = i + 1
		case c.variant.japanese && src[i] == '&' && i+1 < len(src) && src[i+1] == '@':
			i += 2 // a prefix, to which a whole sequence belongs
		}
	}
	set, where := src[n-1], -1
	switch {
	case n == 3 && src[1] == '$':
		set |= 0x80
		where = 0
	case n == 3 && src[1] == '(':
		where = 0
	case n == 3 && src[1] == ')':
		where = 1
	case n == 3 && src[1] == '.' && c.variant.g2:
		where = 2
	case n == 4 && src[1] == '$' && src[2] == '(':
		set |= 0x80
		where = 0
	case n == 4 && src[1] == '$' && src[2] == ')':
		set |= 0x80
		where = 1
	case n == 6 && c.variant.japanese && string(src[3:6]) == "\x1B$B":
		set |= 0x80
		where = 0
	}
	if where < 0 || !c.known[set] {
		return wrong, n
	}
	state.g[where] = set
	return nothing, n
}
