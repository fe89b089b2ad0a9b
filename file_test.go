package pickle_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/go-pickle/pickle"
	"github.com/go-pickle/pickle/graph"
	"github.com/go-pickle/pickle/py"
)

func readFile(t *testing.T, name string) []byte {
	t.Helper()
	data, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// onlyFiles fails if dir has other names than these: no temporary file may stay behind.
func onlyFiles(t *testing.T, dir string, names ...string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, e := range entries {
		got = append(got, e.Name())
	}
	if fmt.Sprint(got) != fmt.Sprint(names) {
		t.Errorf("%s has %v, not %v", dir, got, names)
	}
}

func TestSaveFile(t *testing.T) {
	dir := t.TempDir()
	name := filepath.Join(dir, "data.pickle")
	for _, v := range []any{mixed(), "short", nil} {
		if err := pickle.SaveFile(name, v); err != nil {
			t.Fatal(err)
		}
		if want := marshal(t, pickle.EncodeOptions{}, v); !bytes.Equal(readFile(t, name), want) {
			t.Errorf("the file is not what Marshal gives for %.50s", py.Repr(v))
		}
		got, err := pickle.LoadFile[any](name)
		if err != nil || !py.Equal(got, v) {
			t.Errorf("%.50s, %v", py.Repr(got), err)
		}
		var again any
		if err := (pickle.DecodeOptions{MaxBytes: 1 << 20}).LoadFile(name, &again); err != nil || !py.Equal(again, v) {
			t.Errorf("%.50s, %v", py.Repr(again), err)
		}
		onlyFiles(t, dir, "data.pickle")
	}
	o := pickle.EncodeOptions{Protocol: pickle.Protocol2}
	if err := o.SaveFile(name, 1); err != nil || string(readFile(t, name)) != "\x80\x02K\x01." {
		t.Errorf("%q, %v", readFile(t, name), err)
	}
	// A relative name, in the current directory.
	t.Chdir(dir)
	if err := pickle.SaveFile("here.pickle", 1); err != nil {
		t.Fatal(err)
	}
	onlyFiles(t, dir, "data.pickle", "here.pickle")
}

func TestSaveFileLinks(t *testing.T) {
	dir := t.TempDir()
	target, link := filepath.Join(dir, "target"), filepath.Join(dir, "link")
	if err := os.Symlink("target", link); err != nil {
		t.Skip(err)
	}
	isLink := func() {
		t.Helper()
		if info, err := os.Lstat(link); err != nil || info.Mode()&fs.ModeSymlink == 0 {
			t.Errorf("the link is gone: %v, %v", info, err)
		}
	}
	// To a file that is not there yet, then to one that is.
	for i := range 2 {
		if err := pickle.SaveFile(link, i); err != nil {
			t.Fatal(err)
		}
		isLink()
		if got, err := pickle.LoadFile[any](target); err != nil || got != int64(i) {
			t.Errorf("round %d: %v, %v", i, got, err)
		}
	}
	onlyFiles(t, dir, "link", "target")
}

func TestSaveFileFails(t *testing.T) {
	dir := t.TempDir()
	name := filepath.Join(dir, "x")
	if err := pickle.SaveFile(name, "old"); err != nil {
		t.Fatal(err)
	}
	// What can't be pickled leaves the file alone.
	var ee *pickle.EncodeError
	if err := pickle.SaveFile(name, func() {}); !errors.As(err, &ee) {
		t.Error(err)
	}
	if got, err := pickle.LoadFile[string](name); got != "old" {
		t.Error(got, err)
	}
	onlyFiles(t, dir, "x")
	missing := filepath.Join(dir, "no", "such", "folder")
	if err := pickle.SaveFile(missing, 1); !errors.Is(err, fs.ErrNotExist) || !strings.Contains(err.Error(), missing) {
		t.Errorf("into a folder that is not there: %v", err)
	}
	if _, err := pickle.LoadFile[any](missing); !errors.Is(err, fs.ErrNotExist) {
		t.Error(err)
	}
	if os.Getuid() != 0 { // who may write everywhere
		if err := os.Chmod(dir, 0o500); err != nil {
			t.Fatal(err)
		}
		defer os.Chmod(dir, 0o700)
		if err := pickle.SaveFile(name, 1); !errors.Is(err, fs.ErrPermission) {
			t.Errorf("into a folder that may not be written: %v", err)
		}
		onlyFiles(t, dir, "x")
	}
}

// child runs one test of this binary in a process of its own.
func child(t testing.TB, name string, env ...string) (string, error) {
	t.Helper()
	cmd := exec.Command(os.Args[0], "-test.run=^"+name+"$", "-test.v")
	cmd.Env = append(os.Environ(), env...)
	out, err := cmd.CombinedOutput()
	return string(out), err
}

// leftovers fails if there is more beside the files than the one that a killed save of one of
// them may leave.
func leftovers(t *testing.T, dir string, names ...string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		name := strings.TrimSuffix(strings.TrimPrefix(e.Name(), "."), ".tmp")
		if !slices.Contains(names, name) {
			t.Errorf("%s was left behind", e.Name())
		}
	}
}

