// Package stdlib has Go values for what Python's standard library pickles, and writes Go's
// own as Python's.
//
// Package pickle uses [Registry] unless it is given another.
package stdlib

import (
	"slices"
	"sync"

	"github.com/go-pickle/pickle/py"
)

// Registry returns the registry of the standard library. It is always the same one; with
// [py.Registry.With] a program adds classes of its own.
func Registry() *py.Registry { return registry() }

var registry = sync.OnceValue(func() *py.Registry {
	return py.NewRegistry(slices.Concat(
		datetimeEntries,
		numberEntries,
		uuidEntries,
		ipEntries,
		pathEntries,
		arrayEntries,
		structTimeEntries,
		rangeEntries,
		singletonEntries,
		dictsEntries,
		dequeEntries,
		userEntries,
		callsEntries,
		typesEntries,
		patternEntries,
		exceptionEntries,
		randomEntries,
	)...)
})
