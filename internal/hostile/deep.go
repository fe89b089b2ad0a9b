package hostile

import "strings"

// A deepKind is a kind of container that holds one of its kind, and so on.
type deepKind struct {
	name  string
	bytes int // of each level
	data  func(depth int) []byte
}

// around is before once for each level, inside, and after once for each level.
func around(start, before, inside, after, end string) func(int) []byte {
	return func(depth int) []byte {
		return []byte(start + repeat(before, depth) + inside + repeat(after, depth) + end + ".")
	}
}

// The names that the rows nest instances and calls of, as BINGET 0 and 1.
const (
	aClass    = "\x80\x04cm\nC\nq\x000"
	aFunction = "\x80\x04cm\nf\nq\x000"
)

var deepKinds = []deepKind{
	{"lists", 2, around("", "]", "]", "a", "")},
	{"lists by mark", 2, around("", "(", "", "l", "")},
	{"tuples", 1, around("", "", "N", "\x85", "")},
	{"tuples by mark", 2, around("", "(", "", "t", "")},
	{"dicts", 3, around("", "}N", "N", "s", "")},
	{"keys", 1, around("}", "", "N", "\x85", "Ns")},
	{"frozensets", 2, around("\x80\x04", "(", "", "\x91", "")},
	{"frozensets in a set", 2, around("\x80\x04\x8f(", "(", "", "\x91", "\x90")},
	{"reductions", 4, around(aFunction, "h\x00", ")", "R\x85", "")},
	{"new instances", 4, around(aClass, "h\x00", ")", "\x81\x85", "")},
	{"keyword arguments", 7, around(aClass, "h\x00)}N", "N", "s\x92", "")},
	{"arguments by mark", 4, around(aClass, "(h\x00", "", "o", "")},
	{"instances", 7, around("", "(", "", "im\nC\n", "")},
	{"states", 5, around(aClass, "h\x00)\x81", "N", "b", "")},
	{"pairs of states", 7, around(aClass, "h\x00)\x81N", "N", "\x86b", "")},
	{"items of instances", 5, around(aClass, "h\x00)\x81", "N", "a", "")},
	{"pairs of instances", 6, around(aClass, "h\x00)\x81N", "N", "s", "")},
	{"members of instances", 6, around(aClass, "h\x00)\x81(", "N", "\x90", "")},
	{"states of setters", 14, func(depth int) []byte {
		var b strings.Builder
		b.WriteString("\x80\x04cm\nf\n\x940cm\nC\n\x940")
		for i := range depth {
			b.WriteString("h\x01)\x81\x94h\x00j" + le(uint64(i+2), 4))
		}
		return []byte(b.String() + "N" + repeat("\x86R0", depth) + ".")
	}},
	{"persistent ids", 1, around("", "", "N", "Q", "")},
	{"names", 23, around("", "cbuiltins\ngetattr\n", "cm\nC\n", "U\x01x\x86R", "")},
}

// Deep are rows in which each kind of container is nested so deep, whatever their length.
func Deep(depth int) (rows []Row) {
	for _, k := range deepKinds {
		rows = append(rows, k.row(depth))
	}
	return rows
}

func (k deepKind) row(depth int) Row {
	return Row{Name: "nested " + k.name, Levels: depth, Data: func() []byte { return k.data(depth) }}
}

// deep are those of n bytes each.
func deep(n int) (rows []Row) {
	for _, k := range deepKinds {
		rows = append(rows, k.row(n/k.bytes))
	}
	return rows
}
