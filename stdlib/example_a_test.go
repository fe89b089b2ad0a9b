package stdlib_test

import (
	"fmt"
	"log"
	"math/big"
	"math/rand/v2"
	"net/netip"
	"time"

	"github.com/go-pickle/pickle"
	"github.com/go-pickle/pickle/py"
	"github.com/go-pickle/pickle/stdlib"
)

// Package pickle knows the registry: what Python wrote loads as Go values, and Go values are
// dumped so that Python loads its own.
func Example() {
	// pickle.dumps({'at': datetime.datetime(2024, 2, 29, 12, tzinfo=datetime.timezone.utc), 'price': decimal.Decimal('9.90')}, 2)
	data := []byte("\x80\x02}q\x00(X\x02\x00\x00\x00atq\x01cdatetime\ndatetime\nq\x02c_codecs\nencode\nq\x03X\x0b\x00\x00\x00" +
		"\x07\u00e8\x02\x1d\f\x00\x00\x00\x00\x00q\x04X\x06\x00\x00\x00latin1q\x05\x86q\x06Rq\acdatetime\ntimezone\nq\b" +
		"cdatetime\ntimedelta\nq\tK\x00K\x00K\x00\x87q\nRq\v\x85q\fRq\r\x86q\x0eRq\x0fX\x05\x00\x00\x00priceq\x10" +
		"cdecimal\nDecimal\nq\x11X\x04\x00\x00\x009.90q\x12\x85q\x13Rq\x14u.")
	var order *py.Dict
	if err := pickle.Unmarshal(data, &order); err != nil {
		log.Fatal(err)
	}
	at, _ := order.Get("at")
	price, _ := order.Get("price")
	t, err := at.(stdlib.Datetime).Time(nil)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(t.Unix(), price)
	// Output: 1709208000 9.90
}

func ExampleRegistry() {
	// A program's own classes beside those of the standard library.
	reg := stdlib.Registry().With(py.Entry{
		Names: []py.Global{{Module: "shop", Name: "EUR"}},
		Value: "EUR",
	})
	data, err := pickle.EncodeOptions{Registry: reg, Protocol: pickle.Protocol0}.Marshal(py.Tuple{stdlib.Range{Stop: 3, Step: 1}})
	fmt.Printf("%q %v\n", data, err)
	// Output: "(c__builtin__\nxrange\np0\n(I0\nI3\nI1\ntp1\nRp2\ntp3\n." <nil>
}

func ExampleDate() {
	d := stdlib.Date{Year: 2024, Month: 2, Day: 29}
	fmt.Println(d, py.Repr(d))
	fmt.Println(d.Time(nil).Weekday())
	fmt.Println(stdlib.DateOf(time.Unix(0, 0).UTC()) == stdlib.Date{Year: 1970, Month: 1, Day: 1})
	// Output:
	// 2024-02-29 datetime.date(2024, 2, 29)
	// Thursday
	// true
}

func ExampleTimeOfDay() {
	t := stdlib.TimeOfDay{Hour: 9, Minute: 30, TZ: stdlib.UTC}
	fmt.Println(t, py.Repr(t))
	fmt.Println(t.Duration())
	// Output:
	// 09:30:00+00:00 datetime.time(9, 30, tzinfo=datetime.timezone.utc)
	// 9h30m0s
}

func ExampleDatetime() {
	// Who wrote it knows what a naive datetime means.
	naive := stdlib.Datetime{Year: 2024, Month: 7, Day: 1, Hour: 12}
	_, err := naive.Time(nil)
	fmt.Println(err)
	paris, err := time.LoadLocation("Europe/Paris")
	if err != nil {
		log.Fatal(err)
	}
	t, err := naive.Time(paris)
	fmt.Println(t, err)

	aware := stdlib.Datetime{Year: 2024, Month: 7, Day: 1, Hour: 12, TZ: stdlib.NewZoneInfo("Europe/Paris")}
	t, err = aware.Time(nil)
	fmt.Println(t, err)
	fmt.Println(aware.ISOFormat())
	// Output:
	// a naive datetime is no moment: it has no time zone
	// 2024-07-01 12:00:00 +0200 CEST <nil>
	// 2024-07-01 12:00:00 +0200 CEST <nil>
	// 2024-07-01T12:00:00+02:00
}

