package main

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zlib"
	"github.com/klauspost/compress/zstd"
	"github.com/ulikunitz/xz"

	"github.com/go-pickle/pickle/internal/container"
	"github.com/go-pickle/pickle/internal/hostile"
)

// hostileSize is about how many bytes each hostile pickle has.
const hostileSize = 8 << 10

// hostileMemory is what all of them may take, one after another, in one process.
const hostileMemory = 1 << 30

// TestHostile runs every command on hostile pickles, in a process of its own.
func TestHostile(t *testing.T) {
	if testing.Short() || runtime.GOOS != "linux" {
		t.Skip("takes some seconds, and a limit on memory that not every system has")
	}
	cmd := exec.Command("sh", "-c", fmt.Sprintf("ulimit -d %d && exec \"$0\" \"$@\"", hostileMemory>>10),
		os.Args[0], "-test.run=^TestHostileChild$", "-test.v")
	cmd.Env = append(os.Environ(), "HOSTILE=1")
	out, err := cmd.CombinedOutput()
	if err != nil || !bytes.Contains(out, []byte("--- PASS: TestHostileChild")) {
		t.Errorf("%v: ...%s", err, out[max(0, len(out)-5000):])
	}
}

func TestHostileChild(t *testing.T) {
	if os.Getenv("HOSTILE") == "" {
		t.Skip("runs in a process of its own")
	}
	for _, row := range hostile.Rows(hostileSize) {
		data := row.Data()
		for _, args := range [][]string{
			{"show"}, {"show", "--all", "--color=always"}, {"show", "--all", "--width=20"}, {"json"}, {"json", "--plain", "--indent=2"},
			{"dis", "--annotate"}, {"optimize"}, {"convert", "--protocol=0"}, {"convert", "--encoding=bytes"}, {"from-json"},
			{"scan", "--explain"}, {"scan", "--format=sarif"}, {"calls"},
		} {
			fmt.Println(row.Name, args) // what a fatal error ended
			began := time.Now()
			var stderr limitedBuffer
			status := run(args, bytes.NewReader(data), io.Discard, &stderr)
			judged := args[0] == "scan" && (status == exitDangerous || status == exitSuspicious)
			if status != 0 && status != exitFailure && !judged || status == exitFailure && stderr.Len() == 0 {
				t.Errorf("%s: %v: status %d, %s", row.Name, args, status, &stderr)
			}
			if took := time.Since(began); took > time.Minute {
				t.Errorf("%s: %v took %v", row.Name, args, took)
			}
		}
	}
}

// limitedBuffer drops what is past its first bytes.
type limitedBuffer struct{ bytes.Buffer }

func (b *limitedBuffer) Write(p []byte) (int, error) {
	if b.Len() < 1<<16 {
		b.Buffer.Write(p)
	}
	return len(p), nil
}

// bombs compress many zeros, or what is compressed already.
var bombs = map[string]func(w io.Writer) (io.WriteCloser, error){
	"gzip": func(w io.Writer) (io.WriteCloser, error) { return gzip.NewWriter(w), nil },
	"zlib": func(w io.Writer) (io.WriteCloser, error) { return zlib.NewWriter(w), nil },
	"zstd": func(w io.Writer) (io.WriteCloser, error) { return zstd.NewWriter(w) },
	"xz":   func(w io.Writer) (io.WriteCloser, error) { return xz.NewWriter(w) },
}

func compress(t testing.TB, form string, data []byte) []byte {
	t.Helper()
	var b bytes.Buffer
	w, err := bombs[form](&b)
	if err == nil {
		_, err = w.Write(data)
	}
	if err == nil {
		err = w.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// TestBombs has decompression stop at --max-bytes, in each layer, without as much memory.
func TestBombs(t *testing.T) {
	zeros := append([]byte("X\x00\x00\x00\x02"), make([]byte, 32<<20)...)
	for form := range bombs {
		once := compress(t, form, zeros)
		for name, data := range map[string][]byte{"once": once, "twice": compress(t, "gzip", once)} {
			file := filepath.Join(t.TempDir(), "bomb")
			if err := os.WriteFile(file, data, 0o600); err != nil {
				t.Fatal(err)
			}
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			var stderr bytes.Buffer
			if status := run([]string{"show", "--max-bytes=1M", file}, nil, io.Discard, &stderr); status != exitFailure ||
				!strings.Contains(stderr.String(), "--max-bytes") {
				t.Errorf("%s %s: status %d, %s", form, name, status, &stderr)
			}
			runtime.ReadMemStats(&after)
			if took := after.TotalAlloc - before.TotalAlloc; took > 40<<20 {
				t.Errorf("%s %s: %d MB were allocated for 1 MB", form, name, took>>20)
			}
		}
	}
}

// FuzzDecompress gives any bytes to what recognises and reads compressed data: it fails, or
// gives no more than the limit.
func FuzzDecompress(f *testing.F) {
	for form := range bombs {
		f.Add(compress(f, form, []byte("\x80\x04K\x01.")))
	}
	f.Add([]byte("BZh91AY&SY\x00\x00\x00\x00"))
	f.Add([]byte("]\x00\x00\x80\x00\xff\xff\xff\xff\xff\xff\xff\xff\x00\x00\x00\x00\x00"))
	f.Fuzz(func(t *testing.T, data []byte) {
		const limit = 1 << 16
		c := container.Compression(data)
		if c == nil {
			return
		}
		plain, used, err := decompress(c, data, limit)
		if err == nil && (len(plain) > limit || used < 0 || used > len(data)) {
			t.Fatalf("%s: %d bytes of %d of %d", c.Name, len(plain), used, len(data))
		}
		var stderr bytes.Buffer
		if status := run([]string{"show", "--max-bytes=64K"}, bytes.NewReader(data), io.Discard, &stderr); status == exitFailure && stderr.Len() == 0 {
			t.Fatal("it fails and does not say why")
		}
	})
}
