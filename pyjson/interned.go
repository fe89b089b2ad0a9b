package pyjson

import "github.com/go-pickle/pickle/internal/intern"

// Some str objects exist once in Python, and package pickle's encoder has them too: it
// writes them by itself, in the calls that stand for bytes, complex and the like where a
// protocol has no opcode. A loaded str that is the same object as such a one has the
// encoder's own memory, so that dumping refers from one to the other. Text can't carry an
// address.
//
// A character up to U+00FF and "latin1" have the encoder's memory in nearly every value that
// was loaded, so a plain string with such a text stands for it, and only one that differs,
// where that can be told from the pickle, is marked. The names below have it only if the
// pickle says so, and otherwise not; {"$interned":"builtins"} stands for these in a value
// for which the encoder writes them, in protocol 4 or 5.

// internedNames are the encoder's constants. The linker keeps equal constants of all
// packages in one place.
var internedNames = []string{"builtins", "complex", "bytearray"}

// findInterned finds the encoder's str of that text among internedNames.
func findInterned(text string) (string, bool) {
	for _, s := range internedNames {
		if s == text {
			return s, true
		}
	}
	return "", false
}

// isInterned reports whether s is one of internedNames, not just equal to it.
func isInterned(s string) bool {
	own, ok := findInterned(s)
	return ok && intern.Same(own, s)
}

// always finds the str that every plain string of that text is.
func always[S string | []byte](text S) (string, bool) {
	if c, ok := intern.IsChar(text); ok {
		return intern.Char(c), true
	}
	if string(text) == intern.Latin1 {
		return intern.Latin1, true
	}
	return "", false
}
