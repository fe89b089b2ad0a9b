//go:build unix

package pickle_test

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/go-pickle/pickle"
)

func TestSaveFilePermissions(t *testing.T) {
	old := syscall.Umask(0o027)
	defer syscall.Umask(old)
	dir := t.TempDir()
	name := filepath.Join(dir, "x")
	mode := func() fs.FileMode {
		info, err := os.Stat(name)
		if err != nil {
			t.Fatal(err)
		}
		return info.Mode().Perm()
	}
	if err := pickle.SaveFile(name, 1); err != nil || mode() != 0o640 {
		t.Errorf("a new file has %v, %v; the umask leaves 640", mode(), err)
	}
	for _, want := range []fs.FileMode{0o600, 0o666, 0o444} {
		if err := os.Chmod(name, want); err != nil {
			t.Fatal(err)
		}
		if err := pickle.SaveFile(name, 2); err != nil || mode() != want {
			t.Errorf("permissions went from %v to %v, %v", want, mode(), err)
		}
	}
}

// TestSaveFileElsewhere writes to what is no regular file.
func TestSaveFileElsewhere(t *testing.T) {
	if _, err := os.Stat("/dev/null"); err != nil {
		t.Skip(err)
	}
	if err := pickle.SaveFile("/dev/null", "gone"); err != nil {
		t.Error(err)
	}
	dir := t.TempDir()
	if err := pickle.SaveFile(dir, 1); err == nil {
		t.Error("saved over a directory")
	}
	onlyFiles(t, dir)
	name := filepath.Join(t.TempDir(), "fifo")
	if err := syscall.Mkfifo(name, 0o600); err != nil {
		t.Skip(err)
	}
	done := make(chan error, 1)
	go func() { done <- pickle.SaveFile(name, "through the pipe") }()
	got, err := pickle.LoadFile[string](name)
	if err != nil || got != "through the pipe" || <-done != nil {
		t.Errorf("%q, %v", got, err)
	}
}

// TestSaveFileDiskFull has the system refuse to write more than some bytes: the old file
// stays as it was, and nothing is left beside it.
func TestSaveFileDiskFull(t *testing.T) {
	dir := t.TempDir()
	name := filepath.Join(dir, "x")
	if err := pickle.SaveFile(name, "old"); err != nil {
		t.Fatal(err)
	}
	out, err := child(t, "TestSaveFileDiskFullChild", "SAVE_FILE="+name)
	if err != nil || !strings.Contains(out, "file too large") {
		t.Errorf("%v: %s", err, out)
	}
	if got, err := pickle.LoadFile[string](name); got != "old" {
		t.Error(got, err)
	}
	onlyFiles(t, dir, "x")
}

func TestSaveFileDiskFullChild(t *testing.T) {
	name := os.Getenv("SAVE_FILE")
	if name == "" {
		t.Skip("runs in a process of its own")
	}
	// A write past the limit raises SIGXFSZ, which Go ignores, and fails with EFBIG.
	if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &syscall.Rlimit{Cur: 4096, Max: 4096}); err != nil {
		t.Fatal(err)
	}
	fmt.Println(pickle.SaveFile(name, strings.Repeat("x", 1<<20)))
}

// TestSaveFileStdout saves to what is a link to a pipe.
func TestSaveFileStdout(t *testing.T) {
	if _, err := os.Stat("/dev/stdout"); err != nil {
		t.Skip(err)
	}
	out, err := child(t, "TestSaveFileStdoutChild", "SAVE_STDOUT=1")
	if err != nil || !strings.Contains(out, "to the pipe") {
		t.Errorf("%v: %q", err, out)
	}
}

func TestSaveFileStdoutChild(t *testing.T) {
	if os.Getenv("SAVE_STDOUT") == "" {
		t.Skip("runs in a process of its own")
	}
	if err := pickle.SaveFile("/dev/stdout", "to the pipe"); err != nil {
		t.Fatal(err)
	}
}
