package hostile_test

import (
	"syscall"
	"testing"
	"time"
)

// limitMemory ends this process with a fatal error when it takes more.
func limitMemory(t *testing.T, bytes uint64) {
	if err := syscall.Setrlimit(syscall.RLIMIT_DATA, &syscall.Rlimit{Cur: bytes, Max: bytes}); err != nil {
		t.Fatal(err)
	}
}

// processTime is the processor's time that this process has had.
func processTime() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		panic(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
