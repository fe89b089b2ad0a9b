package pickletools_test

import (
	"bytes"
	"errors"
	"io"
	"math"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/go-pickle/pickle/opcode"
	"github.com/go-pickle/pickle/pickletools"
)

// counter counts bytes.
type counter int64

func (c *counter) Write(b []byte) (int, error) {
	*c += counter(len(b))
	return len(b), nil
}

// TestHostile runs pickles that were made to cost much. The bounds are far from what
// the functions need and as far from what an algorithm of the wrong kind would.
func TestHostile(t *testing.T) {
	const n = 1 << 19
	for _, c := range []struct {
		row
		output counter // at most, of Disassemble
	}{
		{row{"marks", strings.Repeat("(", n) + "."}, 64<<20 + n*100},
		{row{"marks closed", strings.Repeat("(", n) + strings.Repeat("t", n) + "."}, 64<<20 + 2*n*120},
		{row{"marks popped", strings.Repeat("(", n) + "N" + strings.Repeat("2t", n) + "."}, 64<<20 + 3*n*120},
		{row{"nested lists", strings.Repeat("]", n) + strings.Repeat("a", n-1) + "."}, n * 64},
		{row{"stack left", strings.Repeat("]", n) + "."}, n * 64},
		{row{"memo", strings.Repeat("]\x94", n) + "."}, n * 128},
		{row{"memo backwards", "N" + backwards(n/4) + "."}, n * 128},
		{row{"memo of large numbers", "N" + strings.Repeat("p"+strings.Repeat("7", 4000)+"\n0N", n/4000) + "."}, n * 4},
		{row{"long4", "\x8b\x00\x00\x80\x00" + strings.Repeat("\x7f", 1<<23) + "."}, 64},
		{row{"long", "L" + strings.Repeat("1", 1<<23) + "\n."}, 64},
		{row{"longs of 4300 digits", strings.Repeat("I"+strings.Repeat("9", 4300)+"\n0", 200) + "N."}, 1 << 20},
		{row{"no newline", strings.Repeat("I1\n0", n) + "S" + strings.Repeat("'", n)}, n * 64},
		{row{"quote", "S'" + strings.Repeat("\\x00", n) + "\n."}, 64},
		{row{"protos", strings.Repeat("\x80\x04", n) + "N."}, n * 64},
		{row{"frames", strings.Repeat("\x95\xff\xff\xff\xff\xff\xff\xff\xff", n/8) + "N."}, n * 64},
	} {
		t.Run(c.name, func(t *testing.T) {
			data := []byte(c.data)
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			start := time.Now()
			var size counter
			_, err := pickletools.Disassemble(&size, data, pickletools.DisassembleOptions{})
			if size > c.output {
				t.Errorf("Disassemble printed %d bytes, want at most %d", size, c.output)
			}
			if _, err2 := pickletools.Optimize(data); err != nil && err2 != nil && len(err2.Error()) > 10*len(data)+1000 {
				t.Errorf("Optimize's message has %d bytes", len(err2.Error()))
			}
			for range pickletools.Instructions(data) {
			}
			d := time.Since(start)
			runtime.ReadMemStats(&after)
			if d > 20*time.Second {
				t.Errorf("took %v", d)
			}
			if m := after.TotalAlloc - before.TotalAlloc; m > uint64(400*len(data)+1<<20) {
				t.Errorf("allocated %d bytes for %d bytes of input", m, len(data))
			}
			t.Logf("%d bytes: %v, %d allocated, %d printed, error %.80v", len(data), d.Round(time.Millisecond), after.TotalAlloc-before.TotalAlloc, size, err)
		})
	}
}

// backwards stores n entries under keys that count down.
func backwards(n int) string {
	var b strings.Builder
	for i := n; i > 0; i-- {
		b.WriteString("r" + string([]byte{byte(i), byte(i >> 8), byte(i >> 16), byte(i >> 24)}))
	}
	return b.String()
}

// TestClaimedLength makes sure that a length is not believed.
func TestClaimedLength(t *testing.T) {
	for _, r := range []string{
		"\x8e\xff\xff\xff\xff\xff\xff\xff\x7fa", "\x96\x00\x00\x00\x00\x10\x00\x00\x00a", "B\xff\xff\xff\xffa",
		"X\xff\xff\xff\xffa", "\x8d\xff\xff\xff\xff\x0f\x00\x00\x00a", "T\xff\xff\xff\x7fa", "\x8b\xff\xff\xff\x7fa",
		"\x95\xff\xff\xff\xff\xff\xff\xff\x7fN.", "Nr\xff\xff\xff\xff.", "Np9223372036854775807\n.",
	} {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		pickletools.Disassemble(io.Discard, []byte(r), pickletools.DisassembleOptions{})
		pickletools.Optimize([]byte(r))
		for range pickletools.Instructions([]byte(r)) {
		}
		runtime.ReadMemStats(&after)
		if m := after.TotalAlloc - before.TotalAlloc; m > 1<<16 {
			t.Errorf("%q: %d bytes allocated", r, m)
		}
	}
}

