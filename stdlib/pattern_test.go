package stdlib_test

import (
	"regexp"
	"testing"

	"github.com/go-pickle/pickle"
	"github.com/go-pickle/pickle/internal/pytest"
	"github.com/go-pickle/pickle/py"
	"github.com/go-pickle/pickle/stdlib"
)

var patternTexts = []string{
	"", "a", "ab", "abc abd", "aaa", "line\nline two\n", "1234 ٣٤", "x.y-z", "Straße STRASSE", "tab\there", "a\vb c\u00a0d", "foo_bar baz",
	"[a]", "{2}", "é è", "K\u212a k", "ſs", "aXbxc", "\x00\u00ff", "()", "a+b", "ab12cd345",
}

var patternTestCases = []stdlib.Pattern{
	stdlib.NewPattern("a+", 0), stdlib.NewPattern("a*?b", 0), stdlib.NewPattern("(a|ab)(c|bcd)?", 0), stdlib.NewPattern("^a", 0),
	stdlib.NewPattern("^line", stdlib.MultiLine), stdlib.NewPattern("line$", stdlib.MultiLine), stdlib.NewPattern(`o\Z`, 0),
	stdlib.NewPattern(`\d+`, 0), stdlib.NewPattern(`\d+`, stdlib.ASCII), stdlib.NewPattern(`\w+`, stdlib.ASCII), stdlib.NewPattern(`\bb\w`, stdlib.ASCII),
	stdlib.NewPattern(`a\sb`, stdlib.ASCII), stdlib.NewPattern(`[\s_]`, stdlib.ASCII), stdlib.NewPattern("[]a]", 0), stdlib.NewPattern("[^]a]", 0), stdlib.NewPattern("[[]", 0),
	stdlib.NewPattern("[a-c]+", 0), stdlib.NewPattern(".", 0), stdlib.NewPattern(".+", stdlib.DotAll), stdlib.NewPattern("x", stdlib.IgnoreCase),
	stdlib.NewPattern("[xa]", stdlib.IgnoreCase), stdlib.NewPattern("(?P<n>a)b?", 0), stdlib.NewPattern("(?:a|b){2}", 0), stdlib.NewPattern("a{1,2}?", 0), stdlib.NewPattern("a{2,}", 0),
	stdlib.NewPattern(`\+|\.|\-|\{|\(`, 0), stdlib.NewPattern(`\t|\n|\x41`, 0), stdlib.NewPattern(`\t|\n`, 0), stdlib.NewPattern("é|ß", 0), stdlib.NewPattern("", 0), stdlib.NewPattern("a||b", 0),
	stdlib.NewPattern("(a)(b)?", 0), stdlib.NewPattern(`[\d.]+`, 0), stdlib.NewPattern(`[^\d]+`, 0), stdlib.NewPattern(`\D`, 0), stdlib.NewPattern("a**", 0),
	{Pattern: py.Bytes("a+b?")}, {Pattern: py.Bytes(`\d+|\w`)}, {Pattern: py.Bytes("[a-z]+")},
}

// TestPatternLive compares what the expressions find in Go and in Python.
func TestPatternLive(t *testing.T) {
	var python pytest.Python
	for _, p := range pytest.Installed(t) {
		if p.Major == 3 {
			python = p
		}
	}
	if python.Major == 0 {
		t.Skip("no Python 3 is installed")
	}
	w := python.Start(t)
	reg := stdlib.Registry()
	type item struct {
		Data       []byte `json:"data"`
		Expression string `json:"expression"`
	}
	var items []item
	var want []string
	translated := 0
	for _, p := range patternTestCases {
		var re *regexp.Regexp
		if err := py.Store(&re, p); err != nil {
			t.Logf("%v", err)
			continue
		}
		translated++
		_, isBytes := p.Pattern.(py.Bytes)
		for _, text := range patternTexts {
			var v any = text
			if isBytes {
				v = py.Bytes(text)
			}
			data, err := pickle.EncodeOptions{Registry: reg}.Marshal(py.Tuple{p, v})
			if err != nil {
				t.Fatal(err)
			}
			found := py.NewList()
			for _, m := range [][]string{re.FindStringSubmatch(text)} {
				if m == nil {
					continue
				}
				var groups py.Tuple
				for _, g := range m {
					if isBytes {
						groups = append(groups, py.Bytes(g))
					} else {
						groups = append(groups, g)
					}
				}
				found.Append(groups)
			}
			items = append(items, item{data, "[(m.group(),) + tuple(g or m.group()[:0] for g in m.groups()) for m in [v[0].search(v[1])] if m]"})
			want = append(want, py.Repr(found))
		}
	}
	var answers []string
	if err := w.Ask("show", map[string]any{"items": items}, &answers); err != nil {
		t.Fatal(err)
	}
	for i, a := range answers {
		if a != want[i] {
			t.Errorf("%q: Go finds %s, Python %s", items[i].Data, want[i], a)
		}
	}
	t.Logf("%d expressions, %d comparisons", translated, len(answers))
}

func TestPatternWithout(t *testing.T) {
	for _, p := range []stdlib.Pattern{
		stdlib.NewPattern("a$", 0), stdlib.NewPattern(`\w`, 0), stdlib.NewPattern(`\bx`, 0), stdlib.NewPattern("(?=a)", 0), stdlib.NewPattern(`(a)\1`, 0),
		stdlib.NewPattern("(?i)a", 0), stdlib.NewPattern("k", stdlib.IgnoreCase), stdlib.NewPattern("[a-z]", stdlib.IgnoreCase), stdlib.NewPattern("a b", stdlib.Verbose),
		stdlib.NewPattern("a++", 0), stdlib.NewPattern("a{,2}", 0), stdlib.NewPattern("[a", 0), stdlib.NewPattern("(a", 0), stdlib.NewPattern(`a\`, 0), stdlib.NewPattern("(?P<n", 0),
		{Pattern: py.Bytes(".")}, {Pattern: py.Bytes("[^a]")}, {Pattern: py.Bytes("\xff")}, {Pattern: py.Bytes(`\D`)}, {}, stdlib.NewPattern("\xed\xa0\x80", 0),
	} {
		if re, err := p.Regexp(); err == nil && p.Pattern != nil {
			t.Errorf("%s is %s in Go", p, re)
		}
	}
}
