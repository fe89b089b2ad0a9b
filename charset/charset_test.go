package charset

import (
	"bytes"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/go-pickle/pickle/internal/textcodec"
)

// TestTablesAreWhole reads every generated table.
func TestTablesAreWhole(t *testing.T) {
	end := 0
	for name, entry := range multiIndex {
		if entry.from >= entry.to || entry.to > len(multiData) {
			t.Errorf("%s: %+v", name, entry)
		}
		end = max(end, entry.to)
		n := 0
		for _, row := range loadPairs(name) {
			if row == nil {
				continue
			}
			for _, r := range row {
				if r < 0 || r >= rune(0x110000+len(combinedTexts)) && r != wholePair {
					t.Errorf("%s holds %#x", name, r)
				}
				if r != 0 {
					n++
				}
			}
		}
		if n < 5000 {
			t.Errorf("%s has %d characters", name, n)
		}
	}
	if end != len(multiData) {
		t.Errorf("%d bytes of tables, the index ends at %d", len(multiData), end)
	}
	for alias, module := range canonical {
		if load(module) == nil {
			t.Errorf("%s leads to %s, which there is not", alias, module)
		}
	}
}

func TestLookup(t *testing.T) {
	for _, name := range []string{"utf-8", "Latin-1", "us-ascii", "utf_16_le", "KOI8-R", "windows-1252", "Shift_JIS", "ISO-8859-15", "mac-cyrillic", "cp437"} {
		if _, ok := Lookup(name); !ok {
			t.Errorf("%s is not found", name)
		}
	}
	for _, name := range []string{"", "bytes", "nosuch", "rot13", "hex", "base64", "idna", "mbcs", "koi8.r", "euc_jp/8f"} {
		if _, ok := Lookup(name); ok {
			t.Errorf("%s is found", name)
		}
	}
}

func TestConcurrentLookup(t *testing.T) {
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for _, name := range modules() {
				decode, _ := Lookup(name)
				if out, err := decode(nil, []byte("abc"), "ignore"); err != nil || name[0] == 'e' && string(out) != "abc" {
					t.Errorf("%s: %q, %v", name, out, err)
				}
			}
		})
	}
	wg.Wait()
}

// TestLongInputs would run for very long if anything took quadratic time.
func TestLongInputs(t *testing.T) {
	start := time.Now()
	for _, piece := range []string{"a", "\xff", "\x81", "\x8f\xa1", "\x1b", "\x1b$", "\x1b$B!", "\x1b&@", "\x1b&&&", "~", "~{", "\x810", "\xa4\xd4"} {
		src := []byte(strings.Repeat(piece, 1<<15/len(piece)))
		for _, name := range modules() {
			if singleTables[name] != "" && name != "koi8_r" {
				continue
			}
			for _, handler := range []string{"replace", "backslashreplace", "surrogateescape"} {
				load(name)(nil, src, handler)
			}
		}
	}
	if d := time.Since(start); d > time.Minute {
		t.Errorf("took %v", d)
	}
}

func FuzzDecode(f *testing.F) {
	names := modules()
	for i, name := range names {
		f.Add(i, []byte("a\x81\x30\x81\x30\xa4\xd4\x8f\xb0\xa1"+name))
	}
	f.Add(0, []byte("\x1b$B0!\x1b(J\\\x1b.A\x1bNa\x1b&@\x1b$B~{0!~}"))
	f.Fuzz(func(t *testing.T, i int, src []byte) {
		name := names[uint(i)%uint(len(names))]
		decode := load(name)
		strict, strictErr := decode(nil, src, "strict")
		if textcodec.CheckUTF8(strict) != nil {
			t.Fatalf("%s: %q is no text", name, strict)
		}
		for _, handler := range []string{"ignore", "replace", "backslashreplace"} {
			out, err := decode([]byte("before"), src, handler)
			if e, ok := err.(*textcodec.Error); ok && e.Kind == "RuntimeError" && name == "iso2022_jp_2" {
				continue
			}
			if err != nil || textcodec.CheckUTF8(out) != nil || !bytes.HasPrefix(out, []byte("before")) {
				t.Fatalf("%s, %s: %q is %q, %v", name, handler, src, out, err)
			}
			if strictErr == nil && !bytes.Equal(out[6:], strict) {
				t.Fatalf("%s, %s: %q is %q, but strictly %q", name, handler, src, out, strict)
			}
			if !bytes.HasPrefix(out[6:], strict) {
				t.Fatalf("%s, %s: %q is %q, but strictly begins %q", name, handler, src, out, strict)
			}
		}
		if out, err := decode(nil, src, "surrogateescape"); err == nil && textcodec.CheckUTF8(out) != nil {
			t.Fatalf("%s: %q is no text", name, out)
		}
	})
}

func BenchmarkDecode(b *testing.B) {
	dst := make([]byte, 0, 1<<16)
	for _, c := range []struct{ name, text string }{
		{"koi8-r", "\xf0\xd2\xc9\xd7\xc5\xd4, \xcd\xc9\xd2! "},
		{"cp1252", "plain ASCII text mostly \x80 "},
		{"gbk", "\xc4\xe3\xba\xc3, hello "},
		{"gb18030", "\xc4\xe3\xba\xc3\x81\x30\x81\x30 hello "},
		{"shift_jis", "\x93\xfa\x96\x7b\x8c\xea text "},
		{"iso2022-jp", "\x1b$BF|K\\8l\x1b(B text "},
	} {
		src := []byte(strings.Repeat(c.text, 100))
		decode, _ := Lookup(c.name)
		b.Run(c.name, func(b *testing.B) {
			b.SetBytes(int64(len(src)))
			for b.Loop() {
				if _, err := decode(dst, src, "strict"); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkFirstLookup(b *testing.B) {
	for _, name := range []string{"koi8-r", "gbk", "cp932", "big5hkscs"} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				loaded.codecs = nil
				pairTables.loaded = nil
				Lookup(name)
			}
		})
	}
}
