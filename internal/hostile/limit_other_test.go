//go:build !linux

package hostile_test

import (
	"testing"
	"time"
)

// limitMemory and processTime are for Linux; TestRun is skipped elsewhere.
func limitMemory(t *testing.T, bytes uint64) {}

func processTime() time.Duration { return time.Duration(time.Now().UnixNano()) }
