package scan_test

import (
	"bufio"
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/go-pickle/pickle/internal/corpus"
	"github.com/go-pickle/pickle/scan"
)

// A row is a file of the scan corpus.
type row struct {
	File, ID, Expected, Reason, Group string
	Accept, Globals                   []string
}

func rows(t testing.TB, dir string) []row {
	f, err := os.Open(filepath.Join(dir, "manifest.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var all []row
	for lines := bufio.NewScanner(f); lines.Scan(); {
		var r row
		if err := json.Unmarshal(lines.Bytes(), &r); err != nil {
			t.Fatal(err)
		}
		all = append(all, r)
	}
	return all
}

// containers are what the files start with that need package scan/files.
var containers = []string{"PK\x03\x04", "\x1f\x8b", "BZh", "\xfd7zXZ", "7z\xbc\xaf", "\x93NUMPY", "\x04\x22\x4d\x18", "]\x00\x00", "x\x9c", "x^",
	"x\x01", "x\xda", "\x89HDF", "#!"}

func isContainer(data []byte) bool {
	for _, magic := range containers {
		if bytes.HasPrefix(data, []byte(magic)) {
			return true
		}
	}
	return len(data) > 262 && string(data[257:262]) == "ustar" || bytes.Contains(data, []byte("PK\x05\x06"))
}

// TestCorpus judges the files of the scan corpus that are pickles and nothing else.
func TestCorpus(t *testing.T) {
	dir := corpus.Folder(t, "PICKLE_CORPUS_SCAN", "scan")
	checked := 0
	for _, r := range rows(t, dir) {
		data, err := os.ReadFile(filepath.Join(dir, r.File))
		if err != nil {
			t.Fatal(err)
		}
		if isContainer(data) {
			continue
		}
		checked++
		report := scan.Options{}.Bytes(data)
		if !slices.Contains(r.Accept, report.Verdict.String()) {
			t.Errorf("%s (%s, %s): %v instead of %v: %s%s", r.File, r.ID, r.Group, report.Verdict, r.Accept, r.Reason, told(report))
		}
		for _, name := range r.Globals {
			if !slices.Contains(report.Globals, name) {
				t.Errorf("%s (%s): the report lacks %s, it has %q", r.File, r.ID, name, report.Globals)
			}
		}
	}
	if checked < 500 {
		t.Errorf("only %d files were pickles", checked)
	}
	t.Logf("%d files", checked)
}

// told are the findings of a report, for messages of tests.
func told(r scan.Report) string {
	var b strings.Builder
	for i, f := range r.Findings {
		if i == 8 {
			break
		}
		b.WriteString("\n\t\t" + f.Severity.String() + " " + string(f.Rule) + " " + f.Global + " " + f.Call + ": " + f.Message)
	}
	return b.String()
}
