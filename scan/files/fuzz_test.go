package files

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"compress/gzip"
	"io"
	"strings"
	"testing"

	"github.com/go-pickle/pickle/scan"
)

// wrappers put data into something, as one file of the same name.
var wrappers = map[string]func(data []byte) []byte{
	"gzip": func(data []byte) []byte {
		var b bytes.Buffer
		z := gzip.NewWriter(&b)
		z.Write(data)
		z.Close()
		return b.Bytes()
	},
	"zip, deflated": func(data []byte) []byte { return zipped(data, zip.Deflate) },
	"zip, stored":   func(data []byte) []byte { return zipped(data, zip.Store) },
	"tar": func(data []byte) []byte {
		var b bytes.Buffer
		t := tar.NewWriter(&b)
		t.WriteHeader(&tar.Header{Name: "x.pkl", Size: int64(len(data)), Mode: 0o644})
		t.Write(data)
		t.Close()
		return b.Bytes()
	},
	"a file behind a pickle": func(data []byte) []byte { return append([]byte("\x80\x04N."), data...) },
}

func zipped(data []byte, method uint16) []byte {
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	w, _ := z.CreateHeader(&zip.FileHeader{Name: "x.pkl", Method: method})
	w.Write(data)
	z.Close()
	return b.Bytes()
}

// FuzzWrapped holds that what is dangerous stays so inside of anything, that what is suspicious
// does not become safe in there, and that the scanner does not fail.
func FuzzWrapped(f *testing.F) {
	const evil = "cos\nsystem\n(S'echo x'\ntR."
	for _, seed := range []string{evil, "\x80\x04]\x94(K\x01K\x02e.", "text\n", "\x80\x04\x95\x05\x00\x00\x00\x00\x00\x00\x00N.",
		"\x93NUMPY\x01\x00\x36\x00{'descr': '|O', 'fortran_order': False, 'shape': (1,)}\n" + evil} {
		f.Add([]byte(seed))
		for _, wrap := range wrappers {
			f.Add(wrap([]byte(seed)))
		}
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		if len(data) == 0 || len(data) > 1<<14 {
			return
		}
		o := Options{Limits: Limits{Bytes: 1 << 20}}
		alone := o.Bytes("x.pkl", data)
		check(t, alone)
		read, err := o.Reader("x.pkl", io.LimitReader(bytes.NewReader(data), 1<<20))
		if err != nil || read.Verdict != alone.Verdict || len(read.Findings) != len(alone.Findings) {
			t.Errorf("from a reader it is %v, %v", read.Verdict, err)
		}
		for name, wrap := range wrappers {
			wrapped := o.Bytes("x.pkl", wrap(data))
			check(t, wrapped)
			// Behind a pickle, what is no pickle is only what follows.
			if name == "a file behind a pickle" && alone.Verdict < scan.Dangerous {
				continue
			}
			if wrapped.Verdict < alone.Verdict {
				t.Errorf("%v alone, %v in %s\nalone: %+v\nthere: %+v", alone.Verdict, wrapped.Verdict, name, alone.Findings, wrapped.Findings)
			}
		}
	})
}

func check(t *testing.T, r scan.Report) {
	t.Helper()
	worst := scan.Safe
	for _, f := range r.Findings {
		worst = max(worst, f.Severity)
		if strings.HasPrefix(f.Message, failed) {
			t.Errorf("%+v", f)
		}
	}
	if worst != r.Verdict {
		t.Errorf("the verdict is %v, the worst finding %v", r.Verdict, worst)
	}
}
