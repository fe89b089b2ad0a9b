package scan

import (
	"fmt"
	"slices"
	"strings"
)

// policyHeader is the first line of a policy.
const policyHeader = "pickle-policy 1"

// parsePolicy reads the text of a policy. uses are the built-in sets that it names, nil if it
// has no use line; known tells which there are.
func parsePolicy(file, text string, known []string) (set *policySet, uses []string, err error) {
	set = newPolicySet()
	number := 0
	fail := func(format string, args ...any) error {
		return &PolicyError{File: file, Line: number, Message: fmt.Sprintf(format, args...)}
	}
	header := false
	for line := range strings.Lines(text) {
		number++
		line = strings.TrimSpace(line)
		if line == "" || line[0] == '#' {
			continue
		}
		if !header {
			if line != policyHeader {
				return nil, nil, fail("a policy starts with %q", policyHeader)
			}
			header = true
			continue
		}
		if words := strings.Fields(line); words[0] != "use" {
			e, message := parseRule(file, number, line)
			if message != "" {
				return nil, nil, fail("%s", message)
			}
			set.add(e)
			continue
		}
		rule, _, _ := strings.Cut(line, " -- ")
		if uses == nil {
			uses = []string{}
		}
		for _, name := range strings.Fields(rule)[1:] {
			if name == "none" {
				continue
			}
			if !slices.Contains(known, name) {
				return nil, nil, fail("there is no built-in set %q; there are: %s", name, strings.Join(known, ", "))
			}
			if !slices.Contains(uses, name) {
				uses = append(uses, name)
			}
		}
	}
	if !header {
		number++
		return nil, nil, fail("a policy starts with %q", policyHeader)
	}
	set.finish()
	return set, uses, nil
}

// parseRule reads a line that allows or denies, or says what is wrong with it.
func parseRule(file string, number int, line string) (e *Entry, message string) {
	rule, reason, _ := strings.Cut(line, " -- ")
	words := strings.Fields(rule)
	if words[0] != "allow" && words[0] != "deny" {
		return nil, fmt.Sprintf("a line starts with use, allow or deny, not %q", words[0])
	}
	if e, message = parseEntry(words); message == "" {
		e.Reason, e.File, e.Line = strings.TrimSpace(reason), file, number
	}
	return e, message
}

// parseEntry reads an allow or a deny, or says what is wrong with it.
func parseEntry(words []string) (e *Entry, message string) {
	e = &Entry{Deny: words[0] == "deny"}
	if len(words) < 2 {
		return nil, words[0] + " needs module:name"
	}
	var ok bool
	if e.Module, e.Name, ok = strings.Cut(words[1], ":"); !ok {
		return nil, fmt.Sprintf("%q is not of the form module:name", words[1])
	}
	for _, s := range []string{e.Module, e.Name} {
		if what := validPattern(s); what != "" {
			return nil, fmt.Sprintf("%q %s", s, what)
		}
	}
	for _, word := range words[2:] {
		if rule, ok := strings.CutPrefix(word, "args="); ok {
			if e.Args != "" {
				return nil, "more than one args="
			}
			if _, ok := argRules[rule]; !ok {
				return nil, fmt.Sprintf("there is no argument rule %q", rule)
			}
			e.Args = rule
			continue
		}
		i := slices.Index(useNames, word)
		if i < 0 {
			return nil, fmt.Sprintf("%q is no use; uses are %s", word, strings.Join(useNames, ", "))
		}
		if e.Deny {
			return nil, "a deny holds for all uses"
		}
		e.Uses |= UseName | 1<<i
	}
	if !e.Deny && e.Uses == 0 {
		return nil, "an allow says for which uses: " + strings.Join(useNames, ", ")
	}
	return e, ""
}
