package container_test

import (
	"bufio"
	"encoding/json"
	"github.com/go-pickle/pickle/internal/container"
	"os"
	"path/filepath"
	"slices"
	"testing"
)

func TestDebug(t *testing.T) {
	dir := "/work/shared/corpus/scan"
	f, _ := os.Open(dir + "/manifest.jsonl")
	sc := bufio.NewScanner(f)
	for sc.Scan() {
		var r struct {
			File, Expected, Group string
			Globals               []string
		}
		json.Unmarshal(sc.Bytes(), &r)
		data, _ := os.ReadFile(filepath.Join(dir, r.File))
		w := walk(data, container.Limits{})
		bad := ""
		if r.Expected == "dangerous" {
			for _, g := range r.Globals {
				if !slices.Contains(w.names, g) {
					bad = "MISSING " + g
				}
			}
		}
		if r.Expected == "safe" && (w.suspicious() || len(w.pickles) == 0) {
			bad = "SUSP"
		}
		if r.Expected == "suspicious" && r.Group == "container" && !w.suspicious() {
			bad = "NOTSUSP"
		}
		if bad != "" || r.Group == "container" {
			t.Log(bad, r.File, w.pickles, w.problems)
		}
	}
}
func TestDebugEco(t *testing.T) {
	dir := "/work/shared/corpus/ecosystem"
	f, _ := os.Open(dir + "/manifest.jsonl")
	sc := bufio.NewScanner(f)
	sc.Buffer(nil, 10<<20)
	for sc.Scan() {
		var r struct {
			Path, Kind string
			Opcodes    []string
		}
		json.Unmarshal(sc.Bytes(), &r)
		data, _ := os.ReadFile(filepath.Join(dir, r.Path))
		w := walk(data, container.Limits{})
		if w.suspicious() || len(w.pickles) == 0 || os.Getenv("KIND") == r.Kind {
			p := w.problems
			if len(p) > 4 {
				p = p[:4]
			}
			q := w.pickles
			if len(q) > 12 {
				q = q[:12]
			}
			t.Log(r.Kind, r.Path, len(w.pickles), q, p)
		}
	}
}
