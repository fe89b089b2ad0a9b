package stdlib

import (
	"errors"
	"fmt"
	"reflect"
	"regexp"
	"strconv"
	"strings"

	"github.com/go-pickle/pickle/py"
)

var patternEntries = []py.Entry{{
	Names: []py.Global{funcCompile},
	Types: []reflect.Type{reflect.TypeFor[Pattern]()},
	Load: func(o *py.Object) (any, bool) {
		args, ok := made(o, 2)
		if !ok {
			return nil, false
		}
		flags, ok := args[1].(int64)
		p := Pattern{args[0], Flags(flags)}
		if int64(p.Flags) != flags {
			return nil, false
		}
		switch args[0].(type) {
		case string, py.Bytes:
			return p, ok
		}
		return nil, false
	},
	Reduce: func(v any, _ py.Form) (any, error) {
		p := v.(Pattern)
		switch p.Pattern.(type) {
		case string, py.Bytes:
			return py.NewCall(funcCompile, p.Pattern, int64(p.Flags)), nil
		}
		return nil, fmt.Errorf("a pattern is a string or py.Bytes, not a %T", p.Pattern)
	},
}}

var funcCompile = py.Global{Module: "re", Name: "_compile"}

// Flags are those of Python's module re.
type Flags int32

// The flags.
const (
	Template   Flags = 1 // up to Python 3.12
	IgnoreCase Flags = 2
	Locale     Flags = 4
	MultiLine  Flags = 8
	DotAll     Flags = 16
	Unicode    Flags = 32 // set in each pattern of str that is not ASCII
	Verbose    Flags = 64
	Debug      Flags = 128
	ASCII      Flags = 256
)

// A Pattern is a compiled regular expression of Python's module re: its text, which is all
// that is pickled. Two are equal if == says so.
type Pattern struct {
	Pattern any // a string or [py.Bytes]
	Flags   Flags
}

// NewPattern returns the pattern that re.compile makes of a str: with the flag [Unicode],
// unless it has ASCII.
func NewPattern(pattern string, flags Flags) Pattern {
	if flags&ASCII == 0 {
		flags |= Unicode
	}
	return Pattern{pattern, flags}
}

var flagNames = []struct {
	flag Flags
	name string
}{
	{IgnoreCase, "re.IGNORECASE"}, {Locale, "re.LOCALE"}, {MultiLine, "re.MULTILINE"}, {DotAll, "re.DOTALL"},
	{Verbose, "re.VERBOSE"}, {Debug, "re.DEBUG"}, {ASCII, "re.ASCII"}, {Template, "re.TEMPLATE"},
}

// ReprParts prints p as re.compile('a+', re.IGNORECASE).
func (p Pattern) ReprParts() []any {
	flags := p.Flags
	if _, isStr := p.Pattern.(string); isStr && flags&(Locale|ASCII) == 0 {
		flags &^= Unicode
	}
	text := ""
	for _, f := range flagNames {
		if flags&f.flag != 0 {
			text += "|" + f.name
			flags &^= f.flag
		}
	}
	if flags != 0 {
		text += "|" + strconv.Itoa(int(flags))
	}
	if text != "" {
		text = ", " + text[1:]
	}
	return []any{py.ReprText("re.compile("), p.Pattern, py.ReprText(text + ")")}
}

// String prints p as [py.Repr] does, cut off after 64 KiB.
func (p Pattern) String() string { return printed(p) }

// Plain is an error: no plain data stands for a pattern.
func (p Pattern) Plain() (any, error) { return nil, errNotData("re.Pattern") }

// StoreIn stores the pattern in a regexp.Regexp, if [Pattern.Regexp] can make one.
func (p Pattern) StoreIn(dst any) (ok bool, err error) {
	pointer, isPointer := dst.(**regexp.Regexp)
	value, isValue := dst.(*regexp.Regexp)
	if !isPointer && !isValue {
		return false, nil
	}
	re, err := p.Regexp()
	switch {
	case err != nil:
		return true, err
	case isPointer:
		*pointer = re
	default:
		*value = *re
	}
	return true, nil
}

// Regexp returns a regular expression of Go that matches the same as p does in Python. Where
// Go has no such thing, or would match something else somewhere, it is an error: look-around,
// references back, a $ that also matches before the last newline, \w, \s and \b in their
// Unicode meaning, case folding of letters that fold with others beyond ASCII, and in
// patterns of bytes what could match a byte of more than 127. What groups catch may differ
// where something that can match nothing is repeated, and FindAll has its own rule for
// empty matches beside others.
func (p Pattern) Regexp() (*regexp.Regexp, error) {
	t := translator{flags: p.Flags}
	switch s := p.Pattern.(type) {
	case string:
		t.in = s
	case py.Bytes:
		t.in, t.bytes = string(s), true
	}
	if err := t.run(); err != nil {
		return nil, fmt.Errorf("stdlib: %s is no regular expression of Go: %w", py.ReprOptions{MaxLen: 100}.Format(p), err)
	}
	re, err := regexp.Compile(t.out.String())
	if err != nil {
		return nil, fmt.Errorf("stdlib: %s is no regular expression of Go: %w", py.ReprOptions{MaxLen: 100}.Format(p), err)
	}
	return re, nil
}

var repetition = regexp.MustCompile(`^\{[0-9]+(,[0-9]*)?\}`)

