package main

import (
	"bytes"
	"context"
	"encoding/json"
	"log/slog"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/go-pickle/pickle/frames"
	"github.com/go-pickle/pickle/internal/peers"
	"github.com/go-pickle/pickle/internal/pytest"
)

// program logs through a SocketHandler, as any program would.
const program = `
# -*- coding: utf-8 -*-
import logging, logging.handlers, sys
logging.raiseExceptions = True
root = logging.getLogger()
root.setLevel(logging.DEBUG)
root.addHandler(logging.handlers.SocketHandler(sys.argv[1], int(sys.argv[2])))
log = logging.getLogger("shop.orders")
log.debug("plain")
log.info("order %d of %s", 7, u"Zo\xeb", extra={"customer": {"id": 12, "vip": True}, "total": 9.5})
log.warning("large " + "x" * 100000)
try:
    {}["nothing"]
except KeyError:
    log.exception("failed")
log.critical("with an object", extra={"where": complex(1, 2), "tags": ("a", None)})
logging.shutdown()
`

// TestPython lets each Python log to the server.
func TestPython(t *testing.T) {
	for _, python := range pytest.Installed(t) {
		t.Run(python.String(), func(t *testing.T) {
			listener, err := net.Listen("tcp", "127.0.0.1:0")
			if err != nil {
				t.Fatal(err)
			}
			defer listener.Close()
			var out lines
			go Serve(listener, slog.NewJSONHandler(&out, &slog.HandlerOptions{Level: slog.LevelDebug}))
			before := time.Now().Add(-time.Second)
			host, port, _ := net.SplitHostPort(listener.Addr().String())
			peers.Run(t, python.Path, program, host, port)

			var got []map[string]any
			peers.Eventually(t, "all records arrive", func() bool {
				got = out.all(t)
				return len(got) == 5
			})
			for i, want := range []struct{ level, msg string }{
				{"DEBUG", "plain"}, {"INFO", "order 7 of Zoë"}, {"WARN", "large " + strings.Repeat("x", 100000)},
				{"ERROR", "failed"}, {"ERROR+4", "with an object"},
			} {
				if got[i]["level"] != want.level || got[i]["msg"] != want.msg || got[i]["logger"] != "shop.orders" {
					t.Errorf("record %d is %.300v", i, got[i])
				}
				when, err := time.Parse(time.RFC3339, got[i]["time"].(string))
				if err != nil || when.Before(before) || when.After(time.Now()) {
					t.Errorf("record %d is of %v, %v", i, when, err)
				}
			}
			if at := got[0]["at"].(string); !strings.HasSuffix(at, ":9") {
				t.Errorf("the first record is from %s", at)
			}
			if got[1]["total"] != 9.5 || got[1]["customer"] == nil {
				t.Errorf("extra is %v", got[1])
			}
			if text, _ := got[3]["exception"].(string); !strings.HasPrefix(text, "Traceback") || !strings.Contains(text, "KeyError") {
				t.Errorf("the exception is %q", text)
			}
			for _, name := range []string{"process", "threadName", "levelno", "taskName", "msecs"} {
				if v, ok := got[0][name]; ok {
					t.Errorf("%s is taken for extra: %v", name, v)
				}
			}
		})
	}
}

// lines are the JSON lines that a handler writes.
type lines struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (l *lines) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.buf.Write(p)
}

func (l *lines) all(t *testing.T) (records []map[string]any) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for line := range strings.Lines(l.buf.String()) {
		var r map[string]any
		if err := json.Unmarshal([]byte(line), &r); err != nil {
			t.Fatal(err)
		}
		records = append(records, r)
	}
	return records
}

// TestBadRecords goes on after what is no record.
func TestBadRecords(t *testing.T) {
	var conn bytes.Buffer
	w := frames.NewWriter(&conn)
	for _, v := range []any{
		1, nil, []string{"x"}, map[int]string{1: "x"}, map[string]any{"msg": 1}, map[string]any{"levelno": "INFO"},
		map[string]any{"name": "a", "levelno": 20, "msg": "good", "created": 1.5, "pathname": "p", "lineno": 1,
			"funcName": "f", "exc_text": nil, "thread": 1, "extra": 2},
	} {
		if err := w.Encode(v); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.WriteFrame([]byte("no pickle")); err != nil {
		t.Fatal(err)
	}
	bad := 0
	var good []Record
	for r, err := range Receive(&conn) {
		if err != nil {
			bad++
			continue
		}
		good = append(good, r)
	}
	if bad != 7 || len(good) != 1 || good[0].Message != "good" || len(good[0].Extra) != 1 {
		t.Errorf("%d bad ones, %v", bad, good)
	}
	var out bytes.Buffer
	if err := good[0].Log(context.Background(), slog.NewTextHandler(&out, nil)); err != nil || !strings.Contains(out.String(), "level=INFO msg=good logger=a") {
		t.Errorf("%q, %v", out.String(), err)
	}
}
