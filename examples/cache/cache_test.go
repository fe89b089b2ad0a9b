package main

import (
	"bytes"
	"context"
	"errors"
	"math/big"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/go-pickle/pickle"
	"github.com/go-pickle/pickle/examples/internal/deflate"
	"github.com/go-pickle/pickle/internal/peers"
	"github.com/go-pickle/pickle/py"
	"github.com/go-pickle/pickle/stdlib"
	"github.com/redis/go-redis/v9"
)

// The caches of Python. Each script is given the URL of a Redis server.
const (
	django = `
import sys
from django.conf import settings
settings.configure(CACHES={"default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": sys.argv[1]}})
from django.core.cache import cache
get, put = cache.get, lambda key, value: cache.set(key, value, 300)
`
	djangoRedis = `
import sys
from django.conf import settings
settings.configure(CACHES={"default": {"BACKEND": "django_redis.cache.RedisCache", "LOCATION": sys.argv[1]}})
from django.core.cache import cache
get, put = cache.get, lambda key, value: cache.set(key, value, 300)
`
	djangoZlib = `
import sys
from django.conf import settings
settings.configure(CACHES={"default": {"BACKEND": "django_redis.cache.RedisCache", "LOCATION": sys.argv[1],
    "OPTIONS": {"COMPRESSOR": "django_redis.compressors.zlib.ZlibCompressor"}}})
from django.core.cache import cache
get, put = cache.get, lambda key, value: cache.set(key, value, 300)
`
	flask = `
import sys
from flask import Flask
from flask_caching import Cache
app = Flask("x")
cache = Cache(app, config={"CACHE_TYPE": "RedisCache", "CACHE_REDIS_URL": sys.argv[1]})
app.app_context().push()
get, put = cache.get, cache.set
`
)

// values are what both sides write, as Python and as Go have them.
var values = []struct {
	python string
	value  any
}{
	{"1", 1},
	{"-70000", int64(-70000)},
	{"10**30", new(big.Int).Exp(big.NewInt(10), big.NewInt(30), nil)},
	{"True", true},
	{"None", nil},
	{"2.5", 2.5},
	{"'text'", "text"},
	{"'5'", "5"}, // not the number
	{"b'!bytes'", py.Bytes("!bytes")},
	{"{'user': 'Ann', 'visits': [1, 2, 3], 'seen': (True, None)}",
		py.NewDict("user", "Ann", "visits", []int{1, 2, 3}, "seen", py.Tuple{true, nil})},
	{"'long ' * 1000", strings.Repeat("long ", 1000)},
	{"{1, 2}", py.NewSet(1, 2)},
	{"datetime.datetime(2024, 5, 17, 9, 30, tzinfo=datetime.timezone.utc)", time.Date(2024, 5, 17, 9, 30, 0, 0, time.UTC)},
	{"decimal.Decimal('9.50')", must(stdlib.NewDecimal("9.50"))},
	{"uuid.UUID(int=7)", stdlib.UUID{Bytes: [16]byte{15: 7}}},
}

const (
	// putAll stores the values and prints what it has; getAll prints what the cache has.
	putAll = `
import datetime, decimal, uuid
import builtins
for i, text in enumerate(sys.argv[2:]):
    value = eval(text)
    put("from-python-%d" % i, value)
    print(repr(value))
`
	getAll = `
for i in range(int(sys.argv[2])):
    print(repr(get("from-go-%d" % i, "missing") if "django" in sys.modules else get("from-go-%d" % i)))
`
)

