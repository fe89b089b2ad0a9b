package pickle_test

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"io"
	"math/big"
	"math/rand/v2"
	"os"
	"path/filepath"
	"reflect"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/go-pickle/pickle"
	"github.com/go-pickle/pickle/graph"
	"github.com/go-pickle/pickle/internal/corpus"
	"github.com/go-pickle/pickle/py"
	"github.com/go-pickle/pickle/pyjson"
)

// A hostile is a pickle that was made to do harm. It is loaded, and what it loads as is
// dumped, printed, compared, hashed and written as JSON, each of which may fail, in a
// process of its own: then also a fatal error of the Go runtime is seen, and what memory
// it took.
type hostile struct {
	name string
	data func() []byte
	fail bool // it must not load

	// perByte is the bound on memory for each byte of the input where it is another: a
	// level of nesting is one byte or two and needs a few hundred while it is dumped, and
	// Repr and Marshal of pyjson print what is shared again, up to their own limits.
	perByte int
}

// The bounds on memory: so much, and so much for each byte of the input. The goals are
// where we want to be; rows past them are reported.
const (
	hostileBase, hostilePerByte = 256 << 20, 100
	goalBase, goalPerByte       = 64 << 20, 40
)

// hostileTime is the bound on the time of a row with all its steps, two processes at a time.
var hostileTime = time.Minute + time.Duration(deep)*30*time.Microsecond

func repeat(s string, n int) string { return strings.Repeat(s, n) }

// nest is before n times, inside, and after n times.
func nest(before string, n int, inside, after string) func() []byte {
	return func() []byte { return []byte(repeat(before, n) + inside + repeat(after, n) + ".") }
}

// times is s, n times: written out only where it is needed, since each row is large.
type times struct {
	s string
	n int
}

func text(parts ...any) func() []byte {
	return func() []byte {
		var b []byte
		for _, p := range parts {
			switch p := p.(type) {
			case string:
				b = append(b, p...)
			case times:
				b = append(b, repeat(p.s, p.n)...)
			}
		}
		return b
	}
}

// le is v as n bytes, the lowest first.
func le(v uint64, n int) string {
	return string(binary.LittleEndian.AppendUint64(nil, v)[:n])
}

// doubling is a value of n levels, each of which holds the one below it twice.
func doubling(start, wrap string, n int) func() []byte {
	return func() []byte {
		var b strings.Builder
		b.WriteString(start + "\x94")
		for i := range n {
			fmt.Fprintf(&b, "0"+wrap+"\x94", "j"+le(uint64(i), 4), "j"+le(uint64(i), 4))
		}
		return []byte("\x80\x04" + b.String() + ".")
	}
}

// deep is how much of each there is. Ten million take minutes and gigabytes: HOSTILE_DEEP
// says so.
var deep = func() int {
	if n, err := strconv.Atoi(os.Getenv("HOSTILE_DEEP")); err == nil {
		return n
	}
	return 500_000
}()

