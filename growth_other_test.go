//go:build !linux

package pickle_test

import "time"

// processTime is here the time that passes.
func processTime() time.Duration { return time.Duration(time.Now().UnixNano()) }
