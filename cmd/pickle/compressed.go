package main

import (
	"bytes"
	"compress/bzip2"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math/bits"
	"strings"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zlib"
	"github.com/klauspost/compress/zstd"
	"github.com/ulikunitz/xz"
	"github.com/ulikunitz/xz/lzma"
)

// A codec is a way in which a file can be compressed.
type codec struct {
	name string
	sure bool // no pickle begins like this
	open func(r *bytes.Reader) (io.Reader, error)
}

// compression recognises compressed data by how they begin; nil is none of them. The first
// bytes of gzip, bzip2, xz and zstd, and the 'x' of zlib as everyone writes it, begin no
// pickle. Where a pickle can begin with the same bytes, data are compressed if they are no
// pickle.
func compression(data []byte) *codec {
	switch {
	case bytes.HasPrefix(data, []byte{0x1f, 0x8b, 8}):
		return &codec{"gzip", true, openGzip}
	case isBzip2(data):
		return &codec{"bzip2", true, func(r *bytes.Reader) (io.Reader, error) { return bzip2.NewReader(r), nil }}
	case bytes.HasPrefix(data, []byte{0xfd, '7', 'z', 'X', 'Z', 0}):
		return &codec{"xz", true, func(r *bytes.Reader) (io.Reader, error) { return xz.NewReader(r) }}
	case isZstd(data):
		return &codec{"zstd", true, openZstd}
	}
	var c *codec
	switch {
	case isZlib(data):
		c = &codec{"zlib", data[0] == 'x', func(r *bytes.Reader) (io.Reader, error) { return zlib.NewReader(r) }}
	case isLZMA(data):
		c = &codec{"lzma", false, func(r *bytes.Reader) (io.Reader, error) { return lzma.NewReader(r) }}
	}
	if c != nil && !c.sure && isPickle(data) {
		return nil
	}
	return c
}

// isBzip2 looks at the header and at what a block or the end begins with: BINBYTES with an
// odd length is close to the header alone.
func isBzip2(data []byte) bool {
	if len(data) < 10 || !bytes.HasPrefix(data, []byte("BZh")) || data[3] < '1' || data[3] > '9' {
		return false
	}
	block := data[4:10]
	return bytes.Equal(block, []byte{0x31, 0x41, 0x59, 0x26, 0x53, 0x59}) ||
		bytes.Equal(block, []byte{0x17, 0x72, 0x45, 0x38, 0x50, 0x90})
}

// isZstd recognises frames, also those that are to be skipped.
func isZstd(data []byte) bool {
	if len(data) < 8 {
		return false
	}
	magic := binary.LittleEndian.Uint32(data)
	return magic == 0xfd2fb528 || magic&^0xf == 0x184d2a50 && !isPickle(data)
}

// isZlib checks the two bytes of RFC 1950's header.
func isZlib(data []byte) bool {
	return len(data) >= 8 && data[0]&0xf == 8 && data[0]>>4 <= 7 && data[1]&0x20 == 0 &&
		(uint(data[0])<<8|uint(data[1]))%31 == 0
}

// isLZMA recognises the header of the old .lzma format, which has no magic number: sound
// properties, a size of the dictionary as encoders write it, a size of the data that is
// possible or unknown.
func isLZMA(data []byte) bool {
	if len(data) < 18 || data[0] >= 9*5*5 || data[13] != 0 {
		return false
	}
	dict := binary.LittleEndian.Uint32(data[1:])
	if dict < 1<<12 || bits.OnesCount32(dict) > 2 && dict != 1<<32-1 {
		return false
	}
	size := binary.LittleEndian.Uint64(data[5:])
	return size == 1<<64-1 || size < 1<<40
}

func openGzip(r *bytes.Reader) (io.Reader, error) {
	z, err := gzip.NewReader(r)
	if err != nil {
		return nil, err
	}
	z.Multistream(false)
	return &gzipMembers{in: r, z: z}, nil
}

// gzipMembers reads a file of gzip, which may have several parts, up to where something
// else follows.
type gzipMembers struct {
	in *bytes.Reader
	z  *gzip.Reader
}

func (g *gzipMembers) Read(p []byte) (int, error) {
	for {
		n, err := g.z.Read(p)
		if n > 0 || err != io.EOF {
			if err == io.EOF {
				err = nil
			}
			return n, err
		}
		var magic [2]byte
		g.in.ReadAt(magic[:], g.in.Size()-int64(g.in.Len()))
		if magic != [2]byte{0x1f, 0x8b} {
			return 0, io.EOF
		}
		if err := g.z.Reset(g.in); err != nil {
			return 0, err
		}
		g.z.Multistream(false)
	}
}

func openZstd(r *bytes.Reader) (io.Reader, error) {
	return zstd.NewReader(r, zstd.WithDecoderConcurrency(1), zstd.WithDecoderLowmem(true), zstd.WithDecoderMaxWindow(1<<31))
}

// decompress returns what data hold, and how many bytes of data that took.
func (c *codec) decompress(data []byte, limit int64) (plain []byte, used int, err error) {
	in := bytes.NewReader(data)
	r, err := c.open(in)
	if err != nil {
		return nil, 0, c.clean(err)
	}
	if d, ok := r.(*zstd.Decoder); ok {
		defer d.Close()
	}
	plain, err = readLimited(r, limit)
	if errors.Is(err, errTooLarge) {
		size := byteSize(limit)
		return nil, 0, fmt.Errorf("%w: %s", errTooLarge, size.String())
	}
	return plain, len(data) - in.Len(), c.clean(err)
}

// clean gives the faults of all codecs the same words.
func (c *codec) clean(err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, io.EOF):
		return errCutOff
	}
	if text, ok := strings.CutPrefix(err.Error(), c.name+": "); ok {
		return errors.New(text)
	}
	return err
}

var errCutOff = errors.New("the end is missing")

func decompressHint(err error) string {
	if errors.Is(err, errTooLarge) {
		return "if you trust it, allow more: --max-bytes 32G"
	}
	return ""
}
