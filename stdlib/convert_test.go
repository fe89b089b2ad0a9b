package stdlib_test

import (
	"bytes"
	"encoding"
	"math"
	"math/big"
	"net/netip"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/go-pickle/pickle"
	"github.com/go-pickle/pickle/py"
	"github.com/go-pickle/pickle/stdlib"
)

var (
	_ encoding.TextMarshaler   = stdlib.Date{}
	_ encoding.TextUnmarshaler = (*stdlib.Date)(nil)
	_ encoding.TextMarshaler   = stdlib.TimeOfDay{}
	_ encoding.TextMarshaler   = stdlib.Datetime{}
	_ encoding.TextMarshaler   = stdlib.Timedelta{}
	_ encoding.TextMarshaler   = stdlib.Decimal{}
	_ encoding.TextUnmarshaler = (*stdlib.Decimal)(nil)
	_ encoding.TextMarshaler   = stdlib.UUID{}
	_ encoding.TextUnmarshaler = (*stdlib.UUID)(nil)
	_ encoding.TextMarshaler   = stdlib.IPInterface{}
	_ encoding.TextMarshaler   = stdlib.Path{}
	_ stdlib.Located           = (*stdlib.Timezone)(nil)
	_ stdlib.Located           = (*stdlib.ZoneInfo)(nil)
)

type namedUUID [16]byte

