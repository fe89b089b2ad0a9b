//go:build linux || darwin || freebsd || netbsd || openbsd || dragonfly

package replace

import (
	"os"
	"syscall"
)

// haveLocks says whether files can be locked here.
const haveLocks = true

// lock locks f until it is closed or the process ends. busy says that another has locked it;
// without locks neither is true.
func lock(f *os.File) (ok, busy bool) {
	err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
	return err == nil, err == syscall.EWOULDBLOCK
}
