package py

// An Equaler is a value that [Equal] can compare with values of other types, or whose type
// has rules of its own. Without it Equal compares what the fields hold.
type Equaler interface {
	// EqualParts says what is to be compared to know whether the value equals other:
	// mine[i] with theirs[i] for all i. ok is false if it can't equal other.
	EqualParts(other any) (mine, theirs []any, ok bool)
}

// equaler compares x and y if one of them is an Equaler; known is false if none is.
func (c *comparer) equaler(x, y any) (same, known bool) {
	e, ok := x.(Equaler)
	other := y
	if !ok {
		if e, ok = y.(Equaler); !ok {
			return false, false
		}
		other = x
	}
	if boxPointer(x) == nil || boxPointer(y) == nil {
		return false, false
	}
	a, ok := identityOf(x)
	b, ok2 := identityOf(y)
	if ok && ok2 && (a == b || c.steps >= uniteAfter && c.unite(a, b, c.rng.hit())) {
		return true, true
	}
	mine, theirs, ok := e.EqualParts(other)
	if !ok || len(mine) != len(theirs) {
		return false, true
	}
	c.push(mine, theirs)
	return true, true
}

// withEqualer compares x, a value of this package, with y if that is an [Equaler].
func (c *comparer) withEqualer(x, y any) bool {
	if c.keys {
		return false
	}
	same, _ := c.equaler(x, y)
	return same
}
