package container

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"

	"github.com/ulikunitz/xz/lzma"
)

// The .xz file format 1.2.1: streams of blocks, each a chain of filters, of which we know
// LZMA2 alone, as Python's lzma writes it.

const xzMagic = "\xfd7zXZ\x00"

var (
	errXZ       = errors.New("not as the .xz format says")
	errXZFilter = errors.New("a filter other than LZMA2")
)

// xzReader reads streams one after the other, up to where something else follows. It does not
// verify checks: they are no part of what a loader reads, and a wrong one makes the end of
// the data an error only after they were handed out.
type xzReader struct {
	r      *bytes.Reader
	window int64
	check  int // bytes of the check that follows each block
	size   int64
	block  io.Reader
}

func openXZ(r *bytes.Reader, window int64) (io.Reader, error) {
	x := &xzReader{r: r, window: window}
	return x, x.stream()
}

// stream reads the header of a stream.
func (x *xzReader) stream() error {
	var h [12]byte
	if _, err := io.ReadFull(x.r, h[:]); err != nil {
		return err
	}
	if string(h[:6]) != xzMagic || h[6] != 0 {
		return errXZ
	}
	sizes := [16]int{0, 4, 4, 4, 8, 8, 8, 16, 16, 16, 32, 32, 32, 64, 64, 64}
	x.check = sizes[h[7]&15]
	return nil
}

func (x *xzReader) Read(p []byte) (int, error) {
	for {
		if x.block == nil {
			if err := x.next(); err != nil {
				return 0, err
			}
			continue
		}
		n, err := x.block.Read(p)
		if err == io.EOF {
			x.block, err = nil, x.endBlock()
		}
		if n > 0 || err != nil {
			return n, err
		}
	}
}

// endBlock skips the padding to a multiple of four bytes, and the check.
func (x *xzReader) endBlock() error {
	n := x.size - int64(x.r.Len())
	return x.skip((4-n&3)&3 + int64(x.check))
}

func (x *xzReader) skip(n int64) error {
	if n > int64(x.r.Len()) {
		return io.ErrUnexpectedEOF
	}
	_, err := x.r.Seek(n, io.SeekCurrent)
	return err
}

// next opens the next block, of this stream or of the one after it.
func (x *xzReader) next() error {
	x.size = int64(x.r.Len())
	n, err := x.r.ReadByte()
	if err != nil {
		return io.ErrUnexpectedEOF
	}
	if n == 0 {
		return x.endStream()
	}
	h := make([]byte, int(n)*4+3)
	if _, err := io.ReadFull(x.r, h); err != nil {
		return io.ErrUnexpectedEOF
	}
	flags, h := h[0], h[1:]
	for bit := byte(0x40); bit != 0; bit <<= 1 { // the sizes, which LZMA2 does not need
		if flags&bit != 0 {
			if _, h, err = xzNumber(h); err != nil {
				return err
			}
		}
	}
	id, h, err := xzNumber(h)
	if err != nil {
		return err
	}
	if flags&3 != 0 || id != 0x21 {
		return errXZFilter
	}
	size, h, err := xzNumber(h)
	if err != nil || size != 1 || len(h) == 0 || h[0] > 40 {
		return errXZ
	}
	dict := int64(1<<32 - 1)
	if h[0] < 40 {
		dict = int64(2|h[0]&1) << (h[0]/2 + 11)
	}
	x.block, err = lzma.Reader2Config{DictCap: int(max(lzma.MinDictCap, min(dict, x.window)))}.NewReader2(x.r)
	return err
}

// endStream reads the index and the footer, and what follows if it is another stream.
func (x *xzReader) endStream() error {
	count, err := binary.ReadUvarint(x.r)
	if err != nil {
		return io.ErrUnexpectedEOF
	}
	for range count { // each takes two bytes or more, or ends the loop
		for range 2 {
			if _, err := binary.ReadUvarint(x.r); err != nil {
				return io.ErrUnexpectedEOF
			}
		}
	}
	n := x.size - int64(x.r.Len())
	if err := x.skip((4-n&3)&3 + 4 + 12); err != nil {
		return err
	}
	for {
		at := x.r.Size() - int64(x.r.Len())
		var next [6]byte
		x.r.ReadAt(next[:], at)
		switch {
		case string(next[:]) == xzMagic:
			return x.stream()
		case [4]byte(next[:4]) == [4]byte{} && x.r.Len() >= 4:
			if err := x.skip(4); err != nil {
				return err
			}
		default:
			return io.EOF
		}
	}
}

func xzNumber(b []byte) (uint64, []byte, error) {
	v, n := binary.Uvarint(b)
	if n <= 0 {
		return 0, nil, errXZ
	}
	return v, b[n:], nil
}
