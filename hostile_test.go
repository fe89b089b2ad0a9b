package pickle_test

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"io"
	"math/big"
	"math/rand/v2"
	"os"
	"path/filepath"
	"reflect"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/go-pickle/pickle"
	"github.com/go-pickle/pickle/graph"
	"github.com/go-pickle/pickle/internal/corpus"
	"github.com/go-pickle/pickle/internal/hostile"
	"github.com/go-pickle/pickle/pickletools"
	"github.com/go-pickle/pickle/py"
	"github.com/go-pickle/pickle/pyjson"
)

// A row of package hostile is loaded, what it loads as is dumped, printed, compared, hashed and
// written as JSON, and it is read by everything else that takes a pickle; each may fail. That
// is done in a process of its own with a limit on its memory: then also a fatal error of the
// Go runtime is seen, and how much memory was used.

// The bounds on memory: so much, and so much for each byte of the input, unless the row says
// more. The goals are where we want to be; rows past them are reported.
const (
	hostileBase, hostilePerByte = 64 << 20, 100
	goalBase, goalPerByte       = 64 << 20, 40
)

// hostileSize is about how many bytes each row has; HOSTILE_SIZE says otherwise. With
// 10,000,000 the nesting of the rows reaches that depth; that takes an hour and 16 GB.
var hostileSize = func() int {
	if n, err := strconv.Atoi(os.Getenv("HOSTILE_SIZE")); err == nil {
		return n
	}
	return 96 << 10
}()

// Each step takes its time for an input of one eighth, too. Eight times the input may take so
// many times as long, if that is long enough to be measured: quadratic is 64.
const (
	hostileSlope   = 24
	hostileMeasure = 300 * time.Millisecond
)

// hostileTime is the bound on the time of a row with all its steps, two processes at a time.
var hostileTime = time.Minute + time.Duration(hostileSize)*30*time.Microsecond

// le is v as n bytes, the lowest first.
func le(v uint64, n int) string {
	return string(binary.LittleEndian.AppendUint64(nil, v)[:n])
}

// hostileDecode keeps what needs help from outside.
var hostileDecode = pickle.DecodeOptions{
	PersistentLoad: pickle.KeepPersistent,
	Extension:      func(code int) (py.Global, bool) { return py.Global{Module: "ext", Name: strconv.Itoa(code)}, true },
}

// hostileSteps are what is done with what was loaded.
var hostileSteps = []struct {
	name string
	do   func(v any)
}{
	{"dump", func(v any) { pickle.Marshal(v) }},
	{"dump 0", func(v any) { pickle.EncodeOptions{Protocol: pickle.Protocol0}.Marshal(v) }},
	{"dump 2", func(v any) { pickle.EncodeOptions{Protocol: pickle.Protocol2, Style: pickle.Python313}.Marshal(v) }},
	{"repr", func(v any) { py.Repr(v) }},
	{"labels", func(v any) { py.ReprOptions{Labels: true, Indent: " "}.Write(io.Discard, v) }},
	{"hash", func(v any) { py.Hash(v) }},
	{"plain", func(v any) { py.Plain(v) }},
	{"json", func(v any) { pyjson.Options{}.Write(io.Discard, v) }},
	{"json and back", func(v any) {
		if text, err := pyjson.Marshal(v); err == nil {
			pyjson.Unmarshal(text)
		}
	}},
	{"plain json", func(v any) { pyjson.Plain(v) }},
	{"print", func(v any) { fmt.Fprint(io.Discard, py.Tuple{v}) }},
}

// hostileReads are what is done with the bytes.
var hostileReads = []struct {
	name string
	do   func(data []byte)
}{
	{"instructions", func(data []byte) {
		for range pickletools.Instructions(data) {
		}
	}},
	{"disassemble", func(data []byte) {
		pickletools.Disassemble(io.Discard, data, pickletools.DisassembleOptions{Annotate: 30})
	}},
	{"optimize", func(data []byte) { pickletools.Optimize(data) }},
	{"graph", func(data []byte) {
		g, _ := graph.Options{PersistentIDs: true, AnyBuffers: true, Encoding: "bytes"}.Parse(data)
		for c := range g.Calls() {
			c.Func()
			c.Args()
			c.Refs()
		}
		for n := range g.Nodes() {
			n.Len()
			for range n.Items() {
				break
			}
			n.Changed()
		}
	}},
	{"plain load", func(data []byte) {
		o := hostileDecode
		o.Plain = true
		var v any
		o.Unmarshal(data, &v)
	}},
	{"all", func(data []byte) {
		for _, err := range pickle.AllWith[any](plain(data), hostileDecode) {
			if err != nil {
				break
			}
		}
	}},
	{"all from memory", func(data []byte) {
		o := hostileDecode
		o.KeepMemo = true
		for _, err := range pickle.AllWith[any](bytes.NewReader(data), o) {
			if err != nil {
				break
			}
		}
	}},
}

