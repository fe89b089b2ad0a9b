package pickle_test

import (
	"fmt"
	"iter"
	"maps"
	"math"
	"math/big"
	"net/netip"
	"slices"
	"testing"
	"time"

	"github.com/go-pickle/pickle"
	"github.com/go-pickle/pickle/internal/pytest"
	"github.com/go-pickle/pickle/py"
	"github.com/go-pickle/pickle/stdlib"
)

// The types whose values are compared with Python's. The classes are those of package
// pytest's worker, and of typedSetup.
type (
	liveRecord struct {
		ID     int64    `pickle:"id"`
		Name   string   `pickle:"name"`
		Score  float64  `pickle:"score"`
		Active bool     `pickle:"active"`
		Tags   []string `pickle:"tags"`
		Parent *int64   `pickle:"parent"`
	}
	liveOne   struct{ Only int8 }
	liveNone  struct{}
	livePlain struct {
		_     struct{} `pickle:",class=livemodels.Plain"`
		X     int      `pickle:"x,omitzero"`
		Y     string   `pickle:"y,omitzero"`
		Other any      `pickle:"other,omitzero"`
	}
	liveSlots struct {
		_ struct{} `pickle:",class=livemodels.Slots,slots"`
		A any      `pickle:"a,omitzero"`
		B any      `pickle:"b,omitzero"`
	}
	livePair struct {
		_    struct{} `pickle:",tuple"`
		Name string
		At   livePoint
	}
	livePoint struct {
		_ struct{} `pickle:",class=livemodels.Point,tuple"`
		X float64
		Y any
	}
	liveFour struct {
		_          struct{} `pickle:",tuple"`
		A, B, C, D uint16
	}
	liveNested struct {
		_ struct{} `pickle:",class=livemodels:Outer.Inner"`
		V int      `pickle:"v"`
	}
	liveBase  struct{ ID, Kind int }
	liveEmbed struct {
		liveBase
		*liveOne
		Last string
	}
	liveNode struct {
		Val  int       `pickle:"val"`
		Next *liveNode `pickle:"next"`
	}
	liveTree struct {
		_        struct{}    `pickle:",class=livemodels.Plain"`
		Children []*liveTree `pickle:"children"`
		Up       *liveTree   `pickle:"up"`
	}
	liveRest struct {
		_    struct{}       `pickle:",class=livemodels.Plain"`
		X    int            `pickle:"x"`
		Rest map[string]any `pickle:",unknown"`
	}
	liveCycle struct {
		_    struct{} `pickle:",tuple"`
		Self []*liveCycle
	}
	liveNamedCycle struct {
		_    struct{} `pickle:",class=livemodels.Point,tuple"`
		Self []*liveNamedCycle
		N    int
	}
	liveMarshaler struct{ parts []any }
	UUID          [16]byte
	liveStdlib    struct {
		At   time.Time
		Took time.Duration
		P    *big.Rat
		R    big.Rat
		IP   netip.Addr
		Ref  *time.Time
	}
	liveKey struct {
		_    struct{} `pickle:",tuple"`
		A, B string
	}
)

// MarshalPickle gives a list.
func (m *liveMarshaler) MarshalPickle() (any, error) { return &py.List{Items: m.parts}, nil }

