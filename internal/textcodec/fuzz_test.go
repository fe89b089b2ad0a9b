package textcodec

import (
	"bytes"
	"math"
	"math/big"
	"strconv"
	"testing"
	"unicode/utf8"
)

func FuzzNumbers(f *testing.F) {
	for _, line := range numberLines() {
		if len(line) < 100 {
			f.Add([]byte(line))
		}
	}
	f.Fuzz(func(t *testing.T, line []byte) {
		given := bytes.Clone(line)
		// What was read, written plainly, reads as the same.
		decimal := func(v int64, z *big.Int) string {
			if z == nil {
				return strconv.FormatInt(v, 10)
			}
			if z.IsInt64() {
				t.Fatalf("%q: big.Int %v fits int64", line, z)
			}
			return z.String()
		}
		if v, z, isBool, err := ParseInt(line); err == nil {
			s := decimal(v, z)
			if isBool && (len(line) != 2 || v != 0 && v != 1) {
				t.Fatalf("ParseInt(%q) is a bool", line)
			}
			if v2, z2, _, err := ParseInt([]byte(s)); len(s) < maxStrDigits && (err != nil || decimal(v2, z2) != s) {
				t.Fatalf("ParseInt(%q) = %v %v %v", s, v2, z2, err)
			}
		}
		if v, z, err := ParseLong(line); err == nil {
			s := decimal(v, z)
			if v2, z2, err := ParseLong([]byte(s + "L")); len(s) < maxStrDigits && (err != nil || decimal(v2, z2) != s) {
				t.Fatalf("ParseLong(%q) = %v %v %v", s, v2, z2, err)
			}
		}
		if v, err := ParseIndex(line); err == nil {
			if v2, err := ParseIndex(strconv.AppendInt(nil, v, 10)); v2 != v || err != nil {
				t.Fatalf("ParseIndex(%d) = %d, %v", v, v2, err)
			}
		}
		if v, err := ParseFloat(line); err == nil {
			s := AppendFloat(nil, v)
			if v2, err := ParseFloat(s); err != nil || math.Float64bits(v2)<<1 != math.Float64bits(v)<<1 || v == v && v2 != v {
				t.Fatalf("ParseFloat(%q) = %v, %v", s, v2, err)
			}
		}
		if !bytes.Equal(line, given) {
			t.Fatalf("the line was changed: %q, %q", line, given)
		}
	})
}

func FuzzText(f *testing.F) {
	for _, s := range textPieces {
		f.Add([]byte(s))
	}
	f.Add([]byte(`a\u0041\x41\101\`))
	f.Fuzz(func(t *testing.T, b []byte) {
		s := string(b)
		raw := AppendRawUnicodeEscape(nil, s)
		if bytes.ContainsAny(raw, "\n\r\x00\x1a") {
			t.Fatalf("%q does not fit a line", raw)
		}
		back, err := DecodeRawUnicodeEscape(nil, raw)
		if err != nil || CheckUTF8(b) == nil && string(back) != s {
			t.Fatalf("%q is %q in raw-unicode-escape, and back %q, %v", s, raw, back, err)
		}
		if CheckUTF8(back) != nil {
			t.Fatalf("%q is no text", back)
		}
		if got := utf8.Valid(AppendReprStr(nil, s)); !got {
			t.Fatalf("repr of %q is not UTF-8", s)
		}
		repr := AppendReprBytes(nil, b)
		if back, err := DecodeStringEscape(nil, repr[2:len(repr)-1]); err != nil || !bytes.Equal(back, b) {
			t.Fatalf("%q is %q, and back %q, %v", b, repr, back, err)
		}
		if back, ok := EncodeLatin1(nil, string(AppendLatin1(nil, b))); !ok || !bytes.Equal(back, b) {
			t.Fatalf("%q through latin-1 is %q, %v", b, back, ok)
		}
		DecodeStringEscape(nil, b)
		ascii := true
		for _, c := range b {
			ascii = ascii && c < 0x80
		}
		if IsASCII(b) != ascii {
			t.Fatalf("IsASCII(%q) = %v", b, !ascii)
		}
		for name, codec := range codecs() {
			strict, strictErr := codec(nil, b, "strict")
			for _, handler := range []string{"ignore", "replace", "backslashreplace"} {
				out, err := codec([]byte("before"), b, handler)
				if err != nil || CheckUTF8(out) != nil || !bytes.HasPrefix(out, []byte("before")) {
					t.Fatalf("%s, %s: %q is %q, %v", name, handler, b, out, err)
				}
				if strictErr == nil && !bytes.Equal(out[6:], strict) {
					t.Fatalf("%s, %s: %q is %q, but strictly %q", name, handler, b, out, strict)
				}
			}
			if out, err := codec(nil, b, "surrogateescape"); err == nil && CheckUTF8(out) != nil {
				t.Fatalf("%s: %q is no text", name, out)
			}
		}
		if _, err := codecs()["utf_8"](nil, b, "strict"); (err == nil) != utf8.Valid(b) {
			t.Fatalf("utf-8 of %q: %v", b, err)
		}
		if out, err := codecs()["utf_8"](nil, b, "surrogatepass"); (err == nil) != (CheckUTF8(b) == nil) || err == nil && string(out) != s {
			t.Fatalf("utf-8 with surrogatepass of %q: %q, %v", b, out, err)
		}
	})
}
