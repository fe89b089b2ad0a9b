package scan

import (
	"bytes"
	"compress/bzip2"
	"compress/gzip"
	"compress/zlib"
	"encoding/base64"
	"encoding/hex"
	"io"
	"strings"
	"unicode/utf8"

	"github.com/go-pickle/pickle/graph"
)

// Bounds of what is decoded to be looked into.
const (
	maxDecoded  = 16 << 20 // bytes of one piece
	allDecoded  = 64 << 20 // bytes of one scan
	maxDecoders = 8        // calls in each other
	maxLooked   = 16       // arguments of a call that is not safe
)

// argsPickle judges a call that unpickles its first argument.
func argsPickle(j *judge, c invocation, n *name) {
	data := j.arg(c, 0)
	b, ok := j.bytesOf(data, maxDecoders)
	if !ok {
		if n.verdict == Safe {
			j.find(Suspicious, RuleNested, c.Call, n, "it unpickles something that the pickle computes")
		}
		return
	}
	if v := j.inside(c.Call, data.Ref(), b); v > Safe {
		j.find(v, RuleNested, c.Call, n, "it unpickles bytes that are "+v.String())
	}
}

// argsDecode judges a call that decodes its arguments, which must be data, as must be what they
// are decoded from in turn.
func argsDecode(j *judge, c invocation, n *name) {
	if !c.known {
		j.badArgs(c, n, "its arguments are computed")
		return
	}
	for _, r := range c.refs {
		switch x := j.node(r); x.Kind() {
		case graph.Object:
			if of := j.maker(x); of == nil || of.verdict == Safe && of.args() != "decode" && of.args() != "encoding" {
				j.badArgs(c, n, "it decodes something that the pickle computes")
				return
			}
		case graph.Global, graph.Persistent:
			j.badArgs(c, n, "what it decodes is no data")
			return
		}
	}
}

// look looks for pickles in the arguments of a call that is not safe: what is inside belongs into
// a report.
func (j *judge) look(c graph.Call) {
	refs := invocationOf(c).refs
	for _, r := range refs[:min(len(refs), maxLooked)] {
		if !r.Inline() {
			if b, ok := j.bytesOf(j.node(r), maxDecoders); ok && len(b) > 3 && b[0] == 0x80 && b[1] <= 5 {
				j.inside(c, r, b)
			}
		}
	}
}

// inside judges the pickles in b, which the node r of an argument of c stands for.
func (j *judge) inside(c graph.Call, r graph.Ref, b []byte) Verdict {
	if v, ok := j.nested[r]; ok {
		return v
	}
	if j.nested == nil {
		j.nested = make(map[graph.Ref]Verdict)
	}
	worst, why := j.worst, j.why
	v := j.s.nested(b, j.number, j.base+c.Offset(), c)
	j.worst, j.why = worst, why
	j.nested[r] = v
	return v
}

// nested judges the pickles in b, which stand in another pickle that hands them to a loader at
// offset.
func (s *scanner) nested(b []byte, number int, offset int64, c graph.Call) Verdict {
	if s.depth >= s.maxDepth {
		s.add(Finding{Rule: RuleNested, Severity: Suspicious, Message: "there are more pickles in each other than are looked into",
			Pickle: number, Offset: offset, Op: c.Op()})
		return Suspicious
	}
	inner := newScanner(s.o)
	inner.torch = false
	inner.depth, inner.left = s.depth+1, s.left
	inner.run(b)
	s.left = inner.left
	for _, name := range inner.report.Globals {
		s.global(name)
	}
	for _, f := range inner.report.Findings {
		if f.Severity == Safe {
			continue
		}
		f.Message = "in the pickle inside: " + f.Message
		f.Pickle, f.Offset, f.Op = number, offset, c.Op()
		s.add(f)
	}
	s.verdict(inner.report.Verdict)
	return inner.report.Verdict
}

// bytesOf are the bytes that n stands for, if that can be told: what well known decoders make of
// constants included.
func (j *judge) bytesOf(n graph.Node, depth int) ([]byte, bool) {
	switch n.Kind() {
	case graph.Bytes, graph.ByteArray, graph.Buffer:
		b := n.Payload()
		return b, b != nil || n.Kind() != graph.Buffer
	case graph.Str:
		return latin1(n.Payload()), true
	case graph.Object:
	default:
		return nil, false
	}
	made := invocationOf(n.Made())
	of := j.callee(made.Func())
	if of == nil || depth == 0 {
		return nil, false
	}
	decode := decoders[of.module+"."+of.qualname]
	if decode == nil {
		return nil, false
	}
	b, ok := j.bytesOf(j.arg(made, 0), depth-1)
	if !ok || int64(len(b)) > j.s.left {
		return nil, false
	}
	encoding := ""
	if e := j.arg(made, 1); e.Kind() == graph.Str {
		encoding = strings.ToLower(e.Str())
	}
	out, ok := decode(b, encoding)
	j.s.left -= int64(len(b) + len(out))
	return out, ok
}

