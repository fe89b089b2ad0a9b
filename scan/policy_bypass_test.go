package scan

import (
	"testing"
)

// program puts a pickle of protocol 4 together.
type program []byte

func (p program) str(s string) program {
	return append(append(p, 'X', byte(len(s)), byte(len(s)>>8), 0, 0), s...)
}
func (p program) bytes(s string) program { return append(append(p, 'C', byte(len(s))), s...) }
func (p program) name(module, name string) program {
	return append(p.str(module).str(name), 0x93)
}
func (p program) op(ops string) program { return append(p, ops...) }

// TestAllowedNamesDoNotCallEachOther: what is allowed for itself can't be used by something else
// that is allowed.
func TestAllowedNamesDoNotCallEachOther(t *testing.T) {
	start := program("\x80\x04")
	evil := string(program("\x80\x04").name("os", "system").str("echo x").op("\x85R."))
	tests := []struct {
		what string
		data program
	}{
		{"a function that is called for a subclass of Tensor loads a pickle", start.name("torch._tensor", "_rebuild_from_type_v2").op("(").
			name("torch.storage", "_load_from_bytes").name("torch", "Tensor").bytes(evil).op("\x85}tR.")},
		{"the same, one level deeper", start.name("torch._tensor", "_rebuild_from_type_v2").op("(").name("torch._tensor", "_rebuild_from_type_v2").
			name("torch", "Tensor").op("(").name("torch.storage", "_load_from_bytes").name("torch", "Tensor").bytes(evil).op("\x85}t}tR.")},
		{"the constructor of bit generators loads a pickle", start.name("numpy.random._pickle", "__generator_ctor").bytes(evil).
			name("torch.storage", "_load_from_bytes").op("\x86R.")},
		{"a partial of getattr", start.name("functools", "partial").name("builtins", "getattr").name("collections", "OrderedDict").str("__class__").op("\x87R.")},
		{"a default factory that makes instances", start.name("collections", "defaultdict").name("copyreg", "_reconstructor").op("\x85R.")},
		{"an __init__ by way of _reconstructor", start.name("copyreg", "_reconstructor").name("sklearn.pipeline", "Pipeline").name("sklearn.pipeline", "Pipeline").op("N\x87R.")},
		{"source text that a distribution of scipy executes", start.name("scipy.stats._continuous_distns", "norm_gen").op(")\x81}").
			str("_parse_arg_template").str("import os").op("sb.")},
		{"a module and a name that numpy imports", start.name("numpy.core", "_ufunc_reconstruct").str("os").str("system").op("\x86R.")},
		{"a class that opens a listener", start.name("sklearn.callback._scoring_monitor", "ScoringMonitor").op(")\x81}b.")},
		{"map calls what it is given", start.name("builtins", "frozenset").name("builtins", "map").name("numpy", "float64").op("]\x86R\x85R.")},
		{"map of a loader", start.name("builtins", "map").name("torch.storage", "_load_from_bytes").op("]").bytes(evil).op("a\x86R.")},
		{"accumulate", start.name("itertools", "accumulate").op("]").name("builtins", "str").op("\x86R.")},
		{"map as default factory", start.name("functools", "partial").name("builtins", "map").op("\x85R.")},
		{"map as a value", start.name("builtins", "map").op(".")},
		{"reduce as a value", start.op("]").name("functools", "reduce").op("a.")},
		{"union of what nobody allowed", start.name("functools", "reduce").name("operator", "or_").name("what", "Ever").name("builtins", "int").op("\x86\x86R.")},
		{"union of a computed tuple", start.name("functools", "reduce").name("operator", "or_").name("builtins", "map").op("N]\x86R\x86R.")},
		{"a method of a network", start.name("builtins", "getattr").name("torch.nn.modules.linear", "Linear").op(")\x81").str("forward").op("\x86R.")},
		{"a method of its own, called", start.name("builtins", "getattr").name("scipy.interpolate._rbf", "Rbf").op(")\x81").str("_h_linear").op("\x86R)R.")},
		{"a method of its own by another path", start.name("builtins", "getattr").name("scipy.interpolate._rbf", "Rbf").op(")\x81").str("_h_linear.__globals__").op("\x86R.")},
		{"a method of a class, not of an instance", start.name("scipy.interpolate._rbf", "Rbf._h_linear").op(".")},
		{"a memory map is a file", start.name("numpy", "memmap").str("x").op("\x85R.")},
		{"a file that becomes a tensor", start.name("torch._C", "_VariableFunctionsClass.from_file").str("x").op("\x85R.")},
		{"an index of any class", start.name("pandas.core.indexes.base", "_new_Index").name("pathlib", "Path.unlink").op("}\x86R.")},
		{"state of an imported class", start.name("sklearn.pipeline", "Pipeline").op("}b.")},
	}
	for _, test := range tests {
		if v := (Options{}).Bytes(test.data).Verdict; v == Safe {
			t.Errorf("%s: safe", test.what)
		}
	}
	for _, what := range []program{
		start.name("functools", "reduce").name("builtins", "getattr").op("]\x86R."),
		start.name("functools", "reduce").name("builtins", "str").name("builtins", "int").name("builtins", "str").op("\x86\x86R."),
		start.name("functools", "partial").name("functools", "reduce").name("builtins", "getattr").op("\x86R."),
		start.name("builtins", "map").name("os", "system").op("]").str("id").op("a\x86R."),
		start.name("builtins", "map").name("builtins", "getattr").op("]\x86R."),
		program("\x80\x02c__builtin__\nreduce\ncoperator\nadd\n]\x86R."),
	} {
		if v := (Options{}).Bytes(what).Verdict; v != Dangerous {
			t.Errorf("%q: %v", what, v)
		}
	}
	module := start.op("(").str("module").name("os", "system").str("m.py").str("source").op("tQ)\x81.")
	if v := (Options{Torch: true}).Bytes(module).Verdict; v != Dangerous {
		t.Errorf("a class in a persistent id of torch is %v", v)
	}
	for _, state := range []program{
		program("(}(").str("_parse_arg_template").str("import os").op("u}(").str("a").str("b").op("ut"),
		program("}").str("_parse_arg_template").op("Ns"),
		program("](").str("_parse_arg_template").str("import os").op("\x86e"),
	} {
		data := start.name("scipy.stats._continuous_distns", "norm_gen").op(")\x81" + string(state) + "b.")
		if v := (Options{}).Bytes(data).Verdict; v == Safe {
			t.Errorf("a distribution with the state %q: safe", state)
		}
	}
	union := start.name("functools", "reduce").name("operator", "or_").name("builtins", "int").name("builtins", "str").op("\x86\x86R.")
	safe := []struct {
		what string
		data program
	}{
		{"a ufunc of numpy before 1.21", start.name("numpy.core", "_ufunc_reconstruct").str("numpy").str("log1p").op("\x86R.")},
		{"a ufunc where the function is the first of all", start.op("cnumpy.core\n_ufunc_reconstruct\n").str("numpy").str("log1p").op("\x86R.")},
		{"a union of types", union},
		{"a union of None and a generic type", start.name("functools", "reduce").name("operator", "or_").op("N").name("types", "GenericAlias").name("builtins", "list").
			name("builtins", "int").op("\x85\x86R\x86\x86R.")},
		{"a union of types at protocol 2", program("\x80\x02c__builtin__\nreduce\nc_operator\nor_\nc__builtin__\nint\nc__builtin__\nunicode\n\x86\x86R.")},
		{"a method of its own", start.name("builtins", "getattr").name("scipy.interpolate._rbf", "Rbf").op(")\x81").str("_h_linear").op("\x86R.")},
		{"a method of its own of a lazy layer", start.name("builtins", "getattr").name("torch.nn.modules.linear", "LazyLinear").op(")\x81").str("_infer_parameters").op("\x86R.")},
		{"a filter without function", start.name("builtins", "filter").op("N]\x86R.")},
		{"sums without function", start.name("itertools", "accumulate").op("]N\x86R.")},
		{"a partial of defaultdict", start.name("functools", "partial").name("collections", "defaultdict").name("builtins", "int").op("\x86R.")},
		{"a subclass of Tensor", start.name("torch._tensor", "_rebuild_from_type_v2").op("(").name("torch._utils", "_rebuild_parameter").
			name("torch.nn.parameter", "Parameter").op("N\x89N\x87}tR.")},
		{"a distribution", start.name("scipy.stats._continuous_distns", "gamma_gen").op(")\x81}").str("_parse_arg_template").
			str("\ndef _parse_args(self, a,  loc=0, scale=1):\n    return (a, ), loc, scale\n\ndef _parse_args_rvs(self, a,  loc=0, scale=1, size=None):\n" +
				"    return self._argcheck_rvs(a,  loc, scale, size=size)\n\ndef _parse_args_stats(self, a,  loc=0, scale=1, moments='mv'):\n" +
				"    return (a, ), loc, scale, moments\n").op("sb.")},
		{"an old instance", start.name("copyreg", "_reconstructor").name("sklearn.pipeline", "Pipeline").name("builtins", "object").op("N\x87R}b.")},
	}
	for _, test := range safe {
		if r := (Options{}).Bytes(test.data); r.Verdict != Safe {
			t.Errorf("%s: %v: %v", test.what, r.Verdict, r.Findings)
		}
	}
}
