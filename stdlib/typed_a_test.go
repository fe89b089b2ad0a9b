package stdlib_test

import (
	"math/big"
	"net/netip"
	"reflect"
	"testing"
	"time"

	"github.com/go-pickle/pickle"
	"github.com/go-pickle/pickle/internal/pytest"
	"github.com/go-pickle/pickle/stdlib"
)

type typedRecord struct {
	At      time.Time          `pickle:"at"`
	AtPtr   *time.Time         `pickle:"at_ptr"`
	Own     stdlib.Datetime    `pickle:"own"`
	Day     time.Time          `pickle:"day"`
	DayOwn  stdlib.Date        `pickle:"day_own"`
	Wait    time.Duration      `pickle:"wait"`
	Seconds float64            `pickle:"seconds"`
	Price   stdlib.Decimal     `pickle:"price"`
	PriceF  float64            `pickle:"price_f"`
	PriceS  string             `pickle:"price_s"`
	Count   int                `pickle:"count"`
	Third   *big.Rat           `pickle:"third"`
	ID      [16]byte           `pickle:"id"`
	IDText  string             `pickle:"id_text"`
	IDOwn   stdlib.UUID        `pickle:"id_own"`
	Addr    netip.Addr         `pickle:"addr"`
	Net     netip.Prefix       `pickle:"net"`
	Iface   netip.Prefix       `pickle:"iface"`
	Path    string             `pickle:"path"`
	Samples []float64          `pickle:"samples"`
	Codes   []uint8            `pickle:"codes"`
	Range   []int              `pickle:"range"`
	Zone    *time.Location     `pickle:"zone"`
	ZoneOwn *stdlib.ZoneInfo   `pickle:"zone_own"`
	Any     any                `pickle:"any"`
	Prices  map[string]float64 `pickle:"prices"`
	Times   []time.Time        `pickle:"times"`
}

// TestTypedA loads values into Go types of a program, from each Python.
func TestTypedA(t *testing.T) {
	expression := "{'at': datetime.datetime(2024, 7, 1, 12, tzinfo=datetime.timezone(datetime.timedelta(hours=2))), 'at_ptr': datetime.datetime(2024, 7, 1, 12), " +
		"'own': datetime.datetime(2024, 7, 1, 12), 'day': datetime.date(2024, 7, 1), 'day_own': datetime.date(2024, 7, 1), 'wait': datetime.timedelta(0, 90), " +
		"'seconds': datetime.timedelta(0, 1, 500000), 'price': decimal.Decimal('9.90'), 'price_f': decimal.Decimal('9.90'), 'price_s': decimal.Decimal('9.90'), " +
		"'count': decimal.Decimal('12'), 'third': fractions.Fraction(1, 3), 'id': uuid.UUID(int=5), 'id_text': uuid.UUID(int=5), 'id_own': uuid.UUID(int=5), " +
		"'addr': ipaddress.ip_address('::1'), 'net': ipaddress.ip_network('10.0.0.0/8'), 'iface': ipaddress.ip_interface('10.0.0.1/8'), " +
		"'path': pathlib.PurePosixPath('/a') / 'b', 'samples': array.array('f', [0.5, 2]), 'codes': array.array('B', [1, 2]), 'range': range(3), " +
		"'zone': datetime.timezone.utc, 'zone_own': None, 'any': decimal.Decimal('1'), 'prices': {'x': decimal.Decimal('0.5')}, " +
		"'times': [datetime.datetime(2024, 7, 1, 12, tzinfo=datetime.timezone.utc)] * 2}"
	at := time.Date(2024, 7, 1, 10, 0, 0, 0, time.UTC)
	noon := time.Date(2024, 7, 1, 12, 0, 0, 0, time.UTC)
	own := stdlib.Datetime{Year: 2024, Month: 7, Day: 1, Hour: 12}
	want := typedRecord{At: at, AtPtr: &noon, Own: own, Day: noon.Add(-12 * time.Hour), DayOwn: stdlib.Date{Year: 2024, Month: 7, Day: 1}, Wait: 90 * time.Second, Seconds: 1.5,
		Price: decimal("9.90"), PriceF: 9.9, PriceS: "9.90", Count: 12, Third: big.NewRat(1, 3), ID: [16]byte{15: 5}, IDText: "00000000-0000-0000-0000-000000000005",
		IDOwn: stdlib.UUID{Bytes: [16]byte{15: 5}}, Addr: netip.MustParseAddr("::1"), Net: netip.MustParsePrefix("10.0.0.0/8"), Iface: netip.MustParsePrefix("10.0.0.1/8"),
		Path: "/a/b", Samples: []float64{0.5, 2}, Codes: []uint8{1, 2}, Range: []int{0, 1, 2}, Zone: time.UTC, Any: decimal("1"), Prices: map[string]float64{"x": 0.5},
		Times: []time.Time{noon, noon}}
	for _, p := range pytest.Installed(t) {
		if p.Major == 2 {
			continue
		}
		var answers []struct {
			Data  [][]byte
			Error string
		}
		if err := p.Start(t).Ask("evaluate", map[string]any{"expressions": []string{expression}}, &answers); err != nil || answers[0].Error != "" {
			t.Fatal(err, answers)
		}
		for protocol, data := range answers[0].Data {
			var got typedRecord
			if err := pickle.Unmarshal(data, &got); err != nil {
				t.Errorf("Python %s, protocol %d: %v", p, protocol, err)
				continue
			}
			if !got.At.Equal(want.At) {
				t.Errorf("Python %s, protocol %d: %v", p, protocol, got.At)
			}
			got.At = want.At // another location
			if got.Zone == nil || got.Zone.String() != "UTC" {
				t.Errorf("Python %s, protocol %d: %v", p, protocol, got.Zone)
			}
			got.Zone = want.Zone
			g, w := reflect.ValueOf(got), reflect.ValueOf(want)
			for i := range g.NumField() {
				if !reflect.DeepEqual(g.Field(i).Interface(), w.Field(i).Interface()) {
					t.Errorf("Python %s, protocol %d: %s is %v, not %v", p, protocol, g.Type().Field(i).Name, g.Field(i), w.Field(i))
				}
			}
		}
	}
}
