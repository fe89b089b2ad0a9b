package container

import (
	"io"
	"runtime/debug"

	"github.com/go-pickle/pickle/internal/bulk"
)

// releaseAt is the size from which memory that was outgrown is given back at once.
const releaseAt = 64 << 20

// ReadAll returns what r gives, but with [ErrTooLarge] only the first limit bytes if there are
// more. It takes at most twice the memory of what it returns: what is reserved and was never
// written to is none, and of gigabytes nothing waits for the collector.
func ReadAll(r io.Reader, limit int64) ([]byte, error) {
	b := bulk.Uncleared(4 << 10)
	for {
		if len(b) == cap(b) {
			more := bulk.Uncleared(int(min(2*int64(cap(b)), limit+1)))
			b = bulk.Append(more, b)
			if more = nil; cap(b) >= 2*releaseAt {
				debug.FreeOSMemory()
			}
		}
		n, err := r.Read(b[len(b):cap(b)])
		b = b[:len(b)+n]
		switch {
		case int64(len(b)) > limit:
			return b[:limit], ErrTooLarge
		case err == io.EOF:
			return b, nil
		case err != nil:
			return b, err
		}
	}
}
