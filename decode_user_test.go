package pickle_test

import (
	"reflect"
	"regexp"
	"testing"

	"github.com/go-pickle/pickle"
	"github.com/go-pickle/pickle/py"
	"github.com/go-pickle/pickle/stdlib"
)

// TestTypedStandardLibrary loads values of package stdlib into Go's own types.
func TestTypedStandardLibrary(t *testing.T) {
	type item struct {
		Size int `pickle:"size"`
	}
	type attributes struct {
		Data map[string]int `pickle:"data"`
	}
	sizes := py.NewDict("size", 3)
	for _, c := range []struct{ v, want any }{
		{stdlib.NewOrderedDict("size", 3), map[string]int{"size": 3}},
		{stdlib.NewOrderedDict("size", 3), item{3}},
		{stdlib.NewDefaultDict(nil, "size", 3), item{3}},
		{stdlib.NewCounter("a", "b", "a"), map[string]uint8{"a": 2, "b": 1}},
		{stdlib.NewDeque(1, 2), []int{1, 2}},
		{stdlib.NewUserDict(sizes), map[string]int{"size": 3}},
		{stdlib.NewUserDict(sizes), item{3}},
		{stdlib.NewUserDict(sizes), attributes{map[string]int{"size": 3}}},
		{stdlib.NewUserDict(nil), map[string]int{}},
		{stdlib.NewUserList(1, 2), []int{1, 2}},
		{stdlib.NewUserList(stdlib.NewUserList(1)), [][]int{{1}}},
		{stdlib.NewUserString("text"), "text"},
		{stdlib.NewSimpleNamespace("size", 3), item{3}},
	} {
		for _, p := range protocols() {
			data, err := pickle.EncodeOptions{Protocol: p}.Marshal(c.v)
			if err != nil {
				t.Fatal(err)
			}
			to := reflect.New(reflect.TypeOf(c.want))
			if err := pickle.Unmarshal(data, to.Interface()); err != nil {
				t.Errorf("%s into %T: %v", py.Repr(c.v), c.want, err)
			} else if got := to.Elem().Interface(); !reflect.DeepEqual(got, c.want) {
				t.Errorf("%s: %#v, not %#v", py.Repr(c.v), got, c.want)
			}
		}
	}
	data, err := pickle.Marshal(py.NewDict("e", stdlib.NewException("KeyError", "a"), "p", stdlib.NewPattern("a+", 0)))
	if err != nil {
		t.Fatal(err)
	}
	var both struct {
		E error          `pickle:"e"`
		P *regexp.Regexp `pickle:"p"`
	}
	if err := pickle.Unmarshal(data, &both); err != nil || both.E.Error() != "KeyError: 'a'" || both.P.String() != "a+" {
		t.Errorf("%v, %v, %v", both.E, both.P, err)
	}
}
