package graph_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/go-pickle/pickle/graph"
)

func ExampleGraph_Frames() {
	g, _ := graph.Parse([]byte("\x80\x04\x95\x02\x00\x00\x00\x00\x00\x00\x00N."))
	for _, f := range g.Frames() {
		fmt.Println(f.Offset, f.Start(), f.Size)
	}
	// Output: 2 11 2
}

func ExampleGraph_Doubts() {
	g, err := graph.Options{Lenient: true}.Parse([]byte("\x80\x06N."))
	fmt.Println(err)
	for _, d := range g.Doubts() {
		fmt.Println(d.Offset, d.Message)
	}
	// Output:
	// <nil>
	// 0 unsupported pickle protocol: 6
}

func ExampleGraph_ProtocolAt() {
	g, _ := graph.Parse([]byte("\x80\x04N0\x80\x02N."))
	fmt.Println(g.ProtocolAt(0), g.ProtocolAt(2), g.ProtocolAt(6))
	// Output: 0 4 2
}

func ExampleGraph_HighestPut() {
	g, _ := graph.Parse([]byte("Np1000000\n."))
	fmt.Println(g.HighestPut())
	// Output: 1000000
}

func ExampleGraph_Leftover() {
	g, _ := graph.Parse([]byte("NN(N."))
	fmt.Println(g.Leftover())
	// Output: 2 1
}

func ExampleGraph_NewCalls() {
	p := graph.NewParser(graph.Options{KeepMemo: true})
	for _, pickle := range []string{"\x80\x02ca\nB\nq\x00.", "\x80\x02h\x00)R."} {
		g, _ := p.Parse([]byte(pickle))
		for c := range g.NewCalls() {
			fmt.Println(c.Op())
		}
	}
	// Output:
	// GLOBAL
	// REDUCE
}

// TestRawData skips bytes that stand in a pickle.
func TestRawData(t *testing.T) {
	const pickle = "]cm\nArray\n)R}bRAWDATAaK\x01a."
	at := strings.Index(pickle, "RAW")
	for _, skip := range []int64{7, 0, -1, 100} {
		calls := 0
		g, err := graph.Options{RawData: func(c graph.Call, next int64) int64 {
			calls++
			if module, name := c.Node().Made().Func().Global(); module != "m" || name != "Array" || next != int64(at) || c.State().Kind() != graph.Dict {
				t.Errorf("asked for %s.%s at %d", module, name, next)
			}
			return skip
		}}.Parse([]byte(pickle))
		switch {
		case calls != 1:
			t.Errorf("asked %d times", calls)
		case skip == 7 && (err != nil || g.Root().Len() != 2):
			t.Errorf("%v, %d items", err, g.Root().Len())
		case skip != 7 && err == nil:
			t.Errorf("no error after skipping %d bytes", skip)
		}
	}
}

// TestLenient goes on where it depends on what the pickle computes, or on the reader.
func TestLenient(t *testing.T) {
	for _, c := range []struct {
		name, pickle string
		doubts       int
	}{
		{"protocol", "\x80\x09N.", 1},
		{"frame", "\x95\xff\x00\x00\x00\x00\x00\x00\x00N.", 1},
		{"arguments in a list", "cm\nf\n]R.", 1},
		{"arguments of new in a list", "cm\nf\n]\x81.", 1},
		{"computed name", "cm\nf\n)R\x8c\x01x\x93.", 0},
		{"computed index", "]cm\nf\n)RNs.", 0},
		{"computed byte", "\x96\x00\x00\x00\x00\x00\x00\x00\x00cm\nf\n)Ra.", 0},
		{"computed bytes", "\x96\x01\x00\x00\x00\x00\x00\x00\x00xcm\nf\n)RK\x01s.", 0},
		{"computed state", "]cm\nf\n)Rb.", 0},
		{"computed half of a state", "]Ncm\nf\n)R\x86b.", 0},
		{"state that is false", "]K\x00b.", 1},
		{"float with blanks", "F 1.5 \n.", 1},
		{"view of a name", "cm\nf\n\x98.", 0},
	} {
		if _, err := graph.Parse([]byte(c.pickle)); err == nil {
			t.Errorf("%s: no error without Lenient", c.name)
		}
		g, err := graph.Options{Lenient: true}.Parse([]byte(c.pickle))
		if err != nil || len(g.Doubts()) != c.doubts {
			t.Errorf("%s: %v, %d doubts", c.name, err, len(g.Doubts()))
		}
	}
	for _, pickle := range []string{"]N\x93.", "K\x01)R.", "N\x98.", "]}K\x01K\x01sb.", "]Nb]Ns."} {
		if _, err := (graph.Options{Lenient: true}).Parse([]byte(pickle)); err == nil {
			t.Errorf("%q: no error", pickle)
		}
	}
	many, err := graph.Options{Lenient: true}.Parse([]byte(strings.Repeat("\x80\x09", 5000) + "N."))
	if err != nil || len(many.Doubts()) == 0 || len(many.Doubts()) > 1000 {
		t.Errorf("%v, %d doubts", err, len(many.Doubts()))
	}
}

// TestNotesAreFresh forgets what is known of one pickle with the next.
func TestNotesAreFresh(t *testing.T) {
	p := graph.NewParser(graph.Options{Lenient: true})
	if _, err := p.Parse([]byte("\x80\x09\x95\xff\x00\x00\x00\x00\x00\x00\x00NNr\xff\xff\xff\x7f.")); err != nil {
		t.Fatal(err)
	}
	g, err := p.Parse([]byte("N."))
	if items, marks := g.Leftover(); err != nil || len(g.Frames()) != 0 || len(g.Doubts()) != 0 || g.HighestPut() != 0 || items != 0 || marks != 0 || g.ProtocolAt(2) != 0 {
		t.Errorf("%v, %v, %v, %d, %d, %d", err, g.Frames(), g.Doubts(), g.HighestPut(), items, marks)
	}
}

// TestLongNames gives equal nodes for one pair of long names, and the right names.
func TestLongNames(t *testing.T) {
	long := strings.Repeat("m", 5000)
	text := fmt.Sprintf("X\x88\x13\x00\x00%sq\x00", long)
	g, err := graph.Parse([]byte("\x80\x04]" + text + "\x8c\x01aq\x01\x93ah\x00h\x01\x93ah\x00\x8c\x01b\x93a."))
	if err != nil {
		t.Fatal(err)
	}
	items := slices.Collect(g.Root().Items())
	if len(items) != 3 || items[0] != items[1] || items[0] == items[2] {
		t.Errorf("%v", items)
	}
	if module, name := items[2].Global(); module != long || name != "b" {
		t.Errorf("%.20s, %s", module, name)
	}
	if calls := len(slices.Collect(g.Calls())); calls != 3 {
		t.Errorf("%d calls", calls)
	}
}
