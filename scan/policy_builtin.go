package scan

import (
	"embed"
	"slices"
	"strings"
	"sync"
)

//go:embed policy/*.policy
var policyFiles embed.FS

// A builtinSet is several built-in sets, in which all entries have the same weight. There are
// thousands of lines, of which a program asks for a few: those of a package are parsed when a name
// of it is first looked up.
type builtinSet struct {
	packages map[string]*builtinPackage // by the first part of their modules
	others   *builtinPackage            // for modules whose first part is a pattern
	none     policySet
}

// A builtinPackage is what there is about the modules of one package.
type builtinPackage struct {
	lines  []builtinLine
	denied bool // one of them is a deny
	once   sync.Once
	set    *policySet
}

type builtinLine struct {
	file   string
	number int
	text   string
}

// newBuiltin is the set of those that names names.
func newBuiltin(names []string) *builtinSet {
	s := &builtinSet{packages: make(map[string]*builtinPackage), others: new(builtinPackage)}
	for _, name := range names {
		file := name + ".policy"
		data, err := policyFiles.ReadFile("policy/" + file)
		if err != nil {
			panic(err)
		}
		number := 0
		for line := range strings.Lines(string(data)) {
			number++
			verb, rest, _ := strings.Cut(strings.TrimSuffix(line, "\n"), " ")
			if verb != "allow" && verb != "deny" {
				continue
			}
			first := strings.TrimLeft(rest, " ")
			if i := strings.IndexAny(first, ".:"); i >= 0 {
				first = first[:i]
			}
			p := s.others
			if !isPattern(first) {
				if p = s.packages[first]; p == nil {
					p = new(builtinPackage)
					s.packages[first] = p
				}
			}
			p.lines = append(p.lines, builtinLine{file, number, line})
			p.denied = p.denied || verb == "deny"
		}
	}
	return s
}

// parsed is the set of a package.
func (p *builtinPackage) parsed() *policySet {
	p.once.Do(func() {
		p.set = newPolicySet()
		for _, l := range p.lines {
			e, message := parseRule(l.file, l.number, l.text)
			if message != "" {
				panic(l.file + ": " + message)
			}
			p.set.add(e)
		}
		p.set.finish()
	})
	return p.set
}

func (s *builtinSet) lookup(module, name string) *Entry {
	first, _, _ := strings.Cut(module, ".")
	set := &s.none
	if p := s.packages[first]; p != nil {
		set = p.parsed()
	}
	return set.lookupWith(s.others.parsed().others, module, name)
}

func (s *builtinSet) denies(first string) bool {
	p := s.packages[first]
	return p != nil && p.denied
}

// all are the entries by package.
func (s *builtinSet) all() []*Entry {
	var all []*Entry
	var packages []string
	for first := range s.packages {
		packages = append(packages, first)
	}
	slices.Sort(packages)
	for _, first := range packages {
		all = append(all, s.packages[first].parsed().entries...)
	}
	return append(all, s.others.parsed().entries...)
}

// BuiltinSets are the names of the built-in sets, sorted.
func BuiltinSets() []string {
	files, err := policyFiles.ReadDir("policy")
	if err != nil {
		panic(err)
	}
	var names []string
	for _, f := range files {
		names = append(names, strings.TrimSuffix(f.Name(), ".policy"))
	}
	return names
}

var defaultPolicy = sync.OnceValue(func() *Policy { return &Policy{sets: []ruleSet{newBuiltin(BuiltinSets())}} })

// DefaultPolicy has all built-in sets: the constructors of plain data of Python's standard
// library and of well known packages, and the names that are known to be dangerous.
func DefaultPolicy() *Policy { return defaultPolicy() }
