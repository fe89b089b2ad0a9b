// Package pyoracle lets tests ask a live python3 how it reads and writes text.
// Tests alone import it.
package pyoracle

import (
	"bufio"
	_ "embed"
	"encoding/hex"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"
)

//go:embed oracle.py
var program string

// Question is one question: a verb of oracle.py and its arguments.
type Question struct {
	Verb string
	Args []string
}

// Answer is Python's result, or its exception's class and text if Kind is not
// empty.
type Answer struct {
	Result        string
	Kind, Message string
}

func (a Answer) String() string {
	if a.Kind != "" {
		return a.Kind + ": " + a.Message
	}
	return fmt.Sprintf("%q", a.Result)
}

// line is the question as oracle.py reads it.
func (q Question) line() string {
	s := q.Verb
	for _, a := range q.Args {
		s += " " + hex.EncodeToString([]byte(a))
	}
	return s
}

// parseAnswer reads a line that oracle.py wrote.
func parseAnswer(line string) (Answer, error) {
	var a Answer
	status, rest, _ := strings.Cut(line, " ")
	if status == "err" {
		a.Kind, rest, _ = strings.Cut(rest, " ")
	}
	b, err := hex.DecodeString(rest)
	if status == "err" {
		a.Message = string(b)
	} else {
		a.Result = string(b)
	}
	return a, err
}

// Require skips the test if there is no python3 of version 3.11, whose rules
// the tests are about, or fails it if REQUIRE_PYTHON=1.
func Require(t testing.TB) {
	t.Helper()
	out, err := exec.Command("python3", "-c", "import sys; print('%d.%d' % sys.version_info[:2])").Output()
	version := strings.TrimSpace(string(out))
	if err == nil && version == "3.11" {
		return
	}
	reason := fmt.Sprintf("needs python3 of version 3.11 to compare with: version %q, error %v", version, err)
	if os.Getenv("REQUIRE_PYTHON") == "1" {
		t.Fatal(reason)
	}
	t.Skip(reason)
}

// Ask puts all questions to one Python process. It skips as [Require] does.
func Ask(t testing.TB, questions []Question) []Answer {
	t.Helper()
	Require(t)
	cmd := exec.Command("python3", "-X", "utf8", "-c", program)
	cmd.Stderr = os.Stderr
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go func() {
		w := bufio.NewWriter(in)
		for _, q := range questions {
			w.WriteString(q.line())
			w.WriteByte('\n')
		}
		w.Flush()
		in.Close()
	}()
	answers := make([]Answer, 0, len(questions))
	r := bufio.NewReader(out)
	for range questions {
		line, err := r.ReadString('\n')
		if err != nil {
			break
		}
		a, err := parseAnswer(strings.TrimSuffix(line, "\n"))
		if err != nil {
			t.Fatalf("python3 answered %q", line)
		}
		answers = append(answers, a)
	}
	if err := cmd.Wait(); err != nil || len(answers) != len(questions) {
		t.Fatalf("python3: %d answers to %d questions, %v", len(answers), len(questions), err)
	}
	return answers
}
