package files_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"github.com/go-pickle/pickle/scan"
	"github.com/go-pickle/pickle/scan/files"
)

const (
	evil    = "cos\nsystem\n(S'echo x'\ntR."
	good    = "\x80\x04]\x94(K\x01K\x02e."
	unknown = "\x80\x04\x8c\x08no_suchz\x8c\x01f\x93)R."
)

func rules(r scan.Report) []string {
	var all []string
	for _, f := range r.Findings {
		all = append(all, string(f.Rule))
	}
	return all
}

func TestBytes(t *testing.T) {
	for _, row := range []struct {
		name, data string
		verdict    scan.Verdict
		rule       scan.Rule // one of the findings, or ""
	}{
		{"a.pkl", good, scan.Safe, ""},
		{"a.pkl", evil, scan.Dangerous, scan.RuleGlobalDeny},
		{"a.txt", evil, scan.Dangerous, scan.RuleGlobalDeny},
		{"a.pkl", unknown, scan.Suspicious, scan.RuleGlobalUnknown},
		{"a.pkl", "", scan.Suspicious, files.RuleNoPickle},
		{"a.txt", "", scan.Safe, files.RuleNoPickle},
		{"a.pkl", "some text\n", scan.Suspicious, files.RuleNoPickle},
		{"A.PKL", "some text\n", scan.Suspicious, files.RuleNoPickle},
		{"README", "some text\n", scan.Safe, files.RuleNoPickle},
		{"README", "class Foo:\n    pass\n", scan.Safe, files.RuleNoPickle},
		{"names.txt", "cat\ndog\n", scan.Safe, files.RuleNoPickle},
		{"notes.txt", "how to do it:\n\n" + evil + "\n", scan.Safe, files.RuleNoPickle},
		{"x.bin", "\xfe\xdc\xba\x98\x76\x54\x32\x10", scan.Suspicious, files.RuleUnknown},
		{"x.bin", "\xfe\xdc\xba\x98" + strings.Repeat("\x00", 90) + "\x80\x04" + evil, scan.Dangerous, scan.RuleGlobalDeny},
		{"x.h5", "\x89HDF\r\n\x1a\n" + strings.Repeat("\x00", 90), scan.Safe, files.RuleNoPickle},
		{"x.h5", "\x89HDF\r\n\x1a\n" + strings.Repeat("\x00", 90) + "\x80\x04" + evil, scan.Dangerous, scan.RuleGlobalDeny},
		{"x.png", "\x89PNG\r\n\x1a\n" + strings.Repeat("\x00", 90), scan.Safe, files.RuleNoPickle},
		{"x.pt", "\x89PNG\r\n\x1a\n" + strings.Repeat("\x00", 90), scan.Suspicious, files.RuleNoPickle},
		{"a.pkl", good + "<END>", scan.Safe, scan.RuleTrailing},
		{"a.pkl", good[:5], scan.Suspicious, scan.RuleMalformed},
		{"a.pkl.gz", gzipped(evil), scan.Dangerous, scan.RuleGlobalDeny},
		{"a.pkl.gz", gzipped(good), scan.Safe, ""},
		{"a.pkl.gz", gzipped(good)[:20], scan.Suspicious, files.RuleUnreadable},
		{"a.bin", good + gzipped(evil), scan.Dangerous, scan.RuleGlobalDeny},
	} {
		r := files.Options{}.Bytes(row.name, []byte(row.data))
		if r.Verdict != row.verdict {
			t.Errorf("%s with %.40q: %v, want %v%s", row.name, row.data, r.Verdict, row.verdict, told(r))
		}
		if row.rule != "" && !slices.Contains(rules(r), string(row.rule)) {
			t.Errorf("%s with %.40q: no %s%s", row.name, row.data, row.rule, told(r))
		}
		if slices.ContainsFunc(r.Findings, func(f scan.Finding) bool { return f.Severity > r.Verdict }) {
			t.Errorf("%s: a finding is worse than %v%s", row.name, r.Verdict, told(r))
		}
	}
}

