package pickle_test

import (
	"errors"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/go-pickle/pickle"
	"github.com/go-pickle/pickle/py"
)

// TestPlain loads into plain Go: whole values, and the parts of typed ones that are any.
func TestPlain(t *testing.T) {
	at := time.Date(2026, 11, 24, 3, 0, 0, 0, time.UTC)
	data := marshal(t, pickle.EncodeOptions{}, py.NewList(py.NewDict("a", py.Tuple{1, py.Bytes("b")}, "when", at)))
	o := pickle.DecodeOptions{Plain: true}
	want := map[string]any{"a": []any{int64(1), []byte("b")}, "when": at}
	if got := unmarshal(t, o, data); !reflect.DeepEqual(got, []any{want}) {
		t.Errorf("%#v", got)
	}
	var typed []map[string]any
	if err := o.Unmarshal(data, &typed); err != nil || !reflect.DeepEqual(typed, []map[string]any{want}) {
		t.Errorf("%#v, %v", typed, err)
	}

	data = marshal(t, pickle.EncodeOptions{}, py.NewDict("x", py.NewList(py.Global{Module: "os", Name: "system"})))
	var v any
	var pe *py.PlainError
	if err := o.Unmarshal(data, &v); !errors.As(err, &pe) || pe.Path != `$["x"][0]` {
		t.Errorf("%v", err)
	}
	var m map[string]any
	if err := o.Unmarshal(data, &m); err == nil || !strings.Contains(err.Error(), `x`) {
		t.Errorf("%v", err)
	}
}

// TestPlainBomb has a value that is shared by many anys.
func TestPlainBomb(t *testing.T) {
	big := py.NewList()
	for range 100_000 {
		big.Items = append(big.Items, true)
	}
	all := py.NewList()
	for range 100_000 {
		all.Items = append(all.Items, py.NewList(big))
	}
	data := marshal(t, pickle.EncodeOptions{}, all)
	var v []any
	var de *pickle.DecodeError
	if err := (pickle.DecodeOptions{Plain: true}).Unmarshal(data, &v); !errors.As(err, &de) {
		t.Errorf("%v", err)
	}
}
