package scan

import (
	"slices"
	"strings"
	"testing"
)

// TestCallsThatCost: what takes gigabytes or for ever is suspicious, what takes little is safe.
func TestCallsThatCost(t *testing.T) {
	start := program("\x80\x04")
	large := "\x8a\x05\x00\x00\x00\x00\x10" // LONG1 of 1<<36
	endless := start.name("itertools", "count").op(")R")
	many := start.name("builtins", "range").op(large + "\x85R")
	doubled := start.str("text").op("\x940").name("operator", "add").op("\x940")
	for i, last := 0, "\x00"; i < 40; i++ {
		doubled = doubled.op("h\x01h" + last + "h" + last + "\x86R\x940")
		last = string([]byte{byte(i + 2)})
	}
	costly := []struct {
		what string
		data program
	}{
		{"bytes", start.name("builtins", "bytes").op(large + "\x85R.")},
		{"bytes by NEWOBJ", start.name("builtins", "bytes").op(large + "\x85\x81.")},
		{"bytearray", start.name("builtins", "bytearray").op(large + "\x85R.")},
		{"bytearray of Python 2", program("\x80\x02").op("c__builtin__\nbytearray\n" + large + "\x85R.")},
		{"bytes of a number beyond 64 bits", start.name("builtins", "bytes").op("\x8a\x0a\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x85R.")},
		{"bytes of a computed number", start.name("builtins", "bytes").name("builtins", "int").str("999999999999").op("\x85R\x85R.")},
		{"bytes in a default factory", start.name("functools", "partial").name("builtins", "bytes").op(large + "\x86R.")},
		{"list of what never ends", start.name("builtins", "list").op(string(endless[2:]) + "\x85R.")},
		{"tuple by NEWOBJ", start.name("builtins", "tuple").op(string(endless[2:]) + "\x85\x81.")},
		{"set of a large range", start.name("builtins", "set").op(string(many[2:]) + "\x85R.")},
		{"largest of what never ends", start.name("builtins", "max").op(string(endless[2:]) + "\x85R.")},
		{"deque of repetitions", start.name("collections", "deque").name("itertools", "repeat").op("N\x85R\x85R.")},
		{"repetitions without end in others", start.name("builtins", "list").name("itertools", "chain").name("builtins", "enumerate").op(string(endless[2:]) + "\x85R\x85R\x85R.")},
		{"product", start.name("builtins", "list").name("itertools", "product").op("(").name("builtins", "range").op("M\xff\xff\x85R\x94h\x00h\x00tR\x85R.")},
		{"array of a range", start.name("array", "array").str("b").op(string(many[2:]) + "\x86R.")},
		{"search in what never ends", start.name("operator", "contains").op(string(endless[2:]) + "N\x86R.")},
		{"sum of lists", start.name("builtins", "sum").op("]]a\x85]\x86R.")},
		{"exponent", start.name("fractions", "Fraction").str("1e999999999").op("\x85R.")},
		{"exponent of a Decimal", start.name("builtins", "int").name("decimal", "Decimal").str("1E+999999999").op("\x85R\x85R.")},
		{"round", start.name("builtins", "round").op("K\x01J\x00\x00\x00\x80\x86R.")},
		{"array", start.name("numpy.core.multiarray", "_reconstruct").name("numpy", "ndarray").op(large + "\x85").bytes("b").op("\x87R.")},
		{"array of two dimensions", start.name("numpy._core.multiarray", "_reconstruct").name("numpy", "ndarray").op("M\xff\xffM\xff\xff\x86").bytes("b").op("\x87R.")},
		{"array of objects", start.name("numpy.core.multiarray", "_reconstruct").name("numpy", "ndarray").op("K\x00\x85").bytes("b").op("\x87R(K\x01"+large+"\x85").
			name("numpy", "dtype").str("O8").op("\x85R\x89]tb.")},
		{"scalar", start.name("numpy.core.multiarray", "scalar").name("numpy", "dtype").str("V2000000000").op("\x85R\x85R.")},
		{"text that doubles", doubled.op("N.")},
	}
	for _, test := range costly {
		r := Options{}.Bytes(test.data)
		if r.Verdict != Suspicious || !slices.ContainsFunc(r.Findings, func(f Finding) bool { return f.Rule == RuleDoS }) {
			t.Errorf("%s: %v: %v", test.what, r.Verdict, r.Findings)
		}
	}
	cheap := []struct {
		what string
		data program
	}{
		{"bytes", start.name("builtins", "bytes").op("M\xff\xff\x85R.")},
		{"bytearray", program("\x80\x02").op("c__builtin__\nbytearray\nc_codecs\nencode\n").str("abc").str("latin1").op("\x86R\x85R.")},
		{"what never ends", endless.op(".")},
		{"a large range", many.op(".")},
		{"list of a range", start.name("builtins", "list").name("builtins", "range").op("M\xff\xff\x85R\x85R.")},
		{"list of some of what never ends", start.name("builtins", "list").name("builtins", "zip").op(string(endless[2:]) + "]\x86R\x85R.")},
		{"sum of numbers", start.name("builtins", "sum").op("](K\x01K\x02e\x85R.")},
		{"Decimal", start.name("decimal", "Decimal").str("1E+999999").op("\x85R.")},
		{"Fraction", start.name("fractions", "Fraction").str("1/3").op("\x85R.")},
		{"array", start.name("numpy.core.multiarray", "_reconstruct").name("numpy", "ndarray").op("K\x00\x85").bytes("b").op("\x87R.")},
		{"text of two", start.name("operator", "add").str(strings.Repeat("a", 100)).str("b").op("\x86R.")},
	}
	for _, test := range cheap {
		if r := (Options{}).Bytes(test.data); r.Verdict != Safe {
			t.Errorf("%s: %v: %v", test.what, r.Verdict, r.Findings)
		}
	}
}
