// Package hostile makes pickles that were made to do harm: for depth, for memory, for time,
// of any size. Tests of several packages hold their bounds on them. Tests alone import it.
package hostile

import (
	"encoding/binary"
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
)

// A Row is a hostile pickle.
type Row struct {
	Name string
	Data func() []byte
	Fail bool // it must not load

	// More is how much memory a step may take besides what is usual for its bytes: for levels
	// of nesting, of a byte or two each, for objects as short, and where limits on what sharing
	// makes of it allow so much output.
	More int64

	// Slow are the steps whose output is larger than in proportion to the input, up to a
	// limit that is documented: their time is not compared with the input's length.
	Slow []string

	// Several says that there are other pickles behind the first.
	Several bool
}

func repeat(s string, n int) string { return strings.Repeat(s, n) }

// nest is before n times, inside, and after n times.
func nest(before string, n int, inside, after string) func() []byte {
	return func() []byte { return []byte(repeat(before, n) + inside + repeat(after, n) + ".") }
}

// times is s, n times: written out only where it is needed, since each row is large.
type times struct {
	s string
	n int
}

func text(parts ...any) func() []byte {
	return func() []byte {
		var b []byte
		for _, p := range parts {
			switch p := p.(type) {
			case string:
				b = append(b, p...)
			case times:
				b = append(b, repeat(p.s, p.n)...)
			}
		}
		return b
	}
}

// le is v as n bytes, the lowest first.
func le(v uint64, n int) string {
	return string(binary.LittleEndian.AppendUint64(nil, v)[:n])
}

// doubling is a value of n levels, each of which holds the one below it twice.
func doubling(start, wrap string, n int) func() []byte {
	return func() []byte {
		var b strings.Builder
		b.WriteString(start + "\x94")
		for i := range n {
			fmt.Fprintf(&b, "0"+wrap+"\x94", "j"+le(uint64(i), 4), "j"+le(uint64(i), 4))
		}
		return []byte("\x80\x04" + b.String() + ".")
	}
}

// costObject is what a list, dict, tuple, str, instance or name costs that is a few bytes of a pickle.
const costObject = 200

