package pickle_test

import (
	"bytes"
	"crypto/md5"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"math/big"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
	"unsafe"

	"github.com/go-pickle/pickle"
	"github.com/go-pickle/pickle/graph"
	"github.com/go-pickle/pickle/internal/corpus"
	"github.com/go-pickle/pickle/internal/pytest"
	"github.com/go-pickle/pickle/opcode"
	"github.com/go-pickle/pickle/pickletools"
	"github.com/go-pickle/pickle/py"
)

// Real pickles with changes are given to CPython's C unpickler and to ours: both must take
// or refuse them, for the same kind of reason, find the same end, and make the same value.
// Every input follows from JUDGE_SEED and its number; JUDGE_INPUTS says how many there are.

// A pardon is a difference that is there for a reason.
type pardon struct {
	name   string
	holds  func(d *judgement) bool
	reason string
}

// judgement is what both make of an input. A verdict is "ok" or the exception's name.
type judgement struct {
	flags byte
	data  []byte

	Verdict     string // CPython's
	Text        string // its message, or the end
	Description []byte
	Plain       []byte // the same without keyword arguments
	Memory      string // the verdict of pickle.loads
	MemoryText  string

	first       string // CPython's before it was asked to explain
	verdict     string // ours
	err         error
	value       any
	end         int
	description []byte
}

// pardons are all differences that are known, with why each is right.
var pardons = []pardon{
	{"memory", func(d *judgement) bool { return d.Verdict == "MemoryError" || d.first == "MemoryError" },
		"CPython allocates a memo as long as twice the largest index, and bytes before they are there; Go does not"},
	{"stand-in", func(d *judgement) bool {
		return strings.Contains(d.Text, "Standin") || strings.Contains(d.Text, "argument list must be a tuple") ||
			d.Text == "keywords must be strings"
	}, "CPython's answer depends on what the name or the persistent id stands for, which Go does not know"},
	{"buffer", func(d *judgement) bool { return d.flags&8 != 0 && strings.Contains(d.Text, "writable memoryview") },
		"an out-of-band buffer is whatever the caller of Python's load gave, here a memoryview, which is no key if it can be written to"},
	{"persistent str", func(d *judgement) bool {
		return d.Text == "STACK_GLOBAL requires str" && d.flags&4 != 0 && bytes.ContainsAny(d.data, "PQ")
	}, "a persistent id may stand for a str, so it may be a module's name; the worker's stands for a class"},
	{"keyword arguments", func(d *judgement) bool {
		return d.Verdict == "ok" && d.verdict == "ok" && bytes.IndexByte(d.data, byte(opcode.NewObjEx)) >= 0 &&
			d.Text == strconv.Itoa(d.end) && bytes.Equal(d.Plain, judgeDescription(d.value, false))
	}, "Python calls with a copy of the keyword arguments; Go keeps the dict, for dumping it again, and what is put into it later shows"},
	{"file", func(d *judgement) bool { return d.Verdict != d.Memory && d.Memory == d.verdict },
		"CPython gives one kind of error for a file and another for bytes; Go that for bytes"},
}

// judgeFinds are inputs that were judged differently once.
var judgeFinds = []struct{ name, input string }{
	{"STACK_GLOBAL after GLOBAL", "\x00cm\nC\n\x8c\x01m\x8c\x01C\x93\x86."},
	{"STACK_GLOBAL after GLOBAL and other text", "\x00\x8c\x05oscar\x8c\x06systemcm\nC\n\x8c\x01m\x8c\x01C\x93\x87."},
	{"STACK_GLOBAL after GLOBAL, changed", "\x00\x8c\x05oscarcm\nC\nNb\x8c\x01m\x8c\x01C\x93\x87."},
	{"STACK_GLOBAL after INST", "\x00\x8c\x05oscar(im\nC\n\x8c\x01m\x8c\x01C\x93\x87."},
	{"BINBYTES8 of as many bytes as there can be", "\x02\x8e\xff\xff\xff\xff\xff\xff\xff\x7f\xed\xa0\x80p0\n."},
	{"a persistent id that is a list in which it is", "\x05]q\x00(h\x00Q\x85K\x04tq\x01a."},
	{"a persistent id that is a dict in which it is", "\x05\x80\x04}\x94N]\x94h\x00Qash\x00."},
	{"a persistent id in the list of a class that is called", "\x05ccollections\ndeque\n(]q\x00tR(h\x00h\x00Qe."},
	{"BINBYTES8 of almost as many", "\x02\x8e\xdf\xff\xff\xff\xff\xff\xff\x7f\xed\xa0\x80p0\n."},
}

