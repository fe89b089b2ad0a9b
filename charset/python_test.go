package charset

import (
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/go-pickle/pickle/internal/textcodec"
	"github.com/go-pickle/pickle/internal/textcodec/pyoracle"
)

// modules are all charsets of this package by their Python module's name.
func modules() []string {
	var names []string
	for name := range singleTables {
		names = append(names, name)
	}
	for name := range firstBytes {
		names = append(names, name)
	}
	for name := range iso2022Variants {
		names = append(names, name)
	}
	names = append(names, "hz")
	slices.Sort(names)
	return names
}

func answer(t *testing.T, name, handler, src string) pyoracle.Answer {
	t.Helper()
	decode, ok := Lookup(name)
	if !ok {
		t.Fatalf("Lookup(%q) finds nothing", name)
	}
	out, err := decode(nil, []byte(src), handler)
	if err != nil {
		e := err.(*textcodec.Error)
		return pyoracle.Answer{Kind: e.Kind, Message: e.Message}
	}
	return pyoracle.Answer{Result: string(out)}
}

func compare(t *testing.T, questions []pyoracle.Question) {
	t.Helper()
	bad := 0
	for i, want := range pyoracle.Ask(t, questions) {
		q := questions[i]
		if got := answer(t, q.Args[0], q.Args[1], q.Args[2]); got != want {
			t.Errorf("%q:\n got %.300s\nwant %.300s", q.Args, got, want)
			if bad++; bad > 20 {
				t.Fatal("and so on")
			}
		}
	}
}

func TestEveryByteAgainstPython(t *testing.T) {
	var qs []pyoracle.Question
	for _, name := range modules() {
		for b := range 256 {
			for _, handler := range []string{"strict", "surrogateescape"} {
				qs = append(qs, pyoracle.Question{Verb: "decode", Args: []string{name, handler, string([]byte{byte(b)})}})
			}
		}
	}
	compare(t, qs)
}

// TestEveryPairAgainstPython covers every character of two bytes of every
// charset, and those of three and of designated sets by what precedes them.
func TestEveryPairAgainstPython(t *testing.T) {
	var qs []pyoracle.Question
	add := func(name string, prefixes ...string) {
		for _, p := range prefixes {
			qs = append(qs, pyoracle.Question{Verb: "pairs", Args: []string{name, p}})
		}
	}
	for name := range firstBytes {
		add(name, "")
		if strings.HasPrefix(name, "euc_j") {
			add(name, "\x8f")
		}
	}
	for name, variant := range iso2022Variants {
		add(name, "\x1b(")
		if name == "iso2022_kr" {
			add(name, "\x1b$)C\x0e")
		}
		for _, r := range variant.sets {
			switch set := byte(r); {
			case name == "iso2022_kr":
			case set == setLatin1 || set == setGreek:
				add(name, "\x1b."+string(set)+"\x1bN")
			case set < 0x80:
				add(name, "\x1b("+string(set))
			default:
				add(name, "\x1b$"+string(set&0x7F), "\x1b$("+string(set&0x7F))
			}
		}
	}
	add("hz", "", "~{")
	add("gb18030", "\x810", "\x82\x35\x8f", "\x90\x30")
	for i, a := range pyoracle.Ask(t, qs) {
		name, prefix := qs[i].Args[0], qs[i].Args[1]
		decode, _ := Lookup(name)
		var got []byte
		for pair := range 1 << 16 {
			if pair > 0 {
				got = append(got, '\n')
			}
			var err error
			got, err = decode(got, append([]byte(prefix), byte(pair>>8), byte(pair)), "backslashreplace")
			if err != nil {
				t.Fatal(err)
			}
		}
		if string(got) != a.Result {
			at := 0
			for at < len(got) && at < len(a.Result) && got[at] == a.Result[at] {
				at++
			}
			t.Errorf("%s behind %q: differs at about pair %#x: %.30q, want %.30q", name, prefix,
				strings.Count(string(got[:at]), "\n"), got[max(at-6, 0):], a.Result[max(at-6, 0):])
		}
	}
}

func TestGB18030FoursAgainstPython(t *testing.T) {
	var src []byte
	for a := 0x80; a < 0x100; a++ {
		for b := byte('0'); b <= '9'; b++ {
			for c := 0x80; c < 0x100; c++ {
				for d := byte('0'); d <= '9'; d++ {
					if a < 0x86 || a >= 0x8E && a < 0x92 || a > 0xE0 || c < 0x82 {
						src = append(src, byte(a), b, byte(c), d, '\n')
					}
				}
			}
		}
	}
	compare(t, []pyoracle.Question{{Verb: "decode", Args: []string{"gb18030", "backslashreplace", string(src)}}})
}

func TestRandomAgainstPython(t *testing.T) {
	if testing.Short() {
		compare(t, randomQuestions(4000))
	} else {
		compare(t, randomQuestions(40000))
	}
}

func TestAgainstRecordedPython(t *testing.T) {
	pyoracle.Recorded(t, "testdata/python.txt", append(textQuestions(t), randomQuestions(600)...), func(q pyoracle.Question) pyoracle.Answer {
		return answer(t, q.Args[0], q.Args[1], q.Args[2])
	})
}