// TestSaveFileTogether has several goroutines save one file: it is always whole.
func TestSaveFileTogether(t *testing.T) {
	dir := t.TempDir()
	name := filepath.Join(dir, "x")
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			for range 10 {
				if err := pickle.SaveFile(name, strings.Repeat(string(rune('a'+i)), 10_000)); err != nil {
					t.Error(err)
				}
				got, err := pickle.LoadFile[string](name)
				if err != nil || len(got) != 10_000 || strings.Count(got, got[:1]) != len(got) {
					t.Errorf("%.20q, %v", got, err)
				}
			}
		})
	}
	wg.Wait()
	onlyFiles(t, dir, "x")
}

// TestSaveFilePlanted has something else where a killed save leaves its file: it stays.
func TestSaveFilePlanted(t *testing.T) {
	for name, plant := range map[string]func(path string) error{
		"link":   func(path string) error { return os.Symlink("other", path) },
		"folder": func(path string) error { return os.Mkdir(path, 0o700) },
	} {
		dir := t.TempDir()
		other := filepath.Join(dir, "other")
		if err := os.WriteFile(other, []byte("kept"), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := plant(filepath.Join(dir, ".x.tmp")); err != nil {
			t.Skip(err)
		}
		if err := pickle.SaveFile(filepath.Join(dir, "x"), 1); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if string(readFile(t, other)) != "kept" {
			t.Errorf("%s: it was written to", name)
		}
		onlyFiles(t, dir, ".x.tmp", "other", "x")
	}
}

// TestSaveFileKilled kills a process in the middle of saving one file again and again:
// there is always one whole pickle of those that were saved.
func TestSaveFileKilled(t *testing.T) {
	if testing.Short() {
		t.Skip("takes two seconds")
	}
	dir := t.TempDir()
	name := filepath.Join(dir, "x")
	var seen [3]int
	for i := range 15 {
		cmd := exec.Command(os.Args[0], "-test.run=^TestSaveFileKilledChild$")
		cmd.Env = append(os.Environ(), "SAVE_FILE="+name)
		out, err := cmd.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		if _, err := io.ReadFull(out, make([]byte, 1)); err != nil { // it has begun
			t.Fatal(err)
		}
		time.Sleep(time.Duration(rand.IntN(90_000)) * time.Microsecond)
		cmd.Process.Kill()
		cmd.Wait()
		v, err := pickle.LoadFile[py.Tuple](name)
		if err != nil {
			t.Fatalf("round %d: %v", i, err)
		}
		n := v[0].(int64)
		if text := v[1].(string); len(text) != int(n)*100000 || strings.Count(text, "x") != len(text) {
			t.Fatalf("round %d: half a file", i)
		}
		seen[n%3]++
		leftovers(t, dir, "x")
	}
	if err := pickle.SaveFile(name, py.Tuple{1, ""}); err != nil {
		t.Fatal(err)
	}
	onlyFiles(t, dir, "x") // what the last left behind is gone
	t.Log("killed after the first, second, third of three values:", seen)
}

func TestSaveFileKilledChild(t *testing.T) {
	name := os.Getenv("SAVE_FILE")
	if name == "" {
		t.Skip("runs in a process of its own")
	}
	for i := 1; ; i = i%30 + 1 {
		if err := pickle.SaveFile(name, py.Tuple{i, strings.Repeat("x", i*100000)}); err != nil {
			t.Fatal(err)
		}
		os.Stdout.WriteString(".")
	}
}

// TestLoadFileErrors names the file and the place.
func TestLoadFileErrors(t *testing.T) {
	name := filepath.Join(t.TempDir(), "bad.pickle")
	for data, want := range map[string]string{
		"":         "pickle: offset 0: Ran out of input",
		"K\x01h9.": "pickle: BINGET at offset 2: Memo value not found at index 57",
	} {
		if err := os.WriteFile(name, []byte(data), 0o600); err != nil {
			t.Fatal(err)
		}
		_, err := pickle.LoadFile[any](name)
		var ge *graph.Error
		if err == nil || err.Error() != name+": "+want || !errors.As(err, &ge) {
			t.Errorf("%v, not %s", err, want)
		}
	}
}

// TestSaveFileLongName saves a file whose name is as long as names may be.
func TestSaveFileLongName(t *testing.T) {
	name := filepath.Join(t.TempDir(), strings.Repeat("n", 255))
	if err := os.WriteFile(name, nil, 0o600); err != nil {
		t.Skip("there are no such names here: ", err)
	}
	if err := pickle.SaveFile(name, "value"); err != nil {
		t.Fatal(err)
	}
	if v, err := pickle.LoadFile[string](name); v != "value" || err != nil {
		t.Fatal(v, err)
	}
}
