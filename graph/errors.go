package graph

import (
	"fmt"

	"github.com/go-pickle/pickle/opcode"
)

// A Kind names the exception that CPython raises for the same fault.
type Kind string

// The kinds of faults that a pickle can have.
const (
	// EOFError: the input ends where an opcode should be.
	EOFError Kind = "EOFError"
	// UnpicklingError: truncated arguments, the stack or the memo lacks what an opcode
	// needs, an unknown opcode.
	UnpicklingError Kind = "UnpicklingError"
	// ValueError: text that is no number, an unknown protocol, an unregistered extension.
	ValueError Kind = "ValueError"
	// OverflowError: a length or index over 2^63-1, a FLOAT out of range.
	OverflowError Kind = "OverflowError"
	// UnicodeDecodeError: text that its encoding doesn't allow.
	UnicodeDecodeError Kind = "UnicodeDecodeError"
	// LookupError: an encoding or error handler that is not known.
	LookupError Kind = "LookupError"
	// TypeError: an unhashable key, a call of what can't be called.
	TypeError Kind = "TypeError"
	// AttributeError: items or state for a built-in object that takes none.
	AttributeError Kind = "AttributeError"
	// IndexError: assignment past the end of a list.
	IndexError Kind = "IndexError"
	// MemoryError: a limit of this implementation or of the caller was reached.
	MemoryError Kind = "MemoryError"
	// OSError: the reader failed; [Error.Err] is its error.
	OSError Kind = "OSError"
)

// An Error says why a pickle can't be run, and where.
type Error struct {
	Kind    Kind
	Message string    // CPython's, where CPython has one
	Offset  int64     // of the opcode, from the start of the pickle or stream
	Op      opcode.Op // the opcode that failed; 0 at the end of the input
	Hint    string    // what to do about it, or ""
	Err     error     // what is behind it: io.EOF, a reader's error; or nil
}

// Error gives place, message and hint in one line.
func (e *Error) Error() string {
	var s string
	if e.Op != 0 && e.Op.Known() {
		s = fmt.Sprintf("pickle: %s at offset %d: %s", e.Op, e.Offset, e.Message)
	} else {
		s = fmt.Sprintf("pickle: offset %d: %s", e.Offset, e.Message)
	}
	if e.Hint != "" {
		s += " (" + e.Hint + ")"
	}
	return s
}

// Unwrap returns what is behind the error.
func (e *Error) Unwrap() error { return e.Err }
