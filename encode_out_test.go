package pickle

import (
	"bytes"
	"fmt"
	"math/big"
	"runtime"
	"strings"
	"testing"

	"github.com/go-pickle/pickle/py"
)

// TestManyBuffers writes pickles into buffers of all sizes, to the same bytes.
func TestManyBuffers(t *testing.T) {
	short, least, most := shortOut, minChunk, maxChunk
	defer func() { shortOut, minChunk, maxChunk = short, least, most }()
	type record struct {
		ID   int64
		Name string
		Tags []string
		Next *record
	}
	var records []record
	var mixed py.List
	pairs := new(py.Dict)
	var chain *py.List
	for i := range 2000 {
		s := fmt.Sprint("name", i)
		records = append(records, record{ID: int64(i) << (i % 50), Name: s, Tags: []string{s, "x"}})
		mixed.Items = append(mixed.Items, s, int64(i), py.Tuple{s, float64(i)}, chain)
		pairs.Set(s, &py.List{Items: []any{s, int64(i)}})
		chain = &py.List{Items: []any{chain, int64(i)}}
		if i%100 == 99 {
			records[i].Next = &records[i/2]
			mixed.Items = append(mixed.Items, strings.Repeat("é", i*40), new(big.Int).Lsh(big.NewInt(1), uint(i)*4))
			mixed.Items = append(mixed.Items, py.Bytes(strings.Repeat("b", i*30)))
		}
	}
	values := []any{records, &mixed, pairs, chain, []any{records, pairs, &mixed},
		map[string]any{"a": records, "b": &mixed}, py.Bytes(strings.Repeat("b", 1<<20)), 1,
		py.NewDict("huge", new(big.Int).Lsh(big.NewInt(1), 3<<20), "text", strings.Repeat("t", 1<<17))}
	for n, v := range values {
		for _, p := range []Protocol{Protocol0, Protocol2, Protocol5} {
			o := EncodeOptions{Protocol: p}
			shortOut, minChunk, maxChunk = short, least, most
			if p < Protocol2 && n == len(values)-1 {
				continue // the number has too many digits
			}
			want, err := o.Marshal(v)
			if err != nil {
				t.Fatal(err)
			}
			for _, size := range []int{0, 700, 5000, 1 << 16} {
				shortOut, minChunk, maxChunk = size, size, 2*size
				got, err := o.Marshal(v)
				if err != nil || !bytes.Equal(got, want) {
					t.Fatalf("value %d, protocol %d, buffers of %d: other bytes, error %v", n, p.Number(), size, err)
				}
				var w bytes.Buffer
				if err := o.Dump(&w, v); err != nil || !bytes.Equal(w.Bytes(), want) {
					t.Fatalf("value %d, protocol %d, buffers of %d: other bytes written, error %v", n, p.Number(), size, err)
				}
				got, err = o.Append([]byte("before"), v)
				if err != nil || string(got[:6]) != "before" || !bytes.Equal(got[6:], want) {
					t.Fatalf("value %d, protocol %d, buffers of %d: other bytes appended, error %v", n, p.Number(), size, err)
				}
			}
		}
	}
}

// TestGuessIsBounded dumps lists that begin with what is long, of which the rest is short.
func TestGuessIsBounded(t *testing.T) {
	v := &py.List{Items: make([]any, 1<<20)}
	for i := range 4 {
		v.Items[i] = strings.Repeat("x", 50<<10)
	}
	for i := 10; i < 5000; i++ {
		v.Items[i] = &py.List{}
	}
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	data, err := Marshal(v)
	runtime.ReadMemStats(&after)
	if err != nil {
		t.Fatal(err)
	}
	if took := after.TotalAlloc - before.TotalAlloc; took > 64<<20 {
		t.Errorf("a pickle of %d bytes took %d", len(data), took)
	}
}

// TestResultIsNotShared dumps twice and looks at the first result again.
func TestResultIsNotShared(t *testing.T) {
	v := &py.List{}
	for i := range 50000 {
		v.Items = append(v.Items, int64(i))
	}
	first, err := Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	kept := bytes.Clone(first)
	for i := range v.Items {
		v.Items[i] = int64(-i)
	}
	for range 3 {
		if _, err := Marshal(v); err != nil {
			t.Fatal(err)
		}
		if err := Dump(new(bytes.Buffer), v); err != nil {
			t.Fatal(err)
		}
	}
	if !bytes.Equal(first, kept) {
		t.Error("a result changed")
	}
	if cap(first) != len(first) {
		t.Errorf("the result of %d bytes has a capacity of %d", len(first), cap(first))
	}
}
