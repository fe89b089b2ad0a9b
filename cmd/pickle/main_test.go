package main

import (
	"bytes"
	"errors"
	"flag"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

var update = flag.Bool("update", false, "write what the command prints into the scripts")

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"pickle": main})
}

// TestScripts runs the scripts of testdata/script. Each begins in a directory with the
// files of testdata, which gen.py made, and the example that the README shows.
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata/script",
		UpdateScripts:       *update,
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		Setup: func(env *testscript.Env) error {
			files, err := filepath.Glob("testdata/*")
			if err != nil {
				return err
			}
			for _, name := range append(files, "../../examples/data/orders.pkl") {
				if info, err := os.Stat(name); err != nil || info.IsDir() {
					continue
				}
				data, err := os.ReadFile(name)
				if err != nil {
					return err
				}
				if err := os.WriteFile(filepath.Join(env.WorkDir, filepath.Base(name)), data, 0o644); err != nil {
					return err
				}
			}
			return nil
		},
		Cmds: map[string]func(ts *testscript.TestScript, neg bool, args []string){"status": status},
	})
}

// status runs a command and checks its exit status: status 2 pickle show FILE.
func status(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: status N program args...")
	}
	want := args[0]
	got := "0"
	if err := ts.Exec(args[1], args[2:]...); err != nil {
		got = strings.TrimPrefix(err.Error(), "exit status ")
	}
	if got != want {
		ts.Fatalf("status %s, want %s", got, want)
	}
}

// TestHighlighter holds that colours change nothing else, however the text is cut.
func TestHighlighter(t *testing.T) {
	const text = "&1 [None, -1.5e+10, 'it\\'s', b\"x\", nan, True_, *1, a.b.c('d'), ... 3 more, x=5]"
	const want = "\x1b[1;33m&1\x1b[0m [\x1b[35mNone\x1b[0m, \x1b[36m-1.5e+10\x1b[0m, \x1b[32m'it\\'s'\x1b[0m, " +
		"\x1b[32mb\"x\"\x1b[0m, \x1b[36mnan\x1b[0m, True_, \x1b[1;33m*1\x1b[0m, a.b.c(\x1b[32m'd'\x1b[0m), " +
		"\x1b[2m...\x1b[0m \x1b[36m3\x1b[0m more, x=\x1b[36m5\x1b[0m]"
	for size := 1; size <= len(text); size++ {
		var out bytes.Buffer
		h := &highlighter{w: &out}
		for rest := text; rest != ""; {
			n := min(size, len(rest))
			if _, err := io.WriteString(h, rest[:n]); err != nil {
				t.Fatal(err)
			}
			rest = rest[n:]
		}
		h.Close()
		if out.String() != want {
			t.Fatalf("in pieces of %d:\n%q\nwant\n%q", size, out.String(), want)
		}
	}
}

// TestByteSize reads what people write for sizes.
func TestByteSize(t *testing.T) {
	for text, want := range map[string]string{
		"1": "1", "1000": "1000", "1024": "1K", "4G": "4G", "4GiB": "4G", "10m": "10M", "2tb": "2T", "3B": "3",
		"0": "", "-1": "", "x": "", "": "", "9999999999G": "", "1.5G": "",
	} {
		var s byteSize
		err := s.Set(text)
		if got := s.String(); (err != nil) != (want == "") || err == nil && got != want {
			t.Errorf("%q: %s, %v; want %s", text, got, err, want)
		}
	}
}

// TestFailingOutput holds that a failing writer ends in status 2.
func TestFailingOutput(t *testing.T) {
	for _, args := range [][]string{{"show", "testdata/small.pkl"}, {"json", "testdata/small.pkl"},
		{"dis", "testdata/small.pkl"}, {"convert", "testdata/small.pkl"}, {"optimize", "testdata/small.pkl"}} {
		var stderr bytes.Buffer
		if got := run(args, strings.NewReader(""), failingWriter{}, &stderr); got != exitFailure {
			t.Errorf("%v: status %d; %s", args, got, &stderr)
		} else if !strings.Contains(stderr.String(), "cannot write standard output: no room") {
			t.Errorf("%v: %s", args, &stderr)
		}
	}
}

type failingWriter struct{}

func (failingWriter) Write(p []byte) (int, error) { return 0, errors.New("no room") }
