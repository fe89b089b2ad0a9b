//go:build !linux

package pickle_test

import (
	"testing"
	"time"
)

// limitMemory and processTime are for Linux; TestHostile is skipped elsewhere.
func limitMemory(t *testing.T, bytes uint64) {}

func processTime() time.Duration { return time.Duration(time.Now().UnixNano()) }
