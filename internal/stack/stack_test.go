package stack

import (
	"math/rand/v2"
	"testing"
)

// TestStack does the same to a Stack and to a slice.
func TestStack(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	var s Stack[*int]
	var want []*int
	for range 200 {
		switch n := r.IntN(3 * piece); r.IntN(4) {
		case 0, 1:
			for range n {
				v := new(int)
				s.Push(v)
				want = append(want, v)
			}
		case 2:
			for range min(n, len(want)) {
				s.Pop()
				want = want[:len(want)-1]
			}
		default:
			n = len(want) - min(n, len(want))
			s.Cut(n)
			want = want[:n]
		}
		if s.Len() != len(want) {
			t.Fatalf("%d entries, not %d", s.Len(), len(want))
		}
		for i, v := range want {
			if *s.At(i) != v {
				t.Fatalf("entry %d of %d differs", i, len(want))
			}
		}
		if len(want) > 0 && *s.Top() != want[len(want)-1] {
			t.Fatal("the top differs")
		}
		for _, piece := range append(s.full, s.top, s.next) {
			for _, v := range piece[len(piece):cap(piece)] {
				if v != nil {
					t.Fatal("an entry that is gone is kept alive")
				}
			}
		}
	}
}

// TestBorder goes up and down where a piece ends without allocating.
func TestBorder(t *testing.T) {
	var s Stack[int]
	for range piece {
		s.Push(0)
	}
	s.Push(1)
	s.Pop()
	if n := testing.AllocsPerRun(100, func() { s.Push(1); s.Pop() }); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

func BenchmarkPushPop(b *testing.B) {
	var s Stack[[4]int]
	for b.Loop() {
		for i := range 100 {
			s.Push([4]int{i})
		}
		for range 100 {
			s.Pop()
		}
	}
}
