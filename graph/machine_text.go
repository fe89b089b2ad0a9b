package graph

import (
	"bytes"
	"errors"
	"math"
	"math/big"
	"strconv"
	"unicode/utf8"

	"github.com/go-pickle/pickle/internal/textcodec"
	"github.com/go-pickle/pickle/internal/wire"
	"github.com/go-pickle/pickle/opcode"
)

// textOp runs an instruction whose argument is a line, which starts at pos. It returns the
// place of the next instruction.
func (m *machine) textOp(op opcode.Op, pos, start int) (int, *Error) {
	switch op { // these check before they read
	case opcode.PersID:
		if !m.o.PersistentIDs {
			return pos, m.noPersistent()
		}
	case opcode.Inst:
		at, err := m.mark()
		if err != nil {
			return pos, err
		}
		module, pos, err := m.nameLine(pos, "ascii")
		if err != nil {
			return pos, err
		}
		name, pos, err := m.nameLine(pos, "ascii")
		if err != nil {
			return pos, err
		}
		cls := m.global(module, name, noRef, noRef, op, start)
		m.pushInst(at, at, cls, op, start)
		return pos, nil
	case opcode.Global:
		module, pos, err := m.nameLine(pos, "utf-8")
		if err != nil {
			return pos, err
		}
		name, pos, err := m.nameLine(pos, "utf-8")
		if err != nil {
			return pos, err
		}
		m.stack = append(m.stack, m.global(module, name, noRef, noRef, op, start))
		return pos, nil
	}

	end, err := m.lineEnd(pos)
	if err != nil {
		return pos, err
	}
	line := m.in.buf[pos:end]
	next := end + 1
	switch op {
	case opcode.String:
		if len(line) < 2 || line[0] != line[len(line)-1] || line[0] != '\'' && line[0] != '"' {
			return next, m.fail(UnpicklingError, "the STRING opcode argument must be quoted")
		}
		return next, m.pushQuoted(pos+1, end-1)
	case opcode.Unicode:
		return next, m.pushRawUnicode(pos, end)
	case opcode.PersID:
		if !textcodec.IsASCII(line) {
			return next, m.fail(UnpicklingError, "persistent IDs in protocol 0 must be ASCII strings")
		}
		id := m.payload(Str, pos, len(line))
		m.stack = append(m.stack, m.persistent(id, op, start))
		return next, nil
	}
	if len(line) == 0 { // numbers
		return next, m.truncated()
	}
	switch op {
	case opcode.Int:
		return next, m.pushIntLine(line)
	case opcode.Long:
		v, big, err := textcodec.ParseLong(line)
		if err != nil {
			return next, m.textError(err)
		}
		m.pushBig(v, big)
	case opcode.Float:
		f, err := textcodec.ParseFloat(line)
		if err != nil {
			if e := m.textError(err); !m.lenient(e, op, start) { // pickle.py allows blanks around it, and underscores
				return next, e
			}
		}
		m.stack = append(m.stack, m.add(Float, 0, math.Float64bits(f)))
	case opcode.Get:
		i, err := m.parseIndex(line)
		if err != nil {
			return next, err
		}
		return next, m.get(i, start)
	case opcode.Put:
		if len(m.stack) <= m.fence() {
			return next, m.underflow()
		}
		i, err := m.parseIndex(line)
		if err != nil {
			return next, err
		}
		if i < 0 {
			return next, m.fail(ValueError, "negative PUT argument")
		}
		return next, m.put(i)
	}
	return next, nil
}

func (m *machine) lineEnd(pos int) (int, *Error) {
	end := m.in.line(pos)
	if m.o.MaxBytes > 0 && int64(end) > m.o.MaxBytes {
		return pos, m.tooLong()
	}
	if end < 0 {
		return pos, m.truncated()
	}
	return end, nil
}

// nameLine reads the module or name at pos.
func (m *machine) nameLine(pos int, encoding string) (string, int, *Error) {
	end, err := m.lineEnd(pos)
	if err != nil {
		return "", pos, err
	}
	line := m.in.buf[pos:end]
	if len(line) == 0 {
		return "", end + 1, m.truncated()
	}
	if !utf8.Valid(line) || encoding == "ascii" && !textcodec.IsASCII(line) {
		decode, _ := textcodec.Lookup(encoding)
		if _, err := decode(nil, line, "strict"); err != nil {
			return "", end + 1, m.textError(err)
		}
	}
	return string(line), end + 1, nil
}

func (m *machine) parseIndex(line []byte) (int64, *Error) {
	if v, ok := shortDecimal(line); ok {
		return v, nil
	}
	v, err := textcodec.ParseIndex(line)
	if err != nil {
		return 0, m.textError(err)
	}
	return v, nil
}

// shortDecimal reads what nearly all numbers in a pickle are: decimal digits with perhaps
// a minus, no leading zero but in "0" itself, no chance to overflow.
func shortDecimal(line []byte) (int64, bool) {
	digits := line
	if len(digits) > 1 && digits[0] == '-' {
		digits = digits[1:]
	}
	if len(digits) > 18 || digits[0] == '0' && len(line) > 1 {
		return 0, false
	}
	v := int64(0)
	for _, c := range digits {
		if c -= '0'; c > 9 {
			return 0, false
		}
		v = v*10 + int64(c)
	}
	if len(digits) < len(line) {
		v = -v
	}
	return v, true
}

