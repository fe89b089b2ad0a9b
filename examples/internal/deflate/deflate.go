// Package deflate compresses and decompresses values as Python's services keep them: with
// zlib, or not at all.
package deflate

import (
	"bytes"
	"compress/zlib"
	"errors"
	"fmt"
	"io"
)

// MaxSize bounds what is decompressed: a few bytes can stand for any number of them.
const MaxSize = 64 << 20

// Decompress returns what is in zlib data, and data that are something else as they are.
func Decompress(data []byte) ([]byte, error) {
	z, err := zlib.NewReader(bytes.NewReader(data))
	if err != nil {
		return data, nil
	}
	plain, err := io.ReadAll(io.LimitReader(z, MaxSize+1))
	if err == nil && len(plain) > MaxSize {
		err = fmt.Errorf("it has more than %d bytes when it is decompressed", MaxSize)
	}
	return plain, err
}

// Compress returns data in the form of zlib.
func Compress(data []byte) ([]byte, error) {
	var out bytes.Buffer
	z := zlib.NewWriter(&out)
	_, err := z.Write(data)
	err = errors.Join(err, z.Close())
	return out.Bytes(), err
}