var hostiles = []hostile{
	// Depth.
	{name: "nested lists", perByte: 350, data: nest("]", deep, "]", "a")},
	{name: "nested lists by mark", perByte: 350, data: nest("(", deep, "", "l")},
	{name: "nested tuples", perByte: 600, data: nest("", deep, "N", "\x85")},
	{name: "nested tuples by mark", perByte: 350, data: nest("(", deep, "", "t")},
	{name: "nested dicts", perByte: 350, data: nest("}N", deep/2, "N", "s")},
	{name: "nested keys", perByte: 600, data: func() []byte { return []byte("}" + "N" + repeat("\x85", deep) + "Ns.") }},
	{name: "nested frozensets", perByte: 1100, data: nest("(", deep/5, "", "\x91")},
	{name: "sets in sets", data: nest("\x8f(", deep/5, "N", "\x90"), fail: true},
	{name: "nested reductions", perByte: 700, data: func() []byte {
		return []byte("\x80\x02cm\nf\nq\x000" + repeat("h\x00", deep/10) + ")" + repeat("R\x85", deep/10) + ".")
	}},
	{name: "nested states", perByte: 450, data: func() []byte {
		return []byte("\x80\x02cm\nC\nq\x000" + repeat("h\x00)\x81", deep/10) + "N" + repeat("b", deep/10) + ".")
	}},
	{name: "nested arguments", perByte: 500, data: func() []byte {
		return []byte("\x80\x02cm\nC\nq\x000" + repeat("(h\x00", deep/10) + repeat("o", deep/10) + ".")
	}},
	{name: "nested persistent ids", perByte: 500, data: nest("", deep/2, "N", "Q")},
	{name: "nested names", perByte: 300, data: nest("cbuiltins\ngetattr\n", 200_000, "cm\nC\n", "U\x01x\x86R")},
	{name: "nested twins", perByte: 450, data: func() []byte {
		return []byte("\x80\x02cm\nf\nq\x00)Rq\x01" + repeat("0h\x00)R0h\x01", deep/50) + ".")
	}},

	// Marks, and other things that fill the stack or the memo.
	{name: "marks", data: text(times{"(", 2 * deep}), fail: true},
	{name: "marks that end", data: text(times{"(", 2 * deep}, times{"1", 2 * deep}, "N.")},
	{name: "marks popped", data: text(times{"(0", 2 * deep}, "N.")},
	{name: "marks popped with all", data: text(times{"(NN1", deep / 4}, "N.")},
	{name: "marks under tuples", perByte: 700, data: text(times{"(", deep / 10}, times{"t", deep / 10}, ".")},
	{name: "dup", data: text("]", times{"2", deep}, "\x85.")},
	{name: "dup in a list", data: text("(]", times{"2", deep}, "l.")},
	{name: "put", data: text("N", times{"q\x00", deep / 2}, ".")},
	{name: "memoize", data: text("]", times{"\x94", deep}, ".")},
	{name: "sparse memo", data: func() []byte {
		b := []byte("]")
		r := rand.New(rand.NewPCG(1, 1))
		for range 1_000_000 {
			b = append(b, "r"+le(uint64(r.Uint32()), 4)...)
		}
		return append(b, '.')
	}},
	{name: "memo downwards", data: func() []byte {
		b := []byte("]")
		for i := 1_000_000; i >= 0; i-- {
			b = append(b, "r"+le(uint64(i), 4)...)
		}
		return append(b, '.')
	}},
	{name: "memo with gaps", data: func() []byte {
		b := []byte("]")
		for i := range 20 {
			b = append(b, "r"+le(1<<i, 4)+"\x94"...)
		}
		return append(b, '.')
	}},
	{name: "memo index 2^31", data: text("Nr\x00\x00\x00\x80.")},
	{name: "memo index 2^32-1", data: text("Nr\xff\xff\xff\xffj\xff\xff\xff\xff.")},
	{name: "memo index 2^62", data: text("]p4611686018427387904\ng4611686018427387904\na.")},
	{name: "memo index 2^63", data: text("]p9223372036854775808\n."), fail: true},
	{name: "missing memo index", data: text("j\xff\xff\xff\x7f."), fail: true},

	// Claims.
	{name: "BINUNICODE 2^32-1", data: text("X\xff\xff\xff\xffabc."), fail: true},
	{name: "BINUNICODE8 2^62", data: text("\x8d", le(1<<62, 8), "abc."), fail: true},
	{name: "BINBYTES 2^32-1", data: text("B\xff\xff\xff\xffabc."), fail: true},
	{name: "BINBYTES8 2^62", data: text("\x8e", le(1<<62, 8), "abc."), fail: true},
	{name: "BINBYTES8 2^63-1", data: text("\x8e", le(1<<63-1, 8), "abc."), fail: true},
	{name: "BYTEARRAY8 2^62", data: text("\x96", le(1<<62, 8), "abc."), fail: true},
	{name: "BINSTRING 2^31-1", data: text("T\xff\xff\xff\x7fabc."), fail: true},
	{name: "LONG4 2^31-1", data: text("\x8b\xff\xff\xff\x7fabc."), fail: true},
	{name: "LONG4 -1", data: text("\x8b\xff\xff\xff\xffabc."), fail: true},
	{name: "FRAME 2^62", data: text("\x80\x04\x95", le(1<<62, 8), "N."), fail: true},
	{name: "FRAME 2^63-1", data: text("\x80\x04\x95", le(1<<63-1, 8), "N."), fail: true},
	{name: "frame too short", data: text("\x80\x04\x95", le(1, 8), "X\x03\x00\x00\x00abc.")},
	{name: "frame past the end", data: text("\x80\x04\x95", le(100, 8), "N."), fail: true},
	{name: "empty frames", data: func() []byte { return []byte(repeat("\x95"+le(0, 8), deep/10) + "N.") }},
	{name: "frames in frames", data: func() []byte { return []byte(repeat("\x95"+le(1, 8), deep/10) + "N.") }},
	{name: "protocols", data: text(times{"\x80\x05", deep / 2}, "N.")},

	// Sharing.
	{name: "shared lists", data: doubling("]", "](%s%se", 10_000)},
	{name: "shared tuples", data: doubling(")", "%s%s\x86", 10_000)},
	{name: "shared dicts", data: doubling("}", "}(K\x00%sK\x01%su", 10_000)},
	{name: "shared frozensets", data: doubling("(\x91", "(%s%s\x85\x91", 10_000)},
	{name: "shared keys", data: doubling("K\x01", "}%s%s\x86Ns", 1)},
	{name: "shared tuples as keys", data: func() []byte {
		// Each level of a doubled tuple is a key of one dict.
		var b strings.Builder
		b.WriteString("\x80\x04}(K\x01\x94")
		for i := range 10_000 {
			fmt.Fprintf(&b, "K\x01j%sj%s\x86\x94", le(uint64(i), 4), le(uint64(i), 4))
		}
		return []byte(b.String() + "Nu.")
	}},
	{name: "shared frozensets as items", data: func() []byte {
		var b strings.Builder
		b.WriteString("\x80\x04\x8f((\x91\x94")
		for i := range 10_000 {
			fmt.Fprintf(&b, "(j%sj%s\x85\x91\x94", le(uint64(i), 4), le(uint64(i), 4))
		}
		return []byte(b.String() + "\x90.")
	}},
	{name: "shared arguments", data: doubling(")", "cm\nf\n%s%s\x86R", 10_000)},
	{name: "shared states", data: doubling("N", "cm\nC\n)\x81%s%s\x86b", 10_000)},
	{name: "shared text", perByte: 700, data: func() []byte {
		return []byte("(X" + le(1<<20, 4) + repeat("x", 1<<20) + "\x94" + repeat("h\x00", 1_000_000) + "l.")
	}},
	{name: "shared big int", perByte: 20000, data: func() []byte {
		return []byte("(\x8b" + le(1<<16, 4) + repeat("\x01", 1<<16) + "\x94" + repeat("h\x00", 2_000) + "l.")
	}},
	{name: "shared state", perByte: 1000, data: func() []byte {
		return []byte("\x80\x02cm\nC\n)\x81}(" + func() (s string) {
			for i := range 250 {
				s += "K" + string([]byte{byte(i)}) + "N"
			}
			return s
		}() + "uq\x00b" + repeat("h\x00b", 1_000_000) + ".")
	}},
	{name: "shared items", perByte: 1000, data: func() []byte {
		return []byte("\x80\x02]q\x00(" + repeat("N", 1000) + "e0(" + repeat("h\x00", 1_000_000) + "l.")
	}},

	// Changes.
	{name: "builds", data: text("\x80\x02cm\nC\n)\x81", times{"}b", deep / 4}, ".")},
	{name: "appends in turn", data: func() []byte {
		return []byte("\x80\x02]q\x00]q\x01" + repeat("h\x00Na0h\x01Na0", deep/20) + ".")
	}},
	{name: "appends to many", data: func() []byte {
		var b strings.Builder
		for i := range 10_000 {
			b.WriteString("]r" + le(uint64(i), 4))
		}
		for range 20 {
			for i := range 10_000 {
				b.WriteString("j" + le(uint64(i), 4) + "Na0")
			}
		}
		return []byte(b.String() + ".")
	}},
	{name: "bytearrays in turn", data: func() []byte {
		one := "\x96" + le(100_000, 8) + repeat("x", 100_000)
		return []byte(one + "q\x00" + one + "q\x01" + repeat("h\x00K\x01a0h\x01K\x01a0", 10_000) + ".")
	}},
	{name: "items of an object", data: text("\x80\x02cm\nC\n)\x81", times{"Na", deep / 4}, ".")},
	{name: "pairs of an object", data: text("\x80\x02cm\nC\n)\x81", times{"NNs", deep / 6}, ".")},
	{name: "assignments", data: text("](", times{"N", 100_000}, "e", times{"K\x05Ns", deep / 10}, ".")},
	{name: "setters", data: text("\x80\x02cm\nf\nq\x000cm\nC\n)\x81q\x01", times{"h\x00h\x01N\x86R0", deep / 40}, ".")},

	// Keys.
	{name: "one key", data: text("}", times{"K\x01Ns", deep / 4}, ".")},
	{name: "equal keys", data: text("}", times{"K\x01NsG\x3f\xf0\x00\x00\x00\x00\x00\x00Ns\x88Ns", deep / 40}, ".")},
	{name: "nan keys", data: text("}", times{"G\x7f\xf8\x00\x00\x00\x00\x00\x00Ns", deep / 40}, ".")},
	{name: "object keys", perByte: 700, data: text("\x80\x02cm\nC\nq\x000}", times{"h\x00)\x81Ns", deep / 40}, ".")},
	{name: "empty tuple keys", data: text("}", times{")Ns", deep / 20}, ".")},
	{name: "keys that are alike", data: func() []byte {
		// Multiples of Python's modulus 2^61-1, which all hash as 0 there.
		b := []byte("}(")
		for i := range uint64(200_000) {
			n := make([]byte, 16)
			hi, lo := i>>3, (i<<61)-i
			if i<<61 < i {
				hi--
			}
			binary.LittleEndian.PutUint64(n, lo)
			binary.LittleEndian.PutUint64(n[8:], hi)
			b = append(append(append(b, "\x8a\x10"...), n...), 'N')
		}
		return append(b, "u."...)
	}},
	{name: "keys of powers of two", data: func() []byte {
		b := []byte("}(")
		for i := range uint64(200_000) {
			b = append(append(b, "\x8a\x08"...), le(i<<32, 8)...)
			b = append(b, 'N')
		}
		return append(b, "u."...)
	}},
	{name: "tuple keys of one hash in old Pythons", data: func() []byte {
		b := []byte("}(")
		for i := range 100_000 {
			b = append(b, "J"+le(uint64(i), 4)+"J"+le(uint64(-i), 4)+"\x86N"...)
		}
		return append(b, "u."...)
	}},
	{name: "unhashable deep inside", data: func() []byte { return []byte("}]" + repeat("\x85", deep/2) + "Ns.") }, fail: true},

	// Text.
	{name: "decimal INT", data: text("I", times{"9", deep}, "\n."), fail: true},
	{name: "decimal LONG", data: text("L", times{"9", deep}, "L\n."), fail: true},
	{name: "zeros in LONG", data: text("L", times{"0", deep}, "1L\n."), fail: true},
	{name: "hexadecimal LONG", data: text("I0x", times{"f", deep}, "\n.")},
	{name: "FLOAT", data: text("F", times{"9", deep}, "\n."), fail: true},
	{name: "FLOAT fraction", data: text("F0.", times{"1", deep}, "\n.")},
	{name: "GET", data: text("g", times{"1", deep}, "\n."), fail: true},
	{name: "LONG4", data: text("\x8b", le(uint64(deep), 4), times{"\x7f", deep}, ".")},
	{name: "STRING", data: text("S'", times{`\x41`, deep / 4}, "'\n.")},
	{name: "UNICODE", data: text("V", times{`\u0041`, deep / 6}, "\n.")},
	{name: "GLOBAL", data: text("c", times{"m", deep}, "\n", times{"n", deep}, "\n.")},
	{name: "names", data: func() []byte {
		var b strings.Builder
		b.WriteString("(")
		for i := range 300_000 {
			fmt.Fprintf(&b, "cm\nn%d\n", i)
		}
		return []byte(b.String() + "l.")
	}},
	{name: "persistent ids", data: text("(", times{"Px\n", deep / 4}, "l.")},
	{name: "empty strings", data: text("(", times{"\x8c\x00", deep / 2}, "l.")},
	{name: "unknown opcodes", data: text(times{"\xff", deep}), fail: true},
	{name: "zeros", data: func() []byte { return make([]byte, deep) }, fail: true},
}