func TestMaxIndentBytes(t *testing.T) {
	data := []byte(strings.Repeat("(", 100) + strings.Repeat("t", 100) + ".")
	dis := func(max int64, level int) string {
		var b strings.Builder
		n, err := pickletools.Disassemble(&b, data, pickletools.DisassembleOptions{MaxIndentBytes: max, IndentLevel: level})
		if n != len(data) || err != nil {
			t.Fatal(n, err)
		}
		return b.String()
	}
	full := dis(-1, 0)
	if dis(0, 0) != full {
		t.Error("100 marks are not printed in full")
	}
	// 0 + 4 + ... + 396 for the MARKs, 400 + ... + 4 for the TUPLEs, of which the last
	// 16 have no more than the 64 blanks that every line may have.
	const marks, tuples, last = 4 * 99 * 100 / 2, 4 * 100 * 101 / 2, 4 * 16 * 17 / 2
	if dis(marks+tuples-last, 0) != full || dis(marks+tuples-last-1, 0) == full {
		t.Error("the limit is not exact")
	}
	flat := dis(4*22*23/2, 0)
	if !strings.Contains(flat, "\n   22: (    "+strings.Repeat(" ", 4*22)+"MARK\n   23: (    "+strings.Repeat(" ", 64)+"MARK\n") {
		t.Errorf("the blanks are not enough for 23 lines and no more:\n%.5000s", flat)
	}
	if a, b := strings.Fields(flat), strings.Fields(full); strings.Join(a, " ") != strings.Join(b, " ") {
		t.Error("more than blanks differs")
	}
	if !strings.HasSuffix(flat, "\n  198: t            TUPLE      (MARK at 1)\n  199: t        TUPLE      (MARK at 0)\n  200: .    STOP\nhighest protocol among opcodes = 0\n") {
		t.Errorf("lines that are not deep lost their indentation:\n%s", flat[len(flat)-300:])
	}
	// Levels so large that their product does not fit an int.
	if huge := dis(0, math.MaxInt); strings.Count(huge, "\n") != 202 || len(huge) > 201*120 {
		t.Errorf("%d bytes for an absurd level", len(huge))
	}
}

// broken fails after n bytes.
type broken struct{ n int }

var errBroken = errors.New("broken")

func (b *broken) Write(p []byte) (int, error) {
	if b.n -= len(p); b.n < 0 {
		return 0, errBroken
	}
	return len(p), nil
}

func TestWriterFails(t *testing.T) {
	data := []byte(strings.Repeat("N0", 10000) + ".")
	for _, n := range []int{0, 50_000} {
		w := &broken{n}
		if got, err := pickletools.Disassemble(w, data, pickletools.DisassembleOptions{}); err != errBroken || got != 0 {
			t.Errorf("after %d bytes: %d, %v", n, got, err)
		}
	}
	// A line without end must not be waited for.
	_, err := pickletools.Disassemble(&broken{100_000}, []byte("N."), pickletools.DisassembleOptions{Annotate: math.MaxInt})
	if err != errBroken {
		t.Error(err)
	}
}

func TestErrorText(t *testing.T) {
	for _, c := range []struct{ data, want string }{
		{"N\x1f.", `pickletools: offset 1: at position 1, opcode b'\x1f' unknown`},
		{"N", "pickletools: offset 1: pickle exhausted before seeing STOP"},
		{"]h\x03.", "pickletools: BINGET at offset 1: memo key 3 has never been stored into"},
		{"NX\x05\x00\x00\x00a", "pickletools: BINUNICODE at offset 1: expected 5 bytes in a unicodestring4, but only 1 remain"},
	} {
		_, err := pickletools.Disassemble(io.Discard, []byte(c.data), pickletools.DisassembleOptions{})
		if err == nil || err.Error() != c.want {
			t.Errorf("%q: %v, want %s", c.data, err, c.want)
		}
	}
}

// TestInstructions checks what a caller may do with the sequence and its values.
func TestInstructions(t *testing.T) {
	data := []byte("\x80\x04C\x03abc\x94\x8a\x09\x00\x00\x00\x00\x00\x00\x00\x80\x000Vx\\u0041\n0.rest")
	seq := pickletools.Instructions(data)
	var first, second []pickletools.Instruction
	for i := range seq {
		first = append(first, i)
	}
	for i := range seq {
		second = append(second, i)
	}
	for k := range first {
		ca, ra := reprArg(first[k])
		cb, rb := reprArg(second[k])
		if first[k].Op != second[k].Op || ca != cb || ra != rb {
			t.Errorf("the second time, %v %s became %v %s", first[k].Op, ra, second[k].Op, rb)
		}
	}
	b := first[1].Arg.([]byte)
	if &b[0] != &data[4] {
		t.Error("bytes are copied")
	}
	if b = append(b, 'x'); len(b) > 0 && bytes.IndexByte(data, 'x') == 7 {
		t.Error("append to an argument writes into the input")
	}
	if got := string(data[first[len(first)-1].End:]); got != "rest" {
		t.Errorf("behind STOP stands %q", got)
	}
	for i := range seq {
		if i.Op == opcode.Proto {
			break
		}
		t.Error("goes on after break")
	}
}

// TestOptimizeShares makes sure that the result is the caller's own.
func TestOptimizeShares(t *testing.T) {
	data := []byte("\x80\x02]q\x00.")
	out, err := pickletools.Optimize(data)
	if err != nil {
		t.Fatal(err)
	}
	clear(data)
	if string(out) != "\x80\x02]." {
		t.Errorf("%q", out)
	}
}