func gzipped(data string) string {
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	z.Write([]byte(data))
	z.Close()
	return b.String()
}

// TestStorages scans archives of torch whose numbers look like pickles: only those that are one
// are told.
func TestStorages(t *testing.T) {
	for numbers, want := range map[string]scan.Verdict{
		"\x80\x02\x00\x01":                  scan.Safe,
		"\x80\x02}X\xff\xff\x00\x00":        scan.Safe,
		"N.\x00\x01":                        scan.Safe,
		evil:                                scan.Dangerous,
		evil[:len(evil)-1]:                  scan.Dangerous,
		unknown:                             scan.Suspicious,
		strings.Repeat("\x00", 64) + evil:   scan.Safe, // torch does not look there
		"\x80\x04" + strings.Repeat("]", 9): scan.Safe,
	} {
		r := files.Options{}.Bytes("x.pt", torchZip([]byte(good), []byte(numbers)))
		if r.Verdict != want {
			t.Errorf("%q: %v, want %v%s", numbers, r.Verdict, want, told(r))
		}
	}
}

// TestCutIsNotSafe cuts files after each byte: what is not whole is never safe.
func TestCutIsNotSafe(t *testing.T) {
	z := string(model())
	for name, data := range map[string]string{"pickle": "\x80\x04\x95\x0a\x00\x00\x00\x00\x00\x00\x00]\x94(K\x01K\x02e.", "gzip": gzipped(good), "zip": z} {
		for n := range data {
			if r := (files.Options{}).Bytes("x.pkl", []byte(data[:n])); r.Verdict == scan.Safe {
				t.Errorf("the first %d of %d bytes of %s are safe%s", n, len(data), name, told(r))
			}
		}
	}
}

func TestReader(t *testing.T) {
	broken := errors.New("the line broke")
	r, err := files.Options{}.Reader("a.pkl", io.MultiReader(strings.NewReader(good), iotest.ErrReader(broken)))
	if err != broken || r.Verdict != scan.Suspicious || r.Pickles != 1 {
		t.Errorf("%v %v%s", r.Verdict, err, told(r))
	}
	o := files.Options{Limits: files.Limits{Bytes: 100}}
	r, err = o.Reader("a.pkl", strings.NewReader(strings.Repeat(good, 100)))
	if err != nil || r.Verdict != scan.Suspicious || !slices.Contains(rules(r), string(files.RuleLimit)) {
		t.Errorf("%v %v%s", r.Verdict, err, told(r))
	}
}

func TestFileErrors(t *testing.T) {
	dir := t.TempDir()
	r, err := files.Options{}.File(filepath.Join(dir, "absent"))
	if !errors.Is(err, fs.ErrNotExist) || r.Verdict != scan.Suspicious {
		t.Errorf("%v %v", r.Verdict, err)
	}
	if r, err = (files.Options{}).File(dir); err == nil || r.Verdict != scan.Suspicious {
		t.Errorf("%v %v", r.Verdict, err)
	}
}

// TestFileLarge scans files that are mapped into memory.
func TestFileLarge(t *testing.T) {
	name := filepath.Join(t.TempDir(), "x.pkl")
	bulk := "\x80\x04\x8e\x00\x00\x40\x00\x00\x00\x00\x00" + strings.Repeat("x", 4<<20) + "."
	for data, want := range map[string]scan.Verdict{bulk: scan.Safe, bulk + evil: scan.Dangerous} {
		if err := os.WriteFile(name, []byte(data), 0o666); err != nil {
			t.Fatal(err)
		}
		if r, err := (files.Options{}).File(name); err != nil || r.Verdict != want {
			t.Errorf("%v %v, want %v%s", r.Verdict, err, want, told(r))
		}
	}
}

