package py_test

import (
	"math"
	"math/rand/v2"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/go-pickle/pickle/py"
)

// valueFrom makes a value of the bytes of a fuzz input: sharing and cycles included.
func valueFrom(data []byte) any {
	var made []any
	next := func() byte {
		if len(data) == 0 {
			return 0
		}
		b := data[0]
		data = data[1:]
		return b
	}
	last := func() any {
		if len(made) == 0 {
			return nil
		}
		return made[max(0, len(made)-1-int(next()%8))]
	}
	key := func() any {
		if x := last(); x != nil {
			if _, err := py.Hash(x); err == nil {
				return x
			}
		}
		return int64(len(made))
	}
	for len(data) > 0 {
		var x any
		switch next() % 18 {
		case 0:
			x = int64(int8(next()))
		case 1:
			x = float64(next()) / 4
		case 2:
			x = math.NaN()
		case 3:
			n := int(next() % 8)
			x = string(data[:min(len(data), n)])
		case 4:
			n := int(next() % 8)
			x = py.Bytes(data[:min(len(data), n)])
		case 5:
			x = &py.ByteArray{Bytes: []byte{next()}}
		case 6:
			x = py.Tuple{last(), last()}
		case 7:
			x = py.NewList(last(), last())
		case 8:
			d := new(py.Dict)
			for range next() % 12 {
				_ = d.Set(key(), last())
			}
			x = d
		case 9:
			x = py.NewSet(key(), key())
		case 10:
			x = py.NewFrozenSet(key(), key())
		case 11:
			x = py.NewCall(py.Global{Module: "m", Name: string(rune('a' + next()%3))}, last())
		case 12:
			o := py.NewObject(py.Global{Module: "m", Name: "C"}, py.NewDict("x", last()))
			_ = o.SetAttr("y", o)
			x = o
		case 13: // changed late: cycles
			if l, ok := last().(*py.List); ok {
				l.Append(last())
			}
			continue
		case 14:
			if d, ok := last().(*py.Dict); ok {
				_ = d.Set(key(), last())
			}
			continue
		case 15:
			if d, ok := last().(*py.Dict); ok {
				d.Delete(key())
			}
			continue
		case 16:
			x = &py.PersistentRef{ID: last()}
		case 17:
			x = complex(float64(next()%4), float64(next()%2))
		}
		made = append(made, x)
	}
	if len(made) == 0 {
		return nil
	}
	return made[len(made)-1]
}

func FuzzValues(f *testing.F) {
	f.Add([]byte{0, 1, 6, 0, 0, 7, 0, 0, 13, 0, 0}, []byte{0, 1, 6, 0, 0, 7, 0, 0, 13, 0, 0})
	f.Add([]byte{2, 6, 0, 0, 10, 0, 0, 8, 3, 0, 0, 0, 0, 0, 0}, []byte{8, 11, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 15, 0, 0})
	r := rand.New(rand.NewPCG(9, 9))
	for range 300 {
		a := make([]byte, r.IntN(200))
		for i := range a {
			a[i] = byte(r.IntN(18))
		}
		f.Add(a, append([]byte{7}, a...))
	}
	f.Fuzz(func(t *testing.T, a, b []byte) {
		if len(a)+len(b) > 2000 {
			t.Skip()
		}
		x, again, y := valueFrom(a), valueFrom(a), valueFrom(b)
		if n, ok := x.(float64); !ok || n == n {
			if !py.Equal(x, x) {
				t.Fatal("not equal to itself")
			}
		}
		same := py.Equal(x, y)
		if py.Equal(y, x) != same {
			t.Fatal("Equal depends on the order")
		}
		if same && !holdsIdentity(x) {
			h, err := py.Hash(x)
			g, err2 := py.Hash(y)
			if err == nil && err2 == nil && h != g {
				t.Fatal("equal, but the hashes differ")
			}
		}
		o := py.ReprOptions{MaxLen: 1 << 16}
		s := o.Format(x)
		if s != o.Format(again) {
			t.Fatal("printed in two ways")
		}
		if strings.ContainsFunc(s, func(r rune) bool { return r < ' ' || r == 0x7f }) {
			t.Fatalf("control characters: %q", s)
		}
		if same && !strings.Contains(s, "nan") && strings.Contains(s, "nan") != strings.Contains(o.Format(y), "nan") {
			t.Fatal("a NaN is equal to something")
		}
		for _, o := range []py.ReprOptions{
			{Labels: true, MaxLen: 1 << 16},
			{Labels: true, Indent: " ", Width: 20, MaxLen: 1 << 16},
			{Indent: "  ", MaxDepth: 3, MaxItems: 2, MaxString: 3, MaxLen: 1 << 16},
			{MaxDepth: 4, Labels: true, MaxItems: 3, MaxLen: 1 << 16},
			{MaxLen: 1 + len(b)},
		} {
			out := o.Format(x)
			if len(out) > o.MaxLen+3 {
				t.Fatalf("%d bytes with MaxLen %d", len(out), o.MaxLen)
			}
			if o.Labels && o.MaxDepth == 0 && o.Indent == "" && len(out) < o.MaxLen && !strings.Contains(out, "'") && !strings.Contains(out, `"`) {
				checkLabels(t, out)
			}
		}
		if p, err := py.Plain(x); err == nil {
			if _, err := py.From(p); err != nil && !strings.Contains(err.Error(), "unhashable") {
				t.Fatalf("From can't take what Plain made: %v", err)
			}
		}
	})
}