const judgeBatch = 4000

func TestJudge(t *testing.T) {
	count := 20_000
	if testing.Short() || raceEnabled {
		count = 2000
	}
	if n, err := strconv.Atoi(os.Getenv("JUDGE_INPUTS")); err == nil {
		count = n
	}
	seed := uint64(1)
	if n, err := strconv.ParseUint(os.Getenv("JUDGE_SEED"), 10, 64); err == nil {
		seed = n
	}
	w := pytest.Require(t, 3, 11).Start(t)
	for _, find := range judgeFinds {
		d := new(judgement)
		d.judge([]byte(find.input))
		var answers []string
		if err := w.Ask("judge", map[string]any{"items": [][]byte{[]byte(find.input)}}, &answers); err != nil {
			t.Fatal(err)
		}
		if d.answer() != answers[0] {
			if err := w.Ask("explain", map[string]any{"item": []byte(find.input)}, d); err != nil {
				t.Fatal(err)
			}
			if !slices.ContainsFunc(pardons, func(p pardon) bool { return p.holds(d) }) {
				t.Errorf("%s: %s", find.name, d.report())
			}
		}
	}
	m := newMutator(t)
	began := time.Now()
	verdicts, pardoned := map[string]int{}, map[string]int{}
	faults := 0
	for first := 0; first < count; first += judgeBatch {
		inputs := make([][]byte, min(judgeBatch, count-first))
		for i := range inputs {
			inputs[i] = m.input(seed, uint64(first+i))
		}
		var answers []string
		answered := make(chan error, 1)
		go func() { answered <- w.Ask("judge", map[string]any{"items": inputs}, &answers) }()
		ours := make([]judgement, len(inputs))
		for i, in := range inputs {
			ours[i].judge(in)
		}
		if err := <-answered; err != nil {
			t.Fatalf("inputs %d to %d: %v", first, first+len(inputs), err)
		}
		for i := range ours {
			d := &ours[i]
			verdict, _, _ := strings.Cut(answers[i], " ")
			verdicts[verdict]++
			if answers[i] == d.answer() {
				continue
			}
			d.first = verdict
			if err := w.Ask("explain", map[string]any{"item": inputs[i]}, d); err != nil {
				t.Fatal(err)
			}
			if p := slices.IndexFunc(pardons, func(p pardon) bool { return p.holds(d) }); p >= 0 {
				pardoned[pardons[p].name]++
				continue
			}
			t.Errorf("input %d of seed %d, %s", first+i, seed, d.report())
			if faults++; faults >= 20 {
				t.Fatal("too many differences")
			}
		}
	}
	t.Logf("%d inputs from %d seeds in %v; CPython: %v; pardoned: %v; differences: %d",
		count, len(m.seeds), time.Since(began).Round(time.Second), verdicts, pardoned, faults)
	if verdicts["ok"] < count/20 || len(verdicts) < 8 && count > 10_000 {
		t.Errorf("the inputs are too much alike: %v", verdicts)
	}
	if known := pardoned["memory"] + pardoned["stand-in"] + pardoned["persistent str"]; known > count/10 {
		t.Errorf("for %d of %d inputs CPython has no verdict", known, count)
	}
}

// TestJudgeNotices changes what ours is said to be: every change is noticed.
func TestJudgeNotices(t *testing.T) {
	w := pytest.Require(t, 3, 11).Start(t)
	in := []byte("\x00\x80\x04]\x94(K\x01\x8c\x01a\x94h\x01\x8f(K\x02K\x03\x90cm\nC\n)\x81}\x8c\x01xh\x00sbe.rest")
	var answers []string
	if err := w.Ask("judge", map[string]any{"items": [][]byte{in, append([]byte("\x00("), in[1:]...)}}, &answers); err != nil {
		t.Fatal(err)
	}
	var d, e judgement
	d.judge(in)
	if d.answer() != answers[0] || !strings.HasPrefix(answers[0], "ok 37 ") {
		t.Errorf("%q, not %q", d.answer(), answers[0])
	}
	for i, c := range d.description {
		d.description[i] ^= 1
		if d.answer() == answers[0] {
			t.Errorf("byte %d of the description does not count", i)
		}
		d.description[i] = c
	}
	d.end++
	if d.answer() == answers[0] {
		t.Error("the end does not count")
	}
	e.judge([]byte("\x00(."))
	if e.answer() == answers[1] || e.answer() != "UnpicklingError" {
		t.Errorf("%q, %q", e.answer(), answers[1])
	}
}

