package main

import (
	"github.com/go-pickle/pickle/graph"
	"github.com/go-pickle/pickle/py"
)

// datetime fills o if it is a date, time or datetime of Python's standard library, which
// pickles itself as a call with a few bytes: Modules/_datetimemodule.c. The arguments
// become those that Python's repr shows.
func (e *excerpt) datetime(o *py.Object, n graph.Node, v visit) bool {
	class, ok := o.Class.(py.Global)
	if !ok || class.Module != "datetime" || o.How != py.ByReduce || n.Changed() || e.keepCalls {
		return false
	}
	args := n.Made().Args()
	if args.Kind() != graph.Tuple {
		return false
	}
	b := stateBytes(args.Index(0))
	limit := 1
	switch {
	case class.Name == "date" && len(b) == 4:
		o.Args = py.Tuple{year(b), int64(b[2]), int64(b[3])}
	case class.Name == "datetime" && len(b) == 10:
		limit = 2
		o.Args = append(py.Tuple{year(b), int64(b[2] &^ 0x80), int64(b[3])}, clock(b[4:])...)
	case class.Name == "time" && len(b) == 6:
		limit = 2
		o.Args = append(py.Tuple{}, clock(append([]byte{b[0] &^ 0x80}, b[1:]...))...)
	default:
		return false
	}
	if args.Len() > limit {
		o.Args = nil
		return false
	}
	kwargs := py.NewDict()
	if args.Len() == 2 {
		kwargs.Set("tzinfo", e.value(args.Index(1), v.depth+1, v.whole))
	}
	if class.Name == "datetime" && b[2]&0x80 != 0 || class.Name == "time" && b[0]&0x80 != 0 {
		kwargs.Set("fold", int64(1)) // the second of two equal times when clocks go back
	}
	if kwargs.Len() > 0 {
		o.Kwargs = kwargs
	}
	return true
}

// stateBytes is the bytes that n stands for: Python 3 in protocols below 3 writes a call,
// Python 2 wrote a str. nil if it is none of these.
func stateBytes(n graph.Node) []byte {
	switch n.Kind() {
	case graph.Bytes:
		return n.Payload()
	case graph.Str:
		b, _ := latin1(n)
		return b
	case graph.Object:
		if c := n.Made(); c.Kind() == graph.CallReduce && !n.Changed() {
			if module, name := c.Func().Global(); module == "_codecs" && name == "encode" {
				b, _ := encoded(c.Args())
				return b
			}
		}
	}
	return nil
}

func year(b []byte) int64 { return int64(b[0])<<8 | int64(b[1]) }

// clock gives hour, minute and, if they are not 0, second and microsecond.
func clock(b []byte) py.Tuple {
	t := py.Tuple{int64(b[0]), int64(b[1]), int64(b[2]), int64(b[3])<<16 | int64(b[4])<<8 | int64(b[5])}
	for len(t) > 2 && t[len(t)-1] == int64(0) {
		t = t[:len(t)-1]
	}
	return t
}
