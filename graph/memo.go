package graph

import (
	"strconv"
)

// A memo maps the numbers of PUT to what was put there. Numbers that grow one by one are
// a slice; others are in a map, since a number is never a reason to allocate.
type memo struct {
	m       *machine // whose memo it is
	dense   []Ref
	sparse  map[int64]Ref
	gaps    int   // how many of dense are noRef
	odd     bool  // there are gaps, or sparse is used
	highest int64 // the highest number that is in sparse
}

func (t *memo) clear() {
	t.dense = t.dense[:0]
	if t.odd {
		t.gaps, t.odd, t.sparse = 0, false, nil
	}
}

// entries is how many numbers there are.
func (t *memo) entries() int { return len(t.dense) - t.gaps + len(t.sparse) }

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
			t.gaps--
		}
		t.dense[i] = r
	case i == n && len(t.sparse) == 0:
		t.push(r)
	case i <= 2*int64(t.entries())+16 && len(t.sparse) == 0:
		// A gap, as pickletools.optimize and Python 2 leave them.
		t.odd = true
		for int64(len(t.dense)) < i {
			t.dense = append(t.dense, noRef)
			t.gaps++
		}
		t.dense = append(t.dense, r)
	default:
		t.odd = true
		if t.sparse == nil {
			t.sparse = make(map[int64]Ref)
		}
		t.highest = max(t.highest, i)
		t.sparse[i] = r
	}
}

// put is set, where i is most often the next number.
func (t *memo) put(i int64, r Ref) {
	if int64(len(t.dense)) != i || !t.next(r) {
		t.set(i, r)
	}
}

// next is add if there is room and nothing out of the ordinary. It is small, to be inlined.
func (t *memo) next(r Ref) bool {
	n := len(t.dense)
	if n == cap(t.dense) || t.odd {
		return false
	}
	t.dense = t.dense[:n+1]
	t.dense[n] = r
	return true
}

// push adds an entry whose number is the next.
func (t *memo) push(r Ref) {
	if n := len(t.dense); n == cap(t.dense) {
		t.dense = grow(t.dense, 1, n, t.m, &spareRefs)
	}
	t.dense = append(t.dense, r)
}

// add is MEMOIZE: the number is that of the entries there are.
func (t *memo) add(r Ref) {
	if !t.next(r) {
		t.set(int64(t.entries()), r)
	}
}

func (m *machine) put(i int64) *Error {
	n := len(m.stack)
	if n <= m.fence() {
		return m.underflow()
	}
	m.memo.set(i, m.settle(n-1))
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