func ExampleDatetime_Equal() {
	utc := stdlib.Datetime{Year: 2024, Month: 7, Day: 1, Hour: 10, TZ: stdlib.UTC}
	paris := stdlib.Datetime{Year: 2024, Month: 7, Day: 1, Hour: 12, TZ: stdlib.NewZoneInfo("Europe/Paris")}
	fmt.Println(utc.Equal(paris), py.Equal(utc, paris), utc == paris)
	// Output: true true false
}

func ExampleDatetimeOf() {
	t := time.Date(2024, 7, 1, 12, 0, 0, 123456789, time.FixedZone("CEST", 7200))
	fmt.Println(py.Repr(stdlib.DatetimeOf(t)))
	fmt.Println(py.Repr(stdlib.NaiveDatetimeOf(t)))
	// Output:
	// datetime.datetime(2024, 7, 1, 12, 0, 0, 123456, tzinfo=datetime.timezone(datetime.timedelta(seconds=7200), 'CEST'))
	// datetime.datetime(2024, 7, 1, 12, 0, 0, 123456)
}

func ExampleTimedelta() {
	d := stdlib.TimedeltaOf(-90 * time.Minute)
	fmt.Printf("%+v\n", struct{ Days, Seconds int }{d.Days, d.Seconds})
	fmt.Println(d, py.Repr(d))
	fmt.Println(d.Duration())
	fmt.Println(d.TotalSeconds())
	// Output:
	// {Days:-1 Seconds:81000}
	// -1 day, 22:30:00 datetime.timedelta(days=-1, seconds=81000)
	// -1h30m0s true
	// -5400
}

func ExampleTimezone() {
	z, err := stdlib.NewTimezone(stdlib.TimedeltaOf(-3*time.Hour), "BRT")
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(z, z.Offset(), py.Repr(z))
	loc, err := z.Location()
	fmt.Println(time.Unix(0, 0).In(loc), err)
	fmt.Println(py.Repr(stdlib.UTC))
	// Output:
	// BRT -1 day, 21:00:00 datetime.timezone(datetime.timedelta(days=-1, seconds=75600), 'BRT')
	// 1969-12-31 21:00:00 -0300 BRT <nil>
	// datetime.timezone.utc
}

func ExampleZoneInfo() {
	z := stdlib.NewZoneInfo("Asia/Tokyo")
	fmt.Println(z, py.Repr(z))
	loc, err := z.Location()
	fmt.Println(loc, err)
	// Output:
	// Asia/Tokyo zoneinfo.ZoneInfo(key='Asia/Tokyo')
	// Asia/Tokyo <nil>
}

func ExampleStructTime() {
	s := stdlib.StructTimeOf(time.Unix(1e9, 0).UTC())
	fmt.Println(py.Repr(s))
	fmt.Println(s.Time(nil).Unix())
	// Output:
	// time.struct_time(tm_year=2001, tm_mon=9, tm_mday=9, tm_hour=1, tm_min=46, tm_sec=40, tm_wday=6, tm_yday=252, tm_isdst=0)
	// 1000000000
}

func ExampleDecimal() {
	d, err := stdlib.NewDecimal("1.10")
	if err != nil {
		log.Fatal(err)
	}
	r, err := d.Rat()
	fmt.Println(d, py.Repr(d), d.Float64(), r, err)
	e, _ := stdlib.NewDecimal("1.1")
	fmt.Println(d == e, d.Equal(e))

	huge, _ := stdlib.NewDecimal("1e999999999")
	_, err = huge.Rat()
	fmt.Println(huge, huge.Float64(), err)
	// Output:
	// 1.10 Decimal('1.10') 1.1 11/10 <nil>
	// false true
	// 1E+999999999 +Inf the Decimal has too many places
}

// A Fraction is a *big.Rat.
func Example_fraction() {
	data, err := pickle.EncodeOptions{Protocol: pickle.Protocol2}.Marshal(big.NewRat(3, 4))
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("%q\n", data)
	var v any
	err = pickle.Unmarshal(data, &v)
	fmt.Println(v.(*big.Rat), py.Repr(v), py.Equal(v, 0.75), err)
	// Output:
	// "\x80\x02cfractions\nFraction\nq\x00K\x03K\x04\x86q\x01Rq\x02."
	// 3/4 Fraction(3, 4) true <nil>
}

