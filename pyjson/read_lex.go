package pyjson

import (
	"errors"
	"fmt"
	"math/big"
	"strconv"
	"unicode/utf8"

	"github.com/go-pickle/pickle/internal/textcodec"
)

var errEnd = errors.New("unexpected end of text")

// space skips white space and returns the byte behind it, 0 at the end of the text.
func (p *parser) space() byte {
	for p.pos < len(p.in) {
		switch c := p.in[p.pos]; c {
		case ' ', '\n', '\r', '\t':
			p.pos++
		default:
			return c
		}
	}
	return 0
}

// unexpected is the error for the byte at p.pos where something else should stand.
func (p *parser) unexpected(want string) error {
	if p.pos >= len(p.in) {
		return fmt.Errorf("%w, wanted %s", errEnd, want)
	}
	r, n := utf8.DecodeRune(p.in[p.pos:])
	if r == utf8.RuneError && n == 1 {
		return fmt.Errorf("unexpected byte 0x%02x, wanted %s", p.in[p.pos], want)
	}
	return fmt.Errorf("unexpected %q, wanted %s", r, want)
}

// expect reads c, with white space before it.
func (p *parser) expect(c byte) error {
	if p.space() != c {
		return p.unexpected("'" + string(rune(c)) + "'")
	}
	p.pos++
	return nil
}

// accept reads c if it is next.
func (p *parser) accept(c byte) bool {
	if p.space() != c {
		return false
	}
	p.pos++
	return true
}

func (p *parser) word(s string) error {
	if len(p.in)-p.pos < len(s) || string(p.in[p.pos:p.pos+len(s)]) != s {
		return p.unexpected("a value")
	}
	p.pos += len(s)
	return nil
}

// name reads a string that is expected to be short, such as a field's.
func (p *parser) name(what string) (string, error) {
	s, err := p.str(what)
	return string(s), err
}

// str reads a string. The bytes are valid until the next one is read.
func (p *parser) str(what string) ([]byte, error) {
	if p.space() != '"' {
		return nil, p.unexpected(what)
	}
	start := p.pos + 1
	ascii := byte(0)
	for i := start; i < len(p.in); i++ {
		c := p.in[i]
		if c == '"' {
			s := p.in[start:i]
			if ascii >= utf8.RuneSelf && !utf8.Valid(s) {
				p.pos = start + invalidAt(s)
				return nil, errors.New("the string is not valid UTF-8")
			}
			p.pos = i + 1
			return s, nil
		}
		if c == '\\' {
			return p.escaped(start, i)
		}
		if c < ' ' {
			p.pos = i
			return nil, fmt.Errorf("control character 0x%02x in a string", c)
		}
		ascii |= c
	}
	p.pos = len(p.in)
	return nil, fmt.Errorf("%w in a string", errEnd)
}

// invalidAt is where s stops being UTF-8.
func invalidAt(s []byte) int {
	for i := 0; i < len(s); {
		r, n := utf8.DecodeRune(s[i:])
		if r == utf8.RuneError && n == 1 {
			return i
		}
		i += n
	}
	return len(s)
}

// escaped reads a string that begins at start and has its first escape at i.
func (p *parser) escaped(start, i int) ([]byte, error) {
	out := append(p.scratch[:0], p.in[start:i]...)
	defer func() { p.scratch = out }()
	if n := invalidAt(out); n < len(out) {
		p.pos = start + n
		return nil, errors.New("the string is not valid UTF-8")
	}
	for i < len(p.in) {
		c := p.in[i]
		switch {
		case c == '"':
			p.pos = i + 1
			return out, nil
		case c < ' ':
			p.pos = i
			return nil, fmt.Errorf("control character 0x%02x in a string", c)
		case c >= utf8.RuneSelf:
			r, n := utf8.DecodeRune(p.in[i:])
			if r == utf8.RuneError && n == 1 {
				p.pos = i
				return nil, errors.New("the string is not valid UTF-8")
			}
			out = append(out, p.in[i:i+n]...)
			i += n
		case c != '\\':
			out = append(out, c)
			i++
		default:
			r, n := escape(p.in[i:])
			if n == 0 {
				p.pos = i
				return nil, errors.New("bad escape in a string")
			}
			out = textcodec.AppendRune(out, r)
			i += n
		}
	}
	p.pos = len(p.in)
	return nil, fmt.Errorf("%w in a string", errEnd)
}