func TestCaches(t *testing.T) {
	for _, c := range []struct {
		name, script string
		modules      []string
		cache        func(*redis.Client) *Cache
	}{
		{"Django", django, []string{"django", "redis"}, func(r *redis.Client) *Cache { return Django(r, "", 1) }},
		{"django-redis", djangoRedis, []string{"django_redis"}, func(r *redis.Client) *Cache { return Django(r, "", 1) }},
		{"django-redis with zlib", djangoZlib, []string{"django_redis"}, func(r *redis.Client) *Cache {
			c := Django(r, "", 1)
			c.Compress = true
			return c
		}},
		{"Flask-Caching", flask, []string{"flask_caching", "redis"}, func(r *redis.Client) *Cache { return Flask(r, "flask_cache_") }},
	} {
		t.Run(c.name, func(t *testing.T) {
			python := peers.Python(t, c.modules...)
			addr := peers.Redis(t)
			client := redis.NewClient(&redis.Options{Addr: addr})
			defer client.Close()
			cache := c.cache(client)
			ctx := context.Background()

			// What Python wrote.
			args := []string{"redis://" + addr + "/0"}
			for _, v := range values {
				args = append(args, v.python)
			}
			for i, want := range strings.Split(peers.Run(t, python, c.script+putAll, args...), "\n") {
				got, err := Get[any](ctx, cache, "from-python-"+itoa(i))
				if err != nil || py.Repr(got) != want {
					t.Errorf("Python put %s, and Go gets %s, %v", want, py.Repr(got), err)
				}
			}

			// What Go wrote.
			for i, v := range values {
				if err := cache.Set(ctx, "from-go-"+itoa(i), v.value, time.Minute); err != nil {
					t.Fatal(err)
				}
			}
			got := strings.Split(peers.Run(t, python, c.script+getAll, args[0], itoa(len(values))), "\n")
			want := strings.Split(peers.Run(t, python, "import sys, datetime, decimal, uuid\nfor a in sys.argv[2:]: print(repr(eval(a)))", args...), "\n")
			for i := range want {
				if i >= len(got) || got[i] != want[i] {
					t.Errorf("Go set %v, and Python gets %s", values[i].value, got[i])
				}
			}
			if ttl := client.TTL(ctx, cache.Prefix+"from-go-0").Val(); ttl <= 0 || ttl > time.Minute {
				t.Errorf("a timeout of a minute is one of %v", ttl)
			}

			// Both count with Redis.
			if n, err := client.Incr(ctx, cache.Prefix+"from-python-0").Result(); err != nil || n != 2 {
				t.Errorf("%d, %v", n, err)
			}
			if _, err := Get[any](ctx, cache, "no such key"); !errors.Is(err, ErrMiss) {
				t.Error(err)
			}
		})
	}
}

// A visitor is an instance of the program's own class in Python.
type visitor struct {
	_      struct{}  `pickle:",class=__main__.Visitor"`
	User   string    `pickle:"user"`
	Visits []int     `pickle:"visits"`
	Last   time.Time `pickle:"last"`
}

// TestClass stores a Go struct that Django's program finds as an instance of its class,
// and reads what the program makes of it.
func TestClass(t *testing.T) {
	python := peers.Python(t, "django", "redis")
	addr := peers.Redis(t)
	client := redis.NewClient(&redis.Options{Addr: addr})
	defer client.Close()
	cache := Django(client, "", 1)
	ctx := context.Background()
	v := visitor{User: "Ann", Visits: []int{1, 2}, Last: time.Date(2024, 5, 17, 9, 30, 0, 0, time.UTC)}
	if err := cache.Set(ctx, "visitor", v, time.Minute); err != nil {
		t.Fatal(err)
	}
	out := peers.Run(t, python, django+`
import datetime
class Visitor:
    def greet(self):
        return "Hello %s, you were here on %s" % (self.user, self.last)
visitor = get("visitor")
print(visitor.greet())
visitor.visits.append(3)
visitor.last += datetime.timedelta(days=1)
put("visitor", visitor)
`, "redis://"+addr+"/0")
	if out != "Hello Ann, you were here on 2024-05-17 09:30:00+00:00" {
		t.Error(out)
	}
	got, err := Get[visitor](ctx, cache, "visitor")
	if err != nil || got.User != "Ann" || !slices.Equal(got.Visits, []int{1, 2, 3}) || !got.Last.Equal(v.Last.AddDate(0, 0, 1)) {
		t.Errorf("%+v, %v", got, err)
	}
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

func itoa(n int) string { return big.NewInt(int64(n)).String() }

// TestCommand sets and gets with the command.
func TestCommand(t *testing.T) {
	url := "redis://" + peers.Redis(t) + "/0"
	for _, c := range []struct{ args, out string }{
		{"django set a 12", ""},
		{"django get a", "12\n"},
		{"flask set a text", ""},
		{"flask get a", "'text'\n"},
	} {
		var out bytes.Buffer
		if err := run(append([]string{"-redis", url}, strings.Fields(c.args)...), &out); err != nil || out.String() != c.out {
			t.Errorf("%s: %q, %v", c.args, out.String(), err)
		}
	}
	for _, args := range []string{"", "django", "django get", "django set a", "memcached get a", "flask get a b"} {
		if err := run(append([]string{"-redis", url}, strings.Fields(args)...), nil); err == nil {
			t.Errorf("%q", args)
		}
	}
}

// TestBadValues gives errors for what is no cached value.
func TestBadValues(t *testing.T) {
	squeezed, err := deflate.Compress([]byte(strings.Repeat("x", 10000)))
	if err != nil {
		t.Fatal(err)
	}
	good, err := pickle.Marshal("x")
	if err != nil {
		t.Fatal(err)
	}
	for name, data := range map[string][]byte{"empty": nil, "no pickle": []byte("no pickle"), "cut off": good[:5], "no pickle in zlib": squeezed, "cut off zlib": squeezed[:len(squeezed)-5]} {
		for _, c := range []*Cache{Django(nil, "", 1), Flask(nil, "")} {
			var v any
			if err := c.load(data, &v); err == nil {
				t.Errorf("%s: %v", name, v)
			}
		}
	}
}