// typedSetup is Python's side.
const typedSetup = `
import collections, uuid, datetime, fractions
try:
    import ipaddress
except ImportError:
    pass
Point = collections.namedtuple(str('Point'), str('x y'))
Point.__module__ = str('livemodels')
MODULE.Point = Point

def plain(*pairs):
    o = Plain()
    for k, v in pairs:
        setattr(o, str(k), v)
    return o

def nested(v):
    o = Outer.Inner()
    o.v = v
    return o

def slots(**kw):
    o = Slots()
    for k in sorted(kw):
        setattr(o, k, kw[k])
    return o

def twice(v):
    return [v, v]

def loop():
    d = {'val': 1}
    d['next'] = d
    return d

def chain(n):
    d = None
    for i in xrange(n):
        d = {'val': i, 'next': d}
    return d

def tree():
    root = Plain()
    kids = [Plain(), Plain()]
    root.children, root.up = kids, None
    for k in kids:
        k.children, k.up = [], root
    return root

def tuple_loop():
    l = []
    t = (l,)
    l.append(t)
    return t

def point_loop():
    l = []
    p = Point(l, 5)
    l.append(p)
    return p

def stamps():
    utc = datetime.timezone(datetime.timedelta(0))
    D, F, I = datetime.datetime, fractions.Fraction, ipaddress.IPv4Address
    ref = D(2024, 1, 1, tzinfo=utc)
    return [{'At': D(2024, 2, 29, 12, 30, 15, 5, tzinfo=utc), 'Took': datetime.timedelta(seconds=-90), 'P': F(1, 3), 'R': F(2, 3), 'IP': I('10.0.0.1'), 'Ref': ref},
            {'At': D(2024, 1, 1, tzinfo=utc), 'Took': datetime.timedelta(seconds=1), 'P': F(0, 1), 'R': F(0, 1), 'IP': I('10.0.0.2'), 'Ref': ref}]

def list_loop():
    l = [1]
    l.append(l)
    return l

def records(n):
    return [{'id': i, 'name': 'name-%d' % i, 'score': i / 2.0, 'active': i % 3 == 0, 'tags': ['t%d' % i, 'shared'], 'parent': None if i % 2 else i}
            for i in xrange(n)]
`

type typedRow struct {
	name   string
	value  any
	python string
	o      pickle.EncodeOptions
	low    int // the lowest protocol
	three  bool
	order  bool // Python's order is another
}

