package pickletools_test

import (
	"bytes"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/go-pickle/pickle/opcode"
	"github.com/go-pickle/pickle/pickletools"
)

// read returns the instructions of data, and checks that they lie one behind the other
// and end with STOP or with an Error.
func read(t *testing.T, data []byte) ([]pickletools.Instruction, error) {
	t.Helper()
	var is []pickletools.Instruction
	end := int64(0)
	for i, err := range pickletools.Instructions(data) {
		if i.Offset != end {
			t.Fatalf("%v at offset %d, want %d", i.Op, i.Offset, end)
		}
		if err != nil {
			var e *pickletools.Error
			if !errors.As(err, &e) || e.Offset != i.Offset || e.Op != i.Op || e.Kind == "" || e.Message == "" {
				t.Fatalf("not a whole Error: %#v with %+v", err, i)
			}
			return is, err
		}
		if end = i.End; end <= i.Offset || end > int64(len(data)) {
			t.Fatalf("%v at offset %d ends at %d", i.Op, i.Offset, i.End)
		}
		is = append(is, i)
	}
	if len(is) == 0 || is[len(is)-1].Op != opcode.Stop {
		t.Fatalf("neither an error nor STOP: %v", is)
	}
	return is, nil
}

// A step is what an instruction means, whatever the memo's numbers are.
type step struct {
	text string // the instruction, byte for byte; empty for a GET
	from int    // GET: how many steps there were before the PUT it refers to
}

// meaning returns data without PUTs and frames. ok tells whether it is a pickle of
// which each GET refers to a PUT before it.
func meaning(t *testing.T, data []byte) (steps []step, ok bool) {
	is, err := read(t, data)
	if err != nil {
		return nil, false
	}
	memo := map[string]int{}
	for _, i := range is {
		_, key := reprArg(i)
		switch key {
		case "False":
			key = "0"
		case "True":
			key = "1"
		}
		switch name := i.Op.String(); {
		case i.Op == opcode.Frame:
		case i.Op == opcode.Memoize:
			_, key = reprArg(pickletools.Instruction{Arg: int64(len(memo))})
			memo[key] = len(steps)
		case strings.Contains(name, "PUT"):
			memo[key] = len(steps)
		case strings.Contains(name, "GET"):
			from, ok := memo[key]
			if !ok {
				return nil, false
			}
			steps = append(steps, step{from: from})
		default:
			steps = append(steps, step{text: string(data[i.Offset:i.End])})
		}
	}
	return steps, true
}

// FuzzPickle holds the three functions to what must be true of them on any input.
func FuzzPickle(f *testing.F) {
	for _, r := range rows {
		if len(r.data) < 1<<12 {
			f.Add([]byte(r.data))
		}
	}
	f.Fuzz(checkProperties)
}

func checkProperties(t *testing.T, data []byte) {
	is, bad := read(t, data)
	var text bytes.Buffer
	opts := pickletools.DisassembleOptions{MaxIndentBytes: 1 << 16}
	n, disBad := pickletools.Disassemble(&text, data, opts)
	if bad == nil && disBad == nil {
		if end := is[len(is)-1].End; int64(n) != end {
			t.Errorf("Disassemble used %d bytes, STOP ends at %d", n, end)
		}
		if lines := bytes.Count(text.Bytes(), []byte("\n")); lines != len(is)+1 {
			t.Errorf("Disassemble printed %d lines for %d instructions", lines, len(is))
		}
	}
	if bad != nil && disBad == nil {
		t.Errorf("Instructions refuses what Disassemble takes: %v", bad)
	}

	out, optBad := pickletools.Optimize(data)
	if bad != nil {
		if optBad == nil || optBad.Error() != bad.Error() {
			t.Errorf("Optimize says %v, Instructions %v", optBad, bad)
		}
		return
	}
	want, ok := meaning(t, data)
	if !ok {
		return // a GET without a PUT: an error, or a pickle that Python spoils
	}
	if optBad != nil {
		if strings.Contains(optBad.Error(), "pickle protocol must be") {
			return
		}
		t.Fatalf("Optimize: %v", optBad)
	}
	got, ok := meaning(t, out)
	if !ok || !slices.Equal(got, want) {
		t.Fatalf("Optimize made %q of %q: another meaning", out, data)
	}
	if disBad == nil {
		if n, err := pickletools.Disassemble(new(bytes.Buffer), out, opts); err != nil || n != len(out) {
			t.Errorf("Disassemble takes %q, but of its optimized %q says %d, %v", data, out, n, err)
		}
	}
	again, err := pickletools.Optimize(out)
	if err != nil {
		t.Fatalf("Optimize of what it made: %v", err)
	}
	if got, ok := meaning(t, again); !ok || !slices.Equal(got, want) {
		t.Errorf("Optimize made %q of %q: another meaning the second time", again, out)
	}
	if len(again) > len(out) {
		t.Errorf("Optimize makes %q longer the second time: %q", out, again)
	}
}

// TestProperties holds the recorded corpus to what FuzzPickle checks.
func TestProperties(t *testing.T) {
	corpus(t, func(name string, e recorded) { checkProperties(t, e.Data) })
}
