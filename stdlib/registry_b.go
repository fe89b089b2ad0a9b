package stdlib

import "github.com/go-pickle/pickle/py"

// entriesB are to be joined into Registry.
var entriesB = [][]py.Entry{
	dictsEntries, dequeEntries, userEntries, callsEntries, typesEntries, patternEntries, exceptionEntries,
}
