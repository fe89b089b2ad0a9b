package pickle_test

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"runtime/debug"
	"sync"
	"testing"
	"time"

	"github.com/go-pickle/pickle"
	"github.com/go-pickle/pickle/py"
)

// collectorEnv is set in the process in which the collector checks itself.
const collectorEnv = "PICKLE_TEST_COLLECTOR"

// TestCollector loads values while the collector runs all the time, and looks at them when it
// has run again: nothing may be lost, though most pointers in them are stored without a write
// barrier. It does so in a process where memory that is freed is overwritten and where each
// mark is checked by a second one while everything stands still.
func TestCollector(t *testing.T) {
	if os.Getenv(collectorEnv) == "" {
		cmd := exec.Command(os.Args[0], "-test.run=^TestCollector$", "-test.v=false", "-test.timeout=5m", "-test.short="+fmt.Sprint(testing.Short()))
		cmd.Env = append(os.Environ(), collectorEnv+"=1", "GOGC=1", "GODEBUG=clobberfree=1,gccheckmark=1")
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
		return
	}
	debug.SetGCPercent(1)
	stop := make(chan struct{})
	var collector, loads sync.WaitGroup
	collector.Add(1)
	go func() {
		defer collector.Done()
		for {
			select {
			case <-stop:
				return
			default:
				runtime.GC()
			}
		}
	}()
	length := 20 * time.Second
	if testing.Short() {
		length = 4 * time.Second
	}
	end := time.Now().Add(length)
	for i, v := range collectorValues() {
		data, err := pickle.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		// With explicit numbers of memo entries one pickle after another can be read by one memo.
		numbered, err := pickle.EncodeOptions{Protocol: pickle.Protocol2}.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		loads.Add(1)
		go func() {
			defer loads.Done()
			var decoder, keeping *pickle.Decoder
			for round := 0; time.Now().Before(end); round++ {
				if round%16 == 0 { // what the old ones loaded stays when they are garbage
					decoder = pickle.NewDecoder(&rounds{data: data})
					keeping = pickle.DecodeOptions{KeepMemo: true}.NewDecoder(&rounds{data: numbered})
				}
				var got any
				var err error
				want, o := data, pickle.EncodeOptions{}
				switch round % 4 {
				case 0, 1:
					err = pickle.Unmarshal(data, &got)
				case 2:
					err = decoder.Decode(&got)
				case 3:
					want, o.Protocol = numbered, pickle.Protocol2
					err = keeping.Decode(&got)
				}
				if err != nil {
					t.Errorf("value %d: %v", i, err)
					return
				}
				runtime.Gosched()
				again, err := o.Marshal(got)
				if err != nil || !bytes.Equal(again, want) {
					t.Errorf("value %d, round %d: another value than was loaded; %v", i, round, err)
					return
				}
			}
		}()
	}
	loads.Wait()
	close(stop)
	collector.Wait()
}

// rounds reads the same data again and again.
type rounds struct{ data, rest []byte }

func (r *rounds) Read(p []byte) (int, error) {
	if len(r.rest) == 0 {
		r.rest = r.data
	}
	n := copy(p, r.rest)
	r.rest = r.rest[n:]
	return n, nil
}

// collectorValues are one of each way in which the builder takes memory.
func collectorValues() []any {
	text := func(i int) string { return fmt.Sprint("text number ", i) }
	record := func(i int) any {
		return py.NewDict("id", int64(i)<<20, "name", text(i), "score", float64(i), "tags", py.NewList(text(-i), "a"))
	}
	point := func(i int) any { return py.Tuple{text(i), py.Tuple{int64(i) << 40, float64(i)}} }
	object := func(i int) any {
		return &py.Object{How: py.ByNewObj, Class: py.Global{Module: "geometry", Name: "Point"}, Args: py.Tuple{},
			Ops: []py.Op{{Kind: py.OpBuild, Items: []any{record(i)}}}}
	}
	shared := make([]any, 100)
	for i := range shared {
		shared[i] = []any{record(i), point(i), text(i), py.NewSet(int64(i)<<30, text(i))}[i%4]
	}
	const many = 3000
	return []any{
		record(1),
		point(1),
		py.NewDict("a", record(1), "b", py.NewList(record(2), point(3))),
		list(many, record),
		list(many, point),
		list(many, object),
		list(many, func(i int) any { return int64(i) << (i % 50) }),
		list(many, func(i int) any { return text(i) }),
		list(20*many, func(i int) any { return shared[i*i%len(shared)] }),
		list(many, func(i int) any { return py.NewFrozenSet(point(i), text(i)) }),
		list(many, func(i int) any { return py.Bytes(text(i)) }),
	}
}
