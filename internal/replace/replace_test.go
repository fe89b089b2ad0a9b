package replace

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
)

var errBroken = errors.New("broken")

// TestFailures has each thing fail on the way to a new file's name: the old file stays, and
// nothing is left beside it.
func TestFailures(t *testing.T) {
	defer func(c func(*os.File, fs.FileMode) error, s func(*os.File) error, r func(string, string) error) {
		chmod, fsync, rename = c, s, r
	}(chmod, fsync, rename)
	for what, breakIt := range map[string]func(){
		"chmod":  func() { chmod = func(*os.File, fs.FileMode) error { return errBroken } },
		"sync":   func() { fsync = func(*os.File) error { return errBroken } },
		"rename": func() { rename = func(string, string) error { return errBroken } },
	} {
		dir := t.TempDir()
		name := filepath.Join(dir, "x")
		if err := os.WriteFile(name, []byte("old"), 0o640); err != nil {
			t.Fatal(err)
		}
		f, err := Create(name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := f.WriteString("new"); err != nil {
			t.Fatal(err)
		}
		c, s, r := chmod, fsync, rename
		breakIt()
		err = f.Commit()
		chmod, fsync, rename = c, s, r
		if !errors.Is(err, errBroken) {
			t.Errorf("%s: %v", what, err)
		}
		only(t, dir, "x", "old")
	}
}

func only(t *testing.T, dir, name, content string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	if len(entries) != 1 || entries[0].Name() != name {
		t.Errorf("there are %v", entries)
	}
	if data, err := os.ReadFile(filepath.Join(dir, name)); err != nil || string(data) != content {
		t.Errorf("%q, %v", data, err)
	}
}

func TestCommit(t *testing.T) {
	dir := t.TempDir()
	name := filepath.Join(dir, "x")
	for i, content := range []string{"first", "second", "third"} {
		if i > 0 && haveLocks { // what a process that was killed has left
			if err := os.WriteFile(filepath.Join(dir, ".x.tmp"), []byte("half"), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		f, err := Create(name)
		if err != nil {
			t.Fatal(err)
		}
		other, err := Create(name) // at the same time
		if err != nil {
			t.Fatal(err)
		}
		if _, err := f.WriteString(content); err != nil {
			t.Fatal(err)
		}
		other.Discard()
		if err := f.Commit(); err != nil || f.Direct() {
			t.Error(err, f.Direct())
		}
		only(t, dir, "x", content)
	}
	f, err := Create(name)
	if err != nil {
		t.Fatal(err)
	}
	f.Discard()
	only(t, dir, "x", "third")
}

func TestDirect(t *testing.T) {
	f, err := Create(os.DevNull)
	if err != nil {
		t.Skip(err)
	}
	if !f.Direct() {
		t.Error("it would be replaced")
	}
	if err := f.Commit(); err != nil {
		t.Error(err)
	}
	if _, err := Create(filepath.Join(t.TempDir(), "no", "folder")); !errors.Is(err, fs.ErrNotExist) {
		t.Error(err)
	}
}