func typedRows() []typedRow {
	n := int64(7)
	stamp := time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC)
	point := &livePoint{X: 1.5, Y: "y"}
	loop := &liveNode{Val: 1}
	loop.Next = loop
	tree := &liveTree{Children: []*liveTree{{Children: []*liveTree{}}, {Children: []*liveTree{}}}}
	for _, c := range tree.Children {
		c.Up = tree
	}
	cycle := &liveCycle{}
	cycle.Self = []*liveCycle{cycle}
	named := &liveNamedCycle{N: 5}
	named.Self = []*liveNamedCycle{named}
	marshaler := &liveMarshaler{}
	marshaler.parts = []any{int64(1), marshaler}
	items := []string{"a", "two"}
	empty := &[]int{}
	m := map[string]int{"one": 1}
	var chain *liveNode
	for i := range 400 {
		chain = &liveNode{i, chain}
	}
	data := []byte("some bytes")
	var records []liveRecord
	for i := range int64(3000) {
		r := liveRecord{i, fmt.Sprint("name-", i), float64(i) / 2, i%3 == 0, []string{fmt.Sprint("t", i), "shared"}, nil}
		if i%2 == 0 {
			r.Parent = &i
		}
		records = append(records, r)
	}
	numbers := func(n int) []int {
		out := make([]int, n)
		for i := range out {
			out[i] = i
		}
		return out
	}
	texts := make([]string, 20000)
	for i := range texts {
		texts[i] = fmt.Sprintf("item%05d", i)
	}
	counts := func(n int) map[int]int {
		out := make(map[int]int)
		for i := range n {
			out[i] = 1
		}
		return out
	}
	ones := make([]liveOne, 1001)
	return []typedRow{
		{name: "ints", value: []int64{0, 1, -1, 255, 256, 65535, 65536, math.MaxInt32, math.MaxInt32 + 1, math.MinInt32, math.MinInt32 - 1,
			1 << 39, -1 << 39, 1<<39 - 1, math.MaxInt64, math.MinInt64, -129, -128, 127, 128, 1<<55 - 1, 1 << 55, -1 << 55, -1<<55 - 1, -1<<63 + 1},
			python: "[0, 1, -1, 255, 256, 65535, 65536, 2**31-1, 2**31, -2**31, -2**31-1, 2**39, -2**39, 2**39-1, 2**63-1, -2**63, " +
				"-129, -128, 127, 128, 2**55-1, 2**55, -2**55, -2**55-1, -2**63+1]"},
		{name: "kinds", value: []any{int8(-5), int16(-500), int32(7), uint8(200), uint16(60000), uint32(4e9), uint64(1<<64 - 1), uint(3), uintptr(9), float32(0.5)},
			python: "[-5, -500, 7, 200, 60000, 4000000000, 2**64-1, 3, 9, 0.5]"},
		{name: "int8", value: []int8{-1, 5}, python: "[-1, 5]"},
		{name: "uint16", value: []uint16{1, 65535}, python: "[1, 65535]"},
		{name: "uint32", value: []uint32{1, math.MaxUint32}, python: "[1, 2**32-1]"},
		{name: "uint64", value: []uint64{1, math.MaxUint64}, python: "[1, 2**64-1]"},
		{name: "int16 and 32", value: [][]int32{{1, -70000}, {}}, python: "[[1, -70000], []]"},
		{name: "floats", value: []float64{0, 1.5, -2, 1e300, math.Inf(-1), math.MaxFloat64}, python: "[0.0, 1.5, -2.0, 1e300, -float('inf'), 1.7976931348623157e308]"},
		{name: "bools", value: []bool{true, false}, python: "[True, False]"},
		{name: "strings", value: []string{"", "a", "", "a", "\u00e9", "\u00e9", "\u4e2d", "text", "line\nfeed"},
			python: "[u'', u'a', u'', u'a', u'\\xe9', u'\\xe9', u'\\u4e2d', u'text', u'line\\nfeed']", three: true},
		{name: "long strings", value: []string{string(make([]byte, 255)), string(make([]byte, 256)), string(make([]byte, 70000))},
			python: "[u'\\0' * 255, u'\\0' * 256, u'\\0' * 70000]"},
		{name: "shared strings", value: [][]string{items, {items[1]}}, python: "[['a', 'two'], ['two']]"},
		{name: "bytes", value: [][]byte{data, data, {}, nil, {5}, {5}, data[:4]},
			python: "(lambda b: [b, b, b'', b'', b'\\x05', b'\\x05', b[:4]])(b'some bytes')", three: true},
		{name: "big bytes", value: [][]byte{make([]byte, 70000), make([]byte, 300)}, python: "[bytes(bytearray(70000)), bytes(bytearray(300))]", three: true},
		{name: "byte arrays", value: [][2]byte{{1, 2}, {1, 2}}, python: "[bytes(bytearray([1, 2])), bytes(bytearray([1, 2]))]", three: true},
		{name: "bytearrays", value: [][]byte{data, data, {}}, python: "twice(bytearray(b'some bytes')) + [bytearray()]", three: true,
			o: pickle.EncodeOptions{BytesAsByteArray: true}},
		{name: "map", value: map[string]int{"b": 2, "a": 1, "ten": 10}, python: "{'a': 1, 'b': 2, 'ten': 10}", three: true},
		{name: "map of ints", value: map[int16]string{5: "five", -3: "three", 10: "ten"}, python: "{-3: 'three', 5: 'five', 10: 'ten'}", three: true},
		{name: "map of floats", value: map[float64]bool{5: true, -0.5: false}, python: "{-0.5: False, 5.0: True}", three: true},
		{name: "map of one", value: map[string]float64{"k": 0.5}, python: "{'k': 0.5}"},
		{name: "map of arrays", value: map[[2]int]string{{1, 2}: "x"}, python: "{(1, 2): 'x'}"},
		{name: "map of structs", value: map[liveKey]int{{A: "aa", B: "bb"}: 1}, python: "{('aa', 'bb'): 1}"},
		{name: "map of any", value: map[any]any{2: "y", "x": 1, 1.5: nil}, python: "{1.5: None, 2: 'y', 'x': 1}", three: true},
		{name: "map of maps", value: map[string]map[string][]int{"one": {"two": {1, 2}}, "three": nil},
			python: "{'one': {'two': [1, 2]}, 'three': {}}", three: true},
		{name: "maps of strings", value: map[string]string{"ka": "va", "kb": "vb"}, python: "{'ka': 'va', 'kb': 'vb'}", three: true},
		{name: "maps of bools", value: map[string]bool{"ka": true}, python: "{'ka': True}"},
		{name: "set", value: map[string]struct{}{"only": {}}, python: "{'only'}"},
		{name: "empty set", value: map[int]struct{}{}, python: "set()"},
		{name: "set of many", value: map[int]struct{}{3: {}, 1: {}, 2: {}}, python: "{3, 1, 2}", order: true},
		{name: "set of 1001", value: maps.Collect(func(yield func(int, struct{}) bool) {
			for i := range 1001 {
				if !yield(i, struct{}{}) {
					return
				}
			}
		}), python: "set(range(1001))"},
		{name: "arrays", value: [][]any{{[0]int{}, [1]int{5}, [2]string{"x1", "y1"}, [4]bool{}}}, python: "[[(), (5,), ('x1', 'y1'), (False,) * 4]]"},
		{name: "record", value: liveRecord{1, "alice", 0.5, true, []string{"t1", "t2"}, &n},
			python: "{'id': 1, 'name': 'alice', 'score': 0.5, 'active': True, 'tags': ['t1', 't2'], 'parent': 7}", three: true},
		{name: "records", value: records, python: "records(3000)", three: true},
		{name: "one field", value: []liveOne{{1}, {2}}, python: "[{'Only': 1}, {'Only': 2}]"},
		{name: "1001 of one field", value: ones, python: "[{'Only': 0} for _ in xrange(1001)]"},
		{name: "no field", value: liveNone{}, python: "{}"},
		{name: "instance", value: livePlain{X: 1, Y: "why"}, python: "plain(('x', 1), ('y', 'why'))"},
		{name: "instance of one attribute", value: livePlain{Y: "why"}, python: "plain(('y', 'why'))"},
		{name: "instances", value: []livePlain{{X: 1, Y: "why"}, {X: 2, Other: &livePlain{X: 3}}},
			python: "[plain(('x', 1), ('y', 'why')), plain(('x', 2), ('other', plain(('x', 3))))]"},
		{name: "empty instances", value: []livePlain{{}, {}}, python: "[plain(), plain()]"},
		{name: "shared instance", value: []any{&tree.Children, tree}, python: "(lambda t: [t.children, t])(tree())"},
		{name: "slots", value: []liveSlots{{A: 1}, {A: 2, B: "bee"}, {}}, python: "[slots(a=1), slots(a=2, b='bee'), slots()]", low: 2},
		{name: "tuple", value: []livePair{{Name: "nn", At: *point}}, python: "[('nn', Point(1.5, 'y'))]"},
		{name: "shared namedtuple", value: []*livePoint{point, point}, python: "twice(Point(1.5, 'y'))"},
		{name: "tuple of four", value: []liveFour{{A: 1, B: 2, C: 3, D: 400}}, python: "[(1, 2, 3, 400)]"},
		{name: "nested class", value: []liveNested{{V: 1}, {V: 2}}, python: "[nested(1), nested(2)]", three: true},
		{name: "embedded", value: liveEmbed{liveBase{1, 2}, &liveOne{3}, "last"}, python: "{'ID': 1, 'Kind': 2, 'Only': 3, 'Last': 'last'}", three: true},
		{name: "nothing embedded", value: liveEmbed{Last: "last"}, python: "{'ID': 0, 'Kind': 0, 'Last': 'last'}", three: true},
		{name: "loop", value: loop, python: "loop()", three: true},
		{name: "chain", value: chain, python: "chain(400)", three: true},
		{name: "tree", value: tree, python: "tree()"},
		{name: "tuple loop", value: cycle, python: "tuple_loop()"},
		{name: "namedtuple loop", value: named, python: "point_loop()", low: 2},
		{name: "marshaler loop", value: marshaler, python: "list_loop()"},
		{name: "shared marshaler", value: []*liveMarshaler{marshaler, marshaler}, python: "twice(list_loop())"},
		{name: "shared slice", value: []any{items, items, &items, items[:1]}, python: "(lambda i: [i, i, i, ['a']])(['a', 'two'])"},
		{name: "shared empty slice", value: []any{empty, empty}, python: "twice([])"},
		{name: "shared map", value: []map[string]int{m, m}, python: "twice({'one': 1})"},
		{name: "unknown", value: liveRest{X: 1, Rest: map[string]any{"z": nil, "a_b": []int{1}}}, python: "plain(('x', 1), ('a_b', [1]), ('z', None))"},
		{name: "nothing unknown", value: liveRest{X: 1}, python: "plain(('x', 1))"},
		{name: "pointers", value: []any{&n, (*int)(nil), new(*int), &point}, python: "[7, None, None, Point(1.5, 'y')]"},
		{name: "nil", value: []any{[]int(nil), map[string]int(nil), []byte(nil), (*liveNode)(nil)}, python: "[[], {}, b'', None]", three: true},
		{name: "nil as None", value: []any{[]int(nil), map[string]int(nil), []byte(nil), []any(nil), []int{}}, python: "[None, None, None, None, []]",
			o: pickle.EncodeOptions{NilAsNone: true}},
		{name: "slices as tuples", value: [][]any{{}, {1, []string{"two"}}}, python: "((), (1, ('two',)))",
			o: pickle.EncodeOptions{SlicesAsTuples: true}},
		{name: "complex", value: []complex64{1, 2i}, python: "[1+0j, 2j]"},
		{name: "big ints", value: []*big.Int{big.NewInt(5), new(big.Int).Lsh(big.NewInt(1), 70), nil}, python: "[5, 2**70, None]"},
		{name: "big int values", value: struct{ A, B big.Int }{*big.NewInt(5), *new(big.Int).Lsh(big.NewInt(1), 70)}, python: "{'A': 5, 'B': 2**70}", three: true},
		{name: "uuids", value: []UUID{{15: 5}, {0: 0xff, 15: 6}}, python: "[uuid.UUID(int=5), uuid.UUID(int=(0xff << 120) + 6)]", three: true},
		{name: "text", value: []netip.Addr{netip.MustParseAddr("127.0.0.1"), {}}, python: "['127.0.0.1', '']", o: pickle.EncodeOptions{Registry: py.NewRegistry()}},
		{name: "seq", value: []iter.Seq[int]{slices.Values([]int{1, 2})}, python: "[[1, 2]]"},
		{name: "seq2", value: []any{iter.Seq2[int, string](slices.All([]string{"zero", "one"})), iter.Seq[string](nil)}, python: "[{0: 'zero', 1: 'one'}, None]", three: true},
		{name: "values of package py", value: struct {
			T py.Tuple
			L *py.List
			D *py.Dict
			B py.Bytes
			S py.Set
		}{py.Tuple{int64(1)}, py.NewList("item"), py.NewDict("key", 1), "bytes", *py.NewSet(int64(5))},
			python: "{'T': (1,), 'L': ['item'], 'D': {'key': 1}, 'B': b'bytes', 'S': {5}}", three: true},
		{name: "registered", value: []liveStdlib{{time.Date(2024, 2, 29, 12, 30, 15, 5000, time.UTC), -90 * time.Second, big.NewRat(1, 3), *big.NewRat(2, 3),
			netip.MustParseAddr("10.0.0.1"), &stamp}, {At: stamp, Took: time.Second, Ref: &stamp, P: new(big.Rat), IP: netip.MustParseAddr("10.0.0.2")}},
			python: "stamps()", o: pickle.EncodeOptions{Registry: stdlib.Registry()}, three: true},
		{name: "map of registered", value: map[time.Duration]time.Duration{time.Second: 2 * time.Second},
			python: "{datetime.timedelta(seconds=1): datetime.timedelta(seconds=2)}", o: pickle.EncodeOptions{Registry: stdlib.Registry()}},
		{name: "1000 ints", value: [][]int{numbers(999), numbers(1000), numbers(1001), numbers(2001)}, python: "[list(range(n)) for n in (999, 1000, 1001, 2001)]"},
		{name: "1000 pairs", value: []map[int]int{counts(999), counts(1000), counts(1001), counts(2001)}, python: "[dict.fromkeys(range(n), 1) for n in (999, 1000, 1001, 2001)]", three: true},
		{name: "texts", value: texts, python: "['item%05d' % i for i in xrange(20000)]"},
		{name: "frames of ints", value: numbers(100000), python: "list(range(100000))"},
		{name: "frames of floats", value: make([]float64, 20000), python: "[0.0] * 20000"},
		{name: "deep", value: []any{chain, texts[:3]}, python: "[chain(400), ['item%05d' % i for i in xrange(3)]]", three: true},
	}
}

