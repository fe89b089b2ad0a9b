package py

import (
	"math"
	"math/big"
	"strconv"
	"unicode/utf8"
	"unsafe"

	"github.com/go-pickle/pickle/internal/textcodec"
)

func (p *printer) text(s string) {
	if !p.dry {
		p.buf = append(p.buf, s...)
	}
}

func (p *printer) int(i int64) {
	if !p.dry {
		p.buf = strconv.AppendInt(p.buf, i, 10)
	}
}

// leaf prints x if it is a value without parts. Empty containers are such as long as they
// need no label.
func (p *printer) leaf(x any) bool {
	switch v := x.(type) {
	case string:
		p.str(v, x)
	case int64:
		p.int(v)
	case nil:
		p.text("None")
	case bool:
		if v {
			p.text("True")
		} else {
			p.text("False")
		}
	case float64:
		if !p.dry {
			p.buf = textcodec.AppendFloat(p.buf, v)
		}
	case Bytes:
		p.bytes(unsafe.Slice(unsafe.StringData(string(v)), len(v)), x)
	case Global:
		if len(v.Module)+len(v.Name) < longLeaf {
			if !p.dry {
				p.buf = appendGlobal(p.buf, v)
			}
			break
		}
		p.long(max(v.Module, v.Name), func() { p.buf = appendGlobal(p.buf, v) }, "<global ...>")
	case Tuple:
		if len(v) != 0 {
			return false
		}
		p.text("()")
	case *List, *Dict, *Set, *FrozenSet, *Object, *PersistentRef:
		if boxPointer(x) == nil {
			p.text("None")
			break
		}
		if p.o.Labels {
			return false
		}
		e := emptyText(x)
		p.text(e)
		return e != ""
	case *big.Int:
		if v == nil {
			p.text("None")
			break
		}
		p.bigInt(v)
	case complex128:
		if !p.dry {
			p.buf = appendComplex(p.buf, v)
		}
	case *ByteArray:
		switch {
		case v == nil:
			p.text("None")
		case p.o.Labels && p.label(x):
		default:
			p.text("bytearray(")
			p.bytes(v.Bytes, x)
			p.text(")")
		}
	case *Buffer:
		switch {
		case v == nil:
			p.text("None")
		case p.o.Labels && p.label(x):
		default:
			if v.ReadOnly {
				p.text("<readonly buffer ")
			} else {
				p.text("<buffer ")
			}
			p.bytes(v.Data, x)
			p.text(">")
		}
	case *seq, *compose, raw:
		return false
	default:
		if n, ok := goNumber(x); ok {
			return p.leaf(n)
		}
		return p.foreignLeaf(x)
	}
	return true
}

// leafSize is the least length with which a leaf is printed, 0 if that is not known.
func (p *printer) leafSize(x any) int {
	n := 0
	switch x := x.(type) {
	case string:
		n = len(x) + 2
	case Bytes:
		n = len(x) + 3
	case *ByteArray:
		if x != nil {
			n = len(x.Bytes) + 14
		}
	case *Buffer:
		if x != nil {
			n = len(x.Data) + 12
		}
	case *big.Int:
		if x != nil {
			n = x.BitLen() / 4
		}
	case Global:
		n = len(x.Module) + len(x.Name) + 1
	}
	if p.o.MaxString > 0 {
		n = min(n, p.o.MaxString-4) // as cutBytes may leave four columns
	}
	return n
}

// label deals with the label of a leaf that has an identity. It reports whether nothing
// else is to be printed.
func (p *printer) label(x any) bool {
	id := ident{boxPointer(x), -1}
	n, met := p.met.get(id)
	switch {
	case p.dry && met:
		p.met.set(id, -1)
	case p.dry:
		p.met.set(id, 0)
	case n > 0:
		p.text("*")
		p.int(int64(n))
		return true
	case n < 0:
		p.labels++
		p.met.set(id, p.labels)
		p.text("&")
		p.int(int64(p.labels))
		p.text(" ")
	}
	return false
}

// long prints a long leaf x, or short in its place if it has been printed too often.
func (p *printer) long(x any, print func(), short string) {
	if p.dry {
		return
	}
	id, ok := longLeafID(x)
	if !ok {
		print()
		return
	}
	if !p.shared.enter(id, p.len(), p.stack.Len()+1) {
		p.text(short)
		return
	}
	print()
	p.shared.leave(p.len(), p.stack.Len()+1)
}

// room is how much of a string needs to be looked at, when no more can be printed.
func (p *printer) room() int {
	if p.o.MaxLen <= 0 {
		return math.MaxInt
	}
	return max(0, p.o.MaxLen-int(p.len())) + 1
}

