package peers

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"
)

// A Carbon is a running carbon-cache.
type Carbon struct {
	PickleAddr string // takes metrics
	QueryAddr  string // answers cache queries
	Whisper    string // the directory of its .wsp files
}

// CarbonCache starts a carbon-cache. If delay is true it writes next to nothing to disk,
// so that metrics stay in the cache and can be queried.
func CarbonCache(t testing.TB, delay bool) Carbon {
	t.Helper()
	program := Program(t, "carbon-cache")
	dir := t.TempDir()
	updates := "inf"
	if delay {
		updates = "0.001"
	}
	ports := serve(t, 2, func(ports []int) *Process {
		return startCarbon(t, program, dir, "cache", fmt.Sprintf(`
PICKLE_RECEIVER_INTERFACE = 127.0.0.1
PICKLE_RECEIVER_PORT = %d
CACHE_QUERY_INTERFACE = 127.0.0.1
CACHE_QUERY_PORT = %d
LINE_RECEIVER_PORT = 0
MAX_UPDATES_PER_SECOND = %s
MAX_CREATES_PER_MINUTE = inf
`, ports[0], ports[1], updates))
	})
	return Carbon{address(ports[0]), address(ports[1]), filepath.Join(dir, "storage", "whisper")}
}

// CarbonRelay starts a carbon-relay that passes the lines it gets on to a pickle receiver,
// a host:port, and returns the address where it takes lines.
func CarbonRelay(t testing.TB, destination string) (lineAddr string) {
	t.Helper()
	program := Program(t, "carbon-relay")
	dir := t.TempDir()
	ports := serve(t, 1, func(ports []int) *Process {
		return startCarbon(t, program, dir, "relay", fmt.Sprintf(`
LINE_RECEIVER_INTERFACE = 127.0.0.1
LINE_RECEIVER_PORT = %d
PICKLE_RECEIVER_PORT = 0
RELAY_METHOD = consistent-hashing
DESTINATIONS = %s:a
DESTINATION_PROTOCOL = pickle
`, ports[0], destination))
	})
	return address(ports[0])
}

func startCarbon(t testing.TB, program, dir, section, config string) *Process {
	t.Helper()
	storage := filepath.Join(dir, "storage")
	for _, d := range []string{storage, filepath.Join(storage, "log"), filepath.Join(storage, "whisper")} {
		if err := os.MkdirAll(d, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	writeFile(t, filepath.Join(dir, "storage-schemas.conf"), "[all]\npattern = .*\nretentions = 1s:1d\n")
	name := filepath.Join(dir, "carbon.conf")
	writeFile(t, name, fmt.Sprintf(`[%s]
USER =
STORAGE_DIR = %[2]s
LOCAL_DATA_DIR = %[2]s/whisper/
CONF_DIR = %[3]s
LOG_DIR = %[2]s/log/
PID_DIR = %[2]s
%[4]s`, section, storage, dir, config))
	os.Remove(filepath.Join(storage, "carbon-"+section+"-a.pid")) // of one that did not start
	return Start(t, program, "--config="+name, "--nodaemon", "start")
}

func writeFile(t testing.TB, name, text string) {
	t.Helper()
	if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}
