package graph_test

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/go-pickle/pickle/graph"
)

// TestLargeRuns lets lists grow in turn, so that their runs move, in pickles that are
// denser at one end or the other, so that what is foretold of them is wrong.
func TestLargeRuns(t *testing.T) {
	for seed := range uint64(40) {
		r := rand.New(rand.NewPCG(seed, 1))
		lists := 1 + r.IntN(4)
		var data []byte
		for range lists {
			data = append(data, "]\x94"...)
		}
		want := make([][]int64, lists)
		for range 1 + r.IntN(60) {
			i := r.IntN(lists)
			if r.IntN(3) == 0 {
				i = 0
			}
			data = append(data, 'h', byte(i), '(')
			filler := r.IntN(4)
			for range r.IntN(3000) {
				v := r.Int64N(1 << 16)
				data = append(data, 'M', byte(v), byte(v>>8))
				want[i] = append(want[i], v)
				for range filler { // that gives nothing
					data = append(data, "N0"...)
				}
			}
			data = append(data, 'e')
			if r.IntN(2) == 0 {
				data = append(data, '0')
			}
		}
		for i := range lists {
			data = append(data, 'h', byte(i))
		}
		data = append(data, "t."...)
		data = append([]byte("("), data...) // all that is left on the stack
		g, err := graph.Parse(data)
		if err != nil {
			t.Fatalf("seed %d: %v", seed, err)
		}
		root := g.Root()
		for i, list := range want {
			refs := root.Index(root.Len() - lists + i).Refs()
			if len(refs) != len(list) {
				t.Fatalf("seed %d, list %d: %d items, not %d", seed, i, len(refs), len(list))
			}
			for j, r := range refs {
				if v, _ := r.Int(); v != list[j] {
					t.Fatalf("seed %d, list %d, item %d: %d, not %d", seed, i, j, v, list[j])
				}
			}
		}
	}
}

// TestRunsOfOneOpcode cuts short what is run many at a time: in the middle, and so that it
// is short of the room that the fast path wants ahead. Each prefix must fail like the same
// input read byte by byte, which goes the long way.
func TestRunsOfOneOpcode(t *testing.T) {
	text := func(s string) string { return "\x8c" + string(rune(len(s))) + s }
	long := func(s string) string {
		return "X" + string(binary.LittleEndian.AppendUint32(nil, uint32(len(s)))) + s
	}
	for _, program := range []string{
		"\x80\x05(" + text("a") + "\x94" + text("bc") + text("d\u00e9f") + "\x94" + text("0123456789abcdefghi") + "\x94" + text("") + "\x94h\x00h\x01j\x02\x00\x00\x00h\x03t.",
		"\x80\x02(" + long("a") + "q\x00" + long("bc") + "r\x01\x00\x00\x00" + long("x\u4e2dy") + "q\x09" + long("end") + "q\x02h\x00h\x09h\x02j\x01\x00\x00\x00t.",
		"(" + text("\xff\xfe") + "t.",
		"(" + text("ok") + "\x94" + text("0123456789abcdefghij\xff") + "\x94t.",
		"(" + text("ok") + "\x94" + text("0123456789abcdefghij\xed\xa0\x80") + "\x94h\x00h\x05t.",
		"(K\x01\x94" + text("x") + "\x94" + text("y") + "\x94h\x00h\x01h\x02j\x03\x00\x00\x00t.",
		"]\x94(" + text("x") + "\x94" + text("y") + "\x94e(h\x01h\x02h\x00e.",
		"}\x94(" + text("x") + "\x94" + text("y") + "\x94h\x00h\x00u.",
		"}(" + text("x") + "u.", "]e.", "(e.", "]((e.", "(]K\x01e.", "]q\x00(K\x01e(K\x02e.",
		"\x95\x02\x00\x00\x00\x00\x00\x00\x00N.", "\x95\xff\x00\x00\x00\x00\x00\x00\x00N.", "\x80\x06N.",
	} {
		for n := range len(program) + 1 {
			data := []byte(program[:n])
			fast, err1 := graph.Parse(data)
			slow, err2 := graph.Options{}.Read(oneByOne{bytes.NewReader(data)})
			if a, b := fmt.Sprint(err1), fmt.Sprint(err2); a != b {
				t.Errorf("%q: %s, and byte by byte %s", data, a, b)
			}
			if a, b := describe(fast), describe(slow); a != b {
				t.Errorf("%q: %s, and byte by byte %s", data, a, b)
			}
		}
	}
}

// oneByOne is a reader that cannot look ahead.
type oneByOne struct{ r *bytes.Reader }

func (o oneByOne) Read(p []byte) (int, error) { return o.r.Read(p[:min(len(p), 1)]) }

// describe tells all nodes of g and the references between them.
func describe(g *graph.Graph) string {
	var b bytes.Buffer
	for n := range g.Nodes() {
		fmt.Fprint(&b, n.Kind(), n.Shared(), n.Refs(), string(n.Payload()), n.Int(), n.Float(), "; ")
	}
	fmt.Fprint(&b, g.End(), g.Count(graph.Str), g.Count(graph.List), g.PayloadBytes(), g.Root().Ref())
	return b.String()
}