// TestStoreIn has what values are stored in, and in what they are not.
func TestStoreIn(t *testing.T) {
	utc := time.Date(2024, 7, 1, 12, 0, 0, 0, time.UTC)
	naive := stdlib.Datetime{Year: 2024, Month: 7, Day: 1, Hour: 12}
	aware := naive
	aware.TZ = zone(2, 0, "")
	unknown := naive
	unknown.TZ = py.NewCall(py.Global{Module: "m", Name: "tz"})
	for _, row := range []struct {
		value py.Storer
		dst   any
		want  any // nil: not known; an error's text, or what dst points to
	}{
		{naive, new(time.Time), utc}, {aware, new(time.Time), utc.Add(-2 * time.Hour)}, {aware, new(string), "2024-07-01T12:00:00+02:00"},
		{unknown, new(time.Time), "no rules are known for time zone m.tz"}, {naive, new(int), nil},
		{stdlib.Date{Year: 2024, Month: 7, Day: 1}, new(time.Time), utc.Add(-12 * time.Hour)}, {stdlib.Date{Year: 2024, Month: 7, Day: 1}, new(string), "2024-07-01"},
		{stdlib.TimeOfDay{Hour: 1}, new(time.Duration), time.Hour}, {stdlib.TimeOfDay{Hour: 1, TZ: stdlib.UTC}, new(time.Duration), "a time of day in a time zone is no duration"},
		{stdlib.TimeOfDay{Hour: 1}, new(string), "01:00:00"},
		{stdlib.Timedelta{Days: -1}, new(time.Duration), -24 * time.Hour}, {stdlib.Timedelta{Days: 1}, new(float64), 86400.0},
		{stdlib.Timedelta{Days: 106752}, new(time.Duration), "timedelta 106752 days, 0:00:00 is too long for a time.Duration"},
		{stdlib.UTC, new(string), "UTC"}, {stdlib.UTC, new(*time.Location), time.UTC}, {stdlib.NewZoneInfo("No/Where"), new(*time.Location), "unknown time zone No/Where"},
		{stdlib.NewZoneInfo("Local"), new(*time.Location), `unknown time zone "Local"`}, {stdlib.NewZoneInfo("../x"), new(*time.Location), "time: invalid location name"},
		{stdlib.StructTimeOf(utc), new(time.Time), utc},
		{decimal("0.1"), new(float64), 0.1}, {decimal("0.1"), new(float32), float32(0.1)}, {decimal("0.10000000000000000001"), new(float64), "Decimal 0.10000000000000000001 is no float64"},
		{decimal("1e400"), new(float64), "Decimal 1E+400 is no float64"}, {decimal("Infinity"), new(float64), math.Inf(1)}, {decimal("sNaN"), new(float64), "Decimal sNaN is no float64"},
		{decimal("0.1000000000000000055511151231257827021181583404541015625"), new(float64), 0.1},
		{decimal("12"), new(int8), int8(12)}, {decimal("128"), new(int8), "the number is out of range for int8"}, {decimal("-1"), new(uint), "the number is out of range for uint"},
		{decimal("1.5"), new(int), "the number is not a whole one"}, {decimal("1.50"), new(string), "1.50"}, {decimal("1e30"), new(big.Int), *bigInt("1" + strings.Repeat("0", 30))},
		{decimal("1.5"), new(big.Rat), *big.NewRat(3, 2)}, {decimal("NaN"), new(big.Rat), "NaN is no rational number"}, {decimal("1"), new(bool), nil},
		{stdlib.UUID{Bytes: [16]byte{1}}, new([16]byte), [16]byte{1}}, {stdlib.UUID{Bytes: [16]byte{1}}, new(namedUUID), namedUUID{1}},
		{stdlib.UUID{Bytes: [16]byte{1}}, new(string), "01000000-0000-0000-0000-000000000000"}, {stdlib.UUID{}, new([15]byte), nil},
		{stdlib.IPInterface{Addr: netip.MustParseAddr("10.0.0.1"), Bits: 8}, new(netip.Prefix), netip.MustParsePrefix("10.0.0.1/8")},
		{stdlib.IPInterface{Addr: netip.MustParseAddr("10.0.0.1"), Bits: 8}, new(netip.Addr), "the netmask of 10.0.0.1/8 would be lost"},
		{stdlib.IPInterface{Addr: netip.MustParseAddr("10.0.0.1"), Bits: 32}, new(netip.Addr), netip.MustParseAddr("10.0.0.1")},
		{stdlib.NewPath(stdlib.PosixPath, "/a//b"), new(string), "/a/b"}, {stdlib.Range{Stop: 3, Step: 1}, new([]int), []int{0, 1, 2}},
		{stdlib.Range{Stop: 3, Step: 2}, new([]int64), []int64{0, 2}}, {stdlib.Range{Stop: math.MaxInt64, Step: 1}, new([]int), "range(0, 9223372036854775807) is too long for a slice"},
		{must(stdlib.NewArray([]int16{1, -2})), new([]int16), []int16{1, -2}}, {must(stdlib.NewArray([]int16{1, -2})), new([]float32), []float32{1, -2}},
		{must(stdlib.NewArray([]int16{1, -2})), new([]uint16), "item 1, -2, into uint16"}, {must(stdlib.NewArray([]float64{1, 0.5})), new([]int), "item 1, 0.5, into int"},
		{must(stdlib.NewArray([]float64{0.1})), new([]float32), "item 0, 0.1, into float32"}, {must(stdlib.NewArray([]uint64{1 << 63})), new([]int64), "item 0, 9223372036854775808, into int64"},
		{must(stdlib.NewArray([]float64{math.NaN()})), new([]int), "item 0, NaN, into int"}, {must(stdlib.NewArray([]float64{1 << 63})), new([]int64), "item 0, 9.223372036854776e+18, into int64"},
		{must(stdlib.NewArray([]int64{1<<53 + 1})), new([]float64), "item 0, 9007199254740993, into float64"}, {must(stdlib.NewArray([]int64{math.MaxInt64})), new([]float64), "item 0, 9223372036854775807, into float64"},
		{must(stdlib.NewArray([]uint8{1, 2})), new([]byte), []byte{1, 2}}, {must(stdlib.NewArray([]uint8{1, 2})), new([]string), nil},
		{&stdlib.Array{Typecode: "u", Items: []rune("\u20ac")}, new(string), "\u20ac"}, {&stdlib.Array{Typecode: "u", Items: []uint16{0xd83e, 0xdd52}}, new(string), "\U0001f952"},
	} {
		ok, err := row.value.StoreIn(row.dst)
		got := reflect.ValueOf(row.dst).Elem().Interface()
		switch want := row.want.(type) {
		case nil:
			if ok || err != nil {
				t.Errorf("%s in a %T: %v, %v", py.Repr(row.value), row.dst, ok, err)
			}
			continue
		case string:
			if err != nil {
				got = err.Error()
			}
		case time.Time:
			if at, isTime := got.(time.Time); isTime && at.Equal(want) {
				got = row.want
			}
		}
		if !ok || !strings.Contains(py.Repr(got), strings.Trim(py.Repr(row.want), "'\"")) && !reflect.DeepEqual(got, row.want) {
			t.Errorf("%s in a %T: %v, %v %v; want %v", py.Repr(row.value), row.dst, got, ok, err, row.want)
		}
	}
}

