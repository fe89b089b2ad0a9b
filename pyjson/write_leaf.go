package pyjson

import (
	"encoding/base64"
	"math"
	"math/big"
	"strconv"
	"unicode/utf8"
	"unsafe"

	"github.com/go-pickle/pickle/internal/textcodec"
	"github.com/go-pickle/pickle/py"
)

// maxPlain is the length in bytes up to which equal JSON strings are one str, so that
// texts and keys that are shared need no marks. A longer str that is shared is written
// once and referred to.
const maxPlain = 64

// maxDigits is how many decimal digits of an int are written and read: converting more
// would take time quadratic in their number. It is Python's limit as well.
const maxDigits = 4300

// The bits of Python's float('nan') and of its negative.
const (
	nanBits      = 0x7ff8000000000000
	minusNaNBits = 0xfff8000000000000
)

// stringOf gives b's bytes as a string, without copying.
func stringOf(b []byte) string { return unsafe.String(unsafe.SliceData(b), len(b)) }

// str writes a str in the form that the first pass has found for it.
func (w *writer) str(s string) {
	e := w.table.find(strID(s))
	if e == nil {
		w.quote(s)
		return
	}
	if e.uses&flagInterned != 0 {
		w.tag(`{"$interned":`)
		w.quote(s)
		w.text("}")
		return
	}
	special := e.uses & (flagOwn | flagEscaped)
	def := false
	if special != 0 || len(s) > maxPlain {
		var done bool
		if def, done = w.define(e); done {
			return
		}
	}
	switch {
	case special&flagEscaped != 0:
		w.tag(`{"$escaped":`)
		w.quote(escapeText(s))
		w.text("}")
	case special != 0:
		w.tag(`{"$str":`)
		w.quote(s)
		w.text("}")
	default:
		w.quote(s)
	}
	w.end(def)
}

const hexDigits = "0123456789abcdef"

// quote writes s as a JSON string. A lone surrogate becomes its escape; a byte that is not
// UTF-8 becomes the surrogate that Python's surrogateescape makes of it.
func (w *writer) quote(s string) { w.out = appendQuoted(w.out, s) }

func appendQuoted(dst []byte, s string) []byte {
	dst = append(dst, '"')
	done := 0
	for i := 0; i < len(s); {
		c := s[i]
		if c >= utf8.RuneSelf {
			r, n := utf8.DecodeRuneInString(s[i:])
			if r != utf8.RuneError || n != 1 {
				i += n
				continue
			}
			r, n = surrogate(s[i:])
			dst = append(dst, s[done:i]...)
			dst = append(dst, '\\', 'u', hexDigits[r>>12&15], hexDigits[r>>8&15], hexDigits[r>>4&15], hexDigits[r&15])
			i += n
			done = i
			continue
		}
		if c >= ' ' && c != '"' && c != '\\' {
			i++
			continue
		}
		dst = append(dst, s[done:i]...)
		switch c {
		case '"', '\\':
			dst = append(dst, '\\', c)
		case '\n':
			dst = append(dst, '\\', 'n')
		case '\r':
			dst = append(dst, '\\', 'r')
		case '\t':
			dst = append(dst, '\\', 't')
		default:
			dst = append(dst, '\\', 'u', '0', '0', hexDigits[c>>4], hexDigits[c&15])
		}
		i++
		done = i
	}
	return append(append(dst, s[done:]...), '"')
}

// surrogate is the surrogate at the start of s, which is no UTF-8 there: three bytes, or
// what stands for a stray one.
func surrogate(s string) (r rune, n int) {
	if s[0] == 0xed && len(s) >= 3 && s[1]&0xe0 == 0xa0 && s[2]&0xc0 == 0x80 {
		return 0xd000 | rune(s[1]&0x3f)<<6 | rune(s[2]&0x3f), 3
	}
	return 0xdc00 + rune(s[0]), 1
}

