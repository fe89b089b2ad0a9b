package py

import (
	"io"
	"math"
	"unsafe"

	"github.com/go-pickle/pickle/internal/stack"
)

// Repr returns x as Python's repr prints it: None, 1.0, 'str', b'..', (1,), set(),
// {'a': [1, 2]}. Where Python prints a value inside itself as [...], {...} or (...), so
// does Repr. What Python could only know by running code is printed in forms of our own:
//
//	collections.OrderedDict                        a Global: a class or function
//	datetime.date(2024, 1, 31)                     the result of a call (ByReduce)
//	<collections.deque(): [1, 2]>                  ... then appended to
//	<collections.OrderedDict(): {'a': 1}>          ... then items were set
//	<geometry.Point object>                        an instance made without a call (ByNewObj)
//	<geometry.Point object (1, 2): x=1, y=2>       ... with arguments, then its attributes set
//	<geometry.Point object: x=1; slots y=2>        ... with attributes in slots
//	<geometry.Point object: state (1, 2)>          ... with a state that is not attributes
//	<geometry.Point object (1, k=2): call m.f(self, 3)>   ByNewObjEx; a state setter
//	<geometry.Point instance: x=1>                 an instance of a classic class (ByInst)
//	<global ('module', 'name')>                    ByName
//	<persistent 'id'>  <buffer b'..'>              a PersistentRef, a Buffer
//	<main.Point X=1, Y=2>                          a Go struct
//
// An Object inside itself is printed as geometry.Point(...) or <geometry.Point object ...>.
// A Go type outside this package can have a method AppendRepr(dst []byte) []byte, which is
// then used, or be a [Reprer]. Output holds no control characters, whatever x holds. Ints of more than
// 100,000 digits are printed in hexadecimal.
//
// Repr prints values of any size and depth in full, with one exception: a value in which
// containers or long strings are shared so that they would be printed again and again: see
// MaxShared in [ReprOptions].
func Repr(x any) string { return ReprOptions{}.Format(x) }

// AppendRepr appends what [Repr] returns to dst.
func AppendRepr(dst []byte, x any) []byte { return ReprOptions{}.Append(dst, x) }

// ReprOptions says how to print values. The zero ReprOptions prints as [Repr] does.
type ReprOptions struct {
	// Indent, such as two spaces, has containers printed with one item on a line, indented
	// by Indent once for each level, up to 64, if they don't fit on a line of Width columns. Eight or
	// more items that are all short, such as numbers, fill the lines.
	Indent string

	// Width is the length of line that Indent aims at; 0 means 80. Long strings still make
	// long lines.
	Width int

	// MaxDepth is how many containers are opened inside each other; those further in are
	// printed as [... 3 items]. 0 means no limit.
	MaxDepth int

	// MaxItems is how many items of each container are printed; the rest becomes
	// "... 998 more". 0 means no limit.
	MaxItems int

	// Omitted, if it is not nil, says how many more items a container has than it holds, for
	// values of which only a part was built, because the rest would not be printed. It is
	// given the container's items (of a Dict keys and values in turn), and asked only if
	// there are any.
	Omitted func(items []any) int

	// MaxString is how many bytes of each str are printed, and how many columns of each bytes
	// and bytearray, where one byte may print as \x00; what follows is the length:
	// 'abc'...(1000 chars), b'abc'...(1000 bytes). Ints of about as many digits are
	// shortened as well. 0 means no limit.
	MaxString int

	// MaxLen is the length in bytes at which the output is cut off, with "..." added to it.
	// 0 means no limit.
	MaxLen int

	// MaxShared bounds what sharing can blow up. When the output has passed MaxShared
	// bytes, long strings are watched, and containers but for the smallest. When printing
	// those again that have been printed since has made another MaxShared bytes, and 8 times
	// what all the rest has made, they are printed as [...] and the like. 0 means 4 MiB; a
	// negative number means no limit.
	MaxShared int

	// Labels shows what is shared, rather than printing it again: a container that is met
	// more than once has a label when it is printed first, such as &1 [...], and is *1
	// wherever else it is met. Cycles then need no other mark.
	Labels bool
}

const defaultMaxShared = 4 << 20

// sharedFactor is how many times the rest of the output what is printed again may be.
const sharedFactor = 8

// Append appends the printed form of x to dst.
func (o ReprOptions) Append(dst []byte, x any) []byte {
	p := printer{o: o, buf: dst, base: len(dst)}
	p.print(x)
	return p.buf
}