// hostileSteps are what is done with what was loaded. Each returns what it made, which is
// dropped.
var hostileSteps = []struct {
	name string
	do   func(v any) (any, error)
}{
	{"dump", func(v any) (any, error) { return pickle.Marshal(v) }},
	{"dump 0", func(v any) (any, error) { return pickle.EncodeOptions{Protocol: pickle.Protocol0}.Marshal(v) }},
	{"dump 2", func(v any) (any, error) {
		return pickle.EncodeOptions{Protocol: pickle.Protocol2, Style: pickle.Python313}.Marshal(v)
	}},
	{"repr", func(v any) (any, error) { return len(py.Repr(v)), nil }},
	{"hash", func(v any) (any, error) { return py.Hash(v) }},
	{"plain", func(v any) (any, error) { return py.Plain(v) }},
	{"json", func(v any) (any, error) { return pyjson.Marshal(v) }},
	{"print", func(v any) (any, error) { return len(fmt.Sprint(py.Tuple{v})), nil }},
}

type hostileReport struct {
	Input   int
	Peak    int64  // bytes
	Step    string // where the peak was
	Err     string
	Loaded  bool
	Seconds map[string]float64
}

// TestHostile runs each row in a process of its own.
func TestHostile(t *testing.T) {
	if _, err := os.Stat("/proc/self/status"); err != nil {
		t.Skip("needs /proc to see how much memory was used")
	}
	if testing.Short() || raceEnabled {
		t.Skip("takes half a minute")
	}
	for _, h := range hostiles {
		t.Run(h.name, func(t *testing.T) {
			t.Parallel()
			began := time.Now()
			out, err := child(t, "TestHostileChild", "HOSTILE="+h.name)
			took := time.Since(began)
			if err != nil {
				t.Fatalf("%v after %v: %.2000s", err, took, out)
			}
			var r hostileReport
			_, line, ok := strings.Cut(out, "REPORT ")
			line, _, _ = strings.Cut(line, "\n")
			if err := json.Unmarshal([]byte(line), &r); err != nil || !ok {
				t.Fatalf("%v: %.500s", err, out)
			}
			if h.fail && r.Loaded {
				t.Errorf("it loaded")
			}
			if !h.fail && !r.Loaded {
				t.Errorf("it did not load: %s", r.Err)
			}
			if took > hostileTime {
				t.Errorf("took %v: %v", took, r.Seconds)
			}
			if bound := hostileBase + int64(max(h.perByte, hostilePerByte))*int64(r.Input); r.Peak > bound {
				t.Errorf("%s took %d MB for %d bytes: more than %d MB", r.Step, r.Peak>>20, r.Input, bound>>20)
			}
			if goal := int64(goalBase + goalPerByte*r.Input); r.Peak > goal {
				t.Logf("past the goal: %s took %d MB for %d bytes, %d a byte; the goal is %d MB",
					r.Step, r.Peak>>20, r.Input, r.Peak/int64(r.Input), goal>>20)
			}
			for step, s := range r.Seconds {
				if s > 5 {
					t.Logf("slow: %s took %.1f s", step, s)
				}
			}
		})
	}
}