// escapeText writes a str that is no valid UTF-8 in valid UTF-8: a lone surrogate as
// \udc80, a stray byte as \x80, and a backslash as two.
func escapeText(s string) string {
	dst := make([]byte, 0, len(s)+16)
	for i := 0; i < len(s); {
		r, n := utf8.DecodeRuneInString(s[i:])
		switch {
		case r == '\\':
			dst = append(dst, `\\`...)
		case r != utf8.RuneError || n != 1:
			dst = append(dst, s[i:i+n]...)
		default:
			if r, n = surrogate(s[i:]); n == 1 {
				dst = append(dst, '\\', 'x', hexDigits[s[i]>>4], hexDigits[s[i]&15])
			} else {
				dst = append(dst, '\\', 'u', hexDigits[r>>12&15], hexDigits[r>>8&15], hexDigits[r>>4&15], hexDigits[r&15])
			}
		}
		i += n
	}
	return string(dst)
}

// data writes bytes as an object with the given tag: as they are if they are text that
// everybody can read, and otherwise in base64.
func (w *writer) data(tag, s string) {
	w.tag(tag)
	w.bytes(s)
	w.text("}")
}

func (w *writer) bytes(s string) {
	if isText(s) {
		w.quote(s)
		return
	}
	w.tag(`{"$base64":`)
	w.base64(s)
	w.text("}")
}

func (w *writer) base64(s string) {
	w.text(`"`)
	w.out = base64.StdEncoding.AppendEncode(w.out, unsafe.Slice(unsafe.StringData(s), len(s)))
	w.text(`"`)
}

// isText reports whether s is printable ASCII and white space only.
func isText(s string) bool {
	for i := range len(s) {
		if c := s[i]; (c < ' ' || c > '~') && c != '\n' && c != '\r' && c != '\t' {
			return false
		}
	}
	return true
}

func (w *writer) buffer(b *py.Buffer) {
	w.tag(`{"$buffer":{"data":`)
	w.bytes(stringOf(b.Data))
	w.comma()
	w.tag(`"readonly":`)
	w.out = strconv.AppendBool(w.out, b.ReadOnly)
	w.comma()
	w.tag(`"index":`)
	w.out = strconv.AppendInt(w.out, int64(b.Index), 10)
	w.text("}}")
}

// float writes a float: a number if it is one, with a point or an exponent.
func (w *writer) float(f float64) {
	if !math.IsNaN(f) && !math.IsInf(f, 0) {
		w.out = textcodec.AppendFloat(w.out, f)
		return
	}
	w.tag(`{"$float":`)
	w.notFinite(f)
	w.text("}")
}

// notFinite writes the string for a NaN or an infinity.
func (w *writer) notFinite(f float64) {
	switch bits := math.Float64bits(f); {
	case math.IsInf(f, 1):
		w.text(`"inf"`)
	case math.IsInf(f, -1):
		w.text(`"-inf"`)
	case bits == nanBits:
		w.text(`"nan"`)
	case bits == minusNaNBits:
		w.text(`"-nan"`)
	default:
		w.text(`"0x`)
		w.out = strconv.AppendUint(w.out, bits, 16)
		w.text(`"`)
	}
}

func (w *writer) complex(c complex128) {
	w.tag(`{"$complex":[`)
	for i, f := range [2]float64{real(c), imag(c)} {
		if i > 0 {
			w.comma()
		}
		if math.IsNaN(f) || math.IsInf(f, 0) {
			w.notFinite(f)
		} else {
			w.out = textcodec.AppendFloat(w.out, f)
		}
	}
	w.text("]}")
}

var digitLimit = new(big.Int).Exp(big.NewInt(10), big.NewInt(maxDigits), nil)

func (w *writer) bigInt(v *big.Int) {
	if w.repeats.TooMany(v) {
		w.err = py.ErrTooShared
		return
	}
	if v.CmpAbs(digitLimit) < 0 {
		w.out = v.Append(w.out, 10)
		return
	}
	w.tag(`{"$int":`)
	w.hexInt(v)
	w.text("}")
}

func (w *writer) hexInt(v *big.Int) {
	if v.Sign() < 0 {
		w.text(`"-0x`)
		v = new(big.Int).Neg(v)
	} else {
		w.text(`"0x`)
	}
	w.out = v.Append(w.out, 16)
	w.text(`"`)
}
