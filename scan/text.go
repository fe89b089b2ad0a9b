package scan

import (
	"strconv"
	"unicode/utf8"

	"github.com/go-pickle/pickle/graph"
)

// Bounds of what is shown of a call.
const (
	maxText   = 240 // bytes of a call, about
	maxString = 80  // bytes of one string in it
	maxName   = 200 // bytes of a name
	maxLevels = 5   // of calls and containers in each other
)

// A printer writes calls as Python would, shortened. What it costs is bounded whatever the graph
// is: it stops after maxText bytes and below maxLevels levels.
type printer struct {
	b []byte
}

const more = "..."

func (p *printer) full() bool { return len(p.b) >= maxText }

func (p *printer) text(s string) { p.b = append(p.b, s...) }

// escaped writes s with Python's escapes for what does not print, the quote and backslashes.
func (p *printer) escaped(s []byte, quote byte, asBytes bool) {
	const hex = "0123456789abcdef"
	for i := 0; i < len(s); {
		c := s[i]
		switch {
		case c == '\\' && quote != 0, c == quote && quote != 0:
			p.b = append(p.b, '\\', c)
		case c == '\n':
			p.text(`\n`)
		case c == '\r':
			p.text(`\r`)
		case c == '\t':
			p.text(`\t`)
		case c < 0x20, c == 0x7f, c >= 0x80 && asBytes:
			p.b = append(p.b, '\\', 'x', hex[c>>4], hex[c&15])
		case c < 0x80:
			p.b = append(p.b, c)
		default:
			r, size := utf8.DecodeRune(s[i:])
			switch {
			case r == utf8.RuneError && size <= 1:
				p.b = append(p.b, '\\', 'x', hex[c>>4], hex[c&15])
			case strconv.IsPrint(r):
				p.b = append(p.b, s[i:i+size]...)
			default:
				q := strconv.QuoteRuneToASCII(r) // '\u202e'
				p.text(q[1 : len(q)-1])
			}
			i += size
			continue
		}
		i++
	}
}

// quoted writes a literal of a str or bytes.
func (p *printer) quoted(s []byte, asBytes bool) {
	if asBytes {
		p.text("b")
	}
	cut := len(s) > maxString
	if cut {
		s = s[:maxString]
	}
	p.b = append(p.b, '\'')
	p.escaped(s, '\'', asBytes)
	if cut {
		p.text(more)
	}
	p.b = append(p.b, '\'')
}

// cleanName is a name with what does not print escaped, cut if it is long.
func cleanName(s string) string {
	var p printer
	cut := len(s) > maxName
	if cut {
		s = s[:maxName]
	}
	p.escaped([]byte(s), 0, false)
	if cut {
		p.text(more)
	}
	return string(p.b)
}

// cleanJoin is the cleaned module.name.
func cleanJoin(module, name string) string {
	if len(module) > maxName {
		return cleanName(module[:maxName+1])
	}
	return cleanName(module + "." + name[:min(len(name), maxName+1)])
}

func (p *printer) global(n graph.Node) {
	module, name := n.Global()
	if module == extensionModule {
		p.text("extension(" + name + ")")
		return
	}
	p.text(cleanJoin(module, name))
}

func (p *printer) node(n graph.Node, level int) {
	if p.full() {
		if len(p.b) < maxText+len(more) {
			p.text(more)
		}
		return
	}
	switch n.Kind() {
	case graph.Invalid:
		p.text("?")
	case graph.None:
		p.text("None")
	case graph.Bool:
		if n.Bool() {
			p.text("True")
		} else {
			p.text("False")
		}
	case graph.Int:
		p.b = strconv.AppendInt(p.b, n.Int(), 10)
	case graph.Long:
		if size := len(n.Payload()); size <= 32 {
			p.text(n.BigInt().String())
		} else {
			p.text("<int of " + strconv.Itoa(size) + " bytes>")
		}
	case graph.Float:
		p.b = strconv.AppendFloat(p.b, n.Float(), 'g', -1, 64)
	case graph.Str:
		p.quoted(n.Payload(), false)
	case graph.Bytes:
		p.quoted(n.Payload(), true)
	case graph.ByteArray:
		p.text("bytearray(")
		p.quoted(n.Payload(), true)
		p.text(")")
	case graph.Tuple:
		p.items("(", n, n.Refs(), ")", level)
	case graph.List:
		p.items("[", n, n.Refs(), "]", level)
	case graph.Set:
		p.items("{", n, n.Refs(), "}", level)
	case graph.FrozenSet:
		p.items("frozenset({", n, n.Refs(), "})", level)
	case graph.Dict:
		p.pairs(n, level)
	case graph.Global:
		p.global(n)
	case graph.Object:
		if level >= maxLevels {
			p.text(more)
			return
		}
		p.call(n.Made(), level+1)
	case graph.Persistent:
		p.text("persistent_load(")
		if level >= maxLevels {
			p.text(more)
		} else {
			p.node(n.PersistentID(), level+1)
		}
		p.text(")")
	case graph.Buffer:
		p.text("<buffer>")
	}
}

