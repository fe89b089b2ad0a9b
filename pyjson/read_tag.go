package pyjson

import (
	"encoding/base64"
	"errors"
	"fmt"
	"math"
	"math/big"
	"strconv"

	"github.com/go-pickle/pickle/internal/textcodec"
	"github.com/go-pickle/pickle/py"
)

// itemTags are the tags whose value is an array of items.
var itemTags = map[string]nodeKind{"$tuple": nTuple, "$set": nSet, "$frozenset": nFrozenSet}

// openObject reads the start of a JSON object, up to where another value begins, or all of
// it if it holds none.
func (p *parser) openObject(at int) (r ref, opened bool, err error) {
	p.pos++
	if p.accept('}') {
		r := p.container(nDict, at)
		p.nodes[r].n = 0
		return r, false, nil
	}
	p.space()
	keyAt := p.pos
	key, err := p.str("a key or '}'")
	if err != nil {
		return 0, false, err
	}
	if len(key) == 0 || key[0] != '$' {
		p.push(readDict, p.container(nDict, at))
		p.pend = append(p.pend, p.plainStr(key, keyAt))
		return 0, true, p.expect(':')
	}
	tag := string(key)
	if err := p.expect(':'); err != nil {
		return 0, false, err
	}
	if kind, ok := itemTags[tag]; ok {
		if err := p.expect('['); err != nil {
			return 0, false, err
		}
		r, opened = p.openItems(kind, at)
		if !opened {
			err = p.expect('}')
		}
		return r, opened, err
	}
	switch tag {
	case "$dict":
		return p.openPairs(at)
	case "$global":
		p.push(readGlobal, p.container(nGlobal, at))
		return 0, true, p.expect('[')
	case "$persistent":
		p.push(readPersistent, p.container(nPersistent, at))
		return 0, true, nil
	case "$object":
		return p.openInstance(at)
	case "$def":
		return 0, true, p.openDef()
	}
	p.space()
	valueAt := p.pos
	if r, err = p.leafTag(tag, at); err == errTag {
		p.pos = keyAt
		return 0, false, fmt.Errorf(`unknown tag %q; a dict with such a key is written {"$dict":[[...]]}`, tag)
	}
	if e, ok := err.(placed); ok {
		p.pos, err = valueAt, e.error
	}
	if err != nil {
		return 0, false, err
	}
	return r, false, p.expect('}')
}

var errTag = errors.New("unknown tag")

// placed is an error about a value that has been read already.
type placed struct{ error }

func (p *parser) openPairs(at int) (r ref, opened bool, err error) {
	if err := p.expect('['); err != nil {
		return 0, false, err
	}
	r = p.container(nDict, at)
	if p.accept(']') {
		p.nodes[r].n = 0
		return r, false, p.expect('}')
	}
	p.push(readPairs, r)
	return r, true, p.expect('[')
}

// openDef reads a definition up to its value.
func (p *parser) openDef() error {
	p.space()
	at := p.pos
	n, err := p.uint(1)
	if err != nil {
		return err
	}
	if _, twice := p.lookup(n); twice {
		p.pos = at
		return fmt.Errorf("%d is defined twice", n)
	}
	if err := p.expect(','); err != nil {
		return err
	}
	p.space()
	at = p.pos
	name, err := p.name(`"value"`)
	if err != nil {
		return err
	}
	if name != "value" {
		p.pos = at
		return fmt.Errorf("the field behind $def is %q, not value", name)
	}
	p.define(n, unbound)
	p.push(readDef, 0)
	p.stack.Top().num = n
	return p.expect(':')
}

