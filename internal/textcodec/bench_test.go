package textcodec

import (
	"strings"
	"testing"
)

func BenchmarkParse(b *testing.B) {
	hex := []byte("0x" + strings.Repeat("f", 1<<20))
	digits := []byte(strings.Repeat("9", 4300) + "L")
	for _, c := range []struct {
		name string
		line []byte
		f    func(line []byte)
	}{
		{"Int", []byte("12345"), func(l []byte) { ParseInt(l) }},
		{"Int/bool", []byte("01"), func(l []byte) { ParseInt(l) }},
		{"Long", []byte("12345678901L"), func(l []byte) { ParseLong(l) }},
		{"Long/4300", digits, func(l []byte) { ParseLong(l) }},
		{"Long/hex1M", hex, func(l []byte) { ParseLong(l) }},
		{"Index", []byte("321"), func(l []byte) { ParseIndex(l) }},
		{"Float", []byte("3.141592653589793"), func(l []byte) { ParseFloat(l) }},
		{"Float/long", []byte("0." + strings.Repeat("0", 1<<16) + "1e65530"), func(l []byte) { ParseFloat(l) }},
	} {
		b.Run(c.name, func(b *testing.B) {
			b.SetBytes(int64(len(c.line)))
			b.ReportAllocs()
			for b.Loop() {
				c.f(c.line)
			}
		})
	}
}

func BenchmarkText(b *testing.B) {
	ascii := []byte(strings.Repeat("The quick brown fox. ", 200))
	mixed := []byte(strings.Repeat("Füchse, лиса, 狐, 🦊. ", 200))
	dst := make([]byte, 0, 1<<16)
	for _, c := range []struct {
		name string
		src  []byte
		f    func(src []byte)
	}{
		{"CheckUTF8/ascii", ascii, func(s []byte) { CheckUTF8(s) }},
		{"CheckUTF8/mixed", mixed, func(s []byte) { CheckUTF8(s) }},
		{"IsASCII", ascii, func(s []byte) { IsASCII(s) }},
		{"AppendLatin1", mixed, func(s []byte) { AppendLatin1(dst, s) }},
		{"DecodeASCII", ascii, func(s []byte) { decodeASCII(dst, s, "strict") }},
		{"DecodeUTF8/replace", mixed[:len(mixed)-9], func(s []byte) { decodeUTF8(dst, s, "replace") }},
		{"DecodeRawUnicodeEscape", AppendRawUnicodeEscape(nil, string(mixed)), func(s []byte) { DecodeRawUnicodeEscape(dst, s) }},
		{"DecodeStringEscape", AppendReprBytes(nil, mixed), func(s []byte) { DecodeStringEscape(dst, s) }},
		{"AppendReprBytes", mixed, func(s []byte) { AppendReprBytes(dst, s) }},
	} {
		b.Run(c.name, func(b *testing.B) {
			b.SetBytes(int64(len(c.src)))
			b.ReportAllocs()
			for b.Loop() {
				c.f(c.src)
			}
		})
	}
	text := string(mixed)
	b.Run("AppendReprStr", func(b *testing.B) {
		b.SetBytes(int64(len(text)))
		b.ReportAllocs()
		for b.Loop() {
			AppendReprStr(dst, text)
		}
	})
	b.Run("AppendRawUnicodeEscape", func(b *testing.B) {
		b.SetBytes(int64(len(text)))
		b.ReportAllocs()
		for b.Loop() {
			AppendRawUnicodeEscape(dst, text)
		}
	})
	b.Run("AppendFloat", func(b *testing.B) {
		for b.Loop() {
			AppendFloat(dst, 3.141592653589793)
		}
	})
}
