package textcodec

import (
	"encoding/binary"
	"fmt"
	"maps"
	"math"
	"math/big"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/go-pickle/pickle/internal/textcodec/pyoracle"
)

// ours is this package's answer to a question for oracle.py.
func ours(q pyoracle.Question) pyoracle.Answer {
	arg := []byte(q.Args[len(q.Args)-1])
	var (
		out []byte
		err error
	)
	number := func(v int64, z *big.Int) []byte {
		if z == nil {
			z = big.NewInt(v)
		} else if z.IsInt64() {
			return []byte("a big.Int that fits int64")
		}
		s := z.Text(16)
		if s[0] == '-' {
			return []byte("-0x" + s[1:])
		}
		return []byte("0x" + s)
	}
	switch q.Verb {
	case "int":
		v, z, isBool, e := ParseInt(arg)
		if err = e; e == nil {
			out = append([]byte(map[bool]string{false: "int ", true: "bool "}[isBool]), number(v, z)...)
		}
	case "long":
		v, z, e := ParseLong(arg)
		if err = e; e == nil {
			out = number(v, z)
		}
	case "index":
		v, e := ParseIndex(arg)
		out, err = fmt.Appendf(nil, "%d", v), e
	case "float":
		f, e := ParseFloat(arg)
		out, err = binary.BigEndian.AppendUint64(nil, math.Float64bits(f)), e
	case "unicode":
		out, err = DecodeRawUnicodeEscape(nil, arg)
	case "binunicode":
		out, err = arg, CheckUTF8(arg)
	case "string":
		out, err = DecodeStringEscape(nil, arg)
	case "dumpunicode":
		out = AppendRawUnicodeEscape(nil, string(arg))
	case "reprstr":
		out = AppendReprStr(nil, string(arg))
	case "reprbytes":
		out = AppendReprBytes(nil, arg)
	case "reprfloat":
		out = AppendFloat(nil, math.Float64frombits(binary.BigEndian.Uint64(arg)))
	case "decode":
		codec, ok := Lookup(q.Args[0])
		if !ok {
			return pyoracle.Answer{Kind: "LookupError", Message: "unknown encoding: " + q.Args[0]}
		}
		out, err = codec(nil, arg, q.Args[1])
	}
	if e, ok := err.(*Error); ok {
		return pyoracle.Answer{Kind: e.Kind, Message: e.Message}
	}
	return pyoracle.Answer{Result: string(out)}
}

func compare(t *testing.T, questions []pyoracle.Question) {
	t.Helper()
	bad := 0
	for i, want := range pyoracle.Ask(t, questions) {
		if got := ours(questions[i]); got != want {
			t.Errorf("%s %.300q:\n got %.300s\nwant %.300s", questions[i].Verb, questions[i].Args, got, want)
			if bad++; bad > 20 {
				t.Fatal("and so on")
			}
		}
	}
}

// mix makes a text of up to n of the given pieces.
func mix(r *rand.Rand, n int, pieces []string) string {
	var b strings.Builder
	for range r.IntN(n + 1) {
		b.WriteString(pieces[r.IntN(len(pieces))])
	}
	return b.String()
}

func rounds() int {
	if testing.Short() {
		return 2000
	}
	return 40000
}

var numberPieces = strings.Split(`0 0 1 1 7 8 9 00 12 0x 0X 0o 0b 1f F a _ _ + - L L . e E e5 e-5 e+ e308 e309 e-324 e400 e-400 inf nan Infinity iNF NaN 922337203685477580 9223372036854775807 9223372036854775808 777777777777777777777 x`, " ")

// questions are n random ones, more or less, about each subject.
func questions(n int) map[string][]pyoracle.Question {
	return map[string][]pyoracle.Question{
		"numbers": numberQuestions(n),
		"escapes": escapeQuestions(n),
		"reprs":   reprQuestions(n / 4),
		"floats":  reprFloatQuestions(n),
		"decode":  decodeQuestions(n),
	}
}

func TestAgainstPython(t *testing.T) {
	for name, qs := range questions(rounds()) {
		t.Run(name, func(t *testing.T) { compare(t, qs) })
	}
}

func TestAgainstRecordedPython(t *testing.T) {
	var all []pyoracle.Question
	qs := questions(60)
	for _, name := range slices.Sorted(maps.Keys(qs)) {
		all = append(all, qs[name]...)
	}
	pyoracle.Recorded(t, "testdata/python.txt", all, ours)
}

func numberQuestions(n int) []pyoracle.Question {
	r := rand.New(rand.NewPCG(1, 2))
	pieces := append(numberPieces, " ", "\t", "\v", "\r", "\x00", "\xff", "é", "\xe2\x82", "'", `"`, "\\", "0000000", "5", "3", "3")
	var qs []pyoracle.Question
	add := func(line string) {
		if line == "" {
			return
		}
		for _, verb := range []string{"int", "long", "index", "float"} {
			qs = append(qs, pyoracle.Question{Verb: verb, Args: []string{line}})
		}
	}
	for _, line := range numberLines() {
		add(line)
	}
	for range n {
		add(mix(r, 6, pieces))
	}
	return qs
}

