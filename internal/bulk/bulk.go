// Package bulk is about many bytes at once: memory that is not cleared first, and copies that
// the collector can interrupt.
package bulk

import (
	"strings"
	"unsafe"
)

// Uncleared returns an empty slice, never nil, with a capacity of n. Its memory is not written
// to, as make would do: for many megabytes this counts, and memory that is never touched is none
// that the process has. So nobody else may see what is past the length.
func Uncleared(n int) []byte {
	if n == 0 {
		return []byte{}
	}
	var b strings.Builder
	b.Grow(n)
	return unsafe.Slice(unsafe.StringData(b.String()), n)[:0]
}

// Entries returns n entries, none of which is cleared, of a type that must be without pointers.
// It is memory of its own, and so aligned for what has its size.
func Entries[T any](n int) []T {
	var t T
	const least = 1 << 10 // to clear less takes no time
	size := n * int(unsafe.Sizeof(t))
	if size < least {
		return make([]T, n)
	}
	return unsafe.Slice((*T)(unsafe.Pointer(unsafe.SliceData(Uncleared(size)))), n)
}

// step is how many bytes are copied without a look at whether the collector waits: some 20
// microseconds.
const step = 256 << 10

// Copy is copy. That goes to its end without a point where a goroutine can be stopped, and the
// collector, which stops each for a moment, meanwhile does nothing but send it signals. Copy has
// such a point every 256 KiB.
func Copy(dst, src []byte) int {
	n := min(len(dst), len(src))
	dst, src = dst[:n], src[:n]
	for len(src) > step {
		move(dst[:step], src[:step])
		dst, src = dst[step:], src[step:]
	}
	move(dst, src)
	return n
}

// Append is append, with [Copy].
func Append(dst, src []byte) []byte {
	if cap(dst)-len(dst) < len(src) {
		return append(dst, src...)
	}
	n := len(dst)
	dst = dst[:n+len(src)]
	Copy(dst[n:], src)
	return dst
}

// String is the conversion to a string, with [Copy].
func String(b []byte) string {
	if len(b) <= step {
		return string(b)
	}
	own := Append(Uncleared(len(b)), b)
	return unsafe.String(unsafe.SliceData(own), len(own))
}

// move is a call, which is where a goroutine looks whether it is to stop.
//
//go:noinline
func move(dst, src []byte) { copy(dst, src) }