// TestPlainA has what values are in plain Go.
func TestPlainA(t *testing.T) {
	at := time.Date(2024, 7, 1, 12, 0, 0, 0, time.UTC)
	for _, row := range []struct {
		value py.Plainer
		want  any // nil: an error
	}{
		{stdlib.Datetime{Year: 2024, Month: 7, Day: 1, Hour: 12}, at}, {stdlib.Date{Year: 2024, Month: 7, Day: 1}, "2024-07-01"}, {stdlib.TimeOfDay{}, "00:00:00"},
		{stdlib.Timedelta{Days: 1}, 24 * time.Hour}, {stdlib.Timedelta{Days: 999999999}, nil}, {decimal("1.50"), "1.50"}, {stdlib.UTC, "UTC"},
		{stdlib.UUID{}, "00000000-0000-0000-0000-000000000000"}, {stdlib.NewPath(stdlib.PosixPath, "a"), "a"}, {stdlib.Range{Stop: 2, Step: 1}, []any{int64(0), int64(1)}},
		{must(stdlib.NewArray([]uint64{math.MaxUint64})), []any{new(big.Int).SetUint64(math.MaxUint64)}}, {&stdlib.Slice{}, nil}, {stdlib.Ellipsis, nil}, {stdlib.NoneType, nil},
		{&stdlib.Array{Typecode: "u", Items: []rune("ab")}, "ab"}, {&stdlib.Array{Typecode: "x"}, nil}, {stdlib.StructTimeOf(at), at},
	} {
		got, err := row.value.Plain()
		if (err != nil) != (row.want == nil) || err == nil && !reflect.DeepEqual(got, row.want) {
			t.Errorf("%s: %v, %v; want %v", py.Repr(row.value), got, err, row.want)
		}
	}
}

// TestOtherZones has datetimes in zones of other libraries, which stay Objects.
func TestOtherZones(t *testing.T) {
	for _, row := range []struct{ data, repr, unix string }{
		// datetime(2020, 1, 2, tzinfo=pytz.utc), from Python 2
		{"\x80\x02cdatetime\ndatetime\nU\n\x07\xe4\x01\x02\x00\x00\x00\x00\x00\x00cpytz\n_UTC\n)R\x86R.",
			"datetime.datetime(2020, 1, 2, 0, 0, tzinfo=pytz._UTC())", "2020-01-02 00:00:00 +0000 UTC"},
		{"\x80\x02cdatetime\ndatetime\nU\n\x07\xe4\x01\x02\x00\x00\x00\x00\x00\x00cpytz\n_p\n(U\x0cEurope/ParisM0\x2aK\x00U\x03CETtR\x86R.",
			"datetime.datetime(2020, 1, 2, 0, 0, tzinfo=pytz._p('Europe/Paris', 10800, 0, 'CET'))", "no rules are known for time zone pytz._p"},
	} {
		var v any
		if err := (pickle.DecodeOptions{Encoding: "latin-1", Registry: stdlib.Registry()}).Unmarshal([]byte(row.data), &v); err != nil {
			t.Fatal(err)
		}
		d, ok := v.(stdlib.Datetime)
		if !ok || py.Repr(v) != row.repr {
			t.Errorf("%s, not %s", py.Repr(v), row.repr)
			continue
		}
		at, err := d.Time(nil)
		if got := at.String(); err == nil && got != row.unix || err != nil && err.Error() != row.unix {
			t.Errorf("%s: %s %v", row.repr, got, err)
		}
		var w any
		if err := (pickle.DecodeOptions{Encoding: "latin-1", Registry: stdlib.Registry()}).Unmarshal([]byte(row.data), &w); err != nil || !py.Equal(v, w) {
			t.Errorf("%s is not equal when loaded twice: %v", row.repr, err)
		}
	}
}

