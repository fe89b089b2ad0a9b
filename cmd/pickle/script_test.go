package main

import (
	"bytes"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"unicode"

	"github.com/go-pickle/pickle/graph"
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
