package pickle_test

import (
	"bytes"
	"math/big"
	"reflect"
	"slices"
	"testing"

	"github.com/go-pickle/pickle"
	"github.com/go-pickle/pickle/internal/describe"
	"github.com/go-pickle/pickle/py"
)

type (
	// A fuzzAll has a field of each kind.
	fuzzAll struct {
		I   int64               `pickle:"i"`
		U   uint64              `pickle:"u"`
		F   float64             `pickle:"f"`
		B   bool                `pickle:"b"`
		S   string              `pickle:"s"`
		D   []byte              `pickle:"d"`
		L   []string            `pickle:"l"`
		M   map[string]int16    `pickle:"m"`
		N   map[int32]fuzzTwo   `pickle:"n"`
		P   *fuzzAll            `pickle:"p"`
		Q   []*fuzzAll          `pickle:"q"`
		A   [2]float32          `pickle:"a"`
		X   any                 `pickle:"x"`
		T   fuzzTwo             `pickle:"t"`
		O   []fuzzInstance      `pickle:"o"`
		Set map[uint8]struct{}  `pickle:"set"`
		Big *big.Int            `pickle:"big"`
		R   map[string][]any    `pickle:"r"`
		V   struct{ One *int8 } `pickle:"v"`
	}
	fuzzTwo struct {
		_    struct{} `pickle:",tuple"`
		A, B string
	}
	fuzzInstance struct {
		_ struct{} `pickle:",class=m.C"`
		P *fuzzAll `pickle:"p"`
		N int      `pickle:"n"`
	}
)

// A fuzzMaker makes values of what a fuzzer gives.
type fuzzMaker struct {
	data  []byte
	known []*fuzzAll
	left  int
}

func (g *fuzzMaker) byte() byte {
	if len(g.data) == 0 {
		return 0
	}
	b := g.data[0]
	g.data = g.data[1:]
	return b
}

func (g *fuzzMaker) few() int { return int(g.byte() % 4) }

func (g *fuzzMaker) int() (v int64) {
	for range g.byte() % 9 {
		v = v<<8 | int64(g.byte())
	}
	return v
}

func (g *fuzzMaker) text() string {
	texts := []string{"", "a", "\u00e9", "\u4e2d", "text", "longer text \U00010000", string(make([]byte, 300))}
	return texts[int(g.byte())%len(texts)] + texts[int(g.byte())%len(texts)]
}

func (g *fuzzMaker) pair() fuzzTwo { return fuzzTwo{A: g.text(), B: g.text()} }

func (g *fuzzMaker) pointer() *fuzzAll {
	if g.left--; g.left < 0 || g.byte()%3 == 0 {
		if len(g.known) > 0 && g.byte()%4 != 0 {
			return g.known[int(g.byte())%len(g.known)]
		}
		return nil
	}
	v := new(fuzzAll)
	g.known = append(g.known, v)
	g.fill(v)
	return v
}

func (g *fuzzMaker) any() any {
	switch g.byte() % 12 {
	case 0:
		return g.pair()
	case 1:
		return g.pointer()
	case 2:
		return []any{g.any(), g.any()}
	case 3:
		return map[string]any{g.text(): g.any()}
	case 4:
		return float32(g.int())
	case 5:
		return []float64{float64(g.int()), 0.5}
	case 6:
		return &py.List{Items: []any{g.any()}}
	case 7:
		return []int{int(g.int()), int(g.int())}
	case 8:
		return &fuzzInstance{N: 5, P: g.pointer()}
	case 9:
		return uint16(g.int())
	}
	return nil
}

func (g *fuzzMaker) fill(v *fuzzAll) {
	v.I, v.U, v.F, v.B = g.int(), uint64(g.int()), float64(g.int())/2, g.byte()%2 == 1
	v.S, v.D = g.text(), []byte(g.text())
	for range g.few() {
		v.L = append(v.L, g.text())
	}
	v.M, v.N, v.Set, v.R = map[string]int16{}, map[int32]fuzzTwo{}, map[uint8]struct{}{}, map[string][]any{}
	for range g.few() {
		v.M[g.text()] = int16(g.int())
		v.N[int32(g.int())] = g.pair()
	}
	v.P = g.pointer()
	for range g.few() {
		v.Q = append(v.Q, g.pointer())
	}
	v.A = [2]float32{float32(g.int()), 1}
	v.X = g.any()
	v.T = g.pair()
	for range g.few() {
		v.O = append(v.O, fuzzInstance{P: g.pointer(), N: int(g.byte())})
	}
	if g.byte()%2 == 0 {
		v.Set[g.byte()] = struct{}{}
	}
	if g.byte()%3 == 0 {
		v.Big = new(big.Int).Lsh(big.NewInt(g.int()), uint(g.byte()))
	}
	if g.byte()%3 == 0 {
		v.R[g.text()] = []any{g.any()}
	}
	if g.byte()%2 == 0 {
		n := int8(g.byte())
		v.V.One = &n
	}
}