// numberLines are lines on which rules meet.
func numberLines() []string {
	lines := strings.Split(`0 1 00 01 +1 -0 -1 +0 0L 1L L LL -L 10 -10 007 00L 0_0 0_ 0__0 _0 1_000 1__0 1_ 0x 0x_ 0x_1 0x__1 0x1_ 0xfg 0b 0b1 0b2 0b_1 0o8 0o7 0O17 0B101 012 08 09 0777 +-1 --1
9223372036854775807 9223372036854775808 -9223372036854775808 -9223372036854775809 0x7fffffffffffffff 0x8000000000000000 -0x8000000000000000 0777777777777777777777 01000000000000000000000
0xffffffffffffffffffffffffffffffff 0b1111111111111111111111111111111111111111111111111111111111111111111111 0o7777777777777777777777777777777
999999999999999999 1000000000000000000 1e 1e+ 1e5 1.e5 .5 5. . +. -.5e-3 1e308 1.7976931348623157e308 1.7976931348623158e308 1.7976931348623159e308 1e309 -1e309 4.9e-324 2.4703282292062327e-324 2.4703282292062328e-324 0e999999999999 1e99999999999999999999 1e-99999999999999999999
inf -inf +inf infinity INFINITY infinit infi in nan -nan NaN nanx infx - + 1_0.0 0x1p3 1.5f`, " ")
	var out []string
	for _, l := range lines {
		out = append(out, strings.Split(l, "\n")...)
	}
	zeros := strings.Repeat("0", 20000)
	for _, n := range []int{199, 200, 201, 640, 4299, 4300, 4301, 9000} {
		d := strings.Repeat("9", n)
		out = append(out, d, "-"+d, d+"L", " "+d+" ", d+"x", d+"_", "0x"+d, "0b"+strings.Repeat("1", n), "0o"+strings.Repeat("7", n),
			"0"+d, strings.Repeat("0", n), strings.Repeat("1_", n)+"1", "0."+d, d+"."+d, d+"e-"+fmt.Sprint(n),
			strings.Repeat("é", n), strings.Repeat("'", n), strings.Repeat("\x01", n))
	}
	return append(out, " 1", "1 ", " 0", "\t1", "1\r", "\x000", "\x00", "1\x00", "1\x00x", "L\x00", "x\x00L", "\x0b1", " ", "  ", "é", "\xff", "1\xff", "a'b", `a"b'`, "\x1f1", "\x851", "1\x85",
		"0."+zeros+"1e20001", "1"+zeros+"e-20000", "0."+zeros+"123e-20", zeros+"."+zeros+"e5", zeros, zeros+"1",
		"2.47032822920623272088284396434110686182e-324"+zeros, "0."+zeros+"17976931348623157e20309", "0."+zeros+"1e20310", "1"+zeros+"1e-20001",
		"1.00000000000000011102230246251565404236316680908203125", "1.00000000000000011102230246251565404236316680908203124"+zeros+"9", "1.00000000000000011102230246251565404236316680908203125"+zeros+"1")
}

func escapeQuestions(n int) []pyoracle.Question {
	r := rand.New(rand.NewPCG(3, 4))
	pieces := []string{`\`, `\`, `\\`, `u`, `\u`, `\U`, `\U0001`, `\U0011`, `\u00`, `\ud800`, `\udc00`, `41`, `0041`, `f`, `F`, `g`, `x`, `\x`, `\x4`, `\xfF`, `0`, `7`, `\0`, `\777`, `8`, `'`, `"`,
		`\'`, `\"`, `\a`, `\b`, `\f`, `\n`, `\r`, `\t`, `\v`, `\q`, `\e`, "\n", "\\\n", "\r", "\x00", "\x1a", "\x80", "\xe9", "\xff", "é", "abcdefgh"}
	var qs []pyoracle.Question
	for range n {
		s := mix(r, 8, pieces)
		qs = append(qs, pyoracle.Question{Verb: "unicode", Args: []string{s}}, pyoracle.Question{Verb: "string", Args: []string{s}})
	}
	return qs
}

