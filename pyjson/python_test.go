package pyjson_test

import (
	"encoding/base64"
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/go-pickle/pickle"
	"github.com/go-pickle/pickle/py"
	"github.com/go-pickle/pickle/pyjson"
)

// judge prints for random data what pickle and json make of it.
const judge = `
import base64, json, pickle, random, struct
r = random.Random(7)
def leaf():
    return r.choice([
        lambda: None, lambda: r.random() < .5, lambda: r.randrange(-10, 10), lambda: r.getrandbits(r.randrange(1, 200)) - 2**60,
        lambda: struct.unpack('<d', r.randbytes(8))[0], lambda: r.randrange(-1000, 1000) / 8, lambda: float(r.randrange(0, 10**r.randrange(1, 25))),
        lambda: ''.join(r.choice('ab"\\/\n\x00\x1f\x7f\x80\xe9\u20ac\ud800\udfff\U0001f600 ') for _ in range(r.randrange(6))),
    ])()
def value(d):
    x = r.random()
    if d == 0 or x < .4:
        v = leaf()
        return None if isinstance(v, float) and (v != v or v in (float('inf'), -float('inf'))) else v
    items = [value(d - 1) for _ in range(r.randrange(5))]
    if x < .55: return items
    if x < .7: return tuple(items)
    return {leaf(): v for v in items}
for _ in range(3000):
    v = value(4)
    print(base64.b64encode(pickle.dumps(v, r.randrange(6))).decode(), json.dumps(v))
`

// TestPlainPython compares Plain with json.dumps, value by value and in the same order.
func TestPlainPython(t *testing.T) {
	python, err := exec.LookPath("python3")
	if err != nil {
		if os.Getenv("REQUIRE_PYTHON") == "1" {
			t.Fatal(err)
		}
		t.Skip("no python3")
	}
	out, err := exec.Command(python, "-c", judge).Output()
	if err != nil {
		t.Fatal(err)
	}
	// Both texts in one form: dicts keep equal names here, which Unmarshal refuses.
	form := func(text string) string {
		var b strings.Builder
		for rest := text; rest != ""; {
			at := strings.IndexByte(rest, '"')
			if at < 0 {
				b.WriteString(strings.ReplaceAll(rest, " ", ""))
				break
			}
			b.WriteString(strings.ReplaceAll(rest[:at], " ", ""))
			end := at + 1
			for rest[end] != '"' {
				if rest[end] == '\\' {
					end++
				}
				end++
			}
			v, err := pyjson.Unmarshal([]byte(rest[at : end+1]))
			if err != nil {
				t.Fatalf("%v in %s", err, text)
			}
			s, err := pyjson.Marshal(v)
			if err != nil {
				t.Fatal(err)
			}
			b.Write(s)
			rest = rest[end+1:]
		}
		return b.String()
	}
	n := 0
	for line := range strings.Lines(string(out)) {
		data, want, _ := strings.Cut(strings.TrimSuffix(line, "\n"), " ")
		p, err := base64.StdEncoding.DecodeString(data)
		if err != nil {
			t.Fatal(err)
		}
		var v any
		if err := (pickle.DecodeOptions{Registry: py.NewRegistry()}).Unmarshal(p, &v); err != nil {
			t.Fatal(err)
		}
		got, err := pyjson.Plain(v)
		if err != nil || form(string(got)) != form(want) {
			t.Errorf("%v\n got %s\nwant %s", err, got, want)
		}
		n++
	}
	if n != 3000 {
		t.Errorf("%d values", n)
	}
}
