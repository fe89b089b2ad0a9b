package pickle_test

import (
	"fmt"
	"testing"

	"github.com/go-pickle/pickle"
)

func TestQuick(t *testing.T) {
	data, err := pickle.Marshal(map[string]any{"a": []int{1, 2, 3}, "b": []int{4}})
	if err != nil {
		t.Fatal(err)
	}
	var v map[string][]int
	err = pickle.Unmarshal(data, &v)
	fmt.Println(v, err)
	type st struct {
		A []float64 `pickle:"a"`
		B any       `pickle:"b"`
	}
	var w st
	err = pickle.Unmarshal(data, &w)
	fmt.Println(w, err)
	var x map[string][]string
	err = pickle.Unmarshal(data, &x)
	fmt.Println(x, err)
}