// latin1 gives the bytes of a str that stands for bytes, as Python 2's did; s itself if it does
// not.
func latin1(s []byte) []byte {
	ascii := true
	for _, c := range s {
		if c >= 0x80 {
			ascii = false
			break
		}
	}
	if ascii {
		return s
	}
	out := make([]byte, 0, len(s))
	for i := 0; i < len(s); {
		r, size := utf8.DecodeRune(s[i:])
		if r > 0xff {
			return s
		}
		out = append(out, byte(r))
		i += size
	}
	return out
}

// A decoder gives what a function makes of bytes; encoding is its second argument.
type decoder func(b []byte, encoding string) ([]byte, bool)

var decoders map[string]decoder

func init() {
	same := func(b []byte, _ string) ([]byte, bool) { return b, true }
	fromBase64 := func(b []byte, _ string) ([]byte, bool) { return decodeBase64(b) }
	fromHex := func(b []byte, _ string) ([]byte, bool) {
		out := make([]byte, hex.DecodedLen(len(b)))
		n, err := hex.Decode(out, bytes.TrimSpace(b))
		return out[:n], err == nil
	}
	unzlib := func(b []byte, _ string) ([]byte, bool) { return inflate(zlib.NewReader(bytes.NewReader(b))) }
	gunzip := func(b []byte, _ string) ([]byte, bool) { return inflate(gzip.NewReader(bytes.NewReader(b))) }
	bunzip := func(b []byte, _ string) ([]byte, bool) { return inflate(bzip2.NewReader(bytes.NewReader(b)), nil) }
	byName := func(b []byte, encoding string) ([]byte, bool) {
		switch strings.ReplaceAll(strings.TrimSuffix(encoding, "_codec"), "-", "_") {
		case "base64", "base_64":
			return decodeBase64(b)
		case "hex":
			return fromHex(b, "")
		case "zlib", "zip":
			return unzlib(b, "")
		case "bz2":
			return bunzip(b, "")
		case "rot13", "rot_13":
			return rot13(b), true
		}
		return b, textEncodings[encoding] || encoding == ""
	}
	decoders = map[string]decoder{
		"base64.b64decode": fromBase64, "base64.standard_b64decode": fromBase64, "base64.urlsafe_b64decode": fromBase64,
		"base64.decodebytes": fromBase64, "base64.decodestring": fromBase64, "binascii.a2b_base64": fromBase64,
		"binascii.unhexlify": fromHex, "binascii.a2b_hex": fromHex, "base64.b16decode": fromHex, "builtins.bytes.fromhex": fromHex,
		"builtins.bytearray.fromhex": fromHex,
		"zlib.decompress":            unzlib, "gzip.decompress": gunzip, "bz2.decompress": bunzip,
		"codecs.decode": byName, "_codecs.decode": byName, "codecs.encode": byName, "_codecs.encode": byName,
		"io.BytesIO": same, "_io.BytesIO": same, "builtins.bytes": same, "builtins.bytearray": same, "builtins.memoryview": same,
		"io.StringIO": same, "_io.StringIO": same,
	}
}

func decodeBase64(b []byte) ([]byte, bool) {
	clean := make([]byte, 0, len(b))
	for _, c := range b {
		switch {
		case c == '-':
			c = '+'
		case c == '_':
			c = '/'
		case c == '=', c <= ' ':
			continue
		}
		clean = append(clean, c)
	}
	out := make([]byte, base64.RawStdEncoding.DecodedLen(len(clean)))
	n, err := base64.RawStdEncoding.Decode(out, clean)
	return out[:n], err == nil
}

// inflate reads all of r, up to a bound.
func inflate(r io.Reader, err error) ([]byte, bool) {
	if err != nil {
		return nil, false
	}
	out, err := io.ReadAll(io.LimitReader(r, maxDecoded+1))
	return out, len(out) <= maxDecoded && (err == nil || len(out) > 0)
}

func rot13(b []byte) []byte {
	out := bytes.Clone(b)
	for i, c := range out {
		switch {
		case c >= 'a' && c <= 'z':
			out[i] = 'a' + (c-'a'+13)%26
		case c >= 'A' && c <= 'Z':
			out[i] = 'A' + (c-'A'+13)%26
		}
	}
	return out
}
