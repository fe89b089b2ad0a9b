// Package stdlib has Go values for what Python's standard library pickles, and writes Go's
// own as Python's. All versions of Python from 2.7 on and all protocols are read; what the C
// picklers of CPython 3.8 and later wrote comes back to the byte.
//
//	Python                                  Go
//	datetime.date, time                     [Date], [TimeOfDay]
//	datetime.datetime                       [Datetime]; naive if its TZ is nil
//	datetime.timedelta                      [Timedelta]
//	datetime.timezone, zoneinfo.ZoneInfo    [*Timezone], [*ZoneInfo]
//	time.struct_time                        [StructTime]
//	decimal.Decimal                         [Decimal]
//	fractions.Fraction                      *big.Rat
//	uuid.UUID, SafeUUID                     [UUID], [UUIDSafety]
//	ipaddress.IPv4Address, IPv6Address      netip.Addr
//	ipaddress.IPv4Network, IPv6Network      netip.Prefix
//	ipaddress.IPv4Interface, IPv6Interface  [IPInterface]
//	pathlib's paths                         [Path]
//	array.array                             [*Array]
//	range, xrange                           [Range], or [*BigRange] past 64 bits
//	slice                                   [*Slice]
//	Ellipsis, NotImplemented                [Ellipsis], [NotImplemented]
//	type(None) and the like                 [NoneType], [EllipsisType], [NotImplementedType]
//	random.Random                           [*Random]
//	collections.OrderedDict, defaultdict    [*OrderedDict], [*DefaultDict]
//	collections.Counter, deque, ChainMap    [*Counter], [*Deque], [*ChainMap]
//	collections.UserDict, ...               [*UserDict], [*UserList], [*UserString]
//	functools.partial                       [*Partial]
//	operator.itemgetter, attrgetter, ...    [*ItemGetter], [*AttrGetter], [*MethodCaller]
//	types.SimpleNamespace, GenericAlias     [*SimpleNamespace], [*GenericAlias]
//	int | str                               [*Union]
//	re.Pattern                              [Pattern]
//	exceptions                              [*Exception]
//
// All of these are written as what they were, and so are values of Go's own types:
//
//	Go                 Python
//	time.Time          an aware datetime: see [DatetimeOf]; nanoseconds are cut off
//	time.Duration      datetime.timedelta; nanoseconds are cut off
//	*time.Location     datetime.timezone or zoneinfo.ZoneInfo; time.Local is an error
//	*big.Rat           fractions.Fraction
//	netip.Addr         ipaddress.IPv4Address or IPv6Address
//	netip.Prefix       ipaddress.IPv4Network or IPv6Network; with bits beyond its length an
//	                   IPv4Interface or IPv6Interface
//	*big.Float         an error: Python has no such number
//
// Iterators, such as those of module itertools, enumerate(...) and iter([...]), stay the
// [py.Object] that the pickle makes, which is dumped again: they have nothing to say in Go,
// and Python 3.14 has stopped pickling those of itertools. A types.MappingProxyType can't be
// pickled. Exception classes of a program are made known by [ExceptionClass]; other classes
// by [py.Class], [py.Enum], [py.Flag] and [py.NamedTuple].
//
// Values of Python's immutable types are no pointers, where that can be, so that == compares
// them and they can be keys of Go maps. Where Python finds more equal than == does, as with
// datetimes in two zones or Decimal('1.0') and 1, [py.Equal], py.Dict and py.Set do as
// Python does. [py.Repr] prints all of them as Python does.
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
