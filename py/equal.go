package py

import (
	"bytes"
	"math/big"
	"reflect"
	"unsafe"

	"github.com/go-pickle/pickle/internal/stack"
)

// Equal reports whether x == y in Python.
//
// Numbers are compared exactly, whatever their types: 1 == 1.0 == True, and 1<<53 + 1 is
// not float64(1<<53). NaN equals nothing; inside containers, though, a value equals itself
// before anything is compared, as in Python, and what holds a NaN is itself when it is
// the same interface value. bytes and bytearray are compared by their bytes, set and
// frozenset by their items, dicts without regard to order, tuples and lists item by item.
//
// Where Python would call a method of a class, Equal compares what the pickle says:
//
//   - Objects are equal if they were made alike (How, Class, Args, Kwargs) and the same
//     was done to them (Ops), however a run of items was cut into batches. Twins do not
//     count.
//   - Globals are equal by module and name, PersistentRefs by ID, Buffers by Data.
//   - Keys of dicts and items of sets are looked up as Python does, where an Object is
//     only the same as itself. What is not found is compared, in the order of insertion,
//     with what was not found on the other side, so that two loads of one pickle are
//     equal.
//   - Values of other Go types are equal if their keys are, where they are a [Keyer] or
//     *big.Rat, or as an [Equaler] says, or else if their types are the same and they are
//     equal by their method Equal, or else by ==, or else part by part, looking through
//     pointers.
//
// A nil pointer to a type of this package counts as None.
//
// Values that hold themselves are equal if no difference can be reached. Equal always
// ends, at any depth, in time that is nearly linear in what x and y hold, however often
// parts of them are shared. [Hash] says which equal values hash alike.
func Equal(x, y any) bool {
	switch x := x.(type) {
	case string:
		s, ok := y.(string)
		return ok && s == x
	case int64:
		if y, ok := y.(int64); ok {
			return x == y
		}
	}
	var c comparer
	return c.equal(x, y, false)
}

// equalKeys reports whether x and y are the same key of a dict: identical or equal, where
// Objects, PersistentRefs and Buffers are compared by identity.
func equalKeys(x, y any) bool {
	c := comparer{keys: true}
	return c.equal(x, y, true)
}

// A comparer compares without recursion. The pairs of values still to be compared stand on
// a stack; when there are none left, all were equal.
//
// Once it has taken some steps it remembers which containers it took to be equal, as
// classes of a union-find: comparing two cyclic lists of p and q items meets p*q pairs,
// but can unite classes only p+q times. That a pair is taken to be equal while it is being
// compared is what makes cycles end; if it was wrong, a difference is found elsewhere, as
// each pair that was taken for equal is also compared once.
//
// A comparer that found two values equal, or compares keys, may be used again, as long as
// nothing it compared has changed.
type comparer struct {
	keys   bool // compare as keys are compared
	steps  int
	rng    sampler
	stack  stack.Stack[run]
	class  idTable[int32]
	parent []int32
	hasher hasher
}

// A run is two slices of the same length whose items are to be equal in pairs.
type run struct {
	x, y *any // the first items
	n    int
}

// uniteAfter is the number of steps after which a comparer begins to remember.
const uniteAfter = 4096

func (c *comparer) equal(x, y any, inside bool) bool {
	if !c.pair(x, y, inside) {
		c.forget()
		return false
	}
	for c.stack.Len() > 0 {
		at := c.stack.Len() - 1
		r := *c.stack.Top()
		xs, ys := unsafe.Slice(r.x, r.n), unsafe.Slice(r.y, r.n)
		i := 0
		for i < len(xs) && c.stack.Len() == at+1 {
			if !c.pair(xs[i], ys[i], true) {
				c.forget()
				return false
			}
			i++
		}
		if i < len(xs) {
			// What pair has put above comes first: depth first keeps the stack small.
			*c.stack.At(at) = run{&xs[i], &ys[i], len(xs) - i}
			continue
		}
		// The run is done; what it put above takes its place.
		for at++; at < c.stack.Len(); at++ {
			*c.stack.At(at - 1) = *c.stack.At(at)
		}
		c.stack.Pop()
	}
	return true
}

