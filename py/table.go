package py

import "iter"

// A table is the ordered hash table under Dict and Set: items in the order of insertion,
// and over a few entries an index of their places by hash. A dict's entries are two items
// wide (key, value), a set's one, so that a run of items read from a pickle becomes a
// table as it stands.
type table struct {
	items []any
	index []slot // nil while there are at most small entries
	gone  int    // entries deleted but still in items, their key being tombstone
}

// A slot of the index is a half of the key's hash over the entry's number plus one; the
// zero slot is empty.
type slot uint64

// small is how many entries a table may have without an index: comparing with each is
// then faster than hashing.
const small = 8

// tombstone stands for the key of a deleted entry.
var tombstone any = new(struct{ _ byte })

const width1, width2 = 1, 2

func (t *table) count(width int) int { return len(t.items)/width - t.gone }

// live returns the items without those deleted. It leaves t alone, as others may be
// reading it at the same time.
func (t *table) live(width int) []any {
	if t.gone == 0 {
		return t.items
	}
	live := make([]any, 0, t.count(width)*width)
	for i := 0; i < len(t.items); i += width {
		if t.items[i] != tombstone {
			live = append(live, t.items[i:i+width]...)
		}
	}
	return live
}

// find returns the number of key's entry, or -1, and the key's hash if it was needed.
func (t *table) find(key any, width int) (int, uint64, error) {
	if t.index == nil {
		if s, ok := key.(string); ok {
			for i := 0; i < len(t.items); i += width {
				if k, ok := t.items[i].(string); ok && k == s {
					return i / width, 0, nil
				}
			}
			return -1, 0, nil
		}
		if err := hashable(key); err != nil {
			return -1, 0, err
		}
		for i := 0; i < len(t.items); i += width {
			if sameKey(t.items[i], key) {
				return i / width, 0, nil
			}
		}
		return -1, 0, nil
	}
	h, err := Hash(key)
	if err != nil {
		return -1, 0, err
	}
	return t.lookup(key, h, width), h, nil
}

// lookup finds key, whose hash is h, by the index.
func (t *table) lookup(key any, h uint64, width int) int {
	mask := uint64(len(t.index) - 1)
	for at := h & mask; ; at = (at + 1) & mask {
		s := t.index[at]
		if s == 0 {
			return -1
		}
		if uint32(s>>32) == uint32(h>>32) {
			n := int(uint32(s)) - 1
			if sameKey(t.items[n*width], key) {
				return n
			}
		}
	}
}

// enter puts entry n, whose key's hash is h, into the index.
func (t *table) enter(n int, h uint64) {
	mask := uint64(len(t.index) - 1)
	at := h & mask
	for t.index[at] != 0 {
		at = (at + 1) & mask
	}
	t.index[at] = slot(h>>32<<32 | uint64(uint32(n+1)))
}

// added enters the newest entry, making or enlarging the index where that is due.
func (t *table) added(h uint64, width int) {
	n := len(t.items) / width
	if t.index == nil {
		if n > small {
			t.rebuild(width)
		}
		return
	}
	if n > len(t.index)/4*3 {
		t.rebuild(width)
		return
	}
	t.enter(n-1, h)
}

// rebuild drops deleted entries and makes the index anew. All keys are hashable.
func (t *table) rebuild(width int) {
	if t.gone > 0 {
		keep := t.items[:0]
		for i := 0; i < len(t.items); i += width {
			if t.items[i] != tombstone {
				keep = append(keep, t.items[i:i+width]...)
			}
		}
		clear(t.items[len(keep):])
		t.items, t.gone = keep, 0
	}
	n := len(t.items) / width
	if n <= small {
		t.index = nil
		return
	}
	t.index = make([]slot, indexSize(n))
	for i := range n {
		h, _ := Hash(t.items[i*width])
		t.enter(i, h)
	}
}

// indexSize is a power of two that n entries fill to between 3/8 and 3/4.
func indexSize(n int) int {
	size := 16
	for n > size/4*3 {
		size *= 2
	}
	return size
}

