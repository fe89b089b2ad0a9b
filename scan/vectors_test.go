package scan_test

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"slices"
	"strings"
	"testing"

	"github.com/go-pickle/pickle/opcode"
	"github.com/go-pickle/pickle/scan"
)

// testPolicy is what the vectors are judged by, whatever the built-in sets have.
const testPolicy = `pickle-policy 1
use none
allow data:Dict            call new items build
allow data:List            call new append
allow data:Set             call new add
allow data:Plain           call args=data
allow data:Bare            call args=none
allow data:Names           call args=names
allow data:Holder          call new build args=callable
allow data:fn              call
allow data:Inst            new build
allow data:value           name
allow data:Outer.Inner     new
allow functools:partial    call build args=callable
allow functools:reduce     call args=union
allow operator:or_         call args=data
allow fractions:Fraction   call
allow builtins:list        call
allow itertools:chain      call
allow data:*.Allowed       new
allow builtins:getattr     call args=getattr
allow builtins:str.upper   call
allow copyreg:_reconstructor call args=class
allow copyreg:__newobj__   call args=newobj
allow builtins:object      name new
allow builtins:set         call
allow _codecs:encode       call args=encoding
allow base64:b64decode     call args=decode
allow zlib:decompress      call args=decode
allow io:BytesIO           call args=decode
allow data:loads           call args=pickle
allow data:apply           call args=apply
allow torch._utils:_rebuild_tensor_v2 call args=tensor
allow torch:FloatStorage   name
allow numpy:dtype          call build
allow numpy:ndarray        name
allow numpy:record         name
allow joblib.numpy_pickle:NumpyArrayWrapper new build
deny  evil:*
deny  os:*
deny  posix:*
deny  subprocess:*
deny  pickle:loads         args=pickle
deny  builtins:eval        args=code
`

// asm puts a pickle together: opcodes as they are, strings as SHORT_BINUNICODE or BINUNICODE, ints
// as BININT, bytes as BINBYTES, raw as what it is.
func asm(parts ...any) []byte {
	var b []byte
	for _, p := range parts {
		switch p := p.(type) {
		case opcode.Op:
			b = append(b, byte(p))
		case string:
			if len(p) < 256 {
				b = append(b, byte(opcode.ShortBinUnicode), byte(len(p)))
			} else {
				b = binary.LittleEndian.AppendUint32(append(b, byte(opcode.BinUnicode)), uint32(len(p)))
			}
			b = append(b, p...)
		case int:
			b = binary.LittleEndian.AppendUint32(append(b, byte(opcode.BinInt)), uint32(int32(p)))
		case []byte:
			b = binary.LittleEndian.AppendUint32(append(b, byte(opcode.BinBytes)), uint32(len(p)))
			b = append(b, p...)
		case raw:
			b = append(b, p...)
		case []any:
			b = append(b, asm(p...)...)
		}
	}
	return b
}

type raw string

const (
	proto2 raw = "\x80\x02"
	proto4 raw = "\x80\x04"
)

// stack and global name something by STACK_GLOBAL and GLOBAL.
func stack(module, name string) []any { return []any{module, name, opcode.StackGlobal} }
func global(module, name string) raw  { return raw("c" + module + "\n" + name + "\n") }

// call is fn(*args).
func call(fn []any, args ...any) []any {
	return []any{fn, opcode.Mark, args, opcode.Tuple, opcode.Reduce}
}

// instance is cls.__new__(cls).
func instance(cls []any) []any { return []any{cls, opcode.EmptyTuple, opcode.NewObj} }

// dict is a dict of the pairs.
func dict(pairs ...any) []any { return []any{opcode.EmptyDict, opcode.Mark, pairs, opcode.SetItems} }

var (
	system  = stack("os", "system")
	payload = call(system, "echo x")
)

// bad is a whole pickle that runs a command.
var bad = asm(proto4, payload, opcode.Stop)

// good is one that does nothing.
var good = asm(proto4, opcode.EmptyList, opcode.Stop)

const (
	safe       = scan.Safe
	suspicious = scan.Suspicious
	dangerous  = scan.Dangerous
)

