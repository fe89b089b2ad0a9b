package main

import (
	"errors"
	"fmt"
	"io"
	"iter"
	"math"
	"net"
	"time"

	"github.com/go-pickle/pickle"
	"github.com/go-pickle/pickle/frames"
)

// A Metric is what carbon calls a datapoint of a metric: (path, (time, value)) in Python.
type Metric struct {
	_     struct{} `pickle:",tuple"`
	Path  string
	Point Point
}

// A Point is a value at a time, in seconds since 1970.
type Point struct {
	_     struct{} `pickle:",tuple"`
	Time  float64
	Value float64
}

// At returns a point.
func At(t time.Time, value float64) Point {
	return Point{Time: float64(t.UnixMilli()) / 1000, Value: value}
}

// When is the point's time as Go has it.
func (p Point) When() time.Time {
	seconds, fraction := math.Modf(p.Time)
	return time.Unix(int64(seconds), int64(fraction*1e9))
}

// carbon is how carbon sends and takes pickles: Python 2 must be able to read them, and a
// frame of more than 1 MiB ends the connection.
var carbon = frames.Options{
	MaxSize: 1 << 20,
	Encode:  pickle.EncodeOptions{Protocol: pickle.Protocol2},
	// Carbons of Python 2 send paths as str, which have no encoding.
	Decode: pickle.DecodeOptions{Encoding: "utf-8", Errors: "replace"},
}

// batch is how many metrics go into a frame: those of carbon-relay have as many.
const batch = 500

// Send sends metrics to a carbon-cache or carbon-relay.
func Send(conn io.Writer, metrics []Metric) error {
	w := carbon.NewWriter(conn)
	for len(metrics) > 0 {
		n := min(len(metrics), batch)
		if err := w.Encode(metrics[:n]); err != nil {
			return err
		}
		metrics = metrics[n:]
	}
	return nil
}

// Receive ranges over the metrics that a carbon-relay or another client sends. What is no
// list of metrics is an error that does not end the sequence, as in carbon.
func Receive(conn io.Reader) iter.Seq2[Metric, error] {
	return func(yield func(Metric, error) bool) {
		for metrics, err := range frames.All[[]Metric](carbon.NewReader(conn)) {
			if err != nil && !yield(Metric{}, err) {
				return
			}
			for _, m := range metrics {
				var err error
				if m.Path == "" {
					err = errors.New("a metric without a path")
				}
				if !yield(m, err) {
					return
				}
			}
		}
	}
}

// Query asks a carbon-cache for the points of a metric that are not on disk yet.
func Query(conn net.Conn, path string) ([]Point, error) {
	if err := carbon.NewWriter(conn).Encode(map[string]string{"type": "cache-query", "metric": path}); err != nil {
		return nil, err
	}
	var reply struct {
		Datapoints []Point `pickle:"datapoints"`
		Error      string  `pickle:"error"`
	}
	if err := frames.NewReader(conn).Decode(&reply); err != nil {
		return nil, err
	}
	if reply.Error != "" {
		return nil, fmt.Errorf("carbon: %s", reply.Error)
	}
	return reply.Datapoints, nil
}
