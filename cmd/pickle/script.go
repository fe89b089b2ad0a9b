package main

import (
	"errors"
	"fmt"
	"io"
	"iter"
	"strconv"
	"strings"

	"github.com/go-pickle/pickle/graph"
	"github.com/go-pickle/pickle/opcode"
	"github.com/go-pickle/pickle/scan"
)

// extensionModule stands for copyreg's registry. No pickle can name it: it is not UTF-8.
const extensionModule = "\xff"

// A script writes what pickles do as Python source.
type script struct {
	w                             io.Writer
	maxString, maxItems, maxLines int // maxLines 0 is no limit
	offsets, colors               bool

	g       *graph.Graph
	exprs   map[graph.Ref]string // how names, results and persistent references are called
	imports map[[2]string]string // what was imported from where, and how it is called
	taken   map[string]bool      // identifiers that mean something
	vars    int
	lines   int
	left    int // calls that were not written
	line    []byte
	at      graph.Call // what the line is about
}

// What a line takes at most, and how deep containers are opened.
const (
	maxLine  = 2000
	maxDepth = 8
	maxName  = 200
)

// write writes the calls of g, and where it broke, if it did.
func (s *script) write(g *graph.Graph, broke error) {
	s.g, s.vars, s.lines, s.left = g, 0, 0, 0
	s.exprs, s.imports, s.taken = make(map[graph.Ref]string), make(map[[2]string]string), make(map[string]bool)
	for _, name := range reservedNames {
		s.taken[name] = true
	}
	for c := range g.Calls() {
		if s.full() {
			s.left++
			continue
		}
		s.at = c
		s.call(c)
	}
	s.at = graph.Call{}
	s.leftOut()
	if broke != nil {
		s.raise(broke)
		return
	}
	s.add("result = ")
	s.expr(g.Root())
	s.end()
}

// writeTexts writes calls as package scan has them, for pickles that package graph alone can't
// read: those of joblib have the data of arrays between their instructions.
func (s *script) writeTexts(calls iter.Seq[scan.Call]) {
	s.lines, s.left = 0, 0
	for c := range calls {
		switch {
		case s.full():
			s.left++
			continue
		case c.Err != nil:
			s.raise(c.Err)
			continue
		}
		note := ""
		if s.offsets {
			note = fmt.Sprintf("%d %s", c.Offset, c.Op)
		}
		s.add(c.Text)
		s.put(note)
	}
	s.leftOut()
}

// leftOut says how many calls were not written.
func (s *script) leftOut() {
	if s.left > 0 {
		s.comment(fmt.Sprintf("... %s more: --all or --max-lines shows them", count(s.left, "call")))
	}
}

// full reports whether there are as many lines as there may be.
func (s *script) full() bool { return s.maxLines > 0 && s.lines >= s.maxLines }

func (s *script) call(c graph.Call) {
	switch c.Kind() {
	case graph.FindClass:
		s.find(c.Node())
	case graph.CallReduce:
		s.assign(c.Node(), func() {
			s.callee(c.Func())
			s.arguments("", c.Args(), graph.Node{})
		})
	case graph.CallNew, graph.CallNewEx:
		s.assign(c.Node(), func() {
			s.callee(c.Func())
			s.add(".__new__")
			s.arguments(s.name(c.Func()), c.Args(), c.Kwargs())
		})
	case graph.CallInst:
		s.assign(c.Node(), func() {
			s.callee(c.Func())
			s.add("(")
			s.items(c.Refs(), 0)
			s.add(")")
		})
	case graph.FindName:
		s.assign(c.Node(), func() {
			s.add("find_class(")
			s.items(c.Refs(), 0)
			s.add(")")
		})
	case graph.PersistLoad:
		id := c.Node().PersistentID()
		s.assign(c.Node(), func() {
			s.add("persistent_load(")
			s.expr(id)
			s.add(")")
		})
	case graph.BuildState:
		s.callee(c.Node())
		if c.State().Kind() == graph.Dict {
			s.add(".__dict__.update(")
		} else {
			s.add(".__setstate__(")
		}
		s.expr(c.State())
		s.add(")")
		s.end()
	case graph.AppendItems:
		s.appendItems(c)
	case graph.AddItems:
		s.each(c.Refs(), 1, func(refs []graph.Ref) {
			s.callee(c.Node())
			s.add(".add(")
			s.expr(s.g.Node(refs[0]))
			s.add(")")
		})
	case graph.SetItems:
		s.each(c.Refs(), 2, func(refs []graph.Ref) {
			s.callee(c.Node())
			s.add("[")
			s.expr(s.g.Node(refs[0]))
			s.add("] = ")
			s.expr(s.g.Node(refs[1]))
		})
	}
}

func (s *script) appendItems(c graph.Call) {
	s.callee(c.Node())
	if c.Op() == opcode.Append && len(c.Refs()) == 1 {
		s.add(".append(")
		s.expr(s.g.Node(c.Refs()[0]))
		s.add(")")
	} else {
		s.add(".extend([")
		s.items(c.Refs(), 0)
		s.add("])")
	}
	s.end()
}

// each writes a line for each n of refs, as far as items are shown.
func (s *script) each(refs []graph.Ref, n int, line func([]graph.Ref)) {
	for i := 0; i+n <= len(refs); i += n {
		if s.full() || i/n >= s.maxItems {
			s.comment(fmt.Sprintf("... %s more", count((len(refs)-i)/n, "item")))
			return
		}
		line(refs[i : i+n])
		s.end()
	}
}

// assign writes the call that made n, which gets a name.
func (s *script) assign(n graph.Node, call func()) {
	name := s.newVar()
	s.add(name)
	s.add(" = ")
	call() // before n has the name: it may hold itself
	s.exprs[n.Ref()] = name
	s.end()
}

