//go:build unix

package files

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/go-pickle/pickle/internal/container"
	"github.com/go-pickle/pickle/scan"
)

// TestMappedShorter scans a file that becomes shorter after it is mapped: that ends neither the
// program nor in a verdict that says safe.
func TestMappedShorter(t *testing.T) {
	name := filepath.Join(t.TempDir(), "x")
	if err := os.WriteFile(name, []byte("\x80\x04\x8e\x00\x00\x40\x00\x00\x00\x00\x00"+strings.Repeat("x", 4<<20)+"0]."), 0o666); err != nil {
		t.Fatal(err)
	}
	f, err := os.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	data, release, err := container.Map(f, 4<<20)
	if err != nil {
		t.Fatal(err)
	}
	defer release()
	if err := os.Truncate(name, 0); err != nil {
		t.Fatal(err)
	}
	r := Options{}.mapped(name, data)
	if r.Verdict != scan.Suspicious || len(r.Findings) != 1 || !strings.HasPrefix(r.Findings[0].Message, failed) {
		t.Errorf("%v %+v", r.Verdict, r.Findings)
	}
}
