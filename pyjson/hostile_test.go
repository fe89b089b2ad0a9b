package pyjson_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/go-pickle/pickle/py"
	"github.com/go-pickle/pickle/pyjson"
)

// within fails if f takes longer than a machine under load needs for work that is linear.
func within(t *testing.T, d time.Duration, f func()) {
	t.Helper()
	start := time.Now()
	f()
	if took := time.Since(start); took > d {
		t.Errorf("took %v, more than %v", took, d)
	}
}

// TestDepth goes ten million levels deep with PICKLE_STRESS=1, which takes some 20 seconds
// and 4 GiB.
func TestDepth(t *testing.T) {
	n := 1_000_000
	if os.Getenv("PICKLE_STRESS") == "1" {
		n = 10_000_000
	} else if testing.Short() {
		n = 100_000
	}
	text := strings.Repeat("[", n) + strings.Repeat("]", n)
	v, err := pyjson.Unmarshal([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	out, err := pyjson.Marshal(v)
	if err != nil || string(out) != text {
		t.Errorf("%d bytes, %v", len(out), err)
	}
	out, err = pyjson.Plain(v)
	if err != nil || string(out) != text {
		t.Errorf("plain: %d bytes, %v", len(out), err)
	}
}

func TestDeepTags(t *testing.T) {
	const n = 200_000
	for _, row := range [][3]string{
		{`{"a":`, `1`, `}`},
		{`{"$tuple":[`, `1`, `]}`},
		{`{"$set":[{"$tuple":[`, `1`, `]}]}`},
		{`{"$frozenset":[`, `1`, `]}`},
		{`{"$dict":[[1,`, `1`, `]]}`},
		{`{"$persistent":`, `1`, `}`},
		{`{"$object":{"how":"reduce","class":`, `1`, `}}`},
		{`{"$object":{"how":"reduce","ops":[["append",`, `1`, `]]}}`},
		{`{"$object":{"how":"reduce","twins":[[1,`, `1`, `]]}}`},
		{`[`, ``, ``},
		{`{"a":`, `x`, ``},
		{`{"$tuple":[`, `{"$set":[[]]}`, `]}`},
	} {
		v, err := pyjson.Unmarshal([]byte(strings.Repeat(row[0], n) + row[1] + strings.Repeat(row[2], n)))
		if err != nil {
			if len(err.Error()) > 2000 {
				t.Errorf("%s: an error of %d bytes", row[0], len(err.Error()))
			}
			continue
		}
		if _, err := pyjson.Marshal(v); err != nil {
			t.Errorf("%s: %v", row[0], err)
		}
	}
	var defs strings.Builder
	for i := range n {
		fmt.Fprintf(&defs, `{"$def":%d,"value":`, n-i)
	}
	if v, err := pyjson.Unmarshal([]byte(defs.String() + "[]" + strings.Repeat("}", n))); err != nil || py.Repr(v) != "[]" {
		t.Error(err)
	}
}

// A text that refers to one thing again and again must not take time for what it holds.
func TestShared(t *testing.T) {
	const n = 100_000
	refs := strings.Repeat(`,{"$ref":1}`, n)
	big := `{"$def":1,"value":{"$tuple":[` + strings.Repeat("0,", n) + `0]}}`
	long := `{"$def":1,"value":"` + strings.Repeat("x", n) + `"}`
	within(t, 20*time.Second, func() {
		for _, text := range []string{
			`[` + big + refs + `]`,
			`[` + long + refs + `]`,
			`[` + big + strings.Repeat(`,{"$dict":[[{"$ref":1},0]]}`, n) + `]`,
			`[` + big + strings.Repeat(`,{"$frozenset":[{"$ref":1}]}`, n) + `]`,
			`[` + long + strings.Repeat(`,{"$set":[{"$ref":1}]}`, n) + `]`,
			`[` + long + strings.Repeat(`,{"$dict":[[{"$ref":1},0]]}`, n) + `]`,
			`[` + long + strings.Repeat(`,{"$global":[{"$ref":1},{"$ref":1}]}`, n) + `]`,
		} {
			v, err := pyjson.Unmarshal([]byte(text))
			if err != nil {
				t.Fatalf("%.40s: %v", text, err)
			}
			out, err := pyjson.Marshal(v)
			if err != nil || len(out) > 2*len(text) {
				t.Errorf("%.40s: %d bytes for %d, %v", text, len(out), len(text), err)
			}
			if err := (pyjson.Options{Plain: true}).Write(io.Discard, v); err != nil && !errors.Is(err, py.ErrTooShared) {
				t.Errorf("%.40s: plain: %v", text, err)
			}
		}
	})
}

// TestLaughs has lists of two references to one list of the like.
func TestLaughs(t *testing.T) {
	wraps := map[string]func(x any) any{
		"list":   func(x any) any { return py.NewList(x, x) },
		"dict":   func(x any) any { return py.NewDict("a", x, "b", x) },
		"object": func(x any) any { return py.NewObject(global("m", "C"), py.NewDict("a", x, "b", x)) },
		"key":    func(x any) any { return py.Tuple{x, x} },
	}
	for name, wrap := range wraps {
		var v any = py.Tuple{}
		for range 200 {
			v = wrap(v)
		}
		if name == "key" {
			v = py.NewDict(v, 1)
		}
		text, err := pyjson.Marshal(v)
		if err != nil || len(text) > 50_000 {
			t.Errorf("%s: %d bytes, %v", name, len(text), err)
		}
		err = pyjson.Options{Plain: true}.Write(io.Discard, v)
		if name != "key" && !errors.Is(err, py.ErrTooShared) {
			t.Errorf("%s: plain: %v", name, err)
		}
	}
	// A state that objects share is part of each.
	state := new(py.Dict)
	for i := range 10_000 {
		_ = state.Set(fmt.Sprint("attribute", i), nil)
	}
	l := py.NewList()
	for range 10_000 {
		l.Append(py.NewObject(global("m", "C"), state))
	}
	if err := (pyjson.Options{Plain: true}).Write(io.Discard, l); !errors.Is(err, py.ErrTooShared) {
		t.Errorf("shared state: %v", err)
	}
	few := py.NewList(1, 2)
	if _, err := (pyjson.Options{Plain: true, MaxShared: 100}).Marshal(py.NewList(few, few, few)); err != nil {
		t.Error(err)
	}
	if out, err := (pyjson.Options{Plain: true, MaxShared: -1}).Marshal(wraps["list"](wraps["list"](few))); err != nil || len(out) < 20 {
		t.Error(err)
	}
}

func TestHugeInts(t *testing.T) {
	within(t, 20*time.Second, func() {
		text := []byte(`{"$int":"-0x1` + strings.Repeat("f", 10_000_000) + `"}`)
		v, err := pyjson.Unmarshal(text)
		if err != nil {
			t.Fatal(err)
		}
		out, err := pyjson.Marshal(v)
		if err != nil || !bytes.Equal(out, text) {
			t.Errorf("%d bytes, %v", len(out), err)
		}
	})
}
