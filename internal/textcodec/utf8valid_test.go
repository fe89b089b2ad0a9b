package textcodec

import (
	"bytes"
	"math/rand/v2"
	"strings"
	"testing"
	"unicode/utf8"
)

// TestValidUTF8 compares with the standard library: text of each kind of character, whole
// and with a byte changed, at each place in a word.
func TestValidUTF8(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	runes := []rune{'a', 'z', 0x7f, 0x80, 0xbf, 0xc0, 0xff, 0x100, 0x7ff, 0x800, 0xffff, 0x10000, 0x10ffff}
	for range 20_000 {
		most := 1 + r.IntN(len(runes))
		var text []byte
		for n := r.IntN(100); len(text) < n; {
			text = utf8.AppendRune(text, runes[r.IntN(most)])
		}
		checkUTF8(t, text)
		if len(text) > 0 {
			text[r.IntN(len(text))] = byte(r.Uint32())
			checkUTF8(t, text)
			checkUTF8(t, text[:r.IntN(len(text))])
		}
	}
	for first := range 256 {
		for second := range 256 {
			for at := 30; at < 41; at++ {
				text := bytes.Repeat([]byte("a"), 60)
				text[at], text[at+1] = byte(first), byte(second)
				checkUTF8(t, text)
				checkUTF8(t, text[:at+1])
				checkUTF8(t, text[:at+2])
			}
		}
	}
}

func checkUTF8(t *testing.T, text []byte) {
	t.Helper()
	if got, want := ValidUTF8(text), utf8.Valid(text); got != want {
		t.Fatalf("%q: %t", text, got)
	}
	var want []byte
	for _, r := range string(text) {
		if r > 0xff {
			want = nil
			break
		}
		want = append(want, byte(r))
	}
	if !utf8.Valid(text) {
		if got, ok := EncodeLatin1(nil, string(text)); ok {
			t.Fatalf("%q, which is not UTF-8, is %q in latin-1", text, got)
		}
		return
	}
	got, ok := EncodeLatin1([]byte("x"), string(text))
	if ok != (len(want) > 0 || len(text) == 0) || ok && !bytes.Equal(got[1:], want) {
		t.Fatalf("%q: %q, %t", text, got, ok)
	}
	if ok && string(AppendLatin1([]byte("x"), want)) != "x"+string(text) {
		t.Fatalf("%q: not what it was", text)
	}
}

func BenchmarkValidUTF8(b *testing.B) {
	r := rand.New(rand.NewPCG(1, 2))
	noise := make([]byte, 1<<20)
	for i := range noise {
		noise[i] = byte(r.Uint32())
	}
	for _, row := range []struct {
		name string
		text []byte
	}{
		{"bytes", AppendLatin1(nil, noise)},
		{"ascii", bytes.Repeat([]byte("abcdefgh"), 1<<17)},
		{"russian", []byte(strings.Repeat("Привет, мир. ", 1<<16))},
		{"chinese", []byte(strings.Repeat("你好，世界。", 1<<16))},
	} {
		b.Run(row.name, func(b *testing.B) {
			b.SetBytes(int64(len(row.text)))
			for b.Loop() {
				ValidUTF8(row.text)
			}
		})
		b.Run(row.name+"/standard", func(b *testing.B) {
			b.SetBytes(int64(len(row.text)))
			for b.Loop() {
				utf8.Valid(row.text)
			}
		})
	}
	b.Run("AppendLatin1", func(b *testing.B) {
		b.SetBytes(int64(len(noise)))
		var dst []byte
		for b.Loop() {
			dst = AppendLatin1(dst[:0], noise)
		}
	})
	b.Run("EncodeLatin1", func(b *testing.B) {
		text := string(AppendLatin1(nil, noise))
		b.SetBytes(int64(len(text)))
		var dst []byte
		for b.Loop() {
			dst, _ = EncodeLatin1(dst[:0], text)
		}
	})
}
