package scan_test

import (
	"bytes"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/go-pickle/pickle/opcode"
	"github.com/go-pickle/pickle/scan"
)

// repeat is what comes before and after n times the same.
func repeat(before []any, each []byte, n int, after ...any) []byte {
	b := append(asm(before...), bytes.Repeat(each, n)...)
	return append(b, asm(after...)...)
}

// hostile are pickles that make a scanner work as hard as they can, of about n bytes each.
func hostile(n int) map[string][]byte {
	inst := instance(stack("data", "Inst"))
	long := strings.Repeat("m", n/8)
	state := asm(opcode.EmptyDict, opcode.Mark)
	for i := range n / 16 {
		state = append(state, asm("attribute"+string([]byte{byte('a' + i%26), byte('a' + i/26%26), byte('a' + i/676%26)}), opcode.None)...)
	}
	state = append(state, asm(opcode.SetItems)...)
	deep := asm(bytesOf(opcode.EmptyList, n/2), bytesOf(opcode.Append, n/2-1))
	return map[string][]byte{
		"protocols":                 repeat([]any{proto4}, []byte("\x80\x04\x80\x02"), n/4, opcode.None, opcode.Stop),
		"protocols after a pickle":  repeat([]any{proto4, opcode.None, opcode.Stop, raw("\xff")}, []byte("\x80\x04\x80\x02"), n/4),
		"starts after a pickle":     repeat([]any{proto4, opcode.None, opcode.Stop, raw("\xff")}, []byte("\x80\x04N0"), n/4),
		"names after a pickle":      repeat([]any{proto4, opcode.None, opcode.Stop, raw("\xff")}, []byte("cos\n"), n/4),
		"strings after a pickle":    repeat([]any{proto4, opcode.None, opcode.Stop, raw("\xff")}, []byte("\x8c\x01a\x8c\x01b0"), n/7),
		"opcodes c after a pickle":  repeat([]any{proto4, opcode.None, opcode.Stop, raw("\xff")}, []byte("c"), n),
		"pickles":                   repeat(nil, []byte("N."), n/2),
		"frames":                    repeat([]any{proto4}, []byte("\x95\x00\x00\x00\x00\x00\x00\x00\x00"), n/9, opcode.None, opcode.Stop),
		"nested frames":             repeat([]any{proto4}, []byte("\x95\xff\xff\x00\x00\x00\x00\x00\x00"), n/9, opcode.None, opcode.Stop),
		"denied calls":              repeat([]any{proto4, system, opcode.Memoize}, []byte("h\x00)R0"), n/5, opcode.None, opcode.Stop),
		"computed calls":            repeat([]any{proto4, stack("data", "fn")}, []byte(")R"), n/2, opcode.Stop),
		"getattr":                   repeat([]any{proto4, stack("builtins", "getattr"), opcode.Memoize, "a", opcode.Memoize, stack("data", "Dict")}, []byte("0h\x00h\x00h\x01\x86R"), n/8, opcode.Stop),
		"one state for all":         repeat([]any{proto4, stack("data", "Inst"), opcode.Memoize, raw(state), opcode.Memoize}, []byte("h\x00)\x81h\x01b0"), n/8, opcode.Stop),
		"one argument for all":      repeat([]any{proto4, stack("data", "Plain"), opcode.Memoize, raw(state), opcode.Memoize}, []byte("h\x00h\x01\x85R0"), n/7, opcode.Stop),
		"one tuple of sizes":        repeat([]any{proto4, stack("torch._utils", "_rebuild_tensor_v2"), opcode.Memoize, opcode.Mark, raw(bytes.Repeat([]byte("K\x01"), n/4)), opcode.Tuple, opcode.Memoize}, []byte("h\x00(NK\x00h\x01h\x01tR0"), n/24, opcode.Stop),
		"one text for all":          repeat([]any{proto4, stack("data", "fn"), opcode.Memoize, long, opcode.Memoize}, []byte("h\x00h\x01\x85R0"), n/7, opcode.Stop),
		"one long module":           repeat([]any{proto4, long, opcode.Memoize, "f", opcode.Memoize}, []byte("h\x00h\x01\x930"), n/6, opcode.Stop),
		"names of a long module":    manyOf(n/16, []any{proto4, long, opcode.Memoize}, func(i int) []byte { return asm(raw("h\x00"), four(i), opcode.StackGlobal, opcode.Pop) }),
		"names of many parts":       manyOf(n/24, []any{proto4}, func(i int) []byte { return asm("a.a.a.evil.a."+four(i), opcode.StackGlobal, opcode.Pop) }),
		"unknown names":             manyOf(n/16, []any{proto4}, func(i int) []byte { return asm(four(i), "nam", opcode.StackGlobal, opcode.Pop) }),
		"nested arguments":          asm(proto4, stack("data", "Plain"), raw(deep), opcode.Tuple1, opcode.Reduce, opcode.Stop),
		"nested states":             asm(proto4, inst, bytesOf(opcode.EmptyList, n/4), raw(strings.Repeat("}\x8c\x08__dict__", n/16)), raw(strings.Repeat("Ns", n/16)), opcode.Build, opcode.Stop),
		"nested pickles":            nestedPickles(n),
		"one exponent for all":      repeat([]any{proto4, stack("fractions", "Fraction"), opcode.Memoize, strings.Repeat("1", n/8), opcode.Memoize}, []byte("h\x00h\x01\x85R0"), n/7, opcode.None, opcode.Stop),
		"one union for all":         repeat([]any{proto4, stack("functools", "reduce"), opcode.Memoize, stack("operator", "or_"), opcode.Memoize, opcode.Mark, raw(strings.Repeat("N", n/4)), opcode.Tuple, opcode.Memoize}, []byte("h\x00h\x01h\x02\x86R0"), n/8, opcode.None, opcode.Stop),
		"iterators of iterators":    nestedIterators(n),
		"names in an array":         joblibData("S"+strconv.Itoa(n), string(manyOf(n/24, []any{"c.d", opcode.Memoize, opcode.Pop}, func(i int) []byte { return asm("a."+four(i), raw("N0h\x00\x93)R0")) })), n),
		"marks":                     repeat([]any{proto4}, []byte("("), n, opcode.None, opcode.Stop),
		"persistent ids":            repeat([]any{proto4, opcode.None}, []byte("Q"), n, opcode.Stop),
		"bytes that look like some": repeat([]any{proto4, system, opcode.Memoize}, []byte("h\x00C\x04\x80\x04N.\x85R0"), n/12, opcode.None, opcode.Stop),
	}
}