func ExampleUUID() {
	var u stdlib.UUID
	if err := u.UnmarshalText([]byte("12345678-1234-5678-1234-567812345678")); err != nil {
		log.Fatal(err)
	}
	fmt.Println(u, py.Repr(u), u.Bytes[0] == 0x12)
	// Output: 12345678-1234-5678-1234-567812345678 UUID('12345678-1234-5678-1234-567812345678') true
}

func ExampleUUIDSafety() {
	u := stdlib.UUID{Safe: stdlib.UUIDUnsafe}
	fmt.Println(u.Safe, py.Repr(u.Safe))
	// Output: SafeUUID.unsafe <SafeUUID.unsafe: -1>
}

func ExampleIPInterface() {
	i := stdlib.IPInterface{Addr: netip.MustParseAddr("192.0.2.1"), Bits: 24}
	fmt.Println(i, i.Network(), py.Repr(i))
	// Output: 192.0.2.1/24 192.0.2.0/24 IPv4Interface('192.0.2.1/24')
}

func ExamplePath() {
	p := stdlib.NewPath(stdlib.PosixPath, "/usr", "lib/./python")
	fmt.Println(p, p.Parts(), py.Repr(p))
	w := stdlib.NewPath(stdlib.PureWindowsPath, "C:/Users", "Ada")
	fmt.Println(w, w.Slash())
	fmt.Println(w.Equal(stdlib.NewPath(stdlib.PureWindowsPath, `c:\users\ada`)))
	// Output:
	// /usr/lib/python [/ usr lib python] PosixPath('/usr/lib/python')
	// C:\Users\Ada C:/Users/Ada
	// true
}

func ExampleArray() {
	a, err := stdlib.NewArray([]float64{0.5, 1.5})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(py.Repr(a))
	data, err := pickle.Marshal(a)
	if err != nil {
		log.Fatal(err)
	}
	var v any
	err = pickle.Unmarshal(data, &v)
	fmt.Println(v.(*stdlib.Array).Items.([]float64), err)
	// Output:
	// array('d', [0.5, 1.5])
	// [0.5 1.5] <nil>
}

func ExampleRange() {
	r := stdlib.Range{Start: 10, Stop: 0, Step: -3}
	for i := range r.All() {
		fmt.Print(i, " ")
	}
	fmt.Println(r.Len(), r)
	// Output: 10 7 4 1 4 range(10, 0, -3)
}

func ExampleBigRange() {
	r := &stdlib.BigRange{Start: new(big.Int), Stop: new(big.Int).Lsh(big.NewInt(1), 70), Step: big.NewInt(1)}
	fmt.Println(r, r.Len())
	// Output: range(0, 1180591620717411303424) 1180591620717411303424
}

func ExampleSlice() {
	s := &stdlib.Slice{Start: int64(-3)} // slice(-3, None)
	r, err := s.Indices(10)
	fmt.Println(py.Repr(s), r, err)
	// Output: slice(-3, None, None) range(7, 10) <nil>
}

func ExampleSingleton() {
	data, err := pickle.EncodeOptions{Protocol: pickle.Protocol0}.Marshal(stdlib.Ellipsis)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("%q\n", data)
	var v any
	err = pickle.Unmarshal(data, &v)
	fmt.Println(v == stdlib.Ellipsis, err)
	// Output:
	// "c__builtin__\nEllipsis\np0\n."
	// true <nil>
}

func ExampleSingletonType() {
	var v any
	err := pickle.Unmarshal([]byte("c__builtin__\ntype\n(NtR."), &v) // type(None)
	fmt.Println(v == stdlib.NoneType, py.Repr(v), err)
	// Output: true <class 'NoneType'> <nil>
}

func ExampleRandom() {
	r := stdlib.NewRandom(5)
	fmt.Println(r.Float64(), r.Uint32(), r.Uint64()) // as random(), getrandbits(32), getrandbits(64) in Python
	fmt.Println(rand.New(r).Perm(5))
	// Output:
	// 0.6229016948897019 3185950873 14668732198480837564
	// [3 1 2 0 4]
}
