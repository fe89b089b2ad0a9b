// Package describe writes values of package py as the canonical JSON descriptions of the
// conformance harness (PROTOCOL.md, "Descriptions"): the recorded corpus and the transcoder
// compare what a pickle loads as by them. Tests and internal commands alone import it.
package describe

import (
	"encoding/hex"
	"encoding/json"
	"fmt"
	"math"
	"math/big"
	"strconv"
	"unicode/utf8"
	"unsafe"

	"github.com/go-pickle/pickle/py"
)

// A describer writes a description, in which everything counts that Python can observe. It
// works on a stack of its own: values may be nested millions deep.
type describer struct {
	out     []byte
	counts  map[any]int
	numbers map[any]int
	todo    []any
}

// raw is text to be written between values.
type raw string

// tupleID is the identity of a tuple that is not empty.
type tupleID struct {
	first unsafe.Pointer
	n     int
}

// track gives the identity of what is tracked for sharing, else nil.
func track(v any) any {
	switch v := v.(type) {
	case *py.List, *py.Dict, *py.Set, *py.FrozenSet, *py.ByteArray:
		return v
	case *py.Object:
		if v.How != py.ByName {
			return v
		}
	case py.Tuple:
		if len(v) > 0 {
			return tupleID{unsafe.Pointer(&v[0]), len(v)}
		}
	}
	return nil
}

// Value describes v, which should be loaded with KeepCalls: nothing is folded in a
// description.
func Value(v any) []byte {
	d := &describer{counts: make(map[any]int), numbers: make(map[any]int)}
	d.count(v)
	d.todo = append(d.todo, v)
	for len(d.todo) > 0 {
		x := d.todo[len(d.todo)-1]
		d.todo = d.todo[:len(d.todo)-1]
		if s, ok := x.(raw); ok {
			d.out = append(d.out, s...)
			continue
		}
		d.write(x)
	}
	return d.out
}

// count counts the ways to each tracked value.
func (d *describer) count(v any) {
	todo := []any{v}
	for len(todo) > 0 {
		v := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		id := track(v)
		if o, ok := v.(*py.Object); ok && id == nil {
			id = o
		}
		if id != nil {
			d.counts[id]++
			if d.counts[id] > 1 {
				continue
			}
		}
		switch v := v.(type) {
		case py.Tuple:
			todo = append(todo, v...)
		case *py.List:
			todo = append(todo, v.Items...)
		case *py.Dict:
			todo = append(todo, v.Pairs()...)
		case *py.Set:
			todo = append(todo, v.Items()...)
		case *py.FrozenSet:
			todo = append(todo, v.Items()...)
		case *py.PersistentRef:
			todo = append(todo, v.ID)
		case *py.Object:
			todo = append(todo, v.Class)
			if v.How == py.ByInst || v.How == py.ByName {
				t, _ := v.Args.(py.Tuple)
				todo = append(todo, t...)
			} else {
				todo = append(todo, v.Args)
			}
			if v.How == py.ByNewObjEx {
				todo = append(todo, v.Kwargs)
			}
			for _, op := range v.Ops {
				todo = append(todo, op.Items...)
			}
		}
	}
}

