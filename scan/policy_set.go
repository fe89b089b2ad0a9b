package scan

import (
	"path"
	"slices"
	"strings"
)

// A policySet is a ruleSet of entries: an exact one beats a pattern, a deny beats an
// allow, and what allows more of the same name adds to it.
type policySet struct {
	entries  []*Entry
	exact    map[string]map[string]*Entry // by module and name
	modules  map[string][]*pattern        // by module: only the name is a pattern
	prefixes map[string][]*pattern        // by the first part of a module that is a pattern
	others   []*pattern                   // whose first part is a pattern itself
	denied   map[string]bool              // the first parts of modules of which something is denied
}

// A pattern is an entry whose module or name is a pattern, both cut at their dots.
type pattern struct {
	entry        *Entry
	module, name []string
}

func newPolicySet() *policySet {
	return &policySet{
		exact:    make(map[string]map[string]*Entry),
		modules:  make(map[string][]*pattern),
		prefixes: make(map[string][]*pattern),
		denied:   make(map[string]bool),
	}
}

func isPattern(s string) bool { return strings.ContainsAny(s, `*?[\`) }

// add takes in e. Of two entries for one exact name a deny wins, else the first.
func (s *policySet) add(e *Entry) {
	s.entries = append(s.entries, e)
	if first, _, _ := strings.Cut(e.Module, "."); e.Deny && !isPattern(first) {
		s.denied[first] = true
	}
	p := &pattern{e, splitParts(e.Module), splitParts(e.Name)}
	switch {
	case isPattern(e.Module):
		if first := p.module[0]; isPattern(first) {
			s.others = append(s.others, p)
		} else {
			s.prefixes[first] = append(s.prefixes[first], p)
		}
	case isPattern(e.Name):
		s.modules[e.Module] = append(s.modules[e.Module], p)
	default:
		names := s.exact[e.Module]
		if names == nil {
			names = make(map[string]*Entry)
			s.exact[e.Module] = names
		}
		if old := names[e.Name]; old == nil || e.Deny && !old.Deny {
			names[e.Name] = e
		}
	}
}

// finish puts denies first, so that the first match decides.
func (s *policySet) finish() {
	first := func(a, b *pattern) int {
		switch {
		case a.entry.Deny == b.entry.Deny:
			return 0
		case a.entry.Deny:
			return -1
		}
		return 1
	}
	for _, list := range s.modules {
		slices.SortStableFunc(list, first)
	}
	for _, list := range s.prefixes {
		slices.SortStableFunc(list, first)
	}
	slices.SortStableFunc(s.others, first)
}

func (s *policySet) all() []*Entry { return s.entries }

func (s *policySet) denies(first string) bool { return s.denied[first] }

func (s *policySet) lookup(module, name string) *Entry { return s.lookupWith(s.others, module, name) }

// lookupWith returns the entry that decides, with others for those of any module. Exact ones do before all; among patterns the first that
// denies does, and else the first in order: of the module by its own name, by its first part, by
// none.
func (s *policySet) lookupWith(others []*pattern, module, name string) *Entry {
	if e := s.exact[module][name]; e != nil {
		return e
	}
	first, _, _ := strings.Cut(module, ".")
	var found *Entry
	var nameParts, moduleParts []string
	for i, list := range [...][]*pattern{s.modules[module], s.prefixes[first], others} {
		if len(list) > 0 && nameParts == nil {
			nameParts = splitParts(name)
		}
		if len(list) > 0 && i > 0 && moduleParts == nil {
			moduleParts = splitParts(module)
		}
		for _, p := range list {
			if found != nil && !p.entry.Deny {
				break // those that deny come first
			}
			if (i == 0 || matchParts(p.module, moduleParts)) && matchParts(p.name, nameParts) {
				found = p.entry
				if found.Deny {
					return found
				}
			}
		}
	}
	return found
}

// maxParts bounds how many parts a name may have to be matched.
const maxParts = 64

// matchParts reports whether pattern fits parts: ** stands for any number of them, others are
// shell globs for one. It takes time in proportion to the product of their lengths.
func matchParts(pattern, parts []string) bool {
	if len(parts) > maxParts {
		return false
	}
	star, from := -1, 0 // where to go on after the last **
	p, i := 0, 0
	for i < len(parts) {
		switch {
		case p < len(pattern) && pattern[p] == "**":
			star, from = p, i
			p++
		case p < len(pattern) && matchPart(pattern[p], parts[i]):
			p++
			i++
		case star >= 0:
			from++
			p, i = star+1, from
		default:
			return false
		}
	}
	for p < len(pattern) && pattern[p] == "**" {
		p++
	}
	return p == len(pattern)
}

func matchPart(pattern, part string) bool {
	switch {
	case pattern == "*":
		return true
	case !isPattern(pattern):
		return pattern == part
	case len(part) > 256: // path.Match may take long, and no real name is
		return false
	}
	ok, _ := path.Match(pattern, part)
	return ok
}
