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
	"github.com/go-pickle/pickle/py"
)

// A Metric is what carbon calls a datapoint of a metric: (path, (time, value)).
type Metric struct {
	Path  string
	Point Point
}

// A Point is a value at a time, in seconds since 1970.
type Point struct {
	Time  float64
	Value float64
}

// At returns a point.
func At(t time.Time, value float64) Point {
	return Point{float64(t.UnixMilli()) / 1000, value}
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
	Decode: pickle.DecodeOptions{Encoding: "utf-8", Errors: "surrogateescape"},
}

// batch is how many metrics go into a frame: those of carbon-relay have as many.
const batch = 500

// Send sends metrics to a carbon-cache or carbon-relay.
func Send(conn io.Writer, metrics []Metric) error {
	w := carbon.NewWriter(conn)
	for len(metrics) > 0 {
		n := min(len(metrics), batch)
		if err := w.Encode(toPython(metrics[:n])); err != nil {
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
		for message, err := range frames.All[any](carbon.NewReader(conn)) {
			var metrics []Metric
			if err == nil {
				metrics, err = fromPython(message)
			}
			if err != nil && !yield(Metric{}, err) {
				return
			}
			for _, m := range metrics {
				if !yield(m, nil) {
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
	var reply *py.Dict
	if err := carbon.NewReader(conn).Decode(&reply); err != nil {
		return nil, err
	}
	if reply == nil {
		return nil, errors.New("carbon: None is no reply")
	}
	if text, ok := reply.Get("error"); ok {
		return nil, fmt.Errorf("carbon: %v", text)
	}
	pairs, _ := reply.Get("datapoints")
	list, ok := pairs.(*py.List)
	if !ok {
		return nil, errors.New("carbon: a reply without datapoints")
	}
	var points []Point
	for _, pair := range list.Items {
		p, ok := toPoint(pair)
		if !ok {
			return nil, fmt.Errorf("carbon: %s is no datapoint", py.Repr(pair))
		}
		points = append(points, p)
	}
	return points, nil
}

// toPython gives [(path, (time, value)), ...].
func toPython(metrics []Metric) any {
	list := &py.List{}
	for _, m := range metrics {
		list.Items = append(list.Items, py.Tuple{m.Path, py.Tuple{m.Point.Time, m.Point.Value}})
	}
	return list
}

func fromPython(message any) ([]Metric, error) {
	list, ok := message.(*py.List)
	if !ok {
		return nil, fmt.Errorf("a Python %s is no list of metrics", py.TypeName(message))
	}
	var metrics []Metric
	for _, item := range list.Items {
		pair, ok := item.(py.Tuple)
		if !ok || len(pair) != 2 {
			return nil, fmt.Errorf("%s is no metric", py.Repr(item))
		}
		path, isString := pair[0].(string)
		point, isPoint := toPoint(pair[1])
		if !isString || !isPoint {
			return nil, fmt.Errorf("%s is no metric", py.Repr(item))
		}
		metrics = append(metrics, Metric{path, point})
	}
	return metrics, nil
}

func toPoint(v any) (Point, bool) {
	pair, ok := v.(py.Tuple)
	if !ok || len(pair) != 2 {
		return Point{}, false
	}
	when, ok1 := toFloat(pair[0])
	value, ok2 := toFloat(pair[1])
	return Point{when, value}, ok1 && ok2
}

func toFloat(v any) (float64, bool) {
	switch v := v.(type) {
	case float64:
		return v, true
	case int64:
		return float64(v), true
	}
	return 0, false
}
