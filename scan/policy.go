package scan

import (
	"fmt"
	"iter"
	"path"
	"strings"
)

// A Policy says which names a pickle may use, and how. Its text form is described in the
// folder policy, beside the built-in sets. A Policy is not changed after it was parsed: any
// number of goroutines may use it.
type Policy struct {
	sets []ruleSet // what stands first decides
}

// A ruleSet holds entries of the same weight.
type ruleSet interface {
	lookup(module, name string) *Entry
	denies(first string) bool // something of a module whose first part this is
	all() []*Entry
}

// A Use is a set of ways in which a pickle uses a name.
type Use uint8

// The uses of names.
const (
	UseName   Use = 1 << iota // it is referred to, which all other uses imply
	UseCall                   // it is called: REDUCE, INST, OBJ
	UseNew                    // it is a class whose __new__ is called: NEWOBJ and its like
	UseBuild                  // what it made gets a state: BUILD
	UseAppend                 // what it made gets items: APPEND, APPENDS
	UseItems                  // what it made gets keys and values: SETITEM, SETITEMS
	UseAdd                    // what it made gets elements: ADDITEMS
)

var useNames = []string{"name", "call", "new", "build", "append", "items", "add"}

// String gives the words of a policy file, separated by blanks.
func (u Use) String() string {
	var words []string
	for i, name := range useNames {
		if u&(1<<i) != 0 {
			words = append(words, name)
		}
	}
	return strings.Join(words, " ")
}

// An Entry is a line of a policy.
type Entry struct {
	Deny         bool
	Module, Name string // as written: they may be patterns
	Uses         Use    // what is allowed; nothing for a deny
	Args         string // the rule for the arguments of calls, or ""
	Reason       string
	File         string // the policy's name
	Line         int    // from 1
}

// String is the entry in the form of a policy file.
func (e *Entry) String() string {
	var b strings.Builder
	if e.Deny {
		b.WriteString("deny ")
	} else {
		b.WriteString("allow ")
	}
	b.WriteString(e.Module + ":" + e.Name)
	if uses := e.Uses.String(); uses != "" {
		b.WriteString(" " + uses)
	}
	if e.Args != "" {
		b.WriteString(" args=" + e.Args)
	}
	if e.Reason != "" {
		b.WriteString(" -- " + e.Reason)
	}
	return b.String()
}

// A PolicyError says what is wrong with the text of a policy.
type PolicyError struct {
	File    string
	Line    int
	Message string
}

// Error gives place and message.
func (e *PolicyError) Error() string { return fmt.Sprintf("%s:%d: %s", e.File, e.Line, e.Message) }

// ParsePolicy reads a policy; name stands for it in messages. Its own entries come before those
// of the built-in sets that it uses: all of them if it does not say which. An error is a
// [*PolicyError].
func ParsePolicy(name string, data []byte) (*Policy, error) {
	set, uses, err := parsePolicy(name, string(data), BuiltinSets())
	if err != nil {
		return nil, err
	}
	p := &Policy{sets: []ruleSet{set}}
	switch {
	case uses == nil:
		p.sets = append(p.sets, DefaultPolicy().sets...)
	case len(uses) > 0:
		p.sets = append(p.sets, newBuiltin(uses))
	}
	return p, nil
}

// Entries yields all entries, those of the built-in sets last.
func (p *Policy) Entries() iter.Seq[*Entry] {
	return func(yield func(*Entry) bool) {
		for _, s := range p.sets {
			for _, e := range s.all() {
				if !yield(e) {
					return
				}
			}
		}
	}
}

// Lookup returns the entry that decides about a name, and nil if there is none. It knows
// nothing of dotted paths: a scan judges their parts too.
func (p *Policy) Lookup(module, name string) *Entry {
	for _, s := range p.sets {
		if e := s.lookup(module, name); e != nil {
			return e
		}
	}
	return nil
}

// deniesBelow reports whether a module is, or is below, one of which something is denied by name.
func (p *Policy) deniesBelow(first string) bool {
	for _, s := range p.sets {
		if s.denies(first) {
			return true
		}
	}
	return false
}

// splitParts splits a module or name at its dots.
func splitParts(s string) []string { return strings.Split(s, ".") }

// validPattern tells what is wrong with a module or name of an entry, or "".
func validPattern(s string) string {
	for _, part := range splitParts(s) {
		switch {
		case part == "":
			return "has an empty part"
		case strings.Contains(part, "**") && part != "**":
			return "has ** that is no part of its own"
		}
		if _, err := path.Match(part, ""); err != nil {
			return "is no valid pattern"
		}
	}
	return ""
}
