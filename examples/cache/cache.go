package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math/big"
	"reflect"
	"regexp"
	"strconv"
	"time"

	"github.com/go-pickle/pickle"
	"github.com/go-pickle/pickle/examples/internal/deflate"
	"github.com/redis/go-redis/v9"
)

// A Cache is the cache of a Python program, kept in Redis.
type Cache struct {
	Redis *redis.Client

	// Prefix comes before the names of all keys.
	Prefix string

	// Mark comes before each pickle.
	Mark string

	// Compress writes long values with zlib. What is compressed is read in any case.
	Compress bool

	Decode pickle.DecodeOptions
	Encode pickle.EncodeOptions
}

// Django returns the cache of Django's own Redis backend, or of the package django-redis.
// The prefix is KEY_PREFIX of Django's settings, "" by default, the version VERSION, 1 by
// default.
func Django(r *redis.Client, prefix string, version int) *Cache {
	return &Cache{Redis: r, Prefix: fmt.Sprintf("%s:%d:", prefix, version)}
}

// Flask returns the cache of Flask-Caching's RedisCache. The prefix is CACHE_KEY_PREFIX of
// Flask's configuration, "flask_cache_" by default.
func Flask(r *redis.Client, prefix string) *Cache {
	return &Cache{Redis: r, Prefix: prefix, Mark: "!"}
}

// ErrMiss is the error of Get for a key that the cache does not have.
var ErrMiss = errors.New("not in the cache")

// Get loads the value of a key into dst, a pointer, as pickle.Unmarshal does.
func (c *Cache) Get(ctx context.Context, key string, dst any) error {
	data, err := c.Redis.Get(ctx, c.Prefix+key).Bytes()
	if errors.Is(err, redis.Nil) {
		return ErrMiss
	}
	if err != nil {
		return err
	}
	if err := c.load(data, dst); err != nil {
		return fmt.Errorf("key %s%s: %w", c.Prefix, key, err)
	}
	return nil
}

// Set stores a value for some time; 0 is forever.
func (c *Cache) Set(ctx context.Context, key string, v any, timeout time.Duration) error {
	data, err := c.dump(v)
	if err != nil {
		return err
	}
	return c.Redis.Set(ctx, c.Prefix+key, data, timeout).Err()
}

// Get is Cache.Get for a type.
func Get[T any](ctx context.Context, c *Cache, key string) (T, error) {
	var v T
	err := c.Get(ctx, key, &v)
	return v, err
}

// Integers are not pickled, so that Redis can count with them.
var integer = regexp.MustCompile(`^-?[0-9]+$`)

func (c *Cache) load(data []byte, dst any) error {
	if integer.Match(data) {
		// Protocol 0 has the same text, so dst can be whatever takes an int of Python.
		return c.Decode.Unmarshal(fmt.Appendf(nil, "L%s\n.", data), dst)
	}
	data, err := deflate.Decompress(data)
	if err != nil {
		return err
	}
	data, marked := bytes.CutPrefix(data, []byte(c.Mark))
	if !marked {
		return fmt.Errorf("the value does not begin with %q", c.Mark)
	}
	return c.Decode.Unmarshal(data, dst)
}

func (c *Cache) dump(v any) ([]byte, error) {
	if text, ok := decimal(v); ok {
		return []byte(text), nil
	}
	data, err := c.Encode.Append([]byte(c.Mark), v)
	if err == nil && c.Compress && len(data) > 15 { // django-redis's own bound
		data, err = deflate.Compress(data)
	}
	return data, err
}

func decimal(v any) (string, bool) {
	if b, ok := v.(*big.Int); ok && b != nil {
		return b.String(), true
	}
	switch r := reflect.ValueOf(v); {
	case r.CanInt():
		return strconv.FormatInt(r.Int(), 10), true
	case r.CanUint():
		return strconv.FormatUint(r.Uint(), 10), true
	}
	return "", false
}
