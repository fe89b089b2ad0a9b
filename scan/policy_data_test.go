package scan

import (
	"bufio"
	"compress/gzip"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// TestPolicyFilesAreTidy: a header, allows before denies, each part sorted, nothing twice, a reason everywhere.
func TestPolicyFilesAreTidy(t *testing.T) {
	files, err := policyFiles.ReadDir("policy")
	if err != nil {
		t.Fatal(err)
	}
	where := make(map[string]string) // an entry's target and kind, and in which file it stands
	for _, f := range files {
		data, err := policyFiles.ReadFile("policy/" + f.Name())
		if err != nil {
			t.Fatal(err)
		}
		set, uses, err := parsePolicy(f.Name(), string(data), nil)
		if err != nil {
			t.Fatal(err)
		}
		if uses != nil {
			t.Errorf("%s: a built-in set has no use line", f.Name())
		}
		if strings.Contains(string(data), "\t") {
			t.Errorf("%s has tabs", f.Name())
		}
		key := func(e *Entry) string {
			kind := "allow "
			if e.Deny {
				kind = "deny "
			}
			return kind + e.Module + ":" + e.Name
		}
		if !slices.IsSortedFunc(set.entries, func(a, b *Entry) int { return strings.Compare(key(a), key(b)) }) {
			for i := 1; i < len(set.entries); i++ {
				if key(set.entries[i-1]) >= key(set.entries[i]) {
					t.Errorf("%s:%d: %s stands after %s", f.Name(), set.entries[i].Line, key(set.entries[i]), key(set.entries[i-1]))
					break
				}
			}
		}
		for _, e := range set.entries {
			if len(e.Reason) < 5 || strings.HasSuffix(e.Reason, ".") {
				t.Errorf("%s:%d: the reason %q is none", f.Name(), e.Line, e.Reason)
			}
			target := e.Module + ":" + e.Name
			if other, ok := where[target]; ok {
				t.Errorf("%s:%d: %s stands in %s too", f.Name(), e.Line, target, other)
			}
			where[target] = f.Name()
		}
	}
}

// TestDenyIsDenied: what a deny names is denied, whatever patterns allow it. Each wildcard
// stands for one harmless part.
func TestDenyIsDenied(t *testing.T) {
	p := DefaultPolicy()
	for e := range p.Entries() {
		if !e.Deny {
			continue
		}
		module, name := sample(e.Module), sample(e.Name)
		if found := p.Lookup(module, name); found == nil || !found.Deny {
			t.Errorf("%s:%d: %s: %s:%s is not denied", e.File, e.Line, e, module, name)
		}
	}
}

// BenchmarkPolicy is what a program pays for the built-in sets: once, and for each package of which it
// looks up a name.
func BenchmarkPolicy(b *testing.B) {
	b.Run("start", func(b *testing.B) {
		for b.Loop() {
			if s := newBuiltin(BuiltinSets()); s.lookup("collections", "OrderedDict") == nil {
				b.Fatal("no OrderedDict")
			}
		}
	})
	b.Run("all", func(b *testing.B) {
		for b.Loop() {
			if s := newBuiltin(BuiltinSets()); len(s.all()) < 1000 {
				b.Fatal("few entries")
			}
		}
	})
}

// TestBuiltinSetsAreParsedLazily: what is parsed by package decides as what is parsed as a whole.
func TestBuiltinSetsAreParsedLazily(t *testing.T) {
	whole := newPolicySet()
	for _, name := range BuiltinSets() {
		data, err := policyFiles.ReadFile("policy/" + name + ".policy")
		if err != nil {
			t.Fatal(err)
		}
		set, _, err := parsePolicy(name+".policy", string(data), nil)
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range set.entries {
			whole.add(e)
		}
	}
	whole.finish()
	lazy := newBuiltin(BuiltinSets())
	for _, e := range whole.entries {
		for _, name := range []string{sample(e.Name), "Other", "system"} {
			module := sample(e.Module)
			a, b := whole.lookup(module, name), lazy.lookup(module, name)
			if (a == nil) != (b == nil) || a != nil && *a != *b {
				t.Errorf("%s:%s: %v instead of %v", module, name, b, a)
			}
		}
		if first, _, _ := strings.Cut(e.Module, "."); whole.denies(first) != lazy.denies(first) {
			t.Errorf("%s: something is denied: %v", first, lazy.denies(first))
		}
	}
	if n := len(lazy.all()); n != len(whole.entries) {
		t.Errorf("%d entries instead of %d", n, len(whole.entries))
	}
}

// sample is a name that a pattern matches.
func sample(pattern string) string {
	parts := strings.Split(pattern, ".")
	for i, part := range parts {
		part = strings.ReplaceAll(part, "**", "xyz")
		for _, class := range []struct{ set, one string }{{"[A-Z]", "X"}, {"[a-z]", "x"}, {"[a-z_]", "x"}, {"[!_]", "x"}, {"[^_]", "x"}, {"*", "yz"}} {
			part = strings.ReplaceAll(part, class.set, class.one)
		}
		parts[i] = part
	}
	return strings.Join(parts, ".")
}

// notAllowed are names that pickles of the libraries need and that are not allowed on purpose.
var notAllowed = []struct{ pattern, reason string }{
	{"*:apply", "calls what it is given; nothing needs it but a test that pickles functions"},
	{"__builtin__:file", "opens a file"},
	{"_codecs:*_*code", "computes text; what a pickled codec needs"},
	{"encodings.*:*", "the same"},
	{"_ctypes:_unpickle", "memory of C types; addresses are among them"},
	{"ctypes:c_*", "memory of C types"},
	{"*thread:_ExceptHookArgs", "belongs to the running interpreter"},
	{"asyncio.events:*", "an internal error of one version"},
	{"importlib.metadata:Entry*", "an entry point imports what it names"},
	{"mimetypes:MimeTypes", "no data"},
	{"pickle:_Stop", "internal to pickle"},
	{"tempfile:*", "its __del__ removes files"},
	{"typing:TypeVar", "Python 3.6 pickled it by its fields"},
	{"importlib.metadata._collections:Pair", "the same"},
	{"torch._utils:torch", "a module, by getattr"},
	{"unittest.*:_Call", "a mock"},
	{"unittest.*:TestResult", "results of tests"},
	{"urllib.error:HTTPError", "it makes a temporary file object"},
	{"urllib2:HTTPError", "the same"},
	{"torch:ScriptObject", "compiled code"},
}

// TestPolicyCoversLibraries: what the pickles of many versions of the libraries need is allowed.
// generate/README.md says where the list comes from.
func TestPolicyCoversLibraries(t *testing.T) {
	f, err := os.Open(filepath.Join("testdata", "policy_uses.txt.gz"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	p := DefaultPolicy()
	total, allowed := make(map[string]int), make(map[string]int)
	hit := make([]int, len(notAllowed))
	for lines := bufio.NewScanner(z); lines.Scan(); {
		fields := strings.Split(lines.Text(), "\t")
		module, name, _ := strings.Cut(fields[0], ":")
		library, _, _ := strings.Cut(fields[2], " ")
		total[library]++
		if i := slices.IndexFunc(notAllowed, func(n struct{ pattern, reason string }) bool { return matchTarget(n.pattern, module, name) }); i >= 0 {
			hit[i]++
			if n := p.judgeName(module, name, dotted); n.verdict == Safe && missing(&n, fields[1]) == "" {
				t.Errorf("%s is allowed after all", fields[0])
			}
			continue
		}
		n := p.judgeName(module, name, dotted)
		if n.verdict != Safe {
			if strings.Contains(name, ".") {
				n = p.judgeAttribute(module, name, mapped)
			} else {
				n = p.judgeName(module, name, mapped)
			}
		}
		if n.verdict != Safe {
			t.Errorf("%s (%s; %s): %v: %s", fields[0], fields[1], fields[2], n.verdict, n.why)
		} else if use := missing(&n, fields[1]); use != "" {
			t.Errorf("%s (%s): the policy has %q and no %q", fields[0], fields[2], n.entry.Uses, use)
		} else {
			allowed[library]++
		}
	}
	for i, n := range hit {
		if n == 0 {
			t.Errorf("nothing needs %s", notAllowed[i].pattern)
		}
	}
	t.Logf("allowed: %v of %v", allowed, total)
}

func matchTarget(pattern, module, name string) bool {
	m, n, _ := strings.Cut(pattern, ":")
	return matchParts(splitParts(m), splitParts(module)) && matchParts(splitParts(n), splitParts(name))
}

// missing is a use among words that the entry of n lacks, or "".
func missing(n *name, words string) string {
	for _, word := range strings.Fields(words) {
		if i := slices.Index(useNames, word); i < 0 || !n.uses(1<<i) {
			return word
		}
	}
	return ""
}
