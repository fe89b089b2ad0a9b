// Package spare keeps large slices from one use to the next, so that loading or dumping
// one large value after another does not make the garbage collector go round for memory
// that is the same each time.
//
// It differs from sync.Pool in that a slice given back on one processor is found on every
// other: with two uses a second and slices of megabytes that is what counts. As with
// sync.Pool, what is not used for two cycles of the collector is dropped.
package spare

import (
	"runtime"
	"sync"
	"sync/atomic"
	"unsafe"
)

// Bytes bounds the slices that a Slot keeps.
const (
	minBytes = 64 << 10
	maxBytes = 256 << 20
)

// A Slot keeps one slice. Its methods may be called by any number of goroutines.
type Slot[T any] struct {
	kept atomic.Pointer[kept[T]]
	once sync.Once
}

type kept[T any] struct {
	s     []T
	epoch uint32
}

// Large reports whether a slice of n entries is one that a Slot keeps.
func Large[T any](n int) bool {
	var t T
	bytes := uint64(n) * uint64(unsafe.Sizeof(t))
	return bytes >= minBytes && bytes <= maxBytes
}

// Take returns a slice of length 0 and a capacity of at least n, or nil. What is past its
// length is what it was when it was given.
func (s *Slot[T]) Take(n int) []T {
	k := s.kept.Load()
	if k == nil || cap(k.s) < n || !s.kept.CompareAndSwap(k, nil) {
		return nil
	}
	return k.s[:0]
}

// Give keeps x for the next Take, if it is large and no larger slice is kept. The caller
// must not use it any more. It should hold no pointers.
func (s *Slot[T]) Give(x []T) {
	if !Large[T](cap(x)) {
		return
	}
	s.once.Do(func() { register(s) })
	if k := s.kept.Load(); k == nil || cap(k.s) < cap(x) {
		s.kept.Store(&kept[T]{x, epoch.Load()})
	}
}

// age drops what was given two cycles ago.
func (s *Slot[T]) age(now uint32) {
	if k := s.kept.Load(); k != nil && now-k.epoch >= 2 {
		s.kept.CompareAndSwap(k, nil)
	}
}

var (
	epoch atomic.Uint32 // cycles of the collector since the first Give
	mu    sync.Mutex
	slots []interface{ age(uint32) }
)

func register(s interface{ age(uint32) }) {
	mu.Lock()
	defer mu.Unlock()
	if slots = append(slots, s); len(slots) == 1 {
		watch()
	}
}

// watch has tick run after each cycle of the collector: when it finds that nobody holds
// the sentinel.
func watch() {
	runtime.AddCleanup(new([16]byte), tick, 0)
}

func tick(int) {
	now := epoch.Add(1)
	mu.Lock()
	for _, s := range slots {
		s.age(now)
	}
	mu.Unlock()
	watch()
}
