package stdlib_test

import (
	"net/netip"
	"testing"
	"time"

	"github.com/go-pickle/pickle"
	"github.com/go-pickle/pickle/py"
	"github.com/go-pickle/pickle/stdlib"
)

// BenchmarkValues loads and dumps lists of 10,000 values of one type.
func BenchmarkValues(b *testing.B) {
	const n = 10_000
	make10k := func(item func(i int) any) *py.List {
		l := py.NewList()
		for i := range n {
			l.Append(item(i))
		}
		return l
	}
	for _, bench := range []struct {
		name string
		item func(i int) any
	}{
		{"datetime", func(i int) any {
			return stdlib.DatetimeOf(time.Unix(int64(i)*1000, 0).UTC())
		}},
		{"time.Time", func(i int) any { return time.Unix(int64(i)*1000, 0).UTC() }},
		{"timedelta", func(i int) any { return stdlib.Timedelta{Days: i, Seconds: i} }},
		{"Decimal", func(i int) any { return decimal(time.Duration(i).String()[:1] + ".25") }},
		{"UUID", func(i int) any { return stdlib.UUID{Bytes: [16]byte{byte(i), byte(i >> 8), 7}} }},
		{"netip.Addr", func(i int) any { return netip.AddrFrom4([4]byte{10, 0, byte(i >> 8), byte(i)}) }},
		{"Path", func(i int) any { return stdlib.NewPath(stdlib.PosixPath, "/usr/lib", "x"+time.Duration(i).String()) }},
	} {
		list := make10k(bench.item)
		data, err := pickle.Marshal(list)
		if err != nil {
			b.Fatal(err)
		}
		var loaded any
		if err := pickle.Unmarshal(data, &loaded); err != nil {
			b.Fatal(err)
		}
		b.Run("load/"+bench.name, func(b *testing.B) {
			b.SetBytes(int64(len(data)))
			b.ReportAllocs()
			for b.Loop() {
				var v any
				if err := pickle.Unmarshal(data, &v); err != nil {
					b.Fatal(err)
				}
			}
		})
		b.Run("dump/"+bench.name, func(b *testing.B) {
			b.SetBytes(int64(len(data)))
			b.ReportAllocs()
			for b.Loop() {
				if _, err := pickle.Marshal(list); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