type hostileReport struct {
	Input  int
	Peak   int64  // bytes
	Step   string // where the peak was
	Err    string
	Loaded bool
	// The time of each step for the input and for one of an eighth.
	Times, Eighths map[string]time.Duration
	Peaks          map[string]int64 // by step
}

// TestHostile runs each row in a process of its own.
func TestHostile(t *testing.T) {
	if _, err := os.Stat("/proc/self/status"); err != nil {
		t.Skip("needs /proc to see how much memory was used")
	}
	if testing.Short() || raceEnabled {
		t.Skip("takes half a minute")
	}
	for _, h := range hostile.Rows(hostileSize) {
		t.Run(h.Name, func(t *testing.T) {
			t.Parallel()
			began := time.Now()
			out, err := child(t, "TestHostileChild", "HOSTILE="+h.Name)
			took := time.Since(began)
			if err != nil {
				t.Fatalf("%v after %v: %.2000s", err, took, out)
			}
			var r hostileReport
			_, line, ok := strings.Cut(out, "REPORT ")
			line, _, _ = strings.Cut(line, "\n")
			if err := json.Unmarshal([]byte(line), &r); err != nil || !ok {
				t.Fatalf("%v: %.500s", err, out)
			}
			if h.Fail && r.Loaded {
				t.Errorf("it loaded")
			}
			if !h.Fail && !r.Loaded {
				t.Errorf("it did not load: %s", r.Err)
			}
			if r.Input > hostileSize*5/4+4096 {
				t.Errorf("it has %d bytes", r.Input)
			}
			if took > hostileTime {
				t.Errorf("took %v: %v", took, r.Times)
			}
			if bound := hostileBase + h.Base + int64(max(h.PerByte, hostilePerByte))*int64(r.Input); r.Peak > bound {
				t.Errorf("%s took %d MB for %d bytes: more than %d MB", r.Step, r.Peak>>20, r.Input, bound>>20)
			}
			if goal := int64(goalBase + goalPerByte*r.Input); r.Peak > goal {
				t.Logf("past the goal: %s took %d MB for %d bytes, %d a byte; the goal is %d MB",
					r.Step, r.Peak>>20, r.Input, (r.Peak-goalBase)/int64(r.Input), goal>>20)
			}
			for step, long := range r.Times {
				if short := max(r.Eighths[step], hostileMeasure/hostileSlope); long > hostileSlope*short && !slices.Contains(h.Slow, step) {
					t.Errorf("%s takes %v, and %v for an eighth of it", step, long, r.Eighths[step])
				}
			}
		})
	}
}

// hostileTypes are types into which all pickles are loaded, whether they fit or not, with
// hostileTyped as the bound on memory.
var hostileTypes = []reflect.Type{
	reflect.TypeFor[loopList](), reflect.TypeFor[*treeNode](), reflect.TypeFor[loopMap](), reflect.TypeFor[loopSeq](),
	reflect.TypeFor[[]string](), reflect.TypeFor[[][]byte](), reflect.TypeFor[[]*big.Int](), reflect.TypeFor[map[any]any](),
	reflect.TypeFor[[][1 << 10]int](), reflect.TypeFor[map[string][]any](), reflect.TypeFor[xyPoint](), reflect.TypeFor[[]xyTuple](),
}

const hostileTyped = 64 << 20

func TestHostileChild(t *testing.T) {
	name := os.Getenv("HOSTILE")
	row := func(size int) (h hostile.Row) {
		rows := hostile.Rows(size)
		if at := slices.IndexFunc(rows, func(h hostile.Row) bool { return h.Name == name }); at >= 0 {
			h = rows[at]
		}
		return h
	}
	h := row(hostileSize)
	if h.Data == nil {
		t.Skip("runs in a process of its own")
	}
	data := h.Data()
	limitMemory(t, uint64(hostileBase+max(h.PerByte, hostilePerByte)*len(data))*2+1<<30)
	var eighth hostileReport
	if os.Getenv("HOSTILE_NOEIGHTH") == "" {
		eighth.run(row(hostileSize / 8).Data())
	}
	var r hostileReport
	r.run(data)
	r.Eighths = eighth.Times
	line, err := json.Marshal(r)
	if err != nil {
		t.Fatal(err)
	}
	fmt.Printf("REPORT %s\n", line)
}

// timed measures a step.
func (r *hostileReport) timed(name string, f func()) {
	debug.FreeOSMemory()
	os.WriteFile("/proc/self/clear_refs", []byte("5"), 0) // the peak counts from here
	began := processTime()
	f()
	r.Times[name] = processTime() - began
	peak := peakMemory()
	r.Peaks[name] = peak
	if peak > r.Peak {
		r.Peak, r.Step = peak, name
	}
}