// TestLiveTyped dumps Go values in every protocol and has each Python compare what it loads
// from that with its own value. The bytes are those that Python's pickler writes for its
// own, and they are the same if PersistentID is asked for each value and knows none.
func TestLiveTyped(t *testing.T) {
	rows := typedRows()
	for _, python := range pytest.Installed(t) {
		t.Run(python.String(), func(t *testing.T) {
			t.Parallel()
			type item struct {
				Expr      string `json:"expr"`
				P         int    `json:"p"`
				Data      []byte `json:"data"`
				Unordered bool   `json:"unordered,omitempty"`
				row       typedRow
			}
			var items []item
			for _, row := range rows {
				if row.three && !python.AtLeast(3, 7) {
					continue // order of dicts, bytes
				}
				for p := row.low; p <= python.Highest; p++ {
					o := row.o
					o.Protocol, o.Style = protocol(t, p), styleOf(python.Minor)
					data, err := o.Marshal(row.value)
					if err != nil {
						t.Errorf("%s in protocol %d: %v", row.name, p, err)
						continue
					}
					o.PersistentID = func(any) (any, bool) { return nil, false }
					asked, err := o.Marshal(row.value)
					if err != nil {
						t.Errorf("%s in protocol %d, asked: %v", row.name, p, err)
					} else if err := sameBytes(asked, data); err != nil {
						t.Errorf("%s in protocol %d, asked: %v", row.name, p, err)
					}
					items = append(items, item{row.python, p, data, row.order, row})
				}
			}
			var answers []struct {
				Difference, Error string
				Data              []byte
			}
			if err := python.Start(t).Ask("eval", map[string]any{"setup": typedSetup, "items": items}, &answers); err != nil {
				t.Fatal(err)
			}
			exact := 0
			for i, a := range answers {
				it := items[i]
				switch {
				case a.Error != "":
					t.Errorf("%s in protocol %d: %s; from %.200q", it.row.name, it.P, a.Error, it.Data)
				case a.Difference != "":
					t.Errorf("%s in protocol %d loads otherwise: %s", it.row.name, it.P, a.Difference)
				case python.AtLeast(3, 8) && !it.row.order:
					if err := sameBytes(it.Data, a.Data); err != nil {
						t.Errorf("%s in protocol %d: %v", it.row.name, it.P, err)
					} else {
						exact++
					}
				}
			}
			t.Logf("%d pickles, %d of them to the byte", len(items), exact)
		})
	}
}
