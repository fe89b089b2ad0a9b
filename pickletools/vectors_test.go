package pickletools_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"math/big"
	"math/rand/v2"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"github.com/go-pickle/pickle/opcode"
)

var record = flag.Bool("record", false, "ask python3 and write testdata/python311.jsonl anew")

// A vector is what CPython 3.11 answered about a row.
type vector struct {
	Name string `json:"name"`
	answer
}

const vectorFile = "testdata/python311.jsonl"

// questions returns what is asked about a row, by name.
func questions(r row) (names []string, qs []question) {
	for _, q := range []question{{Call: "dis"}, {Call: "dis", Annotate: 30}, {Call: "genops"}, {Call: "optimize"}} {
		name := r.name + ": " + q.Call
		if q.Annotate != 0 {
			name += fmt.Sprint(" ", q.Annotate)
		}
		q.Data = []byte(r.data)
		names = append(names, name)
		qs = append(qs, q)
	}
	return names, qs
}

// extra are questions beside those about rows.
func extra() (names []string, qs []question) {
	nested := []byte("(K\x01(\x8c\x0aabcdefghij(K\x03ttt.")
	for _, n := range []int{-3, 0, 1, 2, 20} {
		names, qs = append(names, fmt.Sprint("indentlevel ", n)), append(qs, question{Call: "dis", Data: nested, IndentLevel: &n})
	}
	for _, n := range []int{-7, 1, 20, 49, 50, 51, 100} {
		names, qs = append(names, fmt.Sprint("annotate ", n)), append(qs, question{Call: "dis", Data: nested, Annotate: n})
	}
	for _, r := range []row{
		{"memo kept", "h\x00h\x01\x86."},
		{"memo kept, memoize", "]\x94h\x02\x86."},
		{"memo kept, put again", "]q\x01."},
		{"memo kept, kinds", "h\x00h\x01."},
	} {
		names, qs = append(names, r.name), append(qs, question{Call: "dis", Data: []byte(r.data), Before: [][]byte{[]byte("]q\x00."), []byte("}q\x01.")}})
	}
	return names, qs
}

// everything returns the questions that are recorded.
func everything() (names []string, qs []question) {
	names, qs = extra()
	for _, r := range rows {
		n, q := questions(r)
		names, qs = append(names, n...), append(qs, q...)
	}
	return names, qs
}

// shortened keeps the beginning, the end and a sum of long texts, which is enough to
// notice a difference and keeps the file small.
func (a answer) shortened() answer {
	for _, s := range []*string{&a.Out, &a.Message} {
		if t := *s; len(t) > 1000 {
			sum := uint64(14695981039346656037)
			for i := range len(t) {
				sum = (sum ^ uint64(t[i])) * 1099511628211
			}
			*s = strings.ToValidUTF8(t[:200], "") + fmt.Sprintf(" ... %d bytes, FNV-1a %016x ... ", len(t), sum) + strings.ToValidUTF8(t[len(t)-200:], "")
		}
	}
	return a
}

// TestVectors compares this package with what CPython 3.11 was recorded to answer.
func TestVectors(t *testing.T) {
	names, qs := everything()
	if *record {
		recordVectors(t, names, qs)
	}
	b, err := os.ReadFile(vectorFile)
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]answer{}
	for d := json.NewDecoder(bytes.NewReader(b)); d.More(); {
		var v vector
		if err := d.Decode(&v); err != nil {
			t.Fatal(err)
		}
		want[v.Name] = v.answer
	}
	if len(want) != len(names) {
		t.Errorf("%d vectors, %d questions: run go test -record", len(want), len(names))
	}
	for i, name := range names {
		w, ok := want[name]
		if !ok {
			t.Errorf("%s: no vector: run go test -record", name)
			continue
		}
		compare(t, name, qs[i], ask(qs[i]).shortened(), w)
	}
}

