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
)

// A Record is a logging.LogRecord, as SocketHandler sends it: the dict of its attributes,
// with the message made already.
type Record struct {
	Logger    string  `pickle:"name"`
	Level     int     `pickle:"levelno"` // 10 is DEBUG, 20 INFO, 30 WARNING, 40 ERROR, 50 CRITICAL
	Message   string  `pickle:"msg"`
	Created   float64 `pickle:"created"` // in seconds since 1970
	Path      string  `pickle:"pathname"`
	Line      int     `pickle:"lineno"`
	Function  string  `pickle:"funcName"`
	Exception string  `pickle:"exc_text"` // the text of the traceback, or ""

	// Extra is what the program gave in extra={...}.
	Extra map[string]any `pickle:",unknown"`
}

// others are the attributes of a LogRecord that Record has no field for.
var others = []string{"args", "exc_info", "filename", "levelname", "module", "msecs", "process", "processName",
	"relativeCreated", "stack_info", "taskName", "thread", "threadName"}

// fromPython are SocketHandler's pickles: those of Python 2 have str in no encoding. What
// has not all of the attributes is no record.
var fromPython = frames.Options{
	Decode: pickle.DecodeOptions{Encoding: "utf-8", Errors: "backslashreplace", RejectMissing: true},
}

// Receive ranges over the records that a SocketHandler sends. A record that can't be read
// is an error that does not end the sequence.
func Receive(conn io.Reader) iter.Seq2[Record, error] {
	return func(yield func(Record, error) bool) {
		for r, err := range frames.All[Record](fromPython.NewReader(conn)) {
			if err == nil && r.Created == 0 {
				err = errors.New("a log record is None")
			}
			for _, name := range others {
				delete(r.Extra, name)
			}
			if !yield(r, err) {
				return
			}
		}
	}
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
