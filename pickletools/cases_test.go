package pickletools_test

import (
	"strings"
)

// A row is a pickle, sound or not, that all three functions are tried on.
type row struct {
	name string
	data string
}

// rows are put before this package and Python: vectors_test.go.
var rows = append([]row{
	// Every kind of argument.
	{"none", "N."},
	{"uint1", "K\xff."},
	{"uint2", "M\xff\xff."},
	{"int4", "J\xff\xff\xff\xff\x84\x00\x00\x00\x80\x86."},
	{"uint4", "Nr\xff\xff\xff\xff0j\xff\xff\xff\xff."},
	{"uint8", "\x95\xff\xff\xff\xff\xff\xff\xff\x7f\x95\xff\xff\xff\xff\xff\xff\xff\xffN."},
	{"float8", "G\x3f\xb9\x99\x99\x99\x99\x99\x9aG\x7f\xf0\x00\x00\x00\x00\x00\x00G\x80\x00\x00\x00\x00\x00\x00\x00\x87G\xff\xf8\x00\x00\x00\x00\x00\x00G\x43\x41\xc3\x79\x37\xe0\x80\x00\x87\x86."},
	{"decimalnl_short", "I00\nI01\nI02\n\x87I-12\nI 1_000\t\nI+9223372036854775807\n\x87I9223372036854775808\nI-9223372036854775808\nI-9223372036854775809\n\x87\x87."},
	{"decimalnl_long", "L5L\nL-5\nL01\n\x87L100000000000000000000L\nL00\nL -0 \n\x87\x86."},
	{"floatnl", "F1.5\nF-inf\nFNaN\n\x87F+Infinity\nF 1_0.5e1_0\t\nF1e400\n\x87F.5\nF5.\nF-0\n\x87\x87."},
	{"stringnl", "S'it\\'s \\x41\\n\\101\\\\ \\q'\nS\"\"\nS\"\\\"'\"\n\x87S'\nS''\n\x86\x86."},
	{"stringnl_noescape", "P\nPa'b\"\n\x86P\\x41\\\\\n\x86."},
	{"stringnl_noescape_pair", "ccollections\nOrderedDict\n(ia\\tb\nc d\n\x86c\n\n\x86."},
	{"unicodestringnl", "Va\\u20ac\\U0001f600\xe9\nV\\ud83d\\ude00\n\x86V\\\\u0041\\\n\x86."},
	{"string1", "U\x00U\x04a'\xe9\x80\x86."},
	{"string4", "T\x03\x00\x00\x00a\n\"."},
	{"bytes1", "C\x00C\x04a'\xe9\x80\x86."},
	{"bytes4", "B\x03\x00\x00\x00'\"\\."},
	{"bytes8", "\x8e\x03\x00\x00\x00\x00\x00\x00\x00\x00\t\x7f."},
	{"bytearray8", "\x96\x05\x00\x00\x00\x00\x00\x00\x00it's\xff\x96\x03\x00\x00\x00\x00\x00\x00\x00'\"a\x86."},
	{"unicodestring1", "\x8c\x04it's\x8c\x03\xe2\x82\xac\x8c\x03\xed\xa0\x80\x87."},
	{"unicodestring4", "X\x0d\x00\x00\x00\xc2\x85\xc2\xa0\xc2\xad\xe2\x80\x8b\xf0\x9f\x98\x80."},
	{"unicodestring8", "\x8d\x05\x00\x00\x00\x00\x00\x00\x00'\"\\\x00\x7f."},
	{"long1", "\x8a\x00\x8a\x01\xff\x8a\x02\xff\x00\x87\x8a\x08\xff\xff\xff\xff\xff\xff\xff\x7f\x8a\x09\xff\xff\xff\xff\xff\xff\xff\xff\x00\x8a\x09\x00\x00\x00\x00\x00\x00\x00\x80\xff\x87\x8a\x09\x00\x00\x00\x00\x00\x00\x00\x00\xff\x86\x86."},
	{"long4", "\x8b\x00\x00\x00\x00\x8b\x0a\x00\x00\x00\x01\x02\x03\x04\x05\x06\x07\x08\x09\x80\x86."},

	// Arguments cut short, or with a count that is not true.
	{"empty", ""},
	{"no stop", "N"},
	{"unknown opcode", "N\x1f."},
	{"unknown opcode quote", "'"},
	{"unknown opcode zero", "\x00"},
	{"unknown opcode high", "(\xff."},
	{"short uint1", "K"},
	{"short uint2", "M\x00"},
	{"short int4", "NJ\x00\x00\x00"},
	{"short uint4", "Nr\x00\x00\x00"},
	{"short uint8", "\x95\x00\x00\x00\x00\x00\x00\x00"},
	{"short float8", "G\x00\x00\x00\x00\x00\x00\x00"},
	{"short string1", "U\x05abc"},
	{"short string4", "T\xff\xff\xff\x7fabc"},
	{"short string4 count", "T\xff\xff\xff"},
	{"negative string4", "T\xff\xff\xff\xffabc"},
	{"short bytes1", "C\x05abc"},
	{"short bytes4", "B\xff\xff\xff\xffabc"},
	{"short bytes8", "\x8e\xff\xff\xff\xff\xff\xff\xff\x7fabc"},
	{"too long bytes8", "\x8e\x00\x00\x00\x00\x00\x00\x00\x80abc"},
	{"short bytearray8", "\x96\x05\x00\x00\x00\x00\x00\x00\x00abc"},
	{"too long bytearray8", "\x96\xff\xff\xff\xff\xff\xff\xff\xffabc"},
	{"short unicodestring1", "\x8c\x05abc"},
	{"short unicodestring4", "X\xff\xff\xff\xffabc"},
	{"short unicodestring8", "\x8d\xff\xff\xff\xff\xff\xff\xff\x00abc"},
	{"too long unicodestring8", "\x8d\xff\xff\xff\xff\xff\xff\xff\xffabc"},
	{"short long1", "\x8a\x05abc"},
	{"short long1 count", "\x8a"},
	{"short long4", "\x8b\x05\x00\x00\x00abc"},
	{"negative long4", "\x8b\xff\xff\xff\xffabc"},
	{"no newline", "I12"},
	{"no newline unicode", "Vabc"},
	{"no second newline", "cmodule\nname"},

	// Text that is not what it should be.
	{"int empty", "I\n."},
	{"int letters", "I12a\n."},
	{"int not UTF-8", "I\xff'\n."},
	{"int underscores", "I1__2\n."},
	{"int underscore first", "I_1\n."},
	{"int underscore last", "I1_\n."},
	{"int underscore behind sign", "I-_1\n."},
	{"int sign", "I-\n."},
	{"int space behind sign", "I- 1\n."},
	{"int NUL", "I1\x00\n."},
	{"int control that str.strip takes", "I\x1c1\n."},
	{"int hexadecimal", "I0x10\n."},
	{"int leading zeros", "I0010\n."},
	{"long two L", "L1LL\n."},
	{"int long and bad", "I" + strings.Repeat("1", 500) + "'\n."},
	{"int 4300 digits", "I-" + strings.Repeat("9", 4300) + "\n."},
	{"int 4301 digits", "I" + strings.Repeat("0", 4301) + "\n."},
	{"int 4301 digits and bad", "I" + strings.Repeat("1_1", 2151) + "x\n."},
	{"int 4302 digits, underscore last", "I" + strings.Repeat("11", 2151) + "_\n."},
	{"long1 of 255 bytes", "\x8a\xff" + strings.Repeat("\x7f", 255) + "."},
	{"long4 of 4300 digits", long4(10, 4300, -1)},
	{"long4 of 4301 digits", long4(10, 4300, 0)},
	{"long4 of 4300 digits, negative", long4(-10, 4300, 1)},
	{"long4 of 4301 digits, negative", long4(-10, 4300, 0)},
	{"long4 of 100 KB", "\x8b\xa0\x86\x01\x00" + strings.Repeat("\x7f", 100000) + "."},
	{"float empty", "F\n."},
	{"float letters", "F1.5x'\n."},
	{"float hexadecimal", "F0x1p3\n."},
	{"float no exponent", "F1e\n."},
	{"float two points", "F1.2.3\n."},
	{"float point", "F.\n."},
	{"float underscore at point", "F1_.5\n."},
	{"float underscore at end", "F1_ \n."},
	{"float underscores", "F1__2\n."},
	{"float underscore first", "F_1\n."},
	{"float NUL", "F1\x00\n."},
	{"float sign", "F-\n."},
	{"float infinit", "Finfinit\n."},
	{"float infinite", "Finfinite\n."},
	{"float nan with sign", "F-nan\n."},
	{"float tiny", "F1e-400\n."},
	{"string without quotes", "Sabc\n."},
	{"string empty", "S\n."},
	{"string with one quote", "S'abc\n."},
	{"string with other quote", "S\"abc'\n."},
	{"string with \\x cut", "S'a\\x4'\n."},
	{"string with \\ last", "S'a\\'\n."},
	{"string not ASCII", "S'abc\\xe9'\n."},
	{"string not ASCII raw", "S'ab\xe9'\n."},
	{"string octal past a byte", "S'\\501'\n."},
	{"global not ASCII", "cmodul\xe9\nname\n."},
	{"global escape", "cmodule\nna\\xgg\n."},
	{"persid not ASCII", "P\xe9\n."},
	{"unicode escape cut", "Vab\\u12\n."},
	{"unicode escape too large", "V\\U00110000\n."},
	{"UTF-8 bad start", "\x8c\x04ab\xffc."},
	{"UTF-8 cut", "\x8c\x04ab\xe2\x82."},
	{"UTF-8 bad continuation", "X\x04\x00\x00\x00a\xe2\x82a."},
	{"UTF-8 overlong", "X\x02\x00\x00\x00\xc0\x80."},
	{"UTF-8 surrogates", "X\x06\x00\x00\x00\xed\xa0\xbd\xed\xb8\x80."},
	{"UTF-8 surrogate cut", "X\x02\x00\x00\x00\xed\xa0."},

	// Marks.
	{"marks", "(((lt(d(NtI1\n."},
	{"nested marks", "(K\x01(K\x02(K\x03ttt."},
	{"no mark", "t."},
	{"no mark with objects", "NNl."},
	{"mark popped", "N(0."},
	{"mark popped deep", "(N(N0(0t."},
	{"mark as an object", "N(\x85t."},
	{"mark as an object in a pair", "N(\x86(t0."},
	{"mark as an object, marks left", "(N(\x85Nt."},
	{"mark duplicated", "N(2."},
	{"mark left", "N(N."},
	{"pop mark", "N(NNN1."},
	{"obj", "(cm\nn\nNo."},
	{"obj without class", "(o."},
	{"appends without list", "(Ne."},
	{"setitems", "}(NNu."},
	{"additems", "\x8f(NN\x90(\x91\x86."},

	// The stack.
	{"stop on nothing", "."},
	{"pop on nothing", "0N."},
	{"tuple3 on two", "NN\x87."},
	{"reduce on one", "cm\nn\nR."},
	{"left over", "NI1\nK\x01\x88G\x00\x00\x00\x00\x00\x00\x00\x00S''\nC\x00\x8c\x00\x97]})\x8f(\x91cm\nn\n\x96\x00\x00\x00\x00\x00\x00\x00\x00L1\n(."},
	{"buffer", "\x97\x98."},
	{"persid", "\x8c\x01aQ."},
	{"newobj", "cm\nn\n)\x81cm\nn\n)}\x92\x93Nb."},
	{"extension", "\x82\x01\x83\x01\x01\x86\x84\x01\x01\x01\x01\x86."},
	{"trailing", "N.N."},
	{"protocol twice", "\x80\x02\x80\x03N."},
	{"protocol later", "N\x80\x040N."},
	{"protocol 6", "\x80\x06N."},
	{"protocol 255 later", "N0\x80\xffN."},
	{"protocol 0", "\x80\x00N."},

	// The memo.
	{"put get", "]p0\ng0\na."},
	{"put twice", "]q\x00q\x00h\x00a."},
	{"put on nothing", "q\x00."},
	{"put of a mark", "N(q\x00."},
	{"memoize on nothing", "\x94."},
	{"memoize of a mark", "N(\x94."},
	{"memoize what is taken", "Nq\x01\x94h\x01\x86."},
	{"get without put", "h\x03."},
	{"get without put, protocol 0", "g3\n."},
	{"get before put", "g3\nNp3\n."},
	{"get before put, protocol 1", "h\x03Nq\x03\x86."},
	{"get False", "]p00\ng0\nag01\n."},
	{"put True", "]p01\nh\x01a."},
	{"put True twice", "]p1\np01\n."},
	{"put negative", "Np-5\ng-5\n\x86."},
	{"put huge", "Np100000000000000000000\ng100000000000000000000\n\x86."},
	{"put huge twice", "Np100000000000000000000\np100000000000000000000\n."},
	{"put int64 limits", "Np9223372036854775807\np-9223372036854775808\n0g-9223372036854775808\ng9223372036854775807\n\x86."},
	{"get huge without put", "g-100000000000000000000\n."},
	{"put backwards", "Nq\x02q\x01q\x00\x94h\x00h\x01h\x02\x87\x86."},
	{"get kinds", "]q\x00}q\x01h\x00h\x01."},
	{"memoize kinds", "]\x94}\x94h\x00h\x01."},
	{"put, some used", "(]q\x00]q\x01]q\x02h\x01t."},
	{"memoize, some used", "\x80\x04(]\x94]\x94]\x94h\x01h\x02t."},
	{"memoize, some used, no protocol", "(]\x94]\x94]\x94h\x01h\x02t."},
	{"memoize after puts", "\x80\x04(]q\x05\x94]q\x07\x94h\x01h\x03t."},
	{"put used in protocol 4", "\x80\x04]q\x07h\x07a."},
	{"long put used", "\x80\x02]r\x00\x01\x00\x00j\x00\x01\x00\x00a."},
	{"300 entries used", manyPuts(300, "\x80\x03")},
	{"300 entries used, protocol 4", manyPuts(300, "\x80\x04")},
	{"300 entries used, protocol 0", strings.Repeat("(lp7\ng7\n0", 300) + "."},

	// Frames.
	{"frame dropped", "\x80\x03\x95\x02\x00\x00\x00\x00\x00\x00\x00N."},
	{"frame of 3", "\x80\x04N2."},
	{"frame of 1", "\x80\x04."},
	{"frame of 4", "\x80\x04N0N."},
	{"frame lies", "\x80\x04\x95\xff\x00\x00\x00\x00\x00\x00\x00N0N."},
	{"frame of 64K", "\x80\x04(" + strings.Repeat("N", 1<<16-1) + "t."},
	{"frames", "\x80\x04(" + strings.Repeat("\x8c\xc8"+strings.Repeat("a", 200), 400) + "t\x94."},
	{"large object first", "\x80\x04B\x00\x00\x01\x00" + strings.Repeat("x", 1<<16) + "\x94."},
	{"large object between", "\x80\x05(NB\x00\x00\x01\x00" + strings.Repeat("x", 1<<16) + "NN\x94B\x00\x00\x01\x00" + strings.Repeat("y", 1<<16) + "h\x00t."},
	{"64K with its header", "\x80\x05(NB\xfb\xff\x00\x00" + strings.Repeat("x", 1<<16-5) + "NN\x94t."},
	{"large object, protocol 3", "\x80\x03B\x00\x00\x01\x00" + strings.Repeat("x", 1<<16) + "."},

	// Text that is not ASCII is counted in characters, and stands in the way of
	// annotations that it is longer than.
	{"columns", "(\x8c\x06\xe2\x82\xac\xe2\x82\xac\x8c\x14aaaaaaaaaaaaaaaaaaaa\x8c\x02\xc3\xa9NK\x01t\x94."},
	{"columns, far", "(\x8c\x2aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaN\x8c\x03aaaNt."},
	{"offsets of 6 digits", "(X\x20\xa1\x07\x00" + strings.Repeat("a", 500000) + "Nt."},
}, writtenByPython...)

