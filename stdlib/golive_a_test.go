package stdlib_test

import (
	"bytes"
	"encoding/base64"
	"math"
	"math/big"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/go-pickle/pickle"
	"github.com/go-pickle/pickle/internal/pytest"
	"github.com/go-pickle/pickle/py"
	"github.com/go-pickle/pickle/stdlib"
)

// must is v where err is nil.
func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

func zone(hours, minutes int, name string) *stdlib.Timezone {
	return must(stdlib.NewTimezone(stdlib.TimedeltaOf(time.Duration(hours)*time.Hour+time.Duration(minutes)*time.Minute), name))
}

func decimal(text string) stdlib.Decimal { return must(stdlib.NewDecimal(text)) }

func uuidOf(text string) (u stdlib.UUID) {
	if err := u.UnmarshalText([]byte(text)); err != nil {
		panic(err)
	}
	return u
}

func bigInt(text string) *big.Int {
	i, _ := new(big.Int).SetString(text, 0)
	return i
}

// goValuesA are Go values with what they are in Python.
func goValuesA() []goValue {
	paris, rome := must(time.LoadLocation("Europe/Paris")), stdlib.NewZoneInfo("Europe/Rome")
	later := time.Date(2024, 10, 27, 0, 30, 0, 0, time.UTC).In(paris)
	utc := time.Date(2020, 1, 2, 3, 4, 5, 6789, time.UTC)
	shared := stdlib.Datetime{Year: 2024, Month: 7, Day: 1, Hour: 12, TZ: rome}
	return []goValue{
		{stdlib.Date{Year: 2024, Month: 2, Day: 29}, "datetime.date(2024, 2, 29)"},
		{stdlib.TimeOfDay{Hour: 1, Minute: 2, Second: 3, Microsecond: 4}, "datetime.time(1, 2, 3, 4)"},
		{stdlib.TimeOfDay{Hour: 1, TZ: stdlib.UTC}, "datetime.time(1, tzinfo=datetime.timezone.utc)"},
		{stdlib.Datetime{Year: 2024, Month: 2, Day: 29, Microsecond: 999999}, "datetime.datetime(2024, 2, 29, 0, 0, 0, 999999)"},
		{stdlib.Datetime{Year: 1, Month: 1, Day: 1, TZ: stdlib.UTC}, "datetime.datetime(1, 1, 1, tzinfo=datetime.timezone.utc)"},
		{[]any{shared, shared.TZ, shared}, "(lambda z: [datetime.datetime(2024, 7, 1, 12, tzinfo=z), z, datetime.datetime(2024, 7, 1, 12, tzinfo=z)])(zoneinfo.ZoneInfo('Europe/Rome'))"},
		{utc, "datetime.datetime(2020, 1, 2, 3, 4, 5, 6, datetime.timezone.utc)"},
		{utc.In(time.FixedZone("", 3600)), "datetime.datetime(2020, 1, 2, 4, 4, 5, 6, datetime.timezone(datetime.timedelta(0, 3600)))"},
		{utc.In(time.FixedZone("XST", -12600)), "datetime.datetime(2020, 1, 1, 23, 34, 5, 6, datetime.timezone(datetime.timedelta(-1, 73800), 'XST'))"},
		{utc.In(paris), "datetime.datetime(2020, 1, 2, 4, 4, 5, 6, zoneinfo.ZoneInfo('Europe/Paris'))"},
		{later, "datetime.datetime(2024, 10, 27, 2, 30, tzinfo=zoneinfo.ZoneInfo('Europe/Paris'))"},
		{later.Add(time.Hour), "datetime.datetime(2024, 10, 27, 2, 30, tzinfo=zoneinfo.ZoneInfo('Europe/Paris'), fold=1)"},
		{[]time.Time{utc, utc.In(paris), utc.In(paris).Add(time.Hour)}, "[datetime.datetime(2020, 1, 2, 3, 4, 5, 6, datetime.timezone.utc), datetime.datetime(2020, 1, 2, 4, 4, 5, 6, zoneinfo.ZoneInfo('Europe/Paris')), datetime.datetime(2020, 1, 2, 5, 4, 5, 6, zoneinfo.ZoneInfo('Europe/Paris'))]"},
		{stdlib.Timedelta{Days: -1, Seconds: 86399, Microseconds: 999999}, "datetime.timedelta(microseconds=-1)"},
		{90 * time.Minute, "datetime.timedelta(0, 5400)"},
		{-time.Nanosecond, "datetime.timedelta(0)"},
		{time.Duration(math.MinInt64), "datetime.timedelta(-106752, 763, 145225)"},
		{stdlib.UTC, "datetime.timezone.utc"},
		{zone(-3, -30, "NST"), "datetime.timezone(datetime.timedelta(hours=-3, minutes=-30), 'NST')"},
		{stdlib.NewZoneInfo("UTC"), "zoneinfo.ZoneInfo('UTC')"},
		{paris, "zoneinfo.ZoneInfo('Europe/Paris')"},
		{stdlib.StructTimeOf(time.Unix(1e9, 0).UTC()), "time.gmtime(1e9)._replace(tm_zone='UTC') if hasattr(time.struct_time, '_replace') else time.struct_time((2001, 9, 9, 1, 46, 40, 6, 252, 0), {'tm_zone': 'UTC', 'tm_gmtoff': 0})"},
		{stdlib.StructTime{Year: 2020, Month: 1, Day: 2, DST: -1}, "time.struct_time((2020, 1, 2, 0, 0, 0, 0, 0, -1))"},
		{decimal("1.50"), "decimal.Decimal('1.50')"},
		{stdlib.Decimal{}, "decimal.Decimal(0)"},
		{[]any{decimal("1"), decimal("1"), decimal("-Infinity")}, "[decimal.Decimal(1), decimal.Decimal(1), decimal.Decimal('-Infinity')]"},
		{big.NewRat(-6, 8), "fractions.Fraction(-3, 4)"},
		{big.NewRat(5, 1), "fractions.Fraction(5)"},
		{new(big.Rat).SetFrac(bigInt("0x1000000000000000000000"), bigInt("3")), "fractions.Fraction(2**84, 3)"},
		{uuidOf("12345678-1234-5678-1234-567812345678"), "uuid.UUID('12345678-1234-5678-1234-567812345678')"},
		{stdlib.UUID{Bytes: [16]byte{15: 6}, Safe: stdlib.UUIDUnsafe}, "uuid.UUID(int=6, is_safe=uuid.SafeUUID.unsafe)"},
		{netip.MustParseAddr("192.0.2.2"), "ipaddress.IPv4Address('192.0.2.2')"},
		{netip.MustParseAddr("2001:db8::a703"), "ipaddress.IPv6Address('2001:db8::a703')"},
		{netip.MustParseAddr("::ffff:1.2.3.4"), "ipaddress.IPv6Address('::ffff:1.2.3.4')"},
		{netip.MustParseAddr("fe80::1%eth0"), "ipaddress.IPv6Address('fe80::1%eth0')"},
		{netip.MustParsePrefix("10.0.0.0/8"), "ipaddress.IPv4Network('10.0.0.0/8')"},
		{netip.MustParsePrefix("10.0.0.1/8"), "ipaddress.IPv4Interface('10.0.0.1/8')"},
		{netip.MustParsePrefix("2001:db8::/32"), "ipaddress.IPv6Network('2001:db8::/32')"},
		{stdlib.IPInterface{Addr: netip.MustParseAddr("fe80::1%eth0"), Bits: 64}, "ipaddress.IPv6Interface('fe80::1%eth0/64')"},
		{stdlib.NewPath(stdlib.PosixPath, "/usr/lib/x"), "pathlib.PosixPath('/usr/lib/x')"},
		{stdlib.NewPath(stdlib.PurePosixPath), "pathlib.PurePosixPath('.')"},
		{stdlib.NewPath(stdlib.PureWindowsPath, `C:\a\b`), `pathlib.PureWindowsPath('C:\\a\\b')`},
		{[]any{stdlib.Path{Kind: stdlib.PurePosixPath, Text: "/usr/lib"}, stdlib.Path{Kind: stdlib.PurePosixPath, Text: "/usr/bin"}},
			"[pathlib.PurePosixPath('/usr/lib'), pathlib.PurePosixPath('/usr/bin')]"},
		{must(stdlib.NewArray([]int32{1, -2})), "array.array('i', [1, -2])"},
		{must(stdlib.NewArray([]float64{0.5})), "array.array('d', [0.5])"},
		{&stdlib.Array{Typecode: "u", Items: []rune("a\u20ac")}, "array.array('u', 'a\\u20ac')"},
		{&stdlib.Array{Typecode: "L", Items: []uint64{1 << 63}}, "array.array('L', [2**63])"},
		{stdlib.Range{Start: 1, Stop: 10, Step: 3}, "range(1, 10, 3)"},
		{&stdlib.BigRange{Start: big.NewInt(0), Stop: bigInt("0x400000000000000000"), Step: big.NewInt(1)}, "range(2**70)"},
		{&stdlib.Slice{Start: int64(1)}, "slice(1, None, None)"},
		{[]any{stdlib.Ellipsis, stdlib.NotImplemented, stdlib.NoneType, stdlib.EllipsisType, stdlib.NoneType},
			"[Ellipsis, NotImplemented, type(None), type(Ellipsis), type(None)]"},
		{stdlib.NewRandom(5), "random.Random(5)"},
		{py.NewDict("when", utc, "price", decimal("9.99")), "{'when': datetime.datetime(2020, 1, 2, 3, 4, 5, 6, datetime.timezone.utc), 'price': decimal.Decimal('9.99')}"},
	}
}

