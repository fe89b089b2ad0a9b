package pickletools

import (
	"fmt"
	"io"
	"math"
	"strconv"
	"unicode/utf8"

	"github.com/go-pickle/pickle/internal/textcodec"
	"github.com/go-pickle/pickle/opcode"
)

// DisassembleOptions are the options of [Disassemble]. The zero value prints what
// Python's pickletools.dis(data) does.
type DisassembleOptions struct {
	// Annotate, if it is not 0, adds to each line what the opcode is for, in the
	// words of CPython 3.11. It is the column, counted from the opcode's character,
	// from which on the annotations stand where the line is not longer.
	Annotate int

	// IndentLevel is the number of blanks for each mark that is open. 0 means 4,
	// and a negative number none.
	IndentLevel int

	// Memo is the memo to begin with; the entries that the pickle stores are added
	// to it. nil means an empty one.
	Memo *Memo

	// MaxIndentBytes limits how many blanks are spent on indentation in all, since
	// they can be the square of the input: a megabyte of MARKs would have 2 TB of
	// them. 0 means 64 MiB, which data that a pickler wrote does not come near
	// (4000 marks would have to be open at a time), and a negative number
	// no limit. Past it, lines get at most 64 blanks; nothing else changes.
	MaxIndentBytes int64
}

const (
	defaultIndentLevel    = 4
	defaultMaxIndentBytes = 64 << 20
	flatIndent            = 64 // once MaxIndentBytes is spent
)

// Disassemble prints the pickle at the beginning of data to w, an instruction a line,
// and checks on the way what can be checked without running it. It is Python's
// pickletools.dis and prints the same bytes.
//
// It returns how many bytes of data the pickle has, through STOP. Printed offsets count
// from the beginning of data.
//
// Where the pickle is wrong, the error is an [*Error], and what Python prints up to
// there has been printed, mostly the line that is complained about included. These are
// checked: that each opcode is known and has a sound argument; that there is enough on
// the stack, a mark where one is needed, and nothing left after STOP; that a memo entry
// is stored once, before it is read, and is not the mark. An unpickler is less strict in
// some of this, so a pickle that is refused here may still load.
//
// Any other error is w's; printing ends with it, and n is 0.
func Disassemble(w io.Writer, data []byte, opts DisassembleOptions) (n int, err error) {
	if opts.IndentLevel == 0 {
		opts.IndentLevel = defaultIndentLevel
	}
	if opts.MaxIndentBytes == 0 {
		opts.MaxIndentBytes = defaultMaxIndentBytes
	}
	if opts.Memo == nil {
		opts.Memo = new(Memo)
	}
	d := disassembler{
		scanner:    scanner{data: data},
		printer:    printer{w: w},
		opts:       opts,
		annocol:    opts.Annotate,
		highest:    -1,
		indentable: math.MaxInt,
	}
	if opts.MaxIndentBytes >= 0 {
		d.indentable = int(min(opts.MaxIndentBytes, math.MaxInt))
	}
	bad := d.run()
	if err := d.flush(); err != nil {
		return 0, err
	}
	if bad != nil {
		return 0, bad
	}
	return d.pos, nil
}

// A disassembler follows what the pickle does to the stack and the memo, with the kinds
// of objects instead of objects.
type disassembler struct {
	scanner
	printer
	opts DisassembleOptions

	stack []opcode.StackObject
	marks []int // the offsets of the MARKs that are open

	highest int // protocol of the opcodes so far
	annocol int // where the next annotation goes, if it can

	indentable int // blanks that may still be spent on indentation

	note, arg []byte // room for a line's fields
}

// run prints up to STOP. A failure of the writer ends it without an error.
func (d *disassembler) run() *Error {
	var t token
	for t.op != opcode.Stop {
		if err := d.next(&t); err != nil {
			return err
		}
		if err := d.instruction(&t); err != nil {
			return err
		}
		if d.failed != nil {
			return nil
		}
		// One huge argument should not hold its room to the end.
		if cap(d.arg) > 1<<20 {
			d.arg = nil
		}
	}
	d.printf("highest protocol among opcodes = %d\n", d.highest)
	if len(d.stack) > 0 {
		return t.errorAt(valueError, "stack not empty after STOP: %s", reprStack(d.stack))
	}
	return nil
}

