package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/go-pickle/pickle"
	"github.com/go-pickle/pickle/py"
	"github.com/go-pickle/pickle/stdlib"
	"github.com/redis/go-redis/v9"
)

// Celery is a Celery that keeps its messages and results in Redis and has the serializer
// pickle for both.
type Celery struct {
	Redis *redis.Client
	Queue string // "celery" if nobody said otherwise
}

// A Task is one call of a task.
type Task struct {
	ID     string
	Name   string
	Args   []any
	Kwargs map[string]any
}

// A Result is what became of a task, as the result backend keeps it.
type Result struct {
	TaskID    string `pickle:"task_id"`
	Status    string `pickle:"status"` // such as SUCCESS or FAILURE
	Result    any    `pickle:"result"` // what the task returned; of a failure the exception, a *stdlib.Exception
	Traceback string `pickle:"traceback,omitzero"`
	Children  []any  `pickle:"children"`
	Done      string `pickle:"date_done"` // when, in ISO 8601
}

// message is what a queue holds: in JSON, with the call as a pickle in base64 in it.
type message struct {
	Body            []byte         `json:"body"`
	ContentEncoding string         `json:"content-encoding"`
	ContentType     string         `json:"content-type"`
	Headers         map[string]any `json:"headers"`
	Properties      map[string]any `json:"properties"`
}

// body is the call in it.
type body struct {
	_      struct{} `pickle:",tuple"`
	Args   []any
	Kwargs map[string]any
	Embed  map[string]any // what is to be done with the result
}

const pickleType = "application/x-python-serialize"

// celeryPickles is as kombu writes them.
var celeryPickles = pickle.EncodeOptions{Protocol: pickle.Protocol4}

// Pending returns the tasks that wait in the queue, the next one first. They stay there.
func (c *Celery) Pending(ctx context.Context) ([]Task, error) {
	messages, err := c.Redis.LRange(ctx, c.Queue, 0, -1).Result()
	if err != nil {
		return nil, err
	}
	tasks := make([]Task, len(messages))
	for i, text := range messages { // the newest is at the head
		if tasks[len(messages)-1-i], err = parseTask([]byte(text)); err != nil {
			return nil, err
		}
	}
	return tasks, nil
}

// Take takes the next task out of the queue, and waits for one if there is none.
func (c *Celery) Take(ctx context.Context) (Task, error) {
	text, err := c.take(ctx)
	if err != nil {
		return Task{}, err
	}
	return parseTask(text)
}

func (c *Celery) take(ctx context.Context) (text []byte, err error) {
	for {
		// The client notices the context's end between two commands.
		taken, err := c.Redis.BRPop(ctx, time.Second, c.Queue).Result()
		if err == nil {
			return []byte(taken[1]), nil
		}
		if !errors.Is(err, redis.Nil) {
			return nil, err
		}
	}
}

func parseTask(text []byte) (Task, error) {
	var m message
	if err := json.Unmarshal(text, &m); err != nil {
		return Task{}, fmt.Errorf("a message of Celery: %w", err)
	}
	t := Task{}
	t.ID, _ = m.Headers["id"].(string)
	t.Name, _ = m.Headers["task"].(string)
	if encoding := m.Properties["body_encoding"]; m.ContentType != pickleType || encoding != "base64" {
		return t, fmt.Errorf("task %s: the body is %s in %v, not a pickle in base64", t.ID, m.ContentType, encoding)
	}
	var b body
	if err := pickle.Unmarshal(m.Body, &b); err != nil {
		return t, fmt.Errorf("task %s: %w", t.ID, err)
	}
	t.Args, t.Kwargs = b.Args, b.Kwargs
	return t, nil
}

