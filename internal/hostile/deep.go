package hostile

import "strings"

// A deepKind is a kind of container that holds one of its kind, and so on.
type deepKind struct {
	name  string
	bytes int   // of each level
	cost  int64 // how much memory each level may take besides
	data  func(depth int) []byte
}

// What a level costs while it is dumped, printed or compared: what holds items, and what is
// written as several values, such as the class, arguments and state of an instance.
const (
	costItems    = 300
	costInstance = 1000
	costKeywords = 1600 // in protocol 2 they are a call of functools.partial
)

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
	{"lists", 2, costItems, around("", "]", "]", "a", "")},
	{"lists by mark", 2, costItems, around("", "(", "", "l", "")},
	{"tuples", 1, costItems, around("", "", "N", "\x85", "")},
	{"tuples by mark", 2, costItems, around("", "(", "", "t", "")},
	{"dicts", 3, costItems, around("", "}N", "N", "s", "")},
	{"keys", 1, costItems, around("}", "", "N", "\x85", "Ns")},
	{"frozensets", 2, costInstance, around("\x80\x04", "(", "", "\x91", "")},
	{"frozensets in a set", 2, costInstance, around("\x80\x04\x8f(", "(", "", "\x91", "\x90")},
	{"reductions", 4, costInstance, around(aFunction, "h\x00", ")", "R\x85", "")},
	{"new instances", 4, costInstance, around(aClass, "h\x00", ")", "\x81\x85", "")},
	{"keyword arguments", 7, costKeywords, around(aClass, "h\x00)}N", "N", "s\x92", "")},
	{"arguments by mark", 4, costInstance, around(aClass, "(h\x00", "", "o", "")},
	{"instances", 7, costInstance, around("", "(", "", "im\nC\n", "")},
	{"states", 5, costInstance, around(aClass, "h\x00)\x81", "N", "b", "")},
	{"pairs of states", 7, costInstance, around(aClass, "h\x00)\x81N", "N", "\x86b", "")},
	{"items of instances", 5, costInstance, around(aClass, "h\x00)\x81", "N", "a", "")},
	{"pairs of instances", 6, costInstance, around(aClass, "h\x00)\x81N", "N", "s", "")},
	{"members of instances", 6, costInstance, around(aClass, "h\x00)\x81(", "N", "\x90", "")},
	{"states of setters", 14, costInstance, func(depth int) []byte {
		var b strings.Builder
		b.WriteString("\x80\x04cm\nf\n\x940cm\nC\n\x940")
		for i := range depth {
			b.WriteString("h\x01)\x81\x94h\x00j" + le(uint64(i+2), 4))
		}
		return []byte(b.String() + "N" + repeat("\x86R0", depth) + ".")
	}},
	{"persistent ids", 1, costItems, around("", "", "N", "Q", "")},
	{"names", 23, costInstance, around("", "cbuiltins\ngetattr\n", "cm\nC\n", "U\x01x\x86R", "")},
}

// Deep are rows in which each kind of container is nested so deep, whatever their length.
func Deep(depth int) (rows []Row) {
	for _, k := range deepKinds {
		rows = append(rows, k.row(depth))
	}
	return rows
}

func (k deepKind) row(depth int) Row {
	return Row{Name: "nested " + k.name, More: int64(depth) * k.cost, Data: func() []byte { return k.data(depth) }}
}

// deep are those of n bytes each.
func deep(n int) (rows []Row) {
	for _, k := range deepKinds {
		rows = append(rows, k.row(n/k.bytes))
	}
	return rows
}
