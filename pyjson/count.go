package pyjson

import (
	"fmt"
	"math/big"
	"reflect"
	"strings"
	"unicode/utf8"
	"unsafe"

	"github.com/go-pickle/pickle/internal/intern"
	"github.com/go-pickle/pickle/internal/stack"
	"github.com/go-pickle/pickle/py"
)

// A counter is the first of the writer's two passes: it finds out what is met more than
// once, which of equal str objects is written plainly, and whether all can be written.
type counter struct {
	table *entryTable
	merge bool // equal str objects count as one
	stack stack.Stack[countFrame]
	parts []any // what objects in progress consist of

	plain  map[string]uint32 // for short texts the entry of the str to be written plainly
	equals []equalStr        // further str objects with such a text

	interned []equalStr // str objects that are internedNames
	emits    emitted
}

// emitted says which strings the encoder may write by itself for what the value holds.
type emitted struct {
	chars              [256]bool // of package intern, as is latin1
	latin1             bool
	complex, bytearray bool // these names, and builtins
}

// data notes bytes or a bytearray: in the lower protocols it is written as text.
func (m *emitted) data(n int, first func() byte) {
	if n > 0 {
		m.latin1 = true
	}
	if n == 1 {
		m.chars[first()] = true
	}
}

// name notes a dotted name, of which the parts behind the first are written as str.
func (m *emitted) name(s string) {
	for _, rest, more := strings.Cut(s, "."); more; {
		var part string
		part, rest, more = strings.Cut(rest, ".")
		if c, ok := intern.IsChar(part); ok {
			m.chars[c] = true
		}
	}
}

type equalStr struct {
	entry uint32
	text  string
}

// A countFrame is a container that the counter is in the middle of.
type countFrame struct {
	items []any
	i     int
	owner any // the container, for the path
	parts int // where an object's parts begin in counter.parts; -1 for others
}

// run visits everything that x holds, each identity once.
func (c *counter) run(x any) error {
	if err := c.value(x); err != nil {
		return c.fail(err)
	}
	for c.stack.Len() > 0 {
		f := c.stack.Top()
		if f.i == len(f.items) {
			if f.parts >= 0 {
				clear(c.parts[f.parts:])
				c.parts = c.parts[:f.parts]
			}
			c.stack.Pop()
			continue
		}
		item := f.items[f.i]
		f.i++
		if err := c.value(item); err != nil {
			return c.fail(err)
		}
	}
	c.choose()
	return nil
}

// value counts x and, when it holds others and is met first, begins to visit these.
func (c *counter) value(x any) error {
	switch v := x.(type) {
	case nil, bool, int64, float64, *big.Int:
		return nil
	case string:
		c.str(v)
		return nil
	case py.Bytes:
		if c.use(bytesID(v)) {
			c.emits.data(len(v), func() byte { return v[0] })
		}
		return nil
	case complex128:
		c.emits.complex = true
		c.use(complexID(x))
		return nil
	case *py.ByteArray:
		if v != nil && c.use(pointerID(v)) {
			c.emits.bytearray = true
			c.emits.data(len(v.Bytes), func() byte { return v.Bytes[0] })
		}
		return nil
	case *py.Buffer:
		if v != nil {
			c.use(pointerID(v))
		}
		return nil
	case py.Global:
		c.global(v)
		return nil
	}
	id := containerID(x)
	if id.tag == 0 {
		if _, ok := x.(py.Tuple); ok {
			return nil
		}
		v, err := goLeaf(x)
		if s, ok := v.(string); ok {
			c.str(s)
		}
		return err
	}
	if id.addr == 0 || !c.use(id) {
		return nil
	}
	f := countFrame{owner: x, parts: -1}
	switch v := x.(type) {
	case *py.List:
		f.items = v.Items
	case *py.Dict:
		f.items = v.Pairs()
	case py.Tuple:
		f.items = v
	case *py.Set:
		f.items = v.Items()
	case *py.FrozenSet:
		f.items = v.Items()
	case *py.PersistentRef:
		f.items = unsafe.Slice(&v.ID, 1)
	case *py.Object:
		if err := checkObject(v); err != nil {
			return err
		}
		f.parts = len(c.parts)
		c.parts = appendParts(c.parts, v)
		f.items = c.parts[f.parts:]
	}
	c.stack.Push(f)
	return nil
}

// use counts a use of id and reports whether it is the first.
func (c *counter) use(id ident) bool {
	n, fresh := c.table.add(id)
	c.table.entry(n).use()
	return fresh
}

func (c *counter) str(s string) uint32 {
	n, fresh := c.table.add(strID(s))
	c.table.entry(n).use()
	if fresh {
		c.classify(n, s)
	}
	return n
}

// classify finds out in what form the str of entry n is to be written.
func (c *counter) classify(n uint32, s string) {
	e := c.table.entry(n)
	switch {
	case !utf8.ValidString(s):
		e.uses |= flagEscaped
	case isInterned(s):
		c.interned = append(c.interned, equalStr{n, s})
		if !c.merge {
			c.short(n, s)
		}
	case len(s) <= maxPlain && !c.merge:
		if own, ok := always(s); ok && intern.Same(own, s) {
			e.uses |= flagAlways
		}
		c.short(n, s)
	}
}

