package textcodec

import (
	"bytes"
	"math"
	"strings"
	"testing"
	"time"
)

// TestLongInputs would run for minutes if anything took quadratic time.
func TestLongInputs(t *testing.T) {
	n := 1 << 20
	if testing.Short() {
		n = 1 << 18 // the race detector makes it some 15 times slower
	}
	start := time.Now()
	f := strings.Repeat("f", n)
	for _, s := range []string{"0x" + f, "0x" + strings.Repeat("f_", n/2) + "f", "0b" + strings.Repeat("1", n), "0o" + strings.Repeat("7", n),
		strings.Repeat("9", n), strings.Repeat("0", n), strings.Repeat(" ", n) + "1", "0x" + f + "g", strings.Repeat("1_", n/2), strings.Repeat("\xff", n)} {
		ParseInt([]byte(s))
		ParseLong([]byte(s))
		ParseIndex([]byte(s))
		ParseFloat([]byte(s))
		ParseFloat([]byte("0." + s + "e5"))
	}
	_, z, err := ParseLong([]byte("-0x" + f))
	if err != nil || z.BitLen() != 4*n || z.Sign() != -1 {
		t.Errorf("hexadecimal of %d digits: %d bits, %v", n, z.BitLen(), err)
	}
	for _, piece := range []string{`\`, `\\`, `\u1234`, `\U00012345`, `\xff`, `\777`, `\u`, "\xff", "\xed\xa0\x80", "\xf0\x90", "é", "'", "\x00", "\xd8", "abc"} {
		b := []byte(strings.Repeat(piece, n/8/len(piece)))
		DecodeRawUnicodeEscape(nil, b)
		DecodeStringEscape(nil, b)
		AppendReprStr(nil, string(b))
		AppendReprBytes(nil, b)
		AppendRawUnicodeEscape(nil, string(b))
		CheckUTF8(b)
		for _, codec := range codecs() {
			for _, handler := range handlers {
				codec(nil, b, handler)
			}
		}
	}
	if d := time.Since(start); d > time.Minute {
		t.Errorf("took %v", d)
	}
}

func TestNaNKeepsItsSign(t *testing.T) {
	for line, want := range map[string]uint64{"nan": 0x7FF8000000000000, "-NaN": 0xFFF8000000000000} {
		if f, err := ParseFloat([]byte(line)); err != nil || math.Float64bits(f) != want {
			t.Errorf("ParseFloat(%q) = %#x, %v", line, math.Float64bits(f), err)
		}
	}
}

// TestTextThatIsNone looks at Go strings that hold no Python text.
func TestTextThatIsNone(t *testing.T) {
	const s = "a\xffé\xed\xa0"
	if got, want := string(AppendReprStr(nil, s)), `'a\udcffé\udced\udca0'`; got != want {
		t.Errorf("repr is %s, want %s", got, want)
	}
	if got, want := string(AppendRawUnicodeEscape(nil, s)), "a\\udcff\xe9\\udced\\udca0"; got != want {
		t.Errorf("raw-unicode-escape is %q, want %q", got, want)
	}
	for _, s := range []string{"Ā", "\xff", "\xc2", "\xc4\x80", "\xed\xa0\x80"} {
		if out, ok := EncodeLatin1([]byte("x"), "é"+s); ok || string(out) != "x\xe9" {
			t.Errorf("EncodeLatin1(%q) = %q, %v", s, out, ok)
		}
	}
}

func TestIsASCIIAtEveryPlace(t *testing.T) {
	for n := range 100 {
		b := bytes.Repeat([]byte{'a'}, n)
		if !IsASCII(b) {
			t.Errorf("%d letters", n)
		}
		for i := range b {
			b[i] = 0x80
			if IsASCII(b) || asciiPrefix(b) != i {
				t.Errorf("0x80 at %d of %d", i, n)
			}
			b[i] = 'a'
		}
	}
}

func TestNoAllocation(t *testing.T) {
	dst := make([]byte, 0, 1000)
	text, line, number := []byte(strings.Repeat("aé", 20)), []byte("123456789"), []byte("3.141592653589793")
	for name, f := range map[string]func(){
		"ParseInt":               func() { ParseInt(line) },
		"ParseLong":              func() { ParseLong(line) },
		"ParseIndex":             func() { ParseIndex(line) },
		"ParseFloat":             func() { ParseFloat(number) },
		"AppendFloat":            func() { AppendFloat(dst, 1.5) },
		"AppendReprStr":          func() { AppendReprStr(dst, "aé") },
		"AppendRawUnicodeEscape": func() { AppendRawUnicodeEscape(dst, "aé€") },
		"DecodeStringEscape":     func() { DecodeStringEscape(dst, text) },
		"CheckUTF8":              func() { CheckUTF8(text) },
		"Lookup":                 func() { Lookup("ASCII") },
	} {
		if n := testing.AllocsPerRun(100, f); n > 0 {
			t.Errorf("%s allocates %v times", name, n)
		}
	}
}