// Rows are all rows, of about n bytes each; none is much longer.
func Rows(n int) []Row {
	return append(deep(n), []Row{
		{Name: "sets in sets", Data: nest("\x8f(", n/5, "N", "\x90"), Fail: true},
		{Name: "nested twins", Data: func() []byte {
			return []byte("\x80\x02cm\nf\nq\x00)Rq\x01" + repeat("0h\x00)R0h\x01", n/50) + ".")
		}},

		// Values of a byte or two.
		{Name: "lists of nothing", More: int64(n) * costObject, Data: text("(", times{"]", n}, "l.")},
		{Name: "dicts of nothing", More: int64(n) * costObject, Data: text("(", times{"}", n}, "l.")},
		{Name: "sets of nothing", More: int64(n) * costObject, Data: text("\x80\x04(", times{"\x8f", n}, "l.")},
		{Name: "frozensets of nothing", More: int64(n/2) * costObject, Data: text("\x80\x04(", times{"(\x91", n / 2}, "l.")},
		{Name: "tuples of nothing", More: int64(n) * costObject, Data: text("(", times{")", n}, "t.")},
		{Name: "tuples of little", More: int64(n/2) * costObject, Data: text("(", times{"N\x85", n / 2}, "t.")},
		{Name: "lists of little", More: int64(n/3) * costObject, Data: text("(", times{"]Na", n / 3}, "l.")},
		{Name: "None", Data: text("(", times{"N", n}, "l.")},
		{Name: "ints of little", Data: text("(", times{"K\xff", n / 2}, "l.")},
		{Name: "instances of little", More: int64(n/4) * costObject, Data: text(aClass, "(", times{"h\x00)\x81", n / 4}, "l.")},
		{Name: "calls of little", More: int64(n/4) * costObject, Data: text(aFunction, "(", times{"h\x00)R", n / 4}, "l.")},
		{Name: "persistent ids of little", More: int64(n/2) * costObject, Data: text("(", times{"NQ", n / 2}, "l.")},
		{Name: "bytes of little", More: int64(n/2) * costObject, Data: text("\x80\x03(", times{"C\x00", n / 2}, "l.")},

		// Marks, and other things that fill the stack or the memo.
		{Name: "marks", Data: text(times{"(", n}), Fail: true},
		{Name: "marks that end", Data: text(times{"(", n / 2}, times{"1", n / 2}, "N.")},
		{Name: "marks popped", Data: text(times{"(0", n / 2}, "N.")},
		{Name: "marks popped with all", Data: text(times{"(NN1", n / 4}, "N.")},
		{Name: "dup", Data: text("]", times{"2", n}, "\x85.")},
		{Name: "dup in a list", More: 10 * int64(n), Data: text("(]", times{"2", n}, "l.")},
		{Name: "put", Data: text("N", times{"q\x00", n / 2}, ".")},
		{Name: "memoize", Data: text("]", times{"\x94", n}, ".")},
		{Name: "sparse memo", Data: func() []byte {
			b := []byte("]")
			r := rand.New(rand.NewPCG(1, 1))
			for range n / 5 {
				b = append(b, "r"+le(uint64(r.Uint32()), 4)...)
			}
			return append(b, '.')
		}},
		{Name: "memo downwards", Data: func() []byte {
			b := []byte("]")
			for i := n / 5; i >= 0; i-- {
				b = append(b, "r"+le(uint64(i), 4)...)
			}
			return append(b, '.')
		}},
		{Name: "memo with gaps", Data: func() []byte {
			b := []byte("]")
			for i := range 20 {
				b = append(b, "r"+le(1<<i, 4)+"\x94"...)
			}
			return append(b, '.')
		}},
		{Name: "memo index 2^31", Data: text("Nr\x00\x00\x00\x80.")},
		{Name: "memo index 2^32-1", Data: text("Nr\xff\xff\xff\xffj\xff\xff\xff\xff.")},
		{Name: "memo index 2^62", Data: text("]p4611686018427387904\ng4611686018427387904\na.")},
		{Name: "memo index 2^63", Data: text("]p9223372036854775808\n."), Fail: true},
		{Name: "missing memo index", Data: text("j\xff\xff\xff\x7f."), Fail: true},

		// Claims.
		{Name: "BINUNICODE 2^32-1", Data: text("X\xff\xff\xff\xffabc."), Fail: true},
		{Name: "BINUNICODE8 2^62", Data: text("\x8d", le(1<<62, 8), "abc."), Fail: true},
		{Name: "BINBYTES 2^32-1", Data: text("B\xff\xff\xff\xffabc."), Fail: true},
		{Name: "BINBYTES8 2^62", Data: text("\x8e", le(1<<62, 8), "abc."), Fail: true},
		{Name: "BINBYTES8 2^63-1", Data: text("\x8e", le(1<<63-1, 8), "abc."), Fail: true},
		{Name: "BYTEARRAY8 2^62", Data: text("\x96", le(1<<62, 8), "abc."), Fail: true},
		{Name: "BINSTRING 2^31-1", Data: text("T\xff\xff\xff\x7fabc."), Fail: true},
		{Name: "LONG4 2^31-1", Data: text("\x8b\xff\xff\xff\x7fabc."), Fail: true},
		{Name: "LONG4 -1", Data: text("\x8b\xff\xff\xff\xffabc."), Fail: true},
		{Name: "FRAME 2^62", Data: text("\x80\x04\x95", le(1<<62, 8), "N."), Fail: true},
		{Name: "FRAME 2^63-1", Data: text("\x80\x04\x95", le(1<<63-1, 8), "N."), Fail: true},
		{Name: "frame too short", Data: text("\x80\x04\x95", le(1, 8), "X\x03\x00\x00\x00abc.")},
		{Name: "frame past the end", Data: text("\x80\x04\x95", le(100, 8), "N."), Fail: true},
		{Name: "empty frames", Data: func() []byte { return []byte(repeat("\x95"+le(0, 8), n/10) + "N.") }},
		{Name: "frames in frames", Data: func() []byte { return []byte(repeat("\x95"+le(1, 8), n/10) + "N.") }},
		{Name: "protocols", Data: text(times{"\x80\x05", n / 2}, "N.")},

		// Sharing.
		{Name: "shared lists", More: 192 << 20, Data: doubling("]", "](%s%se", n/20)},
		{Name: "shared tuples", More: 192 << 20, Data: doubling(")", "%s%s\x86", n/20)},
		{Name: "shared dicts", More: 192 << 20, Data: doubling("}", "}(K\x00%sK\x01%su", n/20)},
		{Name: "shared frozensets", More: 192 << 20, Data: doubling("(\x91", "(%s%s\x85\x91", n/20)},
		{Name: "shared keys", More: 192 << 20, Data: doubling("K\x01", "}%s%s\x86Ns", 1)},
		{Name: "shared tuples as keys", More: 192 << 20, Data: func() []byte {
			// Each level of a doubled tuple is a key of one dict.
			var b strings.Builder
			b.WriteString("\x80\x04}(K\x01\x94")
			for i := range n / 50 {
				fmt.Fprintf(&b, "K\x01j%sj%s\x86\x94", le(uint64(i), 4), le(uint64(i), 4))
			}
			return []byte(b.String() + "Nu.")
		}},
		{Name: "shared frozensets as items", More: 192 << 20, Data: func() []byte {
			var b strings.Builder
			b.WriteString("\x80\x04\x8f((\x91\x94")
			for i := range n / 50 {
				fmt.Fprintf(&b, "(j%sj%s\x85\x91\x94", le(uint64(i), 4), le(uint64(i), 4))
			}
			return []byte(b.String() + "\x90.")
		}},
		{Name: "shared arguments", More: 192 << 20, Data: doubling(")", "cm\nf\n%s%s\x86R", n/20)},
		{Name: "shared states", More: 192 << 20, Data: doubling("N", "cm\nC\n)\x81%s%s\x86b", n/20)},
		{Name: "shared text", More: 192 << 20, Data: func() []byte {
			return []byte("(X" + le(uint64(n/2), 4) + repeat("x", n/2) + "\x94" + repeat("h\x00", n/4) + "l.")
		}},
		{Name: "shared big int", More: 512 << 20, Data: func() []byte {
			return []byte("(\x8b" + le(uint64(n/2), 4) + repeat("\x01", n/2) + "\x94" + repeat("h\x00", n/4) + "l.")
		}},
		{Name: "shared state", More: 192 << 20, Data: func() []byte {
			return []byte("\x80\x02cm\nC\n)\x81}(" + func() (s string) {
				for i := range 250 {
					s += "K" + string([]byte{byte(i)}) + "N"
				}
				return s
			}() + "uq\x00b" + repeat("h\x00b", n/3) + ".")
		}},
		{Name: "shared items", More: 192 << 20, Data: func() []byte {
			return []byte("\x80\x02]q\x00(" + repeat("N", 1000) + "e0(" + repeat("h\x00", n/2) + "l.")
		}},
		{Name: "shared large dict", More: 192 << 20, Data: func() []byte {
			var b strings.Builder
			b.WriteString("\x80\x02(}q\x00(")
			for i := range n / 14 {
				b.WriteString("J" + le(uint64(i), 4) + "K\x01")
			}
			return []byte(b.String() + "u" + repeat("h\x00", n/4) + "l.")
		}},
		{Name: "shared large frozenset", More: 192 << 20, Data: func() []byte {
			var b strings.Builder
			b.WriteString("\x80\x04((")
			for i := range n / 10 {
				b.WriteString("J" + le(uint64(i), 4))
			}
			return []byte(b.String() + "\x91\x94" + repeat("h\x00", n/4) + "l.")
		}},

		// Changes.
		{Name: "builds", More: int64(n/4) * costObject, Data: text("\x80\x02cm\nC\n)\x81", times{"}b", n / 4}, ".")},
		{Name: "appends in turn", Data: func() []byte {
			return []byte("\x80\x02]q\x00]q\x01" + repeat("h\x00Na0h\x01Na0", n/20) + ".")
		}},
		{Name: "appends to many", Data: func() []byte {
			var b strings.Builder
			for i := range n / 200 {
				b.WriteString("]r" + le(uint64(i), 4))
			}
			for range 20 {
				for i := range n / 200 {
					b.WriteString("j" + le(uint64(i), 4) + "Na0")
				}
			}
			return []byte(b.String() + ".")
		}},
		{Name: "bytearrays in turn", Data: func() []byte {
			one := "\x96" + le(uint64(n/4), 8) + repeat("x", n/4)
			return []byte(one + "q\x00" + one + "q\x01" + repeat("h\x00K\x01a0h\x01K\x01a0", n/20) + ".")
		}},
		{Name: "items of an object", Data: text("\x80\x02cm\nC\n)\x81", times{"Na", n / 4}, ".")},
		{Name: "pairs of an object", Data: text("\x80\x02cm\nC\n)\x81", times{"NNs", n / 6}, ".")},
		{Name: "assignments", Data: text("](", times{"N", n / 4}, "e", times{"K\x05Ns", n / 10}, ".")},
		{Name: "setters", Data: text("\x80\x02cm\nf\nq\x000cm\nC\n)\x81q\x01", times{"h\x00h\x01N\x86R0", n / 40}, ".")},

		// Keys.
		{Name: "one key", Data: text("}", times{"K\x01Ns", n / 4}, ".")},
		{Name: "equal keys", Data: text("}", times{"K\x01NsG\x3f\xf0\x00\x00\x00\x00\x00\x00Ns\x88Ns", n / 40}, ".")},
		{Name: "nan keys", Data: text("}", times{"G\x7f\xf8\x00\x00\x00\x00\x00\x00Ns", n / 40}, ".")},
		{Name: "object keys", Data: text("\x80\x02cm\nC\nq\x000}", times{"h\x00)\x81Ns", n / 40}, ".")},
		{Name: "empty tuple keys", Data: text("}", times{")Ns", n / 20}, ".")},
		{Name: "keys that are alike", Data: func() []byte {
			// Multiples of Python's modulus 2^61-1, which all hash as 0 there.
			b := []byte("}(")
			for i := range uint64(n / 18) {
				n := make([]byte, 16)
				hi, lo := i>>3, (i<<61)-i
				if i<<61 < i {
					hi--
				}
				binary.LittleEndian.PutUint64(n, lo)
				binary.LittleEndian.PutUint64(n[8:], hi)
				b = append(append(append(b, "\x8a\x10"...), n...), 'N')
			}
			return append(b, "u."...)
		}},
		{Name: "keys of powers of two", Data: func() []byte {
			b := []byte("}(")
			for i := range uint64(n / 18) {
				b = append(append(b, "\x8a\x08"...), le(i<<32, 8)...)
				b = append(b, 'N')
			}
			return append(b, "u."...)
		}},
		{Name: "tuple keys of one hash in old Pythons", Data: func() []byte {
			b := []byte("}(")
			for i := range n / 13 {
				b = append(b, "J"+le(uint64(i), 4)+"J"+le(uint64(-i), 4)+"\x86N"...)
			}
			return append(b, "u."...)
		}},
		{Name: "unhashable n inside", Data: func() []byte { return []byte("}]" + repeat("\x85", n/2) + "Ns.") }, Fail: true},

		// Text.
		{Name: "decimal INT", Data: text("I", times{"9", n}, "\n."), Fail: true},
		{Name: "decimal LONG", Data: text("L", times{"9", n}, "L\n."), Fail: true},
		{Name: "zeros in LONG", Data: text("L", times{"0", n}, "1L\n."), Fail: true},
		{Name: "hexadecimal LONG", Data: text("I0x", times{"f", n}, "\n.")},
		{Name: "FLOAT", Data: text("F", times{"9", n}, "\n."), Fail: true},
		{Name: "FLOAT fraction", Data: text("F0.", times{"1", n}, "\n.")},
		{Name: "GET", Data: text("g", times{"1", n}, "\n."), Fail: true},
		{Name: "LONG4", Data: text("\x8b", le(uint64(n), 4), times{"\x7f", n}, ".")},
		{Name: "STRING", Data: text("S'", times{`\x41`, n / 4}, "'\n.")},
		{Name: "UNICODE", Data: text("V", times{`\u0041`, n / 6}, "\n.")},
		{Name: "GLOBAL", Data: text("c", times{"m", n / 2}, "\n", times{"n", n / 2}, "\n.")},
		{Name: "names", Data: func() []byte {
			var b strings.Builder
			b.WriteString("(")
			for i := range n / 9 {
				fmt.Fprintf(&b, "cm\nn%d\n", i)
			}
			return []byte(b.String() + "l.")
		}},
		{Name: "persistent ids", More: int64(n/4) * costObject, Data: text("(", times{"Px\n", n / 4}, "l.")},
		{Name: "empty strings", More: int64(n/2) * costObject, Data: text("(", times{"\x8c\x00", n / 2}, "l.")},
		{Name: "unknown opcodes", Data: text(times{"\xff", n}), Fail: true},
		{Name: "zeros", Data: func() []byte { return make([]byte, n) }, Fail: true},

		// Cycles, many of each kind.
		{Name: "lists in themselves", Data: text("(", times{"]\x94h\x00a", n / 5}, "l.")},
		{Name: "dicts in themselves", Data: text("(", times{"}q\x00Nh\x00s", n / 7}, "l.")},
		{Name: "tuples in themselves", Data: text("(", times{"]q\x00h\x00\x85ah\x00", n / 8}, "l.")},
		{Name: "instances in themselves", Data: text("\x80\x02(", times{"cm\nC\n)\x81q\x00h\x00b", n / 13}, "l.")},
		{Name: "sets in themselves", Data: text("\x80\x04(", times{"\x8fq\x00(cm\nC\n)\x81h\x00b\x90", n / 15}, "l.")},
		{Name: "frozensets in themselves", Data: text("\x80\x04(", times{"cm\nC\n)\x81q\x00(h\x00\x91b", n / 15}, "l.")},
		{Name: "calls in themselves", Data: text("\x80\x02(", times{"cm\nC\n]q\x00\x85Rq\x010h\x00h\x01ah\x01", n / 23}, "l.")},
		{Name: "persistent ids in themselves", Data: text("(", times{"]q\x00h\x00Q\x85a", n / 7}, "l.")},
		{Name: "a ring of lists", Data: func() []byte {
			var b strings.Builder
			b.WriteString("]r\x00\x00\x00\x00")
			for i := 1; i < n/12; i++ {
				b.WriteString("]r" + le(uint64(i), 4) + "a" + "j" + le(uint64(i), 4))
			}
			return []byte(b.String() + "j\x00\x00\x00\x00a.")
		}},

		// Sharing and hashing.
		{Name: "shared keyword arguments", More: 192 << 20, Data: doubling("N", "cm\nC\n)}(\x8c\x01a%s\x8c\x01b%su\x92", n/40)},
		{Name: "shared persistent ids", More: 192 << 20, Data: doubling("N", "%s%s\x86Q", n/20)},
		{Name: "a large key in many dicts", More: 192 << 20, Data: text("(", times{"N", n / 4}, "tq\x000(", times{"}h\x00Ns", n / 10}, "l.")},
		{Name: "a long text in many dicts", More: 192 << 20, Data: func() []byte {
			return []byte("X" + le(uint64(n/2), 4) + repeat("x", n/2) + "q\x000(" + repeat("}h\x00Ns", n/10) + "l.")
		}},
		{Name: "a large frozenset in many sets", More: 192 << 20, Data: func() []byte {
			var b strings.Builder
			b.WriteString("\x80\x04(")
			for i := range n / 10 {
				b.WriteString("J" + le(uint64(i), 4))
			}
			return []byte(b.String() + "\x91q\x000(" + repeat("\x8f(h\x00\x90", n/14) + "l.")
		}},
		{Name: "large int keys that are equal", Data: func() []byte {
			one := "\x8b" + le(uint64(n/64), 4) + repeat("\x01", n/64)
			return []byte("}(" + repeat(one+"N", 32) + "u.")
		}},
		{Name: "floats of one hash", Data: func() []byte {
			b := []byte("}(")
			for i := range n / 10 {
				b = append(b, 'G')
				b = binary.BigEndian.AppendUint64(b, math.Float64bits(math.Ldexp(1, i%2000-1000)*float64(i|1)))
				b = append(b, 'N')
			}
			return append(b, "u."...)
		}},
		{Name: "texts alike", Data: func() []byte {
			var b strings.Builder
			b.WriteString("}(")
			for i := range n / 30 {
				fmt.Fprintf(&b, "\x8c\x18%024dN", i)
			}
			return []byte(b.String() + "u.")
		}},
		{Name: "tuples of tuples as keys", Data: func() []byte {
			var b strings.Builder
			b.WriteString("}(")
			for i := range n / 18 {
				b.WriteString("J" + le(uint64(i), 4) + "J" + le(uint64(i), 4) + "\x86" + "J" + le(uint64(i), 4) + "\x86N")
			}
			return []byte(b.String() + "u.")
		}},
		{Name: "frozensets of frozensets as keys", Data: func() []byte {
			var b strings.Builder
			b.WriteString("\x80\x04\x8f(")
			for i := range n / 16 {
				b.WriteString("((J" + le(uint64(i), 4) + "\x91K" + string(rune('a'+i%26)) + "\x91")
			}
			return []byte(b.String() + "\x90.")
		}},

		// Small steps on large things.
		{Name: "small batches on many lists", Data: func() []byte {
			var b strings.Builder
			const lists = 100
			for i := range lists {
				b.WriteString("]q" + string([]byte{byte(i)}))
			}
			for i := range n / 7 {
				b.WriteString("h" + string([]byte{byte(i % lists)}) + "(NNe0")
			}
			return []byte(b.String() + ".")
		}},
		{Name: "small batches on one dict", Data: func() []byte {
			var b strings.Builder
			b.WriteString("}")
			for i := range n / 8 {
				b.WriteString("(J" + le(uint64(i), 4) + "Nu")
			}
			return []byte(b.String() + ".")
		}},
		{Name: "small batches on two sets", Data: func() []byte {
			var b strings.Builder
			b.WriteString("\x80\x04\x8fq\x00\x8fq\x01")
			for i := range n / 10 {
				b.WriteString("h" + string([]byte{byte(i % 2)}) + "(J" + le(uint64(i), 4) + "\x900")
			}
			return []byte(b.String() + ".")
		}},
		{Name: "marks popped above many values", Data: text("(", times{"N", n / 2}, times{"(1", n / 4}, "l.")},
		{Name: "values popped one by one", Data: text(times{"N", n / 2}, times{"0", n/2 - 1}, ".")},
		{Name: "states of one object in turn", Data: text("\x80\x02cm\nC\n)\x81q\x00cm\nD\n)\x81q\x01", times{"h\x00Nb0h\x01Nb0", n / 10}, ".")},
		{Name: "getattr of getattr", More: int64(n/8) * costInstance, Data: text("\x80\x02cbuiltins\ngetattr\nq\x00", times{"h\x00", n / 8}, "cm\nC\n", times{"X\x01\x00\x00\x00x\x86R", n / 8}, ".")},

		// Text and numbers.
		{Name: "long digits of an INT", Data: text("I", times{"1", n}, "\n."), Fail: true},
		{Name: "long hexadecimal LONG", Data: text("L0x", times{"e", n}, "L\n.")},
		{Name: "octal INT", Data: text("I0o", times{"7", n}, "\n.")},
		{Name: "underscores in LONG", Data: text("L", times{"1_", 2000}, "1L\n.")},
		{Name: "many long LONGs", Data: text("(", times{"L" + repeat("9", 4300) + "L\n", n/4304 + 1}, "l.")},
		{Name: "spaces in INT", Data: text("I", times{" ", n}, "1\n.")},
		{Name: "many FLOATs of many digits", Data: text("(", times{"F0." + repeat("3", 800) + "\n", n/804 + 1}, "l.")},
		{Name: "backslashes in STRING", Data: text("S'", times{"\\\\", n / 2}, "'\n.")},
		{Name: "backslashes in UNICODE", Data: text("V", times{"\\", n}, "\n.")},
		{Name: "quotes", Data: func() []byte { return []byte("X" + le(uint64(n), 4) + repeat("'\"", n/2) + repeat("'", n%2) + ".") }},
		{Name: "control characters", Data: func() []byte { return []byte("X" + le(uint64(n), 4) + repeat("\x00", n) + ".") }},
		{Name: "surrogates", Data: func() []byte { return []byte("X" + le(uint64(n/3*3), 4) + repeat("\xed\xa0\x80", n/3) + ".") }},
		{Name: "dotted name", More: int64(n/2) * costInstance, Data: text("\x80\x04X\x01\x00\x00\x00mX", le(uint64(n/2*2-1), 4), times{"a.", n/2 - 1}, "a\x93.")},
		{Name: "extension codes", More: int64(n/5) * costObject, Data: func() []byte {
			var b strings.Builder
			b.WriteString("\x80\x02(")
			for i := range n / 5 {
				b.WriteString("\x84" + le(uint64(i+1), 4))
			}
			return []byte(b.String() + "l.")
		}},

		// Frames, protocols, several pickles.
		{Name: "frames that hold frames", Data: func() []byte {
			b := []byte("N.")
			for len(b) < n/2 { // each longer than what it holds; the lengths are right
				b = append([]byte("\x95"+le(uint64(len(b)), 8)), b...)
				if len(b) > 1<<12 {
					break
				}
			}
			return append([]byte("\x80\x04("+repeat("\x95"+le(1, 8)+"N", n/10)+"t"), b...)
		}},
		{Name: "protocol 0 with the opcodes of 5", Data: text("\x80\x00(", times{"\x96\x01\x00\x00\x00\x00\x00\x00\x00x\x8c\x01y\x94\x88\x8f", n / 16}, "l.")},
		{Name: "every protocol in turn", Data: text("(", times{"\x80\x00N\x80\x01N\x80\x02N\x80\x03N\x80\x04N\x80\x05N", n / 18}, "l.")},
		{Name: "protocol 6", Data: text("\x80\x06", times{"N", n}, "."), Fail: true},
		{Name: "pickles one after another", More: int64(n/2) * costObject, Data: text(times{"N.", n / 2}), Several: true},
		{Name: "framed pickles one after another", Data: text(times{"\x80\x04\x95\x02\x00\x00\x00\x00\x00\x00\x00N.", n / 13}), Several: true},
		{Name: "pickles and then nonsense", More: int64(n/2) * costObject, Data: text(times{"].", n / 2}, "\xff"), Several: true},
		{Name: "pickles that begin like compressed data", Data: text(times{"h\x00", n / 2}, "."), Fail: true, Several: true},
	}...)
}