// vectors are pickles by what they try.
var vectors = []struct {
	name string
	data []byte
	want scan.Verdict
	rule scan.Rule // a finding of the worst severity has it; "" for safe ones
}{
	// Imports.
	{"data", good, safe, ""},
	{"denied name", asm(proto4, system, opcode.Stop), dangerous, scan.RuleGlobalDeny},
	{"denied call", bad, dangerous, scan.RuleGlobalDeny},
	{"unknown name", asm(proto4, stack("what", "ever"), opcode.Stop), suspicious, scan.RuleGlobalUnknown},
	{"call of an unknown name", asm(proto4, call(stack("what", "ever")), opcode.Stop), suspicious, scan.RuleGlobalUnknown},
	{"protocol 0", asm(global("posix", "system"), raw("(S'echo x'\ntR.")), dangerous, scan.RuleGlobalDeny},
	{"INST", asm(opcode.Mark, raw("S'echo x'\n"), raw("ios\nsystem\n"), opcode.Stop), dangerous, scan.RuleGlobalDeny},
	{"OBJ", asm(proto2, opcode.Mark, global("os", "system"), "x", opcode.Obj, opcode.Stop), dangerous, scan.RuleGlobalDeny},
	{"INST of what is only made", asm(opcode.Mark, raw("idata\nInst\n"), opcode.Stop), safe, ""},
	{"INST with arguments of what is only made", asm(opcode.Mark, 1, raw("idata\nInst\n"), opcode.Stop), suspicious, scan.RuleUse},
	{"popped", asm(proto4, payload, opcode.Pop, opcode.None, opcode.Stop), dangerous, scan.RuleGlobalDeny},
	{"names from the memo", asm(proto4, "os", opcode.Memoize, opcode.Memoize, opcode.Pop, "system", raw("q\x09"), opcode.Pop,
		raw("h\x01h\x09"), opcode.StackGlobal, opcode.EmptyTuple, opcode.Reduce, opcode.Stop), dangerous, scan.RuleGlobalDeny},
	{"Python 2 name", asm(proto2, global("__builtin__", "eval"), opcode.Stop), dangerous, scan.RuleGlobalDeny},
	{"Python 2 name of data", asm(proto2, global("__builtin__", "set"), opcode.EmptyTuple, opcode.Reduce, opcode.Stop), safe, ""},
	{"Python 2 name in protocol 4", asm(proto4, global("__builtin__", "set"), opcode.Stop), suspicious, scan.RuleGlobalUnknown},
	{"protocol lowered", asm(proto4, opcode.None, opcode.Pop, proto2, global("__builtin__", "eval"), opcode.Stop), dangerous, scan.RuleGlobalDeny},
	{"no line end in a report", asm(proto4, stack("os\n\x1b[2J", "system"), opcode.Stop), suspicious, scan.RuleGlobalUnknown},
	{"name of a million bytes", asm(proto4, stack(strings.Repeat("m", 1<<20), "f"), opcode.Stop), suspicious, scan.RuleGlobalUnknown},

	// Dotted names.
	{"to a module", asm(proto4, stack("glob", "os.system"), opcode.Stop), dangerous, scan.RuleNamePath},
	{"to a private module", asm(proto4, stack("random", "_os.system"), opcode.Stop), dangerous, scan.RuleNamePath},
	{"to a denied name of a module", asm(proto4, stack("numpy.lib", "evil.thing"), opcode.Stop), dangerous, scan.RuleNamePath},
	{"below a denied name", asm(proto4, stack("builtins", "eval.__call__"), opcode.Stop), dangerous, scan.RuleNamePath},
	{"below an allowed class", asm(proto4, stack("data", "Dict.__class__.__base__"), opcode.Stop), dangerous, scan.RuleNamePath},
	{"internal name", asm(proto4, stack("data", "__builtins__"), opcode.Stop), dangerous, scan.RuleNamePath},
	{"module itself", asm(proto4, stack("glob", "os"), opcode.Stop), dangerous, scan.RuleNamePath},
	{"nested class", asm(proto4, instance(stack("data", "Outer.Inner")), opcode.Stop), safe, ""},
	{"nested class by a pattern", asm(proto4, instance(stack("data", "Any.Allowed")), opcode.Stop), safe, ""},
	{"private by a pattern", asm(proto4, instance(stack("data", "_any.Allowed")), opcode.Stop), dangerous, scan.RuleNamePath},
	{"below protocol 4", asm(proto2, global("glob", "os.system"), opcode.Stop), suspicious, scan.RuleNamePath},
	{"very many parts", asm(proto4, stack("a", strings.Repeat("b.", 300)+"c"), opcode.Stop), dangerous, scan.RuleNamePath},

	// Computed names and callees.
	{"computed module", asm(proto4, call(stack("data", "fn")), "system", opcode.StackGlobal, opcode.Stop), dangerous, scan.RuleNameComputed},
	{"computed module, then a payload", asm(proto4, call(stack("data", "fn")), "f", opcode.StackGlobal, payload, opcode.Stop), dangerous, scan.RuleGlobalDeny},
	{"persistent module", asm(proto4, "x", opcode.BinPersID, "system", opcode.StackGlobal, opcode.Stop), dangerous, scan.RuleNameComputed},
	{"int as module", asm(proto4, 7, "system", opcode.StackGlobal, opcode.Stop), suspicious, scan.RuleMalformed},
	{"bytes as module", asm(proto4, []byte("os"), "system", opcode.StackGlobal, opcode.Stop), suspicious, scan.RuleMalformed},
	{"call of a result", asm(proto4, call(call(stack("data", "fn"))), opcode.Stop), dangerous, scan.RuleCallComputed},
	{"new of a result", asm(proto4, instance(call(stack("data", "fn"))), opcode.Stop), dangerous, scan.RuleCallComputed},
	{"call of a persistent id", asm(proto4, call([]any{"x", opcode.BinPersID}), opcode.Stop), dangerous, scan.RuleCallComputed},
	{"arguments in a list", asm(proto4, stack("data", "fn"), opcode.EmptyList, opcode.Reduce, opcode.Stop), suspicious, scan.RuleMalformed},
	{"arguments in a list, then a payload", asm(proto4, stack("data", "fn"), opcode.EmptyList, opcode.Reduce, payload, opcode.Stop), dangerous, scan.RuleGlobalDeny},

	// Uses.
	{"call of what is only made", asm(proto4, call(stack("data", "Inst")), opcode.Stop), suspicious, scan.RuleUse},
	{"new of what is only called", asm(proto4, instance(stack("data", "fn")), opcode.Stop), suspicious, scan.RuleUse},
	{"call of a value", asm(proto4, call(stack("data", "value")), opcode.Stop), suspicious, scan.RuleUse},
	{"state", asm(proto4, instance(stack("data", "Inst")), dict("a", 1), opcode.Build, opcode.Stop), safe, ""},
	{"state of what takes none", asm(proto4, instance(stack("data", "List")), dict("a", 1), opcode.Build, opcode.Stop), suspicious, scan.RuleUse},
	{"items", asm(proto4, instance(stack("data", "Dict")), "k", 1, opcode.SetItem, opcode.Stop), safe, ""},
	{"items of what takes none", asm(proto4, instance(stack("data", "Inst")), "k", 1, opcode.SetItem, opcode.Stop), suspicious, scan.RuleUse},
	{"append", asm(proto4, instance(stack("data", "List")), 1, opcode.Append, opcode.Stop), safe, ""},
	{"append to what takes none", asm(proto4, instance(stack("data", "Dict")), 1, opcode.Append, opcode.Stop), suspicious, scan.RuleUse},
	{"add", asm(proto4, instance(stack("data", "Set")), opcode.Mark, 1, opcode.AddItems, opcode.Stop), safe, ""},
	{"add to what takes none", asm(proto4, instance(stack("data", "Dict")), opcode.Mark, 1, opcode.AddItems, opcode.Stop), suspicious, scan.RuleUse},

	// Changes of what is imported.
	{"item of a global", asm(proto4, stack("data", "value"), "k", 1, opcode.SetItem, opcode.Stop), dangerous, scan.RuleMutateGlobal},
	{"append to a global", asm(proto4, stack("data", "value"), 1, opcode.Append, opcode.Stop), dangerous, scan.RuleMutateGlobal},
	{"add to a global", asm(proto4, stack("data", "value"), opcode.Mark, 1, opcode.AddItems, opcode.Stop), dangerous, scan.RuleMutateGlobal},
	{"state of a class", asm(proto4, stack("data", "Inst"), dict("a", 1), opcode.Build, opcode.Stop), dangerous, scan.RuleMutateGlobal},

	// States that arm.
	{"setstate", asm(proto4, instance(stack("data", "Inst")), dict("__setstate__", stack("data", "fn")), opcode.Build, opcode.Stop), dangerous, scan.RuleArm},
	{"append", asm(proto4, instance(stack("data", "Inst")), dict("append", stack("data", "fn")), opcode.Build, opcode.Stop), dangerous, scan.RuleArm},
	{"extend in slots", asm(proto4, instance(stack("data", "Inst")), opcode.None, dict("extend", stack("data", "fn")), opcode.Tuple2, opcode.Build, opcode.Stop),
		dangerous, scan.RuleArm},
	{"add in __dict__", asm(proto4, instance(stack("data", "Inst")), dict("__dict__", dict("add", stack("data", "fn"))), opcode.Build, opcode.Stop), dangerous, scan.RuleArm},
	{"add that is data", asm(proto4, instance(stack("data", "Inst")), dict("add", 1, "append", "x"), opcode.Build, opcode.Stop), safe, ""},
	{"class", asm(proto4, instance(stack("data", "Inst")), dict("__class__", stack("data", "Dict")), opcode.Build, opcode.Stop), dangerous, scan.RuleArm},
	{"special attribute", asm(proto4, instance(stack("data", "Inst")), dict("__slots__", 1), opcode.Build, opcode.Stop), suspicious, scan.RuleArm},
	{"documentation", asm(proto4, instance(stack("data", "Inst")), dict("__doc__", "text"), opcode.Build, opcode.Stop), safe, ""},

	// Arguments.
	{"data", asm(proto4, call(stack("data", "Plain"), 1, dict("a", opcode.None)), opcode.Stop), safe, ""},
	{"name for data", asm(proto4, call(stack("data", "Plain"), opcode.EmptyList, stack("data", "fn"), opcode.Append), opcode.Stop), suspicious, scan.RuleArgs},
	{"name for names", asm(proto4, call(stack("data", "Names"), stack("data", "fn")), opcode.Stop), safe, ""},
	{"nothing", asm(proto4, call(stack("data", "Bare")), opcode.Stop), safe, ""},
	{"something for nothing", asm(proto4, call(stack("data", "Bare"), 1), opcode.Stop), suspicious, scan.RuleArgs},
	{"callable", asm(proto4, call(stack("data", "Holder"), stack("data", "fn")), opcode.Stop), safe, ""},
	{"no callable", asm(proto4, call(stack("data", "Holder"), opcode.None), opcode.Stop), safe, ""},
	{"callable that may not be called", asm(proto4, call(stack("data", "Holder"), stack("data", "value")), opcode.Stop), suspicious, scan.RuleArgs},
	{"computed callable", asm(proto4, call(stack("data", "Holder"), call(stack("data", "fn"))), opcode.Stop), dangerous, scan.RuleCallComputed},
	{"callable in a state", asm(proto4, call(stack("data", "Holder"), opcode.None), call(stack("data", "fn")), opcode.EmptyTuple, opcode.Tuple2, opcode.Build, opcode.Stop),
		dangerous, scan.RuleCallComputed},
	{"getattr", asm(proto4, instance(call(stack("builtins", "getattr"), stack("data", "Outer"), "Inner")), opcode.Stop), suspicious, scan.RuleGlobalUnknown},
	{"getattr of a private", asm(proto4, call(stack("builtins", "getattr"), stack("data", "Dict"), "__class__"), opcode.Stop), dangerous, scan.RuleNamePath},
	{"getattr twice", asm(proto4, call(stack("builtins", "getattr"), call(stack("builtins", "getattr"), stack("data", "Dict"), "x"), "__globals__"), opcode.Stop),
		dangerous, scan.RuleNamePath},
	{"getattr of a result", asm(proto4, call(stack("builtins", "getattr"), call(stack("data", "fn")), "x"), opcode.Stop), dangerous, scan.RuleNameComputed},
	{"getattr of a computed name", asm(proto4, call(stack("builtins", "getattr"), stack("data", "Dict"), call(stack("data", "fn"))), opcode.Stop),
		dangerous, scan.RuleNameComputed},
	{"getattr of text", asm(proto4, call(call(stack("builtins", "getattr"), "abc", "upper")), opcode.Stop), safe, ""},
	{"reconstructor", asm(proto4, call(stack("copyreg", "_reconstructor"), stack("data", "Inst"), stack("builtins", "object"), opcode.None), dict("a", 1), opcode.Build, opcode.Stop),
		safe, ""},
	{"reconstructor of a denied class", asm(proto4, call(stack("copyreg", "_reconstructor"), stack("subprocess", "Popen"), stack("builtins", "object"), opcode.None), opcode.Stop),
		dangerous, scan.RuleGlobalDeny},
	{"newobj", asm(proto4, call(stack("copyreg", "__newobj__"), stack("data", "List")), 1, opcode.Append, opcode.Stop), safe, ""},
	{"newobj of what is only called", asm(proto4, call(stack("copyreg", "__newobj__"), stack("data", "fn")), opcode.Stop), suspicious, scan.RuleArgs},
	{"newobj of a result", asm(proto4, call(stack("copyreg", "__newobj__"), call(stack("data", "fn"))), opcode.Stop), dangerous, scan.RuleCallComputed},
	{"encoding", asm(proto4, call(stack("_codecs", "encode"), "abc", "latin1"), opcode.Stop), safe, ""},
	{"encoding that is none", asm(proto4, call(stack("_codecs", "encode"), "abc", "zlib"), opcode.Stop), suspicious, scan.RuleArgs},
	{"code", asm(proto4, call(stack("builtins", "eval"), "1"), opcode.Stop), dangerous, scan.RuleGlobalDeny},

	{"reconstructor with a base that is only named", asm(proto4, call(stack("copyreg", "_reconstructor"), stack("data", "Inst"), stack("data", "value"), opcode.None), opcode.Stop),
		suspicious, scan.RuleArgs},

	// Functions that hand on calls, and functions as values.
	{"held call, good", asm(proto4, call(stack("data", "Holder"), stack("data", "loads"), good), opcode.Stop), safe, ""},
	{"held call, bad", asm(proto4, call(stack("data", "Holder"), stack("data", "loads"), bad), opcode.Stop), dangerous, scan.RuleNested},
	{"held call of a held call", asm(proto4, call(stack("data", "Holder"), stack("data", "Holder"), stack("data", "loads"), bad), opcode.Stop), dangerous, scan.RuleNested},
	{"held getattr", asm(proto4, call(stack("data", "Holder"), stack("builtins", "getattr"), stack("data", "Dict"), "x"), opcode.Stop), suspicious, scan.RuleArgs},
	{"call held by a state", asm(proto4, call(stack("data", "Holder"), opcode.None), opcode.Mark, stack("data", "loads"), opcode.Mark, bad, opcode.Tuple, opcode.EmptyDict,
		opcode.None, opcode.Tuple, opcode.Build, opcode.Stop), dangerous, scan.RuleNested},
	{"call held by a computed state", asm(proto4, call(stack("data", "Holder"), opcode.None), call(stack("data", "fn")), opcode.Build, opcode.Stop), suspicious, scan.RuleArgs},
	{"applied, good", asm(proto4, call(stack("data", "apply"), stack("data", "fn"), stack("data", "value"), opcode.EmptyTuple, opcode.EmptyDict), opcode.Stop), safe, ""},
	{"applied, bad", asm(proto4, call(stack("data", "apply"), stack("data", "loads"), stack("data", "value"), bad, opcode.Tuple1, opcode.EmptyDict), opcode.Stop),
		dangerous, scan.RuleNested},
	{"applied to computed arguments", asm(proto4, call(stack("data", "apply"), stack("data", "loads"), stack("data", "value"), call(stack("data", "fn")), opcode.EmptyDict), opcode.Stop),
		suspicious, scan.RuleNested},
	{"applied with a state that arms", asm(proto4, call(stack("data", "apply"), stack("data", "fn"), stack("data", "value"), opcode.EmptyTuple, dict("append", stack("data", "fn"))), opcode.Stop),
		dangerous, scan.RuleArm},
	{"loader as an attribute", asm(proto4, instance(stack("data", "Inst")), dict("x", stack("data", "loads")), opcode.Build, opcode.Stop), suspicious, scan.RuleUse},
	{"loader as an item", asm(proto4, opcode.EmptyList, stack("data", "loads"), opcode.Append, opcode.Stop), suspicious, scan.RuleUse},
	{"loader as the value", asm(proto4, stack("data", "loads"), opcode.Stop), suspicious, scan.RuleUse},
	{"loader as argument", asm(proto4, call(stack("data", "fn"), stack("data", "loads")), opcode.Stop), suspicious, scan.RuleUse},
	{"state in a dict of another class", asm(proto4, instance(stack("data", "Inst")), instance(stack("data", "Dict")), "append", stack("data", "fn"), opcode.SetItem, opcode.Build,
		opcode.Stop), dangerous, scan.RuleArm},
	{"state in the pairs of a dict of another class", asm(proto4, instance(stack("data", "Inst")), call(stack("data", "Dict"), opcode.EmptyList, "append", stack("data", "fn"), opcode.Tuple2,
		opcode.Append), opcode.Build, opcode.Stop), dangerous, scan.RuleArm},

	// Objects with keyword arguments at protocol 2.
	{"keywords", keywords(stack("data", "Inst"), stack("data", "Inst"), opcode.EmptyTuple), safe, ""},
	{"keywords, then a state", asm(keywordsOf(stack("data", "Inst"), stack("data", "Inst"), opcode.EmptyTuple), dict("a", 1), opcode.Build, opcode.Stop), safe, ""},
	{"keywords, then items that the class does not take", asm(keywordsOf(stack("data", "Inst"), stack("data", "Inst"), opcode.EmptyTuple), 1, opcode.Append, opcode.Stop), suspicious, scan.RuleUse},
	{"keywords of a class below", keywords(stack("data", "List"), stack("data", "Inst"), opcode.EmptyTuple), safe, ""},
	{"keywords of an unknown class", keywords(stack("what", "Ever"), stack("what", "Ever"), opcode.EmptyTuple), suspicious, scan.RuleGlobalUnknown},
	{"keywords of an unknown class below", keywords(stack("data", "Inst"), stack("what", "Ever"), opcode.EmptyTuple), suspicious, scan.RuleGlobalUnknown},
	{"keywords of what is only called", keywords(stack("data", "fn"), stack("data", "fn"), opcode.EmptyTuple), suspicious, scan.RuleUse},
	{"keywords of a denied class", keywords(stack("subprocess", "Popen"), stack("subprocess", "Popen"), opcode.EmptyTuple), dangerous, scan.RuleGlobalDeny},
	{"keywords of a computed class", keywords(stack("data", "Inst"), call(stack("data", "fn")), opcode.EmptyTuple), dangerous, scan.RuleCallComputed},
	{"keywords and a call with arguments", keywords(stack("data", "Inst"), stack("data", "Inst"), []any{1, opcode.Tuple1}), dangerous, scan.RuleCallComputed},
	{"__new__ called", asm(proto2, call(call(stack("builtins", "getattr"), stack("data", "Inst"), "__new__"), stack("data", "Inst")), opcode.Stop), suspicious, scan.RuleUse},
	{"partial called", asm(proto4, call(call(stack("functools", "partial"), stack("data", "fn"))), opcode.Stop), dangerous, scan.RuleCallComputed},
	{"partial of __new__ that gets another function", asm(proto4, call([]any{call(stack("functools", "partial"), call(stack("builtins", "getattr"), stack("data", "Inst"), "__new__")),
		opcode.Mark, stack("data", "loads"), bad, opcode.Tuple1, opcode.EmptyDict, opcode.None, opcode.Tuple, opcode.Build}), opcode.Stop), dangerous, scan.RuleNested},

	// Pickles in pickles.
	{"inside, good", asm(proto4, call(stack("data", "loads"), good), opcode.Stop), safe, ""},
	{"inside, bad", asm(proto4, call(stack("data", "loads"), bad), opcode.Stop), dangerous, scan.RuleNested},
	{"inside, none", asm(proto4, call(stack("data", "loads"), []byte("text")), opcode.Stop), suspicious, scan.RuleNested},
	{"inside, computed", asm(proto4, call(stack("data", "loads"), call(stack("data", "fn"))), opcode.Stop), suspicious, scan.RuleNested},
	{"inside of base64", asm(proto4, call(stack("data", "loads"), call(stack("base64", "b64decode"), base64.StdEncoding.EncodeToString(bad))), opcode.Stop), dangerous, scan.RuleNested},
	{"inside of a file of bytes", asm(proto4, call(stack("data", "loads"), call(stack("io", "BytesIO"), bad)), opcode.Stop), dangerous, scan.RuleNested},
	{"bytes that nobody loads", asm(proto4, bad, opcode.Stop), safe, ""},

	// Outside help.
	{"persistent id", asm(proto4, "x", opcode.BinPersID, opcode.Stop), suspicious, scan.RulePersID},
	{"persistent id in text", []byte("Px\n."), suspicious, scan.RulePersID},
	{"state of a persistent object", asm(proto4, "x", opcode.BinPersID, dict("a", 1), opcode.Build, opcode.Stop), suspicious, scan.RulePersID},
	{"extension", asm(proto2, raw("\x82\x07"), opcode.Stop), suspicious, scan.RuleExt},
	{"call of an extension, then a payload", asm(proto4, call([]any{raw("\x84\x01\x02\x03\x04")}), payload, opcode.Stop), dangerous, scan.RuleGlobalDeny},
	{"buffers", asm(raw("\x80\x05"), opcode.NextBuffer, opcode.ReadOnlyBuffer, opcode.Stop), safe, ""},

	// Broken streams.
	{"nothing at all", nil, suspicious, scan.RuleMalformed},
	{"text", []byte("this is no pickle"), suspicious, scan.RuleMalformed},
	{"cut off", good[:len(good)-1], suspicious, scan.RuleMalformed},
	{"payload, cut off", bad[:len(bad)-1], dangerous, scan.RuleGlobalDeny},
	{"payload, then a break", asm(proto4, payload, raw("\xff")), dangerous, scan.RuleGlobalDeny},
	{"break, then a pickle", asm(proto4, raw("\xff"), raw(bad)), dangerous, scan.RuleGlobalDeny},
	{"hexadecimal INT first", asm(raw("I0x10\n0"), payload, opcode.Stop), dangerous, scan.RuleGlobalDeny},
	{"INT with a NUL first", asm(raw("I7\x00zz\n0"), payload, opcode.Stop), dangerous, scan.RuleGlobalDeny},
	{"text beyond ASCII first", asm(raw("S'\xc3\xa9'\n0"), payload, opcode.Stop), dangerous, scan.RuleGlobalDeny},
	{"computed index first", asm(proto4, opcode.EmptyList, call(stack("data", "fn")), 1, opcode.SetItem, payload, opcode.Stop), dangerous, scan.RuleGlobalDeny},
	{"computed byte first", asm(raw("\x80\x05\x96\x00\x00\x00\x00\x00\x00\x00\x00"), call(stack("data", "fn")), opcode.Append, payload, opcode.Stop), dangerous, scan.RuleGlobalDeny},
	{"computed empty state first", asm(proto4, opcode.EmptyList, call(stack("data", "fn")), opcode.Build, payload, opcode.Stop), dangerous, scan.RuleGlobalDeny},
	{"float that only pickle.py reads first", asm(raw("F 1.5 \n0"), payload, opcode.Stop), dangerous, scan.RuleGlobalDeny},
	{"state that only pickle.py takes first", asm(proto4, opcode.EmptyList, 0, opcode.Build, payload, opcode.Stop), dangerous, scan.RuleGlobalDeny},
	{"protocol 6", asm(raw("\x80\x06"), opcode.None, opcode.Stop), suspicious, scan.RuleMalformed},
	{"protocol 6, then a payload", asm(raw("\x80\x06"), payload, opcode.Stop), dangerous, scan.RuleGlobalDeny},

	// Frames.
	{"frame", asm(proto4, raw("\x95\x03\x00\x00\x00\x00\x00\x00\x00]0N"), opcode.Stop), safe, ""},
	{"frame past the end", asm(proto4, raw("\x95\x00\x00\x01\x00\x00\x00\x00\x00"), payload, opcode.Stop), dangerous, scan.RuleGlobalDeny},
	{"frame past the end, of data", asm(proto4, raw("\x95\x00\x00\x01\x00\x00\x00\x00\x00N.")), suspicious, scan.RuleMalformed},
	{"frame in a frame", asm(proto4, raw("\x95\x0d\x00\x00\x00\x00\x00\x00\x00N0\x95\x02\x00\x00\x00\x00\x00\x00\x00N.")), suspicious, scan.RuleMalformed},
	{"frame cut in an instruction", asm(proto4, raw("\x95\x02\x00\x00\x00\x00\x00\x00\x00"), 7, opcode.Stop), suspicious, scan.RuleMalformed},
	{"frame, then large bytes", asm(proto4, raw("\x95\x02\x00\x00\x00\x00\x00\x00\x00N0"), make([]byte, 70000), opcode.Stop), safe, ""},

	// What follows.
	{"second pickle", slices.Concat(good, bad), dangerous, scan.RuleGlobalDeny},
	{"fifth pickle", slices.Concat(good, good, good, good, []byte("cos\nsystem\n(S'x'\ntR.")), dangerous, scan.RuleGlobalDeny},
	{"after padding", slices.Concat(good, make([]byte, 300), bad), dangerous, scan.RuleGlobalDeny},
	{"after garbage", slices.Concat(good, []byte("\xfe\xfdgarbage"), bad), dangerous, scan.RuleGlobalDeny},
	{"in text after garbage", slices.Concat(good, []byte("\xfe\xfdgarbage"), []byte("cos\nsystem\n(S'x'\ntR.")), dangerous, scan.RuleGlobalDeny},
	{"without PROTO after garbage", slices.Concat(good, []byte("\xfe\xfdgarbage"), bad[2:]), dangerous, scan.RuleGlobalDeny},
	{"garbage", slices.Concat(good, []byte("\xfe\xfdgarbage")), safe, ""},
	{"second pickle breaks after a payload", slices.Concat(good, bad[:len(bad)-1]), dangerous, scan.RuleGlobalDeny},
	{"memo of the first pickle", slices.Concat(asm(proto4, "data", opcode.Memoize, opcode.Pop, "Dict", opcode.Memoize, opcode.Stop),
		asm(raw("h\x00h\x01"), opcode.StackGlobal, opcode.Stop)), suspicious, scan.RuleMalformed},
	{"second pickle breaks after an import", slices.Concat(good, []byte("cwhat\never\n")), suspicious, scan.RuleGlobalUnknown},
	{"second pickle breaks", slices.Concat(good, good[:2], []byte("N\xff")), suspicious, scan.RuleMalformed},

	// Costs.
	{"memo of gigabytes", asm(proto4, opcode.None, raw("r\xff\xff\xff\x7f"), opcode.Stop), suspicious, scan.RuleDoS},
	{"marks", asm(proto4, raw(strings.Repeat("(", 5000)), opcode.None, opcode.Stop), suspicious, scan.RuleDoS},
	{"copies", asm(proto4, opcode.None, raw(strings.Repeat("2", 5000)), opcode.Stop), suspicious, scan.RuleDoS},
	{"lists of one list", laughs(), suspicious, scan.RuleDoS},
	{"one integer of 100000 bytes", asm(proto2, raw("\x8b\xa0\x86\x01\x00"+strings.Repeat("\x7f", 100000)), opcode.Stop), suspicious, scan.RuleDoS},
	{"very many names", manyNames(2000), suspicious, scan.RuleDoS},

	// Layouts.
	{"joblib", joblib("f8", false, nil, false), safe, ""},
	{"joblib, payload after the data", joblib("f8", true, nil, true), dangerous, scan.RuleGlobalDeny},
	{"joblib, objects", joblib("O8", false, good, false), safe, ""},
	{"joblib, payload in objects", joblib("O8", false, bad, false), dangerous, scan.RuleGlobalDeny},
	{"joblib, payload for readers that are not joblib", joblibData("S80", string(asm(payload, raw("."))), 80), dangerous, scan.RuleGlobalDeny},
	{"joblib, broken payload for such readers", joblibData("S80", string(asm(payload)), 80), dangerous, scan.RuleGlobalDeny},
	{"joblib, payload of unknown names for such readers", joblibData("S80", string(asm(call(stack("what", "ever"), 1), opcode.Stop)), 80), suspicious, scan.RuleGlobalUnknown},
	{"joblib, the same in text", joblibData("S80", "cwhat\never\n(I1\ntR.", 80), suspicious, scan.RuleGlobalUnknown},
	{"joblib, the same by INST", joblibData("S80", "(iwhat\never\n.", 80), suspicious, scan.RuleGlobalUnknown},
	{"joblib, the same in a package that there is", joblibData("S80", "\x8c\x08os.extra00\x8c\x04ever0N0\x8c\x08os.extra\x8c\x04everN0\x93)R.", 80), suspicious, scan.RuleGlobalUnknown},
	{"joblib, payload of names that stand before the data", joblibNamed("os", "system", "h\x64h\x65\x93h\x66\x85R."), dangerous, scan.RuleGlobalDeny},
	{"joblib, computed pickle for such readers", joblibData("S80", string(asm(call(stack("data", "loads"), call(stack("data", "fn"))), opcode.Stop)), 80), suspicious, scan.RuleNested},
	{"joblib, reduce for such readers", joblibData("S80", string(asm(call(stack("functools", "reduce"), stack("data", "fn"), opcode.EmptyTuple), opcode.Stop)), 80), dangerous, scan.RuleArgs},
	{"joblib, computed name for such readers", joblibData("S80", string(asm(call(stack("builtins", "set")), "x", opcode.StackGlobal, opcode.Stop)), 80), dangerous, scan.RuleNameComputed},
	{"joblib, state of a class for such readers", joblibData("S80", string(asm(stack("data", "Inst"), dict("a", 1), opcode.Build, opcode.Stop)), 80), dangerous, scan.RuleMutateGlobal},
	{"joblib, array that looks like opcodes", joblibData("S80", "batsR0o", 80), safe, ""},
	{"joblib, array that looks like a name of what the memo has", joblibNamed("n_bins", "dtype", "h\x64h\x65\x93h\x66\x85R."), safe, ""},
	{"joblib, array that looks like a name of a class", joblibNamed("n_bins", "dtype", "h\x67h\x65\x93."), safe, ""},
	{"joblib, array that looks like an import", joblibData("S80", "cat\ndog\nR", 80), safe, ""},
	{"joblib, unknown type", joblib("x3", false, nil, false), suspicious, scan.RuleArgs},
	{"joblib, fields", joblibType(call(stack("numpy", "dtype"), "V8", opcode.NewFalse, opcode.NewTrue), opcode.None, 8, 16, 16), safe, ""},
	{"joblib, an array in each element", joblibType(call(stack("numpy", "dtype"), "V8", opcode.NewFalse, opcode.NewTrue),
		[]any{call(stack("numpy", "dtype"), "i4", opcode.NewFalse, opcode.NewTrue), 2, opcode.Tuple1, opcode.Tuple2}, 8, 0, 16), safe, ""},
	{"joblib, records", joblibType(call(stack("numpy", "dtype"), stack("numpy", "record"), opcode.NewFalse, opcode.NewTrue), opcode.None, 8, 16, 16), safe, ""},
	{"joblib, type of another package", joblibType(call(stack("numpy", "dtype"), stack("what", "float5"), opcode.NewFalse, opcode.NewTrue), opcode.None, 8, 0, 16), suspicious, scan.RuleGlobalUnknown},
	{"joblib, the same without size", joblibType(call(stack("numpy", "dtype"), stack("what", "float5"), opcode.NewFalse, opcode.NewTrue), opcode.None, -1, 0, 16), suspicious, scan.RuleArgs},
	{"joblib, two sizes", joblibType(call(stack("numpy", "dtype"), "V8", opcode.NewFalse, opcode.NewTrue), opcode.None, 4, 16, 8), suspicious, scan.RuleArgs},
	{"joblib, fields of objects", joblibType(call(stack("numpy", "dtype"), "V8", opcode.NewFalse, opcode.NewTrue), opcode.None, 8, 27, 16), suspicious, scan.RuleMalformed},
	{"torch", torch(4, true), safe, ""},
	{"torch, tensor too large", torch(5, true), suspicious, scan.RuleArgs},
	{"torch's persistent ids elsewhere", torch(4, false), suspicious, scan.RulePersID},
}

