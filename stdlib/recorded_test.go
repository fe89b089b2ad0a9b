package stdlib_test

import (
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/go-pickle/pickle/internal/corpus"
	"github.com/go-pickle/pickle/internal/pytest"
)

var expressionsFile = flag.String("expressions", "", "write the expressions of the live tests to this file, for testdata/record.mjs")

// TestRecorded checks what CPython 3.14 and 3.15 wrote, which testdata has.
func TestRecorded(t *testing.T) {
	if *expressionsFile != "" {
		writeExpressions(t)
		return
	}
	type answer struct {
		Minor            int
		Expression, Repr string
		Data             [][]byte
	}
	total, exact, minors := 0, 0, map[int]int{}
	for a, err := range corpus.Entries[answer](filepath.Join("testdata", "recorded.jsonl.gz")) {
		if err != nil {
			t.Fatal(err)
		}
		repr := a.Repr
		if !isOurs(a.Expression) {
			repr = ""
		}
		n, m := checkAnswer(t, pytest.Python{Major: 3, Minor: a.Minor}, a.Expression, a.Data, repr)
		total, exact = total+n, exact+m
		minors[a.Minor]++
	}
	if minors[14] < 200 || minors[15] < 200 {
		t.Errorf("expressions by minor version: %v", minors)
	}
	t.Logf("%d pickles loaded, %d of them came back to the byte; expressions by minor version: %v", total, exact, minors)
}

func isOurs(expression string) bool {
	for _, e := range append(valuesA, mixedA...) {
		if e == expression {
			return true
		}
	}
	return false
}

func writeExpressions(t *testing.T) {
	type group struct {
		Setup       string   `json:"setup"`
		Expressions []string `json:"expressions"`
	}
	modules := "datetime zoneinfo time decimal fractions uuid ipaddress pathlib array random collections copy"
	text, err := json.Marshal([]group{
		{"import " + strings.Join(strings.Fields(modules), "\nimport "), append(valuesA, mixedA...)},
		{liveSetup, liveValues},
	})
	if err == nil {
		err = os.WriteFile(*expressionsFile, text, 0o666)
	}
	if err != nil {
		t.Fatal(err)
	}
}
