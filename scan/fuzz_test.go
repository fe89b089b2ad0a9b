package scan_test

import (
	"bytes"
	"slices"
	"testing"
	"time"

	"github.com/go-pickle/pickle"
	"github.com/go-pickle/pickle/graph"
	"github.com/go-pickle/pickle/scan"
)

// A step is a call by place and kind.
type step struct {
	offset int64
	kind   graph.CallKind
}

// FuzzBytes scans anything, and holds:
//
//   - what the decoder's machine would do, up to where it fails, is among what the scanner judges,
//     in the same order, and a pickle that the decoder loads ends where the scanner says;
//   - what follows whole pickles never makes the verdict better;
//   - no pickle that imports a name is safe if no name is allowed.
func FuzzBytes(f *testing.F) {
	for _, v := range vectors {
		if len(v.data) < 4000 {
			f.Add(v.data, bad[2:])
			f.Add(v.data, []byte("\x00\x00N."))
		}
	}
	o := scan.Options{Policy: policyOf(f, testPolicy)}
	none := scan.Options{Policy: policyOf(f, "pickle-policy 1\nuse none\n")}
	strict := graph.Options{PersistentIDs: true, AnyBuffers: true, NoFixImports: true, Encoding: "latin-1"}
	f.Fuzz(func(t *testing.T, data, more []byte) {
		start := time.Now()
		r := o.Bytes(data)
		if took := time.Since(start); took > 10*time.Second {
			t.Fatalf("%v for %d bytes", took, len(data))
		}
		if r.Bytes != int64(len(data)) || len(r.Findings) > 1000 {
			t.Fatalf("%d bytes, %d findings", r.Bytes, len(r.Findings))
		}
		worst := scan.Safe
		for _, x := range r.Findings {
			worst = max(worst, x.Severity)
		}
		if worst != r.Verdict {
			t.Fatalf("%v, but the findings are %v", r.Verdict, worst)
		}

		if !bytes.Contains(data, []byte("NumpyArrayWrapper")) { // whose data the decoder takes for opcodes
			agree(t, o, strict, data)
		}

		whole := len(data) > 0
		for _, x := range r.Findings {
			whole = whole && x.Rule != scan.RuleMalformed && x.Rule != scan.RuleTrailing && x.Rule != scan.RuleDoS
		}
		if longer := o.Bytes(slices.Concat(data, more)); whole && longer.Verdict < r.Verdict {
			t.Fatalf("%v, with more %v:%s", r.Verdict, longer.Verdict, told(longer))
		}

		nothing := none.Bytes(data)
		if whole && nothing.Verdict == scan.Safe && len(r.Globals) > 0 {
			t.Fatalf("nothing is allowed and it is safe, with %q", r.Globals)
		}
		if o.Plausible(data) && r.Pickles == 0 {
			t.Fatal("plausible, but no pickle")
		}
	})
}

// agree compares the scanner with the decoder.
func agree(t *testing.T, o scan.Options, strict graph.Options, data []byte) {
	var judged []step
	for c := range o.Calls(data) {
		if c.Pickle > 0 {
			break
		}
		if c.Kind != graph.NoCall {
			judged = append(judged, step{c.Offset, c.Kind})
		}
	}
	g, err := strict.Parse(data)
	var done []step
	for c := range g.Calls() {
		done = append(done, step{c.Offset(), c.Kind()})
	}
	if len(done) > len(judged) || !slices.Equal(done, judged[:len(done)]) {
		t.Fatalf("the decoder does\n%v\nand the scanner judges\n%v", done, judged)
	}
	if err != nil {
		return
	}
	if len(judged) > len(done) {
		t.Fatalf("the scanner judges %v, which the decoder does not do", judged[len(done):])
	}
	alone := o.Bytes(data[:g.End()])
	if alone.Pickles != 1 {
		t.Fatalf("%d pickles in one", alone.Pickles)
	}
	for _, x := range alone.Findings {
		if x.Rule == scan.RuleTrailing {
			t.Fatalf("the scanner's pickle ends before byte %d", g.End())
		}
	}
	var v any
	n, err := pickle.DecodeOptions{PersistentLoad: pickle.KeepPersistent, NoFixImports: true, Encoding: "latin-1", KeepCalls: true}.UnmarshalPrefix(data, &v)
	if err == nil && int64(n) != g.End() {
		t.Fatalf("the decoder takes %d bytes, the scanner %d", n, g.End())
	}
}
