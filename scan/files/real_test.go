package files_test

import (
	"archive/tar"
	"bytes"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/ulikunitz/xz"

	"github.com/go-pickle/pickle/scan"
	"github.com/go-pickle/pickle/scan/files"
)

// TestReal scans real files of each kind that libraries write, alone and all together in the
// archive that they are kept in: pickles are found, nothing is found fault with, and what is
// allowed does not matter here.
func TestReal(t *testing.T) {
	name := filepath.Join("testdata", "real.tar.xz")
	packed, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	z, err := xz.NewReader(bytes.NewReader(packed))
	if err != nil {
		t.Fatal(err)
	}
	fault := func(r scan.Report) bool {
		for _, f := range r.Findings {
			if f.Severity > scan.Safe && f.Global == "" {
				return true
			}
		}
		return false
	}
	n, pickles := 0, 0
	for archive := tar.NewReader(z); ; n++ {
		h, err := archive.Next()
		if err == io.EOF {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		data, err := io.ReadAll(archive)
		if err != nil {
			t.Fatal(err)
		}
		r := files.Options{}.Bytes(h.Name, data)
		if r.Pickles == 0 && !strings.HasPrefix(h.Name, "npy/dtype") || fault(r) {
			t.Errorf("%s: %d pickles%s", h.Name, r.Pickles, told(r))
		}
		pickles += r.Pickles
	}
	if n < 25 {
		t.Errorf("only %d files", n)
	}
	r, err := files.Options{}.File(name)
	if err != nil || r.Pickles < pickles || fault(r) {
		t.Errorf("together %d pickles, alone %d; %v%s", r.Pickles, pickles, err, told(r))
	}
}