// FuzzDumpTyped dumps Go values in protocol 5 and another. What loads from that is what the values
// are converted to here, with what is one in Go one again, and it makes no difference
// whether each part is offered to PersistentID.
func FuzzDumpTyped(f *testing.F) {
	for i := range 20 {
		data := make([]byte, 400)
		for j := range data {
			data[j] = byte(i*j*7 + j>>3*i + 11*i)
		}
		f.Add(data)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		g := &fuzzMaker{data: data, left: 20}
		other, _ := pickle.ProtocolNumber(int(g.byte() % 5))
		v := new(fuzzAll)
		g.known = append(g.known, v)
		g.fill(v)
		want := describe.Value((&typedConverter{known: map[any]any{}}).convert(reflect.ValueOf(v)))
		for _, p := range []pickle.Protocol{pickle.Protocol5, other} {
			o := pickle.EncodeOptions{Protocol: p}
			data := marshal(t, o, v)
			o.PersistentID = func(any) (any, bool) { return nil, false }
			if err := sameBytes(marshal(t, o, v), data); err != nil {
				t.Fatalf("protocol %d, asked: %v", p.Number(), err)
			}
			if p.Number() < 2 {
				var back any
				if err := pickle.Unmarshal(data, &back); err != nil {
					t.Fatal(err)
				}
				continue // objects are made otherwise
			}
			if got := describe.Value(unmarshal(t, pickle.DecodeOptions{}, data)); !bytes.Equal(got, want) {
				t.Fatalf("protocol %d:\n got %s\nwant %s", p.Number(), got, want)
			}
		}
	})
}

// A typedConverter makes of Go values what is to be loaded from their pickles.
type typedConverter struct{ known map[any]any }

type sliceKey struct {
	at  uintptr
	len int
	typ reflect.Type
}

func (c *typedConverter) convert(v reflect.Value) any {
	switch v.Kind() {
	case reflect.Invalid:
		return nil
	case reflect.Interface:
		return c.convert(v.Elem())
	case reflect.Pointer:
		if v.IsNil() {
			return nil
		}
		switch x := v.Interface().(type) {
		case *big.Int:
			if x.IsInt64() {
				return x.Int64()
			}
			return x
		case *py.List:
			if l, ok := c.known[x]; ok {
				return l
			}
			l := &py.List{}
			c.known[x] = l
			for _, item := range x.Items {
				l.Items = append(l.Items, c.convert(reflect.ValueOf(item)))
			}
			return l
		}
		if x, ok := c.known[v.Interface()]; ok {
			return x
		}
		if v.Elem().Kind() != reflect.Struct {
			return c.convert(v.Elem())
		}
		return c.structure(v.Elem(), func(x any) { c.known[v.Interface()] = x })
	case reflect.Struct:
		return c.structure(v, func(any) {})
	case reflect.Slice:
		if v.Type().Elem().Kind() == reflect.Uint8 {
			return py.Bytes(v.Bytes())
		}
		key := sliceKey{v.Pointer(), v.Len(), v.Type()}
		if l, ok := c.known[key]; ok && v.Len() > 0 {
			return l
		}
		l := &py.List{}
		c.known[key] = l
		for i := range v.Len() {
			l.Items = append(l.Items, c.convert(v.Index(i)))
		}
		return l
	case reflect.Array:
		var items py.Tuple
		for i := range v.Len() {
			items = append(items, c.convert(v.Index(i)))
		}
		return items
	case reflect.Map:
		keys := v.MapKeys()
		slices.SortFunc(keys, func(a, b reflect.Value) int {
			if a.Kind() == reflect.String {
				return bytes.Compare([]byte(a.String()), []byte(b.String()))
			}
			if a.CanUint() {
				return int(a.Uint()) - int(b.Uint())
			}
			return int(a.Int() - b.Int())
		})
		if v.Type().Elem().Size() == 0 {
			s := new(py.Set)
			for _, k := range keys {
				s.Add(c.convert(k))
			}
			return s
		}
		d := new(py.Dict)
		c.known[sliceKey{at: v.Pointer()}] = d
		for _, k := range keys {
			d.Set(c.convert(k), c.convert(v.MapIndex(k)))
		}
		return d
	}
	x, err := py.From(v.Interface())
	if err != nil {
		panic(err)
	}
	return x
}

func (c *typedConverter) structure(v reflect.Value, known func(any)) any {
	t := v.Type()
	first, class := 0, ""
	if t.Field(0).Name == "_" {
		first, class = 1, t.Field(0).Tag.Get("pickle")
	}
	if class == ",tuple" {
		var items py.Tuple
		for i := first; i < v.NumField(); i++ {
			items = append(items, c.convert(v.Field(i)))
		}
		return items
	}
	d := new(py.Dict)
	var whole any = d
	if class != "" {
		whole = &py.Object{How: py.ByNewObj, Class: py.Global{Module: "m", Name: "C"}, Args: py.Tuple{},
			Ops: []py.Op{{Kind: py.OpBuild, Items: []any{d}}}}
	}
	known(whole)
	for i := first; i < v.NumField(); i++ {
		name := t.Field(i).Name
		if tag, ok := t.Field(i).Tag.Lookup("pickle"); ok {
			name = tag
		}
		d.Set(name, c.convert(v.Field(i)))
	}
	return whole
}
