package main

import (
	"errors"
	"fmt"
	"io/fs"
	"strings"

	"github.com/go-pickle/pickle"
	"github.com/go-pickle/pickle/graph"
	"github.com/go-pickle/pickle/opcode"
	"github.com/go-pickle/pickle/pickletools"
	"github.com/go-pickle/pickle/py"
	"github.com/go-pickle/pickle/pyjson"
)

// A problem is what the user is told of something that went wrong.
type problem struct {
	at   string // FILE or FILE:OFFSET
	what string
	hint string // what to do about it, or ""
}

// report prints p; the exit status will be 2.
func (a *app) report(p problem) {
	a.failed = true
	a.print(p)
}

// print prints p in two lines at most, and nothing that a terminal would take for an order.
func (a *app) print(p problem) {
	at, hint := printable(p.at)+":", "hint:"
	if a.color {
		at, hint = styleBold+at+styleOff, styleDim+hint+styleOff
	}
	text := fmt.Sprintf("%s %s\n", at, printable(p.what))
	if p.hint != "" {
		text += fmt.Sprintf("%s %s\n", hint, printable(p.hint))
	}
	fmt.Fprint(a.stderr, text)
}

// printable replaces control characters: messages may quote what a pickle holds.
func printable(s string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' || r >= 0x7f && r < 0xa0 || r == '\u2028' || r == '\u2029' {
			return '\ufffd'
		}
		return r
	}, s)
}

// fail reports that something went wrong with d.
func (a *app) fail(d *document, err error) {
	d.err = err
	a.report(d.problem(err))
}

// problem says what is wrong with d in the words of the command.
func (d *document) problem(err error) problem {
	var (
		offset int64
		p      problem
		parse  *graph.Error
		tools  *pickletools.Error
		dump   *pickle.EncodeError
		inJSON *pyjson.Error
	)
	switch {
	case errors.As(err, &parse):
		offset, p.what, p.hint = parse.Offset, withOp(parse.Op, parse.Message), parse.Hint
		if h := d.parseHint(parse); h != "" {
			p.hint = h
		}
	case errors.As(err, &tools):
		offset, p.what = tools.Offset, withOp(tools.Op, tools.Message)
	case errors.As(err, &inJSON):
		p.what = "cannot write " + inJSON.Path + ": " + inJSON.Err.Error()
		if errors.Is(err, py.ErrCyclic) || errors.Is(err, py.ErrTooShared) {
			p.hint = "without --plain it can be written"
		}
	case errors.As(err, &dump):
		p.what, p.hint = "cannot write "+dump.Path+": "+dump.Message, dump.Hint
	default:
		p.what = plainMessage(err)
	}
	if offset == 0 && d.number == 1 && d.offset == 0 && (parse != nil || tools != nil) {
		if name, hint := otherFormat(d.data); name != "" {
			p.what, p.hint = "no pickle: it looks like "+name, hint
		}
	}
	if parse != nil && parse.Err == nil && d.number == 1 && offset < 16 && !startsWithProto(d.data) &&
		!strings.HasPrefix(p.what, "no pickle") && !strings.Contains(parse.Message, "truncated") {
		p.what = "no pickle: " + p.what
	}
	if d.number > 1 && (parse != nil || tools != nil) && !startsWithProto(d.data) {
		offset = 0
		verb := "are"
		if len(d.data) == 1 {
			verb = "is"
		}
		p.what = fmt.Sprintf("%s after the last pickle %s no pickle: %s", count(len(d.data), "byte"), verb,
			py.ReprOptions{MaxString: 24}.Format(py.Bytes(d.data[:min(len(d.data), 64)])))
		p.hint = "--first takes the first pickle alone, as pickle.load does"
		if d.torch {
			p.hint = "torch.save's old format has the numbers of its tensors here; they can't be read yet"
		}
	}
	p.at = fmt.Sprintf("%s:%d", d.file, d.offset+offset)
	if d.layer != "" {
		p.what += " (inside the " + d.layer + " data)"
	}
	return p
}

// withOp puts the opcode before a message.
func withOp(op opcode.Op, message string) string {
	if op.Known() && !strings.Contains(message, op.String()) {
		return op.String() + ": " + message
	}
	return message
}

// parseHint is what the command can say beyond what the error does.
func (d *document) parseHint(e *graph.Error) string {
	switch {
	case e.Kind == graph.UnicodeDecodeError && isPython2Str(e.Op):
		return "Python 2 wrote text here that is not ASCII: try --encoding utf-8 or latin-1, or bytes to leave it as it is"
	case e.Kind == graph.LookupError:
		return "--encoding takes the names of Python's encodings, such as latin-1, utf-8, cp1252, koi8-r; --errors strict, ignore, replace, backslashreplace, surrogateescape or surrogatepass"
	case e.Op == opcode.Ext1 || e.Op == opcode.Ext2 || e.Op == opcode.Ext4:
		return "only the program that wrote the pickle knows what its copyreg extension codes mean; pickle dis shows the rest"
	case e.Kind == graph.EOFError, strings.Contains(e.Message, "truncated"):
		if len(d.data) == 0 {
			return ""
		}
		return "the pickle is cut off; pickle dis shows what there is of it"
	case isJoblib(d.data):
		return "joblib.dump writes the data of arrays between the instructions; files of that kind can't be read yet"
	}
	return ""
}

// isPython2Str reports whether op holds a str of Python 2.
func isPython2Str(op opcode.Op) bool {
	return op == opcode.String || op == opcode.BinString || op == opcode.ShortBinString
}

// plainMessage is err without what the line says already.
func plainMessage(err error) string {
	var path *fs.PathError
	if errors.As(err, &path) {
		return path.Err.Error()
	}
	return strings.TrimPrefix(err.Error(), "pickle: ")
}

// count gives n with its noun.
func count(n int, noun string) string {
	if n != 1 {
		noun += "s"
	}
	return fmt.Sprintf("%d %s", n, noun)
}
