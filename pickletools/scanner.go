package pickletools

import (
	"bytes"
	"encoding/binary"
	"errors"
	"math"
	"math/big"
	"strconv"

	"github.com/go-pickle/pickle/internal/textcodec"
	"github.com/go-pickle/pickle/opcode"
)

// A scanner reads the instructions of a pickle one after the other.
type scanner struct {
	data []byte
	pos  int

	// shape skips what only the value of an argument needs: that text is in its
	// encoding, and integers of more than eight bytes. [Optimize] sets it when it
	// goes through a pickle that it has read before.
	shape bool

	// The room in which escapes are undone, and what long numbers are made in.
	text, pair []byte
	big        big.Int
}

// A token is an instruction as the scanner gives it: its argument is not yet boxed and
// is valid only until the scanner reads the next one.
type token struct {
	op         opcode.Op
	form       form
	start, end int
	n          int64    // formInt; formBool: 0 or 1
	big        *big.Int // formBig
	f          float64  // formFloat
	text       []byte   // formStr, formLatin1, formBytes, formByteArray
}

// A form is the way in which an argument is held and, but for the two sorts of str, its
// type in Python.
type form uint8

const (
	formNone      form = iota
	formInt            // an int that fits int64
	formBool           // a bool
	formBig            // an int that does not fit int64
	formFloat          // a float
	formStr            // a str: UTF-8 with surrogates
	formLatin1         // a str, held as Latin-1
	formBytes          // bytes
	formByteArray      // a bytearray
)

// next reads the instruction at s.pos into t. On an error, t has its start and opcode,
// and the scanner must not be used any more.
func (s *scanner) next(t *token) *Error {
	*t = token{start: s.pos}
	if s.pos >= len(s.data) {
		return t.errorAt(valueError, "pickle exhausted before seeing STOP")
	}
	t.op = opcode.Op(s.data[s.pos])
	s.pos++
	if arg := t.op.Arg(); arg != opcode.ArgNone {
		if err := s.argument(t, arg); err != nil {
			return err
		}
	} else if !t.op.Known() {
		return t.errorAt(valueError, "at position %d, opcode %s unknown", t.start,
			textcodec.AppendReprBytes(nil, s.data[t.start:t.start+1]))
	}
	t.end = s.pos
	return nil
}

// argument reads an argument of the given kind.
func (s *scanner) argument(t *token, kind opcode.ArgKind) *Error {
	switch kind {
	case opcode.ArgUint1, opcode.ArgUint2, opcode.ArgUint4, opcode.ArgUint8, opcode.ArgInt4:
		n, err := s.fixed(t, kind)
		if err != nil {
			return err
		}
		t.setUint(n)
		if kind == opcode.ArgInt4 {
			t.n = int64(int32(n))
		}

	case opcode.ArgFloat8:
		if len(s.data)-s.pos < 8 {
			return t.errorAt(valueError, "not enough data in stream to read float8")
		}
		t.form, t.f = formFloat, math.Float64frombits(binary.BigEndian.Uint64(s.data[s.pos:]))
		s.pos += 8

	case opcode.ArgString1, opcode.ArgString4:
		t.form = formLatin1
		return s.counted(t, kind)

	case opcode.ArgBytes1, opcode.ArgBytes4, opcode.ArgBytes8:
		t.form = formBytes
		return s.counted(t, kind)

	case opcode.ArgByteArray8:
		t.form = formByteArray
		return s.counted(t, kind)

	case opcode.ArgUnicodeString1, opcode.ArgUnicodeString4, opcode.ArgUnicodeString8:
		t.form = formStr
		if err := s.counted(t, kind); err != nil || s.shape {
			return err
		}
		if err := textcodec.CheckUTF8(t.text); err != nil {
			return t.wrap(err)
		}

	case opcode.ArgLong1, opcode.ArgLong4:
		if err := s.counted(t, kind); err != nil {
			return err
		}
		s.setLong(t)

	case opcode.ArgDecimalNLShort, opcode.ArgDecimalNLLong:
		return s.decimalLine(t, kind)

	case opcode.ArgFloatNL:
		line, err := s.line(t, "stringnl")
		if err != nil || s.shape {
			return err
		}
		f, ok := parseFloat(line)
		if !ok {
			return t.errorAt(valueError, "could not convert string to float: %s", textcodec.AppendReprBytes(nil, line))
		}
		t.form, t.f = formFloat, f

	case opcode.ArgUnicodeStringNL:
		line, err := s.line(t, "unicodestringnl")
		if err != nil || s.shape {
			return err
		}
		text, e := textcodec.DecodeRawUnicodeEscape(s.text[:0], line)
		if e != nil {
			return t.wrap(e)
		}
		t.form, t.text, s.text = formStr, text, text

	case opcode.ArgStringNL, opcode.ArgStringNLNoEscape:
		text, err := s.escapedLine(t, kind == opcode.ArgStringNL)
		if err != nil {
			return err
		}
		t.form, t.text = formStr, text

	case opcode.ArgStringNLNoEscapePair:
		text, err := s.escapedLine(t, false)
		if err != nil {
			return err
		}
		pair := append(append(s.pair[:0], text...), ' ')
		if text, err = s.escapedLine(t, false); err != nil {
			return err
		}
		s.pair = append(pair, text...)
		t.form, t.text = formStr, s.pair
	}
	return nil
}