// hostileTypes are types into which all pickles are loaded, whether they fit or not, with
// hostileTyped as the bound on memory.
var hostileTypes = []reflect.Type{
	reflect.TypeFor[loopList](), reflect.TypeFor[*treeNode](), reflect.TypeFor[loopMap](), reflect.TypeFor[loopSeq](),
	reflect.TypeFor[[]string](), reflect.TypeFor[[][]byte](), reflect.TypeFor[[]*big.Int](), reflect.TypeFor[map[any]any](),
	reflect.TypeFor[[][1 << 10]int](), reflect.TypeFor[map[string][]any](), reflect.TypeFor[xyPoint](), reflect.TypeFor[[]xyTuple](),
}

const hostileTyped = 64 << 20

func TestHostileChild(t *testing.T) {
	name := os.Getenv("HOSTILE")
	at := slices.IndexFunc(hostiles, func(h hostile) bool { return h.name == name })
	if at < 0 {
		t.Skip("runs in a process of its own")
	}
	h := hostiles[at]
	data := h.data()
	r := hostileReport{Input: len(data), Seconds: map[string]float64{}}
	timed := func(name string, f func()) {
		debug.FreeOSMemory()
		os.WriteFile("/proc/self/clear_refs", []byte("5"), 0) // the peak counts from here
		began := time.Now()
		f()
		r.Seconds[name] = time.Since(began).Seconds()
		if peak := peakMemory(); peak > r.Peak {
			r.Peak, r.Step = peak, name
		}
	}
	o := pickle.DecodeOptions{PersistentLoad: pickle.KeepPersistent}
	var v, w any
	timed("load", func() {
		if err := o.Unmarshal(data, &v); err != nil {
			r.Err = err.Error()
			return
		}
		r.Loaded = true
	})
	timed("read", func() { o.Load(plain(data), &w) })
	for _, typ := range hostileTypes {
		o := o
		o.MaxMemory = hostileTyped
		timed("typed "+typ.String(), func() {
			if r.Loaded {
				o.Unmarshal(data, reflect.New(typ).Interface())
			}
		})
	}
	if r.Loaded {
		timed("equal", func() { py.Equal(v, w) })
		w = nil
		for _, s := range hostileSteps {
			timed(s.name, func() { s.do(v) })
		}
	}
	line, err := json.Marshal(r)
	if err != nil {
		t.Fatal(err)
	}
	fmt.Printf("REPORT %s\n", line)
}