// TestWalk goes through a folder that has everything that a folder may have.
func TestWalk(t *testing.T) {
	outside := t.TempDir()
	dir := t.TempDir()
	write := func(name, data string) {
		t.Helper()
		if err := os.MkdirAll(filepath.Dir(name), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, []byte(data), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	write(filepath.Join(outside, "secret.pkl"), evil)
	write(filepath.Join(dir, "a.pkl"), good)
	write(filepath.Join(dir, ".hidden", "b.pkl"), evil)
	write(filepath.Join(dir, "sub", "deep", "c.pkl"), unknown)
	for i := range 60 {
		write(filepath.Join(dir, "many", fmt.Sprintf("%02d.pkl", i)), good)
	}
	link := func(to, name string) {
		t.Helper()
		if err := os.Symlink(to, filepath.Join(dir, name)); err != nil {
			t.Skip("no symbolic links here: ", err)
		}
	}
	link(filepath.Join(outside, "secret.pkl"), "out.pkl")
	link(outside, "outfolder")
	link("a.pkl", "in.pkl")
	link("..", "sub/up")
	link("nowhere", "broken")
	socket, err := net.Listen("unix", filepath.Join(dir, "socket"))
	if err == nil {
		defer socket.Close()
	}
	unreadable := filepath.Join(dir, "unreadable.pkl")
	write(unreadable, good)
	os.Chmod(unreadable, 0)

	want := []string{".hidden/b.pkl dangerous", "a.pkl safe", "broken skipped: a symbolic link to nothing",
		"in.pkl skipped: a symbolic link to something that is scanned under its own name"}
	for i := range 60 {
		want = append(want, fmt.Sprintf("many/%02d.pkl safe", i))
	}
	want = append(want, "out.pkl skipped: a symbolic link out of the folders to scan", "outfolder skipped: a symbolic link out of the folders to scan")
	if socket != nil {
		want = append(want, "socket skipped: a socket")
	}
	want = append(want, "sub/deep/c.pkl suspicious", "sub/up skipped: a symbolic link to something that is scanned under its own name")
	if f, err := os.Open(unreadable); err != nil {
		want = append(want, "unreadable.pkl suspicious error")
	} else {
		f.Close() // root reads everything
		want = append(want, "unreadable.pkl safe")
	}
	want = append(want, "absent suspicious error")
	for range 5 {
		var got []string
		for r := range (files.Options{Workers: 7}).Walk(context.Background(), dir, filepath.Join(dir, "absent")) {
			name, err := filepath.Rel(dir, r.Path)
			if err != nil {
				t.Fatal(err)
			}
			line := filepath.ToSlash(name) + " " + r.Report.Verdict.String()
			if r.Skipped != "" {
				line = filepath.ToSlash(name) + " skipped: " + r.Skipped
			}
			if r.Err != nil {
				line += " error"
			}
			got = append(got, line)
		}
		if !slices.Equal(got, want) {
			t.Fatalf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
		}
	}
}

// TestWalkEnds leaves nothing behind, however it ends.
func TestWalkEnds(t *testing.T) {
	dir := t.TempDir()
	for i := range 200 {
		os.WriteFile(filepath.Join(dir, fmt.Sprint(i)), []byte(good), 0o666)
	}
	before := runtime.NumGoroutine()
	for range 20 {
		for range (files.Options{}).Walk(context.Background(), dir) {
			break
		}
	}
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	n := 0
	var last files.Result
	for last = range (files.Options{}).Walk(ctx, dir) {
		if n++; n == 10 {
			cancel()
		}
	}
	if n >= 200 || last.Err != context.Canceled || last.Path != "" || last.Report.Verdict == scan.Safe {
		t.Errorf("after %d results the last one is %+v", n, last)
	}
	for range 200 {
		if runtime.NumGoroutine() <= before {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Errorf("%d goroutines before, %d after", before, runtime.NumGoroutine())
}
