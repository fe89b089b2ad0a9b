package hostile_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"math/big"
	"os"
	"os/exec"
	"reflect"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/go-pickle/pickle"
	"github.com/go-pickle/pickle/graph"
	"github.com/go-pickle/pickle/internal/hostile"
	"github.com/go-pickle/pickle/pickletools"
	"github.com/go-pickle/pickle/py"
	"github.com/go-pickle/pickle/pyjson"
)

// A row is loaded, what it loads as is dumped, printed, compared, hashed and written as JSON,
// and it is read by everything else that takes a pickle; each may fail. That is done in a
// process of its own with a limit on its memory: then also a fatal error of the Go runtime is
// seen, and how much memory was used.

// The bound on memory: so much, and so much for each byte of the input, besides what the row
// says. SECURITY.md has these figures.
const (
	promisedBase = 64 << 20
	perByte      = 40
)

// base is less than is promised, so that small inputs tell, too: a process that does nothing takes
// 15 MB, and the encoder may take 32 MB for a pickle that turns out shorter than it guessed.
const base = 48 << 20

func allowed(h hostile.Row, input int) int64 { return h.More + perByte*int64(input) }

func fromEnv(name string, otherwise int) int {
	if n, err := strconv.Atoi(os.Getenv(name)); err == nil {
		return n
	}
	return otherwise
}

// size is about how many bytes each row has; HOSTILE_SIZE says otherwise.
var size = fromEnv("HOSTILE_SIZE", 96<<10)

// depth is how deep TestDeep goes; 10,000,000 takes up to 12 GB, and each kind a quarter of an
// hour with all steps.
var depth = fromEnv("HOSTILE_DEPTH", 0)

// only, from HOSTILE_STEPS, are the names of the steps to do, by comma; empty are all.
var only = strings.FieldsFunc(os.Getenv("HOSTILE_STEPS"), func(r rune) bool { return r == ',' })

// A step that takes long enough to be measured is done with an input of one eighth, too. Eight
// times the input may take so many times as long: quadratic is 64.
const (
	slope   = 24
	measure = 300 * time.Millisecond
)

// decode keeps what needs help from outside.
var decode = pickle.DecodeOptions{
	PersistentLoad: pickle.KeepPersistent,
	Extension:      func(code int) (py.Global, bool) { return py.Global{Module: "ext", Name: strconv.Itoa(code)}, true },
}

// steps are what is done with what was loaded.
var steps = []struct {
	name string
	do   func(v any)
}{
	{"dump", func(v any) { pickle.Marshal(v) }},
	{"dump 0", func(v any) { pickle.EncodeOptions{Protocol: pickle.Protocol0}.Marshal(v) }},
	{"dump 2", func(v any) { pickle.EncodeOptions{Protocol: pickle.Protocol2, Style: pickle.Python313}.Marshal(v) }},
	{"repr", func(v any) { py.ReprOptions{}.Write(io.Discard, v) }},
	{"labels", func(v any) { py.ReprOptions{Labels: true, Indent: " "}.Write(io.Discard, v) }},
	{"hash", func(v any) { py.Hash(v) }},
	{"plain", func(v any) { py.Plain(v) }},
	{"json", func(v any) { pyjson.Options{}.Write(io.Discard, v) }},
	{"plain json", func(v any) { pyjson.Plain(v) }},
	{"print", func(v any) { fmt.Fprint(io.Discard, py.Tuple{v}) }},
}

// reads are what is done with the bytes.
var reads = []struct {
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
		o := decode
		o.Plain = true
		var v any
		o.Unmarshal(data, &v)
	}},
	{"all", func(data []byte) {
		for _, err := range pickle.AllWith[any](onlyReader(data), decode) {
			if err != nil {
				break
			}
		}
	}},
	{"all from memory", func(data []byte) {
		o := decode
		o.KeepMemo = true
		for _, err := range pickle.AllWith[any](bytes.NewReader(data), o) {
			if err != nil {
				break
			}
		}
	}},
}

