package bulk

import (
	"bytes"
	"math/rand/v2"
	"testing"
)

func TestCopy(t *testing.T) {
	r := rand.NewChaCha8([32]byte{1})
	for _, n := range []int{0, 1, step - 1, step, step + 1, 2 * step, 3*step + 7} {
		src := make([]byte, n)
		r.Read(src)
		for _, room := range []int{n, n / 2, n + 5} {
			dst := make([]byte, room)
			if got := Copy(dst, src); got != min(n, room) || !bytes.Equal(dst[:got], src[:got]) {
				t.Errorf("%d bytes to %d: %d copied, or other ones", n, room, got)
			}
			if tail := bytes.Trim(dst[min(n, room):], "\x00"); len(tail) > 0 {
				t.Errorf("%d bytes to %d: more is written", n, room)
			}
		}
		if got := String(src); got != string(src) {
			t.Errorf("%d bytes: another string", n)
		}
		for _, dst := range [][]byte{nil, []byte("ab"), append(Uncleared(2+n), "ab"...)} {
			want := append(bytes.Clone(dst), src...)
			if got := Append(dst, src); !bytes.Equal(got, want) {
				t.Errorf("%d bytes appended to %q: other ones", n, dst)
			}
		}
	}
}

func TestUncleared(t *testing.T) {
	if Uncleared(0) == nil {
		t.Error("nil")
	}
	if b := Uncleared(100); len(b) != 0 || cap(b) != 100 {
		t.Errorf("length %d, capacity %d", len(b), cap(b))
	}
}

func TestEntries(t *testing.T) {
	for _, n := range []int{0, 1, 100, 1 << 12} {
		s := Entries[uint64](n)
		if len(s) != n {
			t.Fatalf("%d entries, not %d", len(s), n)
		}
		for i := range s {
			s[i] = uint64(i)
		}
		for i, v := range s {
			if v != uint64(i) {
				t.Fatalf("entry %d is %d", i, v)
			}
		}
	}
}
