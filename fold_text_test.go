package pickle_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/go-pickle/pickle"
	"github.com/go-pickle/pickle/py"
)

// TestEncodedText loads calls of _codecs.encode whose text is nobody else's, some of which are
// bytes and some are not: those keep the text.
func TestEncodedText(t *testing.T) {
	long := strings.Repeat("abcd\u00e9", 20)
	beyond := strings.Repeat("abcd\u0101", 20)
	call := func(text, codec string, after string) string {
		u := func(s string) string { return fmt.Sprintf("X%c\x00\x00\x00%s", len(s), s) }
		return "c_codecs\nencode\n(" + u(text) + u(codec) + "tR" + after
	}
	latin := strings.ReplaceAll(long, "\u00e9", "\xe9")
	object := func(text, codec string, ops ...py.Op) any {
		return &py.Object{How: py.ByReduce, Class: py.Global{Module: "_codecs", Name: "encode"}, Args: py.Tuple{text, codec}, Ops: ops}
	}
	for _, row := range []struct {
		pickle string
		want   any
	}{
		{call(long, "latin1", "."), py.Bytes(latin)},
		{call(beyond, "latin1", "."), object(beyond, "latin1")},
		{call(long, "utf-8", "."), object(long, "utf-8")},
		{call(long, "latin1", "}b."), object(long, "latin1", py.Op{Kind: py.OpBuild, Items: []any{py.NewDict()}})},
		{"(" + call(long, "latin1", "") + call(beyond, "latin1", "") + "t.", py.Tuple{py.Bytes(latin), object(beyond, "latin1")}},
		{"(" + call(long, "latin1", "") + "X\x04\x00\x00\x00textt.", py.Tuple{py.Bytes(latin), "text"}},
	} {
		data := "\x80\x02" + row.pickle
		for name, load := range map[string]func(dst any) error{
			"bytes":  func(dst any) error { return pickle.Unmarshal([]byte(data), dst) },
			"reader": func(dst any) error { return pickle.NewDecoder(strings.NewReader(data)).Decode(dst) },
			"memo": func(dst any) error {
				return pickle.DecodeOptions{KeepMemo: true}.NewDecoder(strings.NewReader(data)).Decode(dst)
			},
		} {
			var got any
			if err := load(&got); err != nil || !py.Equal(got, row.want) || py.Repr(got) != py.Repr(row.want) {
				t.Errorf("%q from %s: %s, %v, want %s", data, name, py.Repr(got), err, py.Repr(row.want))
			}
		}
	}
}