// keywords is an object as protocol 2 has it if its class has __getnewargs_ex__: what has __new__, the
// class, and the arguments of the partial.
func keywords(has, class, args any) []byte { return asm(keywordsOf(has, class, args), opcode.Stop) }

func keywordsOf(has, class, args any) []any {
	return []any{proto2, call(stack("functools", "partial"), call(stack("builtins", "getattr"), has, "__new__")),
		opcode.Mark, call(stack("builtins", "getattr"), has, "__new__"), opcode.Mark, class, 1, opcode.Tuple, dict("a", 1), opcode.None, opcode.Tuple, opcode.Build,
		args, opcode.Reduce}
}

func laughs() []byte {
	b := asm(proto4, opcode.EmptyList, opcode.Memoize)
	for i := range 28 {
		b = append(b, asm(opcode.EmptyList, opcode.Mark)...)
		for range 10 {
			b = append(b, 'h', byte(i))
		}
		b = append(b, asm(opcode.Appends, opcode.Memoize)...)
	}
	return append(b, '.')
}

func manyNames(n int) []byte {
	b := asm(proto4, opcode.EmptyList, opcode.Mark)
	for i := range n {
		b = append(b, asm(stack("what", "n"+strings.Repeat("x", i%17)+string(rune('a'+i%26))+string(rune('a'+i/26%26))+string(rune('a'+i/676))))...)
	}
	return append(b, asm(opcode.Appends, opcode.Stop)...)
}

