package main

import (
	"errors"
	"fmt"

	"github.com/go-pickle/pickle/internal/container"
)

// decompress returns what data hold, and how many bytes of data that took.
func decompress(c *container.Codec, data []byte, limit int64) (plain []byte, used int, err error) {
	plain, used, err = c.Decompress(data, limit)
	if errors.Is(err, container.ErrTooLarge) {
		size := byteSize(limit)
		err = fmt.Errorf("%w: %s", errTooLarge, size.String())
	}
	return plain, used, err
}

func decompressHint(err error) string {
	if errors.Is(err, errTooLarge) {
		return "if you trust it, allow more: --max-bytes 32G"
	}
	return ""
}
