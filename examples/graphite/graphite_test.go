package main

import (
	"bytes"
	"errors"
	"fmt"
	"net"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/go-pickle/pickle/frames"
	"github.com/go-pickle/pickle/internal/peers"
)

func dial(t *testing.T, addr string) net.Conn {
	t.Helper()
	conn, err := net.Dial("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	conn.SetDeadline(time.Now().Add(time.Minute))
	return conn
}

func metric(path string, t time.Time, value float64) Metric {
	return Metric{Path: path, Point: At(t, value)}
}

// TestCache sends metrics to a carbon-cache and asks it for them.
func TestCache(t *testing.T) {
	carbon := peers.CarbonCache(t, true)
	now := time.Now().Truncate(time.Second)
	var metrics []Metric
	for i := range 2*batch + 1 { // three frames
		metrics = append(metrics, metric(fmt.Sprintf("go.pickle.n%d", i), now, float64(i)/2))
	}
	if err := Send(dial(t, carbon.PickleAddr), metrics); err != nil {
		t.Fatal(err)
	}
	queries := dial(t, carbon.QueryAddr)
	for _, m := range []Metric{metrics[2*batch], metrics[batch], metrics[1]} {
		var points []Point
		peers.Eventually(t, "carbon-cache has "+m.Path, func() bool {
			var err error
			if points, err = Query(queries, m.Path); err != nil {
				t.Fatal(err)
			}
			return len(points) > 0
		})
		if !slices.Equal(points, []Point{m.Point}) {
			t.Errorf("%s is %v, not %v", m.Path, points, m.Point)
		}
	}
	if points, err := Query(queries, "no.such.metric"); err != nil || len(points) != 0 {
		t.Errorf("%v, %v", points, err)
	}

	var out bytes.Buffer
	if err := run([]string{"send", carbon.PickleAddr, "from.the.command", "0.25"}, &out); err != nil {
		t.Fatal(err)
	}
	peers.Eventually(t, "the command's metric is there", func() bool {
		if err := run([]string{"query", carbon.QueryAddr, "from.the.command"}, &out); err != nil {
			t.Fatal(err)
		}
		return strings.HasPrefix(out.String(), "0.25 ")
	})
}

// TestWhisper sends a metric to a carbon-cache, and Graphite's own library finds it on disk.
func TestWhisper(t *testing.T) {
	carbon := peers.CarbonCache(t, false)
	python := peers.Python(t, "whisper")
	now := time.Now().Truncate(time.Second)
	if err := Send(dial(t, carbon.PickleAddr), []Metric{metric("go.whisper", now, 42.5)}); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(carbon.Whisper, "go", "whisper.wsp")
	peers.Eventually(t, "carbon-cache writes "+file, func() bool {
		return peers.Run(t, python, `
import os, sys, whisper
name, when = sys.argv[1], int(sys.argv[2])
values = whisper.fetch(name, when - 1, when)[1] if os.path.exists(name) and os.path.getsize(name) else []
print(values)`, file, fmt.Sprint(now.Unix())) == "[42.5]"
	})
}

// TestRelay receives what a carbon-relay passes on.
func TestRelay(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	relay := dial(t, peers.CarbonRelay(t, listener.Addr().String()))
	now := time.Now().Truncate(time.Second)
	fmt.Fprintf(relay, "relayed.half 0.5 %d\nrelayed.seven 7 %d\n", now.Unix(), now.Unix())

	listener.(*net.TCPListener).SetDeadline(time.Now().Add(time.Minute))
	conn, err := listener.Accept()
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	conn.SetDeadline(time.Now().Add(time.Minute))
	var got []Metric
	for m, err := range Receive(conn) {
		if err != nil {
			t.Fatal(err)
		}
		if strings.HasPrefix(m.Path, "carbon.") {
			continue // the relay's own
		}
		if got = append(got, m); len(got) == 2 {
			break
		}
	}
	want := []Metric{metric("relayed.half", now, 0.5), metric("relayed.seven", now, 7)}
	if !slices.Equal(got, want) {
		t.Errorf("%v, not %v", got, want)
	}
}

// TestReceive goes on after what is no list of metrics.
func TestReceive(t *testing.T) {
	var conn bytes.Buffer
	w := frames.NewWriter(&conn)
	for _, payload := range []string{
		"(lp0\n(S'py2.path'\np1\n(I1\nF2.5\ntp2\ntp3\na.", // as Python 2 writes it in protocol 0
		"no pickle",
		"K\x01.",          // no list
		"]K\x01a.",        // no metric in it
		"](K\x01NN\x87e.", // no metrics either
		"]Na.",
		"].",
		"](\x8c\x01a(K\x01K\x02tte.", // not a pair
		"](\x8c\x01a(K\x03K\x04t\x86e.",
	} {
		if err := w.WriteFrame([]byte(payload)); err != nil {
			t.Fatal(err)
		}
	}
	var got []Metric
	var errs []error
	for m, err := range Receive(&conn) {
		if err != nil {
			errs = append(errs, err)
			continue
		}
		got = append(got, m)
	}
	if want := []Metric{metric("py2.path", time.Unix(1, 0), 2.5), metric("a", time.Unix(3, 0), 4)}; !slices.Equal(got, want) || len(errs) != 6 {
		t.Errorf("%v, %v", got, errors.Join(errs...))
	}
}

func TestUsage(t *testing.T) {
	for _, args := range [][]string{{}, {"send"}, {"send", "x", "y"}, {"receive", "x", "y"}, {"query", "x"}} {
		if err := run(args, nil); err == nil {
			t.Errorf("%q", args)
		}
	}
}
