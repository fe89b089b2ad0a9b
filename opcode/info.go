package opcode

import (
	"fmt"
	"iter"
	"strings"
)

// Info is what is known about one opcode. It is a plain value that compares with ==.
type Info struct {
	Name     string  // Python's name, such as "SHORT_BINUNICODE"
	Code     Op      // the byte itself
	Protocol int     // the protocol that introduced it, 0 to HighestProtocol
	Arg      ArgKind // what follows it in the stream
	Before   Stack   // what it takes from the top of the stack
	After    Stack   // what it leaves there instead
	Doc      string  // what it does, in one or two sentences
}

// Known reports whether op is one of the 68 opcodes.
func (op Op) Known() bool { return infos[op].Name != "" }

// Info returns what is known about op: the zero Info, whose Name is empty, if op is
// not [Op.Known]. It is a lookup in an array.
func (op Op) Info() Info { return infos[op] }

// Arg is short for op.Info().Arg; it is [ArgNone] for an op that is not [Op.Known].
func (op Op) Arg() ArgKind { return infos[op].Arg }

// String returns Python's name of op, such as "SHORT_BINUNICODE", and the byte in the
// form "0x1f" if op is not [Op.Known].
func (op Op) String() string {
	if name := infos[op].Name; name != "" {
		return name
	}
	return fmt.Sprintf("0x%02x", byte(op))
}

// All returns the 68 opcodes in the order in which pickletools lists them: by what
// they make, not by code.
func All() iter.Seq[Op] {
	return func(yield func(Op) bool) {
		for _, op := range order {
			if !yield(op) {
				return
			}
		}
	}
}

// ByName returns the opcode that Python calls name, such as "BINGET", and whether
// there is one. Case counts. It looks through the table and is meant for tools, not
// for inner loops.
func ByName(name string) (Op, bool) {
	for _, op := range order {
		if infos[op].Name == name {
			return op, true
		}
	}
	return 0, false
}

// A Stack is the picture of the top of the pickle machine's stack before or after an
// opcode: at most three objects, the topmost last. What lies below is not touched.
//
// [StackMark] followed by [StackSlice] means the topmost mark and everything above it.
// A Stack is filled from the front; the rest is zero.
type Stack [3]StackObject

// Len returns how many entries s has. A [StackSlice] counts as one, although it stands
// for any number of objects.
func (s Stack) Len() int {
	n := 0
	for n < len(s) && s[n] != 0 {
		n++
	}
	return n
}

// Index returns the index of the first x in s, and -1 if there is none.
func (s Stack) Index(x StackObject) int {
	for i, o := range s {
		if o == x && o != 0 {
			return i
		}
	}
	return -1
}

// String returns s as Python shows the list, such as "[list, mark, stackslice]".
func (s Stack) String() string {
	var b strings.Builder
	b.WriteByte('[')
	for i, o := range s[:s.Len()] {
		if i > 0 {
			b.WriteString(", ")
		}
		b.WriteString(o.String())
	}
	b.WriteByte(']')
	return b.String()
}

// A StackObject is the kind of one entry of a stack picture. The zero StackObject is
// no entry.
type StackObject uint8

// The kinds of entries in stack pictures, after the StackObject records of
// Lib/pickletools.py.
const (
	StackInt        StackObject = iota + 1 // an int
	StackIntOrBool                         // an int or a bool
	StackBool                              // a bool
	StackFloat                             // a float
	StackBytesOrStr                        // bytes or str, as the unpickler's encoding decides
	StackBytes                             // bytes
	StackByteArray                         // a bytearray
	StackStr                               // a str
	StackNone                              // None
	StackTuple                             // a tuple
	StackList                              // a list
	StackDict                              // a dict
	StackSet                               // a set
	StackFrozenSet                         // a frozenset
	StackBuffer                            // an out-of-band buffer
	StackAny                               // any object
	StackMark                              // the mark
	StackSlice                             // everything above the topmost mark
)

// String returns Python's name of o, such as "bytes_or_str".
func (o StackObject) String() string {
	if int(o) < len(stackNames) {
		return stackNames[o]
	}
	return fmt.Sprintf("StackObject(%d)", uint8(o))
}

// An ArgKind tells what follows an opcode in the stream and how long it is.
type ArgKind uint8

// The kinds of arguments, after the ArgumentDescriptor records of Lib/pickletools.py.
// Numbers are little-endian except that of [ArgFloat8].
const (
	ArgNone                 ArgKind = iota // nothing
	ArgUint1                               // one byte, unsigned
	ArgUint2                               // two bytes, unsigned
	ArgInt4                                // four bytes, two's complement
	ArgUint4                               // four bytes, unsigned
	ArgUint8                               // eight bytes, unsigned
	ArgFloat8                              // eight bytes, IEEE 754, big-endian
	ArgDecimalNLShort                      // a line: a decimal int, or 00 and 01 for False and True
	ArgDecimalNLLong                       // a line: a decimal int, an L after it or not
	ArgFloatNL                             // a line: a decimal float
	ArgStringNL                            // a line: a quoted string with Python's escapes
	ArgStringNLNoEscape                    // a line: a string without quotes
	ArgStringNLNoEscapePair                // two lines: strings without quotes
	ArgUnicodeStringNL                     // a line: text in raw-unicode-escape
	ArgString1                             // bytes counted by a uint1, read as Latin-1 text
	ArgString4                             // bytes counted by an int4, read as Latin-1 text
	ArgBytes1                              // bytes counted by a uint1
	ArgBytes4                              // bytes counted by a uint4
	ArgBytes8                              // bytes counted by a uint8
	ArgByteArray8                          // bytes counted by a uint8, for a bytearray
	ArgUnicodeString1                      // UTF-8, surrogates allowed, counted by a uint1
	ArgUnicodeString4                      // UTF-8, surrogates allowed, counted by a uint4
	ArgUnicodeString8                      // UTF-8, surrogates allowed, counted by a uint8
	ArgLong1                               // a two's complement int of any size, counted by a uint1
	ArgLong4                               // a two's complement int of any size, counted by an int4
)

// The lengths that [ArgKind.Size] returns for arguments whose length is in the stream,
// with the values that Lib/pickletools.py gives them.
const (
	UpToNewline = -1 // up to and with the next newline; twice for ArgStringNLNoEscapePair
	CountUint1  = -2 // as many bytes as the uint1 in front says
	CountInt4   = -3 // as many bytes as the int4 in front says; it must not be negative
	CountUint4  = -4 // as many bytes as the uint4 in front says
	CountUint8  = -5 // as many bytes as the uint8 in front says
)

// Size returns the length of the argument in bytes if that is fixed, 0 for [ArgNone],
// and one of the negative constants [UpToNewline], [CountUint1], [CountInt4],
// [CountUint4] and [CountUint8] if the stream tells the length.
func (k ArgKind) Size() int {
	if int(k) < len(argSizes) {
		return int(argSizes[k])
	}
	return 0
}

// String returns Python's name of k, such as "stringnl_noescape_pair", and "none" for
// [ArgNone], where Python has None.
func (k ArgKind) String() string {
	if int(k) < len(argNames) {
		return argNames[k]
	}
	return fmt.Sprintf("ArgKind(%d)", uint8(k))
}