func (c *counter) short(n uint32, s string) {
	if c.plain == nil {
		c.plain = make(map[string]uint32)
	}
	if _, ok := c.plain[s]; ok {
		c.equals = append(c.equals, equalStr{n, s})
	} else {
		c.plain[s] = n
	}
}

// choose lets the most used of equal str objects be the plain one: dicts whose keys are
// plain are easier to read.
func (c *counter) choose() {
	for _, q := range c.interned {
		if c.emits.complex && q.text != "bytearray" || c.emits.bytearray && q.text != "complex" {
			c.table.entry(q.entry).uses |= flagInterned // and so out of the contest
		}
	}
	const rank = flagAlways | maxUses
	for _, q := range c.equals {
		best := c.plain[q.text]
		x, y := c.table.entry(q.entry), c.table.entry(best)
		switch {
		case x.uses&flagInterned != 0:
		case y.uses&flagInterned != 0:
			c.plain[q.text] = q.entry
		case x.uses&rank > y.uses&rank:
			c.plain[q.text] = q.entry
			y.uses |= flagOwn
		default:
			x.uses |= flagOwn
		}
	}
	// Plain strings with these texts are the encoder's. One that is not must say so, if
	// the encoder is going to write its own.
	if c.emits.latin1 {
		c.disown(intern.Latin1)
	}
	for i, emits := range c.emits.chars {
		if emits {
			c.disown(intern.Char(byte(i)))
		}
	}
}

func (c *counter) disown(text string) {
	if n, ok := c.plain[text]; ok && c.table.entry(n).uses&flagAlways == 0 {
		c.table.entry(n).uses |= flagOwn
	}
}

// global counts a name: its two strings are met where the pair is written, which is once.
func (c *counter) global(g py.Global) {
	m, freshM := c.table.add(strID(g.Module))
	n, freshN := c.table.add(strID(g.Name))
	if freshM {
		c.classify(m, g.Module)
	}
	if freshN {
		c.classify(n, g.Name)
	}
	if c.use(ident{uint64(m)<<32 | uint64(n), idGlobal}) {
		c.table.entry(m).use()
		c.table.entry(n).use()
		c.emits.name(g.Name)
	}
}

// goLeaf turns Go's other numbers, and strings of other types, into those of package py.
func goLeaf(x any) (any, error) {
	switch k := reflect.ValueOf(x).Kind(); {
	case k == reflect.Bool, reflect.Int <= k && k <= reflect.Complex128, k == reflect.String:
		return py.From(x)
	}
	return nil, fmt.Errorf("a Go %T is no value of package py", x)
}

// appendParts appends what o consists of.
func appendParts(parts []any, o *py.Object) []any {
	parts = append(parts, o.Class, o.Args, o.Kwargs)
	for _, op := range o.Ops {
		parts = append(parts, op.Items...)
	}
	for _, t := range o.Twins {
		parts = append(parts, t.Class, t.Args, t.Kwargs)
	}
	return parts
}

// partStep is the step of a path to part i of o, counted as appendParts does.
func partStep(o *py.Object, i int) string {
	if i < 3 {
		return [...]string{".class", ".args", ".kwargs"}[i]
	}
	i -= 3
	for k, op := range o.Ops {
		if i < len(op.Items) {
			return opStep(k, op.Kind, i)
		}
		i -= len(op.Items)
	}
	return fmt.Sprintf(".twins[%d]", i/3)
}

func opStep(k int, kind py.OpKind, i int) string {
	if kind == py.OpBuild {
		return ".state"
	}
	return fmt.Sprintf(".ops[%d][%d]", k, i)
}

// checkObject looks for what the text has no form for.
func checkObject(o *py.Object) error {
	if o.How < py.ByReduce || o.How > py.ByName {
		return fmt.Errorf("an Object must say How it was made")
	}
	for _, op := range o.Ops {
		if op.Kind < py.OpBuild || op.Kind > py.OpCall {
			return fmt.Errorf("unknown kind of Op")
		}
	}
	return nil
}

// fail adds the path to err.
func (c *counter) fail(err error) error {
	return &Error{Offset: -1, Err: err, Path: makePath(c.stack.Len(), func(i int) string {
		f := c.stack.At(i)
		return containerStep(f.owner, f.items, f.i-1)
	})}
}

// containerStep is the step of a path to the item i of owner.
func containerStep(owner any, items []any, i int) string {
	switch o := owner.(type) {
	case *py.Dict:
		if i%2 == 0 {
			return fmt.Sprintf(".key(%d)", i/2)
		}
		if s, ok := items[i-1].(string); ok {
			return strStep(s)
		}
		return keyStep(items[i-1])
	case *py.Set, *py.FrozenSet:
		return itemStep(i)
	case *py.PersistentRef:
		return ".id"
	case *py.Object:
		return partStep(o, i)
	}
	return indexStep(i)
}