// answer is in the form of the worker's answers.
func (d *judgement) answer() string {
	if d.verdict != "ok" {
		return d.verdict
	}
	return fmt.Sprintf("ok %d %x", d.end, md5.Sum(d.description))
}

func (d *judgement) report() string {
	return fmt.Sprintf("flags %d, %.300q:\nGo      %s %v, end %d, %.300q\nCPython %s %s, %.300q; loads says %s %s\nbase64 %s",
		d.flags, d.data, d.verdict, d.err, d.end, d.description, d.Verdict, d.Text, d.Description, d.Memory, d.MemoryText,
		base64.StdEncoding.EncodeToString(append([]byte{d.flags}, d.data...)))
}

// judge loads an input: a byte that says with which options, as judge_options in judge.py
// has them, and the pickle.
func (d *judgement) judge(input []byte) {
	d.flags, d.data = input[0], input[1:]
	o := pickle.DecodeOptions{KeepCalls: true, NoFixImports: true, Registry: py.NewRegistry(),
		Extension: func(code int) (py.Global, bool) { return py.Global{Module: "ext", Name: "x"}, code >= 1 && code < 1000 }}
	o.Encoding = []string{"ASCII", "latin-1", "bytes", "utf-8"}[d.flags&3]
	if d.flags&3 == 3 {
		o.Errors = "replace"
	}
	if d.flags&4 != 0 {
		o.PersistentLoad = pickle.KeepPersistent
	}
	if d.flags&8 != 0 {
		o.Buffers = []py.Buffer{{Data: []byte("one")}, {Data: []byte("two"), ReadOnly: true}}
	}
	defer func() {
		if p := recover(); p != nil {
			d.verdict = fmt.Sprintf("panic: %v", p)
		}
	}()
	d.end, d.err = o.UnmarshalPrefix(d.data, &d.value)
	d.verdict = "ok"
	if ge := (*graph.Error)(nil); errors.As(d.err, &ge) {
		d.verdict = string(ge.Kind)
	} else if d.err != nil {
		d.verdict = fmt.Sprintf("%T", d.err)
	}
	if d.err == nil {
		d.description = judgeDescription(d.value, true)
	}
}

// A judgeDescriber writes values as Describer in judge.py does.
type judgeDescriber struct {
	out  []byte
	left int
	next int
	seen map[any]int

	kwargs bool // also keyword arguments
}

var errTooManyValues = errors.New("too large")

func judgeDescription(v any, kwargs bool) (text []byte) {
	d := &judgeDescriber{kwargs: kwargs, left: 20000, seen: make(map[any]int)}
	if !d.value(v, 0, false) {
		return []byte(errTooManyValues.Error())
	}
	return d.out
}

func (d *judgeDescriber) printf(format string, args ...any) {
	d.out = fmt.Appendf(d.out, format, args...)
}

func (d *judgeDescriber) sequence(items []any, depth int, inSet bool) bool {
	d.out = append(d.out, '(')
	for _, item := range items {
		if !d.value(item, depth, inSet) {
			return false
		}
	}
	d.out = append(d.out, ')')
	return true
}