// peakMemory is the most that was resident in this process.
func peakMemory() int64 {
	status, _ := os.ReadFile("/proc/self/status")
	var kb int64
	if _, rest, ok := bytes.Cut(status, []byte("VmHWM:")); ok {
		fmt.Sscan(string(rest), &kb)
	}
	return kb << 10
}

// TestHostileReader claims what a reader never gives, and claims endless input.
func TestHostileReader(t *testing.T) {
	for _, claim := range []string{"\x8e" + le(1<<62, 8), "\x8d" + le(1<<62, 8), "\x96" + le(1<<62, 8), "\x95" + le(1<<62, 8),
		"B\xff\xff\xff\xff", "X\xff\xff\xff\xff", "T\xff\xff\xff\x7f", "\x8b\xff\xff\xff\x7f"} {
		for name, reader := range readers {
			if name == "file" || name == "os pipe" {
				continue
			}
			if _, err := pickle.Load[any](reader(t, []byte(claim+"abc"))); err == nil {
				t.Errorf("%q from %s loads", claim, name)
			}
		}
		var v any
		endless := io.MultiReader(strings.NewReader(claim), spaces{})
		if err := (pickle.DecodeOptions{MaxBytes: 1 << 20}).Load(endless, &v); err == nil || !strings.Contains(err.Error(), "MaxBytes") {
			t.Errorf("%q and endless input: %v", claim, err)
		}
	}
	for _, start := range []string{"I", "V", "S'", "cm", "(", "\x95\x00\x00\x00\x00\x00\x00\x00\x00"} {
		var v any
		var endless io.Reader = io.MultiReader(strings.NewReader(start), spaces{})
		if start == "(" {
			endless = again("(")
		}
		if err := (pickle.DecodeOptions{MaxBytes: 1 << 20}).Load(endless, &v); err == nil {
			t.Errorf("%q and endless input loads", start)
		}
	}
}