// forget drops what was assumed of values that turned out to differ.
func (c *comparer) forget() {
	c.stack.Cut(0)
	c.class.clear()
	c.parent = nil
}

func (c *comparer) push(x, y []any) {
	if len(x) > 0 {
		c.stack.Push(run{&x[0], &y[0], len(x)})
	}
}

func (c *comparer) pushOne(x, y *any) { c.stack.Push(run{x, y, 1}) }

// pair compares x and y if that takes no other values, and otherwise pushes those on which
// it depends. Inside a container the same NaN is equal to itself.
func (c *comparer) pair(x, y any, inside bool) bool {
	c.steps++
	switch v := x.(type) {
	case nil:
		return isNone(y)
	case string:
		w, ok := y.(string)
		if !ok {
			return c.withEqualer(x, y)
		}
		if len(v) != len(w) {
			return false
		}
		return len(v) >= longLeaf && c.sameLong(x, y) || v == w
	case int64:
		if w, ok := y.(int64); ok {
			return v == w
		}
		if isNumber(y) || keyOf(y) == nil {
			return equalNumbers(x, y, inside)
		}
		return c.foreign(x, y)
	case Bytes:
		switch w := y.(type) {
		case Bytes:
			return len(v) == len(w) && (len(v) >= longLeaf && c.sameLong(x, y) || v == w)
		case *ByteArray:
			return w != nil && string(v) == string(w.Bytes)
		}
		return false
	case Global:
		w, ok := y.(Global)
		return ok && v == w
	case *big.Int:
		if w, ok := y.(*big.Int); ok && v != nil && w != nil {
			if _, long := longLeafID(v); !long || v.BitLen() != w.BitLen() {
				return v == w || v.Cmp(w) == 0
			}
			return c.sameLong(x, y)
		}
	case Tuple:
		w, ok := y.(Tuple)
		if !ok {
			return c.withEqualer(x, y)
		}
		return len(v) == len(w) && c.items(x, y, v, w)
	}
	if isNone(x) {
		return isNone(y)
	}
	if isNone(y) {
		return false
	}
	switch v := x.(type) {
	case *ByteArray:
		switch w := y.(type) {
		case *ByteArray:
			return v == w || len(v.Bytes) == len(w.Bytes) &&
				(len(v.Bytes) >= longLeaf && c.sameLong(x, y) || bytes.Equal(v.Bytes, w.Bytes))
		case Bytes:
			return string(v.Bytes) == string(w)
		}
		return false
	case *List:
		w, ok := y.(*List)
		if !ok {
			return c.withEqualer(x, y)
		}
		return (v == w || len(v.Items) == len(w.Items) && c.items(x, y, v.Items, w.Items))
	case *Dict:
		w, ok := y.(*Dict)
		if !ok {
			return c.withEqualer(x, y)
		}
		return (v == w || c.dicts(v, w))
	case *Set:
		switch w := y.(type) {
		case *Set:
			return v == w || c.sets(x, y, &v.t, &w.t)
		case *FrozenSet:
			return c.sets(x, y, &v.t, &w.t)
		}
		return c.withEqualer(x, y)
	case *FrozenSet:
		switch w := y.(type) {
		case *Set:
			return c.sets(x, y, &v.t, &w.t)
		case *FrozenSet:
			if v == w || c.keys && v.hash() != w.hash() {
				return v == w
			}
			return c.sets(x, y, &v.t, &w.t)
		}
		return c.withEqualer(x, y)
	case *Object:
		w, ok := y.(*Object)
		return ok && (v == w || !c.keys && c.objects(v, w))
	case *PersistentRef:
		w, ok := y.(*PersistentRef)
		if !ok || v == w || c.keys {
			return ok && v == w
		}
		if !c.united(x, y) {
			c.pushOne(&v.ID, &w.ID)
		}
		return true
	case *Buffer:
		w, ok := y.(*Buffer)
		if !ok || v == w || c.keys {
			return ok && v == w
		}
		return len(v.Data) == len(w.Data) &&
			(len(v.Data) >= longLeaf && c.sameLong(x, y) || bytes.Equal(v.Data, w.Data))
	}
	if isNumber(x) && (isNumber(y) || keyOf(y) == nil) {
		return equalNumbers(x, y, inside)
	}
	return c.foreign(x, y)
}

