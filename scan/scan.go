// Package scan tells what a pickle would do if Python loaded it.
//
// Nothing is loaded: the pickle machine of package graph runs the pickle and keeps its calls, and
// the rules here judge them in the order in which Python would make them, also those before
// the point where a broken pickle fails.
//
// What nobody allowed is not safe. A [Policy] lists the names that data consists of and what
// may be done with each; everything else is suspicious. The names that it denies do not decide
// what is safe: they turn suspicious into dangerous, and say why.
//
// Package scan judges pickles. Package [github.com/go-pickle/pickle/scan/files] finds them in
// files and archives.
package scan

import (
	"encoding"

	"github.com/go-pickle/pickle/opcode"
)

// A Verdict says what is known about loading something in Python. A greater verdict is worse:
// that of several things is the maximum of theirs.
type Verdict uint8

const (
	// Safe: every byte that a loader would look at was understood, and only names that the
	// policy allows are used, in the ways that it allows.
	Safe Verdict = iota
	// Suspicious: it can't be decided. An unknown name, a part that can't be read, a limit.
	Suspicious
	// Dangerous: loading runs code, touches files or the network, imports what should not be
	// imported, changes what was imported, or unpickles something of that kind.
	Dangerous
)

var _ encoding.TextMarshaler = Safe

// A Finding is something that a person who decides about a file should know.
type Finding struct {
	Rule     Rule    // what kind of thing it is
	Severity Verdict // what it makes of the file; Safe is a note
	Message  string  // in words, without the place
	Member   string  // the way to the pickle inside containers: "archive/data.pkl", "" for the file itself
	Pickle   int     // the number of the pickle in its member, from 0
	// Offset is that of the instruction from the start of the member. It is -1 if the finding is
	// not about one place.
	Offset int64
	Op     opcode.Op // the instruction, 0 if it is about none
	Global string    // the name that it is about, as module.name, or ""
	Call   string    // the call that it is about, as Python would write it, or ""
}

// A Report is what is known about one file, or about one member of it.
type Report struct {
	Verdict Verdict
	// Globals are what would be imported, as module.name, each once, in order. What Python 2 and
	// 3 call differently is there by both names.
	Globals  []string
	Findings []Finding
	Pickles  int   // how many pickles were found
	Bytes    int64 // how many bytes were looked at, after decompression
}

// Options say how to scan. The zero value is the default.
type Options struct {
	// Policy says what is allowed; nil is [DefaultPolicy].
	Policy *Policy
	// MaxFindings bounds how many findings a report keeps; the verdict counts all.
	// 0 means 1000.
	MaxFindings int
	// MaxDepth bounds how many pickles inside pickles are looked into. 0 means 8.
	MaxDepth int
	// Torch is set for pickles of torch.save, whose persistent ids are storages: of any others
	// a persistent id is suspicious. Data that starts with the magic number of torch's old
	// format needs no telling: its five pickles and what follows them are known.
	Torch bool
	// Storages are the sizes in bytes of torch's storages by key, if they are known: the members
	// archive/data/KEY of a zip file. A tensor that is larger than its storage is suspicious.
	Storages map[string]int64
}
