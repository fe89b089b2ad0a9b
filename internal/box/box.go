// Package box makes interface values that point into memory that is there already.
//
// Go boxes a value that it puts into an interface: one small allocation each. A loader that
// makes millions of them takes the room for all in a few allocations and lets the
// interfaces point into it. An interface is a pair of a type and a pointer to data that
// must never change; that is the contract of each function here: what p points to must
// not be written any more once somebody may read the interface.
package box

import "unsafe"

// Enabled can be set to false to box in the ordinary way, which the tests do as well.
const Enabled = true

// eface is how Go lays out an interface without methods.
type eface struct{ typ, data unsafe.Pointer }

// A Type is what the interfaces of one Go type have in common.
type Type[T any] struct{ typ unsafe.Pointer }

// For returns the Type of T, which must be no pointer, map, channel or function: those are
// in the interface themselves.
func For[T any]() Type[T] {
	var zero T
	var x any = zero
	return Type[T]{(*eface)(unsafe.Pointer(&x)).typ}
}

// Of returns *p as an interface value.
func (t Type[T]) Of(p *T) any {
	if !Enabled {
		return *p
	}
	var x any
	e := (*eface)(unsafe.Pointer(&x))
	e.typ, e.data = t.typ, unsafe.Pointer(p)
	return x
}

// Data is the pointer in the interface x: its identity for a value that is boxed.
func Data(x any) unsafe.Pointer { return (*eface)(unsafe.Pointer(&x)).data }

// Word is what the interfaces of x's type have in common, for [At].
func Word(x any) unsafe.Pointer { return (*eface)(unsafe.Pointer(&x)).typ }

// At returns an interface whose type has the word and whose data is at p: not for types
// whose values are in the interface themselves, and only for as long as nobody writes to
// what p points to.
func At(word, p unsafe.Pointer) any {
	var x any
	e := (*eface)(unsafe.Pointer(&x))
	e.typ, e.data = word, p
	return x
}