// fixed reads an integer of a fixed length. An int4 is returned as its 32 bits.
func (s *scanner) fixed(t *token, kind opcode.ArgKind) (uint64, *Error) {
	rest, size := s.data[s.pos:], kind.Size()
	if len(rest) < size {
		return 0, t.errorAt(valueError, "not enough data in stream to read %v", kind)
	}
	s.pos += size
	switch size {
	case 1:
		return uint64(rest[0]), nil
	case 2:
		return uint64(binary.LittleEndian.Uint16(rest)), nil
	case 4:
		return uint64(binary.LittleEndian.Uint32(rest)), nil
	}
	return binary.LittleEndian.Uint64(rest), nil
}

// counted reads a count and as many bytes, which become t.text: a part of the input.
func (s *scanner) counted(t *token, kind opcode.ArgKind) *Error {
	var count opcode.ArgKind
	switch kind.Size() {
	case opcode.CountUint1:
		count = opcode.ArgUint1
	case opcode.CountInt4:
		count = opcode.ArgInt4
	case opcode.CountUint4:
		count = opcode.ArgUint4
	case opcode.CountUint8:
		count = opcode.ArgUint8
	}
	n, err := s.fixed(t, count)
	if err != nil {
		return err
	}
	if count == opcode.ArgInt4 && int32(n) < 0 {
		return t.errorAt(valueError, "%v byte count < 0: %d", kind, int32(n))
	}
	if n > math.MaxInt64 {
		return t.errorAt(valueError, "%v byte count > sys.maxsize: %d", kind, n)
	}
	rest := s.data[s.pos:]
	if n > uint64(len(rest)) {
		if kind == opcode.ArgLong1 || kind == opcode.ArgLong4 {
			return t.errorAt(valueError, "not enough data in stream to read %v", kind)
		}
		return t.errorAt(valueError, "expected %d bytes in a %v, but only %d remain", n, kind, len(rest))
	}
	t.text = rest[:n]
	s.pos += int(n)
	return nil
}

// line reads up to the next newline. what is the kind that Python's message names.
func (s *scanner) line(t *token, what string) ([]byte, *Error) {
	rest := s.data[s.pos:]
	n := bytes.IndexByte(rest, '\n')
	if n < 0 {
		return nil, t.errorAt(valueError, "no newline found when trying to read %s", what)
	}
	s.pos += n + 1
	return rest[:n], nil
}

