package peers

import (
	"strconv"
	"testing"
)

// Redis starts an empty redis-server, which keeps nothing on disk, and returns its
// host:port.
func Redis(t testing.TB) string {
	t.Helper()
	server := Program(t, "redis-server")
	dir := t.TempDir()
	ports := serve(t, 1, func(ports []int) *Process {
		return Start(t, server, "--bind", "127.0.0.1", "--port", strconv.Itoa(ports[0]),
			"--dir", dir, "--save", "", "--appendonly", "no")
	})
	return address(ports[0])
}