type goValue struct {
	value  any
	python string
}

// otherwise reports whether a Python is known to write something else: 3.9 and 3.10 lose the
// zone of an IPv6 address, and of the module's name in array.array 3.10 has what 3.11 does.
func otherwise(p pytest.Python, expression string) bool {
	return strings.Contains(expression, "IPv6Address('fe80::1%") && !p.AtLeast(3, 11) ||
		strings.HasPrefix(expression, "array.") && p.Minor == 10
}

// TestGoValuesA has live Pythons compare what Go dumps with their own values, and the bytes
// with those of their own picklers.
func TestGoValuesA(t *testing.T) { goLive(t, goValuesA()) }

func goLive(t *testing.T, values []goValue) {
	dumped, same := 0, 0
	for _, p := range pytest.Installed(t) {
		if p.Major == 2 {
			continue
		}
		worker := p.Start(t)
		var expressions []string
		for _, v := range values {
			expressions = append(expressions, v.python)
		}
		var own []struct {
			Data  [][]byte
			Error string
		}
		if err := worker.Ask("evaluate", map[string]any{"expressions": expressions}, &own); err != nil {
			t.Fatal(err)
		}
		type item struct {
			Expression string `json:"expression"`
			Data       string `json:"data"`
		}
		var items []item
		for i, v := range values {
			if own[i].Error != "" {
				if p.AtLeast(3, 9) {
					t.Errorf("Python %s: %s: %s", p, v.python, own[i].Error)
				}
				continue
			}
			for protocol, want := range own[i].Data {
				number, _ := pickle.ProtocolNumber(protocol)
				o := pickle.EncodeOptions{Protocol: number, Style: styleOf(p.Minor), Registry: stdlib.Registry()}
				got, err := o.Marshal(v.value)
				if err != nil {
					t.Errorf("%s: %v", v.python, err)
					break
				}
				if protocol >= 4 || !bytes.Contains([]byte(v.python), []byte("fold=1")) {
					items = append(items, item{v.python, base64.StdEncoding.EncodeToString(got)})
				}
				if dumped++; bytes.Equal(got, want) {
					same++
				} else if p.AtLeast(3, 8) && !otherwise(p, v.python) {
					t.Errorf("Python %s: %s: protocol %d: %s", p, v.python, protocol, difference(got, want))
				}
			}
		}
		var answers []string
		if err := worker.Ask("equals", map[string]any{"items": items}, &answers); err != nil {
			t.Fatal(err)
		}
		for i, a := range answers {
			if a != "" && items[i].Expression != "random.Random(5)" {
				t.Errorf("Python %s: %s: %s", p, items[i].Expression, a)
			}
		}
	}
	t.Logf("%d pickles for live Pythons, %d as they would write them", dumped, same)
}
