// Package rules holds what the repository promises about itself.
package rules

import (
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

const module = "github.com/go-pickle/pickle"

// imports says for each package which others of this module it may import, and whether it
// may import other modules. It is the table of ARCHITECTURE.md.
var imports = map[string]struct {
	ours   []string
	others bool
}{
	"opcode":             {},
	"internal/box":       {},
	"internal/bulk":      {},
	"internal/compat":    {},
	"internal/intern":    {},
	"internal/replace":   {},
	"internal/spare":     {},
	"internal/stack":     {},
	"internal/wire":      {},
	"internal/textcodec": {},
	"charset":            {ours: []string{"internal/textcodec"}},
	"graph":              {ours: []string{"opcode", "internal/bulk", "internal/compat", "internal/spare", "internal/textcodec", "internal/wire"}},
	"py":                 {ours: []string{"internal/textcodec", "internal/box", "internal/intern", "internal/stack"}},
	"stdlib":             {ours: []string{"py", "internal/intern"}},
	"pickletools":        {ours: []string{"opcode", "internal/textcodec"}},
	"pyjson":             {ours: []string{"py", "internal/textcodec", "internal/box", "internal/intern", "internal/stack", "internal/wire"}},
	".": {ours: []string{"py", "stdlib", "graph", "opcode", "internal/box", "internal/bulk", "internal/compat", "internal/intern",
		"internal/replace", "internal/spare", "internal/stack", "internal/textcodec", "internal/wire"}},
	"internal/expected":   {ours: []string{"py", "stdlib"}},
	"frames":              {ours: []string{"."}},
	"scan":                {ours: []string{"graph", "opcode", "internal/compat"}},
	"internal/container":  {ours: []string{"graph", "internal/bulk"}, others: true},
	"scan/files":          {ours: []string{"scan", "opcode", "internal/container"}},
	"scan/sarif":          {ours: []string{"scan"}},
	"internal/describe":   {ours: []string{"py"}},
	"internal/transcoder": {ours: []string{".", "py", "graph", "pickletools", "charset", "internal/describe"}},
	"cmd/pickle":          {ours: []string{".", "py", "stdlib", "graph", "opcode", "pickletools", "pyjson", "charset", "scan", "scan/files", "scan/sarif", "internal/container", "internal/replace"}, others: true},

	"examples/graphite":         {ours: []string{".", "frames"}},
	"examples/cache":            {ours: []string{".", "py", "examples/internal/deflate"}, others: true},
	"examples/logserver":        {ours: []string{".", "frames"}},
	"examples/multiprocessing":  {ours: []string{".", "frames"}},
	"examples/jobs":             {ours: []string{".", "py", "stdlib", "examples/internal/deflate"}, others: true},
	"examples/internal/deflate": {},
}

// helpers are packages that only tests import.
var helpers = []string{"internal/rules", "internal/corpus", "internal/pytest", "internal/peers", "internal/textcodec/pyoracle", "internal/hostile"}

// root is the module's directory.
const root = "../.."

// TestImports holds the table of who may import whom.
func TestImports(t *testing.T) {
	seen := make(map[string]bool)
	walk(t, func(dir, name string) {
		if strings.HasSuffix(name, "_test.go") || slices.Contains(helpers, dir) {
			return
		}
		seen[dir] = true
		rule, ok := imports[dir]
		if !ok {
			t.Errorf("%s/%s: the package is not in the table", dir, name)
			return
		}
		f, err := parser.ParseFile(token.NewFileSet(), filepath.Join(root, dir, name), nil, parser.ImportsOnly)
		if err != nil {
			t.Fatal(err)
		}
		for _, spec := range f.Imports {
			path, err := strconv.Unquote(spec.Path.Value)
			if err != nil {
				t.Fatal(err)
			}
			switch ours, isOurs := strings.CutPrefix(path, module); {
			case isOurs:
				ours = strings.TrimPrefix(ours, "/")
				if ours == "" {
					ours = "."
				}
				if !slices.Contains(rule.ours, ours) {
					t.Errorf("%s/%s imports %s, which ARCHITECTURE.md does not allow", dir, name, path)
				}
			case strings.Contains(strings.Split(path, "/")[0], ".") && !rule.others:
				t.Errorf("%s/%s imports %s: this package keeps to the standard library", dir, name, path)
			}
		}
	})
	for dir := range imports {
		if !seen[dir] {
			t.Errorf("the table has %s, which does not exist", dir)
		}
	}
}

// walk calls f for each Go file of the module.
func walk(t *testing.T, f func(dir, name string)) {
	t.Helper()
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(root, path)
		if err != nil {
			return err
		}
		if d.IsDir() {
			if _, err := os.Stat(filepath.Join(path, "go.mod")); err == nil && rel != "." {
				return fs.SkipDir // a module of its own
			}
			if name := d.Name(); rel != "." && (name[0] == '.' || name == "testdata") {
				return fs.SkipDir
			}
			return nil
		}
		if strings.HasSuffix(path, ".go") {
			f(filepath.ToSlash(filepath.Dir(rel)), d.Name())
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// TestTableIsDocumented finds each package of the table in ARCHITECTURE.md.
func TestTableIsDocumented(t *testing.T) {
	text, err := os.ReadFile(filepath.Join(root, "ARCHITECTURE.md"))
	if err != nil {
		t.Fatal(err)
	}
	for dir := range imports {
		if dir != "." && !strings.Contains(string(text), "`"+dir+"`") {
			t.Errorf("ARCHITECTURE.md does not name `%s`", dir)
		}
	}
}
