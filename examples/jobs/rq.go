package main

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/go-pickle/pickle"
	"github.com/go-pickle/pickle/examples/internal/deflate"
	"github.com/redis/go-redis/v9"
)

// RQ is the jobs of Python's rq in Redis.
type RQ struct {
	Redis *redis.Client
}

// A Job is one call of a function.
type Job struct {
	ID       string
	Function string // such as shop.orders.confirm
	Args     []any
	Kwargs   map[string]any
	Meta     map[string]any // nil if there is none
	Queue    string
	Status   string // such as queued, finished or failed
}

// A JobResult is what became of a job.
type JobResult struct {
	Type      string // such as "successful" or "failed"
	Value     any    // what the function returned
	Exception string // the text of the traceback, or ""
	Created   time.Time
}

// Queued returns the ids of the jobs that wait in a queue, the next one first.
func (r *RQ) Queued(ctx context.Context, queue string) ([]string, error) {
	return r.Redis.LRange(ctx, "rq:queue:"+queue, 0, -1).Result()
}

// Job returns a job.
func (r *RQ) Job(ctx context.Context, id string) (Job, error) {
	fields, err := r.Redis.HGetAll(ctx, "rq:job:"+id).Result()
	if err != nil {
		return Job{}, err
	}
	if len(fields) == 0 {
		return Job{}, fmt.Errorf("there is no job %s", id)
	}
	job := Job{ID: id, Queue: fields["origin"], Status: fields["status"]}
	data, err := deflate.Decompress([]byte(fields["data"]))
	if err == nil {
		err = job.setCall(data)
	}
	if meta := fields["meta"]; err == nil && meta != "" {
		err = pickle.Unmarshal([]byte(meta), &job.Meta)
	}
	if err != nil {
		return job, fmt.Errorf("job %s: %w", id, err)
	}
	return job, nil
}

// setCall takes what is called from its pickle.
func (j *Job) setCall(data []byte) error {
	var c jobCall
	if err := pickle.Unmarshal(data, &c); err != nil {
		return err
	}
	if c.Function == "" {
		return errors.New("no function is called")
	}
	j.Function, j.Args, j.Kwargs = c.Function, c.Args, c.Kwargs
	return nil
}

// A jobCall is what a job's pickle holds.
type jobCall struct {
	_        struct{} `pickle:",tuple"`
	Function string
	Instance any // of a method
	Args     []any
	Kwargs   map[string]any
}

// Result returns what became of a job the last time it ran, or [ErrNoResult].
func (r *RQ) Result(ctx context.Context, id string) (JobResult, error) {
	results, err := r.Redis.XRevRangeN(ctx, "rq:results:"+id, "+", "-", 1).Result()
	if err != nil {
		return JobResult{}, err
	}
	if len(results) == 0 {
		return JobResult{}, ErrNoResult
	}
	result, err := parseResult(results[0])
	if err != nil {
		return result, fmt.Errorf("the result of job %s: %w", id, err)
	}
	return result, nil
}

// resultTypes are those of rq.results.Result.Type.
var resultTypes = map[string]string{"1": "successful", "2": "failed", "3": "stopped", "4": "retried", "5": "max retries exceeded"}

func parseResult(m redis.XMessage) (JobResult, error) {
	field := func(name string) string {
		s, _ := m.Values[name].(string)
		return s
	}
	r := JobResult{Type: resultTypes[field("type")]}
	var milliseconds int64
	if _, err := fmt.Sscanf(m.ID, "%d-", &milliseconds); err != nil {
		return r, err
	}
	r.Created = time.UnixMilli(milliseconds)
	if text := field("return_value"); text != "" {
		data, err := base64.StdEncoding.DecodeString(text)
		if err != nil {
			return r, err
		}
		if err := pickle.Unmarshal(data, &r.Value); err != nil {
			return r, err
		}
	}
	if text := field("exc_string"); text != "" {
		data, err := base64.StdEncoding.DecodeString(text)
		if err != nil {
			return r, err
		}
		if data, err = deflate.Decompress(data); err != nil {
			return r, err
		}
		r.Exception = string(data)
	}
	return r, nil
}

// Enqueue gives a job to the workers of its queue. Its ID must be new.
func (r *RQ) Enqueue(ctx context.Context, j Job) error {
	data, err := pickle.Marshal(jobCall{Function: j.Function, Args: j.Args, Kwargs: j.Kwargs})
	if err != nil {
		return err
	}
	if data, err = deflate.Compress(data); err != nil {
		return err
	}
	now := time.Now().UTC().Format("2006-01-02T15:04:05.000000Z")
	fields := map[string]any{
		"status": "queued", "created_at": now, "enqueued_at": now, "data": data, "origin": j.Queue,
		"description": j.Function + "()", "timeout": strconv.Itoa(180),
	}
	if j.Meta != nil {
		meta, err := pickle.Marshal(j.Meta)
		if err != nil {
			return err
		}
		fields["meta"] = meta
	}
	_, err = r.Redis.TxPipelined(ctx, func(p redis.Pipeliner) error {
		p.HSet(ctx, "rq:job:"+j.ID, fields)
		p.SAdd(ctx, "rq:queues", "rq:queue:"+j.Queue)
		p.RPush(ctx, "rq:queue:"+j.Queue, j.ID)
		return nil
	})
	return err
}
