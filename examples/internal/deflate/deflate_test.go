package deflate

import (
	"bytes"
	"testing"
)

func TestDeflate(t *testing.T) {
	plain := []byte("what Python keeps, what Python keeps")
	squeezed, err := Compress(plain)
	if err != nil {
		t.Fatal(err)
	}
	for _, data := range [][]byte{plain, squeezed} {
		if got, err := Decompress(data); err != nil || !bytes.Equal(got, plain) {
			t.Errorf("%q, %v", got, err)
		}
	}
	if got, err := Decompress(squeezed[:len(squeezed)-5]); err == nil {
		t.Errorf("cut off: %q", got)
	}
}

func TestBomb(t *testing.T) {
	if testing.Short() {
		t.Skip("it takes a while")
	}
	for _, c := range []struct {
		size int
		ok   bool
	}{{MaxSize, true}, {MaxSize + 1, false}} {
		squeezed, err := Compress(make([]byte, c.size))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := Decompress(squeezed); (err == nil) != c.ok {
			t.Errorf("%d bytes: %v", c.size, err)
		}
	}
}