// textPieces are code points of every kind, lone surrogates among them.
var textPieces = []string{"a", "'", `"`, `\`, "\n", "\r", "\t", "\x00", "\x1a", "\x1f", "\x7f", "\u0080", "\u00a0", "\u00ad", "é", "ÿ", "\u0100", "\u0378", "€", "\ue000", "\ufeff", "\uffff", "\ufffd",
	"\u2028", "\u3000", "😀", "\U0001fae8", "\U0001f6dc", "\U00011f02", "\U0010ffff", "\xed\xa0\x80", "\xed\xb0\x80", "\xed\xbf\xbf", "\xed\xa0\xbd\xed\xb8\x80"}

func reprQuestions(n int) []pyoracle.Question {
	r := rand.New(rand.NewPCG(5, 6))
	var qs []pyoracle.Question
	for range n {
		s := mix(r, 6, textPieces)
		qs = append(qs, pyoracle.Question{Verb: "reprstr", Args: []string{s}}, pyoracle.Question{Verb: "reprbytes", Args: []string{s}}, pyoracle.Question{Verb: "dumpunicode", Args: []string{s}})
	}
	return qs
}

func TestPrintableAgainstPython(t *testing.T) {
	q := string(binary.BigEndian.AppendUint32(make([]byte, 4), 0x110000))
	for r, c := range pyoracle.Ask(t, []pyoracle.Question{{Verb: "printable", Args: []string{q}}})[0].Result {
		if IsPrintable(rune(r)) != (c == '1') {
			t.Errorf("IsPrintable(%U) = %v", r, c != '1')
		}
	}
}

func reprFloatQuestions(n int) []pyoracle.Question {
	r := rand.New(rand.NewPCG(7, 8))
	fs := []float64{0, math.Copysign(0, -1), 1, -1, 0.1, 1e15, 1e16, 1e17, 9999999999999998, 1e-4, 1e-5, 0.00009999999999999999, 123456789012345680, math.MaxFloat64, 5e-324, math.Inf(1), math.Inf(-1), math.NaN(), 1e22, 1e23, 1e100}
	for range n {
		fs = append(fs, math.Float64frombits(r.Uint64()), float64(r.Int64N(1e6))*math.Pow10(r.IntN(30)-15), math.Nextafter(math.Pow10(r.IntN(40)-20), float64(r.IntN(3)-1)))
	}
	var qs []pyoracle.Question
	for _, f := range fs {
		qs = append(qs, pyoracle.Question{Verb: "reprfloat", Args: []string{string(binary.BigEndian.AppendUint64(nil, math.Float64bits(f)))}})
	}
	return qs
}

// handlers are Python's error handlers, and one that it does not know.
var handlers = []string{"strict", "ignore", "replace", "backslashreplace", "surrogateescape", "surrogatepass", "xmlcharrefreplace", "namereplace", "nosuch"}

func decodeQuestions(n int) []pyoracle.Question {
	r := rand.New(rand.NewPCG(9, 10))
	pieces := append([]string{"abcdefgh", "\x80", "\xbf", "\xc0", "\xc2", "\xe0", "\xe0\x9f", "\xe0\xa0", "\xed\xa0", "\xed\x9f", "\xef\xbb\xbf", "\xf0", "\xf0\x8f", "\xf0\x90", "\xf4\x8f\xbf", "\xf4\x90", "\xf5", "\xff",
		"\xff\xfe", "\xfe\xff", "\xd8\x00", "\x00\xd8", "\xdc\x00", "\x00\xdc", "\x00", "\x00\x00", "\x11", "\x00\x00\xfe\xff", "\xff\xfe\x00\x00", `\u12`, `\u0041`, `\Uffffffff`}, textPieces...)
	var qs []pyoracle.Question
	for range n {
		s := mix(r, 8, pieces)
		names := []string{"ascii", "latin-1", "utf-8", "utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-le", "utf-32-be", "raw-unicode-escape"}
		qs = append(qs, pyoracle.Question{Verb: "decode", Args: []string{names[r.IntN(len(names))], handlers[r.IntN(len(handlers))], s}},
			pyoracle.Question{Verb: "binunicode", Args: []string{s}})
	}
	return qs
}

func TestLookupAgainstPython(t *testing.T) {
	var qs []pyoracle.Question
	for name := range codecs() {
		for _, n := range []string{name, strings.ToUpper(name), strings.ReplaceAll(name, "_", "-"), strings.ReplaceAll(name, "_", " - "), " " + name + "!", strings.ReplaceAll(name, "_", "."), strings.ReplaceAll(name, "_", ""), "x" + name, "é" + name} {
			qs = append(qs, pyoracle.Question{Verb: "codec", Args: []string{n}})
		}
	}
	for i, a := range pyoracle.Ask(t, qs) {
		name := qs[i].Args[0]
		official := strings.ReplaceAll(a.Result, "-", "_")
		if official == "iso8859_1" {
			official = "latin_1"
		}
		want := codecs()[official]
		if a.Kind != "" {
			want = nil
		}
		if got, _ := find(name); (got == nil) != (want == nil) || got != nil && fmt.Sprintf("%p", got) != fmt.Sprintf("%p", want) {
			t.Errorf("Lookup(%q) finds a codec: %v, the same: no; Python: %v", name, got != nil, a)
		}
	}
}