// Format returns the printed form of x.
func (o ReprOptions) Format(x any) string {
	b := o.Append(nil, x)
	if len(b) < flushAt {
		return string(b)
	}
	return unsafe.String(&b[0], len(b)) // not twice what is large
}

// Write prints x to w piece by piece, so that output of any length takes little memory. No
// newline follows. The error is the first that w returned.
func (o ReprOptions) Write(w io.Writer, x any) error {
	p := printer{o: o, w: w, buf: make([]byte, 0, flushAt+flushAt/4)}
	p.print(x)
	p.flush()
	return p.err
}

// maxIndent bounds how often Indent is repeated: without it the output for deep nesting would
// grow with the square of its depth.
const maxIndent = 64

// flushAt is how much output is collected before it is written.
const flushAt = 32 << 10

// A printer prints one value, without recursion. On the stack is what has been opened and
// not yet closed.
type printer struct {
	o       ReprOptions
	w       io.Writer // nil when appending
	err     error
	buf     []byte
	base    int   // where in buf our output begins
	flushed int64 // how much was written to w
	line    int64 // where in the output the current line begins
	stack   stack.Stack[frame]
	depth   int // containers on the stack, counted as MaxDepth does
	level   int // frames on the stack that are printed over several lines
	stop    bool

	// Where the frames from shallow up are on the stack, by identity; those below are looked
	// at one by one.
	open openSet

	// With Labels a dry run finds what is shared: met maps what it met to 0, or to the
	// number of its label, where -1 means that it needs one.
	dry    bool
	steps  int // of the dry run
	met    idTable[int32]
	labels int32

	shared  sharing
	scratch []byte // for wrap
	parts   []any  // for objectParts
}

// A frame is a container of which some items have been printed.
type frame struct {
	x     any    // Tuple, *List, *Dict, *Set, *FrozenSet, *seq or *compose
	next  int    // the item to print next
	slot  uint32 // in openSet, plus one
	multi bool
	fill  bool // several items on a line
	deep  bool // counted in depth
}

// shallow is the depth up to which looking at each frame is faster than a map.
const shallow = 12

func (p *printer) print(x any) {
	p.shared.limit = int64(p.o.MaxShared)
	if p.shared.limit == 0 {
		p.shared.limit = defaultMaxShared
	}
	p.shared.factor, p.shared.at = sharedFactor, -1
	p.line = -int64(p.column(p.buf))
	if p.o.Labels {
		p.dry = true
		p.run(x)
		p.met.keep(func(n int32) bool { return n != 0 }) // most are met once
		p.dry, p.depth, p.level, p.stop = false, 0, 0, false
		p.stack = stack.Stack[frame]{}
	}
	p.run(x)
}

// column is the column at which dst ends.
func (p *printer) column(dst []byte) int {
	for i := len(dst); i > 0; i-- {
		if dst[i-1] == '\n' || len(dst)-i > 200 {
			return len(dst) - i
		}
	}
	return len(dst)
}

// run prints x.
func (p *printer) run(x any) {
	p.value(x)
	for p.stack.Len() > 0 && !p.stop {
		f := p.stack.Top()
		if c, ok := f.x.(*compose); ok {
			if f.next == len(c.parts) {
				p.pop()
				continue
			}
			part := c.parts[f.next]
			f.next++
			p.value(part)
			continue
		}
		p.items()
	}
}

// items prints the items of the innermost container up to one that must be opened first,
// or up to its end.
func (p *printer) items() {
	depth := p.stack.Len()
	f := *p.stack.Top()
	s := sequence(f.x)
	for i := f.next; ; i++ {
		if i >= len(s.items) {
			if n := p.omitted(s.items); n > 0 {
				p.more(n, f.multi)
			}
			p.close(&s, f.multi)
			return
		}
		if s.width == width1 || i%2 == 0 {
			if p.o.MaxItems > 0 && i/s.width >= p.o.MaxItems {
				p.more(len(s.items)/s.width-i/s.width+p.omitted(s.items), f.multi)
				p.close(&s, f.multi)
				return
			}
			if f.fill && i > 0 {
				p.text(",")
				mark := len(p.buf)
				p.text(" ")
				p.leaf(s.items[i])
				p.wrap(mark)
				if p.check(); p.stop {
					return
				}
				continue
			}
			p.separate(i > 0, f.multi)
		} else if s.names {
			p.text("=")
		} else {
			p.text(": ")
		}
		if s.names && i%2 == 0 {
			p.text(s.items[i].(string))
		} else if !p.leaf(s.items[i]) {
			p.stack.Top().next = i + 1
			p.value(s.items[i])
			if p.stack.Len() > depth || p.stop {
				return
			}
		}
		p.check()
		if p.stop {
			return
		}
	}
}

