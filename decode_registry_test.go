package pickle_test

import (
	"testing"
	"time"

	"github.com/go-pickle/pickle"
	"github.com/go-pickle/pickle/py"
	"github.com/go-pickle/pickle/stdlib"
)

type typedEvent struct {
	At   time.Time     `pickle:"at"`
	Took time.Duration `pickle:"took"`
	Cost float64       `pickle:"cost"`
}

func typedEvents(t testing.TB, n int) []byte {
	t.Helper()
	call := func(module, name string, args ...any) *py.Object {
		return &py.Object{How: py.ByReduce, Class: py.Global{Module: module, Name: name}, Args: py.Tuple(args)}
	}
	utc := call("datetime", "timezone", call("datetime", "timedelta", 0, 0, 0))
	events := make([]any, n)
	for i := range events {
		at := call("datetime", "datetime", py.Bytes([]byte{7, 0xe8, 2, 29, 12, byte(i % 60), 0, 0, 0, 0}), utc)
		events[i] = py.NewDict("at", at, "took", call("datetime", "timedelta", 0, i, 0), "cost", call("decimal", "Decimal", "1.25"))
	}
	data, err := pickle.EncodeOptions{Registry: py.NewRegistry()}.Marshal(py.NewList(events...))
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// TestTypedSimple has instances of the standard library as they are made on their own, and
// with the values of the whole pickle, which an any asks for.
func TestTypedSimple(t *testing.T) {
	data := typedEvents(t, 100)
	var events []typedEvent
	if err := pickle.Unmarshal(data, &events); err != nil {
		t.Fatal(err)
	}
	var both []struct {
		Any any `pickle:"at"`
	}
	if err := pickle.Unmarshal(data, &both); err != nil {
		t.Fatal(err)
	}
	for i, e := range events {
		at := time.Date(2024, 2, 29, 12, i%60, 0, 0, time.UTC)
		if !e.At.Equal(at) || e.Took != time.Duration(i)*time.Second || e.Cost != 1.25 {
			t.Fatalf("%d: %+v", i, e)
		}
		d, ok := both[i].Any.(stdlib.Datetime)
		if built, err := d.Time(nil); !ok || err != nil || !built.Equal(at) {
			t.Errorf("%d: %v, %v", i, both[i].Any, err)
		}
	}
}

func BenchmarkTypedEvents(b *testing.B) {
	data := typedEvents(b, 10_000)
	b.SetBytes(int64(len(data)))
	b.ReportAllocs()
	for b.Loop() {
		if err := pickle.Unmarshal(data, new([]typedEvent)); err != nil {
			b.Fatal(err)
		}
	}
}
