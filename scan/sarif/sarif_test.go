package sarif

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/go-pickle/pickle/internal/corpus"
	"github.com/go-pickle/pickle/opcode"
	"github.com/go-pickle/pickle/scan"
	"github.com/go-pickle/pickle/scan/files"
)

// schema is that of OASIS: see testdata/README.md.
func schema(t testing.TB) *jsonschema.Schema {
	t.Helper()
	f, err := os.Open("testdata/sarif-schema-2.1.0.json.gz")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	doc, err := jsonschema.UnmarshalJSON(z)
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	c.AssertFormat()
	if err := c.AddResource(schemaURI, doc); err != nil {
		t.Fatal(err)
	}
	s, err := c.Compile(schemaURI)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func valid(t testing.TB, s *jsonschema.Schema, log []byte) {
	t.Helper()
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(log))
	if err != nil {
		t.Fatalf("%v in %s", err, log)
	}
	if err := s.Validate(doc); err != nil {
		t.Fatalf("%v in %s", err, log)
	}
}

// TestSchemaRefuses holds that the schema of TestSchema can fail.
func TestSchemaRefuses(t *testing.T) {
	doc, err := jsonschema.UnmarshalJSON(strings.NewReader(`{"version": "2.1.0", "runs": [{"results": []}]}`))
	if err != nil {
		t.Fatal(err)
	}
	if schema(t).Validate(doc) == nil {
		t.Fatal("a run without a tool is valid")
	}
}

// everything is one finding for each rule and each kind of place.
func everything() []scan.Finding {
	var all []scan.Finding
	for i, rule := range append(scan.Rules(), "ZIP-CRC") {
		f := scan.Finding{Rule: rule, Severity: scan.Verdict(i % 3), Message: "message of " + string(rule), Offset: int64(i) - 1}
		if i%2 == 0 {
			f.Member, f.Pickle = "archive/data.pkl", i
		}
		if i%3 == 0 {
			f.Op, f.Global, f.Call = opcode.Reduce, "os.system", "os.system('echo x')"
		}
		all = append(all, f)
	}
	return all
}

// TestSchema holds that what is written is valid: nothing, files without a finding, every rule,
// failures, hostile names.
func TestSchema(t *testing.T) {
	s := schema(t)
	hostile := "a\x00b\xff\x1b[31m\u202e\"\\](x){0}\ud7ff</script>"
	for _, test := range []struct {
		name string
		fill func(w *Writer)
	}{
		{"nothing", func(w *Writer) {}},
		{"safe", func(w *Writer) { w.File("a.pkl", scan.Report{}, nil) }},
		{"everything", func(w *Writer) {
			w.File("a.pkl", scan.Report{Findings: everything()}, nil)
			w.File("b.pkl", scan.Report{Findings: everything()}, errors.New("the end is missing"))
		}},
		{"failure", func(w *Writer) { w.File("a.pkl", scan.Report{}, errors.New("no such file")) }},
		{"hostile", func(w *Writer) {
			w.File(hostile, scan.Report{Findings: []scan.Finding{{Rule: scan.Rule(hostile), Severity: scan.Dangerous,
				Message: hostile, Member: hostile, Global: hostile, Call: hostile}}}, errors.New(hostile))
		}},
	} {
		t.Run(test.name, func(t *testing.T) {
			var log bytes.Buffer
			w := NewWriter(&log, "1.0")
			test.fill(w)
			if err := w.Close(); err != nil {
				t.Fatal(err)
			}
			valid(t, s, log.Bytes())
		})
	}
}

