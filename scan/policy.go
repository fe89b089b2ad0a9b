package scan

import (
	"embed"
	"fmt"
	"iter"
	"path"
	"slices"
	"strings"
	"sync"
)

// A Policy says which names a pickle may use, and how. Its text form is described in the
// folder policy, beside the built-in sets. A Policy is not changed after it was parsed: any
// number of goroutines may use it.
type Policy struct {
	sets []*policySet // what stands first decides
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

//go:embed policy/*.policy
var policyFiles embed.FS

// builtin parses the built-in sets once.
var builtin = sync.OnceValue(func() map[string]*policySet {
	sets := make(map[string]*policySet)
	files, err := policyFiles.ReadDir("policy")
	if err != nil {
		panic(err)
	}
	for _, f := range files {
		data, err := policyFiles.ReadFile("policy/" + f.Name())
		if err != nil {
			panic(err)
		}
		set, _, err := parsePolicy(f.Name(), string(data), nil)
		if err != nil {
			panic(err)
		}
		sets[strings.TrimSuffix(f.Name(), ".policy")] = set
	}
	return sets
})

// BuiltinSets are the names of the built-in sets, sorted.
func BuiltinSets() []string {
	var names []string
	for name := range builtin() {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// merged is the set of several built-in sets, in which all entries have the same weight.
func merged(names []string) *policySet {
	all := newPolicySet()
	for _, name := range names {
		for _, e := range builtin()[name].entries {
			all.add(e)
		}
	}
	all.finish()
	return all
}

var defaultPolicy = sync.OnceValue(func() *Policy { return &Policy{sets: []*policySet{merged(BuiltinSets())}} })

// DefaultPolicy has all built-in sets: the constructors of plain data of Python's standard
// library and of well known packages, and the names that are known to be dangerous.
func DefaultPolicy() *Policy { return defaultPolicy() }

// ParsePolicy reads a policy; name stands for it in messages. Its own entries come before those
// of the built-in sets that it uses: all of them if it does not say which. An error is a
// [*PolicyError].
func ParsePolicy(name string, data []byte) (*Policy, error) {
	set, uses, err := parsePolicy(name, string(data), BuiltinSets())
	if err != nil {
		return nil, err
	}
	p := &Policy{sets: []*policySet{set}}
	switch {
	case uses == nil:
		p.sets = append(p.sets, DefaultPolicy().sets...)
	case len(uses) > 0:
		p.sets = append(p.sets, merged(uses))
	}
	return p, nil
}

// Entries yields all entries, those of the built-in sets last.
func (p *Policy) Entries() iter.Seq[*Entry] {
	return func(yield func(*Entry) bool) {
		for _, s := range p.sets {
			for _, e := range s.entries {
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
		if s.denied[first] {
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