// A translator writes a pattern of Python in Go's syntax.
type translator struct {
	in    string
	flags Flags
	bytes bool
	at    int
	out   strings.Builder
}

func (t *translator) run() error {
	if t.flags&^(IgnoreCase|MultiLine|DotAll|Unicode|ASCII) != 0 {
		return errors.New("it has a flag that Go does not know")
	}
	goFlags := ""
	for _, f := range []struct {
		flag Flags
		name string
	}{{IgnoreCase, "i"}, {MultiLine, "m"}, {DotAll, "s"}} {
		if t.flags&f.flag != 0 {
			goFlags += f.name
		}
	}
	if goFlags != "" {
		t.out.WriteString("(?" + goFlags + ")")
	}
	for t.at < len(t.in) {
		c := t.in[t.at]
		switch {
		case c == '\\':
			if err := t.escape(false); err != nil {
				return err
			}
			continue
		case c == '[':
			if err := t.class(); err != nil {
				return err
			}
			continue
		case c == '(':
			if err := t.group(); err != nil {
				return err
			}
			continue
		case c == '$' && t.flags&MultiLine == 0:
			return errors.New("$ also matches before the last newline")
		case c == '.' && t.bytes:
			return errors.New(". matches any byte")
		case c == '{':
			count := repetition.FindString(t.in[t.at:])
			if count == "" || strings.HasPrefix(t.in[t.at+len(count):], "+") {
				return errors.New("a { that is no number of repetitions in Go")
			}
			t.out.WriteString(count)
			t.at += len(count)
			continue
		case (c == '*' || c == '+' || c == '?') && strings.HasPrefix(t.in[t.at+1:], "+"):
			return errors.New("a possessive quantifier")
		}
		if err := t.literal(); err != nil {
			return err
		}
	}
	return nil
}

// literal writes one character.
func (t *translator) literal() error {
	c := t.in[t.at]
	if c >= 0x80 && (t.bytes || t.flags&IgnoreCase != 0) {
		return errors.New("it has a character beyond ASCII")
	}
	if t.flags&IgnoreCase != 0 && strings.IndexByte("iksIKS", c) >= 0 {
		return fmt.Errorf("%c folds with letters beyond ASCII", c)
	}
	t.out.WriteByte(c)
	t.at++
	return nil
}

// escape writes what begins with a backslash.
func (t *translator) escape(inClass bool) error {
	if t.at+1 == len(t.in) {
		return errors.New("it ends with a backslash")
	}
	c := t.in[t.at+1]
	t.at += 2
	ascii := t.bytes || t.flags&ASCII != 0
	switch c {
	case 'd':
		if !ascii {
			t.out.WriteString(`\p{Nd}`)
			return nil
		}
		t.out.WriteString(`\d`)
	case 's':
		if !ascii {
			return errors.New(`\s matches all of Unicode's white space`)
		}
		if inClass {
			t.out.WriteString(`\s\v`)
			return nil
		}
		t.out.WriteString(`[\s\v]`)
	case 'w', 'b', 'B':
		if !ascii || inClass || c == 'w' && t.flags&IgnoreCase != 0 {
			return fmt.Errorf(`\%c has another meaning`, c)
		}
		t.out.WriteString(`\` + string(c))
	case 'A':
		t.out.WriteString(`\A`)
	case 'Z':
		t.out.WriteString(`\z`)
	case 'n', 't', 'r', 'f', 'v', 'a':
		t.out.WriteString(`\` + string(c))
	default:
		if c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= 0x80 {
			return fmt.Errorf(`\%c is not translated`, c)
		}
		t.out.WriteString(regexp.QuoteMeta(string(c)))
	}
	return nil
}

// class writes a class of characters in brackets.
func (t *translator) class() error {
	t.out.WriteByte('[')
	t.at++
	if strings.HasPrefix(t.in[t.at:], "^") {
		if t.bytes || t.flags&IgnoreCase != 0 {
			return errors.New("a class of all but some")
		}
		t.out.WriteByte('^')
		t.at++
	}
	for first := true; ; first = false {
		if t.at == len(t.in) {
			return errors.New("a class without an end")
		}
		c := t.in[t.at]
		switch {
		case c == ']' && !first:
			t.out.WriteByte(c)
			t.at++
			return nil
		case c == '\\':
			if err := t.escape(true); err != nil {
				return err
			}
			continue
		case c == '[':
			t.out.WriteString(`\[`)
			t.at++
			continue
		case c == '-' && t.flags&IgnoreCase != 0:
			return errors.New("a range of letters folds with others")
		}
		if err := t.literal(); err != nil {
			return err
		}
	}
}

// group writes the beginning of a group.
func (t *translator) group() error {
	rest := t.in[t.at:]
	for _, known := range []string{"(?:", "(?P<"} {
		if strings.HasPrefix(rest, known) {
			t.out.WriteString(known)
			t.at += len(known)
			if known == "(?P<" {
				end := strings.IndexByte(rest, '>')
				if end < 0 {
					return errors.New("a group's name without an end")
				}
				t.out.WriteString(rest[len(known) : end+1])
				t.at += end + 1 - len(known)
			}
			return nil
		}
	}
	if strings.HasPrefix(rest, "(?") {
		return errors.New("a group of a kind that is not translated")
	}
	t.out.WriteByte('(')
	t.at++
	return nil
}
