package opcode_test

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/go-pickle/pickle/opcode"
)

// python runs python3 with args. Without python3 the test is skipped, or fails if
// REQUIRE_PYTHON=1.
func python(t *testing.T, args ...string) []byte {
	t.Helper()
	exe, err := exec.LookPath("python3")
	if err != nil {
		if os.Getenv("REQUIRE_PYTHON") == "1" {
			t.Fatal("REQUIRE_PYTHON=1, but there is no python3:", err)
		}
		t.Skip("no python3 to compare with:", err)
	}
	cmd := exec.Command(exe, args...)
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("python3 %.60q: %v", args, err)
	}
	return out
}

// TestAgainstPython compares every row of the table with the pickletools of python3.
func TestAgainstPython(t *testing.T) {
	out := python(t, "-c", `
import json, pickletools
print(json.dumps([{'name': o.name, 'code': ord(o.code), 'proto': o.proto,
    'arg': o.arg.name if o.arg else 'none', 'size': o.arg.n if o.arg else 0,
    'before': repr(o.stack_before), 'after': repr(o.stack_after)} for o in pickletools.opcodes]))`)
	type row struct {
		Name          string
		Code          byte
		Proto         int
		Arg           string
		Size          int
		Before, After string
	}
	var want []row
	if err := json.Unmarshal(out, &want); err != nil {
		t.Fatal(err)
	}
	var got []row
	for op := range opcode.All() {
		i := op.Info()
		got = append(got, row{i.Name, byte(i.Code), i.Protocol, i.Arg.String(), i.Arg.Size(), i.Before.String(), i.After.String()})
	}
	if len(got) != len(want) {
		t.Errorf("%d opcodes, Python has %d", len(got), len(want))
	}
	for i := range min(len(got), len(want)) {
		if got[i] != want[i] {
			t.Errorf("row %d:\n got %+v\nwant %+v", i, got[i], want[i])
		}
	}
}

// TestGenerated holds table.go to what gen.py writes.
func TestGenerated(t *testing.T) {
	if v := python(t, "-c", "import sys; print(sys.version_info >= (3, 8))"); !strings.HasPrefix(string(v), "True") {
		t.Skip("this python3 is older than 3.8 and has no protocol 5")
	}
	python(t, "gen.py", "--check")
}

// TestTable checks what must hold of the table whatever Python says.
func TestTable(t *testing.T) {
	seen := map[opcode.Op]bool{}
	for op := range opcode.All() {
		info := op.Info()
		if seen[op] {
			t.Errorf("%v: listed twice", op)
		}
		seen[op] = true
		if !op.Known() || info.Code != op || op.String() != info.Name || op.Arg() != info.Arg {
			t.Errorf("%v: Info, Known, Arg and String do not agree: %+v", op, info)
		}
		if got, ok := opcode.ByName(info.Name); got != op || !ok {
			t.Errorf("ByName(%q) = %v, %v", info.Name, got, ok)
		}
		if info.Protocol < 0 || info.Protocol > opcode.HighestProtocol {
			t.Errorf("%v: protocol %d", op, info.Protocol)
		}
		if !strings.HasSuffix(info.Doc, ".") {
			t.Errorf("%v: doc is not a sentence: %q", op, info.Doc)
		}
		// pickletools counts on this when it pops up to the mark.
		if n := info.Before.Len(); info.Before.Index(opcode.StackMark) >= 0 && info.Before[n-1] != opcode.StackSlice {
			t.Errorf("%v: stack before is %v: no stackslice on top", op, info.Before)
		}
	}
	if len(seen) != 68 {
		t.Errorf("%d opcodes, want 68", len(seen))
	}
	for c := range 256 {
		op := opcode.Op(c)
		if op.Known() != seen[op] {
			t.Errorf("%#x: Known is %v, listed is %v", c, op.Known(), seen[op])
		}
		if !op.Known() && (op.Info() != opcode.Info{} || op.String() != fmt.Sprintf("0x%02x", c)) {
			t.Errorf("%#x: unknown, but %q, %+v", c, op, op.Info())
		}
	}
	for op := range opcode.All() {
		if op != opcode.Int {
			t.Errorf("All goes on after a break, to %v", op)
		}
		break
	}
}

// TestRows pins some rows where there is no Python to ask.
func TestRows(t *testing.T) {
	for _, c := range []struct {
		op            opcode.Op
		name          string
		code          byte
		protocol      int
		arg           string
		size          int
		before, after string
	}{
		{opcode.ShortBinUnicode, "SHORT_BINUNICODE", 0x8c, 4, "unicodestring1", opcode.CountUint1, "[]", "[str]"},
		{opcode.Int, "INT", 'I', 0, "decimalnl_short", opcode.UpToNewline, "[]", "[int_or_bool]"},
		{opcode.Obj, "OBJ", 'o', 1, "none", 0, "[mark, any, stackslice]", "[any]"},
		{opcode.SetItems, "SETITEMS", 'u', 1, "none", 0, "[dict, mark, stackslice]", "[dict]"},
		{opcode.Dup, "DUP", '2', 0, "none", 0, "[any]", "[any, any]"},
		{opcode.BinFloat, "BINFLOAT", 'G', 1, "float8", 8, "[]", "[float]"},
		{opcode.Long4, "LONG4", 0x8b, 2, "long4", opcode.CountInt4, "[]", "[int]"},
		{opcode.BinBytes, "BINBYTES", 'B', 3, "bytes4", opcode.CountUint4, "[]", "[bytes]"},
		{opcode.ByteArray8, "BYTEARRAY8", 0x96, 5, "bytearray8", opcode.CountUint8, "[]", "[bytearray]"},
		{opcode.Stop, "STOP", '.', 0, "none", 0, "[any]", "[]"},
	} {
		i := c.op.Info()
		if byte(c.op) != c.code || i.Name != c.name || i.Protocol != c.protocol || i.Arg.String() != c.arg ||
			i.Arg.Size() != c.size || i.Before.String() != c.before || i.After.String() != c.after {
			t.Errorf("got %+v, want %+v", i, c)
		}
	}
	if s := opcode.ArgKind(200).String() + opcode.StackObject(200).String(); s != "ArgKind(200)StackObject(200)" {
		t.Error(s)
	}
	if n := opcode.ArgKind(200).Size(); n != 0 {
		t.Error(n)
	}
	if op, ok := opcode.ByName("binget"); ok {
		t.Error("case does not count:", op)
	}
}

func ExampleOp_Info() {
	info := opcode.Appends.Info()
	fmt.Printf("%s %q, protocol %d\n", info.Name, byte(info.Code), info.Protocol)
	fmt.Println(info.Before, "->", info.After)
	// Output:
	// APPENDS 'e', protocol 1
	// [list, mark, stackslice] -> [list]
}

func ExampleOp_String() {
	fmt.Println(opcode.Op(0x8c), opcode.Op(0x1f))
	// Output: SHORT_BINUNICODE 0x1f
}

func ExampleByName() {
	op, ok := opcode.ByName("MEMOIZE")
	fmt.Printf("%#x %v\n", byte(op), ok)
	// Output: 0x94 true
}

func ExampleAll() {
	lines := 0
	for op := range opcode.All() {
		if op.Arg().Size() == opcode.UpToNewline {
			lines++
		}
	}
	fmt.Println(lines, "opcodes have an argument that ends with a newline")
	// Output: 10 opcodes have an argument that ends with a newline
}

func BenchmarkInfo(b *testing.B) {
	n := 0
	for i := range b.N {
		n += opcode.Op(i).Info().Protocol
	}
	if n < 0 {
		b.Fatal(n)
	}
}
