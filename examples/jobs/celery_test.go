package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/go-pickle/pickle"
	"github.com/go-pickle/pickle/internal/peers"
	"github.com/go-pickle/pickle/py"
	"github.com/go-pickle/pickle/stdlib"
	"github.com/redis/go-redis/v9"
)

// celeryApp is a program with tasks, given the URL of a Redis server.
const celeryApp = `
import os, sys
os.environ["C_FORCE_ROOT"] = "1"  # tests may run as root, where Celery does not like pickles
from celery import Celery
app = Celery("shop", broker=sys.argv[1], backend=sys.argv[1])
app.conf.update(task_serializer="pickle", result_serializer="pickle", accept_content=["pickle"],
    broker_connection_retry_on_startup=True)
@app.task(name="shop.add")
def add(*numbers, scale=1): return sum(numbers) * scale
@app.task(name="shop.fail")
def fail(): raise ValueError("no stock", 7)
`

// startCelery returns a Celery, the Python for its programs, and the URL of its Redis.
func startCelery(t *testing.T) (c *Celery, python, url string) {
	t.Helper()
	python = peers.Python(t, "celery", "redis")
	addr := peers.Redis(t)
	client := redis.NewClient(&redis.Options{Addr: addr})
	t.Cleanup(func() { client.Close() })
	return &Celery{client, "celery"}, python, "redis://" + addr + "/0"
}

func startCeleryWorker(t *testing.T, python, url string) {
	t.Helper()
	peers.Start(t, python, "-c", celeryApp+`
app.worker_main(["worker", "--pool=solo", "--loglevel=warning", "--without-gossip", "--without-mingle"])`, url)
}

// TestCeleryFromPython reads what Python enqueues, and what its worker makes of it.
func TestCeleryFromPython(t *testing.T) {
	c, python, url := startCelery(t)
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	peers.Run(t, python, celeryApp+`
add.apply_async((2, 3), {"scale": 10}, task_id="id-add")
add.apply_async((b"bytes", {1: None}, (1.5, "x")), task_id="id-mixed")
fail.apply_async(task_id="id-fail")
`, url)
	var out bytes.Buffer
	if err := run(ctx, []string{"-redis", url, "celery", "list"}, &out); err != nil {
		t.Fatal(err)
	}
	if want := `id-add shop.add (2, 3) {'scale': 10}
id-mixed shop.add (b'bytes', {1: None}, (1.5, 'x')) {}
id-fail shop.fail () {}
`; out.String() != want {
		t.Errorf("the queue has\n%s", out.String())
	}
	if _, err := c.Result(ctx, "id-add"); !errors.Is(err, ErrNoResult) {
		t.Error(err)
	}

	startCeleryWorker(t, python, url)
	result := func(id string) (r Result) {
		peers.Eventually(t, id+" is done", func() bool {
			var err error
			if r, err = c.Result(ctx, id); err != nil && !errors.Is(err, ErrNoResult) {
				t.Fatal(err)
			}
			return err == nil
		})
		return r
	}
	added := result("id-add")
	if when, err := time.Parse(time.RFC3339, added.Done); added.Status != "SUCCESS" || added.Result != int64(50) ||
		added.TaskID != "id-add" || err != nil || time.Since(when).Abs() > time.Hour {
		t.Errorf("%+v, %v", added, err)
	}
	failed := result("id-fail")
	exception, ok := failed.Result.(*stdlib.Exception)
	if failed.Status != "FAILURE" || !ok || exception.Class.Name != "ValueError" ||
		!py.Equal(exception.Args, py.Tuple{"no stock", 7}) || !strings.Contains(failed.Traceback, "no stock") {
		t.Errorf("%+v", failed)
	}
}

