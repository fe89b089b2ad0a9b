package pickle_test

import (
	"testing"

	"github.com/go-pickle/pickle"
	"github.com/go-pickle/pickle/py"
)

// TestFoldOnlyValues folds a call into bytes where it stands for a value, not where it is
// what another call takes for its arguments.
func TestFoldOnlyValues(t *testing.T) {
	encode := "c_codecs\nencode\n(Vab\nVlatin1\ntR"
	var v any
	if err := pickle.Unmarshal([]byte(encode+"."), &v); err != nil || v != py.Bytes("ab") {
		t.Errorf("%v, %v", v, err)
	}
	if err := pickle.Unmarshal([]byte("cm\nf\n"+encode+"R."), &v); err != nil {
		t.Fatal(err)
	}
	if o, ok := v.(*py.Object); !ok {
		t.Errorf("a call is a %T", v)
	} else if args, ok := o.Args.(*py.Object); !ok || args.ClassName() != "_codecs.encode" {
		t.Errorf("the arguments are %v", o.Args)
	}
}
