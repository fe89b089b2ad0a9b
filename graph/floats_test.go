package graph_test

import (
	"bytes"
	"testing"
	"testing/iotest"

	"github.com/go-pickle/pickle/graph"
)

// TestFloats looks at floats of which the pickle uses some again: these alone have nodes.
func TestFloats(t *testing.T) {
	const half, two = "G?\xe0\x00\x00\x00\x00\x00\x00", "G@\x00\x00\x00\x00\x00\x00\x00"
	for _, c := range []struct {
		name, data string
		nodes      int // that are floats
		shared     bool
	}{
		{"alone", half + ".", 0, false},
		{"used once", "(" + half + two + "l.", 0, false},
		{"DUP", "(" + half + "2" + two + "l.", 1, true},
		{"PUT", "(" + half + "p0\n" + two + "g0\nl.", 1, true},
		{"BINPUT", "(" + half + "q\x00" + two + "h\x00l.", 1, true},
		{"LONG_BINPUT", "(" + half + "r\x00\x00\x00\x00" + two + "j\x00\x00\x00\x00l.", 1, true},
		{"MEMOIZE", "\x80\x04(" + half + "\x94" + two + "h\x00l.", 1, true},
		{"put, not used", "(" + half + "q\x00" + two + "l.", 1, false},
		{"as the key", "(" + half + "q\x00Nd.", 1, false},
	} {
		check := func(how string, g *graph.Graph, err error, nodes int) {
			t.Helper()
			if err != nil {
				t.Fatalf("%s, %s: %v", c.name, how, err)
			}
			if n := g.Count(graph.Float); n != nodes {
				t.Errorf("%s, %s: %d floats have nodes, not %d", c.name, how, n, nodes)
			}
			first := g.Root()
			switch refs := first.Refs(); first.Kind() {
			case graph.List:
				first = g.Node(refs[0])
				if c.shared && refs[0] != refs[1] && refs[0] != refs[2] {
					t.Errorf("%s, %s: it is not the same object", c.name, how)
				}
			case graph.Dict:
				first = g.Node(refs[0])
			}
			if first.Kind() != graph.Float || first.Float() != 0.5 {
				t.Errorf("%s, %s: %v of %v", c.name, how, first.Float(), first.Kind())
			}
			if v, ok := g.Float64(first.Ref()); !ok || v != 0.5 {
				t.Errorf("%s, %s: Float64 is %v, %v", c.name, how, v, ok)
			}
			if first.Shared() != c.shared {
				t.Errorf("%s, %s: shared is %v", c.name, how, first.Shared())
			}
		}
		g, err := graph.Parse([]byte(c.data))
		check("parsed", g, err, c.nodes)
		g, err = graph.Options{}.Read(iotest.OneByteReader(bytes.NewReader([]byte(c.data))))
		check("read", g, err, c.nodes)
		floats := bytes.Count([]byte(c.data), []byte("G"))
		g, err = graph.NewParser(graph.Options{KeepMemo: true}).Parse([]byte(c.data))
		check("with KeepMemo", g, err, floats)
	}
}
