package stdlib

import "github.com/go-pickle/pickle/py"

// EntriesB are entriesB for the tests.
func EntriesB() [][]py.Entry { return entriesB }
