package pyoracle

import (
	"encoding/hex"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// Recorded puts the questions of a file to answer and compares with what
// Python said when the file was written, so that machines without Python test
// something too. With UPDATE_VECTORS=1 the file is written anew from the given
// questions and a live Python. A line is a question, "=", and the answer, as
// oracle.py has them.
func Recorded(t *testing.T, file string, questions []Question, answer func(Question) Answer) {
	t.Helper()
	if os.Getenv("UPDATE_VECTORS") == "1" {
		record(t, file, questions)
	}
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for line := range strings.Lines(string(data)) {
		left, right, ok := strings.Cut(strings.TrimSuffix(line, "\n"), " = ")
		fields := strings.Split(left, " ")
		q := Question{Verb: fields[0]}
		for _, f := range fields[1:] {
			b, err := hex.DecodeString(f)
			ok = ok && err == nil
			q.Args = append(q.Args, string(b))
		}
		want, err := parseAnswer(right)
		if !ok || err != nil {
			t.Fatalf("%s: bad line %q", file, line)
		}
		if got := answer(q); got != want {
			t.Errorf("%s %q:\n got %s\nwant %s", q.Verb, q.Args, got, want)
		}
		n++
	}
	if n == 0 {
		t.Errorf("%s is empty", file)
	}
}

func record(t *testing.T, file string, questions []Question) {
	t.Helper()
	var b strings.Builder
	seen := make(map[string]bool)
	for i, a := range Ask(t, questions) {
		line := questions[i].line() + " = "
		if a.Kind != "" {
			line += "err " + a.Kind + " " + hex.EncodeToString([]byte(a.Message))
		} else {
			line += "ok " + hex.EncodeToString([]byte(a.Result))
		}
		if !seen[line] && len(line) < 1000 {
			seen[line] = true
			b.WriteString(line + "\n")
		}
	}
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte(b.String()), 0o644); err != nil {
		t.Fatal(err)
	}
}