// joblib is a list of an array of two elements as joblib writes it, its data in the stream.
func joblib(dtype string, aligned bool, objects []byte, hidden bool) []byte {
	state := []any{"subclass", stack("numpy", "ndarray"), "shape", opcode.Mark, 2, opcode.Tuple, "order", "C",
		"dtype", call(stack("numpy", "dtype"), dtype, opcode.NewFalse, opcode.NewTrue), "allow_mmap", opcode.NewTrue}
	data := strings.Repeat("\x80", 16)
	if aligned {
		state = append(state, "numpy_array_alignment_bytes", 16)
		data = "\x05\xff\xff\xff\xff\xff" + data
	}
	if objects != nil {
		data = string(objects)
	}
	b := asm(proto4, opcode.EmptyList, instance(stack("joblib.numpy_pickle", "NumpyArrayWrapper")), dict(state...), opcode.Build, raw(data), opcode.Append)
	if hidden {
		b = append(b, asm(payload, opcode.Append)...)
	}
	return append(b, '.')
}

// joblibData is an array of one element of a type, whose data starts with some and has n bytes.
func joblibData(dtype, data string, n int) []byte {
	b := joblib(dtype, false, []byte(data+strings.Repeat("\x00", 2*n-len(data))), false)
	return b
}

// joblibType is an array of two elements of a type with a state, and n bytes of data that are no pickle.
func joblibType(dtype, subarray any, size, flags, n int) []byte {
	dtype = []any{dtype, opcode.Mark, 3, "|", subarray, opcode.None, opcode.None, size, 1, flags, opcode.Tuple, opcode.Build}
	state := dict("shape", []any{2, opcode.Tuple1}, "dtype", dtype)
	return asm(proto4, instance(stack("joblib.numpy_pickle", "NumpyArrayWrapper")), state, opcode.Build, raw(strings.Repeat("\xff", n)), opcode.Stop)
}