// items compares the items of two tuples or lists x and y of the same length.
func (c *comparer) items(x, y any, xs, ys []any) bool {
	if len(xs) == 0 || unsafe.SliceData(xs) == unsafe.SliceData(ys) {
		return true
	}
	if len(xs) <= small {
		if same, done := c.leaves(xs, ys); done {
			return same
		}
	}
	if !c.united(x, y) {
		c.push(xs, ys)
	}
	return true
}

// leaves compares short runs of simple values at once, as nothing is gained by remembering
// them. Done is false where there is anything that is not simple.
func (c *comparer) leaves(xs, ys []any) (same, done bool) {
	for i, x := range xs {
		switch v := x.(type) {
		case nil:
			if !isNone(ys[i]) {
				return false, true
			}
		case string:
			if len(v) >= longLeaf {
				return false, false
			}
			if w, ok := ys[i].(string); !ok || v != w {
				return false, true
			}
		case int64, float64, bool:
			if !c.pair(x, ys[i], true) {
				return false, true
			}
		default:
			return false, false
		}
	}
	return true, true
}

func (c *comparer) dicts(v, w *Dict) bool {
	n := v.Len()
	if n != w.Len() {
		return false
	}
	if n == 0 {
		return true
	}
	if n > small && c.unitedLarge(v, w, n) {
		return true
	}
	inOrder := v.t.gone == 0 && w.t.gone == 0 && sameOrder(v.t.items, w.t.items, width2, 2)
	if n <= small {
		if inOrder {
			if same, done := c.leaves(v.t.items, w.t.items); done {
				return same
			}
		}
		if c.united(v, w) {
			return true
		}
	}
	if inOrder {
		c.push(v.t.items, w.t.items)
		return true
	}
	return c.tables(&v.t, &w.t, width2)
}

func (c *comparer) sets(x, y any, v, w *table) bool {
	n := v.count(width1)
	if n != w.count(width1) {
		return false
	}
	if n > small && c.unitedLarge(x, y, n) {
		return true
	}
	if n == 0 || v.gone == 0 && w.gone == 0 && sameOrder(v.items, w.items, width1, 2) {
		return true
	}
	if n <= small && c.united(x, y) {
		return true
	}
	return c.tables(v, w, width1)
}

// sameOrder reports whether the keys of xs and ys are simple and equal one by one, as they
// are where both were made by the same program. It looks into depth levels of tuples: they
// may be nested without end, and shared so that they seem to be.
func sameOrder(xs, ys []any, width, depth int) bool {
	for i := 0; i < len(xs); i += width {
		switch x := xs[i].(type) {
		case string:
			if y, ok := ys[i].(string); !ok || len(x) >= longLeaf || x != y {
				return false
			}
		case int64:
			if y, ok := ys[i].(int64); !ok || x != y {
				return false
			}
		case Tuple:
			y, ok := ys[i].(Tuple)
			if !ok || depth == 0 || len(x) > small || len(x) != len(y) || !sameOrder(x, y, width1, depth-1) {
				return false
			}
		default:
			return false
		}
	}
	return true
}

