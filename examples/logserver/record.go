package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"log/slog"
	"maps"
	"math"
	"slices"
	"time"

	"github.com/go-pickle/pickle"
	"github.com/go-pickle/pickle/frames"
	"github.com/go-pickle/pickle/py"
)

// A Record is a logging.LogRecord, as SocketHandler sends it: the dict of its attributes,
// with the message made already.
type Record struct {
	Logger    string
	Level     int64 // 10 is DEBUG, 20 INFO, 30 WARNING, 40 ERROR, 50 CRITICAL
	Message   string
	Created   float64 // in seconds since 1970
	Path      string
	Line      int64
	Function  string
	Exception string // the text of the traceback, or ""

	// Extra is what the program gave in extra={...}.
	Extra map[string]any
}

// fromPython are SocketHandler's pickles: those of Python 2 have str in no encoding.
var fromPython = frames.Options{
	Decode: pickle.DecodeOptions{Encoding: "utf-8", Errors: "backslashreplace"},
}

// Receive ranges over the records that a SocketHandler sends. A record that can't be read
// is an error that does not end the sequence.
func Receive(conn io.Reader) iter.Seq2[Record, error] {
	return func(yield func(Record, error) bool) {
		for message, err := range frames.All[*py.Dict](fromPython.NewReader(conn)) {
			var r Record
			if err == nil {
				r, err = toRecord(message)
			}
			if !yield(r, err) {
				return
			}
		}
	}
}

// others are the attributes of a LogRecord that Record has no field for.
var others = []string{"args", "exc_info", "filename", "levelname", "module", "msecs", "process", "processName",
	"relativeCreated", "stack_info", "taskName", "thread", "threadName"}

func toRecord(attributes *py.Dict) (Record, error) {
	if attributes == nil {
		return Record{}, errors.New("a record is None")
	}
	r := Record{Extra: map[string]any{}}
	for key, v := range attributes.All() {
		name, ok := key.(string)
		if !ok {
			return Record{}, fmt.Errorf("an attribute named %s", py.Repr(key))
		}
		switch name {
		case "name":
			r.Logger, ok = v.(string)
		case "levelno":
			r.Level, ok = v.(int64)
		case "msg":
			r.Message, ok = v.(string)
		case "created":
			r.Created, ok = v.(float64)
		case "pathname":
			r.Path, ok = v.(string)
		case "lineno":
			r.Line, ok = v.(int64)
		case "funcName":
			r.Function, ok = v.(string)
		case "exc_text":
			if v != nil {
				r.Exception, ok = v.(string)
			}
		default:
			if !slices.Contains(others, name) {
				r.Extra[name] = v
			}
		}
		if !ok {
			return Record{}, fmt.Errorf("the attribute %s is a Python %s", name, py.TypeName(v))
		}
	}
	return r, nil
}

// Time is when the record was made.
func (r Record) Time() time.Time {
	seconds, fraction := math.Modf(r.Created)
	return time.Unix(int64(seconds), int64(fraction*1e9))
}

// Log hands the record to a handler of log/slog.
func (r Record) Log(ctx context.Context, h slog.Handler) error {
	level := slog.Level((r.Level - 20) * 4 / 10) // INFO is 20 in Python and 0 in Go, and so on
	if !h.Enabled(ctx, level) {
		return nil
	}
	out := slog.NewRecord(r.Time(), level, r.Message, 0)
	out.AddAttrs(slog.String("logger", r.Logger), slog.String("at", fmt.Sprintf("%s:%d", r.Path, r.Line)))
	if r.Exception != "" {
		out.AddAttrs(slog.String("exception", r.Exception))
	}
	for _, name := range slices.Sorted(maps.Keys(r.Extra)) {
		out.AddAttrs(slog.Any(name, r.Extra[name]))
	}
	return h.Handle(ctx, out)
}
