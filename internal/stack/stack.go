// Package stack has the stack of work that is still to be done, for what may be nested
// millions of levels deep. A slice that grows by append holds for a while what it has twice,
// and its old arrays are garbage; this one grows by pieces and lets go of them on the way back.
package stack

// piece is how many entries a piece has; a power of two.
const piece = 512

// A Stack is a stack of Ts. The zero Stack is empty and ready to use.
type Stack[T any] struct {
	top  []T   // the entries at the top; empty only if there are none at all
	full [][]T // pieces below it
	next []T   // an empty piece, kept since the top may go up and down at its border
}

// Len is how many entries there are.
func (s *Stack[T]) Len() int { return len(s.full)*piece + len(s.top) }

// Push puts v on the top.
func (s *Stack[T]) Push(v T) {
	if len(s.top) == piece {
		s.grow()
	}
	s.top = append(s.top, v)
}

func (s *Stack[T]) grow() {
	s.full = append(s.full, s.top)
	if s.top, s.next = s.next, nil; s.top == nil {
		s.top = make([]T, 0, piece)
	}
}

// Top is the entry at the top, of which there must be one. The pointer is valid until the next
// Push or Pop.
func (s *Stack[T]) Top() *T { return &s.top[len(s.top)-1] }

// Pop takes the entry at the top away and clears it.
func (s *Stack[T]) Pop() {
	n := len(s.top) - 1
	var zero T
	s.top[n] = zero
	s.top = s.top[:n]
	if n == 0 && len(s.full) > 0 {
		last := len(s.full) - 1
		s.next = s.top
		s.top = s.full[last]
		s.full[last] = nil
		s.full = s.full[:last]
	}
}

// At is the entry i, counted from the bottom. The pointer is valid as that of Top is.
func (s *Stack[T]) At(i int) *T {
	if i>>9 < len(s.full) {
		return &s.full[i>>9][i&(piece-1)]
	}
	return &s.top[i-len(s.full)*piece]
}

// Cut takes away the entries from n on.
func (s *Stack[T]) Cut(n int) {
	for len(s.full)*piece >= n && len(s.full) > 0 {
		last := len(s.full) - 1
		s.top, s.next = s.full[last], nil
		s.full[last] = nil
		s.full = s.full[:last]
	}
	n -= len(s.full) * piece
	clear(s.top[n:])
	s.top = s.top[:n]
}

// Trim drops the memory of an empty stack, but for its first piece.
func (s *Stack[T]) Trim() {
	if s.full != nil {
		s.full, s.next = nil, nil
	}
}