// TestCorpus holds that the log of hostile files of all kinds is valid, and has every finding.
func TestCorpus(t *testing.T) {
	dir := corpus.Folder(t, "PICKLE_CORPUS_SCAN", "scan")
	var log bytes.Buffer
	w := NewWriter(&log, "")
	findings := 0
	for r := range (files.Options{}).Walk(t.Context(), dir) {
		findings += len(r.Report.Findings)
		if err := w.File(r.Path, r.Report, r.Err); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	valid(t, schema(t), log.Bytes())
	if n := bytes.Count(log.Bytes(), []byte("\n{\"ruleId\":")); n != findings || n == 0 {
		t.Errorf("%d results for %d findings", n, findings)
	}
}

// logged is the log of one file with some findings.
func logged(t *testing.T, path string, err error, findings ...scan.Finding) map[string]any {
	t.Helper()
	var buf bytes.Buffer
	w := NewWriter(&buf, "1.0")
	if err := errors.Join(w.File(path, scan.Report{Findings: findings}, err), w.Close()); err != nil {
		t.Fatal(err)
	}
	var log map[string]any
	if err := json.Unmarshal(buf.Bytes(), &log); err != nil {
		t.Fatal(err)
	}
	return log
}

// at follows a path of keys and numbers into what JSON gave; nil is nothing there.
func at(v any, path ...any) any {
	for _, p := range path {
		switch key := p.(type) {
		case string:
			m, _ := v.(map[string]any)
			v = m[key]
		case int:
			l, _ := v.([]any)
			if key >= len(l) {
				return nil
			}
			v = l[key]
		}
	}
	return v
}

func TestResult(t *testing.T) {
	f := scan.Finding{Rule: scan.RuleGlobalDeny, Severity: scan.Dangerous, Message: "runs commands", Offset: 31,
		Op: opcode.Reduce, Global: "os.system", Call: "os.system('echo x')"}
	inside := f
	inside.Member = "archive/data.pkl"
	nowhere := scan.Finding{Rule: scan.RuleTrailing, Message: "3 bytes", Offset: -1}
	log := logged(t, "models/a b.pkl", nil, f, inside, nowhere)
	results := at(log, "runs", 0, "results")
	for _, test := range []struct {
		want any
		path []any
	}{
		{"PKL-GLOBAL-DENY", []any{0, "ruleId"}},
		{0.0, []any{0, "ruleIndex"}},
		{"error", []any{0, "level"}},
		{"os.system('echo x'): runs commands (at byte 31)", []any{0, "message", "text"}},
		{"models/a%20b.pkl", []any{0, "locations", 0, "physicalLocation", "artifactLocation", "uri"}},
		{31.0, []any{0, "locations", 0, "physicalLocation", "region", "byteOffset"}},
		{nil, []any{0, "locations", 0, "logicalLocations"}},
		{"os.system('echo x')", []any{0, "properties", "call"}},
		{"REDUCE", []any{0, "properties", "opcode"}},
		{"archive/data.pkl", []any{1, "locations", 0, "logicalLocations", 0, "fullyQualifiedName"}},
		{nil, []any{1, "locations", 0, "physicalLocation", "region", "byteOffset"}}, // it is not the file's
		{31.0, []any{1, "properties", "offset"}},
		{"note", []any{2, "level"}},
		{1.0, []any{2, "ruleIndex"}},
		{nil, []any{2, "locations", 0, "physicalLocation", "region", "byteOffset"}},
		{"3 bytes", []any{2, "message", "text"}},
	} {
		if got := at(results, test.path...); got != test.want {
			t.Errorf("%v: %v, want %v", test.path, got, test.want)
		}
	}
	rule := at(log, "runs", 0, "tool", "driver", "rules", 0)
	if at(rule, "id") != "PKL-GLOBAL-DENY" || at(rule, "properties", "security-severity") != "9.8" ||
		!strings.HasSuffix(at(rule, "helpUri").(string), "doc/scan.md#pkl-global-deny") {
		t.Errorf("rule: %v", rule)
	}
	if at(log, "runs", 0, "invocations", 0, "executionSuccessful") != true {
		t.Error("not successful")
	}
	if log := logged(t, "a", errors.New("x"), f); at(log, "runs", 0, "invocations", 0, "executionSuccessful") != false {
		t.Error("successful with a file that could not be read")
	}
}

// TestFingerprints holds that the fingerprint is made of rule, name and member alone.
func TestFingerprints(t *testing.T) {
	f := scan.Finding{Rule: scan.RuleGlobalDeny, Severity: scan.Dangerous, Message: "m", Offset: 31, Global: "os.system", Member: "a"}
	id := func(f scan.Finding) any {
		return at(logged(t, "x", nil, f), "runs", 0, "results", 0, "partialFingerprints", "pickleFinding/v1")
	}
	same, other := f, f
	same.Offset, same.Message, same.Call, same.Pickle = 99, "n", "os.system('y')", 3
	if id(f) != id(same) {
		t.Error("the place changes the fingerprint")
	}
	// It must not change from version to version.
	if got := id(f); got != "d1eaf891d321cc04ccfa3091b96135a8" {
		t.Errorf("fingerprint %v", got)
	}
	for _, change := range []func(){
		func() { other.Rule = scan.RuleUse }, func() { other.Global = "os.popen" }, func() { other.Member = "b" },
		func() { other.Global, other.Member = "os.systema", "" },
	} {
		other = f
		if change(); id(f) == id(other) {
			t.Errorf("%+v has the same fingerprint", other)
		}
	}
	log := logged(t, "x", nil, f, same)
	first, second := at(log, "runs", 0, "results", 0, "partialFingerprints", "primaryLocationLineHash").(string),
		at(log, "runs", 0, "results", 1, "partialFingerprints", "primaryLocationLineHash").(string)
	if !strings.HasSuffix(first, ":1") || second != strings.TrimSuffix(first, "1")+"2" {
		t.Errorf("%s, %s", first, second)
	}
}

func TestFileURI(t *testing.T) {
	for path, want := range map[string]string{
		"a.pkl": "a.pkl", "dir/a b.pkl": "dir/a%20b.pkl", "/tmp/a.pkl": "file:///tmp/a.pkl", "c:x": "./c:x",
		"a?b#c%d": "a%3Fb%23c%25d", "\xff\n": "%FF%0A", "-": "-", "//host/share": "file:////host/share",
	} {
		if filepath.Separator != '/' {
			t.Skip("these are paths of Unix")
		}
		if got := fileURI(path); got != want {
			t.Errorf("%q: %s, want %s", path, got, want)
		}
	}
}

func TestPlain(t *testing.T) {
	for text, want := range map[string]string{
		"os.system('x')": "os.system('x')", "[a](http://b)": "[a] (http://b)", "{0} {1: 2} {a}": "{ 0} { 1: 2} {a}",
		"{": "{", "](": "] (", "": "",
	} {
		if got := plain(text); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}

// TestRulesAreDocumented holds that the links of the rules lead to a heading.
func TestRulesAreDocumented(t *testing.T) {
	doc, err := os.ReadFile("../../doc/scan.md")
	if err != nil {
		t.Fatal(err)
	}
	all := append(scan.Rules(), files.RuleNoPickle, files.RuleUnknown, files.RuleUnreadable, files.RuleLimit,
		files.RuleMismatch, files.RuleName, files.RuleNote)
	for _, rule := range all {
		if d := descriptor(rule); d.Short.Text == string(rule) {
			t.Errorf("%s is not described", rule)
		}
		if !bytes.Contains(doc, []byte("\n#### "+string(rule)+"\n")) {
			t.Errorf("doc/scan.md has no heading %s", rule)
		}
	}
	for rule := range severities {
		if !slices.Contains(all, rule) {
			t.Errorf("%s is no rule", rule)
		}
	}
}

// TestFailingWriter holds that an error of the writer below is told.
func TestFailingWriter(t *testing.T) {
	w := NewWriter(failing{}, "")
	w.File("a", scan.Report{Findings: everything()}, nil)
	if err := w.Close(); err != errFull {
		t.Errorf("%v", err)
	}
}

var errFull = errors.New("full")

type failing struct{}

func (failing) Write([]byte) (int, error) { return 0, errFull }

// FuzzWriter holds that whatever a file says, the log is valid and says it.
func FuzzWriter(f *testing.F) {
	s := schema(f)
	f.Add("a.pkl", "PKL-USE", "message", "member", "os.system", "os.system('x')", int64(3), byte('R'))
	f.Add("", "", "", "", "", "", int64(-1), byte(0))
	f.Add("%", "%", "%", "%", "%", "%", int64(0), byte(2)) // what a URI must escape
	f.Fuzz(func(t *testing.T, path, rule, message, member, global, call string, offset int64, op byte) {
		finding := scan.Finding{Rule: scan.Rule(rule), Severity: scan.Verdict(op % 3), Message: message, Member: member,
			Offset: max(offset, -1), Op: opcode.Op(op), Global: global, Call: call}
		var log bytes.Buffer
		w := NewWriter(&log, "")
		if err := errors.Join(w.File(path, scan.Report{Findings: []scan.Finding{finding}}, nil), w.Close()); err != nil {
			t.Fatal(err)
		}
		valid(t, s, log.Bytes())
	})
}