// joblibNamed is an array whose data starts with some, where the memo has three strings from 100 on,
// and a class.
func joblibNamed(module, name, data string) []byte {
	before := asm(proto4, module, raw("q\x640"), name, raw("q\x650"), "x", raw("q\x660"), stack("data", "Inst"), raw("q\x670"))
	return append(before, joblibData("S80", data, 80)[2:]...)
}

// torch is a file of torch's old format with a tensor of n floats in a storage of 4.
func torch(n int, magic bool) []byte {
	var b []byte
	if magic {
		b = append(b, "\x80\x02\x8a\x0al\xfc\x9cF\xf9 j\xa8P\x19.\x80\x02M\xe9\x03.\x80\x02}."...)
	}
	storage := []any{opcode.Mark, raw("X\x07\x00\x00\x00storage"), stack("torch", "FloatStorage"), "0", "cpu", 4, opcode.Tuple, opcode.BinPersID}
	b = append(b, asm(proto2, call(stack("torch._utils", "_rebuild_tensor_v2"), storage, 0, n, opcode.Tuple1, 1, opcode.Tuple1, opcode.NewFalse, opcode.None), opcode.Stop)...)
	if magic {
		b = append(b, "\x80\x02]q\x00X\x01\x00\x00\x000q\x01a."...)
		b = append(b, "\x04\x00\x00\x00\x00\x00\x00\x00"...)
		b = append(b, bytes.Repeat([]byte{0x80, 2, 'c', 'N'}, 4)...)
	}
	return b
}