// leafTag reads what stands behind a tag that holds no other values.
func (p *parser) leafTag(tag string, at int) (ref, error) {
	switch tag {
	case "$ref":
		return p.reference()
	case "$str":
		s, err := p.str("a string")
		if err != nil {
			return 0, err
		}
		return p.ownStr(s, at), nil
	case "$escaped":
		s, err := p.str("a string")
		if err != nil {
			return 0, err
		}
		raw, err := unescapeText(s)
		if err != nil {
			return 0, placed{err}
		}
		return p.ownStr(raw, at), nil
	case "$interned":
		s, err := p.name("a string")
		if err != nil {
			return 0, err
		}
		own, ok := findInterned(s)
		if !ok {
			return 0, placed{fmt.Errorf("no interned str is %.40q", s)}
		}
		return p.addStr(own, at), nil
	case "$bytes":
		b, err := p.data()
		if err != nil {
			return 0, err
		}
		p.bytes = append(p.bytes, py.Bytes(p.own(b)))
		return p.add(nBytes, len(p.bytes)-1, at), nil
	case "$bytearray":
		b, err := p.data()
		if err != nil {
			return 0, err
		}
		p.arrays = append(p.arrays, py.ByteArray{Bytes: append([]byte{}, b...)})
		return p.add(nByteArray, len(p.arrays)-1, at), nil
	case "$buffer":
		return p.buffer(at)
	case "$int":
		return p.hexInt(at)
	case "$float":
		f, err := p.floatValue()
		if err != nil {
			return 0, err
		}
		return p.float(f, at), nil
	case "$complex":
		return p.complex(at)
	}
	return 0, errTag
}

func (p *parser) reference() (ref, error) {
	n, err := p.uint(1)
	if err != nil {
		return 0, err
	}
	r, ok := p.lookup(n)
	if !ok || r == unbound {
		return 0, placed{fmt.Errorf("%d is not defined here", n)}
	}
	if v := &p.nodes[r]; v.n == open && (v.kind() == nTuple || v.kind() == nFrozenSet) {
		p.back = true
	}
	return r, nil
}

// unescapeText undoes escapeText.
func unescapeText(s []byte) ([]byte, error) {
	out := make([]byte, 0, len(s))
	for i := 0; i < len(s); i++ {
		if s[i] != '\\' {
			out = append(out, s[i])
			continue
		}
		i++
		switch {
		case i < len(s) && s[i] == '\\':
			out = append(out, '\\')
		case i+2 < len(s) && s[i] == 'x' && hexValue(s[i+1]) >= 0 && hexValue(s[i+2]) >= 0:
			out = append(out, byte(hexValue(s[i+1])<<4|hexValue(s[i+2])))
			i += 2
		case i < len(s) && s[i] == 'u' && hex4(s[i+1:]) >= 0:
			out = textcodec.AppendRune(out, hex4(s[i+1:]))
			i += 4
		default:
			return nil, errors.New(`a backslash in $escaped is followed by \, x and two or u and four hexadecimal digits`)
		}
	}
	return out, nil
}

// data reads bytes. They are valid until the next string is read.
func (p *parser) data() ([]byte, error) {
	switch p.space() {
	case '"':
		at := p.pos
		s, err := p.str("")
		if err == nil && !textcodec.IsASCII(s) {
			p.pos = at
			err = errors.New(`bytes beyond ASCII are written {"$base64":"..."}`)
		}
		return s, err
	case '{':
		p.pos++
	default:
		return nil, p.unexpected(`a string or {"$base64":"..."}`)
	}
	p.space()
	at := p.pos
	name, err := p.name(`"$base64"`)
	if err != nil {
		return nil, err
	}
	if name != "$base64" {
		p.pos = at
		return nil, fmt.Errorf("unknown tag %q for bytes", name)
	}
	if err := p.expect(':'); err != nil {
		return nil, err
	}
	p.space()
	at = p.pos
	s, err := p.str("a string")
	if err != nil {
		return nil, err
	}
	b, err := base64.StdEncoding.AppendDecode(nil, s)
	if err != nil {
		p.pos = at
		return nil, errors.New("not base64")
	}
	return b, p.expect('}')
}