// onlyReader reads data and can't do anything else.
func onlyReader(data []byte) io.Reader { return struct{ io.Reader }{bytes.NewReader(data)} }

// types are types into which all pickles are loaded, whether they fit or not, with
// typedMemory as the bound on memory.
var types = []reflect.Type{
	reflect.TypeFor[loop](), reflect.TypeFor[*tree](), reflect.TypeFor[loopMap](), reflect.TypeFor[[]string](),
	reflect.TypeFor[[][]byte](), reflect.TypeFor[[]*big.Int](), reflect.TypeFor[map[any]any](),
	reflect.TypeFor[[][1 << 10]int](), reflect.TypeFor[map[string][]any](), reflect.TypeFor[[]pair](),
}

const typedMemory = 16 << 20

type (
	loop    []loop
	loopMap map[string]loopMap
	tree    struct {
		Name     string  `pickle:"name"`
		Next     *tree   `pickle:"next"`
		Children []*tree `pickle:"children"`
	}
	pair struct {
		_    struct{} `pickle:",tuple"`
		A, B float64
	}
)

// A report says what a child found out.
type report struct {
	Input  int
	Err    string
	Loaded bool
	Steps  []step
}

type step struct {
	Name         string
	Input        int // how many bytes it was about
	Peak         int64
	Time, Eighth time.Duration // for the input and for one of an eighth
}

// TestRun runs each row in a process of its own.
func TestRun(t *testing.T) {
	for _, h := range hostile.Rows(size) {
		t.Run(h.Name, func(t *testing.T) { inChild(t, h, "HOSTILE_SIZE="+strconv.Itoa(size)) })
	}
}

// TestDeep nests each kind of container HOSTILE_DEPTH deep.
func TestDeep(t *testing.T) {
	if depth == 0 {
		t.Skip("takes gigabytes: HOSTILE_DEPTH says how deep, as 10000000")
	}
	for _, h := range hostile.Deep(depth) {
		t.Run(h.Name, func(t *testing.T) { inChild(t, h, "HOSTILE_DEEP=1") })
	}
}

// inChild has TestChild do all with a row, and holds the bounds.
func inChild(t *testing.T, h hostile.Row, env string) {
	if _, err := os.Stat("/proc/self/status"); err != nil {
		t.Skip("needs /proc to see how much memory was used")
	}
	if testing.Short() || raceEnabled {
		t.Skip("takes half a minute")
	}
	t.Parallel()
	cmd := exec.Command(os.Args[0], "-test.run=^TestChild$", "-test.v", "-test.timeout=0")
	cmd.Env = append(os.Environ(), env, "HOSTILE="+h.Name)
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %.2000s", err, out)
	}
	var r report
	_, line, _ := bytes.Cut(out, []byte("REPORT "))
	line, _, _ = bytes.Cut(line, []byte("\n"))
	if err := json.Unmarshal(line, &r); err != nil {
		t.Fatalf("%v: %.500s", err, out)
	}
	if h.Fail && r.Loaded {
		t.Errorf("it loaded")
	}
	if !h.Fail && !r.Loaded {
		t.Errorf("it did not load: %s", r.Err)
	}
	if env != "HOSTILE_DEEP=1" && r.Input > size*5/4+4096 {
		t.Errorf("it has %d bytes", r.Input)
	}
	for _, name := range only {
		if r.Loaded && !slices.ContainsFunc(r.Steps, func(s step) bool { return s.Name == name }) {
			t.Errorf("the step %q was not done", name)
		}
	}
	var took time.Duration // of processors: others may have them for a while
	for _, s := range r.Steps {
		took += s.Time + s.Eighth
	}
	if bound := time.Minute + time.Duration(r.Input)*30*time.Microsecond; took > bound {
		t.Errorf("took %v", took)
	}
	for _, s := range r.Steps {
		bound := base + allowed(h, s.Input)
		if strings.HasPrefix(s.Name, "typed ") {
			bound += typedMemory
		}
		if s.Peak > bound {
			t.Errorf("%s took %d MB for %d bytes, %d for each: more than %d MB",
				s.Name, s.Peak>>20, s.Input, (s.Peak-base)/int64(s.Input), bound>>20)
		}
		if s.Time > slope*max(s.Eighth, measure/slope) && !slices.Contains(h.Slow, s.Name) {
			t.Errorf("%s takes %v, and %v for an eighth of it", s.Name, s.Time, s.Eighth)
		}
	}
}