func policyOf(t testing.TB, text string) *scan.Policy {
	t.Helper()
	p, err := scan.ParsePolicy("test", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// TestVectors judges one pickle for each thing that one may try.
func TestVectors(t *testing.T) {
	o := scan.Options{Policy: policyOf(t, testPolicy)}
	for _, v := range vectors {
		t.Run(v.name, func(t *testing.T) {
			r := o.Bytes(v.data)
			if r.Verdict != v.want {
				t.Fatalf("%v instead of %v: %.200q%s", r.Verdict, v.want, v.data, told(r))
			}
			has := v.rule == ""
			for _, f := range r.Findings {
				has = has || f.Severity == v.want && f.Rule == v.rule
				for _, text := range []string{f.Message, f.Call, f.Global} {
					if strings.ContainsFunc(text, func(r rune) bool { return r < ' ' || r == 0x7f }) {
						t.Errorf("control characters in %q", text)
					}
					if len(text) > 1500 {
						t.Errorf("a text of %d bytes", len(text))
					}
				}
				if f.Offset < -1 || f.Offset > int64(len(v.data)) {
					t.Errorf("offset %d of %d bytes", f.Offset, len(v.data))
				}
			}
			if !has {
				t.Errorf("no finding of %s%s", v.rule, told(r))
			}
		})
	}
}
