package main

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/go-pickle/pickle/opcode"
	"github.com/go-pickle/pickle/scan"
	"github.com/go-pickle/pickle/scan/files"
)

// policyHeader is the first line of a policy that is no comment.
const policyHeader = "pickle-policy 1"

// withoutHeader is a policy without its first line, so that it can follow another one.
func withoutHeader(policy []byte) []byte {
	rest := policy
	for len(rest) > 0 {
		line, after, _ := bytes.Cut(rest, []byte("\n"))
		if string(bytes.TrimSpace(line)) == policyHeader {
			return after
		}
		rest = after
	}
	return policy
}

// A suggestion is what the files need that a policy does not allow.
type suggestion struct {
	names map[string]*suggestedName // by module.name
	rest  []string                  // what no policy can allow, in words
}

// A suggestedName is a name with what is done with it. A scan tells names as module.name, in
// which a class in a class has a dot more: split says where the module ends.
type suggestedName struct {
	global string
	split  int
	uses   scan.Use
	path   string // where it was found first
	moved  bool   // where the module ends was changed for the next scan
}

func (n *suggestedName) module() string { return n.global[:n.split] }
func (n *suggestedName) name() string   { return n.global[n.split+1:] }

func (n *suggestedName) String() string {
	return fmt.Sprintf("allow %s:%s %s", n.module(), n.name(), strings.TrimPrefix(n.uses.String(), "name "))
}

// maxRounds bounds how often files are scanned for a suggestion. Each round finds the next
// thing that is done with a name: there are seven, and a place or two for the dot.
const maxRounds = 16

// suggestPolicy writes the smallest policy with which the files would be safe: what was
// suspicious is allowed, and the files are scanned again, until nothing new is found.
func (a *app) suggestPolicy(ctx context.Context, out *output, o files.Options, paths []string, policies []string) error {
	base := []byte(policyHeader + "\n")
	if len(policies) > 0 {
		text, err := joinedPolicies(policies)
		if err != nil {
			return err
		}
		base = text
	}
	stdin, err := a.readStdin(paths, int64(o.Limits.Bytes))
	if err != nil {
		return err
	}
	s := suggestion{names: make(map[string]*suggestedName)}
	var totals scanTotals
	for round := range maxRounds {
		a.stdin = bytes.NewReader(stdin)
		s.rest, totals = nil, scanTotals{}
		changed := false
		for r := range a.results(ctx, o, paths) {
			totals.add(&r)
			if r.Err != nil && round == 0 {
				a.report(problem{at: displayName(r.Path), what: plainMessage(r.Err)})
			}
			for i := range r.Report.Findings {
				if s.add(displayName(r.Path), &r.Report.Findings[i]) {
					changed = true
				}
			}
		}
		if !changed || ctx.Err() != nil {
			break
		}
		if o.Scan.Policy, err = scan.ParsePolicy("policy", s.policy(base)); err != nil {
			return err
		}
		for _, n := range s.names {
			n.moved = false
		}
	}
	s.write(out, policies)
	a.verdict(&totals, "suspicious")
	return nil
}

// readStdin reads standard input if it is one of the paths: it is scanned more than once.
func (a *app) readStdin(paths []string, limit int64) ([]byte, error) {
	if !slices.Contains(paths, "-") {
		return nil, nil
	}
	data, err := readLimited(a.stdin, limit)
	if err != nil {
		return nil, &usageError{what: "cannot read stdin: " + plainMessage(err)}
	}
	return data, nil
}

// add notes what would make f go away, and reports whether that is something new.
func (s *suggestion) add(path string, f *scan.Finding) (changed bool) {
	switch {
	case f.Severity == scan.Safe:
		return false
	case f.Severity == scan.Dangerous, f.Rule != scan.RuleGlobalUnknown && f.Rule != scan.RuleUse, !isPolicyName(f.Global):
		what := fmt.Sprintf("%s: %s: %s%s", visible(path), f.Severity, visible(f.Message), visible(findingPlace(f)))
		if len(s.rest) < maxFindings && !slices.Contains(s.rest, what) {
			s.rest = append(s.rest, what)
		}
		return false
	}
	use := useOf(f.Op)
	n := s.names[f.Global]
	switch {
	case n == nil:
		s.names[f.Global] = &suggestedName{global: f.Global, split: strings.LastIndexByte(f.Global, '.'), uses: use, path: path}
	case n.uses&use != use:
		n.uses |= use
	case n.moved:
		return true
	default: // it did not help: the module ends earlier
		split := strings.LastIndexByte(n.global[:n.split], '.')
		if split <= 0 {
			return false
		}
		n.split, n.moved = split, true
	}
	return true
}

// isPolicyName reports whether a name can stand in a policy as it is.
func isPolicyName(global string) bool {
	if i := strings.LastIndexByte(global, '.'); i <= 0 || i == len(global)-1 {
		return false
	}
	return isPath(global)
}

// useOf is the use of a name that an instruction needs.
func useOf(op opcode.Op) scan.Use {
	switch op {
	case opcode.Reduce, opcode.Obj, opcode.Inst:
		return scan.UseName | scan.UseCall
	case opcode.NewObj, opcode.NewObjEx:
		return scan.UseName | scan.UseNew
	case opcode.Build:
		return scan.UseName | scan.UseBuild
	case opcode.Append, opcode.Appends:
		return scan.UseName | scan.UseAppend
	case opcode.SetItem, opcode.SetItems:
		return scan.UseName | scan.UseItems
	case opcode.AddItems:
		return scan.UseName | scan.UseAdd
	}
	return scan.UseName
}

// sorted are the names in the order of a policy.
func (s *suggestion) sorted() []*suggestedName {
	return slices.SortedFunc(maps.Values(s.names), func(a, b *suggestedName) int { return cmp.Compare(a.String(), b.String()) })
}

// policy is the text of base with what was found before it: of two entries for one name the
// first counts.
func (s *suggestion) policy(base []byte) []byte {
	text := []byte(policyHeader + "\n")
	for _, n := range s.sorted() {
		text = append(text, n.String()+"\n"...)
	}
	return append(text, withoutHeader(base)...)
}

func (s *suggestion) write(out *output, policies []string) {
	fmt.Fprintln(out, policyHeader)
	if len(policies) > 0 {
		fmt.Fprintf(out, "# In addition to %s: name this file first.\n", visible(strings.Join(policies, ", ")))
	}
	if len(s.names) == 0 {
		fmt.Fprintln(out, "# Nothing more is needed.")
	} else {
		fmt.Fprint(out, "# Allow only what you know: an unpickler imports these modules and does these things.\n\n")
	}
	for _, n := range s.sorted() {
		fmt.Fprintf(out, "%s -- found in %s\n", n, visible(n.path))
	}
	if len(s.rest) > 0 {
		fmt.Fprint(out, "\n# What no line here can allow:\n")
	}
	for _, what := range s.rest {
		fmt.Fprintf(out, "# %s\n", what)
	}
}
