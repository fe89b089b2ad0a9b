// Cache reads and writes the cache that Django or Flask-Caching keeps in Redis.
//
//	cache django get front-page
//	cache flask set visitors 12
//	cache -redis redis://host:6379/1 django get front-page
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"strconv"
	"time"

	"github.com/go-pickle/pickle/py"
	"github.com/redis/go-redis/v9"
)

func main() {
	if err := run(os.Args[1:], os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "cache:", err)
		os.Exit(1)
	}
}

func run(args []string, out io.Writer) error {
	flags := flag.NewFlagSet("cache", flag.ContinueOnError)
	url := flags.String("redis", "redis://localhost:6379/0", "the URL of the Redis server")
	timeout := flags.Duration("timeout", 5*time.Minute, "how long a value is kept; 0 is forever")
	if err := flags.Parse(args); err != nil {
		return err
	}
	options, err := redis.ParseURL(*url)
	if err != nil {
		return err
	}
	client := redis.NewClient(options)
	defer client.Close()
	ctx := context.Background()

	var cache *Cache
	switch flags.Arg(0) {
	case "django":
		cache = Django(client, "", 1)
	case "flask":
		cache = Flask(client, "flask_cache_")
	}
	command, key := flags.Arg(1), flags.Arg(2)
	switch {
	case cache != nil && command == "get" && flags.NArg() == 3:
		v, err := Get[any](ctx, cache, key)
		if err != nil {
			return err
		}
		fmt.Fprintln(out, py.Repr(v))
		return nil
	case cache != nil && command == "set" && flags.NArg() == 4:
		var v any = flags.Arg(3)
		if n, err := strconv.ParseInt(flags.Arg(3), 10, 64); err == nil {
			v = n
		}
		return cache.Set(ctx, key, v, *timeout)
	}
	return errors.New("give django or flask, and get KEY or set KEY VALUE")
}
