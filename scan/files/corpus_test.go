package files_test

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/go-pickle/pickle/internal/corpus"
	"github.com/go-pickle/pickle/scan"
	"github.com/go-pickle/pickle/scan/files"
)

// told are the findings of a report, for messages of tests.
func told(r scan.Report) string {
	var b strings.Builder
	for i, f := range r.Findings {
		if i == 8 {
			fmt.Fprintf(&b, "\n\t\tand %d more", len(r.Findings)-i)
			break
		}
		fmt.Fprintf(&b, "\n\t\t%v %s %s@%d %s %s", f.Severity, f.Rule, f.Member, f.Offset, f.Global, f.Message)
	}
	return b.String()
}

// TestCorpus scans every file of the scan corpus.
func TestCorpus(t *testing.T) {
	dir := corpus.Folder(t, "PICKLE_CORPUS_SCAN", "scan")
	manifest, err := os.Open(filepath.Join(dir, "manifest.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	defer manifest.Close()
	const rows = 745
	n := 0
	var slowest time.Duration
	var slow string
	scan.DefaultPolicy() // which is read once
	for lines := bufio.NewScanner(manifest); lines.Scan(); n++ {
		var row struct {
			File, ID, Reason string
			Accept, Globals  []string
		}
		if err := json.Unmarshal(lines.Bytes(), &row); err != nil {
			t.Fatal(err)
		}
		start := time.Now()
		report, err := files.Options{}.File(filepath.Join(dir, row.File))
		if err != nil {
			t.Fatal(err)
		}
		if d := time.Since(start); d > slowest {
			slowest, slow = d, row.File
		}
		if !slices.Contains(row.Accept, report.Verdict.String()) {
			t.Errorf("%s (%s): %v instead of %v: %s%s", row.File, row.ID, report.Verdict, row.Accept, row.Reason, told(report))
		}
		for _, name := range row.Globals {
			if !slices.Contains(report.Globals, name) {
				t.Errorf("%s (%s): the report lacks %s, it has %q", row.File, row.ID, name, report.Globals)
			}
		}
	}
	if n < rows {
		t.Errorf("%d rows; there should be %d", n, rows)
	}
	t.Logf("%d files, the slowest, %s, took %v", n, slow, slowest)
}

// harmless are the sections of the ecosystem corpus whose files are data and nothing else.
var harmless = []string{"numpy", "pandas", "sklearn", "torch", "joblib", "scipy", "stdlib", "npy", "shelve", "stores", "services"}

// undecided reports whether nobody can know what a file of the ecosystem corpus does: it has
// instances of the corpus's own classes, or extension codes of a program.
func undecided(row *corpus.File, r scan.Report) bool {
	return len(row.Extension) > 0 || slices.ContainsFunc(r.Globals, func(name string) bool {
		return strings.HasPrefix(name, "corpus_models.") || strings.HasPrefix(name, "__main__.")
	})
}

// TestEcosystem scans real files, which are safe.
func TestEcosystem(t *testing.T) {
	dir := corpus.Folder(t, "PICKLE_CORPUS_ECOSYSTEM", "ecosystem")
	rows, err := corpus.Files(dir)
	if err != nil {
		t.Fatal(err)
	}
	n, bad := 0, make(map[string]int)
	for _, row := range rows {
		section := strings.Split(row.Path, "/")[1]
		if !slices.Contains(harmless, section) {
			continue
		}
		data, err := row.Data()
		if err != nil {
			t.Fatal(err)
		}
		n++
		report := files.Options{}.Bytes(row.Path, data)
		want := scan.Safe
		if undecided(&row, report) {
			want = scan.Suspicious
		}
		if report.Verdict == want {
			continue
		}
		if bad[section]++; bad[section] <= 12 {
			t.Errorf("%s: %v%s", row.Path, report.Verdict, told(report))
		}
	}
	if n < 1500 || len(bad) > 0 {
		t.Errorf("of %d files these are judged in another way: %v", n, bad)
	}
}
