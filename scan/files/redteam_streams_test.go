package files_test

import (
	"fmt"
	"strings"
)

// streamFiles are programs that run a command, or would if they came so far, in forms of which
// readers disagree or that hide it.
func streamFiles() []made {
	var all []made
	add := func(id, accept, data string, globals ...string) {
		all = append(all, made{id: id, accept: accept, globals: globals, name: "x.pkl", data: []byte(data)})
	}
	call := g("os", "system") + s("echo x") + "\x85R"
	old := "cposix\nsystem\n(S'echo x'\ntR"
	const name = "os.system"

	// Operands of STACK_GLOBAL in other clothes.
	for id, operands := range map[string]string{
		"escaped UNICODE":           "V\\u006fs\nV\\u0073yste\\u006d\n",
		"escaped wide UNICODE":      "V\\U0000006fs\nVsystem\n",
		"escaped STRING":            "S'\\x6f\\163'\nS\"sys\\164em\"\n",
		"BINSTRING":                 "T\x02\x00\x00\x00osT\x06\x00\x00\x00system",
		"mixed":                     "U\x02osVsystem\n",
		"by DUP and POP":            s("os") + "20" + s("system"),
		"from a memo of text":       s("os") + "p1_0\n0" + s("system") + "p +8\n0g10\ng8\n",
		"memo index 00":             s("os") + "p00\n0" + s("system") + "p1\n0g0\ng01\n",
		"MEMOIZE after PUT":         s("collections") + "q\x010" + s("os") + "\x940" + s("system") + "q\x050h\x01h\x05",
		"MEMOIZE twice over":        s("x") + "q\x00q\x01q\x020" + s("os") + "\x940" + s("system") + "\x940h\x03h\x04",
		"LONG_BINPUT and GET":       s("os") + "r\x00\x00\x01\x000" + s("system") + "r\x01\x00\x01\x000g65536\ng65537\n",
		"behind POP_MARK":           s("os") + "(" + s("a") + s("b") + "1" + s("system"),
		"two MARKs":                 s("os") + "((11" + s("system"),
		"BINUNICODE8":               "\x8d\x02\x00\x00\x00\x00\x00\x00\x00os\x8d\x06\x00\x00\x00\x00\x00\x00\x00system",
		"put into a list meanwhile": "](" + s("os") + "q\x01" + s("system") + "q\x02eh\x01h\x02",
		"in a dict meanwhile":       "}" + s("os") + "q\x01" + s("system") + "q\x02sh\x01h\x02",
	} {
		add("operands: "+id, "D", "\x80\x04"+operands+"\x93"+s("echo x")+"\x85R.", name)
	}
	add("operands: a result", "D", "\x80\x04"+g("builtins", "str")+s("os")+"\x85R"+s("system")+"\x93"+s("echo x")+"\x85R.")
	add("operands: from _codecs.encode", "D", "\x80\x04"+g("_codecs", "encode")+s("bf")+s("rot13")+"\x86R"+s("system")+"\x93"+s("echo x")+"\x85R.")

	// Where the result goes.
	for id, program := range map[string]string{
		"a persistent id":         call + "Q",
		"an item of a tuple id":   "(" + call + "tQ",
		"a key":                   "}" + call + "N" + "s",
		"a set":                   "\x8f(" + call + "\x90",
		"a frozenset":             "(" + call + "\x91",
		"a state":                 g("argparse", "Namespace") + ")R" + call + "b",
		"a slot":                  g("argparse", "Namespace") + ")RN}" + s("a") + call + "s\x86b",
		"kwargs":                  g("argparse", "Namespace") + ")}" + s("a") + call + "s\x92",
		"500 tuples":              call + strings.Repeat("\x85", 500),
		"300 lists":               strings.Repeat("]", 300) + call + strings.Repeat("a", 300),
		"popped by mark":          "(" + call + "1N",
		"left on the stack":       call + "N",
		"under a mark":            "(" + call + "(N",
		"memo only":               call + "q\x00" + "0N",
		"an unknown class's args": g("acme.models", "Row") + call + "\x85R",
		"args of Fraction":        g("fractions", "Fraction") + call + "\x85R",
		"APPENDS":                 "](" + call + "e",
		"LIST":                    "(" + call + "l",
		"DICT":                    "(" + s("a") + call + "d",
		"DUP":                     call + "2\x86",
		"twice":                   g("os", "system") + "2" + s("echo x") + "\x85R0" + s("echo y") + "\x85R",
	} {
		add("result: "+id, "D", "\x80\x04"+program+".", name)
	}

	// What stands in front, and other readers don't read as CPython's C unpickler does.
	for id, front := range map[string]string{
		"INT -0x1f": "I-0x1f\n", "INT with underscores": "I1_000\n", "INT with blanks": "I  7\n", "INT +": "I+5\n", "INT 01": "I01\n", "INT 00": "I00\n",
		"INT of 30 digits": "I123456789012345678901234567890\n", "INT 0B11": "I0B11\n", "LONG -0x1fL": "L-0x1fL\n", "LONG without L": "L12\n", "LONG 1_0": "L1_0L\n",
		"FLOAT nan": "Fnan\n", "FLOAT Infinity": "F-Infinity\n", "FLOAT 1e5": "F1e5\n", "FLOAT .5": "F.5\n", "FLOAT 5.": "F5.\n",
		"empty UNICODE": "V\n", "UNICODE of Latin-1": "V\xe9\xff\n", "surrogates": "X\x03\x00\x00\x00\xed\xa0\x80", "STRING of quotes": "S'''\n", "STRING with escapes": "S'\\n\\q\\x41'\n",
		"STRING in double quotes": "S\"it's\"\n", "LONG1 of nothing": "\x8a\x00", "LONG4 of nothing": "\x8b\x00\x00\x00\x00", "LONG1 of 255 bytes": "\x8a\xff" + strings.Repeat("\x01", 255),
		"empty BYTEARRAY8": "\x96\x00\x00\x00\x00\x00\x00\x00\x00", "BINBYTES8": "\x8e\x01\x00\x00\x00\x00\x00\x00\x00x", "empty FROZENSET": "(\x91", "BINFLOAT nan": "G\x7f\xf8\x00\x00\x00\x00\x00\x01",
		"BININT2": "M\xff\xff", "PROTO thrice": "\x80\x04\x80\x02\x80\x05N", "PROTO 0": "\x80\x00N", "PROTO 1": "\x80\x01N", "an empty frame": "\x95\x00\x00\x00\x00\x00\x00\x00\x00N",
	} {
		add("front: "+id, "D", front+"0"+old+".")
		add("front 4: "+id, "D", "\x80\x04"+front+"0"+call+".", name)
	}

	// The break behind the call.
	for id, tail := range map[string]string{
		"nothing": "", "a byte that is no opcode": "\xfe", "NULs": "\x00\x00\x00\x00", "REDUCE of nothing": "00R", "POP of nothing": "000", "BINGET of nothing": "h\x63", "GET of words": "gfoo\n",
		"PUT without an index": "p\n", "SETITEM on None": "N0NNNs.", "APPENDS on a number": "K\x01(Ne.", "ADDITEMS on a list": "](N\x90.", "BUILD of a number": "K\x01}b.", "odd DICT": "(Nd.",
		"odd SETITEMS": "}(Nu.", "BINUNICODE that is too long": "X\xff\xff\xff\x7fab", "BINUNICODE8 of 2^63": "\x8d\x00\x00\x00\x00\x00\x00\x00\x80", "BINBYTES of 4 GiB": "B\xff\xff\xff\xff",
		"LONG4 of less than nothing": "\x8b\xff\xff\xff\xff", "LONG1 cut off": "\x8a\x05a", "FLOAT of words": "Fabc\n.", "INT of words": "Iabc\n.", "bad UTF-8": "X\x02\x00\x00\x00\xff\xfe.", "STRING without quotes": "Sabc\n.",
		"PROTO 255": "\x80\xff.", "PROTO cut off": "\x80", "EXT1 0": "\x82\x00.", "EXT4 negative": "\x84\xff\xff\xff\xff.", "NEXT_BUFFER": "\x97.", "READONLY_BUFFER of None": "N\x98.",
		"TUPLE3 of two": "\x87.", "TUPLE without MARK": "t.", "POP_MARK without MARK": "1.", "GLOBAL cut off": "cos\n", "INST without MARK": "ios\nsystem\n.", "STACK_GLOBAL of numbers": "K\x01K\x02\x93.",
		"MEMOIZE of nothing": "0\x94.", "FRAME of 2^63": "\x95\xff\xff\xff\xff\xff\xff\xff\xff.", "FRAME cut off": "\x95\x01\x00", "NEWOBJ of a number": "K\x01)\x81.", "text": "\r\n--\r\nend",
		"unhashable key": "}]Ns.", "OBJ of nothing": "(o.", "GLOBAL of no module": "cno_such_module_zz\nf\n.", "PUT of 2^40": "p1099511627776\n.", "BINPUT of nothing": "0q\x01.",
	} {
		add("break: "+id, "D", "\x80\x04"+call+tail, name)
	}
	for i, e := range harmful {
		for _, cut := range []int{1} {
			add(fmt.Sprintf("STOP cut off %d", i), "D", e[:len(e)-cut])
		}
	}

	// Pickles behind one another, with something between.
	for id, between := range map[string]string{
		"nothing": "", "NULs": strings.Repeat("\x00", 100), "an end of line": "\n", "a CRLF": "\r\n", "a length": "\x00\x00\x00\x20", "garbage": "\xff\xfe\xfd", "blanks": "   ", "text": "--boundary--", "512 bytes": strings.Repeat("\xa5", 512),
		"the 0xff of flash": strings.Repeat("\xff", 40), "a STOP": ".", "a second number": "K\x01.",
	} {
		for i, e := range harmful {
			accept := "D"
			if i >= 2 && i != 3 {
				accept = "DS" // what has no PROTO may be found only where a pickle must be
			}
			switch id {
			case "nothing", "NULs", "an end of line", "a CRLF", "a second number":
				accept = "D"
			}
			for j, first := range benign[:2] {
				if (i+j)%2 == 0 || i < 2 {
					add(fmt.Sprintf("second after %s: %d after %d", id, i, j), accept, first+between+e)
				}
			}
		}
	}
	// Frames.
	frame := func(body string, n int) string {
		return "\x95" + string([]byte{byte(n), byte(n >> 8), 0, 0, 0, 0, 0, 0}) + body
	}
	add("frames of one opcode each", "D", "\x80\x04"+frame(s("os"), 4)+frame(s("system"), 8)+frame("\x93", 1)+frame(s("echo x"), 8)+frame("\x85", 1)+frame("R", 1)+frame(".", 1), name)
	add("a frame that ends before the call", "D", "\x80\x04"+frame("N0", 2)+call+".", name)
	add("a frame without PROTO", "D", frame(call+".", len(call)+1), name)
	add("a frame in protocol 2", "D", "\x80\x02"+frame(old+".", len(old)+1))
	add("a frame that is too long", "D", "\x80\x04"+frame(call+".", len(call)+50), name)
	add("a frame in a frame", "D", "\x80\x04"+frame("N0"+frame(call+".", len(call)+1), len(call)+12), name)
	add("a frame that ends in a string", "D", "\x80\x04"+frame(call+".", 7), name)
	add("the operands in one frame, the call in another", "D", "\x80\x04"+frame(g("os", "system"), 13)+frame(s("echo x")+"\x85R.", 11), name)

	// PROTO in the middle.
	add("Python 2's name after PROTO 2", "D", "\x80\x04N0\x80\x02c__builtin__\neval\nX\x01\x00\x00\x001\x85R.")
	add("a dotted name after PROTO 4", "D", "\x80\x02N0\x80\x04cglob\nos.popen\nX\x06\x00\x00\x00echo x\x85R.", "glob.os.popen")
	add("Python 2's name, then PROTO 4", "D", "\x80\x02c__builtin__\nexecfile\n\x80\x04X\x09\x00\x00\x00/dev/null\x85R.")
	add("Python 2's name in protocol 3", "SD", "\x80\x03c__builtin__\neval\nX\x01\x00\x00\x001\x85R.")
	add("a dotted name in protocol 2", "SD", "\x80\x02cglob\nos.popen\nX\x06\x00\x00\x00echo x\x85R.")
	add("a name with CR", "SD", "cos\r\nsystem\r\n(S'echo x'\ntR.")
	add("a name with a blank in front", "SD", "\x80\x04"+g(" os", "system")+s("echo x")+"\x85R.")
	add("a full-width name", "SD", "\x80\x04"+g("ｏｓ", "system")+s("echo x")+"\x85R.")
	add("a name that ends with a dot", "SD", "\x80\x04"+g("os", "system.")+s("echo x")+"\x85R.")
	add("a name that begins with a dot", "SD", "\x80\x04"+g("os", ".system")+s("echo x")+"\x85R.")
	add("a relative module", "SD", "\x80\x04"+g(".os", "system")+s("echo x")+"\x85R.")
	add("a module with two dots", "SD", "\x80\x04"+g("os..path", "system")+s("echo x")+"\x85R.")
	add("a local function", "SD", "\x80\x04"+g("acme", "f.<locals>.g")+")R.")
	add("NUL in a name", "SD", "\x80\x04"+g("os\x00", "system")+s("echo x")+"\x85R.")
	add("STACK_GLOBAL of bytes", "SD", "\x80\x04C\x02osC\x06system\x93"+s("echo x")+"\x85R.")

	// What only the loading program knows.
	for id, program := range map[string]string{
		"EXT1": "\x80\x02\x82\x07)R.", "EXT2": "\x80\x02\x83\x07\x07N\x85R.", "EXT4": "\x80\x02\x84\x07\x07\x07\x00)\x81}b.",
		"PERSID": "Pfile:///etc/hosts\n.", "BINPERSID of a tuple": "\x80\x04(" + s("storage") + "K\x01tQ.", "a call of a persistent id": "\x80\x04K\x01QN\x85R.", "NEXT_BUFFER": "\x80\x05\x97.",
		"PROTO 6": "\x80\x06}.", "PROTO 9": "\x80\x09N.", "an unknown class": "\x80\x04" + g("acme.orders", "Order") + ")\x81}" + s("a") + "K\x01sb.",
		"INST of an unknown class": "(iacme.orders\nOrder\n.", "OBJ of an unknown class": "\x80\x02(cacme.orders\nOrder\no.", "an unknown function": "\x80\x04" + g("acme.orders", "restore") + "K\x01\x85R.",
		"an unknown class as a value": "\x80\x04]" + g("acme.orders", "Order") + "a.", "a class of __main__": "\x80\x04" + g("__main__", "Model") + ")\x81}b.", "an unknown exception": "\x80\x04" + g("acme", "Error") + s("x") + "\x85R.",
		"a number that is called": "\x80\x04K\x01)R.", "REDUCE of a list": "\x80\x04" + g("collections", "OrderedDict") + "]R.", "cut off in a string": "\x80\x04" + s("abc")[:3], "a memo that is not there": "\x80\x04h\x09.",
		"nothing but PROTO": "\x80\x04", "two PROTOs": "\x80\x04\x80\x04", "garbage behind PROTO": "\x80\x04\xff\xff\xff", "text": "hello, world\n", "JSON": `{"a": [1, 2]}`, "random bytes": "\x17\x9b\xe2\x01\x44\xfa\x00\x31\xc8",
		"an index of 2^31": "\x80\x04Nr\xff\xff\xff\x7f.", "PUT of 10^9": "N" + "p1000000000\n.",
	} {
		accept := "SD"
		if id == "NEXT_BUFFER" {
			accept = "SDB" // bytes that the program hands in
		}
		add("undecided: "+id, accept, program)
	}
	return all
}