// list writes nodes with commas.
func (p *printer) list(of graph.Node, refs []graph.Ref, level int) {
	for i, r := range refs {
		if i > 0 {
			p.text(", ")
		}
		if p.full() || level >= maxLevels {
			p.text(more)
			return
		}
		p.node(of.At(r), level+1)
	}
}

func (p *printer) items(open string, n graph.Node, refs []graph.Ref, end string, level int) {
	p.text(open)
	p.list(n, refs, level)
	if n.Kind() == graph.Tuple && len(refs) == 1 {
		p.text(",")
	}
	p.text(end)
}

func (p *printer) pairs(n graph.Node, level int) {
	p.text("{")
	refs := n.Refs()
	for i := 0; i+1 < len(refs); i += 2 {
		if i > 0 {
			p.text(", ")
		}
		if p.full() || level >= maxLevels {
			p.text(more)
			break
		}
		p.node(n.At(refs[i]), level+1)
		p.text(": ")
		p.node(n.At(refs[i+1]), level+1)
	}
	p.text("}")
}

// arguments writes the arguments of c, without parentheses.
func (p *printer) arguments(c graph.Call, level int) {
	switch args := c.Args(); {
	case c.Kind() == graph.CallInst:
		p.list(c.Func(), c.Refs(), level)
	case args.Kind() == graph.Tuple:
		p.list(args, args.Refs(), level)
	default:
		p.text("*")
		p.node(args, level+1)
	}
	if kwargs := c.Kwargs(); kwargs.Valid() {
		p.text(", **")
		p.node(kwargs, level+1)
	}
}

// call writes c.
func (p *printer) call(c graph.Call, level int) {
	switch c.Kind() {
	case graph.FindClass:
		module, name := c.Node().Global()
		if module == extensionModule {
			p.global(c.Node())
			return
		}
		p.text("from " + cleanName(module) + " import " + cleanName(name))
	case graph.FindName:
		refs := c.Refs()
		p.text("getattr(import_module(")
		p.node(c.Node().At(refs[0]), level+1)
		p.text("), ")
		p.node(c.Node().At(refs[1]), level+1)
		p.text(")")
	case graph.CallReduce, graph.CallInst:
		p.node(c.Func(), level+1)
		p.text("(")
		p.arguments(c, level)
		p.text(")")
	case graph.CallNew, graph.CallNewEx:
		p.node(c.Func(), level+1)
		p.text(".__new__(")
		p.arguments(c, level)
		p.text(")")
	case graph.BuildState:
		p.target(c.Node())
		p.text(".__setstate__(")
		p.node(c.State(), level+1)
		p.text(")")
	case graph.AppendItems:
		p.target(c.Node())
		p.text(".extend([")
		p.list(c.Node(), c.Refs(), level)
		p.text("])")
	case graph.AddItems:
		p.target(c.Node())
		p.text(".update({")
		p.list(c.Node(), c.Refs(), level)
		p.text("})")
	case graph.SetItems:
		refs := c.Refs()
		for i := 0; i+1 < len(refs); i += 2 {
			if i > 0 {
				p.text("; ")
			}
			if p.full() {
				p.text(more)
				break
			}
			p.target(c.Node())
			p.text("[")
			p.node(c.Node().At(refs[i]), level+1)
			p.text("] = ")
			p.node(c.Node().At(refs[i+1]), level+1)
		}
	case graph.PersistLoad:
		p.node(c.Node(), level)
	default:
		p.text("?")
	}
}

// target writes what is changed: of an instance only what made it.
func (p *printer) target(n graph.Node) {
	if n.Kind() == graph.Object {
		if f := n.Made().Func(); f.Kind() == graph.Global {
			p.global(f)
			p.text("(" + more + ")")
			return
		}
	}
	p.node(n, maxLevels-1)
}

// callText is c on one line.
func callText(c graph.Call) string {
	var p printer
	p.call(c, 0)
	return string(p.b)
}