// instruction prints t and does what it does. The order of checks and prints is
// CPython's, as it decides what has been printed when something is wrong.
func (d *disassembler) instruction(t *token) *Error {
	d.offset(t.start)
	info := t.op.Info()
	d.highest = max(d.highest, info.Protocol)
	depth := len(d.marks) // before a mark is taken off: the line itself stands inside
	d.note = d.note[:0]
	complaint := ""

	pop := info.Before.Len()
	after := info.After
	if mark := info.Before.Index(opcode.StackMark); mark >= 0 || t.op == opcode.Pop && d.top() == opcode.StackMark {
		if len(d.marks) == 0 {
			complaint = "no MARK exists on stack"
			d.note = append(d.note, complaint...)
		} else {
			d.note = append(d.note, "(MARK at "...)
			d.note = strconv.AppendInt(d.note, int64(d.marks[len(d.marks)-1]), 10)
			d.note = append(d.note, ')')
			d.marks = d.marks[:len(d.marks)-1]
			for d.top() != opcode.StackMark {
				if len(d.stack) == 0 {
					// An opcode that knows no marks took this one as an object,
					// which dis does not expect.
					return t.errorAt(indexError, "list index out of range")
				}
				d.stack = d.stack[:len(d.stack)-1]
			}
			d.stack = d.stack[:len(d.stack)-1]
			pop = max(mark, 0) // what lies below the mark; POP has taken enough
		}
	}

	switch t.op {
	case opcode.Put, opcode.BinPut, opcode.LongBinPut, opcode.Memoize:
		at := t.key()
		if t.op == opcode.Memoize {
			at = key{n: int64(d.opts.Memo.Len())}
			d.note = append(d.note, "(as "...)
			d.note = strconv.AppendInt(d.note, at.n, 10)
			d.note = append(d.note, ')')
		}
		if _, ok := d.opts.Memo.entries.get(at); ok {
			complaint = d.memoComplaint(t, "already defined")
		} else if top := d.top(); top == 0 {
			complaint = "stack is empty -- can't store into memo"
		} else if top == opcode.StackMark {
			complaint = "can't store markobject in the memo"
		} else {
			d.opts.Memo.entries.set(at, top)
		}
	case opcode.Get, opcode.BinGet, opcode.LongBinGet:
		if o, ok := d.opts.Memo.entries.get(t.key()); ok {
			after[0] = o
		} else {
			complaint = d.memoComplaint(t, "has never been stored into")
		}
	}

	if err := d.rest(t, info.Name, depth); err != nil {
		return err
	}
	if complaint != "" {
		return t.errorAt(valueError, "%s", complaint)
	}

	if len(d.stack) < pop {
		return t.errorAt(valueError, "tries to pop %d items from stack with only %d items", pop, len(d.stack))
	}
	d.stack = d.stack[:len(d.stack)-pop]
	if t.op == opcode.Mark {
		d.marks = append(d.marks, t.start)
	}
	d.stack = append(d.stack, after[:after.Len()]...)
	return nil
}

// rest prints the line of t behind its offset.
func (d *disassembler) rest(t *token, name string, depth int) *Error {
	arg := d.arg[:0]
	if t.form != formNone {
		var message string
		if arg, message = t.appendRepr(arg); message != "" {
			return t.errorAt(valueError, "%s", message)
		}
		d.arg = arg
	}
	column := d.opcodeChar(t.op) + d.indent(depth) + len(name)
	d.write(name)
	if len(arg) > 0 || len(d.note) > 0 {
		column += d.blanks(10 - len(name))
		for _, field := range [2][]byte{arg, d.note} {
			if len(field) > 0 {
				d.write(" ")
				d.writeBytes(field)
				column++
				if d.opts.Annotate != 0 {
					column += utf8.RuneCount(field)
				}
			}
		}
	}
	if d.opts.Annotate != 0 {
		column += d.blanks(d.annocol - column)
		// The next annotation follows this one, unless that is too far to the right.
		d.annocol = column
		if d.annocol > 50 {
			d.annocol = d.opts.Annotate
		}
		d.write(" ")
		d.write(annotations[t.op])
	}
	d.write("\n")
	return nil
}

// offset prints n, right-aligned in five columns, as "%5d: " does.
func (d *disassembler) offset(n int) {
	var b [20]byte
	digits := strconv.AppendInt(b[:0], int64(n), 10)
	d.blanks(5 - len(digits))
	d.writeBytes(digits)
	d.write(": ")
}

// opcodeChar prints the opcode as a character or its escape, in a column of five.
func (d *disassembler) opcodeChar(op opcode.Op) int {
	var b [16]byte
	repr := textcodec.AppendReprStr(b[:0], string(rune(op)))
	repr = repr[1 : len(repr)-1]
	d.writeBytes(repr)
	return len(repr) + d.blanks(5-len(repr))
}

// indent prints the indentation for the given number of open marks.
func (d *disassembler) indent(depth int) int {
	level := d.opts.IndentLevel
	if level < 0 || depth == 0 {
		return 0
	}
	// The product may not fit an int; divisions always do.
	switch {
	case level <= d.indentable/depth:
		d.indentable -= level * depth
		return d.blanks(level * depth)
	case level <= flatIndent/depth:
		return d.blanks(level * depth)
	}
	d.indentable = 0
	return d.blanks(flatIndent)
}

// memoComplaint is the message about the memo key that is t's argument.
func (d *disassembler) memoComplaint(t *token, what string) string {
	repr, _ := t.appendRepr(nil) // decimal arguments of PUT and GET are never too long
	return fmt.Sprintf("memo key %s %s", repr, what)
}

// top is the topmost object, 0 if there is none.
func (d *disassembler) top() opcode.StackObject {
	if len(d.stack) == 0 {
		return 0
	}
	return d.stack[len(d.stack)-1]
}

// reprStack shows the stack as Python shows a list.
func reprStack(stack []opcode.StackObject) []byte {
	b := []byte{'['}
	for i, o := range stack {
		if i > 0 {
			b = append(b, ", "...)
		}
		b = append(b, o.String()...)
	}
	return append(b, ']')
}
