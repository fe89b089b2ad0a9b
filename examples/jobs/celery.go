package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
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
	Args   py.Tuple
	Kwargs *py.Dict
}

// A Result is what became of a task, as the result backend keeps it.
type Result struct {
	TaskID    string
	Status    string // such as SUCCESS or FAILURE
	Result    any    // what the task returned; of a failure the exception, a *stdlib.Exception
	Traceback string
	Done      string // when, in ISO 8601
}

// message is what a queue holds: in JSON, with the call as a pickle in base64 in it.
type message struct {
	Body            []byte         `json:"body"`
	ContentEncoding string         `json:"content-encoding"`
	ContentType     string         `json:"content-type"`
	Headers         map[string]any `json:"headers"`
	Properties      map[string]any `json:"properties"`
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
	for {
		// The client notices the context's end between two commands.
		taken, err := c.Redis.BRPop(ctx, time.Second, c.Queue).Result()
		if err == nil {
			return parseTask([]byte(taken[1]))
		}
		if !errors.Is(err, redis.Nil) {
			return Task{}, err
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
	var body py.Tuple // args, kwargs, and what is to be done with the result
	if err := pickle.Unmarshal(m.Body, &body); err != nil {
		return t, fmt.Errorf("task %s: %w", t.ID, err)
	}
	if len(body) != 3 {
		return t, fmt.Errorf("task %s: the body is %s", t.ID, py.Repr(body))
	}
	switch args := body[0].(type) {
	case py.Tuple:
		t.Args = args
	case *py.List:
		t.Args = args.Items
	default:
		return t, fmt.Errorf("task %s: the arguments are %s", t.ID, py.Repr(args))
	}
	var ok bool
	if t.Kwargs, ok = body[1].(*py.Dict); !ok {
		return t, fmt.Errorf("task %s: the keyword arguments are %s", t.ID, py.Repr(body[1]))
	}
	return t, nil
}

// Send puts a task into the queue. Its ID must be new.
func (c *Celery) Send(ctx context.Context, t Task) error {
	kwargs := t.Kwargs
	if kwargs == nil {
		kwargs = py.NewDict()
	}
	body, err := celeryPickles.Marshal(py.Tuple{t.Args, kwargs,
		py.NewDict("callbacks", nil, "errbacks", nil, "chain", nil, "chord", nil)})
	if err != nil {
		return err
	}
	text, err := json.Marshal(message{
		Body:            body,
		ContentEncoding: "binary",
		ContentType:     pickleType,
		Headers: map[string]any{
			"lang": "py", "task": t.Name, "id": t.ID, "root_id": t.ID, "parent_id": nil, "group": nil,
			"argsrepr": py.Repr(t.Args), "kwargsrepr": py.Repr(kwargs), "origin": "go",
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
	var meta *py.Dict
	if err := pickle.Unmarshal(data, &meta); err != nil {
		return Result{}, fmt.Errorf("the result of task %s: %w", id, err)
	}
	if meta == nil {
		return Result{}, fmt.Errorf("the result of task %s is None", id)
	}
	r := Result{}
	r.TaskID = text(meta, "task_id")
	r.Status = text(meta, "status")
	r.Result, _ = meta.Get("result")
	r.Traceback = text(meta, "traceback")
	r.Done = text(meta, "date_done")
	return r, nil
}

// text is the string that d has under a key, or "".
func text(d *py.Dict, key string) string {
	v, _ := d.Get(key)
	s, _ := v.(string)
	return s
}

// Finish stores a result where AsyncResult.get in Python finds it, for a day, as Celery does.
func (c *Celery) Finish(ctx context.Context, r Result) error {
	var traceback any
	if r.Traceback != "" {
		traceback = r.Traceback
	}
	data, err := celeryPickles.Marshal(py.NewDict("status", r.Status, "result", r.Result, "traceback", traceback,
		"children", &py.List{}, "date_done", r.Done, "task_id", r.TaskID))
	if err != nil {
		return err
	}
	if err := c.Redis.Set(ctx, resultKey+r.TaskID, data, 24*time.Hour).Err(); err != nil {
		return err
	}
	return c.Redis.Publish(ctx, resultKey+r.TaskID, data).Err() // who waits in Python hears it
}

// Work is a worker in Go: it takes tasks, calls the function of that name, and stores what
// it returns, until the context ends. An error becomes a RuntimeError in Python. A task
// that is taken when the program dies is lost: Celery's own workers keep it until it is
// done.
func (c *Celery) Work(ctx context.Context, functions map[string]func(Task) (any, error)) error {
	for {
		task, err := c.Take(ctx)
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if err != nil && task.ID == "" {
			return err
		}
		r := Result{TaskID: task.ID, Status: "SUCCESS"}
		if err == nil {
			if f := functions[task.Name]; f != nil {
				r.Result, err = f(task)
			} else {
				err = fmt.Errorf("there is no task %q", task.Name)
			}
		}
		if err != nil {
			r.Status, r.Result = "FAILURE", stdlib.NewException("RuntimeError", err.Error())
		}
		r.Done = time.Now().UTC().Format("2006-01-02T15:04:05.000000-07:00")
		if err := c.Finish(ctx, r); err != nil {
			return err
		}
	}
}