// TestUnknownFormsA has calls that look like those of Python but are not: they stay what
// they are, and come back to the byte.
func TestUnknownFormsA(t *testing.T) {
	for _, data := range []string{
		"cdatetime\ndate\n(tR.", "cdatetime\ndate\n(I2020\nI1\nI2\ntR.", "cdatetime\ndate\n(V\u0007\u00e4\u0001\ntR.", "cdatetime\ndate\n(V\u0000\u0000\u0001\u0001\ntR.",
		"cdatetime\ndatetime\n(V\u0007\u00e4\u000d\u0001\u0000\u0000\u0000\u0000\u0000\u0000\ntR.", "cdatetime\ntimedelta\n(I1\ntR.", "cdatetime\ntimedelta\n(I0\nI86400\nI0\ntR.",
		"cdatetime\ntimedelta\n(F1.0\nI0\nI0\ntR.", "cdatetime\ntimedelta\n(L99999999999999999999L\nI0\nI0\ntR.", "cdatetime\ntimezone\n(I1\ntR.",
		"cdatetime\ntimezone\n(cdatetime\ntimedelta\n(I1\nI0\nI0\ntRtR.", "cdatetime\ntimezone\n(cdatetime\ntimedelta\n(I-1\nI0\nI0\ntRtR.",
		"cdecimal\nDecimal\n(Vx\ntR.", "cdecimal\nDecimal\n(I1\ntR.", "cdecimal\nDecimal\n((I0\n(I1\ntI0\nttR.", "cfractions\nFraction\n(I1\nI0\ntR.", "cfractions\nFraction\n(I1\nI-2\ntR.",
		"cfractions\nFraction\n(V1e1000000000\ntR.", "cfractions\nFraction\n(V1/0\ntR.", "cfractions\nFraction\n(V--1\ntR.", "cuuid\nUUID\n(tR(dVint\nI1\nsb.",
		"ccopy_reg\n_reconstructor\n(cuuid\nUUID\nc__builtin__\nobject\nNtR(dVint\nI-1\nsb.", "ccopy_reg\n_reconstructor\n(cuuid\nUUID\nc__builtin__\nobject\nNtR(db.",
		"ccopy_reg\n_reconstructor\n(cuuid\nUUID\nc__builtin__\nobject\nNtR(dVint\nI1\nsVx\nI1\nsb.", "cipaddress\nIPv4Address\n(I-1\ntR.", "cipaddress\nIPv4Address\n(L4294967296L\ntR.",
		"cipaddress\nIPv6Network\n(V::1/64\ntR.", "cipaddress\nIPv4Network\n(V10.0.0.0/33\ntR.", "cipaddress\nIPv4Network\n(V10.0.0.0/255.0.0.0\ntR.", "cipaddress\nIPv4Address\n(V::1\ntR.",
		"cpathlib\nPosixPath\n(I1\ntR.", "cpathlib\nPurePath\n(Va\ntR.", "carray\narray\n(Vi\n(lVx\natR.", "carray\narray\n(Vz\n(ltR.", "carray\narray\n(Vb\n(lI128\natR.",
		"\x80\x03carray\n_array_reconstructor\n(carray\narray\nX\x01\x00\x00\x00iK\x08C\x03abctR.", "\x80\x03carray\n_array_reconstructor\n(carray\narray\nX\x01\x00\x00\x00iK\x63C\x04abcdtR.",
		"\x80\x03carray\n_array_reconstructor\n(cx\ny\nX\x01\x00\x00\x00iK\x08C\x04abcdtR.", "\x80\x03carray\n_array_reconstructor\n(carray\narray\nX\x01\x00\x00\x00iK\x10C\x08abcdefghtR.",
		"c__builtin__\nxrange\n(I0\nI1\nI0\ntR.", "c__builtin__\nxrange\n(I0\ntR.", "c__builtin__\nslice\n(I0\ntR.", "c__builtin__\ntype\n(I1\ntR.",
		"ctime\nstruct_time\n((I1\nt(dtR.", "ctime\nstruct_time\n((I1\nI1\nI1\nI1\nI1\nI1\nI1\nI1\nI1\nt(dVtm_zone\nI1\nsVtm_gmtoff\nI1\nstR.", "crandom\nRandom\n(tR((I3\nttb.",
		"c__builtin__\ngetattr\n(czoneinfo\nZoneInfo\nV_unpickle\ntR(I1\nI1\ntR.",
	} {
		protocol := 0
		if data[0] == 0x80 {
			protocol = int(data[1])
		}
		v, out, err := again([]byte(data), pickle.DecodeOptions{}, protocol, pickle.Python311)
		if err != nil {
			t.Errorf("%q: %v", data, err)
			continue
		}
		if _, ok := v.(*py.Object); !ok {
			t.Errorf("%q: %s is a %T", data, py.Repr(v), v)
		}
		var want any
		if err := (pickle.DecodeOptions{Registry: py.NewRegistry()}).Unmarshal([]byte(data), &want); err != nil {
			t.Fatal(err)
		}
		p, _ := pickle.ProtocolNumber(protocol)
		inert, err := pickle.EncodeOptions{Protocol: p, Registry: py.NewRegistry()}.Marshal(want)
		if err != nil || !bytes.Equal(out, inert) {
			t.Errorf("%q: %v: %s", data, err, difference(out, inert))
		}
	}
}