// tables compares two dicts or sets of the same length in any order: it finds for each
// key of v the equal key of w and pushes what remains to be compared.
func (c *comparer) tables(v, w *table, width int) bool {
	var xs, ys []any
	var missing []int         // entries of v whose key is not in w
	matched := map[int]bool{} // entries of w, once missing is not empty
	total := len(v.items) / width
	for i := range total {
		e := v.items[i*width : (i+1)*width]
		if e[0] == tombstone {
			continue
		}
		at := c.match(e[0], w, width)
		if at < 0 {
			if c.keys || isPlainKey(e[0]) {
				return false
			}
			missing = append(missing, i)
			continue
		}
		f := w.items[at*width : (at+1)*width]
		if isBigKey(e[0]) {
			xs, ys = append(xs, e[0]), append(ys, f[0])
		}
		if width == width2 {
			xs, ys = append(xs, e[1]), append(ys, f[1])
		}
	}
	if len(missing) > 0 {
		// Keys that are, or hold, Objects are looked up by identity. Those left over on
		// either side are compared in the order of insertion.
		for i := range total {
			if k := v.items[i*width]; k != tombstone {
				if at := c.match(k, w, width); at >= 0 {
					matched[at] = true
				}
			}
		}
		for j := range len(w.items) / width {
			if w.items[j*width] == tombstone || matched[j] {
				continue
			}
			if len(missing) == 0 {
				return false
			}
			i := missing[0]
			missing = missing[1:]
			xs = append(xs, v.items[i*width:(i+1)*width]...)
			ys = append(ys, w.items[j*width:(j+1)*width]...)
		}
		if len(missing) > 0 {
			return false
		}
	}
	c.push(xs, ys)
	return true
}

// match returns the entry of t that is the same key as key, or -1. Of big keys it may return one that only has the same hash: the caller compares them.
func (c *comparer) match(key any, t *table, width int) int {
	if !isBigKey(key) {
		at, _, err := t.find(key, width)
		if err != nil {
			return -1
		}
		return at
	}
	h, err := c.hasher.hash(key)
	if err != nil {
		return -1
	}
	at, several := -1, false
	for n := range t.candidates(h, width) {
		k := t.items[n*width]
		if !isBigKey(k) {
			continue
		}
		if g, err := c.hasher.hash(k); err != nil || g != h {
			continue
		}
		several = at >= 0
		if several {
			break
		}
		at = n
	}
	if several {
		// Two keys of t have the same hash of 64 bits. That does not happen, but if it
		// did, one of them would have to be chosen.
		for n := range t.candidates(h, width) {
			if equalKeys(t.items[n*width], key) {
				return n
			}
		}
		return -1
	}
	return at
}

// isBigKey reports whether a key holds other values or is so long that it should not be
// read again and again.
func isBigKey(x any) bool {
	switch x := x.(type) {
	case Tuple:
		return true
	case *FrozenSet:
		return x != nil
	}
	_, long := longLeafID(x)
	return long
}

// isPlainKey reports whether a key neither is nor holds anything looked up by identity.
func isPlainKey(x any) bool {
	switch x.(type) {
	case nil, string, int64, bool, float64, Bytes, Global:
		return true
	}
	return false
}

func (c *comparer) objects(v, w *Object) bool {
	if v.How != w.How {
		return false
	}
	if c.united(v, w) {
		return true
	}
	c.pushOne(&v.Class, &w.Class)
	c.pushOne(&v.Args, &w.Args)
	c.pushOne(&v.Kwargs, &w.Kwargs)
	// Walk both lists of operations in step, looking through the borders between runs.
	var a, b opWalk
	a.ops, b.ops = v.Ops, w.Ops
	for {
		more, other := a.next(), b.next()
		if !more || !other {
			return more == other
		}
		if a.kind != b.kind || a.joined != b.joined {
			return false
		}
		n := min(len(a.items), len(b.items))
		c.push(a.items[:n], b.items[:n])
		a.items, b.items = a.items[n:], b.items[n:]
		a.joined, b.joined = true, true
	}
}