// value reports whether there was room for v.
func (d *judgeDescriber) value(v any, depth int, inSet bool) bool {
	if d.left--; d.left < 0 || depth > 90 {
		return false
	}
	switch v := v.(type) {
	case nil:
		d.printf("N")
		return true
	case bool:
		d.printf("%c", "FT"[bit(v)])
		return true
	case int64:
		d.printf("i%x ", v)
		return true
	case *big.Int:
		d.printf("i%x ", v)
		return true
	case float64:
		d.out = binary.BigEndian.AppendUint64(append(d.out, 'f'), math.Float64bits(v))
		return true
	case string:
		d.printf("s%d:%s", len(v), v)
		return true
	case py.Bytes:
		d.printf("b%d:%s", len(v), string(v))
		return true
	case *py.Buffer:
		d.printf("m%d%d:%s", bit(v.ReadOnly), len(v.Data), v.Data)
		return true
	case py.Global:
		d.global(v)
		return true
	case *py.PersistentRef:
		d.printf("p")
		return d.value(v.ID, depth+1, inSet)
	}
	var id any = v
	switch v := v.(type) {
	case py.Tuple:
		if id = nil; len(v) > 0 {
			id = tupleIdentity{unsafe.Pointer(&v[0]), len(v)}
		}
	case *py.Object:
		if v.How == py.ByName {
			return d.changedName(v, depth, inSet)
		}
	}
	if id != nil {
		if n, ok := d.seen[id]; ok {
			d.printf("r%d ", n)
			return true
		}
		d.next++
		d.seen[id] = d.next
	}
	switch v := v.(type) {
	case *py.ByteArray:
		d.printf("a%d:%s", len(v.Bytes), v.Bytes)
		return true
	case py.Tuple:
		d.printf("t")
		return d.sequence(v, depth+1, inSet)
	case *py.List:
		d.printf("l")
		return d.sequence(v.Items, depth+1, inSet)
	case *py.Dict:
		d.printf("d")
		return d.sequence(v.Pairs(), depth+1, inSet)
	case *py.Set:
		d.printf("S%d ", v.Len())
		return inSet || d.set(v.Items(), depth)
	case *py.FrozenSet:
		d.printf("Z%d ", v.Len())
		return inSet || d.set(v.Items(), depth)
	case *py.Object:
		return d.object(v, depth, inSet)
	}
	d.printf("?%T", v)
	return true
}

type tupleIdentity struct {
	first unsafe.Pointer
	n     int
}

func bit(b bool) int {
	if b {
		return 1
	}
	return 0
}

// set describes each item alone.
func (d *judgeDescriber) set(items []any, depth int) bool {
	var texts []string
	for _, item := range items {
		one := &judgeDescriber{kwargs: d.kwargs, left: d.left, seen: make(map[any]int)}
		if !one.value(item, depth+1, true) {
			return false
		}
		d.left = one.left
		texts = append(texts, string(one.out))
	}
	slices.Sort(texts)
	d.out = append(d.out, strings.Join(texts, "")...)
	return true
}

func (d *judgeDescriber) global(g py.Global) {
	d.printf("g%d:%s%d:%s", len(g.Module), g.Module, len(g.Name), g.Name)
}

// changedName describes a class that was changed, or one that a persistent id names.
func (d *judgeDescriber) changedName(o *py.Object, depth int, inSet bool) bool {
	g, ok := o.Class.(py.Global)
	if !ok {
		d.printf("?name")
		return true
	}
	d.global(g)
	if _, again := d.seen[o]; again || len(changes(o)) == 0 {
		return true
	}
	d.seen[o] = -1
	return d.ops(o, depth, inSet)
}

func (d *judgeDescriber) object(o *py.Object, depth int, inSet bool) bool {
	d.printf("o")
	args, ok := o.Args.(py.Tuple)
	var kwargs []any
	if !d.kwargs {
	} else if k, isDict := o.Kwargs.(*py.Dict); isDict {
		kwargs = k.Pairs()
	} else if o.Kwargs != nil {
		ok = false
	}
	if !ok {
		d.printf("?args")
		return true
	}
	return d.value(o.Class, depth+1, inSet) && d.sequence(args, depth+1, inSet) &&
		d.sequence(kwargs, depth+1, inSet) && d.ops(o, depth, inSet)
}

func (d *judgeDescriber) ops(o *py.Object, depth int, inSet bool) bool {
	for _, op := range changes(o) {
		d.printf("%c", "?BAIS"[op.Kind])
		if !d.sequence(op.Items, depth+1, inSet) {
			return false
		}
	}
	d.printf(";")
	return true
}

// changes are the ops that the object itself sees: it does not see a call with it as an
// argument.
func changes(o *py.Object) []py.Op {
	var ops []py.Op
	for _, op := range o.Ops {
		switch n := len(ops); {
		case op.Kind == py.OpCall:
		case n > 0 && op.Kind != py.OpBuild && ops[n-1].Kind == op.Kind:
			ops[n-1].Items = append(slices.Clip(ops[n-1].Items), op.Items...)
		default:
			ops = append(ops, op)
		}
	}
	return ops
}

// A mutator makes inputs of real pickles.
type mutator struct {
	seeds [][]byte
	cuts  [][]int // of each seed, where its instructions begin and end
}