// omitted is how many more items there are than these.
func (p *printer) omitted(items []any) int {
	if p.o.Omitted == nil || len(items) == 0 {
		return 0
	}
	return p.o.Omitted(items)
}

// more says that n items are not printed, after at least one that is.
func (p *printer) more(n int, multi bool) {
	p.separate(true, multi)
	p.text("... ")
	p.int(int64(n))
	p.text(" more")
}

func (p *printer) separate(comma, multi bool) {
	if comma {
		p.text(",")
	}
	if multi {
		p.newline()
	} else if comma {
		p.text(" ")
	}
}

func (p *printer) close(s *seq, multi bool) {
	if multi {
		p.text(",")
		p.level--
		p.newline()
		p.level++ // pop takes it off
	} else if s.tuple && len(s.items) == 1 {
		p.text(",")
	}
	p.text(s.close)
	p.check()
	p.pop()
}

func (p *printer) newline() {
	if p.dry {
		return
	}
	p.buf = append(p.buf, '\n')
	p.line = p.len()
	for range min(p.level, maxIndent) {
		p.buf = append(p.buf, p.o.Indent...)
	}
}

// value prints x, or opens it if it holds other values.
func (p *printer) value(x any) {
	if p.stop { // in the middle of the blanks before x
		return
	}
	if p.leaf(x) {
		p.check()
		return
	}
	switch c := x.(type) {
	case raw:
		p.text(string(c))
		return
	case *compose:
		p.enter(x, false)
		return
	case *seq:
		// The arguments or attributes of an object, which are not printed as the value
		// that they are, but count as met.
		if p.dry && c.id.p != nil {
			if _, met := p.met.get(c.id); met {
				p.met.set(c.id, -1)
				return
			}
			p.met.set(c.id, 0)
		}
		p.enter(x, false)
		return
	}
	id, has := identityOf(x)
	if has {
		if p.o.Labels {
			n, met := p.met.get(id)
			switch {
			case p.dry && met:
				p.met.set(id, -1)
				return
			case n > 0:
				p.text("*")
				p.int(int64(n))
				return
			}
		}
		if !p.dry && p.isOpen(id) {
			p.text(folded(x, "..."))
			return
		}
	}
	if p.o.MaxDepth > 0 && p.depth >= p.o.MaxDepth {
		p.text(folded(x, "... "+p.plural(x)))
		return
	}
	if has && p.o.Labels {
		switch n, _ := p.met.get(id); {
		case p.dry:
			p.met.set(id, 0)
		case n < 0:
			p.labels++
			p.met.set(id, p.labels)
			p.text("&")
			p.int(int64(p.labels))
			p.text(" ")
		}
	}
	if e := emptyText(x); e != "" {
		p.text(e)
		return
	}
	if has && !p.dry && p.shared.watches(p.len()) && !brief(x) && !p.shared.enter(id, p.len(), p.stack.Len()) {
		p.text(folded(x, "..."))
		return
	}
	p.enter(p.form(x), true)
}

// enter opens x, which is what frames hold.
func (p *printer) enter(x any, deep bool) {
	_, composed := x.(*compose)
	if p.o.Indent != "" && !p.dry {
		mark := len(p.buf)
		room := mark + max(0, p.width()-int(p.len()-p.line)-1)
		if deep {
			p.depth++
		}
		fits := p.inlineParts(x, room, 0)
		if deep {
			p.depth--
		}
		if fits {
			if deep {
				p.shared.leave(p.len(), p.stack.Len())
			}
			return
		}
		p.buf = p.buf[:mark]
	}
	f := frame{x: x, deep: deep}
	if composed {
		p.push(f)
		return
	}
	s := sequence(x)
	if len(s.items) == 0 {
		p.text(s.open)
		p.text(s.close)
		return
	}
	f.multi = p.o.Indent != ""
	if f.multi && s.names {
		// The line ends after the colon.
	} else {
		p.text(s.open)
	}
	if f.multi {
		p.level++
		f.fill = !p.dry && p.filled(&s)
	}
	p.push(f)
}

