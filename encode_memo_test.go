package pickle

import (
	"bytes"
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"

	"github.com/go-pickle/pickle/py"
)

// bothWays dumps v by calls and by tasks, and returns the bytes, which must be the same.
func bothWays(t *testing.T, o EncodeOptions, v any) []byte {
	t.Helper()
	defer func() { fastEach = true }()
	got, err := o.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	fastEach = false
	want, err := o.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Fatalf("%T, protocol %d, style %d, fast %t: by calls it is other bytes", v, o.Protocol.Number(), o.Style, o.Fast)
	}
	return got
}

// TestSetOptions dumps with each option in turn, in an encoder that was used with all of them: none
// may be left out when they are copied, or stay from the pickle before.
func TestSetOptions(t *testing.T) {
	all := reflect.ValueOf(&EncodeOptions{}).Elem()
	for i := range all.NumField() {
		f := all.Field(i)
		switch f.Kind() {
		case reflect.Bool:
			f.SetBool(true)
		case reflect.Uint8:
			f.SetUint(2)
		case reflect.Func:
			f.Set(reflect.MakeFunc(f.Type(), func([]reflect.Value) []reflect.Value { return nil }))
		case reflect.Pointer:
			f.Set(reflect.New(f.Type().Elem()))
		default:
			t.Fatalf("%s is of a kind that this test does not set", all.Type().Field(i).Name)
		}
	}
	for i := range all.NumField() {
		var e encoder
		used, one := all.Interface().(EncodeOptions), EncodeOptions{}
		e.setOptions(&used)
		e.trim()
		reflect.ValueOf(&one).Elem().Field(i).Set(all.Field(i))
		e.setOptions(&one)
		got := reflect.ValueOf(e.options)
		for k := range got.NumField() {
			if got.Field(k).IsZero() == (k == i) {
				t.Errorf("only %s is set: %s is %v", all.Type().Field(i).Name, all.Type().Field(k).Name, got.Field(k))
			}
		}
	}
}

// TestSharedBothWays dumps many references to few and to many values of all kinds.
func TestSharedBothWays(t *testing.T) {
	rnd := rand.New(rand.NewPCG(1, 2))
	text := strings.Repeat("shared text", 2000)
	for _, n := range []int{1, 3, 50, 500, 10000} {
		var values []any
		for i := range n {
			s := text[i : i+i%12]
			k := py.Tuple{int64(i), s}
			switch i % 8 {
			case 0:
				values = append(values, s)
			case 1:
				values = append(values, &py.List{Items: []any{s, k}})
			case 2:
				values = append(values, py.NewDict(s, k, int64(i), s))
			case 3:
				values = append(values, k)
			case 4:
				values = append(values, k, py.Tuple(k[:1]), k[1:])
			case 5:
				values = append(values, py.Bytes(s), s)
			case 6:
				values = append(values, &py.Object{How: py.ByNewObj, Class: py.Global{Module: "m", Name: "C"}, Args: py.Tuple{},
					Ops: []py.Op{{Kind: py.OpBuild, Items: []any{py.NewDict(s, k)}}}})
			case 7:
				values = append(values, py.NewSet(k, s), int64(i), float64(i), nil, true, (*py.List)(nil))
			}
		}
		l := new(py.List)
		for range 5*n + 300 {
			v := values[rnd.IntN(len(values))]
			if s, ok := v.(string); ok && rnd.IntN(2) == 0 {
				v = strings.Clone(s)[:len(s)] // another object
			}
			l.Items = append(l.Items, v)
		}
		l.Items = append(l.Items, py.Tuple(l.Items), &py.List{Items: l.Items[:100]})
		for p := Protocol2; p <= Protocol5; p++ {
			bothWays(t, EncodeOptions{Protocol: p}, l)
		}
	}
}