func (m *machine) pushIntLine(line []byte) *Error {
	if v, ok := shortDecimal(line); ok {
		m.pushInt(v)
		return nil
	}
	v, big, isBool, err := textcodec.ParseInt(line)
	switch {
	case err != nil:
		return m.textError(err)
	case isBool && v == 0:
		m.stack = append(m.stack, refFalse)
	case isBool:
		m.stack = append(m.stack, refTrue)
	default:
		m.pushBig(v, big)
	}
	return nil
}

func (m *machine) pushBig(v int64, x *big.Int) {
	if x == nil {
		m.pushInt(v)
		return
	}
	before := len(m.g.x.aux)
	aux := wire.AppendBig(m.g.x.aux, x)
	m.stack = append(m.stack, m.auxPayload(Long, aux, len(aux)-before))
}

// textError turns an error of package textcodec into one of ours.
func (m *machine) textError(err error) *Error {
	var e *textcodec.Error
	if errors.As(err, &e) {
		return m.fail(Kind(e.Kind), e.Message)
	}
	return &Error{Kind: ValueError, Message: err.Error(), Err: err}
}

func (m *machine) checkText(b []byte) *Error {
	if textcodec.ValidUTF8(b) {
		return nil
	}
	if err := textcodec.CheckUTF8(b); err != nil {
		return m.textError(err)
	}
	return nil
}

// pushRawUnicode pushes the str of a UNICODE line.
func (m *machine) pushRawUnicode(pos, end int) *Error {
	line := m.in.buf[pos:end]
	if (shortASCII(m.in.buf[pos:], len(line)) || textcodec.IsASCII(line)) && bytes.IndexByte(line, '\\') < 0 {
		m.stack = append(m.stack, m.payload(Str, pos, len(line)))
		return nil
	}
	return m.pushDecoded(Str, func(dst []byte) ([]byte, error) {
		return textcodec.DecodeRawUnicodeEscape(dst, line)
	})
}

// pushDecoded pushes what decode appends to aux.
func (m *machine) pushDecoded(k NodeKind, decode func(dst []byte) ([]byte, error)) *Error {
	before := len(m.g.x.aux)
	aux, err := decode(m.g.x.aux)
	if err != nil {
		return m.textError(err)
	}
	m.stack = append(m.stack, m.auxPayload(k, aux, len(aux)-before))
	return nil
}

// pushQuoted pushes the string of a STRING line, of which the quotes are taken off.
func (m *machine) pushQuoted(pos, end int) *Error {
	raw := m.in.buf[pos:end]
	for _, c := range raw {
		if c == '\\' {
			m.text.prepare(&m.o)
			b, err := textcodec.DecodeStringEscape(m.text.scratch[:0], raw)
			if err != nil {
				return m.textError(err)
			}
			m.text.scratch = b
			return m.pushDecoded(m.text.kind, func(dst []byte) ([]byte, error) {
				return m.text.decode(dst, b)
			})
		}
	}
	return m.pushString(m.in.buf, pos, len(raw))
}

// pushString pushes the Python 2 str of size bytes at pos.
func (m *machine) pushString(data []byte, pos, size int) *Error {
	raw := data[pos : pos+size]
	m.text.prepare(&m.o)
	if m.text.kind == Bytes || size == 0 || m.text.ascii && textcodec.IsASCII(raw) {
		m.stack = append(m.stack, m.payload(m.text.kind, pos, size))
		return nil
	}
	return m.pushDecoded(Str, func(dst []byte) ([]byte, error) { return m.text.decode(dst, raw) })
}

// A textDecoder decodes the str of Python 2.
type textDecoder struct {
	ready            bool // for the options; most pickles do not need it
	encoding, errors string
	charset          func(string) (func(dst, src []byte, errors string) ([]byte, error), bool)
	codec            func(dst, src []byte, errors string) ([]byte, error)
	kind             NodeKind // Str, or Bytes for the encoding "bytes"
	ascii            bool     // ASCII bytes stand for themselves
	scratch          []byte
}

func (t *textDecoder) prepare(o *Options) {
	if !t.ready {
		t.reset(o)
	}
}

func (t *textDecoder) reset(o *Options) {
	*t = textDecoder{ready: true, encoding: o.Encoding, errors: o.Errors, charset: o.Charset, kind: Str, scratch: t.scratch}
	if cap(t.scratch) > keepSmall {
		t.scratch = nil
	}
	switch t.encoding {
	case "":
		t.encoding, t.ascii = "ASCII", true
	case "bytes":
		t.kind = Bytes
	case "ASCII", "ascii", "latin-1", "latin1", "utf-8", "UTF-8", "utf8":
		t.ascii = true
	}
	if t.errors == "" {
		t.errors = "strict"
	}
}

func (t *textDecoder) decode(dst, src []byte) ([]byte, error) {
	if t.kind == Bytes || len(src) == 0 {
		return append(dst, src...), nil
	}
	if t.codec == nil {
		codec, ok := textcodec.Lookup(t.encoding)
		if ok {
			t.codec = codec
		} else if t.charset != nil {
			t.codec, ok = t.charset(t.encoding)
		}
		if !ok {
			return dst, &textcodec.Error{Kind: string(LookupError), Message: "unknown encoding: " + t.encoding}
		}
	}
	return t.codec(dst, src, t.errors)
}

func itoa(i int) string { return strconv.Itoa(i) }
