package pickletools_test

import (
	"bufio"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"math/big"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"

	"github.com/go-pickle/pickle/internal/textcodec"
	"github.com/go-pickle/pickle/opcode"
	"github.com/go-pickle/pickle/pickletools"
)

// A question is a call of a function of pickletools, here and in Python. It is also a
// request to testdata/judge.py.
type question struct {
	Call        string   `json:"call"` // dis, genops, optimize
	Data        []byte   `json:"data"`
	Annotate    int      `json:"annotate,omitempty"`
	IndentLevel *int     `json:"indentlevel,omitempty"`
	Before      [][]byte `json:"before,omitempty"` // dis: pickles that share the memo
}

// An answer is what came of it: the text that dis printed, a line for each instruction,
// or the optimized pickle in base64; and the exception.
type answer struct {
	Out     string `json:"out"`
	Kind    string `json:"kind,omitempty"`
	Message string `json:"message,omitempty"`
}

// ask answers q with this package.
func ask(q question) answer {
	var out strings.Builder
	var err error
	switch q.Call {
	case "dis":
		opts := pickletools.DisassembleOptions{Annotate: q.Annotate, Memo: new(pickletools.Memo), MaxIndentBytes: -1}
		for _, b := range q.Before {
			if _, err := pickletools.Disassemble(new(strings.Builder), b, opts); err != nil {
				return failed(out.String(), err)
			}
		}
		if q.IndentLevel != nil {
			if opts.IndentLevel = *q.IndentLevel; opts.IndentLevel == 0 {
				opts.IndentLevel = -1 // 0 is Python's way to say none, here it is the default
			}
		}
		_, err = pickletools.Disassemble(&out, q.Data, opts)
	case "genops":
		for i, e := range pickletools.Instructions(q.Data) {
			if err = e; err == nil {
				class, repr := reprArg(i)
				fmt.Fprintf(&out, "%d %v %s %s\n", i.Offset, i.Op, class, repr)
			}
		}
	case "optimize":
		var b []byte
		b, err = pickletools.Optimize(q.Data)
		out.WriteString(base64.StdEncoding.EncodeToString(b))
	}
	return failed(out.String(), err)
}

func failed(out string, err error) answer {
	a := answer{Out: out}
	if err != nil {
		var e *pickletools.Error
		if errors.As(err, &e) {
			a.Kind, a.Message = e.Kind, e.Message
		} else {
			a.Kind, a.Message = "not an Error", err.Error()
		}
	}
	return a
}

// reprArg returns the type that an argument has in Python, and its repr.
func reprArg(i pickletools.Instruction) (class, repr string) {
	switch a := i.Arg.(type) {
	case nil:
		return "NoneType", "None"
	case int64:
		return "int", strconv.FormatInt(a, 10)
	case *big.Int:
		repr := a.String()
		if len(strings.TrimPrefix(repr, "-")) > 4300 {
			repr = "?"
		}
		return "int", repr
	case bool:
		if a {
			return "bool", "True"
		}
		return "bool", "False"
	case float64:
		return "float", string(textcodec.AppendFloat(nil, a))
	case string:
		return "str", string(textcodec.AppendReprStr(nil, a))
	case []byte:
		b := string(textcodec.AppendReprBytes(nil, a))
		if i.Op == opcode.ByteArray8 {
			if b[1] == '"' {
				b = strings.ReplaceAll(b, "'", `\'`)
			}
			return "bytearray", "bytearray(" + b + ")"
		}
		return "bytes", b
	}
	return "?", fmt.Sprintf("%T", i.Arg)
}

// A judge is a running python3 with testdata/judge.py.
type judge struct {
	version string
	in      *bufio.Writer
	out     *bufio.Reader
}

// otherVersions has the words in which other versions of CPython differ from 3.11, as
// far as the tests meet them, and 3.11's words. 3.12 has none.
var otherVersions = strings.NewReplacer(
	"Exceeds the limit (4300) ", "Exceeds the limit (4300 digits) ", // to 3.10
	"using four-byte length.", "using found-byte length.", // from 3.13
)

// python3 returns the path of python3. Without one the test is skipped, or fails if
// REQUIRE_PYTHON=1.
func python3(t *testing.T) string {
	t.Helper()
	exe, err := exec.LookPath("python3")
	if err != nil {
		if os.Getenv("REQUIRE_PYTHON") == "1" {
			t.Fatal("REQUIRE_PYTHON=1, but there is no python3: ", err)
		}
		t.Skip("there is no python3 to compare with: ", err)
	}
	return exe
}

// newJudge starts python3.
func newJudge(t *testing.T) *judge {
	t.Helper()
	exe := python3(t)
	cmd := exec.Command(exe, "testdata/judge.py")
	cmd.Stderr = os.Stderr
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		in.Close()
		if err := cmd.Wait(); err != nil {
			t.Error("python3:", err)
		}
	})
	j := &judge{in: bufio.NewWriter(in), out: bufio.NewReader(out)}
	line, err := j.out.ReadString('\n')
	if err != nil {
		t.Fatal("python3 testdata/judge.py:", err)
	}
	j.version = strings.TrimSpace(line)
	return j
}

// ask answers qs with Python.
func (j *judge) ask(t *testing.T, qs ...question) []answer {
	t.Helper()
	b, err := json.Marshal(qs)
	if err != nil {
		t.Fatal(err)
	}
	j.in.Write(b)
	j.in.WriteByte('\n')
	if err := j.in.Flush(); err != nil {
		t.Fatal("python3:", err)
	}
	line, err := j.out.ReadBytes('\n')
	if err != nil {
		t.Fatal("python3:", err)
	}
	var a []answer
	if err := json.Unmarshal(line, &a); err != nil {
		t.Fatal(err)
	}
	if len(a) != len(qs) {
		t.Fatalf("python3: %d answers to %d questions", len(a), len(qs))
	}
	for i := range a {
		a[i].Out = otherVersions.Replace(a[i].Out)
		a[i].Message = otherVersions.Replace(a[i].Message)
	}
	return a
}

// compare reports where got differs from want, shortly.
func compare(t *testing.T, name string, q question, got, want answer) bool {
	t.Helper()
	if got == want {
		return true
	}
	if got.Kind != want.Kind || got.Message != want.Message {
		t.Errorf("%s: %s of %.200q:\n got %s: %.300s\nwant %s: %.300s", name, q.Call, q.Data, got.Kind, got.Message, want.Kind, want.Message)
	}
	if got.Out != want.Out {
		i := 0
		for i < len(got.Out) && i < len(want.Out) && got.Out[i] == want.Out[i] {
			i++
		}
		from := max(i-100, 0)
		t.Errorf("%s: %s of %.200q: differs at byte %d:\n got %.300q\nwant %.300q", name, q.Call, q.Data, i, got.Out[from:], want.Out[from:])
	}
	return false
}
