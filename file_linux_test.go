package pickle_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/go-pickle/pickle"
)

// TestSaveFileNoSpace fills a small file system: the old file stays, nothing is left beside
// it, and what is smaller can still be saved.
func TestSaveFileNoSpace(t *testing.T) {
	dir := t.TempDir()
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, "size=256k"); err != nil {
		t.Skip("no file system can be mounted here:", err)
	}
	defer syscall.Unmount(dir, syscall.MNT_DETACH)
	name := filepath.Join(dir, "x")
	if err := pickle.SaveFile(name, strings.Repeat("o", 10_000)); err != nil {
		t.Fatal(err)
	}
	for size := 100_000; size < 400_000; size += 50_000 {
		err := pickle.SaveFile(name, strings.Repeat("x", size))
		got, loadErr := pickle.LoadFile[string](name)
		if loadErr != nil {
			t.Fatal(loadErr)
		}
		switch {
		case err == nil && len(got) == size:
			if err := pickle.SaveFile(name, strings.Repeat("o", 10_000)); err != nil {
				t.Fatal(err)
			}
		case errors.Is(err, syscall.ENOSPC) && got == strings.Repeat("o", 10_000):
			if size < 200_000 {
				t.Errorf("%d bytes did not fit", size)
			}
		default:
			t.Errorf("%d bytes: %v; the file has %d", size, err, len(got))
		}
		onlyFiles(t, dir, "x")
	}
	if err := os.WriteFile(filepath.Join(dir, "filler"), make([]byte, 1<<20), 0o600); !errors.Is(err, syscall.ENOSPC) {
		t.Fatal(err)
	}
	if err := pickle.SaveFile(name, "y"); !errors.Is(err, syscall.ENOSPC) {
		t.Errorf("on a full disk: %v", err)
	}
	onlyFiles(t, dir, "filler", "x")
}