// Send puts a task into the queue. Its ID must be new.
func (c *Celery) Send(ctx context.Context, t Task) error {
	pickled, err := celeryPickles.Marshal(body{
		Args:   t.Args,
		Kwargs: t.Kwargs,
		Embed:  map[string]any{"callbacks": nil, "errbacks": nil, "chain": nil, "chord": nil},
	})
	if err != nil {
		return err
	}
	text, err := json.Marshal(message{
		Body:            pickled,
		ContentEncoding: "binary",
		ContentType:     pickleType,
		Headers: map[string]any{
			"lang": "py", "task": t.Name, "id": t.ID, "root_id": t.ID, "parent_id": nil, "group": nil,
			"argsrepr": py.Repr(py.Tuple(t.Args)), "kwargsrepr": py.Repr(t.Kwargs), "origin": "go",
			"retries": 0, "eta": nil, "expires": nil, "timelimit": []any{nil, nil},
		},
		Properties: map[string]any{
			"correlation_id": t.ID, "reply_to": "", "delivery_tag": t.ID, "delivery_mode": 2, "priority": 0,
			"delivery_info": map[string]any{"exchange": "", "routing_key": c.Queue}, "body_encoding": "base64",
		},
	})
	if err != nil {
		return err
	}
	return c.Redis.LPush(ctx, c.Queue, text).Err()
}

const resultKey = "celery-task-meta-"

// ErrNoResult is the error for a task that has no result yet, or none any more.
var ErrNoResult = errors.New("there is no result")

// Result returns what became of a task.
func (c *Celery) Result(ctx context.Context, id string) (Result, error) {
	data, err := c.Redis.Get(ctx, resultKey+id).Bytes()
	if errors.Is(err, redis.Nil) {
		return Result{}, ErrNoResult
	}
	if err != nil {
		return Result{}, err
	}
	var r Result
	if err := pickle.Unmarshal(data, &r); err != nil {
		return Result{}, fmt.Errorf("the result of task %s: %w", id, err)
	}
	return r, nil
}

// Finish stores a result where AsyncResult.get in Python finds it, for a day, as Celery does.
func (c *Celery) Finish(ctx context.Context, r Result) error {
	data, err := celeryPickles.Marshal(r)
	if err != nil {
		return err
	}
	if err := c.Redis.Set(ctx, resultKey+r.TaskID, data, 24*time.Hour).Err(); err != nil {
		return err
	}
	return c.Redis.Publish(ctx, resultKey+r.TaskID, data).Err() // who waits in Python hears it
}

// Work is a worker in Go: it takes tasks, calls the function of that name, and stores what
// it returns, until the context ends or Redis fails. An error of a function becomes a
// RuntimeError in Python. A task that is taken when the program dies is lost: Celery's own
// workers keep it until it is done.
func (c *Celery) Work(ctx context.Context, functions map[string]func(Task) (any, error)) error {
	for {
		text, err := c.take(ctx)
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if err != nil {
			return err
		}
		task, err := parseTask(text)
		if err != nil && task.ID == "" {
			slog.Error("a message that is no task", "error", err)
			continue
		}
		var result any
		if err == nil {
			result, err = call(functions, task)
		}
		err = c.finish(ctx, task.ID, result, err)
		var bad *pickle.EncodeError
		if errors.As(err, &bad) { // what the function returned is nothing for Python
			err = c.finish(ctx, task.ID, nil, bad)
		}
		if err != nil {
			return err
		}
	}
}

func call(functions map[string]func(Task) (any, error), t Task) (any, error) {
	f := functions[t.Name]
	if f == nil {
		return nil, fmt.Errorf("there is no task %q", t.Name)
	}
	return f(t)
}

func (c *Celery) finish(ctx context.Context, id string, result any, failed error) error {
	r := Result{TaskID: id, Status: "SUCCESS", Result: result}
	if failed != nil {
		r.Status, r.Result = "FAILURE", stdlib.NewException("RuntimeError", failed.Error())
	}
	r.Done = time.Now().UTC().Format("2006-01-02T15:04:05.000000-07:00")
	return c.Finish(ctx, r)
}