// escapedLine reads a line that may have Python 2's escapes, without its quotes if
// quoted is set. pickletools undoes escapes also in the kind called noescape. The
// result is valid until the next call.
func (s *scanner) escapedLine(t *token, quoted bool) ([]byte, *Error) {
	line, err := s.line(t, "stringnl")
	if err != nil || s.shape {
		return nil, err
	}
	if quoted {
		if len(line) == 0 || line[0] != '"' && line[0] != '\'' {
			return nil, t.errorAt(valueError, "no string quotes around %s", textcodec.AppendReprBytes(nil, line))
		}
		if line[len(line)-1] != line[0] {
			return nil, t.errorAt(valueError, "strinq quote %s not found at both ends of %s",
				textcodec.AppendReprBytes(nil, line[:1]), textcodec.AppendReprBytes(nil, line))
		}
		// A lone quote is both ends, and nothing is left of it.
		line = line[1:max(len(line)-1, 1)]
	}
	text, e := textcodec.DecodeStringEscape(s.text[:0], line)
	if e != nil {
		return nil, t.wrap(e)
	}
	s.text = text
	for i, c := range text {
		if c >= 0x80 {
			return nil, t.errorAt(unicodeDecodeError,
				"'ascii' codec can't decode byte 0x%02x in position %d: ordinal not in range(128)", c, i)
		}
	}
	return text, nil
}

// decimalLine reads an int in decimal.
func (s *scanner) decimalLine(t *token, kind opcode.ArgKind) *Error {
	line, err := s.line(t, "stringnl")
	if err != nil {
		return err
	}
	if kind == opcode.ArgDecimalNLLong {
		if s.shape {
			return nil
		}
		line = bytes.TrimSuffix(line, []byte("L"))
	} else if len(line) == 2 && line[0] == '0' && (line[1] == '0' || line[1] == '1') {
		t.form, t.n = formBool, int64(line[1]-'0')
		return nil
	}
	if n, ok := shortDecimal(line); ok {
		t.form, t.n = formInt, n
		return nil
	}
	digits, negative, message := parseInt(line)
	if message != "" {
		return t.errorAt(valueError, "%s", message)
	}
	s.big.SetString(digits, 10)
	if negative {
		s.big.Neg(&s.big)
	}
	t.setBig(&s.big)
	return nil
}

// setLong turns t.text, an int in two's complement, into the number.
func (s *scanner) setLong(t *token) {
	b := t.text
	t.form, t.text = formInt, nil
	if len(b) <= 8 {
		var n uint64
		for i, c := range b {
			n |= uint64(c) << (8 * i)
		}
		if len(b) > 0 {
			shift := 64 - 8*len(b)
			t.n = int64(n<<shift) >> shift
		}
		return
	}
	if s.shape {
		return
	}
	setTwosComplement(&s.big, b)
	t.setBig(&s.big)
}

func (t *token) setUint(n uint64) {
	t.form, t.n = formInt, int64(n)
	if n > math.MaxInt64 {
		t.form, t.big = formBig, new(big.Int).SetUint64(n)
	}
}

func (t *token) setBig(n *big.Int) {
	if n.IsInt64() {
		t.form, t.n = formInt, n.Int64()
		return
	}
	t.form, t.big = formBig, n
}

// wrap returns a textcodec error about t.
func (t *token) wrap(err error) *Error {
	var e *textcodec.Error
	if errors.As(err, &e) {
		return t.errorAt(e.Kind, "%s", e.Message)
	}
	return t.errorAt(valueError, "%v", err)
}

// appendRepr appends repr of t's argument. Its error is Python's message, which ints
// of too many digits have.
func (t *token) appendRepr(dst []byte) ([]byte, string) {
	switch t.form {
	case formNone:
		return append(dst, "None"...), ""
	case formInt:
		return strconv.AppendInt(dst, t.n, 10), ""
	case formBool:
		if t.n != 0 {
			return append(dst, "True"...), ""
		}
		return append(dst, "False"...), ""
	case formBig:
		return appendBig(dst, t.big)
	case formFloat:
		return textcodec.AppendFloat(dst, t.f), ""
	case formStr:
		return textcodec.AppendReprStr(dst, string(t.text)), ""
	case formLatin1:
		return textcodec.AppendReprStr(dst, string(textcodec.AppendLatin1(nil, t.text))), ""
	case formByteArray:
		repr := textcodec.AppendReprBytes(nil, t.text)
		if repr[1] == '"' {
			// A bytearray has its single quotes escaped between double ones, too.
			repr = bytes.ReplaceAll(repr, []byte("'"), []byte(`\'`))
		}
		dst = append(append(dst, "bytearray("...), repr...)
		return append(dst, ')'), ""
	}
	return textcodec.AppendReprBytes(dst, t.text), ""
}
