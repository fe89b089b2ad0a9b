// Package pickletools looks at pickles without loading them: it lists their
// instructions, prints them, and shortens pickles. It is Python's pickletools for Go.
//
//	Python                              here
//	pickletools.genops(data)            Instructions(data)
//	pickletools.dis(data, out, ...)     Disassemble(out, data, DisassembleOptions{...})
//	pickletools.optimize(data)          Optimize(data)
//
// The contract is CPython 3.11's Lib/pickletools.py: [Disassemble] prints the bytes
// that it prints, [Optimize] returns the bytes that it returns, and what it refuses is
// refused here at the same instruction, with an [*Error] that carries Python's
// exception and message. The tests hold the package to that with the python3 at hand.
//
// # Input
//
// Every function takes a pickle as a byte slice that begins with it and ignores what
// follows the STOP instruction, so a caller reads a file or a stream first, for
// instance with [io.ReadAll]. [Instruction.End] and the result of [Disassemble] tell
// where a pickle ended and the next one, if any, begins.
//
// # Hostile input
//
// Nothing in a pickle is run, imported or built. Time and memory are linear in the
// length of the input: a length that the pickle claims is compared with what is there
// before anything else happens, memo indexes are not array sizes, nothing recurses,
// and integers of more than 4300 decimal digits are refused where Python refuses them.
// The one thing in CPython's output that is not linear, the indentation of deeply
// nested marks, has a limit: see [DisassembleOptions].MaxIndentBytes.
//
// # Concurrency
//
// The functions keep no state and may be called from any number of goroutines. A
// [Memo] belongs to one call at a time.
package pickletools

import (
	"iter"
	"math/big"

	"github.com/go-pickle/pickle/internal/textcodec"
	"github.com/go-pickle/pickle/opcode"
)

//go:generate python3 gen.py

// An Instruction is an opcode with its argument and its place in the pickle.
type Instruction struct {
	Op opcode.Op

	// Arg is the argument that follows the opcode, nil if there is none. For the
	// kinds of [opcode.ArgKind] it is
	//
	//	numbers, decimalnl, long     int64, or *big.Int if it does not fit
	//	decimalnl_short 00 and 01    bool: INT's spelling of False and True; Python's
	//	                             tool reads the index of GET and PUT so, too
	//	floatnl, float8              float64
	//	stringnl, string, unicode    string: without quotes, escapes undone
	//	stringnl_noescape_pair       string: the two lines with a space between them
	//	bytes, bytearray             []byte: a part of the input, not a copy
	//
	// The bytes of Python 2's strings (STRING, BINSTRING, SHORT_BINSTRING) are given
	// as text: Latin-1 for the counted ones, ASCII for STRING, as pickletools does.
	// A string is UTF-8 but for surrogates, which are encoded like other characters,
	// in three bytes each.
	Arg any

	Offset int64 // of the opcode
	End    int64 // of the byte behind the instruction
}

// Instructions returns the instructions of the pickle at the beginning of data, up to
// and with the first STOP. It is Python's pickletools.genops.
//
// Where an instruction cannot be read, the sequence ends with an [*Error]; the
// Instruction beside it has the offset, and the opcode if there was one. If the
// sequence ends without an error, its last instruction is STOP. Arguments are read,
// not judged: whether there is anything on the stack and in the memo is for
// [Disassemble] to check.
//
// data must not change while the sequence is in use, nor after that as long as an
// argument of type []byte is. The sequence may be used several times.
func Instructions(data []byte) iter.Seq2[Instruction, error] {
	return func(yield func(Instruction, error) bool) {
		s := scanner{data: data}
		var t token
		for {
			if err := s.next(&t); err != nil {
				yield(Instruction{Op: t.op, Offset: int64(t.start), End: int64(t.start)}, err)
				return
			}
			i := Instruction{Op: t.op, Arg: t.value(), Offset: int64(t.start), End: int64(t.end)}
			if !yield(i, nil) || t.op == opcode.Stop {
				return
			}
		}
	}
}

// value returns t's argument as [Instruction.Arg] describes it.
func (t *token) value() any {
	switch t.form {
	case formInt:
		return t.n
	case formBool:
		return t.n != 0
	case formBig:
		return new(big.Int).Set(t.big)
	case formFloat:
		return t.f
	case formStr:
		return string(t.text)
	case formLatin1:
		return string(textcodec.AppendLatin1(nil, t.text))
	case formBytes, formByteArray:
		return t.text[:len(t.text):len(t.text)]
	}
	return nil
}