// TestCeleryFromGo lets Python's worker do what Go sends.
func TestCeleryFromGo(t *testing.T) {
	c, python, url := startCelery(t)
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	tasks := []Task{
		{ID: "go-1", Name: "shop.add", Args: []any{2, 3}, Kwargs: map[string]any{"scale": 10}},
		{ID: "go-2", Name: "shop.fail"},
	}
	for _, task := range tasks {
		if err := c.Send(ctx, task); err != nil {
			t.Fatal(err)
		}
	}
	if pending, err := c.Pending(ctx); err != nil || len(pending) != 2 || pending[0].ID != "go-1" {
		t.Errorf("%v, %v", pending, err)
	}
	var out bytes.Buffer
	if err := run(ctx, []string{"-redis", url, "celery", "send", "shop.add", "1", "41"}, &out); err != nil {
		t.Fatal(err)
	}
	sent := strings.TrimSpace(out.String())
	startCeleryWorker(t, python, url)
	peers.Eventually(t, "the worker is done", func() bool {
		_, err := c.Result(ctx, sent)
		return err == nil
	})
	out.Reset()
	for _, id := range []string{"go-1", sent} {
		if err := run(ctx, []string{"-redis", url, "celery", "result", id}, &out); err != nil {
			t.Fatal(err)
		}
	}
	if out.String() != "SUCCESS 50\nSUCCESS 42\n" {
		t.Error(out.String())
	}
	if r, err := c.Result(ctx, "go-2"); err != nil || r.Status != "FAILURE" {
		t.Errorf("%v, %v", r, err)
	}
}

// TestCeleryWorker lets Go do what Python enqueues: AsyncResult.get waits for it.
func TestCeleryWorker(t *testing.T) {
	c, python, url := startCelery(t)
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error)
	known := map[string]func(Task) (any, error){
		"shop.add":     add,
		"shop.channel": func(Task) (any, error) { return make(chan int), nil },
	}
	if err := c.Redis.LPush(ctx, c.Queue, "no message").Err(); err != nil { // the worker goes on after it
		t.Fatal(err)
	}
	go func() { done <- c.Work(ctx, known) }()
	out := peers.Run(t, python, celeryApp+`
print(add.delay(1, 2, 39).get(timeout=20))
for task in add.delay(1, "x"), fail.delay(), app.send_task("shop.channel"):
    try:
        print(task.get(timeout=20))
    except RuntimeError as e:
        print(repr(e))
`, url)
	if want := `42
RuntimeError("'x' is no integer")
RuntimeError('there is no task "shop.fail"')
RuntimeError('pickle: dump $.Result: cannot pickle`; !strings.HasPrefix(out, want) {
		t.Errorf("Python gets\n%s", out)
	}
	cancel()
	select {
	case err := <-done:
		if !errors.Is(err, context.Canceled) {
			t.Error(err)
		}
	case <-time.After(10 * time.Second):
		t.Error("the worker does not stop")
	}
}

// TestBadMessages gives errors for what is no task.
func TestBadMessages(t *testing.T) {
	body := func(v any) []byte {
		data, err := pickle.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		return data
	}
	text := func(body []byte, contentType string) []byte {
		data, err := json.Marshal(message{Body: body, ContentType: contentType, Properties: map[string]any{"body_encoding": "base64"}})
		if err != nil {
			t.Fatal(err)
		}
		return data
	}
	good := body(py.Tuple{py.Tuple{}, py.NewDict(), py.NewDict()})
	if _, err := parseTask(text(good, pickleType)); err != nil {
		t.Fatal(err)
	}
	for name, data := range map[string][]byte{
		"no JSON":   []byte("no JSON"),
		"null":      []byte("null"),
		"JSON body": text(good, "application/json"),
		"no pickle": text([]byte("no pickle"), pickleType),
		"no tuple":  text(body([]int{1, 2, 3}), pickleType),
		"a pair":    text(body(py.Tuple{1, 2}), pickleType),
		"no args":   text(body(py.Tuple{1, py.NewDict(), nil}), pickleType),
		"no kwargs": text(body(py.Tuple{py.Tuple{}, 1, nil}), pickleType),
	} {
		if task, err := parseTask(data); err == nil {
			t.Errorf("%s: %v", name, task)
		}
	}
}