// spaces and again are endless.
type spaces struct{}

func (spaces) Read(p []byte) (int, error) { return copy(p, bytes.Repeat([]byte(" "), len(p))), nil }

type again string

func (a again) Read(p []byte) (int, error) { return copy(p, strings.Repeat(string(a), len(p))), nil }

// TestTruncated cuts recorded pickles off at every byte and loads what is left.
func TestTruncated(t *testing.T) {
	n := 0
	for e, err := range corpus.Entries[corpus.Entry](filepath.Join("testdata", "cpython.jsonl.gz")) {
		if err != nil {
			t.Fatal(err)
		}
		if n++; e.Raw[0] != "ok" || len(e.Data) > 600 || n%4 != 0 {
			continue
		}
		o := decodeOptions(&e)
		for i := range e.Consumed {
			var v any
			err := o.Unmarshal(e.Data[:i], &v)
			ge, ok := err.(*graph.Error)
			if !ok || ge.Kind != graph.EOFError && ge.Kind != graph.UnpicklingError || ge.Offset > int64(i) {
				t.Fatalf("%s: the first %d bytes of %q: %v, %v", e.ID, i, e.Data, v, err)
			}
		}
	}
}

// TestRandomBytes loads noise, and pickles with a few bytes changed.
func TestRandomBytes(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	noise := make([]byte, 64)
	try := func(data []byte) {
		var v any
		if err := (pickle.DecodeOptions{PersistentLoad: pickle.KeepPersistent}).Unmarshal(data, &v); err == nil {
			if out, err := pickle.Marshal(v); err == nil {
				var w any
				if err := (pickle.DecodeOptions{PersistentLoad: pickle.KeepPersistent}).Unmarshal(out, &w); err != nil {
					t.Errorf("%q loads, and is dumped as %q, which does not: %v", data, out, err)
				}
			}
			py.Repr(v)
		}
	}
	for range 100_000 {
		for i := range noise {
			noise[i] = byte(r.Uint32())
		}
		try(noise[:r.IntN(len(noise))])
	}
	for e, err := range corpus.Entries[corpus.Entry](filepath.Join("testdata", "cpython.jsonl.gz")) {
		if err != nil {
			t.Fatal(err)
		}
		if len(e.Data) == 0 || len(e.Data) > 1000 {
			continue
		}
		for range 5 {
			data := bytes.Clone(e.Data)
			for range 1 + r.IntN(3) {
				data[r.IntN(len(data))] = byte(r.Uint32())
			}
			try(data)
		}
	}
}