// escape reads the escape at the start of b; two of a pair of surrogates are one.
func escape(b []byte) (r rune, n int) {
	if len(b) < 2 {
		return 0, 0
	}
	switch c := b[1]; c {
	case '"', '\\', '/':
		return rune(c), 2
	case 'b':
		return '\b', 2
	case 'f':
		return '\f', 2
	case 'n':
		return '\n', 2
	case 'r':
		return '\r', 2
	case 't':
		return '\t', 2
	case 'u':
		r := hex4(b[2:])
		if r < 0 {
			return 0, 0
		}
		if 0xd800 <= r && r < 0xdc00 && len(b) >= 12 && b[6] == '\\' && b[7] == 'u' {
			if low := hex4(b[8:]); 0xdc00 <= low && low < 0xe000 {
				return 0x10000 + (r-0xd800)<<10 + low - 0xdc00, 12
			}
		}
		return r, 6
	}
	return 0, 0
}

// hex4 is the value of four hexadecimal digits, -1 if they are none.
func hex4(b []byte) rune {
	if len(b) < 4 {
		return -1
	}
	v := rune(0)
	for _, c := range b[:4] {
		d := hexValue(c)
		if d < 0 {
			return -1
		}
		v = v<<4 | rune(d)
	}
	return v
}

func hexValue(c byte) int {
	switch {
	case '0' <= c && c <= '9':
		return int(c - '0')
	case 'a' <= c|0x20 && c|0x20 <= 'f':
		return int(c|0x20-'a') + 10
	}
	return -1
}

// number reads a number. It is an int, of which big is nil if it fits in i, or a float.
func (p *parser) number() (i int64, large *big.Int, f float64, isFloat bool, err error) {
	start := p.pos
	at := start
	digits := func() bool {
		from := at
		for at < len(p.in) && '0' <= p.in[at] && p.in[at] <= '9' {
			at++
		}
		return at > from
	}
	is := func(c byte) bool { return at < len(p.in) && p.in[at] == c }
	if is('-') {
		at++
	}
	first := at
	ok := digits()
	if ok && p.in[first] == '0' && at > first+1 {
		return 0, nil, 0, false, errors.New("a number with a leading zero")
	}
	intEnd := at
	if ok && is('.') {
		at++
		isFloat = true
		ok = digits()
	}
	if ok && (is('e') || is('E')) {
		at++
		isFloat = true
		if is('+') || is('-') {
			at++
		}
		ok = digits()
	}
	if !ok {
		p.pos = at
		return 0, nil, 0, false, p.unexpected("a digit")
	}
	text := p.in[start:at]
	switch {
	case isFloat:
		// Not strconv: it gives up on long exponents even where digits make up for them.
		f, err = textcodec.ParseFloat(text)
		if err != nil {
			return 0, nil, 0, true, errors.New("the float is out of range")
		}
	case intEnd-first > maxDigits:
		return 0, nil, 0, false, fmt.Errorf(`an int of %d digits: above %d they are written {"$int":"0x..."}`, intEnd-first, maxDigits)
	case intEnd-first <= 18:
		for _, c := range p.in[first:intEnd] {
			i = i*10 + int64(c-'0')
		}
		if first > start {
			i = -i
		}
	default:
		if i, err = strconv.ParseInt(stringOf(text), 10, 64); err != nil {
			err = nil
			large, _ = new(big.Int).SetString(string(text), 10)
		}
	}
	p.pos = at
	return i, large, f, isFloat, nil
}

// uint reads an int from min on.
func (p *parser) uint(min int64) (uint64, error) {
	if c := p.space(); c < '0' || c > '9' {
		return 0, p.unexpected("a number")
	}
	at := p.pos
	i, large, _, isFloat, err := p.number()
	if err == nil && (isFloat || large != nil || i < min) {
		p.pos = at
		err = fmt.Errorf("not an int from %d on", min)
	}
	return uint64(i), err
}

// int reads an int.
func (p *parser) int() (int, error) {
	if c := p.space(); c != '-' && (c < '0' || c > '9') {
		return 0, p.unexpected("a number")
	}
	at := p.pos
	i, large, _, isFloat, err := p.number()
	if err == nil && (isFloat || large != nil || int64(int(i)) != i) {
		p.pos = at
		err = errors.New("not an int of this size")
	}
	return int(i), err
}