func recordVectors(t *testing.T, names []string, qs []question) {
	j := newJudge(t)
	if j.version != "3.11" {
		t.Fatal("vectors are those of CPython 3.11, this is", j.version)
	}
	var out bytes.Buffer
	e := json.NewEncoder(&out)
	e.SetEscapeHTML(false)
	for i, a := range j.ask(t, qs...) {
		if err := e.Encode(vector{names[i], a.shortened()}); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(vectorFile, out.Bytes(), 0o666); err != nil {
		t.Fatal(err)
	}
}

// TestPython compares this package with the python3 at hand on the same questions.
func TestPython(t *testing.T) {
	j := newJudge(t)
	names, qs := everything()
	for i, want := range j.ask(t, qs...) {
		got := ask(qs[i])
		if j.version != "3.11" {
			got.Message = want.Message // int() and float() change theirs
		}
		compare(t, names[i], qs[i], got, want)
	}
}

// TestMutants compares this package with the python3 at hand on rows that were cut,
// joined and changed at random, but always in the same way.
func TestMutants(t *testing.T) {
	j := newJudge(t)
	var short []string
	for _, r := range rows {
		if len(r.data) <= 300 {
			short = append(short, r.data)
		}
	}
	codes := string(slices.Collect(func(yield func(byte) bool) {
		for op := range opcode.All() {
			if !yield(byte(op)) {
				return
			}
		}
	}))
	rnd := rand.New(rand.NewPCG(1, 2))
	pick := func() string { return short[rnd.IntN(len(short))] }
	mutant := func() []byte {
		b := []byte(pick())
		for range 1 + rnd.IntN(4) {
			i := rnd.IntN(len(b) + 1)
			switch rnd.IntN(5) {
			case 0: // an opcode more
				b = slices.Insert(b, i, codes[rnd.IntN(len(codes))])
			case 1: // a byte more
				b = slices.Insert(b, i, byte(rnd.IntN(256)))
			case 2: // a byte less
				if i < len(b) {
					b = slices.Delete(b, i, i+1)
				}
			case 3: // another byte
				if i < len(b) {
					b[i] = byte(rnd.IntN(256))
				}
			case 4: // another pickle behind what comes before STOP
				b = append(bytes.TrimSuffix(b, []byte(".")), pick()...)
			}
		}
		return b
	}
	rounds, bad, refused := 2500, 0, 0
	if testing.Short() {
		rounds = 300
	}
	for i := range rounds {
		b := mutant()
		qs := []question{{Call: "dis", Data: b}, {Call: "dis", Data: b, Annotate: rnd.IntN(60)}, {Call: "genops", Data: b}, {Call: "optimize", Data: b}}
		for k, want := range j.ask(t, qs...) {
			got := ask(qs[k])
			if j.version != "3.11" {
				got.Message = want.Message
			}
			if want.Kind != "" {
				refused++
			}
			if bad < 20 && !compare(t, fmt.Sprint("mutant ", i), qs[k], got, want) {
				bad++
			}
		}
	}
	t.Logf("%d comparisons with Python %s, %d of them errors", 4*rounds, j.version, refused)
}

// TestGenerated holds annotations.go to what gen.py writes.
func TestGenerated(t *testing.T) {
	exe := python3(t)
	if v := newJudge(t).version; v != "3.11" && v != "3.12" {
		t.Skip("annotations are those of CPython 3.11, this is", v)
	}
	if out, err := exec.Command(exe, "gen.py", "--check").CombinedOutput(); err != nil {
		t.Errorf("gen.py --check: %v\n%s", err, out)
	}
}

// TestRowNames makes sure that no vector hides another one.
func TestRowNames(t *testing.T) {
	names, _ := everything()
	slices.Sort(names)
	for i := range len(names) - 1 {
		if names[i] == names[i+1] {
			t.Errorf("two questions are called %q", names[i])
		}
	}
}

// twosComplement returns base**exponent + more, little-endian.
func twosComplement(base int64, exponent int, more int64) string {
	z := new(big.Int).Exp(big.NewInt(base), big.NewInt(int64(exponent)), nil)
	if base < 0 && exponent%2 == 0 {
		z.Neg(z) // 10**4300 with the sign of base
	}
	z.Add(z, big.NewInt(more))
	n := z.BitLen()/8 + 1
	if z.Sign() < 0 {
		z.Add(z, new(big.Int).Lsh(big.NewInt(1), uint(8*n)))
	}
	b := z.FillBytes(make([]byte, n))
	slices.Reverse(b)
	return string(b)
}
