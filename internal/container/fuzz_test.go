package container_test

import (
	"bytes"
	"path/filepath"
	"strings"
	"testing"
	"time"
	"unsafe"

	"github.com/go-pickle/pickle/internal/container"
)

// FuzzWalk holds that whatever a file is, what is visited lies in it or was decompressed from it,
// that no more is looked at and decompressed than limits allow, that something is said of every
// file, and that it takes no time.
func FuzzWalk(f *testing.F) {
	names, _ := filepath.Glob("testdata/*.*")
	for _, name := range names {
		f.Add(recordedFile(f, strings.TrimSuffix(filepath.Base(name), ".gz")))
	}
	f.Add(zipFile(zipMember{name: "archive/data.pkl", data: evil}, zipMember{name: "archive/data/0", data: "1234", deflate: true},
		zipMember{name: "archive/version", data: "3", descriptor: true, silent: true}))
	f.Add([]byte(tarFile("pickle", good, "storages", good, "tensors", evil)))
	f.Add([]byte(npy(1, "{'descr': [('a', '|O')], 'fortran_order': False, 'shape': (1,), }", evil)))
	f.Add([]byte(frame(good) + frame(evil)))
	f.Add([]byte(good + zlibbed(evil)))
	f.Fuzz(func(t *testing.T, data []byte) {
		if len(data) > 1<<16 {
			return
		}
		const decompressed = 1 << 20
		visited := int64(0)
		r := &recorder{check: func(m *container.Member) {
			visited += int64(len(m.Data))
			if len(m.Data) == 0 || m.Base < 0 {
				t.Errorf("%d bytes at %d of %q", len(m.Data), m.Base, m.Path)
			}
			first, at := uintptr(unsafe.Pointer(&data[0])), uintptr(unsafe.Pointer(&m.Data[0]))
			if at >= first && at < first+uintptr(len(data)) {
				if end := at + uintptr(len(m.Data)); end > first+uintptr(len(data)) {
					t.Errorf("%q ends %d bytes behind the file", m.Path, end-first-uintptr(len(data)))
				}
				if m.Path == "" && m.Base != int64(at-first) {
					t.Errorf("a member at %d has %d as its place", at-first, m.Base)
				}
			}
		}}
		before := bytes.Clone(data)
		start := time.Now()
		container.Limits{Bytes: decompressed, Members: 1000}.Walk(data, r)
		if d := time.Since(start); d > 10*time.Second {
			t.Errorf("%d bytes took %v", len(data), d)
		}
		if !bytes.Equal(data, before) {
			t.Error("the data were changed")
		}
		// Ten times each byte, and what the three megabytes of slack are: see afford.
		if most := 11*(int64(len(data))+decompressed) + 3<<20; r.bytes > most || visited > 3*most {
			t.Errorf("of %d bytes, %d were looked at and %d visited", len(data), r.bytes, visited)
		}
		if len(data) > 0 && len(r.problems) == 0 && visited == 0 {
			t.Error("nothing is said")
		}
		if n := len(r.problems); n > 20_000 {
			t.Errorf("%d problems", n)
		}
	})
}