func (p *parser) buffer(at int) (ref, error) {
	if err := p.expect('{'); err != nil {
		return 0, err
	}
	b := py.Buffer{Data: []byte{}}
	for seen := 0; ; {
		p.space()
		nameAt := p.pos
		name, err := p.name("a field")
		if err != nil {
			return 0, err
		}
		if err := p.expect(':'); err != nil {
			return 0, err
		}
		field := 0
		switch name {
		case "data":
			field = 1
			var data []byte
			data, err = p.data()
			b.Data = append([]byte{}, data...)
		case "readonly":
			field = 2
			switch p.space() {
			case 't':
				b.ReadOnly = true
				err = p.word("true")
			case 'f':
				err = p.word("false")
			default:
				err = p.unexpected("true or false")
			}
		case "index":
			field = 4
			b.Index, err = p.int()
		}
		if err != nil {
			return 0, err
		}
		if field == 0 || seen&field != 0 {
			p.pos = nameAt
			return 0, fieldError(name, field, "$buffer")
		}
		seen |= field
		if !p.accept(',') {
			break
		}
	}
	p.buffers = append(p.buffers, b)
	return p.add(nBuffer, len(p.buffers)-1, at), p.expect('}')
}

// fieldError is the error for a field that is not known (field is 0) or comes again.
func fieldError(name string, field int, tag string) error {
	if field == 0 {
		return fmt.Errorf("unknown field %.40q of a %s", name, tag)
	}
	return fmt.Errorf("the field %q of a %s comes twice", name, tag)
}

func (p *parser) hexInt(at int) (ref, error) {
	s, err := p.str(`"0x..."`)
	if err != nil {
		return 0, err
	}
	negative := len(s) > 0 && s[0] == '-'
	if negative {
		s = s[1:]
	}
	if len(s) < 3 || s[0] != '0' || s[1] != 'x' {
		return 0, placed{errors.New("an $int is a string that begins with 0x or -0x")}
	}
	// big.Int's own reader takes time quadratic in the length.
	digits := s[2:]
	b := make([]byte, (len(digits)+1)/2)
	for i, c := range digits {
		v := hexValue(c)
		if v < 0 {
			return 0, placed{fmt.Errorf("%q is no hexadecimal digit", rune(c))}
		}
		nibble := len(digits) - 1 - i
		b[len(b)-1-nibble/2] |= byte(v) << (nibble % 2 * 4)
	}
	v := new(big.Int).SetBytes(b)
	if negative {
		v.Neg(v)
	}
	return p.big(v, at), nil
}

// floatValue reads a FLOAT.
func (p *parser) floatValue() (float64, error) {
	if p.space() != '"' {
		if c := p.space(); c != '-' && (c < '0' || c > '9') {
			return 0, p.unexpected("a number or a string")
		}
		i, large, f, isFloat, err := p.number()
		switch {
		case err != nil || isFloat:
			return f, err
		case large != nil:
			return 0, placed{errors.New("a float needs a point or an exponent")}
		}
		return float64(i), nil
	}
	at := p.pos
	s, err := p.name("")
	if err != nil {
		return 0, err
	}
	switch s {
	case "inf":
		return math.Inf(1), nil
	case "-inf":
		return math.Inf(-1), nil
	case "nan":
		return math.Float64frombits(nanBits), nil
	case "-nan":
		return math.Float64frombits(minusNaNBits), nil
	}
	if len(s) > 2 && len(s) <= 18 && s[:2] == "0x" {
		if bits, err := strconv.ParseUint(s[2:], 16, 64); err == nil {
			return math.Float64frombits(bits), nil
		}
	}
	p.pos = at
	return 0, fmt.Errorf("no float is %.40q", s)
}

func (p *parser) complex(at int) (ref, error) {
	if err := p.expect('['); err != nil {
		return 0, err
	}
	re, err := p.floatValue()
	if err != nil {
		return 0, err
	}
	if err := p.expect(','); err != nil {
		return 0, err
	}
	im, err := p.floatValue()
	if err != nil {
		return 0, err
	}
	p.complexes = append(p.complexes, complex(re, im))
	return p.add(nComplex, len(p.complexes)-1, at), p.expect(']')
}