// adopt takes over a run of items in which keys may be repeated: as in Python the first
// of equal keys stays, and the last value wins. memo may be nil.
func (t *table) adopt(items []any, width int, memo *KeyMemo) error {
	n := len(items) / width
	if n <= small && distinctStrings(items, width) {
		// Most dicts of a pickle: attributes and records. They are taken as they stand.
		t.items, t.index, t.gone = items[:len(items):len(items)], nil, 0
		return nil
	}
	t.items, t.index, t.gone = items, nil, 0
	if n > small {
		t.index = make([]slot, indexSize(n))
	}
	var hashes [small]uint64 // of the keys kept, where there is no index
	kept := 0
	for i := range n {
		e := items[i*width : (i+1)*width]
		e[0] = canonical(e[0])
		t.items = items[:kept*width]
		h, err := memo.hash(e[0])
		if err != nil {
			t.items, t.index = nil, nil
			return err
		}
		at := -1
		if t.index != nil {
			at = t.place(e[0], h, kept, width, memo)
		} else {
			for j, g := range hashes[:kept] {
				if g == h && memo.same(items[j*width], e[0]) {
					at = j
					break
				}
			}
		}
		if at >= 0 {
			if width == width2 {
				items[at*width+1] = e[1]
			}
			continue
		}
		if t.index == nil {
			hashes[kept] = h
		}
		if kept != i {
			copy(items[kept*width:], e)
		}
		kept++
	}
	clear(items[kept*width:])
	t.items = items[: kept*width : kept*width]
	return nil
}

// distinctStrings reports whether the keys of at most small entries are short strings
// that all differ.
func distinctStrings(items []any, width int) bool {
	var met uint64 // a bit for what the keys so far look like at a glance
	for i := 0; i < len(items); i += width {
		s, ok := items[i].(string)
		if !ok || len(s) >= longLeaf {
			return false
		}
		glance := len(s)
		if glance > 0 {
			glance += int(s[0]) * 5
			glance += int(s[len(s)-1]) * 11
		}
		bit := uint64(1) << (glance & 63)
		if met&bit != 0 {
			for j := 0; j < i; j += width {
				if items[j].(string) == s {
					return false
				}
			}
		}
		met |= bit
	}
	return true
}

// place finds key, whose hash is h, or else enters it as entry n, which is not among the
// items yet, and returns -1.
func (t *table) place(key any, h uint64, n, width int, memo *KeyMemo) int {
	mask := uint64(len(t.index) - 1)
	at := h & mask
	for ; t.index[at] != 0; at = (at + 1) & mask {
		s := t.index[at]
		if uint32(s>>32) == uint32(h>>32) {
			n := int(uint32(s)) - 1
			if memo.same(t.items[n*width], key) {
				return n
			}
		}
	}
	t.index[at] = slot(h>>32<<32 | uint64(uint32(n+1)))
	return -1
}

func (t *table) remove(key any, width int) bool {
	at, _, err := t.find(key, width)
	if err != nil || at < 0 {
		return false
	}
	e := t.items[at*width : (at+1)*width]
	clear(e)
	e[0] = tombstone
	t.gone++
	if t.index == nil || t.gone > len(t.items)/width/2 {
		t.rebuild(width)
	}
	return true
}

// candidates yields the entries that a key with hash h may be equal to.
func (t *table) candidates(h uint64, width int) iter.Seq[int] {
	return func(yield func(int) bool) {
		if t.index == nil {
			for n := range len(t.items) / width {
				if !yield(n) {
					return
				}
			}
			return
		}
		mask := uint64(len(t.index) - 1)
		for at := h & mask; t.index[at] != 0; at = (at + 1) & mask {
			s := t.index[at]
			n := int(uint32(s)) - 1
			if uint32(s>>32) == uint32(h>>32) && t.items[n*width] != tombstone && !yield(n) {
				return
			}
		}
	}
}

// canonical turns Go's other numbers into those of this package before they become keys.
func canonical(key any) any {
	switch key.(type) {
	case string, int64, Tuple:
		return key
	}
	if n, ok := goNumber(key); ok {
		return n
	}
	return key
}