// TestDumpErrors has values that Python has none for.
func TestDumpErrors(t *testing.T) {
	for _, v := range []any{
		stdlib.Date{}, stdlib.Date{Year: 2023, Month: 2, Day: 29}, stdlib.Datetime{Year: 10000, Month: 1, Day: 1}, stdlib.TimeOfDay{Hour: 24}, stdlib.TimeOfDay{Fold: 2},
		stdlib.Datetime{Year: 1, Month: 1, Day: 1, TZ: "UTC"}, stdlib.Timedelta{Days: 1e9}, stdlib.Timedelta{Seconds: -1}, time.Date(0, 1, 1, 0, 0, 0, 0, time.UTC), time.Local,
		netip.Addr{}, netip.Prefix{}, stdlib.IPInterface{}, stdlib.IPInterface{Addr: netip.MustParseAddr("::1"), Bits: 129}, big.NewFloat(1), stdlib.Range{Stop: 1},
		&stdlib.BigRange{}, &stdlib.Array{Typecode: "i", Items: []int8{1}}, &stdlib.Array{}, &stdlib.Array{Typecode: "i"},
	} {
		if _, err := (pickle.EncodeOptions{Registry: stdlib.Registry()}).Marshal(v); err == nil {
			t.Errorf("%s was dumped", py.Repr(v))
		}
	}
}

// TestZeroValues dumps and prints zero values and nil pointers without a panic.
func TestZeroValues(t *testing.T) {
	for _, v := range []any{stdlib.Decimal{}, stdlib.UUID{}, stdlib.Path{}, stdlib.Range{}, &stdlib.Slice{}, stdlib.StructTime{}, stdlib.Timedelta{}, &stdlib.Timezone{}, &stdlib.ZoneInfo{},
		&stdlib.Array{}, &stdlib.BigRange{}, &stdlib.Random{}, (*stdlib.Timezone)(nil), (*stdlib.ZoneInfo)(nil), (*stdlib.Array)(nil), (*stdlib.BigRange)(nil), (*stdlib.SingletonType)(nil),
		(*stdlib.Random)(nil), (*big.Rat)(nil), (*time.Location)(nil), stdlib.Date{}, stdlib.TimeOfDay{}, stdlib.Datetime{}, stdlib.IPInterface{}, stdlib.Path{Kind: 9}} {
		_ = py.Repr(v)
		_ = py.Equal(v, v)
		_, _ = py.Hash(v)
		_, _ = pickle.EncodeOptions{Registry: stdlib.Registry()}.Marshal(v)
	}
}

// TestDeepSlices prints, compares, hashes and dumps slices nested so deep that recursion
// would not do, and shared so that copies would not end.
func TestDeepSlices(t *testing.T) {
	data := "\x80\x02c__builtin__\nslice\nq\x00" + strings.Repeat("h\x00", 200_000) + "N" + strings.Repeat("NN\x87R", 200_001) + "."
	v, out, err := again([]byte(data), pickle.DecodeOptions{}, 2, pickle.Python311)
	if err != nil {
		t.Fatal(err)
	}
	if r := py.Repr(v); len(r) < 200_000*10 {
		t.Errorf("%d bytes of repr", len(r))
	}
	var back any
	if err := (pickle.DecodeOptions{Registry: stdlib.Registry()}).Unmarshal(out, &back); err != nil || !py.Equal(v, back) {
		t.Errorf("not equal: %v", err)
	}
	_, _ = py.Hash(v)
	shared, again := new(stdlib.Slice), new(stdlib.Slice)
	for range 60 {
		shared = &stdlib.Slice{Start: shared, Stop: shared}
		again = &stdlib.Slice{Start: again, Stop: again}
	}
	if !py.Equal(shared, again) {
		t.Error("shared slices are not equal")
	}
	_ = py.Repr(shared)
	_ = py.NewDict(shared, 1, again, 2)
}
