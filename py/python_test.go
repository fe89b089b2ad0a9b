package py_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"os/exec"
	"strconv"
	"testing"

	"github.com/go-pickle/pickle/py"
)

// oracle runs in Python. Each line it reads is a JSON list: a verb and sources of Python
// values; for each it prints a line of JSON.
const oracle = `
import json, sys
sys.set_int_max_str_digits(0) if hasattr(sys, "set_int_max_str_digits") else None
class Names:
    def __getitem__(self, name):
        if name in ("nan", "inf"): return float(name) # a new object each time, as in Go
        raise KeyError(name)
names = Names()
def ev(s): return eval(s, {}, names)
def float_of(bits):
    import struct
    return struct.unpack(">d", int(bits).to_bytes(8, "big"))[0]
d, s = {}, set()
def do(verb, *a):
    global d, s
    if verb == "repr": return repr(ev(a[0]))
    if verb == "eq": return ev(a[0]) == ev(a[1])
    if verb == "same": return repr(ev(a[0])) == repr(ev(a[1])) or ev(a[0]) == ev(a[1])
    if verb == "float": return repr(float_of(a[0]))
    if verb == "complex": return repr(complex(float_of(a[0]), float_of(a[1])))
    if verb == "hash": hash(ev(a[0])); return "ok"
    if verb == "new": d, s = {}, set(); return "ok"
    if verb == "set": d[ev(a[0])] = ev(a[1]); return "ok"
    if verb == "get": return repr(d.get(ev(a[0]), "nothing"))
    if verb == "del": return d.pop(ev(a[0]), None) is not None
    if verb == "dict": return repr(d)
    if verb == "adopt":
        d = {}
        for k, v in ev(a[0]): d[k] = v
        return repr(d)
    if verb == "add": s.add(ev(a[0])); return "ok"
    if verb == "has": return ev(a[0]) in s
    if verb == "discard":
        n = len(s); s.discard(ev(a[0])); return len(s) < n
    if verb == "len": return len(s)
    if verb == "sorted": return repr(sorted(map(repr, s)))
for line in sys.stdin:
    try: r = do(*json.loads(line))
    except TypeError as e: r = "TypeError: " + str(e)
    print(json.dumps(r))
`

// A question to Python, with what Go says.
type question struct {
	ask  []string
	want any
}

func askPython(t *testing.T, questions []question) {
	t.Helper()
	python, err := exec.LookPath("python3")
	if err != nil {
		if os.Getenv("REQUIRE_PYTHON") == "1" {
			t.Fatal("REQUIRE_PYTHON=1, but there is no python3")
		}
		t.Skip("no python3 to compare with")
	}
	var in bytes.Buffer
	for _, q := range questions {
		line, _ := json.Marshal(q.ask)
		in.Write(append(line, '\n'))
	}
	cmd := exec.Command(python, "-W", "ignore", "-c", oracle)
	cmd.Stdin, cmd.Stderr = &in, os.Stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	lines := bytes.Split(bytes.TrimSpace(out), []byte("\n"))
	if len(lines) != len(questions) {
		t.Fatalf("%d answers to %d questions", len(lines), len(questions))
	}
	bad := 0
	for i, q := range questions {
		want, _ := json.Marshal(q.want)
		var x, y any
		_ = json.Unmarshal(lines[i], &x)
		_ = json.Unmarshal(want, &y)
		if fmt.Sprint(x) != fmt.Sprint(y) {
			t.Errorf("%.600q: Python says %.600v, Go %.600v", q.ask, x, y)
			if bad++; bad > 10 {
				t.Fatal("and so on")
			}
		}
	}
}

func rounds(n int) int {
	if testing.Short() {
		return n / 10
	}
	return n
}

func TestReprAgainstPython(t *testing.T) {
	g := gen{r: rand.New(rand.NewPCG(1, 1)), noSets: true}
	var qs []question
	for range rounds(20000) {
		s := py.Repr(g.value(4))
		qs = append(qs, question{[]string{"repr", s}, s})
	}
	// Floats and complex numbers by their bits, as not all can be read back.
	floats := []float64{0, math.Copysign(0, -1), 1, -1, 1.5, 3, 1e16, 1e15, 1e22, 1e-5, 1e-4, 1e300, math.Inf(1), math.Inf(-1),
		math.NaN(), math.Float64frombits(0xfff8000000000000), math.MaxFloat64, math.SmallestNonzeroFloat64}
	for range rounds(5000) {
		floats = append(floats, math.Float64frombits(g.r.Uint64()))
	}
	bits := func(f float64) string { return strconv.FormatUint(math.Float64bits(f), 10) }
	for i, f := range floats {
		qs = append(qs, question{[]string{"float", bits(f)}, py.Repr(f)})
		for _, im := range floats[:min(i, 18)] {
			qs = append(qs, question{[]string{"complex", bits(f), bits(im)}, py.Repr(complex(f, im))})
			qs = append(qs, question{[]string{"complex", bits(im), bits(f)}, py.Repr(complex(im, f))})
		}
	}
	for _, s := range []string{"()", "(1,)", "set()", "{1}", "frozenset()", "frozenset({1})", "{}", "[]", "bytearray(b'')"} {
		qs = append(qs, question{[]string{"repr", s}, s})
	}
	askPython(t, qs)
}

func TestEqualAgainstPython(t *testing.T) {
	g := gen{r: rand.New(rand.NewPCG(2, 2))}
	var qs []question
	equal := 0
	for i := range rounds(60000) {
		depth := i % 4
		x, y := g.value(depth), g.value(depth)
		if i%3 == 0 {
			// Much alike: leaves replaced by others that are equal, or not quite.
			y = vary(g.r, x)
		}
		same := py.Equal(x, y)
		if same {
			equal++
		}
		if py.Equal(y, x) != same {
			t.Errorf("Equal(%v, %v) depends on the order", x, y)
		}
		qs = append(qs, question{[]string{"eq", py.Repr(x), py.Repr(y)}, same})
	}
	if equal < len(qs)/10 {
		t.Errorf("only %d of %d pairs are equal", equal, len(qs))
	}
	askPython(t, qs)
}

