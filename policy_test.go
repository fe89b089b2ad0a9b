package pickle_test

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/go-pickle/pickle"
	"github.com/go-pickle/pickle/graph"
	"github.com/go-pickle/pickle/py"
	"github.com/go-pickle/pickle/scan"
)

var _ pickle.Policy = (*scan.Policy)(nil)

const (
	orderedDict = "\x80\x02ccollections\nOrderedDict\nq\x00)R."
	systemCall  = "cos\nsystem\n(S'echo x'\ntR."
)

// ExampleDecodeOptions_policy refuses what is not plain data, before anything is built.
func ExampleDecodeOptions_policy() {
	o := pickle.DecodeOptions{Policy: scan.DefaultPolicy()}
	var v any
	err := o.Unmarshal([]byte("cos\nsystem\n(S'echo x'\ntR."), &v)
	var refusal *scan.Refusal
	fmt.Println(errors.As(err, &refusal), refusal.Verdict, refusal.Findings[1].Call)
	// Output: true dangerous os.system('echo x')
}

// TestPolicyRefuses loads by all ways with a policy.
func TestPolicyRefuses(t *testing.T) {
	made := 0
	reg := py.NewRegistry()
	o := pickle.DecodeOptions{Policy: scan.DefaultPolicy(), Registry: reg, PersistentLoad: func(id any) (any, error) {
		made++
		return id, nil
	}}
	persistent := "Pone\n0" + systemCall
	var refusal *scan.Refusal
	var v any
	var s string
	for name, err := range map[string]error{
		"Unmarshal any":    o.Unmarshal([]byte(persistent), &v),
		"Unmarshal string": o.Unmarshal([]byte(persistent), &s),
		"Load":             o.Load(strings.NewReader(persistent), &v),
		"Decoder":          o.NewDecoder(strings.NewReader(persistent)).Decode(&v),
	} {
		if !errors.As(err, &refusal) || refusal.Verdict != scan.Dangerous {
			t.Errorf("%s: %v", name, err)
		}
	}
	if made != 0 || v != nil || s != "" {
		t.Errorf("something was built: %d, %v, %q", made, v, s)
	}
	if err := o.Unmarshal([]byte(orderedDict), &v); err != nil {
		t.Error(err)
	}
	var m map[string]int
	if err := o.Unmarshal([]byte(orderedDict), &m); err != nil {
		t.Error(err)
	}
	if err := o.Unmarshal([]byte("cos\nsystem\n("), &v); errors.As(err, &refusal) {
		t.Errorf("a broken pickle: %v", err)
	}
}

// TestPolicyStream goes on after a refused pickle, but not if later ones may refer to it.
func TestPolicyStream(t *testing.T) {
	stream := orderedDict + systemCall + "I7\n."
	for _, keep := range []bool{false, true} {
		d := pickle.DecodeOptions{Policy: scan.DefaultPolicy(), KeepMemo: keep}.NewDecoder(strings.NewReader(stream))
		var v any
		var refusal *scan.Refusal
		if err := d.Decode(&v); err != nil {
			t.Fatal(err)
		}
		if err := d.Decode(&v); !errors.As(err, &refusal) {
			t.Fatalf("the second: %v", err)
		}
		if keep {
			if err := d.Decode(&v); !errors.As(err, &refusal) {
				t.Fatalf("the third, with the memo of the second: %v", err)
			}
			d.ClearMemo()
		}
		if err := d.Decode(&v); err != nil || v != int64(7) {
			t.Fatalf("the third: %v, %v", v, err)
		}
		if err := d.Decode(&v); err != io.EOF {
			t.Fatalf("the end: %v", err)
		}
	}
}

// TestPolicyMemo judges with a kept memo what the last pickle does, also to what is older.
func TestPolicyMemo(t *testing.T) {
	p, err := scan.ParsePolicy("test", []byte("pickle-policy 1\nuse none\nallow a:B name new\n"))
	if err != nil {
		t.Fatal(err)
	}
	judged := 0
	count := policyFunc(func(g *graph.Graph) error {
		for range g.NewCalls() {
			judged++
		}
		return p.Check(g)
	})
	first := "\x80\x02ca\nB\nq\x00)\x81q\x01."
	d := pickle.DecodeOptions{Policy: count, KeepMemo: true}.NewDecoder(strings.NewReader(first + "\x80\x02h\x00)\x81." + "\x80\x02h\x01}b."))
	var v any
	for i := range 2 {
		if err := d.Decode(&v); err != nil {
			t.Fatalf("%d: %v", i, err)
		}
	}
	var refusal *scan.Refusal
	if err := d.Decode(&v); !errors.As(err, &refusal) || refusal.Findings[0].Rule != scan.RuleUse {
		t.Fatalf("a state that is not allowed: %v", err)
	}
	if judged != 4 {
		t.Errorf("%d calls were judged instead of 4", judged)
	}
}

type policyFunc func(g *graph.Graph) error

func (f policyFunc) Check(g *graph.Graph) error { return f(g) }
