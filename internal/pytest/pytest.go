// Package pytest lets tests pass pickles to and from live Pythons: one process for each
// version, which answers any number of requests. Tests alone import it.
package pytest

import (
	"bufio"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
)

var (
	//go:embed worker.py
	worker string
	//go:embed verdict.py
	verdict string
	//go:embed judge.py
	judge string
)

// A Python is an interpreter that is installed.
type Python struct {
	Path         string
	Major, Minor int
	Highest      int // protocol
}

// String gives the version, such as 3.11.
func (p Python) String() string { return fmt.Sprintf("%d.%d", p.Major, p.Minor) }

// AtLeast reports whether the version is major.minor or later.
func (p Python) AtLeast(major, minor int) bool {
	return p.Major > major || p.Major == major && p.Minor >= minor
}

// versions are those that are looked for.
var versions = []string{"2.7", "3.6", "3.7", "3.8", "3.9", "3.10", "3.11", "3.12", "3.13", "3.14", "3.15"}

var installed = sync.OnceValue(func() []Python {
	var found []Python
	add := func(path string) {
		p, err := exec.Command(path, "-c",
			"import sys, pickle; print('%d %d %d' % (sys.version_info[0], sys.version_info[1], pickle.HIGHEST_PROTOCOL))").Output()
		v := Python{Path: path}
		if err != nil {
			return
		}
		if _, err := fmt.Sscan(string(p), &v.Major, &v.Minor, &v.Highest); err != nil {
			return
		}
		if !slices.ContainsFunc(found, func(o Python) bool { return o.String() == v.String() }) {
			found = append(found, v)
		}
	}
	root := os.Getenv("PYENV_ROOT")
	if home, err := os.UserHomeDir(); root == "" && err == nil {
		root = filepath.Join(home, ".pyenv")
	}
	for _, v := range versions {
		before := len(found)
		folders, _ := filepath.Glob(filepath.Join(root, "versions", v+".*", "bin", "python"))
		for _, path := range folders {
			add(path)
		}
		if len(found) == before {
			if path, err := exec.LookPath("python" + v); err == nil {
				add(path)
			}
		}
	}
	if path, err := exec.LookPath("python3"); err == nil {
		add(path)
	}
	return found
})

// Installed returns every Python that is found, one of each version: those that pyenv has
// and those in the PATH. If there is none, the test is skipped, or fails if
// REQUIRE_PYTHON=1, as it does then if all there are is Python 2.
func Installed(t testing.TB) []Python {
	t.Helper()
	all := installed()
	if os.Getenv("REQUIRE_PYTHON") == "1" && !slices.ContainsFunc(all, func(p Python) bool { return p.Major == 3 }) {
		t.Fatal("no python3 is installed")
	}
	if len(all) == 0 {
		t.Skip("no Python is installed")
	}
	return all
}

// Require returns the Python of a version, and skips, or fails if REQUIRE_PYTHON=1, without
// it.
func Require(t testing.TB, major, minor int) Python {
	t.Helper()
	for _, p := range installed() {
		if p.Major == major && p.Minor == minor {
			return p
		}
	}
	reason := fmt.Sprintf("Python %d.%d is not installed", major, minor)
	if os.Getenv("REQUIRE_PYTHON") == "1" {
		t.Fatal(reason)
	}
	t.Skip(reason)
	return Python{}
}

// A Worker is a Python process. It must not be used by several goroutines at once.
type Worker struct {
	Python Python
	cmd    *exec.Cmd
	in     io.WriteCloser
	out    *bufio.Reader
}

// Start starts a process that ends with the test.
func (p Python) Start(t testing.TB) *Worker {
	t.Helper()
	program := worker
	if p.Major == 3 {
		program += verdict + judge
	}
	w := &Worker{Python: p, cmd: exec.Command(p.Path, "-E", "-S", "-c", program+"\nmain()\n")}
	w.cmd.Env = append(os.Environ(), "PYTHONHASHSEED=0")
	w.cmd.Stderr = os.Stderr
	var err error
	if w.in, err = w.cmd.StdinPipe(); err != nil {
		t.Fatal(err)
	}
	out, err := w.cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	w.out = bufio.NewReaderSize(out, 1<<20)
	if err := w.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		w.in.Close()
		w.cmd.Wait()
	})
	return w
}

// Ask sends a request, an operation and its arguments, and stores the answer in result.
func (w *Worker) Ask(op string, args map[string]any, result any) error {
	request := map[string]any{"op": op}
	for k, v := range args {
		request[k] = v
	}
	line, err := json.Marshal(request)
	if err != nil {
		return err
	}
	if _, err := w.in.Write(append(line, '\n')); err != nil {
		return fmt.Errorf("Python %s: %w", w.Python, err)
	}
	text, err := w.out.ReadBytes('\n')
	if err != nil {
		return fmt.Errorf("Python %s ended: %w", w.Python, err)
	}
	var answer struct {
		OK     json.RawMessage
		Failed string
	}
	if err := json.Unmarshal(text, &answer); err != nil {
		return fmt.Errorf("Python %s said %.200q: %w", w.Python, text, err)
	}
	if answer.Failed != "" {
		return errors.New("Python " + w.Python.String() + ": " + strings.TrimSpace(answer.Failed))
	}
	return json.Unmarshal(answer.OK, result)
}