func bytesOf(op opcode.Op, n int) raw { return raw(bytes.Repeat([]byte{byte(op)}, n)) }

// four are four letters for a number.
func four(i int) string {
	return string([]byte{byte('a' + i%26), byte('a' + i/26%26), byte('a' + i/676%26), byte('a' + i/17576%26)})
}

func manyOf(n int, before []any, each func(i int) []byte) []byte {
	b := asm(before...)
	for i := range n {
		b = append(b, each(i)...)
	}
	return append(b, asm(opcode.None, opcode.Stop)...)
}

// nestedIterators are chains of each other, each of which is gone through.
func nestedIterators(n int) []byte {
	b := asm(proto4, stack("itertools", "chain"), opcode.Memoize, opcode.Pop, stack("builtins", "list"), opcode.Memoize, opcode.Pop, opcode.EmptyList, opcode.None, opcode.Append)
	for range n / 20 {
		b = append(b, "q\x020h\x00h\x02h\x02\x86Rq\x030h\x01h\x03\x85R0h\x03"...)
	}
	return append(b, '.')
}

// nestedPickles are pickles in each other, up to n bytes.
func nestedPickles(n int) []byte {
	b := append(good[:len(good):len(good)], make([]byte, n/2)...)
	for len(b) < n {
		b = asm(proto4, call(stack("data", "loads"), b), raw(strings.Repeat("0N", n/100)), opcode.Stop)
	}
	return b
}

// TestHostile bounds time and memory for pickles that try to take much of both.
func TestHostile(t *testing.T) {
	const size = 1 << 20
	o := scan.Options{Policy: policyOf(t, testPolicy)}
	for name, data := range hostile(size) {
		t.Run(name, func(t *testing.T) {
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			start := time.Now()
			r := o.Bytes(data)
			took := time.Since(start)
			runtime.ReadMemStats(&after)
			if took > 20*time.Second { // each takes far less than one on an idle machine
				t.Errorf("%v for %d bytes", took, len(data))
			}
			if allocated := after.TotalAlloc - before.TotalAlloc; allocated > 500*size {
				t.Errorf("%d MB for %d bytes", allocated>>20, len(data))
			}
			if len(r.Findings) > 1000 {
				t.Errorf("%d findings", len(r.Findings))
			}
			t.Logf("%v, %d MB, %v, %d pickles, %d findings", took, (after.TotalAlloc-before.TotalAlloc)>>20, r.Verdict, r.Pickles, len(r.Findings))
		})
	}
}