// write writes v, or puts its parts on todo.
func (d *describer) write(v any) {
	id := track(v)
	if id != nil && d.counts[id] > 1 {
		if n, ok := d.numbers[id]; ok {
			d.printf(`["ref",%d]`, n)
			return
		}
		n := len(d.numbers)
		d.numbers[id] = n
		d.printf(`["def",%d,`, n)
		d.todo = append(d.todo, raw("]"))
	}
	switch v := v.(type) {
	case nil:
		d.printf("null")
	case bool:
		d.printf("%t", v)
	case int64:
		d.printf(`["i","%d"]`, v)
	case *big.Int:
		if v.BitLen() <= 2048 {
			d.printf(`["i","%d"]`, v)
		} else {
			d.printf(`["ix","%#x"]`, v)
		}
	case float64:
		d.printf(`["f","%016x"]`, math.Float64bits(v))
	case string:
		if utf8.ValidString(v) {
			text, _ := json.Marshal(v)
			d.printf(`["s",%s]`, text)
		} else {
			d.printf(`["sx","%x"]`, v)
		}
	case py.Bytes:
		d.printf(`["b","%s"]`, hex.EncodeToString([]byte(v)))
	case *py.ByteArray:
		d.printf(`["ba","%s"]`, hex.EncodeToString(v.Bytes))
	case *py.Buffer:
		d.printf(`["buf",%d,%t]`, v.Index, v.ReadOnly)
	case py.Global:
		d.printf(`["g",%s,%s]`, quote(v.Module), quote(v.Name))
	case py.Tuple:
		d.plan(raw(`["t",`), items(v), raw("]"))
	case *py.List:
		d.plan(raw(`["l",`), items(v.Items), raw("]"))
	case *py.Dict:
		d.plan(raw(`["d",`), pairs(v.Pairs()), raw("]"))
	case *py.Set:
		d.plan(raw(`["set",`), items(v.Items()), raw("]"))
	case *py.FrozenSet:
		d.plan(raw(`["fs",`), items(v.Items()), raw("]"))
	case *py.PersistentRef:
		d.plan(raw(`["p",`), v.ID, raw("]"))
	case items:
		d.separated(raw("["), v, 1, raw("]"))
	case pairs:
		d.separated(raw("["), v, 2, raw("]"))
	case *py.Object:
		d.object(v)
	default:
		d.printf(`["unknown",%s]`, quote(fmt.Sprintf("%T", v)))
	}
}

type (
	items []any // to be written as a JSON array
	pairs []any // keys and values in turn, to be written as an array of pairs
)

func (d *describer) object(o *py.Object) {
	if g, ok := o.Class.(py.Global); ok && o.How == py.ByName {
		if _, again := d.numbers[o]; again {
			d.write(g)
			return
		}
		d.numbers[o] = -1
		plan := []any{raw(`["g",` + quote(g.Module) + "," + quote(g.Name) + ",")}
		d.plan(append(append(plan, d.ops(o)...), raw("]"))...)
		return
	}
	var plan []any
	if o.How == py.ByName {
		t := o.Args.(py.Tuple)
		plan = []any{raw(`["gd",`), t[0], raw(","), t[1]}
		if _, again := d.numbers[o]; len(o.Ops) > 0 && !again {
			d.numbers[o] = -1
			plan = append(append(plan, raw(",")), d.ops(o)...)
		}
	} else {
		plan = []any{raw(`["o","` + o.How.String() + `",`), o.Class, raw(",")}
		if o.How == py.ByInst {
			plan = append(plan, items(o.Args.(py.Tuple)))
		} else {
			plan = append(plan, o.Args)
		}
		if o.How == py.ByNewObjEx {
			plan = append(plan, raw(","), o.Kwargs)
		}
		plan = append(append(plan, raw(",")), d.ops(o)...)
	}
	d.plan(append(plan, raw("]"))...)
}

func (d *describer) ops(o *py.Object) []any {
	plan := []any{raw("[")}
	for i, op := range o.Ops {
		if i > 0 {
			plan = append(plan, raw(","))
		}
		plan = append(plan, raw(`["`+op.Kind.String()+`",`))
		switch op.Kind {
		case py.OpBuild:
			plan = append(plan, op.Items[0])
		case py.OpCall:
			plan = append(plan, op.Items[0], raw(","), op.Items[1])
		case py.OpSetItems:
			plan = append(plan, pairs(op.Items))
		default:
			plan = append(plan, items(op.Items))
		}
		plan = append(plan, raw("]"))
	}
	return append(plan, raw("]"))
}

// plan has parts written next, in order.
func (d *describer) plan(parts ...any) {
	for i := len(parts) - 1; i >= 0; i-- {
		d.todo = append(d.todo, parts[i])
	}
}

// separated plans an array of values, or of groups of width values.
func (d *describer) separated(open raw, values []any, width int, end raw) {
	d.todo = append(d.todo, end)
	for i := len(values) - width; i >= 0; i -= width {
		if width == 2 {
			d.todo = append(d.todo, raw("]"), values[i+1], raw(","), values[i], raw("["))
		} else {
			d.todo = append(d.todo, values[i])
		}
		if i > 0 {
			d.todo = append(d.todo, raw(","))
		}
	}
	d.out = append(d.out, open...)
}

func (d *describer) printf(format string, args ...any) {
	d.out = fmt.Appendf(d.out, format, args...)
}

func quote(s string) string {
	text, err := json.Marshal(s)
	if err != nil {
		return strconv.Quote(s)
	}
	return string(text)
}