// run does all that is done with a pickle.
func (r *hostileReport) run(data []byte) {
	*r = hostileReport{Input: len(data), Times: map[string]time.Duration{}, Peaks: map[string]int64{}}
	var v, w any
	r.timed("load", func() {
		if err := hostileDecode.Unmarshal(data, &v); err != nil {
			r.Err = err.Error()
			return
		}
		r.Loaded = true
	})
	r.timed("read", func() { hostileDecode.Load(plain(data), &w) })
	if r.Loaded {
		r.timed("equal", func() { py.Equal(v, w) })
		w = nil
		for _, s := range hostileSteps {
			r.timed(s.name, func() { s.do(v) })
		}
		for _, typ := range hostileTypes {
			o := hostileDecode
			o.MaxMemory = hostileTyped
			r.timed("typed "+typ.String(), func() { o.Unmarshal(data, reflect.New(typ).Interface()) })
		}
	}
	v = nil
	for _, s := range hostileReads {
		r.timed(s.name, func() { s.do(data) })
	}
}

// peakMemory is the most that was resident in this process.
func peakMemory() int64 {
	status, _ := os.ReadFile("/proc/self/status")
	var kb int64
	if _, rest, ok := bytes.Cut(status, []byte("VmHWM:")); ok {
		fmt.Sscan(string(rest), &kb)
	}
	return kb << 10
}

// TestHostileReader claims what a reader never gives, and claims endless input.
func TestHostileReader(t *testing.T) {
	for _, claim := range []string{"\x8e" + le(1<<62, 8), "\x8d" + le(1<<62, 8), "\x96" + le(1<<62, 8), "\x95" + le(1<<62, 8),
		"B\xff\xff\xff\xff", "X\xff\xff\xff\xff", "T\xff\xff\xff\x7f", "\x8b\xff\xff\xff\x7f"} {
		for name, reader := range readers {
			if name == "file" || name == "os pipe" {
				continue
			}
			if _, err := pickle.Load[any](reader(t, []byte(claim+"abc"))); err == nil {
				t.Errorf("%q from %s loads", claim, name)
			}
		}
		var v any
		endless := io.MultiReader(strings.NewReader(claim), spaces{})
		if err := (pickle.DecodeOptions{MaxBytes: 1 << 20}).Load(endless, &v); err == nil || !strings.Contains(err.Error(), "MaxBytes") {
			t.Errorf("%q and endless input: %v", claim, err)
		}
	}
	for _, start := range []string{"I", "V", "S'", "cm", "(", "\x95\x00\x00\x00\x00\x00\x00\x00\x00"} {
		var v any
		var endless io.Reader = io.MultiReader(strings.NewReader(start), spaces{})
		if start == "(" {
			endless = again("(")
		}
		if err := (pickle.DecodeOptions{MaxBytes: 1 << 20}).Load(endless, &v); err == nil {
			t.Errorf("%q and endless input loads", start)
		}
	}
}

// spaces and again are endless.
type spaces struct{}

func (spaces) Read(p []byte) (int, error) { return copy(p, bytes.Repeat([]byte(" "), len(p))), nil }

type again string

func (a again) Read(p []byte) (int, error) { return copy(p, strings.Repeat(string(a), len(p))), nil }

// TestTruncated cuts recorded pickles off at every byte and loads what is left.
func TestTruncated(t *testing.T) {
	n := 0
	for e, err := range corpus.Entries[corpus.Entry](filepath.Join("testdata", "cpython.jsonl.gz")) {
		if err != nil {
			t.Fatal(err)
		}
		if n++; e.Raw[0] != "ok" || len(e.Data) > 600 || n%4 != 0 {
			continue
		}
		o := decodeOptions(&e)
		for i := range e.Consumed {
			var v any
			err := o.Unmarshal(e.Data[:i], &v)
			ge, ok := err.(*graph.Error)
			if !ok || ge.Kind != graph.EOFError && ge.Kind != graph.UnpicklingError || ge.Offset > int64(i) {
				t.Fatalf("%s: the first %d bytes of %q: %v, %v", e.ID, i, e.Data, v, err)
			}
		}
	}
}

// TestRandomBytes loads noise, and pickles with a few bytes changed.
func TestRandomBytes(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	noise := make([]byte, 64)
	try := func(data []byte) {
		var v any
		if err := (pickle.DecodeOptions{PersistentLoad: pickle.KeepPersistent}).Unmarshal(data, &v); err == nil {
			if out, err := pickle.Marshal(v); err == nil {
				var w any
				if err := (pickle.DecodeOptions{PersistentLoad: pickle.KeepPersistent}).Unmarshal(out, &w); err != nil {
					t.Errorf("%q loads, and is dumped as %q, which does not: %v", data, out, err)
				}
			}
			py.Repr(v)
		}
	}
	for range 100_000 {
		for i := range noise {
			noise[i] = byte(r.Uint32())
		}
		try(noise[:r.IntN(len(noise))])
	}
	for e, err := range corpus.Entries[corpus.Entry](filepath.Join("testdata", "cpython.jsonl.gz")) {
		if err != nil {
			t.Fatal(err)
		}
		if len(e.Data) == 0 || len(e.Data) > 1000 {
			continue
		}
		for range 5 {
			data := bytes.Clone(e.Data)
			for range 1 + r.IntN(3) {
				data[r.IntN(len(data))] = byte(r.Uint32())
			}
			try(data)
		}
	}
}
