package box

import "unsafe"

// A Raw is an interface as the collector does not see it being written: two words that are
// no pointers.
//
// While the collector marks, each pointer that a program stores on the heap costs a call of
// its write barrier: for a loader that stores millions of them, half of its time. The barrier
// keeps alive what a store overwrites, for those who have seen it already, and what it stores,
// in case that goes where the collector has been. Stores of a Raw, and those of [SetString]
// and [SetSlice], do neither, and are sound by this contract:
//
//   - They go to memory that was zero when it was allocated and is written once: nothing is
//     overwritten.
//   - What they point to is a part of the same allocation; or it is not on the heap; or a
//     keeper has it: an object on the heap that points to it by an ordinary store since before
//     the first such store, and until an ordinary store after the last of them makes the
//     keeper forget it. It is not enough that the keeper becomes garbage, or that a variable
//     on the stack points to it.
//
// What has a keeper is not lost: in a cycle of the collector that begins before it is
// forgotten and ends after that, the ordinary store that forgets it marks it. In one that ends
// earlier it is found by the keeper, which is in use. In one that begins later nothing is
// special about the pointers to it: they have been in their places since before it began.
//
// For the compiler, too, these are no pointers, and it takes for granted that a number is not
// stored where a pointer is read. So a function that stores them must not be one that reads
// the same memory, nor be inlined in one.
type Raw struct{ typ, data uintptr }

// Raws are the slots of s, to be written by the contract of [Raw].
func Raws(s []any) []Raw {
	return unsafe.Slice((*Raw)(unsafe.Pointer(unsafe.SliceData(s))), len(s))
}

// Empty reports whether r is nil.
func (r Raw) Empty() bool { return r.typ == 0 }

// RawOf returns x, whose data must be as the contract of [Raw] says.
func RawOf(x any) Raw {
	e := (*eface)(unsafe.Pointer(&x))
	return Raw{uintptr(e.typ), uintptr(e.data)}
}

// Any returns the interface that r is. What it points to must be kept alive meanwhile.
func (r Raw) Any() any {
	var x any
	*(*Raw)(unsafe.Pointer(&x)) = r
	return read(&x)
}

//go:noinline
func read(x *any) any { return *x }

// Raw returns *p as an interface value.
func (t Type[T]) Raw(p *T) Raw { return Raw{uintptr(t.typ), uintptr(unsafe.Pointer(p))} }

// A Pointer is what the interfaces that hold a *T have in common.
type Pointer[T any] struct{ typ uintptr }

// ForPointer returns the Pointer of T.
func ForPointer[T any]() Pointer[T] {
	var x any = (*T)(nil)
	return Pointer[T]{uintptr((*eface)(unsafe.Pointer(&x)).typ)}
}

// Raw returns p as an interface value.
func (t Pointer[T]) Raw(p *T) Raw { return Raw{t.typ, uintptr(unsafe.Pointer(p))} }

// SetString is *to = s, by the contract of [Raw].
func SetString(to *string, s string) {
	*(*[2]uintptr)(unsafe.Pointer(to)) = [2]uintptr{uintptr(unsafe.Pointer(unsafe.StringData(s))), uintptr(len(s))}
}

// SetSlice is *to = s, by the contract of [Raw].
func SetSlice[T any](to *[]T, s []T) {
	*(*[3]uintptr)(unsafe.Pointer(to)) = [3]uintptr{uintptr(unsafe.Pointer(unsafe.SliceData(s))), uintptr(len(s)), uintptr(cap(s))}
}