// TestChild does all that is done with the row that HOSTILE names.
func TestChild(t *testing.T) {
	name := os.Getenv("HOSTILE")
	if name == "" {
		t.Skip("runs in a process of its own")
	}
	row := func(part int) hostile.Row {
		rows := hostile.Rows(size / part)
		if os.Getenv("HOSTILE_DEEP") != "" {
			rows = hostile.Deep(depth / part)
		}
		return rows[slices.IndexFunc(rows, func(h hostile.Row) bool { return h.Name == name })]
	}
	h := row(1)
	data := h.Data()
	limitMemory(t, uint64(promisedBase+4*allowed(h, len(data))+1<<30))
	var r report
	r.run(data)
	if slices.ContainsFunc(r.Steps, func(s step) bool { return s.Time > measure }) {
		var eighth report
		eighth.run(row(8).Data())
		for i := range r.Steps {
			s := &r.Steps[i]
			if at := slices.IndexFunc(eighth.Steps, func(e step) bool { return e.Name == s.Name }); at >= 0 {
				s.Eighth = eighth.Steps[at].Time
			}
		}
	}
	line, err := json.Marshal(r)
	if err != nil {
		t.Fatal(err)
	}
	fmt.Printf("REPORT %s\n", line)
}

// timed measures a step with so many bytes of input.
func (r *report) timed(name string, input int, f func()) {
	if len(only) > 0 && !slices.Contains(only, name) {
		return
	}
	debug.FreeOSMemory()
	os.WriteFile("/proc/self/clear_refs", []byte("5"), 0) // the peak counts from here
	began := processTime()
	f()
	r.Steps = append(r.Steps, step{Name: name, Input: max(input, 1), Time: processTime() - began, Peak: peakMemory()})
}

// run does all that is done with a pickle.
func (r *report) run(data []byte) {
	n := len(data)
	*r = report{Input: n}
	load := func() (v any) {
		if err := decode.Unmarshal(data, &v); err != nil {
			r.Err = err.Error()
		} else {
			r.Loaded = true
		}
		return v
	}
	r.timed("load", n, func() { load() })
	r.timed("read", n, func() {
		var v any
		decode.Load(onlyReader(data), &v)
	})
	if r.Loaded {
		v, w := load(), load()
		r.timed("equal", 2*n, func() { py.Equal(v, w) })
		w = nil
		for _, s := range steps {
			r.timed(s.name, n, func() { s.do(v) })
		}
		text, err := pyjson.Marshal(v)
		v = nil
		if err == nil {
			r.timed("from json", len(text), func() { pyjson.Unmarshal(text) })
		}
		for _, typ := range types {
			o := decode
			o.MaxMemory = typedMemory
			r.timed("typed "+typ.String(), n, func() { o.Unmarshal(data, reflect.New(typ).Interface()) })
		}
	}
	for _, s := range reads {
		r.timed(s.name, n, func() { s.do(data) })
	}
}

// peakMemory is the most that was resident in this process.
func peakMemory() int64 {
	status, _ := os.ReadFile("/proc/self/status")
	var kb int64
	if _, rest, ok := strings.Cut(string(status), "VmHWM:"); ok {
		fmt.Sscan(rest, &kb)
	}
	return kb << 10
}