func (p *printer) push(f frame) {
	if p.stack.Len() >= shallow && !p.dry {
		p.open.add(&p.stack, &f)
	}
	if f.deep {
		p.depth++
	}
	p.stack.Push(f)
	p.check()
}

func (p *printer) pop() {
	f := *p.stack.Top()
	p.stack.Pop()
	if f.slot > 0 {
		p.open.slots[f.slot-1] = 0
		p.open.n--
	}
	if f.multi {
		p.level--
	}
	if f.deep {
		p.depth--
		if !p.dry {
			p.shared.leave(p.len(), p.stack.Len())
		}
	}
}

func (p *printer) isOpen(id ident) bool {
	for i := range min(p.stack.Len(), shallow) {
		if f, ok := frameID(p.stack.At(i).x); ok && f == id {
			return true
		}
	}
	return p.open.has(&p.stack, id)
}

// An openSet is the set of what stands on the printer's stack. What is entered last is
// removed first, so that removing is no more than clearing a slot: nothing that came later
// can have been put elsewhere because of it. That makes it faster than a map where it
// matters, ten million levels down.
type openSet struct {
	slots []uint64 // half a hash over the number of the frame plus one
	n     int
}

func (s *openSet) has(frames *stack.Stack[frame], id ident) bool {
	if s.n == 0 {
		return false
	}
	h, mask := id.hash(), uint64(len(s.slots)-1)
	for at := h & mask; s.slots[at] != 0; at = (at + 1) & mask {
		if uint32(s.slots[at]>>32) == uint32(h>>32) {
			if other, _ := frameID(frames.At(int(uint32(s.slots[at])) - 1).x); other == id {
				return true
			}
		}
	}
	return false
}

// add enters f, which is to be pushed onto frames.
func (s *openSet) add(frames *stack.Stack[frame], f *frame) {
	id, ok := frameID(f.x)
	if !ok || frames.Len() >= math.MaxUint32/4 {
		return // past a billion levels, which take 32 GB: cycles are no longer seen
	}
	if s.n++; 4*s.n > 3*len(s.slots) {
		s.slots = make([]uint64, max(64, 2*len(s.slots)))
		for i := range frames.Len() {
			if g := frames.At(i); g.slot > 0 {
				id, _ := frameID(g.x)
				g.slot = s.put(id.hash(), i)
			}
		}
	}
	f.slot = s.put(id.hash(), frames.Len())
}

func (s *openSet) put(h uint64, n int) (slot uint32) {
	mask := uint64(len(s.slots) - 1)
	at := h & mask
	for s.slots[at] != 0 {
		at = (at + 1) & mask
	}
	s.slots[at] = h>>32<<32 | uint64(n+1)
	return uint32(at + 1)
}

// frameID is the identity of what a frame shows.
func frameID(x any) (ident, bool) {
	switch x := x.(type) {
	case *seq:
		return x.id, x.id.p != nil
	case *compose:
		return x.id, x.id.p != nil
	}
	return containerID(x)
}

// inline prints x on the current line if it fits before buf's position end. If not, what
// it has appended by then must be dropped. It gives up early, and looks only a few levels
// deep, so that trying costs no more than a line's worth of work.
func (p *printer) inline(x any, end, level int) bool {
	if p.leafSize(x) > end-len(p.buf) {
		return false
	}
	switch x.(type) {
	case *ByteArray, *Buffer:
		if n, _ := p.met.get(ident{boxPointer(x), -1}); n < 0 {
			return false // as below
		}
	case raw, *seq, *compose:
		return p.inlineParts(x, end, level)
	}
	if p.leaf(x) {
		return len(p.buf) <= end
	}
	if level > 4 {
		return false
	}
	if id, ok := identityOf(x); ok {
		if n, met := p.met.get(id); met && n > 0 {
			p.text("*")
			p.int(int64(n))
			return len(p.buf) <= end
		} else if met || p.isOpen(id) {
			// It needs a label, which can't be taken back if this fails.
			return false
		}
	}
	if p.o.MaxDepth > 0 && p.depth >= p.o.MaxDepth {
		p.text(folded(x, "... "+p.plural(x)))
		return len(p.buf) <= end
	}
	if e := emptyText(x); e != "" {
		p.text(e)
		return len(p.buf) <= end
	}
	p.depth++
	ok := p.inlineParts(p.form(x), end, level)
	p.depth--
	return ok
}

