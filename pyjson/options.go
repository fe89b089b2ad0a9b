package pyjson

import (
	"io"

	"github.com/go-pickle/pickle/py"
)

// Options say how to write. The zero Options write typed JSON on one line. They may be
// copied and used by any number of goroutines.
type Options struct {
	// Indent, such as two spaces, begins a new line for each item and is repeated for each
	// level, up to 64 times. "" writes everything on one line.
	Indent string

	// MergeStrings writes equal str objects of up to 64 bytes as if they were one. The
	// text is easier to read and reads back equal, but dumping what was read may refer to
	// a str where the original pickle repeats it.
	MergeStrings bool

	// Plain writes ordinary JSON, as the function [Plain] does.
	Plain bool

	// FiniteOnly, with Plain, makes a NaN or infinity an error that is [ErrNotFinite],
	// instead of null.
	FiniteOnly bool

	// MaxShared, with Plain, bounds what sharing can blow up, since plain JSON repeats what
	// is shared. A value, or 16 bytes of a text, counts one. What is written again may
	// count MaxShared, and eight times what is written first; more is an error that is
	// [py.ErrTooShared]. 0 means 1<<20, a negative number means no limit.
	MaxShared int
}

// Marshal returns v as typed JSON, from which [Unmarshal] makes the same value again. v is
// a value of package py, or plain Go data that [py.From] takes. The error is an [*Error]:
// values of Go types that package py has no form for; or [py.ErrTooShared]: large ints that
// are shared would be written again in more than 64 MB.
func Marshal(v any) ([]byte, error) { return Options{}.Append(nil, v) }

// Plain returns v as ordinary JSON for programs that know nothing of Python:
//
//	None, bool, int, float, str   null, true, 1, 1.0, "text"; a lone surrogate as \udc80,
//	                              an int of more than 4300 digits as "0x..."
//	NaN, infinities               null
//	list, tuple, set, frozenset   an array
//	dict                          an object in the same order; of other keys than str
//	                              int, float, bool and None become "1", "1.5", "true" and
//	                              "null" as in Python's json, all others their repr
//	bytes, bytearray, buffer      a string, base64 as encoding/json has it for []byte
//	complex                       {"__class__":"complex","real":1.0,"imag":2.0}
//	class, function               its name, "collections.OrderedDict"
//	object                        {"__class__":"module.Name", then its attributes}
//	persistent reference          {"__persistent__": its id}
//
// An object has further members before or behind its attributes if they say anything:
// "__args__" and "__kwargs__" (what it was made with), "__state__" (a state that is no
// attributes; the list of all if it was given several), "__items__" (what was appended or
// added to it), "__entries__" (what was set in it, as a dict is). OrderedDict, defaultdict
// and Counter of module collections become an object as a dict does. What Python's
// json.dumps takes becomes what json.dumps writes, but for NaN and infinities.
//
// What is shared is written as often as it is met; what holds itself can't be. The error
// is an [*Error] with [py.ErrCyclic] or, past the limit of [Options], [py.ErrTooShared]
// behind it.
func Plain(v any) ([]byte, error) { return Options{Plain: true}.Append(nil, v) }

// Marshal returns v as JSON.
func (o Options) Marshal(v any) ([]byte, error) { return o.Append(nil, v) }

// Append appends v as JSON to dst. After an error it returns dst as it was.
func (o Options) Append(dst []byte, v any) ([]byte, error) {
	w := writer{o: &o, out: dst}
	if err := w.write(v); err != nil {
		return dst, err
	}
	return w.out, nil
}

// Write writes v as JSON and a line feed to out, so that several values without Indent
// make JSON lines. It holds some 64 KiB of text at a time. If v can't be written as typed
// JSON nothing is written; plain JSON may have been written up to the place of the error.
func (o Options) Write(out io.Writer, v any) error {
	w := writer{o: &o, w: out}
	if err := w.write(v); err != nil {
		return err
	}
	w.out = append(w.out, '\n')
	w.flush()
	return w.err
}

func (w *writer) write(v any) error {
	v, err := py.From(v)
	if err != nil {
		return &Error{Offset: -1, Path: "$", Err: err}
	}
	if w.o.Plain {
		return w.plainly(v)
	}
	return w.typed(v)
}
