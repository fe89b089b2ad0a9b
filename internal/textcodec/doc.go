// Package textcodec knows Python's text forms: the numbers and strings that
// the line opcodes of protocol 0 spell out, the escapes they use, what repr
// shows, and the few codecs CPython keeps in C.
//
// # Text
//
// A Go string holds a Python str as UTF-8. Python text may contain lone
// surrogates, which UTF-8 has no form for; they are kept as the three bytes
// that Python's 'surrogatepass' handler writes (U+DC80 is ED B2 80), and two
// surrogates in a row stay two, as they are two characters in Python. Bytes
// that are neither cannot come out of this package; where such a string comes
// in, each offending byte counts as the surrogate that Python's
// 'surrogateescape' handler would make of it.
//
// # Lines
//
// The functions that read an opcode's line take it without its LF. An empty
// line is for the caller to refuse: CPython calls it truncated data, here it is
// an error like any other. The rules are those of CPython 3.11; from 3.14 on
// INT and LONG are decimal only.
//
// # Errors
//
// Every error is an [*Error] that names the exception CPython 3.11 raises and
// carries its message.
//
// # Costs
//
// Every function is linear in the length of its input, in time and in memory,
// none panics, and none keeps its arguments. All are safe for concurrent use.
package textcodec