// newMutator takes seeds from both corpora, or from the repository's selection of them.
func newMutator(t *testing.T) *mutator {
	m := new(mutator)
	add := func(data []byte) {
		if len(data) == 0 || len(data) > 8192 {
			return
		}
		cuts := []int{0}
		for i, err := range pickletools.Instructions(data) {
			if err != nil {
				break
			}
			cuts = append(cuts, int(i.End))
		}
		m.seeds, m.cuts = append(m.seeds, data), append(m.cuts, cuts)
	}
	entries := func(file string) {
		for e, err := range corpus.Entries[corpus.Entry](file) {
			if err != nil {
				t.Fatal(err)
			}
			add(e.Data)
		}
	}
	if files := wholeCorpus(t, "PICKLE_CORPUS_CPYTHON", "cpython", "*.jsonl.gz"); files != nil {
		for _, f := range files {
			entries(f)
		}
	} else {
		entries(filepath.Join("testdata", "cpython.jsonl.gz"))
	}
	if len(wholeCorpus(t, "PICKLE_CORPUS_ECOSYSTEM", "ecosystem", "manifest.jsonl")) > 0 {
		files, err := corpus.Files(corpus.Folder(t, "PICKLE_CORPUS_ECOSYSTEM", "ecosystem"))
		if err != nil {
			t.Fatal(err)
		}
		for i := range files {
			if data, err := files[i].Data(); err == nil && strings.HasPrefix(files[i].Kind, "pickle") {
				add(data)
			}
		}
	} else {
		for f, err := range corpus.Entries[corpus.File](filepath.Join("testdata", "ecosystem.jsonl.gz")) {
			if err != nil {
				t.Fatal(err)
			}
			add(f.Bytes)
		}
	}
	return m
}

// wholeCorpus lists files of a corpus if it is there, which it need not be.
func wholeCorpus(t *testing.T, variable, name, pattern string) []string {
	dir := os.Getenv(variable)
	if dir == "" {
		dir = filepath.Join(corpus.Root(), "..", "shared", "corpus", name)
	}
	files, err := filepath.Glob(filepath.Join(dir, pattern))
	if err != nil {
		t.Fatal(err)
	}
	if len(files) == 0 && os.Getenv("REQUIRE_CORPUS") == "1" {
		t.Fatalf("no %s in %s", pattern, dir)
	}
	return files
}

// input is the n-th of a seed: always the same one.
func (m *mutator) input(seed, n uint64) []byte {
	r := rand.New(rand.NewPCG(seed, n))
	at := r.IntN(len(m.seeds))
	data := slices.Clone(m.seeds[at])
	cuts := m.cuts[at]
	flags := byte(r.IntN(8))
	if r.IntN(8) == 0 {
		flags |= 8
	}
	if len(cuts) > 2 && r.IntN(3) > 0 {
		data = m.instructions(r, data, cuts)
	}
	if r.IntN(3) == 0 || r.IntN(50) == 0 {
		data = m.bytes(r, data)
	}
	return append([]byte{flags}, data[:min(len(data), 16<<10)]...)
}

// numbers are those at which something changes.
var numbers = []uint64{0, 1, 2, 3, 4, 5, 127, 128, 254, 255, 256, 257, 999, 1000, 65535, 65536, 1 << 20, 1<<31 - 1, 1 << 31, 1<<32 - 1, 1 << 32, 1<<62 + 1, 1<<63 - 1, 1 << 63, 1<<64 - 1}

// likely takes small numbers more often.
func likely(r *rand.Rand) uint64 {
	if r.IntN(3) > 0 {
		return uint64(r.IntN(6))
	}
	return numbers[r.IntN(len(numbers))]
}

