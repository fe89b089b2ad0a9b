package pickletools

import (
	"fmt"

	"github.com/go-pickle/pickle/opcode"
)

// An Error says where a pickle is wrong and what CPython 3.11's pickletools says to it.
// Every error of this package is an *Error, except those of the io.Writer given to
// [Disassemble].
type Error struct {
	// Kind is the name of the exception that Python raises: "ValueError" mostly,
	// "UnicodeDecodeError", which is a ValueError too, for text that is not in its
	// encoding, and two that Python did not mean to raise, "IndexError" from dis
	// when a mark was taken off the stack as if it were an object, and "TypeError"
	// from optimize when a memo entry is read that was not stored.
	Kind string

	// Message is str(exception) in Python. It can be as long as the pickle.
	Message string

	// Offset is where the instruction begins; for a pickle without STOP, its length.
	Offset int64

	// Op is the opcode, and the byte in its place if it is not [opcode.Op.Known].
	// It is 0 where there is none: at the end of a pickle without STOP.
	Op opcode.Op
}

// Error returns the opcode, the offset and what is wrong, for instance "pickletools:
// BINGET at offset 57: memo key 3 has never been stored into".
func (e *Error) Error() string {
	if !e.Op.Known() {
		return fmt.Sprintf("pickletools: offset %d: %s", e.Offset, e.Message)
	}
	return fmt.Sprintf("pickletools: %v at offset %d: %s", e.Op, e.Offset, e.Message)
}

const (
	valueError         = "ValueError"
	indexError         = "IndexError"
	typeError          = "TypeError"
	unicodeDecodeError = "UnicodeDecodeError"
)

// errorAt returns an Error about t.
func (t *token) errorAt(kind, format string, args ...any) *Error {
	return &Error{Kind: kind, Message: fmt.Sprintf(format, args...), Offset: int64(t.start), Op: t.op}
}