func (s *script) newVar() string {
	s.vars++
	return "x" + strconv.Itoa(s.vars)
}

// find writes the import of a name, unless it was imported before.
func (s *script) find(n graph.Node) {
	if _, ok := s.exprs[n.Ref()]; ok {
		return
	}
	module, name := n.Global()
	if module == extensionModule {
		s.assign(n, func() { s.add("extension(" + name + ")") })
		return
	}
	first, rest, _ := strings.Cut(name, ".")
	if rest != "" {
		rest = "." + rest
	}
	if len(module) > maxName || len(name) > maxName || !isIdentifier(first) || !isPath(module) || rest != "" && !isPath(rest[1:]) {
		s.assign(n, func() {
			s.add("find_class(")
			s.ascii(module)
			s.add(", ")
			s.ascii(name)
			s.add(")")
		})
		return
	}
	key := [2]string{module, first}
	local, ok := s.imports[key]
	if !ok {
		local = first
		for i := 2; s.taken[local] || isVar(local); i++ {
			local = first + "_" + strconv.Itoa(i)
		}
		s.taken[local], s.imports[key] = true, local
		s.add("from " + module + " import " + first)
		if local != first {
			s.add(" as " + local)
		}
		s.end()
	}
	s.exprs[n.Ref()] = local + rest
	if rest != "" {
		s.add(local + rest) // its attributes are looked up, too
		s.end()
	}
}

// callee writes what is called or changed.
func (s *script) callee(n graph.Node) {
	switch n.Kind() {
	case graph.Global, graph.Object, graph.Persistent:
		s.expr(n)
	default:
		s.add("(")
		s.expr(n)
		s.add(")")
	}
}

// name is what a callee is called, cut off if it is long.
func (s *script) name(n graph.Node) string {
	if e, ok := s.exprs[n.Ref()]; ok && !n.Ref().Inline() {
		return e
	}
	return "..."
}

// arguments writes the arguments of a call in parentheses, the first one being given.
func (s *script) arguments(first string, args, kwargs graph.Node) {
	s.add("(")
	if first != "" {
		s.add(first)
	}
	sep := first != ""
	if args.Kind() == graph.Tuple {
		if sep && args.Len() > 0 {
			s.add(", ")
		}
		sep = sep || args.Len() > 0
		s.items(args.Refs(), 0)
	} else if args.Valid() {
		if sep {
			s.add(", ")
		}
		s.add("*")
		s.expr(args)
		sep = true
	}
	if kwargs.Valid() && (kwargs.Kind() != graph.Dict || kwargs.Len() > 0) {
		if sep {
			s.add(", ")
		}
		s.add("**")
		s.expr(kwargs)
	}
	s.add(")")
}

// raise writes the error that ends the pickle.
func (s *script) raise(err error) {
	var e *graph.Error
	if !errors.As(err, &e) {
		s.comment(printable(err.Error()))
		return
	}
	s.add("raise " + string(e.Kind) + "(")
	s.str(e.Message)
	s.add(")")
	note := fmt.Sprintf("at byte %d", e.Offset)
	if e.Op.Known() {
		note = e.Op.String() + " " + note
	}
	s.put(note)
}

// end ends a line.
func (s *script) end() {
	note := ""
	if s.offsets && s.at.Kind() != graph.NoCall {
		note = fmt.Sprintf("%d %s", s.at.Offset(), s.at.Op())
	}
	s.put(note)
}

func (s *script) comment(text string) { s.put(text) }

// put writes the line with a comment after it, if there is one.
func (s *script) put(comment string) {
	s.lines++
	if s.colors {
		h := &highlighter{w: s.w}
		h.Write(s.line)
		h.Close()
	} else {
		s.w.Write(s.line)
	}
	if comment != "" {
		if len(s.line) > 0 {
			comment = "  # " + comment
		} else {
			comment = "# " + comment
		}
		if s.colors {
			comment = styleDim + comment + styleOff
		}
		io.WriteString(s.w, comment)
	}
	io.WriteString(s.w, "\n") // the output keeps its error
	s.line = s.line[:0]
}

// reservedNames mean something in a script, or nothing that can be imported.
var reservedNames = []string{
	"bytearray", "frozenset", "set", "float", "int", "memoryview",
	"buffers", "extension", "find_class", "persistent_load", "result",
}

var keywords = map[string]bool{
	"False": true, "None": true, "True": true, "and": true, "as": true, "assert": true, "async": true, "await": true,
	"break": true, "class": true, "continue": true, "def": true, "del": true, "elif": true, "else": true, "except": true,
	"finally": true, "for": true, "from": true, "global": true, "if": true, "import": true, "in": true, "is": true,
	"lambda": true, "nonlocal": true, "not": true, "or": true, "pass": true, "raise": true, "return": true, "try": true,
	"while": true, "with": true, "yield": true,
}

// isIdentifier reports whether s is one in ASCII: letters of other scripts can look like others.
func isIdentifier(s string) bool {
	for i := range len(s) {
		c := s[i]
		if !(c == '_' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || i > 0 && c >= '0' && c <= '9') {
			return false
		}
	}
	return s != "" && !keywords[s]
}

// isPath reports whether s is identifiers with dots between them.
func isPath(s string) bool {
	for part := range strings.SplitSeq(s, ".") {
		if !isIdentifier(part) {
			return false
		}
	}
	return true
}

// isVar reports whether s could be the name of a result.
func isVar(s string) bool {
	_, err := strconv.ParseUint(s[1:], 10, 64)
	return s[0] == 'x' && err == nil
}