// TestNestedBothWays dumps values that hold themselves, or others to a depth at which calls
// give way to tasks.
func TestNestedBothWays(t *testing.T) {
	for _, depth := range []int{0, 1, 5, maxNesting - 2, maxNesting, maxNesting + 3, 3 * maxNesting} {
		root := new(py.List)
		object := &py.Object{How: py.ByReduce, Class: py.Global{Module: "m", Name: "C"}}
		own := py.Tuple{root, "own", nil}
		own[2] = py.NewDict("own", own)
		object.Args = own
		object.Ops = []py.Op{{Kind: py.OpBuild, Items: []any{own}}, {Kind: py.OpAppend, Items: []any{object, own}}}
		var v any = own
		for i := range depth {
			switch i % 5 {
			case 0:
				v = &py.List{Items: []any{int64(i), v, "after"}}
			case 1:
				v = py.NewDict(int64(i), v)
			case 2:
				v = py.Tuple{v}
			case 3:
				v = &py.Object{How: py.ByNewObj, Class: py.Global{Module: "m", Name: "D"}, Args: py.Tuple{v},
					Ops: []py.Op{{Kind: py.OpBuild, Items: []any{py.NewDict("state", v, "root", root)}}}}
			case 4:
				v = py.Tuple{"a", v, root, v}
			}
		}
		root.Items = []any{v, object, own, root}
		for p := Protocol2; p <= Protocol5; p++ {
			bothWays(t, EncodeOptions{Protocol: p}, root)
			bothWays(t, EncodeOptions{Protocol: p}, v)
			bothWays(t, EncodeOptions{Protocol: p}, object)
		}
	}
}

// TestRecentsForget dumps the same values again and again, each time with other memo numbers.
func TestRecentsForget(t *testing.T) {
	shared := []any{"first", "second", py.Tuple{"third"}, &py.List{}}
	for _, keep := range []bool{false, true} {
		var w bytes.Buffer
		enc := EncodeOptions{KeepMemo: keep}.NewEncoder(&w)
		for i := range 20 {
			l := new(py.List)
			for j := range i {
				l.Items = append(l.Items, &py.List{Items: []any{int64(j)}})
			}
			for j := range 200 {
				l.Items = append(l.Items, shared[(i+j)%len(shared)])
			}
			if !keep {
				w.Reset()
			}
			if err := enc.Encode(l); err != nil {
				t.Fatal(err)
			}
			if want := bothWays(t, EncodeOptions{}, l); !keep && !bytes.Equal(w.Bytes(), want) {
				t.Fatalf("pickle %d is other bytes", i)
			}
		}
		n := 0
		for v, err := range AllWith[*py.List](&w, DecodeOptions{KeepMemo: keep}) {
			if err != nil {
				t.Fatal(err)
			}
			n++
			if last := v.Items[len(v.Items)-len(shared):]; keep && !py.Equal(&py.List{Items: last},
				&py.List{Items: []any{shared[(n-1)%4], shared[n%4], shared[(n+1)%4], shared[(n+2)%4]}}) {
				t.Fatalf("pickle %d ends with %s", n, py.Repr(last))
			}
		}
	}
}

// TestMemoTable puts identities into tables of all sizes, with neighbours that share places,
// and empties them: what was in one is not in the next.
func TestMemoTable(t *testing.T) {
	var table memoTable
	for round, n := range []int{1, 40, 40, 3000, 2, 100000, 50, maxBase, 70, 3, 5000} {
		want := make(map[identity]uint32)
		number := uint32(0)
		for i := range min(n, 200000) {
			id := identity{uintptr(0x10000 + i%1000*2048*4096 + i*16), idPointer}
			switch i % 4 {
			case 1:
				id.tag = uint64(i%3)<<4 | idStr
			case 2:
				id.addr, id.tag = 0x20000, uint64(i)<<4|idStr // as if all began at one place
			case 3:
				id.tag = 1<<40 | idTuple
			}
			if i%1000 > 40 && i%4 == 2 {
				id.addr += uintptr(i) * 8
			}
			m, known := want[id]
			switch got, free, ok := table.look(id); {
			case ok != known || ok && got != m:
				t.Fatalf("round %d: %v is %d, %t, not %d, %t", round, id, got, ok, m, known)
			case ok:
				continue
			case i%3 == 0 && table.at(free) != nil:
				*table.at(free) = memoSlot{id.addr, uint32(id.tag), table.base + number + 1}
				table.used++
			case i%3 == 1:
				table.put(id, number)
			default:
				if _, ok := table.add(id, number); ok {
					t.Fatalf("round %d: %v is there", round, id)
				}
			}
			want[id] = number
			number++
		}
		for id, m := range want {
			if got, ok := table.get(id); !ok || got != m {
				t.Fatalf("round %d: %v is %d, %t, not %d", round, id, got, ok, m)
			}
			if got, ok := table.add(id, number); !ok || got != m {
				t.Fatalf("round %d: adding %v again gives %d, %t, not %d", round, id, got, ok, m)
			}
		}
		table.clear(max(number, uint32(n)))
		for id := range want {
			if m, ok := table.get(id); ok {
				t.Fatalf("round %d: %v is still %d", round, id, m)
			}
		}
	}
}
