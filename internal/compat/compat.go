// Package compat maps names between Python 2 and Python 3, as fix_imports asks
// (CPython's Lib/_compat_pickle.py).
package compat

//go:generate sh -c "python3 gen.py | gofmt > table.go"

// A Name is a module and a name in it.
type Name struct{ Module, Name string }

// ToPython3 gives the names by which Python 3 knows what Python 2 calls n, and whether
// module and name are other ones than before.
func ToPython3(n Name) (to Name, moduleChanged, nameChanged bool) {
	if to, ok := names2to3[n]; ok {
		return to, true, true
	}
	if m, ok := modules2to3[n.Module]; ok {
		return Name{m, n.Name}, true, false
	}
	return n, false, false
}

// ToPython2 gives the names by which Python 2 knows what Python 3 calls n.
func ToPython2(n Name) Name {
	if to, ok := names3to2[n]; ok {
		return to
	}
	if m, ok := modules3to2[n.Module]; ok {
		return Name{m, n.Name}
	}
	return n
}