// inlineParts is inline for what frames hold, after what [printer.value] does first.
func (p *printer) inlineParts(x any, end, level int) bool {
	switch c := x.(type) {
	case raw:
		p.text(string(c))
		return len(p.buf) <= end
	case *compose:
		for _, part := range c.parts {
			if !p.inline(part, end, level+1) {
				return false
			}
		}
		return true
	}
	s := sequence(x)
	if 2*len(s.items) > end-len(p.buf) || p.o.MaxItems > 0 && len(s.items)/s.width > p.o.MaxItems ||
		p.omitted(s.items) > 0 {
		return false
	}
	p.text(s.open)
	for i, item := range s.items {
		switch {
		case s.width == width1 || i%2 == 0:
			p.separate(i > 0, false)
		case s.names:
			p.text("=")
		default:
			p.text(": ")
		}
		if s.names && i%2 == 0 {
			p.text(item.(string))
		} else if !p.inline(item, end, level+1) {
			return false
		}
	}
	if s.tuple && len(s.items) == 1 {
		p.text(",")
	}
	p.text(s.close)
	return len(p.buf) <= end
}

// len is the length of the output so far.
func (p *printer) len() int64 { return p.flushed + int64(len(p.buf)-p.base) }

// check cuts the output off when it is long enough, and passes it on. It is called after
// each leaf and when a container is opened.
func (p *printer) check() {
	if p.dry {
		// What is printed takes a byte at least, so a dry run need not go further.
		p.steps++
		p.stop = p.o.MaxLen > 0 && p.steps > p.o.MaxLen
		return
	}
	if limit := int64(p.o.MaxLen); limit > 0 && p.len() > limit {
		keep := p.base + int(limit-p.flushed)
		for keep > p.base && p.buf[keep]&0xc0 == 0x80 {
			keep--
		}
		p.buf = append(p.buf[:keep], "..."...)
		p.stop = true
		return
	}
	if p.w != nil && len(p.buf) >= flushAt {
		p.flush()
	}
}

func (p *printer) flush() {
	if p.err == nil && len(p.buf) > 0 {
		_, p.err = p.w.Write(p.buf)
	}
	p.flushed += int64(len(p.buf))
	p.buf = p.buf[:0]
	if p.err != nil {
		p.stop = true
	}
	if cap(p.buf) > 4*flushAt {
		p.buf = make([]byte, 0, flushAt+flushAt/4) // one long string is no reason to keep it
	}
}

// sharing bounds the work that is spent on things met again: limit, and factor times the
// work on things met for the first time. It counts in whatever unit its caller measures
// progress. It begins to watch when limit is reached, so most values are never watched.
type sharing struct {
	limit  int64 // negative: none
	factor int64
	seen   idTable[struct{}]
	spent  int64
	at     int   // the depth of the outermost thing being repeated, or -1
	start  int64 // the progress when it began
}

// watches reports whether what is done from now on is.
func (s *sharing) watches(progress int64) bool { return s.limit >= 0 && progress >= s.limit }

// brief reports whether x holds so little that to print it again takes no longer than to look
// up whether it was printed.
func brief(x any) bool {
	const few, short = 4, 32
	var items []any
	switch x := x.(type) {
	case Tuple:
		items = x
	case *List:
		items = x.Items
	case *Dict:
		items = x.t.items
	default:
		return false
	}
	if len(items) > few {
		return false
	}
	for _, item := range items {
		switch item := item.(type) {
		case nil, bool, int64, float64:
		case string:
			if len(item) > short {
				return false
			}
		default:
			return false
		}
	}
	return true
}

// enter reports whether something is to be done although it was done before.
func (s *sharing) enter(id ident, progress int64, depth int) bool {
	if !s.watches(progress) {
		return true
	}
	if _, again := s.seen.get(id); !again {
		s.seen.set(id, struct{}{})
		return true
	}
	spent := s.spent
	if s.at >= 0 {
		spent += progress - s.start
	}
	if spent > s.limit && spent-s.limit > s.factor*(progress-s.limit-spent) {
		return false
	}
	if s.at < 0 {
		s.at, s.start = depth, progress
	}
	return true
}

// leave ends what was entered at depth.
func (s *sharing) leave(progress int64, depth int) {
	if s.at == depth {
		s.spent += progress - s.start
		s.at = -1
	}
}