// long4 returns a pickle of base**exponent + more.
func long4(base int64, exponent int, more int64) string {
	b := twosComplement(base, exponent, more)
	n := len(b)
	return "\x8b" + string([]byte{byte(n), byte(n >> 8), 0, 0}) + b + "."
}

// manyPuts stores n lists and reads each of them.
func manyPuts(n int, header string) string {
	var b strings.Builder
	b.WriteString(header + "(")
	for i := range n {
		k := string([]byte{byte(i), byte(i >> 8), 0, 0})
		b.WriteString("]r" + k + "Nr" + string([]byte{byte(i), byte(i >> 8), 1, 0}) + "j" + k)
	}
	return b.String() + "t."
}

// writtenByPython are pickles of [1, 2, (3, 4), {b"abc": "def"}, 2**70, 1.5, None, True]
// and of a recursive list in a tuple, at several protocols.
var writtenByPython = []row{
	{"values, protocol 0", "(lp0\nI1\naI2\na(I3\nI4\ntp1\na(dp2\nc_codecs\nencode\np3\n(Vabc\np4\nVlatin1\np5\ntp6\nRp7\nVdef\np8\nsaL1180591620717411303424L\naF1.5\naNaI01\na."},
	{"values, protocol 2", "\x80\x02]q\x00(K\x01K\x02K\x03K\x04\x86q\x01}q\x02c_codecs\nencode\nq\x03X\x03\x00\x00\x00abcq\x04X\x06\x00\x00\x00latin1q\x05\x86q\x06Rq\x07X\x03\x00\x00\x00defq\x08s\x8a\x09\x00\x00\x00\x00\x00\x00\x00\x00@G?\xf8\x00\x00\x00\x00\x00\x00N\x88e."},
	{"values, protocol 4", "\x80\x04\x958\x00\x00\x00\x00\x00\x00\x00]\x94(K\x01K\x02K\x03K\x04\x86\x94}\x94C\x03abc\x94\x8c\x03def\x94s\x8a\x09\x00\x00\x00\x00\x00\x00\x00\x00@G?\xf8\x00\x00\x00\x00\x00\x00N\x88e."},
	{"recursive, protocol 0", "(lp0\n(g0\ntp1\na0g1\n."},
	{"recursive, protocol 1", "]q\x00(h\x00tq\x01a0h\x01."},
	{"recursive, protocol 4", "\x80\x04\x95\x0d\x00\x00\x00\x00\x00\x00\x00]\x94h\x00\x85\x94a0h\x01."},
}