// vary copies x, writing numbers in other ways and turning things around.
func vary(r *rand.Rand, x any) any {
	each := func(items []any) []any {
		out := make([]any, len(items))
		for i, y := range items {
			out[i] = vary(r, y)
		}
		return out
	}
	shuffled := func(items []any) []any {
		items = each(items)
		r.Shuffle(len(items), func(i, j int) { items[i], items[j] = items[j], items[i] })
		return items
	}
	switch x := x.(type) {
	case bool:
		if x {
			return pick[any](r, true, int64(1), 1.0, 1+0i, uint8(1))
		}
		return pick[any](r, false, int64(0), 0.0)
	case int64:
		return pick[any](r, x, x, float64(x), bigInt(strconv.FormatInt(x, 10)), int(x))
	case float64:
		return pick[any](r, x, x, complex(x, 0))
	case py.Bytes:
		return x
	case *py.ByteArray:
		return &py.ByteArray{Bytes: bytes.Clone(x.Bytes)}
	case py.Tuple:
		return py.Tuple(each(x))
	case *py.List:
		return py.NewList(each(x.Items)...)
	case *py.Set:
		if r.IntN(2) == 0 {
			return py.NewFrozenSet(shuffled(x.Items())...)
		}
		return py.NewSet(shuffled(x.Items())...)
	case *py.FrozenSet:
		return py.NewFrozenSet(shuffled(x.Items())...)
	case *py.Dict:
		d := new(py.Dict)
		pairs := x.Pairs()
		for _, i := range r.Perm(len(pairs) / 2) {
			_ = d.Set(vary(r, pairs[2*i]), vary(r, pairs[2*i+1]))
		}
		return d
	}
	return x
}

// Dicts are changed at random in Go and in Python.
func TestDictAgainstPython(t *testing.T) {
	g := gen{r: rand.New(rand.NewPCG(3, 3)), noNaN: true, noSets: true}
	var qs []question
	for round := range rounds(300) {
		d := new(py.Dict)
		qs = append(qs, question{[]string{"new"}, "ok"})
		n := 10 + g.r.IntN(40)
		if round%10 == 0 {
			n = 1000
		}
		key := func() any {
			if round%10 == 0 && g.r.IntN(2) == 0 {
				return int64(g.r.IntN(200))
			}
			return g.key(2)
		}
		for range n {
			k := key()
			switch op := g.r.IntN(8); op {
			case 0, 1, 2, 3:
				v := int64(g.r.IntN(1000))
				if err := d.Set(k, v); err != nil {
					t.Fatal(err)
				}
				qs = append(qs, question{[]string{"set", py.Repr(k), py.Repr(v)}, "ok"})
			case 4:
				v, ok := d.Get(k)
				if !ok {
					v = "nothing"
				}
				qs = append(qs, question{[]string{"get", py.Repr(k)}, py.Repr(v)})
			case 5, 6:
				qs = append(qs, question{[]string{"del", py.Repr(k)}, d.Delete(k)})
			case 7:
				qs = append(qs, question{[]string{"dict"}, py.Repr(d)})
			}
		}
		qs = append(qs, question{[]string{"dict"}, py.Repr(d)})
		// Adopt, of as many pairs, keys repeated.
		var pairs []any
		for range g.r.IntN(n) {
			pairs = append(pairs, key(), int64(g.r.IntN(1000)))
		}
		src := new(py.List)
		for i := 0; i < len(pairs); i += 2 {
			src.Append(py.Tuple{pairs[i], pairs[i+1]})
		}
		source := py.Repr(src)
		var memo *py.KeyMemo
		if round%2 == 0 {
			memo = new(py.KeyMemo)
		}
		if err := d.AdoptMemo(pairs, memo); err != nil {
			t.Fatal(err)
		}
		qs = append(qs, question{[]string{"adopt", source}, py.Repr(d)})
	}
	askPython(t, qs)
}

func TestSetAgainstPython(t *testing.T) {
	g := gen{r: rand.New(rand.NewPCG(4, 4)), noNaN: true}
	var qs []question
	for range rounds(300) {
		s := new(py.Set)
		qs = append(qs, question{[]string{"new"}, "ok"})
		for range 10 + g.r.IntN(60) {
			k := g.key(2)
			switch g.r.IntN(6) {
			case 0, 1, 2:
				if err := s.Add(k); err != nil {
					t.Fatal(err)
				}
				qs = append(qs, question{[]string{"add", py.Repr(k)}, "ok"})
			case 3:
				qs = append(qs, question{[]string{"has", py.Repr(k)}, s.Has(k)})
			case 4:
				qs = append(qs, question{[]string{"discard", py.Repr(k)}, s.Delete(k)})
			case 5:
				qs = append(qs, question{[]string{"len"}, s.Len()})
			}
		}
	}
	askPython(t, qs)
}

// What can be a key, and the words of the error.
func TestHashAgainstPython(t *testing.T) {
	g := gen{r: rand.New(rand.NewPCG(5, 5))}
	var qs []question
	for range rounds(5000) {
		x := g.value(3)
		answer := "ok"
		if _, err := py.Hash(x); err != nil {
			answer = "TypeError: " + err.Error()
		}
		qs = append(qs, question{[]string{"hash", py.Repr(x)}, answer})
	}
	askPython(t, qs)
}