// checkLabels checks that each label is given once, before it is used, and is used.
func checkLabels(t *testing.T, out string) {
	given, used := map[string]bool{}, map[string]bool{}
	for _, m := range labelPattern.FindAllString(out, -1) {
		name := m[1:]
		switch {
		case m[0] == '&' && given[name], m[0] == '*' && !given[name]:
			t.Fatalf("label %s in %s", name, out)
		case m[0] == '&':
			given[name] = true
		default:
			used[name] = true
		}
	}
	if len(given) != len(used) {
		t.Fatalf("of labels %v only %v are used in %s", given, used, out)
	}
}

var labelPattern = regexp.MustCompile(`[&*][0-9]+`)

func holdsIdentity(x any) bool {
	s := py.Repr(x)
	return strings.Contains(s, "m.") || strings.Contains(s, "<persistent") || strings.Contains(s, "nan")
}

// A dict behaves as a list of pairs does in which keys are compared one by one.
func FuzzDict(f *testing.F) {
	f.Add([]byte{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 200, 201, 202})
	r := rand.New(rand.NewPCG(8, 8))
	for range 50 {
		a := make([]byte, 500)
		for i := range a {
			a[i] = byte(r.Uint32())
		}
		f.Add(a)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		type pair struct{ k, v any }
		var model []pair
		d := new(py.Dict)
		for i := 0; i+1 < len(data) && i < 4000; i += 2 {
			var k any = int64(data[i+1] % 64)
			switch data[i+1] >> 6 {
			case 1:
				k = float64(data[i+1]%64) / 2
			case 2:
				k = string(rune(data[i+1] % 64))
			case 3:
				k = py.Tuple{int64(data[i+1] % 64)}
			}
			at := slices.IndexFunc(model, func(p pair) bool { return py.Equal(p.k, k) })
			switch data[i] % 5 {
			case 0, 1, 2:
				if err := d.Set(k, i); err != nil {
					t.Fatal(err)
				}
				if at >= 0 {
					model[at].v = i
				} else {
					model = append(model, pair{k, i})
				}
			case 3:
				if d.Delete(k) != (at >= 0) {
					t.Fatalf("Delete(%v)", k)
				}
				if at >= 0 {
					model = slices.Delete(model, at, at+1)
				}
			case 4:
				v, ok := d.Get(k)
				if ok != (at >= 0) || ok && v != model[at].v {
					t.Fatalf("Get(%v): %v, %v", k, v, ok)
				}
			}
			if d.Len() != len(model) {
				t.Fatalf("Len is %d, not %d", d.Len(), len(model))
			}
		}
		i := 0
		for k, v := range d.All() {
			if !py.Equal(k, model[i].k) || v != model[i].v || py.TypeName(k) != py.TypeName(model[i].k) {
				t.Fatalf("entry %d: %v: %v", i, k, v)
			}
			i++
		}
		other := new(py.Dict)
		if err := other.Adopt(slices.Clone(d.Pairs())); err != nil || !py.Equal(d, other) || i != len(model) {
			t.Fatal("Adopt makes another dict", err)
		}
	})
}
