package pickle

import "github.com/go-pickle/pickle/internal/box"

// recents says of interface values that were found in the memo of late which number they
// have there: where values are shared, many are, and an interface is found faster than what
// it holds. Two interfaces of one type and address are one value, since what an interface
// points to never changes; but it must not be freed, or another could be there.
type recents struct {
	slots  []recentSlot // their number is a power of two; past them there are free ones
	missed int          // how many were found in the memo only
}

type recentSlot struct {
	addr uintptr
	typ  int32  // how far the type is from another, so that it takes few bytes
	n    uint32 // memo number plus one; 0 is a free slot
}

const (
	minRecents = 64
	maxRecents = 1 << 12
)

var typeString = uintptr(box.Word(""))

// slot is where x may be.
func (r *recents) slot(x any) (at int, addr uintptr, typ int) {
	addr = uintptr(box.Data(x))
	hash := uint32(uint64(addr>>3) * 0x9e3779b97f4a7c15 >> 32)
	return int(hash) & (len(r.slots) - 1), addr, int(uintptr(box.Word(x)) - typeString)
}

func (r *recents) get(x any) (uint32, bool) {
	at, addr, typ := r.slot(x)
	s := &r.slots[at]
	return s.n - 1, s.addr == addr && int(s.typ) == typ && s.n != 0
}

// add adds what was found in the memo, and reports whether there is anything to get.
func (r *recents) add(x any, n uint32) bool {
	if r.missed++; r.missed > 4*len(r.slots) && len(r.slots) < maxRecents {
		if r.missed < minRecents {
			return false
		}
		r.grow()
	}
	if at, addr, typ := r.slot(x); int(int32(typ)) == typ {
		r.slots[at] = recentSlot{addr, int32(typ), n + 1}
	}
	return true
}

func (r *recents) grow() {
	n := max(4*len(r.slots), minRecents)
	if cap(r.slots) < n {
		r.slots = make([]recentSlot, n)
		return
	}
	clear(r.slots) // they are at other places now
	r.slots = r.slots[:n]
}

func (r *recents) clear() {
	clear(r.slots)
	r.slots, r.missed = r.slots[:0], 0
}
