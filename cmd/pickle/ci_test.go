package main

import (
	"bytes"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

const repository = "../.."

// yamlValues are the values of a key in a file of YAML that we wrote: on the same line, in
// quotes or not, or a block after "|".
func yamlValues(t *testing.T, file, key string) []string {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(repository, file))
	if err != nil {
		t.Fatal(err)
	}
	var values []string
	lines := strings.Split(string(data), "\n")
	for i, line := range lines {
		value, ok := strings.CutPrefix(strings.TrimLeft(line, " -"), key+": ")
		if !ok {
			continue
		}
		if value == "|" {
			indent := len(line) - len(strings.TrimLeft(line, " ")) + 2
			value = ""
			for _, l := range lines[i+1:] {
				if strings.TrimSpace(l) != "" && !strings.HasPrefix(l, strings.Repeat(" ", indent)) {
					break
				}
				value += strings.TrimPrefix(l, strings.Repeat(" ", indent)) + "\n"
			}
		}
		values = append(values, strings.Trim(value, "'"))
	}
	if len(values) == 0 {
		t.Fatalf("%s has no %s", file, key)
	}
	return values
}

func exitStatus(t *testing.T, err error) int {
	t.Helper()
	var exit *exec.ExitError
	switch {
	case err == nil:
		return 0
	case errors.As(err, &exit):
		return exit.ExitCode()
	}
	t.Fatal(err)
	return -1
}

// TestAction runs the steps of action.yml as GitHub's runner does, but for actions/setup-go.
func TestAction(t *testing.T) {
	if testing.Short() {
		t.Skip("it builds the command")
	}
	bash, err := exec.LookPath("bash")
	if err != nil {
		t.Skip("bash is absent")
	}
	steps := yamlValues(t, "action.yml", "run")
	if len(steps) != 2 {
		t.Fatalf("%d steps", len(steps))
	}
	root, err := filepath.Abs(repository)
	if err != nil {
		t.Fatal(err)
	}
	temp, work := t.TempDir(), t.TempDir()
	for _, name := range []string{"danger.pkl", "unknown.pkl", "small.pkl"} {
		data, err := os.ReadFile(filepath.Join("testdata", name))
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(work, name), data, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(filepath.Join(work, "our own.policy"), []byte("pickle-policy 1\nallow shop.models:Order new build\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	output := filepath.Join(temp, "output")
	step := func(script string, env ...string) (string, int) {
		cmd := exec.Command(bash, "--noprofile", "--norc", "-eo", "pipefail", "-c", script)
		cmd.Dir = work
		cmd.Env = append(os.Environ(), "RUNNER_TEMP="+temp, "GITHUB_ACTION_PATH="+root,
			"GITHUB_PATH="+filepath.Join(temp, "path"), "GITHUB_OUTPUT="+output)
		cmd.Env = append(cmd.Env, env...)
		log, err := cmd.CombinedOutput()
		return string(log), exitStatus(t, err)
	}
	if log, status := step(steps[0]); status != 0 {
		t.Fatalf("install: status %d\n%s", status, log)
	}
	for _, test := range []struct {
		paths, policy, failOn string
		status                int
		log                   string
	}{
		{"small.pkl", "", "suspicious", 0, ""},
		{"small.pkl\nunknown.pkl\n", "", "suspicious", 3, "unknown.pkl: suspicious"},
		{"small.pkl\nunknown.pkl\n", "", "dangerous", 0, ""},
		{"small.pkl\nunknown.pkl", "our own.policy", "suspicious", 0, ""},
		{".", "our own.policy\n", "dangerous", 1, "Do not load this file"},
		{"--all", "", "dangerous", 2, "--all: no such file"},
	} {
		os.Remove(output)
		os.Remove(filepath.Join(work, "pickle.sarif"))
		log, status := step(steps[1], "SCAN_PATHS="+test.paths, "SCAN_POLICY="+test.policy, "SCAN_FAIL_ON="+test.failOn, "SCAN_SARIF=pickle.sarif")
		if status != test.status || !strings.Contains(log, test.log) {
			t.Errorf("%+v: status %d\n%s", test, status, log)
		}
		set, err := os.ReadFile(output)
		if want := []byte("sarif=pickle.sarif\nstatus=" + string(rune('0'+test.status)) + "\n"); err != nil || !bytes.Equal(set, want) {
			t.Errorf("%+v: outputs %q, %v", test, set, err)
		}
		if log, err := os.ReadFile(filepath.Join(work, "pickle.sarif")); err != nil || !bytes.Contains(log, []byte(`"version": "2.1.0"`)) {
			t.Errorf("%+v: no SARIF: %v", test, err)
		}
	}
}

// TestPreCommitHook runs what pre-commit would.
func TestPreCommitHook(t *testing.T) {
	entry := strings.Fields(yamlValues(t, ".pre-commit-hooks.yaml", "entry")[0])
	if entry[0] != "pickle" {
		t.Fatalf("the entry runs %s", entry[0])
	}
	files, err := regexp.Compile(yamlValues(t, ".pre-commit-hooks.yaml", "files")[0])
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]bool{
		"model.pkl": true, "a/b/Model.PKL": true, "model.pt": true, "x.joblib.gz": true, "a.npy": true,
		"README.md": false, "pickle.go": false, "pkl": false, "a.pkl.txt": false,
	} {
		if files.MatchString(name) != want {
			t.Errorf("%s: %v", name, !want)
		}
	}
	for name, want := range map[string]int{"small.pkl": 0, "danger.pkl": exitDangerous, "unknown.pkl": exitSuspicious} {
		var out bytes.Buffer
		if got := run(append(entry[1:len(entry):len(entry)], "testdata/small.pkl", "testdata/"+name), strings.NewReader(""), &out, &out); got != want {
			t.Errorf("%s: status %d, want %d\n%s", name, got, want, &out)
		}
	}
}
