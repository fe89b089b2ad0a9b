package pickle

import (
	"encoding/binary"
	"iter"
	"slices"
	"unsafe"

	"github.com/go-pickle/pickle/internal/bulk"
	"github.com/go-pickle/pickle/internal/spare"
	"github.com/go-pickle/pickle/opcode"
)

// An output is the pickle as far as it is written. A long one is written into one buffer
// that is about as large as it will become, by how far the encoder has come with the value
// (see [encoder.left]): then the buffer is the result, and no copy is made. Where it
// becomes longer than that, it goes on in another.
type output struct {
	out   []byte
	done  []string // what comes before out, in order: buffers that are full, and large data
	gone  int      // how many bytes of done were in out
	own   bool     // out is a buffer of this pickle; else of the encoder, for short ones
	short []byte   // the buffer for short ones
	frame int      // where the open frame's header is in out; -1 if there is none
	soft  int      // up to this length of out a boundary needs no look
}

const (
	frameTarget = 64 << 10 // a frame is closed when it holds as much
	frameMin    = 4        // a shorter one is written without its header
	frameHeader = 9
)

// They are variables so that a test can have many buffers in a short pickle.
var (
	shortOut = 64 << 10  // from here on a pickle has a buffer of its own
	minChunk = 256 << 10 // what comes after a buffer that is full has one of this size
	maxChunk = 8 << 20   // or, if it is long, up to this
)

var spareOut spare.Slot[byte]

func (o *output) start() {
	o.out, o.own = o.short[:0], false
	clear(o.done)
	o.done, o.gone = o.done[:0], 0
	o.frame, o.soft = -1, 0
}

// trim keeps what the next pickle can use, and lets go of the rest.
func (o *output) trim() {
	switch {
	case o.own:
		spareOut.Give(o.out)
	case len(o.done) == 0 && cap(o.out) <= shortOut:
		o.short = o.out[:0]
	}
	o.out, o.own = nil, false
	clear(o.done)
	if cap(o.done) > 1<<12 {
		o.done = nil
	}
}

// written is how many bytes were written, but for large data.
func (o *output) written() int { return o.gone + len(o.out) }

// openFrame leaves room for a frame's header.
func (e *encoder) openFrame() {
	if e.proto < 4 {
		return
	}
	e.frame = len(e.out)
	e.out = append(e.out, byte(opcode.Frame), 0, 0, 0, 0, 0, 0, 0, 0)
}

// closeFrame fills the header in, or takes it away from a frame too short for one.
func (e *encoder) closeFrame() {
	if e.frame < 0 {
		return
	}
	body := e.frame + frameHeader
	n := len(e.out) - body
	if n >= frameMin {
		binary.LittleEndian.PutUint64(e.out[e.frame+1:], uint64(n))
	} else {
		e.out = append(e.out[:e.frame], e.out[body:]...)
	}
	e.frame = -1
}

// boundary closes a frame that is full, and makes room for an atom. CPython looks only
// before it saves an object.
func (e *encoder) boundary() {
	if len(e.out) >= e.soft {
		e.lookAtFrame()
	}
}

// roomForAtom is how much room there is after a boundary.
const roomForAtom = 320

func (e *encoder) lookAtFrame() {
	if e.frame >= 0 && len(e.out)-e.frame-frameHeader >= frameTarget {
		e.closeFrame()
		e.openFrame()
		e.expect()
	}
	e.makeRoom(roomForAtom)
	e.soft = cap(e.out) - roomForAtom + 1
	if e.frame >= 0 {
		e.soft = min(e.soft, e.frame+frameHeader+frameTarget)
	}
}

// makeRoom makes room for n bytes in out.
func (e *encoder) makeRoom(n int) {
	if cap(e.out)-len(e.out) < n {
		e.growOut(n)
	}
}

// growOut is makeRoom where there is none.
func (e *encoder) growOut(room int) {
	n := len(e.out)
	if !e.own && n+max(n, room) <= shortOut {
		// append alone would let it grow by a quarter.
		e.out = slices.Grow(e.out, max(n, room, 512))
		return
	}
	left := e.left()
	e.expect()
	if len(e.done) == 0 && left > n/2 {
		if left > 32*n {
			left /= 16 // then it is known better
		}
		// What is not needed is memory that is never touched, but the collector counts it,
		// and the guess may be wide of the mark.
		left = min(left+left/8+1<<10, max(8*n, 16<<20))
		e.out = append(newOut(n+max(room, left)), e.out...)
		e.own = true
		return
	}
	// out is done, but for a frame that is open.
	if e.frame >= 0 {
		n = e.frame
		e.frame = 0
	}
	open := e.out[n:]
	if n > 0 {
		e.done = append(e.done, bytesAsString(e.out[:n]))
		e.gone += n
	}
	size := max(min(max(left, e.gone), maxChunk), minChunk, room)
	e.out = append(newOut(len(open)+size), open...)
	e.own = true
	e.soft = 0
}

// newOut returns a buffer for n bytes.
func newOut(n int) []byte {
	if b := spareOut.Take(n); b != nil {
		return b
	}
	return bulk.Uncleared(n)
}

// writeSizedData writes an opcode with its length, then the data: outside of frames and
// without a copy if they are large.
func (e *encoder) writeSizedData(header []byte, data string) {
	if len(data) < frameTarget {
		e.makeRoom(len(header) + len(data) + roomForAtom)
		e.out = append(e.out, header...)
		e.out = append(e.out, data...)
		return
	}
	e.closeFrame()
	e.makeRoom(roomForAtom)
	e.out = append(e.out, header...)
	e.done = append(e.done, bytesAsString(e.out), data)
	e.gone += len(e.out)
	e.out = e.out[len(e.out):]
	e.soft = 0
	e.openFrame()
}

// size is the length of the pickle.
func (o *output) size() int {
	n := len(o.out)
	for _, s := range o.done {
		n += len(s)
	}
	return n
}

// pieces yields the pickle in order.
func (o *output) pieces() iter.Seq[[]byte] {
	return func(yield func([]byte) bool) {
		for _, s := range o.done {
			if !yield(unsafe.Slice(unsafe.StringData(s), len(s))) {
				return
			}
		}
		if len(o.out) > 0 {
			yield(o.out)
		}
	}
}

// appendTo appends the pickle to dst.
func (o *output) appendTo(dst []byte) []byte {
	n := o.size()
	switch {
	case cap(dst)-len(dst) >= n:
	case len(dst) == 0 && len(o.done) == 0 && o.own && cap(o.out)-n <= n/4:
		out := o.out[:n:n]
		o.out, o.own = nil, false
		return out
	case len(dst) == 0 && len(o.done) == 0 && !o.own:
		return bulk.Append(bulk.Uncleared(n), o.out)
	default:
		dst = bulk.Append(bulk.Uncleared(len(dst)+n), dst)
		dst = dst[: len(dst) : len(dst)+n]
	}
	for p := range o.pieces() {
		dst = bulk.Append(dst, p)
	}
	return dst
}
