package pickle_test

import (
	"math/big"
	"net/netip"
	"reflect"
	"testing"
	"time"

	"github.com/go-pickle/pickle"
)

type tripPoint struct {
	_ struct{} `pickle:",class=geometry.Point"`
	X float64  `pickle:"x"`
	Y *float64 `pickle:"y"`
}

type tripPair struct {
	_ struct{} `pickle:",tuple,class=geometry.Pair"`
	A string
	B []int
}

type tripAll struct {
	typedBase
	Bool    bool
	Int     int8           `pickle:"int"`
	Uint    uint64         `pickle:",omitzero"`
	Float   float32        `pickle:"'a float'"`
	Complex complex128     `pickle:"c"`
	Text    string         `pickle:"text"`
	Bytes   []byte         `pickle:"bytes"`
	ID      [4]byte        `pickle:"four"`
	Map     map[string]int `pickle:"map"`
	Set     map[int]struct{}
	Keys    map[[2]int]string
	Point   tripPoint
	Pair    *tripPair
	Next    *tripPoint
	Big     *big.Int
	Rat     *big.Rat
	At      time.Time
	Took    time.Duration
	Addr    netip.Addr
	Inner   struct{ A, B int }
	Rest    map[string]any `pickle:",unknown"`
}

// TestTypedRoundTrip dumps Go values in all protocols and loads them into their types.
func TestTypedRoundTrip(t *testing.T) {
	y := 2.5
	v := tripAll{
		typedBase: typedBase{7}, Bool: true, Int: -5, Uint: 1 << 63, Float: 0.1, Complex: 1 + 2i, Text: "h\u00e9", Bytes: []byte{0, 255},
		ID: [4]byte{1, 2, 3, 4}, Map: map[string]int{"a": 1}, Set: map[int]struct{}{3: {}}, Keys: map[[2]int]string{{1, 2}: "x"},
		Point: tripPoint{X: 1, Y: &y}, Pair: &tripPair{A: "a", B: []int{1}}, Next: &tripPoint{X: 3},
		Big: new(big.Int).Lsh(big.NewInt(3), 100), Rat: big.NewRat(1, 3), At: time.Date(2024, 2, 29, 12, 0, 0, 5000, time.UTC),
		Took: time.Hour, Addr: netip.MustParseAddr("192.0.2.1"), Inner: struct{ A, B int }{1, 2}, Rest: map[string]any{"more": int64(1)},
	}
	for n := range 6 {
		o := pickle.EncodeOptions{Protocol: protocol(t, n)}
		data, err := o.Marshal(&v)
		if err != nil {
			t.Errorf("protocol %d: %v", n, err)
			continue
		}
		var w tripAll
		if err := pickle.Unmarshal(data, &w); err != nil {
			t.Errorf("protocol %d: %v", n, err)
			continue
		}
		a, b := reflect.ValueOf(v), reflect.ValueOf(w)
		for _, f := range reflect.VisibleFields(a.Type()) {
			if !f.IsExported() {
				continue
			}
			if x, y := a.FieldByIndex(f.Index), b.FieldByIndex(f.Index); !reflect.DeepEqual(x.Interface(), y.Interface()) {
				t.Errorf("protocol %d: %s: %v, not %v", n, f.Name, y, x)
			}
		}
	}
}
