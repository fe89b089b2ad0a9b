package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode"

	"github.com/go-pickle/pickle/opcode"
	"github.com/go-pickle/pickle/scan"
	"github.com/go-pickle/pickle/scan/files"
)

// TestInstead holds that everyone is told of the way that fits what they use.
func TestInstead(t *testing.T) {
	for _, test := range []struct {
		path, global, member, want string
	}{
		{"model.bin", "torch._utils._rebuild_tensor_v2", "", "weights_only=True"},
		{"model.PT", "", "", "safetensors"},
		{"x", "os.system", "archive/data.pkl", "weights_only=True"},
		{"x", "sklearn.svm._classes.SVC", "", "skops.io.load"},
		{"a.joblib", "os.system", "", "skops"},
		{"a.npy", "os.system", "", "allow_pickle=False"},
		{"x", "pandas.core.frame.DataFrame", "", "to_parquet"},
		{"x", "keras.Model", "", "safe_mode=True"},
		{"x.pkl", "os.system", "", "JSON"},
		{"x.pkl", "torchless.x", "", "JSON"},
	} {
		r := &files.Result{Path: test.path, Report: scan.Report{Verdict: scan.Dangerous,
			Findings: []scan.Finding{{Rule: scan.RuleGlobalDeny, Severity: scan.Dangerous, Member: test.member}}}}
		if test.global != "" {
			r.Report.Globals = []string{test.global}
		}
		text := strings.Join(explain(r), "\n")
		if !strings.Contains(text, test.want) || !strings.Contains(text, scan.RuleGlobalDeny.Help()) {
			t.Errorf("%+v: %s", test, text)
		}
	}
	if text := strings.Join(explain(&files.Result{Err: errors.New("x"), Report: scan.Report{Verdict: scan.Suspicious}}), " "); !strings.Contains(text, "not the same as safe") {
		t.Error(text)
	}
}

// TestScanIsPrintable holds that no report has anything that a terminal takes for an order,
// whatever names, strings and members say, and that JSON is JSON.
func TestScanIsPrintable(t *testing.T) {
	dir := t.TempDir()
	hostile := "x\x1b[2J\u202e\u2028\x85\r'\"\\"
	path := filepath.Join(dir, "\x1b]0;title\x07.pkl")
	pickle := "\x80\x04X" + string([]byte{byte(len(hostile)), 0, 0, 0}) + hostile + "\x8c\x06system\x93X" +
		string([]byte{byte(len(hostile)), 0, 0, 0}) + hostile + "\x85R."
	if err := os.WriteFile(path, []byte(pickle), 0o644); err != nil {
		t.Skip("the file system has no such names: ", err)
	}
	for _, args := range [][]string{{}, {"--explain"}, {"--suggest-policy"}, {"--format", "jsonl"}, {"--format", "sarif"}} {
		var out, stderr bytes.Buffer
		if got := run(append([]string{"scan", path}, args...), strings.NewReader(""), &out, &stderr); got != exitSuspicious {
			t.Errorf("%v: status %d; %s", args, got, &stderr)
		}
		for _, r := range out.String() + stderr.String() {
			if !unicode.IsPrint(r) && r != '\n' && (len(args) != 2 || r < ' ') { // JSON may have them, but for controls
				t.Errorf("%v: %q in %q", args, r, out.String())
				break
			}
		}
		if len(args) == 2 && !json.Valid(out.Bytes()) {
			t.Errorf("%v: no JSON: %s", args, &out)
		}
	}
}

// TestSuggestion holds what is allowed for which finding, and that the module's end moves
// where a name is in another.
func TestSuggestion(t *testing.T) {
	s := suggestion{names: make(map[string]*suggestedName)}
	finding := func(rule scan.Rule, severity scan.Verdict, global string, op opcode.Op) *scan.Finding {
		return &scan.Finding{Rule: rule, Severity: severity, Message: global, Global: global, Op: op}
	}
	for _, test := range []struct {
		f       *scan.Finding
		changed bool
	}{
		{finding(scan.RuleGlobalUnknown, scan.Suspicious, "a.b.C", opcode.Global), true},
		{finding(scan.RuleUse, scan.Suspicious, "a.b.C", opcode.NewObj), true},
		{finding(scan.RuleUse, scan.Suspicious, "a.b.C", opcode.Build), true},
		{finding(scan.RuleUse, scan.Suspicious, "a.b.C", opcode.Build), true},  // it did not help: a:b.C
		{finding(scan.RuleUse, scan.Suspicious, "a.b.C", opcode.NewObj), true}, // in the same round
		{finding(scan.RuleUse, scan.Safe, "x.y", opcode.Reduce), false},
		{finding(scan.RuleGlobalUnknown, scan.Dangerous, "x.y", opcode.Reduce), false},
		{finding(scan.RuleGlobalDeny, scan.Dangerous, "os.system", opcode.Reduce), false},
		{finding(scan.RuleArgs, scan.Suspicious, "x.y", opcode.Reduce), false},
		{finding(scan.RuleGlobalUnknown, scan.Suspicious, "no policy.name", opcode.Global), false},
		{finding(scan.RuleGlobalUnknown, scan.Suspicious, "x.y\nallow os:system call", opcode.Global), false},
		{finding(scan.RuleGlobalUnknown, scan.Suspicious, "alone", opcode.Global), false},
		{finding(scan.RuleGlobalUnknown, scan.Suspicious, "m.f", opcode.Inst), true},
	} {
		if got := s.add("file", test.f); got != test.changed {
			t.Errorf("%+v: %v", test.f, got)
		}
	}
	want := policyHeader + "\nallow a:b.C new build\nallow m:f call\ndeny z:z\n"
	got := s.policy([]byte("# comment\n" + policyHeader + "\ndeny z:z\n"))
	if string(got) != want {
		t.Errorf("%s\nwant\n%s", got, want)
	}
	if _, err := scan.ParsePolicy("test", got); err != nil {
		t.Error(err)
	}
	if len(s.rest) != 6 {
		t.Errorf("%d things are left: %q", len(s.rest), s.rest)
	}
}
