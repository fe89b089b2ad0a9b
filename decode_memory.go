package pickle

import (
	"math/big"
	"reflect"
	"unsafe"

	"github.com/go-pickle/pickle/graph"
	"github.com/go-pickle/pickle/internal/bulk"
)

// A valuePiece is memory for values of one type that is handed out in parts.
type valuePiece struct {
	next unsafe.Pointer
	left int
	size int // of the whole
}

const (
	pieceBytes = 32 << 10 // the most that one piece takes
	firstPiece = 4        // values in the first
)

// zeroSized is where values without a size are.
var zeroSized uint64

// alloc returns memory for n values of pl's type, set to zero. Small ones are parts of
// larger pieces.
func (d *typed) alloc(pl *plan, n int) unsafe.Pointer {
	if n == 0 || pl.size == 0 {
		return unsafe.Pointer(&zeroSized)
	}
	if uint64(n)*uint64(pl.size) > pieceBytes/8 {
		return makeSlice(pl, n)
	}
	if int(pl.id) >= len(d.pieces) {
		d.pieces = append(d.pieces, make([]valuePiece, int(pl.id)+1-len(d.pieces))...)
	}
	at := &d.pieces[pl.id]
	if at.left < n {
		if at.size == 0 {
			d.used = append(d.used, pl.id)
			at.size = n // there may be only one
		} else {
			at.size = max(n, min(max(at.size, firstPiece)*2, pieceBytes/int(pl.size)))
		}
		at.left = at.size
		at.next = makeSlice(pl, at.size)
	}
	p := at.next
	if at.left -= n; at.left > 0 {
		at.next = unsafe.Add(p, n*int(pl.size))
	} else {
		at.next = nil
	}
	return p
}

// makeSlice is alloc for a piece of its own. Package reflect makes two allocations of it,
// one for the slice itself.
func makeSlice(pl *plan, n int) unsafe.Pointer {
	switch pl.op {
	case opInt64, opUint64, opFloat64:
		return unsafe.Pointer(unsafe.SliceData(make([]int64, n)))
	case opString:
		return unsafe.Pointer(unsafe.SliceData(make([]string, n)))
	case opPointer:
		return unsafe.Pointer(unsafe.SliceData(make([]unsafe.Pointer, n)))
	case opSlice, opBytes:
		return unsafe.Pointer(unsafe.SliceData(make([]sliceHeader, n)))
	}
	return reflect.MakeSlice(pl.slice, n, n).UnsafePointer()
}

// texts is the memory of strings.
type texts struct {
	input  string // the input, or a copy, for strings to share; "" if they get their own
	looked bool
	pool   slab[byte]
	words  slab[big.Word]       // of big.Ints
	shorts map[graph.Ref]string // of what is used several times and has no place in input

	scratch []byte // of encoded
}

// look decides how strings get their memory: if they are most of the input, as parts of
// one copy of it.
func (d *typed) look() {
	d.looked = true
	data := d.g.Input()[:d.g.End()]
	if d.b.owned {
		d.input = bytesAsString(data)
		return
	}
	size := d.g.PayloadBytes()
	if mostlyText(size, len(data)) && d.g.Count(graph.Bytes)+d.g.Count(graph.ByteArray)+d.g.Count(graph.Long) > 0 {
		size = 0
		for n := range d.g.Nodes() {
			if n.Kind() == graph.Str {
				size += n.Len()
			}
		}
	}
	if d.pool = (slab[byte]{left: size}); mostlyText(size, len(data)) {
		d.input = bulk.String(data)
	}
}

// str is the text of r, a Str, as a string that nothing will change.
func (d *typed) str(r graph.Ref) string {
	if !d.looked {
		d.look()
	}
	if start, end, ok := d.g.StrSpan(r); ok && end <= len(d.input) {
		return d.input[start:end]
	}
	n := d.g.Node(r)
	if !n.Shared() {
		return d.own(n.Payload())
	}
	s, ok := d.shorts[r]
	if !ok {
		s = d.own(n.Payload())
		if d.shorts == nil {
			d.shorts = make(map[graph.Ref]string)
		}
		d.shorts[r] = s
	}
	return s
}

// own is a copy of data as a string.
func (d *typed) own(data []byte) string {
	if len(data) == 0 {
		return ""
	}
	own := d.pool.take(len(data))
	bulk.Copy(own, data)
	return unsafe.String(&own[0], len(own))
}

// smallBytes is up to how many bytes go into the memory of many.
const smallBytes = 256

// bytes is a copy of data.
func (d *typed) bytes(data []byte) []byte {
	if len(data) == 0 || len(data) > smallBytes {
		return bulk.Append(bulk.Uncleared(len(data)), data)
	}
	own := d.pool.take(len(data))
	copy(own, data)
	return own
}

// largePart is from what size on bytes are a part of the input, if nobody else has that.
const largePart = 4 << 10

// bytesOf is the data of n for one who may change them: no copy if they are large and this is
// the only place for them.
func (d *typed) bytesOf(n graph.Node, data []byte) []byte {
	if len(data) >= largePart && d.b.owned && !n.Shared() && !d.o.KeepMemo && n.Kind() != graph.Buffer {
		if start, end, ok := n.Span(); ok {
			return d.g.Input()[start:end:end]
		}
	}
	return d.bytes(data)
}
