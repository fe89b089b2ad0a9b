// Package hostile makes pickles that were made to do harm: for depth, for memory, for time,
// of any size. Tests of several packages hold their bounds on them. Tests alone import it.
package hostile

import (
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"strings"
)

// A Row is a hostile pickle.
type Row struct {
	Name string
	Data func() []byte
	Fail bool // it must not load

	// PerByte is the bound on memory for each byte of the input where it is another than
	// the usual one: a level of nesting is one byte or two, and needs a few hundred while it
	// is dumped.
	PerByte int

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

// Rows are all rows, of about n bytes each; none is much longer.
func Rows(n int) []Row {
	return []Row{
		// Depth.
		{Name: "nested lists", PerByte: 350, Data: nest("]", n, "]", "a")},
		{Name: "nested lists by mark", PerByte: 350, Data: nest("(", n, "", "l")},
		{Name: "nested tuples", PerByte: 600, Data: nest("", n, "N", "\x85")},
		{Name: "nested tuples by mark", PerByte: 350, Data: nest("(", n, "", "t")},
		{Name: "nested dicts", PerByte: 350, Data: nest("}N", n/2, "N", "s")},
		{Name: "nested keys", PerByte: 600, Data: func() []byte { return []byte("}" + "N" + repeat("\x85", n) + "Ns.") }},
		{Name: "nested frozensets", PerByte: 1100, Data: nest("(", n/5, "", "\x91")},
		{Name: "sets in sets", Data: nest("\x8f(", n/5, "N", "\x90"), Fail: true},
		{Name: "nested reductions", PerByte: 700, Data: func() []byte {
			return []byte("\x80\x02cm\nf\nq\x000" + repeat("h\x00", n/10) + ")" + repeat("R\x85", n/10) + ".")
		}},
		{Name: "nested states", PerByte: 450, Data: func() []byte {
			return []byte("\x80\x02cm\nC\nq\x000" + repeat("h\x00)\x81", n/10) + "N" + repeat("b", n/10) + ".")
		}},
		{Name: "nested arguments", PerByte: 500, Data: func() []byte {
			return []byte("\x80\x02cm\nC\nq\x000" + repeat("(h\x00", n/10) + repeat("o", n/10) + ".")
		}},
		{Name: "nested persistent ids", PerByte: 500, Data: nest("", n/2, "N", "Q")},
		{Name: "nested names", PerByte: 300, Data: nest("cbuiltins\ngetattr\n", n/8, "cm\nC\n", "U\x01x\x86R")},
		{Name: "nested twins", PerByte: 450, Data: func() []byte {
			return []byte("\x80\x02cm\nf\nq\x00)Rq\x01" + repeat("0h\x00)R0h\x01", n/50) + ".")
		}},

		// Marks, and other things that fill the stack or the memo.
		{Name: "marks", Data: text(times{"(", 2 * n}), Fail: true},
		{Name: "marks that end", Data: text(times{"(", 2 * n}, times{"1", 2 * n}, "N.")},
		{Name: "marks popped", Data: text(times{"(0", 2 * n}, "N.")},
		{Name: "marks popped with all", Data: text(times{"(NN1", n / 4}, "N.")},
		{Name: "marks under tuples", PerByte: 700, Data: text(times{"(", n / 10}, times{"t", n / 10}, ".")},
		{Name: "dup", Data: text("]", times{"2", n}, "\x85.")},
		{Name: "dup in a list", Data: text("(]", times{"2", n}, "l.")},
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
		{Name: "shared lists", Data: doubling("]", "](%s%se", n/20)},
		{Name: "shared tuples", Data: doubling(")", "%s%s\x86", n/20)},
		{Name: "shared dicts", Data: doubling("}", "}(K\x00%sK\x01%su", n/20)},
		{Name: "shared frozensets", Data: doubling("(\x91", "(%s%s\x85\x91", n/20)},
		{Name: "shared keys", Data: doubling("K\x01", "}%s%s\x86Ns", 1)},
		{Name: "shared tuples as keys", Data: func() []byte {
			// Each level of a doubled tuple is a key of one dict.
			var b strings.Builder
			b.WriteString("\x80\x04}(K\x01\x94")
			for i := range n / 50 {
				fmt.Fprintf(&b, "K\x01j%sj%s\x86\x94", le(uint64(i), 4), le(uint64(i), 4))
			}
			return []byte(b.String() + "Nu.")
		}},
		{Name: "shared frozensets as items", Data: func() []byte {
			var b strings.Builder
			b.WriteString("\x80\x04\x8f((\x91\x94")
			for i := range n / 50 {
				fmt.Fprintf(&b, "(j%sj%s\x85\x91\x94", le(uint64(i), 4), le(uint64(i), 4))
			}
			return []byte(b.String() + "\x90.")
		}},
		{Name: "shared arguments", Data: doubling(")", "cm\nf\n%s%s\x86R", n/20)},
		{Name: "shared states", Data: doubling("N", "cm\nC\n)\x81%s%s\x86b", n/20)},
		{Name: "shared text", PerByte: 700, Data: func() []byte {
			return []byte("(X" + le(uint64(n), 4) + repeat("x", n) + "\x94" + repeat("h\x00", n/2) + "l.")
		}},
		{Name: "shared big int", PerByte: 20000, Data: func() []byte {
			return []byte("(\x8b" + le(uint64(n), 4) + repeat("\x01", n) + "\x94" + repeat("h\x00", n/2) + "l.")
		}},
		{Name: "shared state", PerByte: 1000, Data: func() []byte {
			return []byte("\x80\x02cm\nC\n)\x81}(" + func() (s string) {
				for i := range 250 {
					s += "K" + string([]byte{byte(i)}) + "N"
				}
				return s
			}() + "uq\x00b" + repeat("h\x00b", n/3) + ".")
		}},
		{Name: "shared items", PerByte: 1000, Data: func() []byte {
			return []byte("\x80\x02]q\x00(" + repeat("N", 1000) + "e0(" + repeat("h\x00", n/2) + "l.")
		}},

		// Changes.
		{Name: "builds", Data: text("\x80\x02cm\nC\n)\x81", times{"}b", n / 4}, ".")},
		{Name: "appends in turn", Data: func() []byte {
			return []byte("\x80\x02]q\x00]q\x01" + repeat("h\x00Na0h\x01Na0", n/20) + ".")
		}},
		{Name: "appends to many", Data: func() []byte {
			var b strings.Builder
			for i := range n / 50 {
				b.WriteString("]r" + le(uint64(i), 4))
			}
			for range 20 {
				for i := range n / 50 {
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
		{Name: "object keys", PerByte: 700, Data: text("\x80\x02cm\nC\nq\x000}", times{"h\x00)\x81Ns", n / 40}, ".")},
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
		{Name: "GLOBAL", Data: text("c", times{"m", n}, "\n", times{"n", n}, "\n.")},
		{Name: "names", Data: func() []byte {
			var b strings.Builder
			b.WriteString("(")
			for i := range n / 9 {
				fmt.Fprintf(&b, "cm\nn%d\n", i)
			}
			return []byte(b.String() + "l.")
		}},
		{Name: "persistent ids", Data: text("(", times{"Px\n", n / 4}, "l.")},
		{Name: "empty strings", Data: text("(", times{"\x8c\x00", n / 2}, "l.")},
		{Name: "unknown opcodes", Data: text(times{"\xff", n}), Fail: true},
		{Name: "zeros", Data: func() []byte { return make([]byte, n) }, Fail: true},
	}
}
