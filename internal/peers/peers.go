// Package peers starts the real programs that the examples talk to: Redis, Graphite's
// carbon, Python with the libraries of services. Each ends with its test. A peer that is
// not installed skips the test, or fails it if REQUIRE_SERVICES=1; .ci/services installs
// them all. Tests alone import it.
package peers

import (
	"bytes"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

// startTime bounds how long a peer may take to answer.
const startTime = 30 * time.Second

// absent skips the test or fails it.
func absent(t testing.TB, what string) {
	t.Helper()
	if os.Getenv("REQUIRE_SERVICES") == "1" {
		t.Fatalf("%s is required here; .ci/services installs it", what)
	}
	t.Skipf("%s is not installed; .ci/services installs it", what)
}

// Program returns the path of an installed program.
func Program(t testing.TB, name string) string {
	t.Helper()
	path, err := exec.LookPath(name)
	if err != nil {
		absent(t, name)
	}
	return path
}

// pythons are where the modules may be: the environment that .ci/services makes, and what
// the system has.
var pythons = sync.OnceValue(func() []string {
	env := os.Getenv("PICKLE_SERVICES")
	if cache, err := os.UserCacheDir(); env == "" && err == nil {
		env = filepath.Join(cache, "go-pickle", "services")
	}
	return []string{filepath.Join(env, "bin", "python"), "python3", "/usr/bin/python3"}
})

// Python returns a Python that has all of the modules, or any Python 3 if there are none.
func Python(t testing.TB, modules ...string) string {
	t.Helper()
	for _, python := range pythons() {
		if exec.Command(python, "-c", "import "+strings.Join(append(modules, "sys"), ", ")).Run() == nil {
			return python
		}
	}
	absent(t, "Python with "+strings.Join(modules, ", "))
	return ""
}

// Run runs a Python script with arguments and returns what it prints.
func Run(t testing.TB, python, script string, args ...string) string {
	t.Helper()
	var stderr bytes.Buffer
	cmd := exec.Command(python, append([]string{"-c", script}, args...)...)
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%s: %v\n%s%s", python, err, out, stderr.String())
	}
	return strings.TrimSpace(string(out))
}

// A Process is a peer that runs until the test ends.
type Process struct {
	cmd  *exec.Cmd
	out  output
	done chan struct{}
}

// Start starts a program. What it prints is shown if the test fails.
func Start(t testing.TB, name string, args ...string) *Process {
	t.Helper()
	p := &Process{cmd: exec.Command(name, args...), done: make(chan struct{})}
	p.cmd.Stdout, p.cmd.Stderr = &p.out, &p.out
	if err := p.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go func() {
		p.cmd.Wait()
		close(p.done)
	}()
	t.Cleanup(func() {
		p.cmd.Process.Kill()
		<-p.done
		if t.Failed() {
			t.Logf("%s printed:\n%s", filepath.Base(name), p.out.String())
		}
	})
	return p
}

// Wait waits for the process's own end, and fails the test if it is no good one.
func (p *Process) Wait(t testing.TB) {
	t.Helper()
	select {
	case <-p.done:
		if !p.cmd.ProcessState.Success() {
			t.Fatalf("%v\n%s", p.cmd.ProcessState, p.out.String())
		}
	case <-time.After(2 * startTime):
		t.Fatal("it does not end")
	}
}

// ended reports whether the process has ended.
func (p *Process) ended() bool {
	select {
	case <-p.done:
		return true
	default:
		return false
	}
}

// output keeps what is printed.
type output struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (o *output) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.buf.Write(p)
}

func (o *output) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.buf.String()
}

// freePort returns a TCP port of 127.0.0.1 that nobody uses, for now.
func freePort(t testing.TB) int {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port
}

func address(port int) string { return fmt.Sprintf("127.0.0.1:%d", port) }

// serve starts a server that needs free ports, again with others if it ends at once, and
// waits until all of them are open.
func serve(t testing.TB, ports int, start func(ports []int) *Process) []int {
	t.Helper()
	var p *Process
	for range 3 {
		numbers := make([]int, ports)
		for i := range numbers {
			numbers[i] = freePort(t)
		}
		p = start(numbers)
		for end := time.Now().Add(startTime); !p.ended() && time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
			if allOpen(numbers) {
				return numbers
			}
		}
	}
	t.Fatalf("%s does not start:\n%s", p.cmd, p.out.String())
	return nil
}

func allOpen(ports []int) bool {
	for _, port := range ports {
		conn, err := net.Dial("tcp", address(port))
		if err != nil {
			return false
		}
		conn.Close()
	}
	return true
}

// Eventually calls f until it returns true, and fails the test if it never does.
func Eventually(t testing.TB, what string, f func() bool) {
	t.Helper()
	for end := time.Now().Add(startTime); time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
		if f() {
			return
		}
	}
	t.Fatalf("it never happened that %s", what)
}

// Output is what the process has printed so far.
func (p *Process) Output() string { return p.out.String() }