// An opWalk walks through operations as if adjacent runs of items were one.
type opWalk struct {
	ops    []Op
	kind   OpKind
	items  []any
	joined bool // items go on from those before
}

func (w *opWalk) next() bool {
	for len(w.items) == 0 {
		if len(w.ops) == 0 {
			return false
		}
		op := w.ops[0]
		w.ops = w.ops[1:]
		batch := op.Kind == OpAppend || op.Kind == OpSetItems || op.Kind == OpAddItems
		if batch && len(op.Items) == 0 {
			continue
		}
		w.joined = w.joined && batch && op.Kind == w.kind
		w.kind, w.items = op.Kind, op.Items
		if len(op.Items) == 0 {
			return true
		}
	}
	return true
}

// united reports whether x and y, two different containers, have been taken to be equal
// before. If not it may note that they are now.
func (c *comparer) united(x, y any) bool {
	if c.steps < uniteAfter {
		return false
	}
	a, ok := containerID(x)
	b, ok2 := containerID(y)
	if !ok || !ok2 {
		return false
	}
	return a == b || c.unite(a, b, c.rng.hit())
}

// unitedLarge is united for dicts and sets of n keys, each of which is looked at.
func (c *comparer) unitedLarge(x, y any, n int) bool {
	c.steps += n
	return c.united(x, y)
}

// sameLong is like united for long strings and the like. It reports whether they have been
// compared before; if not they are, at once.
func (c *comparer) sameLong(x, y any) bool {
	a, _ := longLeafID(x)
	b, _ := longLeafID(y)
	if a == b {
		return true
	}
	if c.steps < rememberAfter {
		return false
	}
	if c.unite(a, b, false) {
		return true
	}
	var same bool
	switch x := x.(type) {
	case string:
		same = x == y.(string)
	case Bytes:
		same = x == y.(Bytes)
	case *big.Int:
		same = x.Cmp(y.(*big.Int)) == 0
	case *ByteArray:
		same = bytes.Equal(x.Bytes, y.(*ByteArray).Bytes)
	case *Buffer:
		same = bytes.Equal(x.Data, y.(*Buffer).Data)
	}
	if same {
		c.unite(a, b, true)
	}
	return same
}

// unite reports whether a and b are in one class, and if they are not but should be, joins
// their classes.
func (c *comparer) unite(a, b ident, join bool) bool {
	i, ok := c.class.get(a)
	j, ok2 := c.class.get(b)
	if ok && ok2 {
		i, j = c.root(i), c.root(j)
		if i == j {
			return true
		}
	}
	if !join {
		return false
	}
	if !ok {
		i = c.newClass(a)
	}
	if !ok2 {
		j = c.newClass(b)
	}
	c.parent[c.root(i)] = c.root(j)
	return false
}

func (c *comparer) newClass(a ident) int32 {
	n := int32(len(c.parent))
	c.parent = append(c.parent, n)
	c.class.set(a, n)
	return n
}

// root finds the class of i, halving the way there for the next time.
func (c *comparer) root(i int32) int32 {
	for c.parent[i] != i {
		c.parent[i] = c.parent[c.parent[i]]
		i = c.parent[i]
	}
	return i
}

// isNone reports whether x is None: nil, or a nil pointer to one of this package's types.
func isNone(x any) bool {
	if x == nil {
		return true
	}
	return boxPointer(x) == nil && isOurPointer(x)
}

// foreign compares values of types that are not of this package.
func (c *comparer) foreign(x, y any) bool {
	if same, ok := byKey(x, y); ok {
		return same
	}
	if !c.keys {
		if same, known := c.equaler(x, y); known {
			return same
		}
	}
	v, w := reflect.ValueOf(x), reflect.ValueOf(y)
	if v.Type() != w.Type() {
		return false
	}
	if c.keys {
		return v.Comparable() && w.Comparable() && x == y
	}
	if same, ok := equalByMethod(v, w); ok {
		return same
	}
	return c.foreignParts(v, w)
}
