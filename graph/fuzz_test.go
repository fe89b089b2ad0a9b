package graph_test

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"testing"
	"testing/iotest"

	"github.com/go-pickle/pickle/graph"
	"github.com/go-pickle/pickle/internal/corpus"
	"github.com/go-pickle/pickle/opcode"
)

func addSeeds(f *testing.F) {
	f.Helper()
	n := 0
	for e, err := range corpus.Entries[corpus.Entry](filepath.Join(corpus.Root(), "testdata", "cpython.jsonl.gz")) {
		if err != nil {
			f.Fatal(err)
		}
		if n++; len(e.Data) <= 150 && n%5 == 1 {
			f.Add(e.Data)
		}
	}
}

// everything are options that allow all that can be allowed.
var everything = graph.Options{
	Encoding:      "bytes",
	PersistentIDs: true,
	AnyBuffers:    true,
	Extension:     func(code int) (string, string, bool) { return "ext", fmt.Sprint("x", code), true },
}

// FuzzRead runs pickles from readers of several kinds as from memory.
func FuzzRead(f *testing.F) {
	addSeeds(f)
	f.Fuzz(func(t *testing.T, data []byte) { checkRead(t, data) })
}

func checkRead(t *testing.T, data []byte) {
	t.Helper()
	want, wantErr := everything.Parse(data)
	wanted := walk(want)
	for name, r := range map[string]io.Reader{
		"bytes.Reader": bytes.NewReader(data),
		"bytes.Buffer": bytes.NewBuffer(bytes.Clone(data)),
		"bufio":        bufio.NewReaderSize(bytes.NewReader(data), 16),
		"plain":        struct{ io.Reader }{bytes.NewReader(data)},
		"one byte":     iotest.OneByteReader(bytes.NewReader(data)),
	} {
		got, err := everything.Read(r)
		if fmt.Sprint(err) != fmt.Sprint(wantErr) {
			t.Fatalf("%s: %q: %v, not %v", name, data, err, wantErr)
		}
		if wantErr == nil && got.End() != want.End() {
			t.Fatalf("%s: %q ends at %d, not %d", name, data, got.End(), want.End())
		}
		if g := walk(got); g != wanted {
			t.Fatalf("%s: %q is\n%s, not\n%s", name, data, g, wanted)
		}
		if wantErr != nil {
			continue
		}
		// A frame that goes past STOP is read whole, if nothing, or not as much, can be
		// given back.
		mayLack := name != "bytes.Reader" && name != "bytes.Buffer" && bytes.IndexByte(data, byte(opcode.Frame)) >= 0
		rest, err := io.ReadAll(r)
		if tail := data[want.End():]; err != nil || !bytes.HasSuffix(tail, rest) || !bytes.Equal(rest, tail) && !mayLack {
			t.Fatalf("%s: %q: left %q, not %q, %v", name, data, rest, tail, err)
		}
	}
}

// walk writes everything that the accessors of all nodes and calls say: none may panic,
// also where it does not fit the kind.
func walk(g *graph.Graph) string {
	var b bytes.Buffer
	fmt.Fprintln(&b, g.Root().Ref(), g.Protocol(), g.Len(), g.Items() >= 0, g.First(), g.Touched())
	node := func(n graph.Node) string {
		module, name := n.Global()
		return fmt.Sprint(n.Ref(), n.Valid(), n.Kind(), module, name)
	}
	refs := func(all []graph.Ref) {
		for _, r := range all {
			fmt.Fprint(&b, r, g.Node(r).Kind(), " ")
		}
	}
	call := func(c graph.Call) {
		fmt.Fprintln(&b, c.Kind(), c.Op(), c.Offset(), node(c.Node()), node(c.Func()), node(c.Args()), node(c.Kwargs()), node(c.State()))
		refs(c.Refs())
	}
	for n := range g.Nodes() {
		number, readonly := n.Buffer()
		m, q := n.GlobalNodes()
		fmt.Fprintf(&b, "%s %v %v %v %v %x %q %q %d %v %s %s %s %d %s %v\n", node(n), n.Bool(), n.Int(), n.BigInt(), n.Shared(), n.Float(),
			n.Payload(), n.Str(), number, readonly, node(m), node(q), node(n.PersistentID()), n.Len(), node(n.Index(0)), n.Changed())
		n.Span()
		n.Get("x")
		refs(n.Refs())
		for i := range n.Items() {
			fmt.Fprint(&b, i.Ref())
		}
		for k, v := range n.Pairs() {
			fmt.Fprint(&b, k.Ref(), v.Ref())
		}
		if n.Kind() == graph.Object {
			call(n.Made())
		}
		for c := range n.Changes() {
			call(c)
		}
	}
	for c := range g.Calls() {
		call(c)
	}
	return b.String()
}

// FuzzKeepMemo runs pickles with one parser and with a memo that is kept: errors in one must
// not harm the next.
func FuzzKeepMemo(f *testing.F) {
	addSeeds(f)
	f.Fuzz(func(t *testing.T, data []byte) {
		o := everything
		o.KeepMemo = true
		kept, reused := graph.NewParser(o), graph.NewParser(everything)
		for len(data) > 0 {
			g, err := kept.Parse(data)
			walk(g)
			h, err2 := reused.Parse(data)
			fresh, err3 := everything.Parse(data)
			if fmt.Sprint(err2) != fmt.Sprint(err3) || walk(h) != walk(fresh) {
				t.Fatalf("%q: a parser that is used again gives other results: %v, %v", data, err2, err3)
			}
			var ge *graph.Error
			if err != nil && !errors.As(err, &ge) {
				t.Fatalf("%q: %v", data, err)
			}
			data = data[max(1, min(int(fresh.End()), len(data))):]
		}
	})
}
