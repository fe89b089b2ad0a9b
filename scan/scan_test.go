package scan_test

import (
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/go-pickle/pickle/graph"
	"github.com/go-pickle/pickle/scan"
)

// TestCalls lists what a pickle would do.
func TestCalls(t *testing.T) {
	o := scan.Options{Policy: policyOf(t, testPolicy)}
	for _, c := range []struct {
		name string
		data []byte
		want []string
	}{
		{"calls", asm(proto4, instance(stack("data", "Dict")), "k\n", call(system, "echo 'x'\x1b", []byte("\x00\xff"), raw("G?\xf8\x00\x00\x00\x00\x00\x00")),
			raw("s"), raw("\xff")), []string{
			"safe from data import Dict",
			`safe data.Dict.__new__()`,
			"dangerous from os import system",
			`dangerous os.system('echo \'x\'\x1b', b'\x00\xff', 1.5)`,
			`safe data.Dict(...)['k\n'] = os.system('echo \'x\'\x1b', b'\x00\xff', 1.5)`,
			"suspicious ",
		}},
		{"state", asm(proto4, instance(stack("data", "Inst")), dict("a", tuple(1, 2)), raw("b.")), []string{
			"safe from data import Inst",
			"safe data.Inst.__new__()",
			"safe data.Inst(...).__setstate__({'a': (1, 2)})",
		}},
		{"two pickles", slices.Concat(asm(proto4, stack("data", "fn"), raw(".")), asm("x", raw("Q."))), []string{
			"safe from data import fn",
			"suspicious persistent_load('x')",
		}},
	} {
		var got []string
		last := int64(-1)
		for call := range o.Calls(c.data) {
			got = append(got, call.Verdict.String()+" "+call.Text)
			if (call.Verdict == scan.Safe) != (call.Why == "") || (call.Kind == graph.NoCall) != (call.Err != nil) {
				t.Errorf("%s: %+v", c.name, call)
			}
			if call.Offset < last {
				t.Errorf("%s: offset %d after %d", c.name, call.Offset, last)
			}
			last = call.Offset
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%s:\n%s\ninstead of\n%s", c.name, strings.Join(got, "\n"), strings.Join(c.want, "\n"))
		}
		for range o.Calls(c.data) {
			break
		}
	}
}

func tuple(items ...any) []any { return []any{raw("("), items, raw("t")} }

// TestMaxFindings keeps what is dangerous, however much there is before it.
func TestMaxFindings(t *testing.T) {
	data := append(manyNames(100)[:len(manyNames(100))-2], asm(payload, raw("e."))...)
	r := scan.Options{Policy: policyOf(t, testPolicy), MaxFindings: 5}.Bytes(data)
	var bad int
	for _, f := range r.Findings {
		if f.Severity == scan.Dangerous {
			bad++
		}
	}
	if len(r.Findings) != 5 || bad != 2 || r.Verdict != scan.Dangerous {
		t.Errorf("%d findings, %d of them dangerous, %v", len(r.Findings), bad, r.Verdict)
	}
}

// TestNestedDepth stops after some pickles in each other, and says so.
func TestNestedDepth(t *testing.T) {
	o := scan.Options{Policy: policyOf(t, testPolicy), MaxDepth: 3}
	data := good
	for i := range 6 {
		if i == 3 && o.Bytes(data).Verdict != scan.Safe {
			t.Error("three are too many")
		}
		data = asm(proto4, call(stack("data", "loads"), data), raw("."))
	}
	if r := o.Bytes(data); r.Verdict != scan.Suspicious {
		t.Errorf("six pickles in each other are %v%s", r.Verdict, told(r))
	}
}

// TestStorages compares storages with the files that they are in.
func TestStorages(t *testing.T) {
	data := torch(4, false)
	o := scan.Options{Policy: policyOf(t, testPolicy), Torch: true}
	for size, want := range map[int64]scan.Verdict{16: scan.Safe, 15: scan.Suspicious} {
		o.Storages = map[string]int64{"0": size}
		if r := o.Bytes(data); r.Verdict != want {
			t.Errorf("%d bytes: %v%s", size, r.Verdict, told(r))
		}
	}
}

// TestPlausible tells pickles from other data.
func TestPlausible(t *testing.T) {
	for data, want := range map[string]bool{
		"":                           false,
		"this is no pickle":          false,
		"copy\nright\n":              false,
		"char *x;\nint y;\n":         false,
		"\x89PNG\r\n\x1a\n":          false,
		"PK\x03\x04":                 false,
		"(lp0\n.":                    true,
		"N.":                         true,
		string(good):                 true,
		string(bad[:len(bad)-1]):     true,
		"cos\nsystem\n(S'x'\ntR\xff": true,
		"cwhat\never\n)R\xff":        true,
		"\x80\x04\x95\x00":           true,
	} {
		if (scan.Options{}).Plausible([]byte(data)) != want {
			t.Errorf("%q: not %v", data, want)
		}
	}
}

// TestVerdictText gives verdicts as text and reads them back.
func TestVerdictText(t *testing.T) {
	for _, v := range []scan.Verdict{scan.Safe, scan.Suspicious, scan.Dangerous} {
		text, err := json.Marshal(v)
		var back scan.Verdict
		if err != nil || json.Unmarshal(text, &back) != nil || back != v || string(text) != `"`+v.String()+`"` {
			t.Errorf("%v: %s, %v", v, text, back)
		}
	}
	var v scan.Verdict
	if _, err := scan.Verdict(9).MarshalText(); err == nil || v.UnmarshalText([]byte("fine")) == nil {
		t.Error("no error")
	}
}

// TestRules describes every rule.
func TestRules(t *testing.T) {
	seen := map[scan.Rule]bool{}
	for _, r := range scan.Rules() {
		if r.Title() == "" || r.Help() == "" || seen[r] || !strings.HasPrefix(string(r), "PKL-") {
			t.Errorf("%s: %q, %q", r, r.Title(), r.Help())
		}
		seen[r] = true
	}
	for _, v := range vectors {
		if v.rule != "" && !seen[v.rule] {
			t.Errorf("Rules lacks %s", v.rule)
		}
	}
	if scan.Rule("X").Title() != "" {
		t.Error("a rule of nobody has a title")
	}
}

// TestCheck refuses graphs that other code has parsed.
func TestCheck(t *testing.T) {
	p := policyOf(t, testPolicy)
	g, err := graph.Parse(bad)
	if err != nil {
		t.Fatal(err)
	}
	var refusal *scan.Refusal
	if err := p.Check(g); !errors.As(err, &refusal) || refusal.Verdict != scan.Dangerous || !strings.HasPrefix(err.Error(), "pickle: refused by the policy: os.system: ") {
		t.Errorf("%v", err)
	}
	if g, err = graph.Parse(good); err != nil || p.Check(g) != nil {
		t.Errorf("%v, %v", err, p.Check(g))
	}
}
