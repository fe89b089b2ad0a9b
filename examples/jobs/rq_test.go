package main

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/go-pickle/pickle"
	"github.com/go-pickle/pickle/internal/peers"
	"github.com/go-pickle/pickle/py"
	"github.com/redis/go-redis/v9"
)

// rqApp is the begin of a program that has jobs, given the URL of a Redis server and a
// directory with the module of their functions.
const rqApp = `
import sys
sys.path.insert(0, sys.argv[2])
import redis, rq
connection = redis.Redis.from_url(sys.argv[1])
queue = rq.Queue(connection=connection)
`

const shop = `
def add(*numbers, scale=1): return sum(numbers) * scale
def fail(): raise ValueError("no stock")
`

const rqWorker = `
rq.SimpleWorker([queue], connection=connection).work(burst=True)
`

func startRQ(t *testing.T) (r *RQ, python, url, dir string) {
	t.Helper()
	python = peers.Python(t, "rq", "redis")
	addr := peers.Redis(t)
	dir = t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "shop.py"), []byte(shop), 0o644); err != nil {
		t.Fatal(err)
	}
	client := redis.NewClient(&redis.Options{Addr: addr})
	t.Cleanup(func() { client.Close() })
	return &RQ{client}, python, "redis://" + addr + "/0", dir
}

// TestRQFromPython reads what Python enqueues, and what its worker makes of it.
func TestRQFromPython(t *testing.T) {
	r, python, url, dir := startRQ(t)
	ctx := context.Background()
	peers.Run(t, python, rqApp+`
queue.enqueue("shop.add", 2, 3, scale=10, job_id="add", meta={"user": "Ann"})
queue.enqueue("shop.fail", job_id="fail")
queue.enqueue("shop.add", b"bytes", {1: None}, job_id="mixed")
`, url, dir)
	var out bytes.Buffer
	if err := run(ctx, []string{"-redis", url, "rq", "list"}, &out); err != nil {
		t.Fatal(err)
	}
	if want := `add shop.add (2, 3) {'scale': 10}
fail shop.fail () {}
mixed shop.add (b'bytes', {1: None}) {}
`; out.String() != want {
		t.Errorf("the queue has\n%s", out.String())
	}
	job, err := r.Job(ctx, "add")
	if err != nil || job.Meta["user"] != "Ann" || job.Status != "queued" || job.Queue != "default" {
		t.Errorf("%+v, %v", job, err)
	}
	if _, err := r.Result(ctx, "add"); !errors.Is(err, ErrNoResult) {
		t.Error(err)
	}

	peers.Run(t, python, rqApp+rqWorker, url, dir)
	out.Reset()
	if err := run(ctx, []string{"-redis", url, "rq", "result", "add"}, &out); err != nil || out.String() != "successful 50\n" {
		t.Errorf("%q, %v", out.String(), err)
	}
	result, err := r.Result(ctx, "fail")
	if err != nil || result.Type != "failed" || !strings.Contains(result.Exception, "ValueError: no stock") ||
		time.Since(result.Created).Abs() > time.Hour {
		t.Errorf("%+v, %v", result, err)
	}
	if job, err := r.Job(ctx, "fail"); err != nil || job.Status != "failed" {
		t.Errorf("%+v, %v", job, err)
	}
}

// TestRQFromGo lets Python's worker do what Go enqueues.
func TestRQFromGo(t *testing.T) {
	r, python, url, dir := startRQ(t)
	ctx := context.Background()
	if err := r.Enqueue(ctx, Job{ID: "go-1", Function: "shop.add", Args: []any{2, 3}, Kwargs: map[string]any{"scale": 10},
		Meta: map[string]any{"from": "Go"}, Queue: "default"}); err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	if err := run(ctx, []string{"-redis", url, "rq", "send", "shop.add", "1", "41"}, &out); err != nil {
		t.Fatal(err)
	}
	sent := strings.TrimSpace(out.String())
	if out := peers.Run(t, python, rqApp+rqWorker+`
print(queue.fetch_job("go-1").meta)`, url, dir); !strings.HasSuffix(out, "{'from': 'Go'}") {
		t.Errorf("Python prints\n%s", out)
	}
	for id, want := range map[string]int64{"go-1": 50, sent: 42} {
		if result, err := r.Result(ctx, id); err != nil || result.Type != "successful" || result.Value != want {
			t.Errorf("%s: %+v, %v", id, result, err)
		}
	}
}

// TestBadJobs gives errors for what is no job and no result.
func TestBadJobs(t *testing.T) {
	for name, v := range map[string]any{
		"None": nil, "a list": []int{1, 2, 3, 4}, "a pair": py.Tuple{1, 2}, "no name": py.Tuple{1, nil, py.Tuple{}, py.NewDict()},
		"no arguments": py.Tuple{"f", nil, 1, py.NewDict()}, "no keywords": py.Tuple{"f", nil, py.Tuple{}, 1},
	} {
		data, err := pickle.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		var job Job
		if err := job.setCall(data); err == nil {
			t.Errorf("%s: %+v", name, job)
		}
	}
	for name, values := range map[string]map[string]any{
		"no base64":    {"return_value": "???"},
		"no pickle":    {"return_value": "AAAA"},
		"no traceback": {"exc_string": "???"},
		"cut off zlib": {"exc_string": "eJw="},
	} {
		if r, err := parseResult(redis.XMessage{ID: "1-0", Values: values}); err == nil {
			t.Errorf("%s: %+v", name, r)
		}
	}
	if _, err := parseResult(redis.XMessage{ID: "x"}); err == nil {
		t.Error("an id without a time")
	}
}

func TestUsage(t *testing.T) {
	for _, args := range []string{"", "celery", "rq work", "celery result", "rq send", "resque list"} {
		if err := run(context.Background(), strings.Fields(args), nil); err == nil {
			t.Errorf("%q", args)
		}
	}
}
