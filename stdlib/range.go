package stdlib

import (
	"errors"
	"fmt"
	"iter"
	"math"
	"math/big"
	"reflect"

	"github.com/go-pickle/pickle/py"
)

// A Range is a Python range, or an xrange of Python 2, of ints that 64 bits hold. For others
// there is [BigRange]. Step is not 0.
type Range struct{ Start, Stop, Step int64 }

// Len is the number of ints in the range.
func (r Range) Len() uint64 {
	switch {
	case r.Step > 0 && r.Start < r.Stop:
		return (uint64(r.Stop)-uint64(r.Start)-1)/uint64(r.Step) + 1
	case r.Step < 0 && r.Start > r.Stop:
		return (uint64(r.Start)-uint64(r.Stop)-1)/(-uint64(r.Step)) + 1
	}
	return 0
}

// All yields the ints in order.
func (r Range) All() iter.Seq[int64] {
	return func(yield func(int64) bool) {
		at := r.Start
		for range r.Len() {
			if !yield(at) {
				return
			}
			at += r.Step
		}
	}
}

// String gives the range as Python's str does: range(0, 5), or range(0, 5, 2).
func (r Range) String() string {
	if r.Step == 1 {
		return fmt.Sprintf("range(%d, %d)", r.Start, r.Stop)
	}
	return fmt.Sprintf("range(%d, %d, %d)", r.Start, r.Stop, r.Step)
}

// AppendRepr appends what Python's repr gives.
func (r Range) AppendRepr(dst []byte) []byte { return append(dst, r.String()...) }

// HashKey is the sequence of ints: ranges are equal in Python if they give the same.
func (r Range) HashKey() any {
	switch n := r.Len(); n {
	case 0:
		return rangeKey{}
	case 1:
		return rangeKey{1, r.Start, 0}
	default:
		return rangeKey{n, r.Start, r.Step}
	}
}

type rangeKey struct {
	n           uint64
	start, step int64
}

// maxPlainRange is how many ints Plain and StoreIn write out.
const maxPlainRange = 1 << 20

// Plain is a []any of the ints; more than some million are an error.
func (r Range) Plain() (any, error) {
	if r.Len() > maxPlainRange {
		return nil, fmt.Errorf("%s is too long for a slice", r)
	}
	out := make([]any, 0, r.Len())
	for i := range r.All() {
		out = append(out, i)
	}
	return out, nil
}

// StoreIn stores the ints in a *[]int64 or *[]int, if they are not more than some million.
func (r Range) StoreIn(dst any) (bool, error) {
	switch dst.(type) {
	case *[]int64, *[]int:
	default:
		return false, nil
	}
	if r.Len() > maxPlainRange {
		return true, fmt.Errorf("%s is too long for a slice", r)
	}
	if d, ok := dst.(*[]int64); ok {
		*d = make([]int64, 0, r.Len())
		for i := range r.All() {
			*d = append(*d, i)
		}
		return true, nil
	}
	d := dst.(*[]int)
	*d = make([]int, 0, r.Len())
	for i := range r.All() {
		if int64(int(i)) != i {
			return true, fmt.Errorf("%d is out of range for an int", i)
		}
		*d = append(*d, int(i))
	}
	return true, nil
}

// A BigRange is a Python range of ints past 64 bits. It must not be changed.
type BigRange struct{ Start, Stop, Step *big.Int }

// Len is the number of ints in the range.
func (r *BigRange) Len() *big.Int {
	from, to, step := r.Start, r.Stop, new(big.Int).Abs(r.Step)
	if r.Step.Sign() < 0 {
		from, to = to, from
	}
	n := new(big.Int).Sub(to, from)
	if n.Sign() <= 0 || step.Sign() == 0 {
		return new(big.Int)
	}
	return n.Sub(n, big.NewInt(1)).Div(n, step).Add(n, big.NewInt(1))
}

// String gives the range as Python's str does.
func (r *BigRange) String() string { return py.Repr(r) }

// ReprParts are the parts of what Python's repr gives.
func (r *BigRange) ReprParts() []any {
	parts := []any{py.ReprText("range("), r.Start, py.ReprText(", "), r.Stop}
	if r.Step != nil && r.Step.IsInt64() && r.Step.Int64() == 1 {
		return append(parts, py.ReprText(")"))
	}
	return append(parts, py.ReprText(", "), r.Step, py.ReprText(")"))
}

// Plain is an error.
func (r *BigRange) Plain() (any, error) { return nil, errors.New("a range of ints past 64 bits") }

