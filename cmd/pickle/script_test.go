package main

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"unicode"

	"github.com/go-pickle/pickle/graph"
	"github.com/go-pickle/pickle/internal/corpus"
)

// FuzzScript holds that the calls of any pickle are a bounded number of bounded lines of text
// that no terminal takes for orders, each in one of the known forms, and that every one of them
// is there if there is no limit.
func FuzzScript(f *testing.F) {
	files, _ := filepath.Glob("testdata/*.pkl")
	for _, name := range files {
		data, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data, 10)
	}
	forms := regexp.MustCompile(`^(from [\w.]+ import \w+( as \w+)?|[a-zA-Z_][\w.]*|x\d+ = .*|result = .*|raise \w+\(.*|# .*|.*\.(__dict__\.update|__setstate__|append|extend|add)\(.*\)|.*\[.*\] = .*)$`)
	f.Fuzz(func(t *testing.T, data []byte, maxLines int) {
		maxLines = max(1, maxLines%100)
		g, err := new(app).parseCalls(&document{data: data}, (&decodeOptions{fixImports: true}).graph())
		made := 0
		for c := range g.Calls() {
			switch c.Kind() {
			case graph.CallReduce, graph.CallNew, graph.CallNewEx, graph.CallInst, graph.FindName, graph.PersistLoad:
				made++
			}
		}
		for _, limit := range []int{maxLines, 0} {
			var out bytes.Buffer
			s := &script{w: &out, maxString: 50, maxItems: 5, maxLines: limit}
			s.write(g, err)
			lines := strings.Split(strings.TrimSuffix(out.String(), "\n"), "\n")
			if limit > 0 && len(lines) > limit+4 {
				t.Errorf("%d lines with a limit of %d", len(lines), limit)
			}
			assigned := 0
			for _, line := range lines {
				code, _, _ := strings.Cut(line, "  # ")
				if len(line) > 2*maxLine {
					t.Errorf("a line of %d bytes: %.100q", len(line), line)
				}
				if strings.ContainsFunc(line, func(r rune) bool { return !unicode.IsPrint(r) }) {
					t.Errorf("%q has what does not print", line)
				}
				if !forms.MatchString(code) {
					t.Errorf("a line of no known form: %q", line)
				}
				if strings.HasPrefix(line, "x") && strings.Contains(line, " = ") && !strings.Contains(line, "] = ") {
					assigned++
				}
			}
			if limit == 0 && assigned < made {
				t.Errorf("%d results for %d calls", assigned, made)
			}
		}
	})
}

// TestCallsOfCorpus holds that calls lists hostile files of all kinds in bounded text, and names
// what the corpus says that a report must name, unless the file is one that can't be read whole.
func TestCallsOfCorpus(t *testing.T) {
	dir := corpus.Folder(t, "PICKLE_CORPUS_SCAN", "scan")
	manifest, err := os.ReadFile(filepath.Join(dir, "manifest.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	listed, named := 0, 0
	for line := range bytes.Lines(manifest) {
		var m struct {
			File     string
			Expected string
			Globals  []string
		}
		if err := json.Unmarshal(line, &m); err != nil {
			t.Fatal(err)
		}
		if _, err := os.Stat(filepath.Join(dir, m.File)); err != nil {
			continue
		}
		var out, stderr bytes.Buffer
		if got := run([]string{"calls", filepath.Join(dir, m.File)}, strings.NewReader(""), &out, &stderr); got != 0 && got != exitFailure {
			t.Errorf("%s: status %d", m.File, got)
		}
		text := out.String() + stderr.String()
		if strings.ContainsFunc(text, func(r rune) bool { return r != '\n' && !unicode.IsPrint(r) }) {
			t.Errorf("%s: it has what does not print", m.File)
		}
		for line := range strings.Lines(text) {
			if len(line) > 2*maxLine {
				t.Errorf("%s: a line of %d bytes", m.File, len(line))
			}
		}
		if len(text) > 1<<20 {
			t.Errorf("%s: %d bytes of text", m.File, len(text))
		}
		if m.Expected != "dangerous" || len(m.Globals) == 0 {
			continue
		}
		listed++
		last := m.Globals[0][strings.LastIndexByte(m.Globals[0], '.')+1:]
		if strings.Contains(out.String(), last) {
			named++
		} else {
			t.Logf("%s: %s is not named", m.File, m.Globals[0])
		}
	}
	if named*100 < listed*97 {
		t.Errorf("of %d dangerous files %d name what they use", listed, named)
	}
}
