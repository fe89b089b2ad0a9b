package pyjson_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"testing"

	"github.com/go-pickle/pickle"
	"github.com/go-pickle/pickle/py"
	"github.com/go-pickle/pickle/pyjson"
)

// FuzzUnmarshal reads any text. What can be read is written in one form, which reads back
// to the same form; and plain JSON of it is JSON.
func FuzzUnmarshal(f *testing.F) {
	for _, row := range forms() {
		f.Add([]byte(row.typed))
	}
	for _, row := range refused {
		f.Add([]byte(row.text))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		v, err := pyjson.Unmarshal(text)
		d := pyjson.NewDecoder(bytes.NewReader(text))
		first, err2 := d.Decode()
		if err != nil {
			var e *pyjson.Error
			if !errors.As(err, &e) || e.Offset < 0 || e.Offset > int64(len(text)) {
				t.Fatalf("%v", err)
			}
			return
		}
		if err2 != nil {
			t.Fatalf("Decoder: %v", err2)
		}
		if _, err := d.Decode(); err != io.EOF {
			t.Fatalf("Decoder at the end: %v", err)
		}
		one, err := pyjson.Marshal(v)
		if err != nil || !json.Valid(one) {
			t.Fatalf("%v in %s", err, one)
		}
		if other, _ := pyjson.Marshal(first); !bytes.Equal(one, other) {
			t.Fatalf("Decoder: %s\nnot %s", other, one)
		}
		back, err := pyjson.Unmarshal(one)
		if err != nil {
			t.Fatalf("%v in %s", err, one)
		}
		if two, err := pyjson.Marshal(back); err != nil || !bytes.Equal(one, two) {
			t.Fatalf("%v\n%s\n%s", err, one, two)
		}
		if plain, err := pyjson.Plain(v); err == nil && !json.Valid(plain) {
			t.Fatalf("plain: %s", plain)
		}
	})
}

// FuzzPickle loads any pickle. What can be dumped is dumped the same after JSON.
func FuzzPickle(f *testing.F) {
	for _, row := range forms() {
		for p := pickle.Protocol0; p <= pickle.Protocol5; p++ {
			v, err := py.From(row.v)
			if err != nil {
				f.Fatal(err)
			}
			if data, err := (pickle.EncodeOptions{Protocol: p}).Marshal(v); err == nil {
				f.Add(data, uint8(p))
			}
		}
	}
	f.Fuzz(func(t *testing.T, data []byte, p uint8) {
		var v any
		if err := (pickle.DecodeOptions{PersistentLoad: pickle.KeepPersistent, Registry: py.NewRegistry()}).Unmarshal(data, &v); err != nil {
			return
		}
		enc := pickle.EncodeOptions{Protocol: pickle.Protocol(p % 7)}
		want, wantErr := enc.Marshal(v)
		back, text, err := through(v, pyjson.Options{})
		if err != nil {
			t.Fatalf("%v: %s", err, text)
		}
		got, err := enc.Marshal(back)
		if (err == nil) != (wantErr == nil) || !bytes.Equal(got, want) {
			t.Fatalf("%v, %v\n got %q\nwant %q\n%s", err, wantErr, got, want, text)
		}
	})
}
