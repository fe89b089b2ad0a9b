// Package expected compares loaded values with the language-neutral descriptions that the
// ecosystem corpus has of them (its README.md says what a description holds). Tests alone
// import it.
package expected

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"math"
	"math/big"
	"reflect"
	"strings"
	"unicode/utf8"
	"unsafe"

	"github.com/go-pickle/pickle/py"
)

// A Node is a description: t says what it is of. Describe gives more than a description in
// the corpus has, where that may be in several forms, such as a hash in place of a text.
type Node = map[string]any

// Describe describes v. Numbers are [json.Number], items are []any, pairs []any of []any.
func Describe(v any) any {
	d := &describer{}
	return d.value(v)
}

// Check compares v, which was loaded from a pickle of that protocol, with a description; the
// error says where they differ. Protocols below 4 don't keep a datetime's fold, so there it
// is not compared. Those below 3 don't keep the subclass of an OSError: Python makes it of
// the error number, which means another thing on another platform.
func Check(v any, description []byte, protocol int) error {
	var want any
	dec := json.NewDecoder(strings.NewReader(string(description)))
	dec.UseNumber()
	if err := dec.Decode(&want); err != nil {
		return err
	}
	return matcher{noFold: protocol < 4, osErrors: protocol < 3}.match("$", Describe(v), want)
}

// describers know the types that are not of package py.
var describers = map[reflect.Type]func(d *describer, v any) Node{}

// register adds a describer of a type. Nested values are described by d.value.
func register(t reflect.Type, f func(d *describer, v any) Node) { describers[t] = f }

// A describer knows what it is inside of, to find cycles.
type describer struct{ open []any }

func (d *describer) value(v any) any {
	id := identity(v)
	if id != nil {
		for i, o := range d.open {
			if o == id {
				return Node{"t": "cycle", "up": number(len(d.open) - i)}
			}
		}
	}
	d.open = append(d.open, id)
	defer func() { d.open = d.open[:len(d.open)-1] }()
	if f := describers[reflect.TypeOf(v)]; f != nil {
		return f(d, v)
	}
	switch v := v.(type) {
	case nil:
		return Node{"t": "None"}
	case bool:
		return Node{"t": "bool", "v": v}
	case int64:
		return integer(big.NewInt(v))
	case *big.Int:
		return integer(v)
	case float64:
		return Node{"t": "float", "v": py.Repr(v), "bits": fmt.Sprintf("%016x", math.Float64bits(v))}
	case complex128:
		return Node{"t": "complex", "real": d.value(real(v)), "imag": d.value(imag(v))}
	case string:
		return text(v)
	case py.Bytes:
		return data("bytes", string(v))
	case *py.ByteArray:
		return data("bytearray", string(v.Bytes))
	case *py.Buffer:
		if v.ReadOnly {
			return data("bytes", string(v.Data))
		}
		return data("bytearray", string(v.Data))
	case py.Tuple:
		return Node{"t": "tuple", "items": d.values(v)}
	case *py.List:
		return Node{"t": "list", "items": d.values(v.Items)}
	case *py.Set:
		return Node{"t": "set", "items": d.values(v.Items())}
	case *py.FrozenSet:
		return Node{"t": "frozenset", "items": d.values(v.Items())}
	case *py.Dict:
		return Node{"t": "dict", "items": d.pairs(v)}
	case py.Global:
		return Node{"t": "global", "name": v.Module + "." + v.Name}
	case *py.PersistentRef:
		return Node{"t": "persid", "id": d.value(v.ID)}
	case *py.Object:
		return d.object(v)
	}
	return Node{"t": fmt.Sprintf("Go's %T", v)}
}

func identity(v any) any {
	switch v := v.(type) {
	case py.Tuple:
		if len(v) == 0 {
			return nil
		}
		return [2]any{unsafe.SliceData(v), len(v)}
	}
	if r := reflect.ValueOf(v); r.Kind() == reflect.Pointer && !r.IsNil() {
		return v
	}
	return nil
}

func (d *describer) values(items []any) []any {
	out := make([]any, len(items))
	for i, v := range items {
		out[i] = d.value(v)
	}
	return out
}

// pairs are the keys and values of a dict.
func (d *describer) pairs(m *py.Dict) []any {
	out := make([]any, 0, m.Len())
	for k, v := range m.All() {
		out = append(out, []any{d.value(k), d.value(v)})
	}
	return out
}

// state are the names and values of attributes.
func (d *describer) state(m *py.Dict) []any {
	out := []any{}
	for k, v := range m.All() {
		name, ok := k.(string)
		if b, isBytes := k.(py.Bytes); isBytes {
			name, ok = string(b), true
		}
		if !ok {
			name = py.Repr(k)
		}
		out = append(out, []any{name, d.value(v)})
	}
	return out
}

func number(i int) json.Number { return json.Number(fmt.Sprint(i)) }

func integer(i *big.Int) Node {
	n := Node{"t": "int", "hex": fmt.Sprintf("%#x", i)}
	if i.BitLen() <= 20000 {
		n["v"] = i.String()
	}
	return n
}

// text is a str; what follows t is whatever the description may have of it.
func text(s string) Node {
	n := Node{"t": "str", "utf8_surrogatepass_hex": hex.EncodeToString([]byte(s)), "surrogates": !utf8.ValidString(s)}
	if utf8.ValidString(s) {
		runes := []rune(s)
		n["v"], n["len"], n["head"], n["sha256"] = s, number(len(runes)), string(runes[:min(40, len(runes))]), sum(s)
	}
	if b, ok := latin1(s); ok {
		n["py2str"] = data("py2str", string(b))
	}
	return n
}

// latin1 are the bytes of Python 2's str that was decoded as latin-1.
func latin1(s string) ([]byte, bool) {
	var out []byte
	for _, r := range s {
		if r > 0xff {
			return nil, false
		}
		out = append(out, byte(r))
	}
	return out, true
}

func data(t, b string) Node {
	return Node{"t": t, "len": number(len(b)), "sha256": sum(b), "hex": hex.EncodeToString([]byte(b)),
		"head": hex.EncodeToString([]byte(b[:min(32, len(b))])), "latin1": latin1Text(b)}
}

// latin1Text is the text that the bytes are in latin-1.
func latin1Text(b string) string {
	runes := make([]rune, len(b))
	for i := range b {
		runes[i] = rune(b[i])
	}
	return string(runes)
}

func sum(s string) string {
	h := sha256.Sum256([]byte(s))
	return hex.EncodeToString(h[:])
}