// A Slice is a Python slice(start, stop, step), used as *Slice. Each is nil for None, an
// int64, or whatever else the program had there. It must not be changed. As a key of a dict
// it is equal to itself alone, as it may hold anything.
type Slice struct{ Start, Stop, Step any }

// ReprParts are the parts of what Python's repr gives.
func (s *Slice) ReprParts() []any {
	return []any{py.ReprText("slice("), s.Start, py.ReprText(", "), s.Stop, py.ReprText(", "), s.Step, py.ReprText(")")}
}

// String gives the slice as Python's str does.
func (s *Slice) String() string { return py.Repr(s) }

// Plain is an error: Go has no value for a slice expression.
func (s *Slice) Plain() (any, error) { return nil, errors.New("a slice() is not plain data") }

// Indices returns which items of a sequence of n the slice takes, as slice.indices does in
// Python. The error says that Start, Stop or Step is not nil or an int, or that Step is 0.
func (s *Slice) Indices(n int) (Range, error) {
	step := int64(1)
	if s.Step != nil {
		i := bigInt(s.Step)
		if i == nil || i.Sign() == 0 {
			return Range{}, errors.New("the step of a slice is an int other than 0")
		}
		step = clampInt(i)
	}
	low, high := int64(0), int64(n)
	if step < 0 {
		low, high = -1, int64(n)-1
	}
	bound := func(v any, missing int64) (int64, error) {
		if v == nil {
			return missing, nil
		}
		i := bigInt(v)
		if i == nil {
			return 0, errors.New("the bounds of a slice are ints or None")
		}
		at := clampInt(i)
		if at < 0 {
			at = max(at+int64(n), low)
		}
		return min(at, high), nil
	}
	from, to := low, high
	if step < 0 {
		from, to = high, low
	}
	start, err := bound(s.Start, from)
	if err != nil {
		return Range{}, err
	}
	stop, err := bound(s.Stop, to)
	return Range{start, stop, step}, err
}

// clampInt is i, or what is nearest to it within 62 bits.
func clampInt(i *big.Int) int64 {
	const most = math.MaxInt64 / 2
	switch {
	case i.Sign() < 0 && i.CmpAbs(big.NewInt(most)) > 0:
		return -most
	case i.CmpAbs(big.NewInt(most)) > 0:
		return most
	}
	return i.Int64()
}

var (
	rangeClass = py.Global{Module: "builtins", Name: unshared("range")}
	sliceClass = py.Global{Module: "builtins", Name: unshared("slice")}
)

var rangeEntries = []py.Entry{
	{
		Names: []py.Global{rangeClass},
		Types: []reflect.Type{reflect.TypeFor[Range]()},
		Load:  loadRange,
		Reduce: func(v any, _ py.Form) (any, error) {
			r := v.(Range)
			if r.Step == 0 {
				return nil, errors.New("range() arg 3 must not be zero")
			}
			return py.NewCall(rangeClass, r.Start, r.Stop, r.Step), nil
		},
	},
	{
		Types: []reflect.Type{reflect.TypeFor[*BigRange]()},
		Reduce: func(v any, _ py.Form) (any, error) {
			r := v.(*BigRange)
			if r.Start == nil || r.Stop == nil || r.Step == nil || r.Step.Sign() == 0 {
				return nil, errors.New("a range needs a start, a stop and a step other than zero")
			}
			return py.NewCall(rangeClass, pyInt(r.Start), pyInt(r.Stop), pyInt(r.Step)), nil
		},
	},
	{
		Names: []py.Global{sliceClass},
		Types: []reflect.Type{reflect.TypeFor[*Slice]()},
		Load: func(o *py.Object) (any, bool) {
			args, ok := calledArgs(o, sliceClass)
			if !ok || len(args) != 3 {
				return nil, false
			}
			return &Slice{args[0], args[1], args[2]}, true
		},
		Reduce: func(v any, _ py.Form) (any, error) {
			s := v.(*Slice)
			return py.NewCall(sliceClass, s.Start, s.Stop, s.Step), nil
		},
	},
}

func loadRange(o *py.Object) (any, bool) {
	args, ok := calledArgs(o, rangeClass)
	if !ok || len(args) != 3 {
		return nil, false
	}
	start, stop, step := bigInt(args[0]), bigInt(args[1]), bigInt(args[2])
	if start == nil || stop == nil || step == nil || step.Sign() == 0 {
		return nil, false
	}
	if start.IsInt64() && stop.IsInt64() && step.IsInt64() {
		return Range{start.Int64(), stop.Int64(), step.Int64()}, true
	}
	return &BigRange{start, stop, step}, true
}