// anInstruction makes an instruction with an argument that may be right.
func anInstruction(r *rand.Rand) []byte {
	all := slices.Collect(opcode.All())
	op := all[r.IntN(len(all))]
	b := []byte{byte(op)}
	payload := []string{"", "a", "x\n", "\xff\xfe", "\xc3\xa9", "\xed\xa0\x80", "abc", "\\u0041", "\x00"}[r.IntN(9)]
	line := []string{"", "0", "1", "00", "01", "-1", "12", "0x1F", " 7", "1_0", "1L", "0L", "-5L", "1.5", "nan", "inf", "1e999", "-0.0", "'a'", "\"\\x41\"", "'a", "m", "\xff", "\\u0041\\", "99999999999999999999", "0b1", "0o7", "007", "+3", "1\x00", "\x00", "1 ", ".5", "5."}
	n := uint64(len(payload))
	if r.IntN(8) == 0 {
		n = likely(r)
	}
	switch a := op.Arg(); {
	case op == opcode.Global || op == opcode.Inst:
		return append(b, []string{"m\nC\n", "\n\n", "a.b\nC.D\n", "m\xff\nC\n", "copyreg\n_reconstructor\n", "builtins\nset\n"}[r.IntN(6)]...)
	case op == opcode.Frame:
		return binary.LittleEndian.AppendUint64(b, likely(r))
	case op == opcode.Long1 || op == opcode.ShortBinString || op == opcode.ShortBinBytes || op == opcode.ShortBinUnicode:
		return append(append(b, byte(n)), payload...)
	case op == opcode.BinString || op == opcode.BinBytes || op == opcode.BinUnicode || op == opcode.Long4:
		return append(binary.LittleEndian.AppendUint32(b, uint32(n)), payload...)
	case op == opcode.BinBytes8 || op == opcode.BinUnicode8 || op == opcode.ByteArray8:
		return append(binary.LittleEndian.AppendUint64(b, n), payload...)
	case op == opcode.BinFloat:
		return binary.BigEndian.AppendUint64(b, []uint64{0, 1 << 63, 0x3ff0000000000000, 0x7ff0000000000000, 0x7ff8000000000001, r.Uint64()}[r.IntN(6)])
	case a.Size() > 0:
		return append(b, binary.LittleEndian.AppendUint64(nil, likely(r))[:a.Size()]...)
	case a.Size() == 0:
		return b
	}
	return append(append(b, line[r.IntN(len(line))]...), '\n')
}

// instructions changes some instructions: each is dropped, said twice, put elsewhere, given
// another argument, or replaced by others.
func (m *mutator) instructions(r *rand.Rand, data []byte, cuts []int) []byte {
	var list [][]byte
	for i := 1; i < len(cuts); i++ {
		list = append(list, data[cuts[i-1]:cuts[i]])
	}
	tail := data[cuts[len(cuts)-1]:]
	for range 1 + r.IntN(1+r.IntN(5)) {
		at := r.IntN(len(list))
		if r.IntN(2) == 0 { // near the end more of what is built is there
			at = len(list) - 1 - r.IntN(min(len(list), 10))
		}
		switch r.IntN(9) {
		case 0:
			if len(list) > 1 {
				list = slices.Delete(list, at, at+1)
			}
		case 1:
			list = slices.Insert(list, at, list[r.IntN(len(list))])
		case 2:
			j := r.IntN(len(list))
			list[at], list[j] = list[j], list[at]
		case 3, 4:
			list = slices.Insert(list, at, anInstruction(r))
		case 5:
			list[at] = anInstruction(r)
		case 6: // part of another pickle
			o := r.IntN(len(m.seeds))
			if c := m.cuts[o]; len(c) > 2 {
				from := r.IntN(len(c) - 1)
				to := min(len(c)-1, from+1+r.IntN(8))
				list = slices.Insert(list, at, m.seeds[o][c[from]:c[to]])
			}
		case 7: // another argument
			if b := slices.Clone(list[at]); len(b) > 1 {
				b[1+r.IntN(min(8, len(b)-1))] = byte(likely(r))
				list[at] = b
			}
		case 8: // an opcode of the same form
			b := slices.Clone(list[at])
			const alike = "NN)]}\x88\x89\x8f(012tlda\x85\x86\x87esu\x90\x91RboQ\x81\x92\x93\x94\x97\x98"
			if strings.IndexByte(alike, b[0]) >= 0 {
				b[0] = alike[r.IntN(len(alike))]
			}
			list[at] = b
		}
	}
	return append(slices.Concat(list...), tail...)
}

// bytes changes some bytes.
func (m *mutator) bytes(r *rand.Rand, data []byte) []byte {
	for range 1 + r.IntN(3) {
		if len(data) == 0 {
			return data
		}
		at := r.IntN(len(data))
		switch r.IntN(6) {
		case 0:
			data[at] ^= 1 << r.IntN(8)
		case 1:
			data[at] = byte(r.Uint32())
		case 2:
			data = slices.Delete(data, at, min(len(data), at+1+r.IntN(4)))
		case 3:
			data = slices.Insert(data, at, byte(r.Uint32()))
		case 4:
			data = data[:at]
		case 5:
			to := min(len(data), at+1+r.IntN(20))
			data = slices.Insert(data, r.IntN(len(data)), slices.Clone(data[at:to])...)
		}
	}
	return data
}
