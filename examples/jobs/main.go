// Jobs shows and sends the jobs of Celery and of rq, which Python programs keep in Redis.
//
//	jobs celery list                  the tasks that wait
//	jobs celery send shop.add 2 3     a task for Python's workers
//	jobs celery result ID             what became of it
//	jobs celery work                  a worker in Go, which knows shop.add
//	jobs rq list                      the jobs that wait in the queue "default"
//	jobs rq send shop.add 2 3
//	jobs rq result ID
//	jobs -redis redis://host:6379/1 rq list
package main

import (
	"context"
	"crypto/rand"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"strconv"

	"github.com/go-pickle/pickle/py"
	"github.com/redis/go-redis/v9"
)

func main() {
	if err := run(context.Background(), os.Args[1:], os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "jobs:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string, out io.Writer) error {
	flags := flag.NewFlagSet("jobs", flag.ContinueOnError)
	url := flags.String("redis", "redis://localhost:6379/0", "the URL of the Redis server")
	if err := flags.Parse(args); err != nil {
		return err
	}
	options, err := redis.ParseURL(*url)
	if err != nil {
		return err
	}
	client := redis.NewClient(options)
	defer client.Close()
	celery, rq := &Celery{client, "celery"}, &RQ{client}

	switch args = flags.Args(); {
	case matches(args, 2, "celery", "list"):
		return listTasks(ctx, celery, out)
	case matches(args, 2, "rq", "list"):
		return listJobs(ctx, rq, out)
	case matches(args, 3, "celery", "result"):
		r, err := celery.Result(ctx, args[2])
		if err != nil {
			return err
		}
		fmt.Fprintln(out, r.Status, py.Repr(r.Result))
		return nil
	case matches(args, 3, "rq", "result"):
		r, err := rq.Result(ctx, args[2])
		if err != nil {
			return err
		}
		fmt.Fprintln(out, r.Type, py.Repr(r.Value))
		return nil
	case matches(args, 2, "celery", "work"):
		return celery.Work(ctx, functions)
	case len(args) > 2 && matches(args[:2], 2, "celery", "send"):
		id := rand.Text()
		fmt.Fprintln(out, id)
		return celery.Send(ctx, Task{ID: id, Name: args[2], Args: values(args[3:])})
	case len(args) > 2 && matches(args[:2], 2, "rq", "send"):
		id := rand.Text()
		fmt.Fprintln(out, id)
		return rq.Enqueue(ctx, Job{ID: id, Function: args[2], Args: values(args[3:]), Queue: "default"})
	}
	return errors.New("give celery or rq, and list, send NAME ARGUMENT... or result ID; or celery work")
}

func matches(args []string, n int, system, command string) bool {
	return len(args) == n && args[0] == system && args[1] == command
}

func listTasks(ctx context.Context, c *Celery, out io.Writer) error {
	tasks, err := c.Pending(ctx)
	for _, t := range tasks {
		fmt.Fprintln(out, t.ID, t.Name, py.Repr(py.Tuple(t.Args)), py.Repr(t.Kwargs))
	}
	return err
}

func listJobs(ctx context.Context, r *RQ, out io.Writer) error {
	ids, err := r.Queued(ctx, "default")
	if err != nil {
		return err
	}
	for _, id := range ids {
		j, err := r.Job(ctx, id)
		if err != nil {
			return err
		}
		fmt.Fprintln(out, j.ID, j.Function, py.Repr(py.Tuple(j.Args)), py.Repr(j.Kwargs))
	}
	return nil
}

// values takes arguments for integers if they look so.
func values(args []string) []any {
	t := []any{}
	for _, arg := range args {
		if n, err := strconv.ParseInt(arg, 10, 64); err == nil {
			t = append(t, n)
		} else {
			t = append(t, arg)
		}
	}
	return t
}

// functions are the tasks that the worker in Go knows.
var functions = map[string]func(Task) (any, error){"shop.add": add}

func add(t Task) (any, error) {
	sum := int64(0)
	for _, arg := range t.Args {
		n, ok := arg.(int64)
		if !ok {
			return nil, fmt.Errorf("%s is no integer", py.Repr(arg))
		}
		sum += n
	}
	return sum, nil
}
