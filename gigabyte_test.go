package pickle_test

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime/debug"
	"strconv"
	"strings"
	"testing"

	"github.com/go-pickle/pickle"
	"github.com/go-pickle/pickle/py"
)

// gigabyte is how many bytes of payload TestGigabyte has; GIGABYTE=1073741824 makes it a GiB.
func gigabyte() int {
	if n, err := strconv.Atoi(os.Getenv("GIGABYTE")); err == nil {
		return n
	}
	return 64 << 20
}

// TestGigabyte loads a file of large payloads, and writes one, in a process of its own for
// each way: none may take a second copy of the payloads.
func TestGigabyte(t *testing.T) {
	if _, err := os.Stat("/proc/self/clear_refs"); err != nil {
		t.Skip("needs /proc to see how much memory was used")
	}
	if testing.Short() || raceEnabled {
		t.Skip("takes some seconds")
	}
	size := gigabyte()
	for name, count := range map[string]int{"one": 1, "many": size >> 16} {
		file := filepath.Join(t.TempDir(), name)
		if err := writePayloads(file, count, size/count); err != nil {
			t.Fatal(err)
		}
		for way := range payloadWays {
			t.Run(name+"/"+way, func(t *testing.T) {
				out, err := child(t, "TestGigabyteChild", "PAYLOADS="+file, "WAY="+way)
				_, kb, ok := strings.Cut(out, "PEAK ")
				if err != nil || !ok {
					t.Fatalf("%v: %s", err, out)
				}
				var peak int64
				fmt.Sscan(kb, &peak)
				t.Logf("%d MB for %d MB", peak>>20, size>>20)
				// A process that does nothing takes 15 MB.
				if bound := int64(size)*payloadWays[way].most/100 + 40<<20; peak > bound {
					t.Errorf("took %d MB for %d MB", peak>>20, size>>20)
				}
			})
		}
	}
}

// writePayloads writes the pickle of a list of so many bytes objects of so many bytes.
func writePayloads(name string, count, size int) error {
	f, err := os.Create(name)
	if err != nil {
		return err
	}
	w := bufio.NewWriter(f)
	w.WriteString("\x80\x04](")
	one := bytes.Repeat([]byte("payload."), (size+7)/8)[:size]
	for range count {
		w.WriteByte('B')
		w.Write(binary.LittleEndian.AppendUint32(nil, uint32(size)))
		w.Write(one)
		w.WriteByte(0x94)
	}
	w.WriteString("e.")
	if err := w.Flush(); err != nil {
		return err
	}
	return f.Close()
}

// payloadWays are how the file is loaded or written, and how many hundredths of the
// payloads that may take.
var payloadWays = map[string]struct {
	most int64
	do   func(name string) (keep any, err error)
}{
	"LoadFile": {100, func(name string) (any, error) { return pickle.LoadFile[any](name) }},
	"Load": {108, func(name string) (any, error) {
		f, err := os.Open(name)
		if err != nil {
			return nil, err
		}
		defer f.Close()
		return pickle.Load[any](f) // what was read before is there twice when the rest gets its memory
	}},
	// From what does not tell how much there is it is read into memory that doubles.
	"Load from a stream": {220, func(name string) (any, error) {
		f, err := os.Open(name)
		if err != nil {
			return nil, err
		}
		defer f.Close()
		return pickle.Load[any](bufio.NewReader(struct{ io.Reader }{f}))
	}},
	"LoadFile typed":    {100, func(name string) (any, error) { return pickle.LoadFile[[]py.Bytes](name) }},
	"LoadFile [][]byte": {100, func(name string) (any, error) { return pickle.LoadFile[[][]byte](name) }},
	"SaveFile": {100, func(name string) (any, error) {
		v, err := pickle.LoadFile[any](name)
		if err == nil {
			err = pickle.SaveFile(name+".out", v)
		}
		return v, err
	}},
	"Dump": {100, func(name string) (any, error) {
		v, err := pickle.LoadFile[any](name)
		if err == nil {
			err = pickle.Dump(io.Discard, v)
		}
		return v, err
	}},
}

func TestGigabyteChild(t *testing.T) {
	name := os.Getenv("PAYLOADS")
	if name == "" {
		t.Skip("runs in a process of its own")
	}
	debug.FreeOSMemory()
	os.WriteFile("/proc/self/clear_refs", []byte("5"), 0)
	v, err := payloadWays[os.Getenv("WAY")].do(name)
	if err != nil {
		t.Fatal(err)
	}
	status, _ := os.ReadFile("/proc/self/status")
	_, rest, _ := bytes.Cut(status, []byte("VmHWM:"))
	var kb int64
	fmt.Sscan(string(rest), &kb)
	fmt.Println("PEAK", kb<<10)
	_ = v
}