// textQuestions are about texts that each charset can hold, as Python encodes
// them. There are none without Python.
func textQuestions(t *testing.T) []pyoracle.Question {
	if os.Getenv("UPDATE_VECTORS") != "1" {
		return nil
	}
	var ask, qs []pyoracle.Question
	for _, name := range modules() {
		for _, text := range texts {
			ask = append(ask, pyoracle.Question{Verb: "encode", Args: []string{name, text}})
		}
	}
	for i, a := range pyoracle.Ask(t, ask) {
		if a.Kind == "" {
			qs = append(qs, pyoracle.Question{Verb: "decode", Args: []string{ask[i].Args[0], "strict", a.Result}})
		}
	}
	return qs
}

// randomQuestions mix pieces that mean something to multibyte charsets.
func randomQuestions(n int) []pyoracle.Question {
	r := rand.New(rand.NewPCG(11, 12))
	pieces := []string{"\x1b", "\x1b$B", "\x1b$@", "\x1b(B", "\x1b(J", "\x1b(I", "\x1b$(D", "\x1b$A", "\x1b$(C", "\x1b$)C", "\x1b.A", "\x1b.F", "\x1bN", "\x1b.J", "\x1b(A", "\x1b(F", "\x1b&@\x1b$B", "\x1b&@", "\x1b$(O", "\x1b$(P", "\x1b$(Q", "\x1b)B", "\x1b$B", "\x1b(", "\x1b$", "\x1b&&&&&&&&&&&&&&&&&&", "\x1b[0mQ",
		"\x0e", "\x0f", "\n", "~{", "~}", "~~", "~", "~\n", "$\"", "0!", "!@", "ab", "Z", " ", "\x00", "\\", "\x7f", "\x80", "\x81", "\x8e", "\x8f", "\x8e\xb1", "\x8f\xb0\xa1", "\xa4", "\xa4\xd4", "\xa4\xd4\xa4\xa1\xa4\xbf\xa4\xd4", "\xa4\xd4\xa4\xa1\xa4\xc0\xa4\xa4", "\xa1\xa1", "\x88\x62", "\x88\x66", "\x87", "\xfe", "\xff", "\xa0", "\xfd", "\x81\x30\x81\x30", "\x84\x31\xa4\x37", "\x90\x30\x81\x30", "\xe3\x32\x9a\x35", "\xe3\x32\x9a\x36", "\x81\x30\x81", "0", "@"}
	handlers := []string{"strict", "ignore", "replace", "backslashreplace", "backslashreplace", "surrogateescape", "surrogatepass", "xmlcharrefreplace", "nosuch"}
	names := modules()
	var multi []string
	for _, n := range names {
		if singleTables[n] == "" {
			multi = append(multi, n)
		}
	}
	var qs []pyoracle.Question
	for range n {
		name := multi[r.IntN(len(multi))]
		if r.IntN(10) == 0 {
			name = names[r.IntN(len(names))]
		}
		var b strings.Builder
		for range r.IntN(9) {
			if r.IntN(4) == 0 {
				b.WriteByte(byte(r.Uint32()))
			} else {
				b.WriteString(pieces[r.IntN(len(pieces))])
			}
		}
		qs = append(qs, pyoracle.Question{Verb: "decode", Args: []string{name, handlers[r.IntN(len(handlers))], b.String()}})
	}
	return qs
}

// texts are in the languages that charsets were made for.
var texts = []string{"plain", "Привет, мир", "日本語のテキスト", "カタカナ", "简体中文", "繁體中文", "한국어 똠방각하", "Ünïcödé €", "Γειά σου", "שלום", "مرحبا", "ไทย", "😀"}

// TestPythonTextComesBack decodes what Python encodes.
func TestPythonTextComesBack(t *testing.T) {
	var qs []pyoracle.Question
	for _, name := range modules() {
		for _, text := range texts {
			qs = append(qs, pyoracle.Question{Verb: "encode", Args: []string{name, text}})
		}
	}
	n := 0
	for i, a := range pyoracle.Ask(t, qs) {
		if a.Kind != "" {
			continue // not of this charset
		}
		n++
		if got := answer(t, qs[i].Args[0], "strict", a.Result); got.Result != qs[i].Args[1] {
			t.Errorf("%s: %q is %s, want %q", qs[i].Args[0], a.Result, got, qs[i].Args[1])
		}
	}
	if n < 2*len(modules()) {
		t.Errorf("Python could encode only %d texts", n)
	}
}

func TestNamesAgainstPython(t *testing.T) {
	var qs []pyoracle.Question
	ask := func(name string) {
		qs = append(qs, pyoracle.Question{Verb: "codec", Args: []string{name}})
	}
	names := modules()
	for alias := range canonical {
		names = append(names, alias)
	}
	for _, n := range names {
		ask(n)
		ask(strings.ToUpper(strings.ReplaceAll(n, "_", "-")))
		ask(" " + strings.ReplaceAll(n, "_", " _"))
		ask(strings.ReplaceAll(n, "_", "."))
		ask(strings.ReplaceAll(n, "_", ""))
		ask(n + ".")
	}
	official := make(map[string]string)
	answers := pyoracle.Ask(t, qs)
	for i, a := range answers {
		if slices.Contains(modules(), qs[i].Args[0]) {
			official[qs[i].Args[0]] = a.Result
		}
	}
	for i, a := range answers {
		name := textcodec.NormalizeEncoding(qs[i].Args[0])
		module, ok := canonical[name]
		if !ok {
			module = name
		}
		_, found := Lookup(qs[i].Args[0])
		if found != (a.Kind == "") {
			t.Errorf("Lookup(%q) = %v, Python: %v", qs[i].Args[0], found, a)
		} else if want, known := official[module]; found && known && want != a.Result {
			t.Errorf("%q is %s, Python: %v", qs[i].Args[0], module, a)
		}
	}
}
