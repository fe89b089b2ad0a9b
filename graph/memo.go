package graph

import (
	"slices"
	"strconv"

	"github.com/go-pickle/pickle/internal/spare"
)

// A memo maps the numbers of PUT to what was put there. Numbers that grow one by one are
// a slice; others are in a map, since a number is never a reason to allocate.
type memo struct {
	dense   []Ref
	sparse  map[int64]Ref
	n       int   // entries
	highest int64 // the highest number that is in sparse
}

func (t *memo) clear() {
	t.n = 0
	t.dense = t.dense[:0]
	t.sparse = nil
}

func (t *memo) at(i int64) (Ref, bool) {
	if uint64(i) < uint64(len(t.dense)) {
		r := t.dense[i]
		return r, r != noRef
	}
	r, ok := t.sparse[i]
	return r, ok
}

func (t *memo) set(i int64, r Ref) {
	switch n := int64(len(t.dense)); {
	case i < n:
		if t.dense[i] == noRef {
			t.n++
		}
		t.dense[i] = r
	case i == n && len(t.sparse) == 0:
		t.push(r)
	case i <= 2*int64(t.n)+16 && len(t.sparse) == 0:
		// A gap, as pickletools.optimize and Python 2 leave them.
		for int64(len(t.dense)) < i {
			t.dense = append(t.dense, noRef)
		}
		t.dense = append(t.dense, r)
		t.n++
	default:
		if t.sparse == nil {
			t.sparse = make(map[int64]Ref)
		}
		t.highest = max(t.highest, i)
		if _, ok := t.sparse[i]; !ok {
			t.n++
		}
		t.sparse[i] = r
	}
}

// push adds an entry whose number is the next.
func (t *memo) push(r Ref) {
	if n := len(t.dense); n == cap(t.dense) {
		var new []Ref
		if spare.Large[Ref](2 * n) {
			new = spareRefs.Take(n + 1)
		}
		if new != nil {
			t.dense = append(new, t.dense...)
		} else {
			t.dense = slices.Grow(t.dense, max(n, 16))
		}
	}
	t.dense = append(t.dense, r)
	t.n++
}

// add is MEMOIZE: the number is that of the entries there are.
func (t *memo) add(r Ref) {
	if len(t.dense) == t.n && len(t.sparse) == 0 {
		t.push(r)
		return
	}
	t.set(int64(t.n), r)
}

func (m *machine) put(i int64) *Error {
	n := len(m.stack)
	if n <= m.fence() {
		return m.underflow()
	}
	m.memo.set(i, m.stack[n-1])
	return nil
}

// get pushes memo entry i; the instruction starts at start.
func (m *machine) get(i int64, start int) *Error {
	r, ok := m.memo.at(i)
	if !ok {
		return m.fail(UnpicklingError, "Memo value not found at index "+strconv.FormatInt(i, 10))
	}
	if m.popped != noRef {
		m.twin(r, start)
		m.popped = noRef
	}
	if r&inline == 0 {
		m.g.nodes[r].flags |= shared
	}
	m.stack = append(m.stack, r)
	return nil
}
