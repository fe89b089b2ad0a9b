// Package bench measures loading and dumping beside CPython's C module and the libraries of
// other formats and languages. README.md tells what there is.
package bench

import "math/big"

// The types are rows of a table, instances of a class, points of a time series, one small
// message: what shapes.py makes in Python.
type (
	Record struct {
		ID     int64    `pickle:"id" json:"id" msgpack:"id"`
		Name   string   `pickle:"name" json:"name" msgpack:"name"`
		Score  float64  `pickle:"score" json:"score" msgpack:"score"`
		Active bool     `pickle:"active" json:"active" msgpack:"active"`
		Tags   []string `pickle:"tags" json:"tags" msgpack:"tags"`
		Parent *int64   `pickle:"parent" json:"parent" msgpack:"parent"`
	}
	Particle struct {
		_     struct{} `pickle:",class=shapes.Particle"`
		ID    int64    `pickle:"id" json:"id" msgpack:"id"`
		Name  string   `pickle:"name" json:"name" msgpack:"name"`
		X     float64  `pickle:"x" json:"x" msgpack:"x"`
		Y     float64  `pickle:"y" json:"y" msgpack:"y"`
		Alive bool     `pickle:"alive" json:"alive" msgpack:"alive"`
	}
	Metric struct {
		_     struct{} `pickle:",tuple" msgpack:",as_array"`
		Name  string
		Point Point
	}
	Point struct {
		_     struct{} `pickle:",tuple" msgpack:",as_array"`
		Time  int64
		Value float64
	}
	Tiny struct {
		ID    int64    `pickle:"id" json:"id" msgpack:"id"`
		Name  string   `pickle:"name" json:"name" msgpack:"name"`
		OK    bool     `pickle:"ok" json:"ok" msgpack:"ok"`
		Score float64  `pickle:"score" json:"score" msgpack:"score"`
		Tags  []string `pickle:"tags" json:"tags" msgpack:"tags"`
	}
)

// NewShape returns a pointer to the zero value of the Go type of one of shapes.py's shapes;
// nil if it has none.
func NewShape(name string) any {
	switch name {
	case "ints":
		return new([]int64)
	case "floats":
		return new([]float64)
	case "strs":
		return new([]string)
	case "records":
		return new([]Record)
	case "objects":
		return new([]Particle)
	case "metrics":
		return new([]Metric)
	case "bytestrings":
		return new([][]byte)
	case "blob":
		return new([]byte)
	case "bigints":
		return new([]*big.Int)
	case "tiny":
		return new(Tiny)
	}
	return nil
}
