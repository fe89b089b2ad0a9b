package spare

import (
	"runtime"
	"testing"
	"time"
)

func TestSlot(t *testing.T) {
	var s Slot[uint64]
	if s.Take(1) != nil {
		t.Error("an empty slot gives something")
	}
	s.Give(make([]uint64, 10))
	if s.Take(1) != nil {
		t.Error("a small slice is kept")
	}
	s.Give(make([]uint64, 5, 20000))
	s.Give(make([]uint64, 0, 10000)) // a smaller one does not take its place
	if s.Take(20001) != nil {
		t.Error("Take gives less than was asked for")
	}
	if got := s.Take(100); len(got) != 0 || cap(got) != 20000 {
		t.Errorf("Take gave length %d, capacity %d", len(got), cap(got))
	}
	if s.Take(0) != nil {
		t.Error("a slice was given twice")
	}
}

func TestUnusedIsDropped(t *testing.T) {
	var s Slot[byte]
	s.Give(make([]byte, 1<<20))
	for range 100 {
		runtime.GC()
		time.Sleep(time.Millisecond) // cleanups run on a goroutine of their own
		if s.kept.Load() == nil {
			return
		}
	}
	t.Error("the slice is kept after 100 cycles")
}
