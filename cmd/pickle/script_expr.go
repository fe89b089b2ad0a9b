package main

import (
	"fmt"
	"math"
	"strconv"
	"unicode/utf8"

	"github.com/go-pickle/pickle/graph"
	"github.com/go-pickle/pickle/py"
)

func (s *script) add(text string) { s.line = append(s.line, text...) }

// expr writes a value as Python would.
func (s *script) expr(n graph.Node) { s.exprAt(n, 0) }

// exprAt recurses maxDepth deep at most.
func (s *script) exprAt(n graph.Node, depth int) {
	if len(s.line) > maxLine {
		s.add("...")
		return
	}
	switch n.Kind() {
	case graph.None:
		s.add("None")
	case graph.Bool:
		if n.Bool() {
			s.add("True")
		} else {
			s.add("False")
		}
	case graph.Int:
		s.line = strconv.AppendInt(s.line, n.Int(), 10)
	case graph.Long:
		s.long(n)
	case graph.Float:
		if f := n.Float(); math.IsInf(f, 0) || math.IsNaN(f) {
			s.add("float('" + py.Repr(f) + "')")
		} else {
			s.add(py.Repr(f))
		}
	case graph.Str:
		s.str(n.Str())
	case graph.Bytes:
		s.bytes(n.Payload())
	case graph.ByteArray:
		s.add("bytearray(")
		s.bytes(n.Payload())
		s.add(")")
	case graph.Buffer:
		s.buffer(n)
	case graph.Tuple, graph.List, graph.Set, graph.FrozenSet, graph.Dict:
		s.container(n, depth)
	case graph.Global, graph.Object, graph.Persistent:
		if e, ok := s.exprs[n.Ref()]; ok {
			s.add(e)
		} else {
			s.add("...") // it is put into a container only later
		}
	default:
		s.add("...")
	}
}

// long writes an int that is larger than 64 bits.
func (s *script) long(n graph.Node) {
	if p := n.Payload(); len(p) > 64 { // in decimal it takes more than linear time
		s.add("int.from_bytes(")
		s.bytes(p)
		s.add(", 'little', signed=True)")
		return
	}
	s.add(n.BigInt().String())
}

func (s *script) buffer(n graph.Node) {
	number, readOnly := n.Buffer()
	buffer := "buffers[" + strconv.Itoa(number) + "]"
	if number < 0 {
		s.add("memoryview(bytearray(")
		s.bytes(n.Payload())
		buffer = "))"
	}
	s.add(buffer)
	if readOnly {
		s.add(".toreadonly()")
	}
}

// str writes a str, cut off.
func (s *script) str(text string) {
	cut := s.cut(text)
	s.add(py.Repr(cut))
	s.more(len(text), len(cut))
}

// ascii writes a str with all letters escaped that could look like others.
func (s *script) ascii(text string) {
	cut := s.cut(text)
	for _, c := range py.Repr(cut) {
		switch {
		case c < 0x7f:
			s.line = append(s.line, byte(c))
		case c < 0x10000:
			s.line = fmt.Appendf(s.line, "\\u%04x", c)
		default:
			s.line = fmt.Appendf(s.line, "\\U%08x", c)
		}
	}
	s.more(len(text), len(cut))
}

// cut is the part of a str that is shown.
func (s *script) cut(text string) string {
	if len(text) <= s.maxString {
		return text
	}
	n := s.maxString
	for n > 0 && !utf8.RuneStart(text[n]) {
		n--
	}
	return text[:n]
}

func (s *script) bytes(b []byte) {
	cut := b[:min(len(b), s.maxString)]
	s.add(py.Repr(py.Bytes(cut)))
	s.more(len(b), len(cut))
}

func (s *script) more(all, shown int) {
	if all > shown {
		s.add("...(" + strconv.Itoa(all) + " bytes)")
	}
}

func (s *script) container(n graph.Node, depth int) {
	refs := n.Refs()
	opening, closing := "(", ")"
	switch n.Kind() {
	case graph.List:
		opening, closing = "[", "]"
	case graph.Dict:
		opening, closing = "{", "}"
	case graph.Set:
		opening, closing = "{", "}"
		if len(refs) == 0 {
			opening, closing = "set(", ")"
		}
	case graph.FrozenSet:
		opening, closing = "frozenset({", "})"
		if len(refs) == 0 {
			opening, closing = "frozenset(", ")"
		}
	}
	s.add(opening)
	switch {
	case len(refs) == 0:
	case depth >= maxDepth:
		s.add("...")
	case n.Kind() == graph.Dict:
		s.pairs(refs, depth+1)
	default:
		s.items(refs, depth+1)
		if n.Kind() == graph.Tuple && len(refs) == 1 {
			s.add(",")
		}
	}
	s.add(closing)
}

func (s *script) items(refs []graph.Ref, depth int) {
	for i, r := range refs {
		if i > 0 {
			s.add(", ")
		}
		if i >= s.maxItems || len(s.line) > maxLine {
			s.add("... " + strconv.Itoa(len(refs)-i) + " more")
			return
		}
		s.exprAt(s.g.Node(r), depth)
	}
}

func (s *script) pairs(refs []graph.Ref, depth int) {
	for i := 0; i+1 < len(refs); i += 2 {
		if i > 0 {
			s.add(", ")
		}
		if i/2 >= s.maxItems || len(s.line) > maxLine {
			s.add("... " + strconv.Itoa((len(refs)-i)/2) + " more")
			return
		}
		s.exprAt(s.g.Node(refs[i]), depth)
		s.add(": ")
		s.exprAt(s.g.Node(refs[i+1]), depth)
	}
}