func (p *printer) str(s string, x any) {
	if p.dry {
		return
	}
	short := s
	if limit := p.o.MaxString; limit > 0 && len(s) > limit {
		short = cutString(s, limit)
		if len(short) > p.room() {
			p.buf = textcodec.AppendReprStr(p.buf, cutString(short, p.room()))
			return
		}
		p.buf = textcodec.AppendReprStr(p.buf, short)
		p.text("...(")
		p.int(int64(utf8.RuneCountInString(s)))
		p.text(" chars)")
		return
	}
	if room := p.room(); len(s) > room {
		p.buf = textcodec.AppendReprStr(p.buf, cutString(s, room))
		return
	}
	if len(s) < longLeaf {
		p.buf = textcodec.AppendReprStr(p.buf, s)
		return
	}
	p.long(x, func() { p.buf = textcodec.AppendReprStr(p.buf, s) }, "'...'")
}

// cutString returns the first characters of s that have at most n bytes together, at least
// one.
func cutString(s string, n int) string {
	if n >= len(s) {
		return s
	}
	for n > 0 && !utf8.RuneStart(s[n]) {
		n--
	}
	if n == 0 {
		_, n = utf8.DecodeRuneInString(s)
	}
	return s[:n]
}

func (p *printer) bytes(b []byte, x any) {
	if p.dry {
		return
	}
	n := len(b)
	b = b[:min(n, p.room())]
	if limit := p.o.MaxString; limit > 0 {
		b = cutBytes(b, limit)
	}
	if len(b) < longLeaf {
		p.buf = textcodec.AppendReprBytes(p.buf, b)
	} else {
		p.long(x, func() { p.buf = textcodec.AppendReprBytes(p.buf, b) }, "b'...'")
	}
	if p.o.MaxString > 0 && len(b) < n {
		p.text("...(")
		p.int(int64(n))
		p.text(" bytes)")
	}
}

// cutBytes returns the first bytes of b that print in at most limit columns, at least one.
func cutBytes(b []byte, limit int) []byte {
	columns := 0
	for i, c := range b {
		switch {
		case c == '\t', c == '\n', c == '\r', c == '\\':
			columns += 2
		case c < ' ' || c > '~':
			columns += 4
		default:
			columns++
		}
		if columns > limit && i > 0 {
			return b[:i]
		}
	}
	return b
}

// maxDecimalBits is the length from which ints are printed in hexadecimal, as conversion to
// decimal takes more than linear time: 100,000 digits.
const maxDecimalBits = 332193

func (p *printer) bigInt(i *big.Int) {
	if p.dry {
		return
	}
	n := i.BitLen()
	if limit := p.o.MaxString; limit > 0 && n/4 > limit {
		if i.Sign() < 0 {
			p.text("-")
		}
		digits := (n + 3) / 4
		keep := min(limit, digits)
		top := new(big.Int).Rsh(new(big.Int).Abs(i), uint(4*(digits-keep)))
		p.buf = append(p.buf, "0x"...)
		p.buf = top.Append(p.buf, 16)
		p.text("...(")
		p.int(int64(n))
		p.text(" bits)")
		return
	}
	p.long(i, func() {
		if n <= maxDecimalBits {
			p.buf = i.Append(p.buf, 10)
			return
		}
		if i.Sign() < 0 {
			p.buf = append(p.buf, '-')
		}
		p.buf = append(p.buf, "0x"...)
		p.buf = new(big.Int).Abs(i).Append(p.buf, 16)
	}, "0x...")
}

// appendComplex prints as complex_repr does in CPython's Objects/complexobject.c.
func appendComplex(dst []byte, c complex128) []byte {
	re, im := real(c), imag(c)
	if re == 0 && !math.Signbit(re) {
		return append(appendShortFloat(dst, im, false), 'j')
	}
	dst = appendShortFloat(append(dst, '('), re, false)
	return append(appendShortFloat(dst, im, true), "j)"...)
}

// appendShortFloat prints f without ".0", and with a sign if sign is set.
func appendShortFloat(dst []byte, f float64, sign bool) []byte {
	if sign && (math.IsNaN(f) || !math.Signbit(f)) {
		dst = append(dst, '+')
	}
	dst = textcodec.AppendFloat(dst, f)
	if n := len(dst); n >= 2 && dst[n-2] == '.' && dst[n-1] == '0' {
		dst = dst[:n-2]
	}
	return dst
}

// appendGlobal prints module.name if these are names, and otherwise in quotes: it must not
// be possible to pass something off as something else.
func appendGlobal(dst []byte, g Global) []byte {
	if isDotted(g.Module) && isDotted(g.Name) {
		dst = append(dst, g.Module...)
		dst = append(dst, '.')
		return append(dst, g.Name...)
	}
	dst = append(dst, "<global "...)
	dst = textcodec.AppendReprStr(dst, g.Module)
	dst = append(dst, ' ')
	dst = textcodec.AppendReprStr(dst, g.Name)
	return append(dst, '>')
}
