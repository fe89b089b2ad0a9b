package stdlib

import (
	"errors"
	"reflect"
	"strings"
	"time"

	"github.com/go-pickle/pickle/py"
)

// The forms are those of date_reduce, time_reduce, datetime_reduce, delta_reduce and
// timezone_getinitargs in CPython's Modules/_datetimemodule.c, and of zoneinfo_reduce in
// Modules/_zoneinfo.c.

var (
	dateClass      = py.Global{Module: "datetime", Name: unshared("date")}
	timeClass      = py.Global{Module: "datetime", Name: unshared("time")}
	datetimeClass  = py.Global{Module: "datetime", Name: unshared("datetime")}
	timedeltaClass = py.Global{Module: "datetime", Name: unshared("timedelta")}
	timezoneClass  = py.Global{Module: "datetime", Name: unshared("timezone")}
	zoneInfoClass  = py.Global{Module: "zoneinfo", Name: unshared("ZoneInfo")}
)

var datetimeEntries = []py.Entry{
	{
		Names:  []py.Global{dateClass},
		Types:  []reflect.Type{reflect.TypeFor[Date]()},
		Load:   loadDate,
		Reduce: func(v any, _ py.Form) (any, error) { return reduceDate(v.(Date)) },
	},
	{
		Names:  []py.Global{timeClass},
		Types:  []reflect.Type{reflect.TypeFor[TimeOfDay]()},
		Load:   loadTimeOfDay,
		Reduce: func(v any, f py.Form) (any, error) { return reduceTimeOfDay(v.(TimeOfDay), f) },
	},
	{
		Names:  []py.Global{datetimeClass},
		Types:  []reflect.Type{reflect.TypeFor[Datetime]()},
		Load:   loadDatetime,
		Reduce: func(v any, f py.Form) (any, error) { return reduceDatetime(v.(Datetime), f) },
	},
	{
		Types: []reflect.Type{reflect.TypeFor[time.Time]()},
		Reduce: func(v any, f py.Form) (any, error) {
			return reduceDatetime(DatetimeOf(v.(time.Time)), f)
		},
	},
	{
		Names:  []py.Global{timedeltaClass},
		Types:  []reflect.Type{reflect.TypeFor[Timedelta]()},
		Load:   loadTimedelta,
		Reduce: func(v any, _ py.Form) (any, error) { return reduceTimedelta(v.(Timedelta)) },
	},
	{
		Types: []reflect.Type{reflect.TypeFor[time.Duration]()},
		Reduce: func(v any, _ py.Form) (any, error) {
			return reduceTimedelta(TimedeltaOf(v.(time.Duration)))
		},
	},
	{
		Names:  []py.Global{timezoneClass},
		Types:  []reflect.Type{reflect.TypeFor[*Timezone]()},
		Load:   loadTimezone,
		Reduce: func(v any, _ py.Form) (any, error) { return reduceTimezone(v.(*Timezone)), nil },
	},
	{
		Names:  []py.Global{{Module: zoneInfoClass.Module, Name: zoneInfoClass.Name + "._unpickle"}},
		Types:  []reflect.Type{reflect.TypeFor[*ZoneInfo]()},
		Load:   loadZoneInfo,
		Reduce: func(v any, _ py.Form) (any, error) { return reduceZoneInfo(v.(*ZoneInfo)), nil },
		// Another function of that module has the same str.
		Strings: []string{getattrFunc.Module, getattrFunc.Name},
	},
	{
		Types: []reflect.Type{reflect.TypeFor[*time.Location]()},
		Reduce: func(v any, _ py.Form) (any, error) {
			switch loc := v.(*time.Location); {
			case loc == time.UTC:
				return UTC, nil
			case loc == time.Local:
				return nil, errors.New("time.Local is another zone on every machine: name one by time.LoadLocation")
			default:
				tz, _ := zoneOf(time.Unix(0, 0).In(loc))
				return tz, nil
			}
		},
	},
}

// unshared is a str that CPython has an object of its own for: types of C give a new one
// for their name each time. Go would have one string for all equal constants.
func unshared(s string) string { return strings.Clone(s) }

// calledArgs are the arguments of a call of class, if o is that and nothing else.
func calledArgs(o *py.Object, class ...py.Global) (py.Tuple, bool) {
	g, ok := o.Class.(py.Global)
	if !ok || o.How != py.ByReduce || len(o.Ops) > 0 || len(o.Twins) > 0 {
		return nil, false
	}
	for _, c := range class {
		if c == g {
			args, ok := o.Args.(py.Tuple)
			return args, ok
		}
	}
	return nil, false
}

// latin1Bytes are the bytes that v is, or the str that Python 2 had for them.
func latin1Bytes(v any) (string, bool) {
	switch v := v.(type) {
	case py.Bytes:
		return string(v), true
	case string:
		out := make([]byte, 0, len(v))
		for i := 0; i < len(v); {
			switch {
			case v[i] < 0x80:
				out = append(out, v[i])
				i++
			case i+1 < len(v) && (v[i] == 0xc2 || v[i] == 0xc3) && v[i+1]&0xc0 == 0x80:
				out = append(out, v[i]<<6|v[i+1]&0x3f)
				i += 2
			case i+2 < len(v) && v[i] == 0xed && (v[i+1] == 0xb2 || v[i+1] == 0xb3):
				out = append(out, v[i+1]<<6|v[i+2]&0x3f) // as surrogateescape has it
				i += 3
			default:
				return "", false
			}
		}
		return string(out), true
	}
	return "", false
}

// textOf is the text of a str, also of Python 2's.
func textOf(v any) (string, bool) {
	switch v := v.(type) {
	case string:
		return v, true
	case py.Bytes:
		return string(v), true
	}
	return "", false
}

func loadDate(o *py.Object) (any, bool) {
	args, ok := calledArgs(o, dateClass)
	if !ok || len(args) != 1 {
		return nil, false
	}
	b, ok := latin1Bytes(args[0])
	if !ok || len(b) != 4 {
		return nil, false
	}
	d := Date{int(b[0])<<8 | int(b[1]), int(b[2]), int(b[3])}
	return d, d.check() == nil
}

func reduceDate(d Date) (any, error) {
	if err := d.check(); err != nil {
		return nil, err
	}
	return py.NewCall(dateClass, py.Bytes([]byte{byte(d.Year >> 8), byte(d.Year), byte(d.Month), byte(d.Day)})), nil
}

// zoned takes the bytes and the optional tzinfo of a datetime or time.
func zoned(args py.Tuple, n int) (b string, tz any, ok bool) {
	if len(args) != 1 && len(args) != 2 {
		return "", nil, false
	}
	if len(args) == 2 {
		if tz = args[1]; tz == nil || checkTZ(tz) != nil {
			return "", nil, false
		}
	}
	b, ok = latin1Bytes(args[0])
	return b, tz, ok && len(b) == n
}

func loadTimeOfDay(o *py.Object) (any, bool) {
	args, ok := calledArgs(o, timeClass)
	if !ok {
		return nil, false
	}
	b, tz, ok := zoned(args, 6)
	if !ok {
		return nil, false
	}
	t := TimeOfDay{int(b[0] & 0x7f), int(b[1]), int(b[2]), micro(b[3:]), int(b[0] >> 7), tz}
	return t, t.check() == nil
}

func reduceTimeOfDay(t TimeOfDay, f py.Form) (any, error) {
	if err := t.check(); err != nil {
		return nil, err
	}
	b := appendTime(nil, t)
	b[0] |= foldBit(t.Fold, f)
	return zonedCall(timeClass, b, t.TZ), nil
}

func loadDatetime(o *py.Object) (any, bool) {
	args, ok := calledArgs(o, datetimeClass)
	if !ok {
		return nil, false
	}
	b, tz, ok := zoned(args, 10)
	if !ok {
		return nil, false
	}
	d := Datetime{int(b[0])<<8 | int(b[1]), int(b[2] & 0x7f), int(b[3]), int(b[4]), int(b[5]), int(b[6]), micro(b[7:]),
		int(b[2] >> 7), tz}
	return d, d.check() == nil
}

func reduceDatetime(d Datetime, f py.Form) (any, error) {
	if err := d.check(); err != nil {
		return nil, err
	}
	b := []byte{byte(d.Year >> 8), byte(d.Year), byte(d.Month) | foldBit(d.Fold, f), byte(d.Day)}
	return zonedCall(datetimeClass, appendTime(b, d.Clock()), d.TZ), nil
}

func micro(b string) int { return int(b[0])<<16 | int(b[1])<<8 | int(b[2]) }

func appendTime(b []byte, t TimeOfDay) []byte {
	us := t.Microsecond
	return append(b, byte(t.Hour), byte(t.Minute), byte(t.Second), byte(us>>16), byte(us>>8), byte(us))
}

func foldBit(fold int, f py.Form) byte {
	if f.Protocol < 4 {
		return 0
	}
	return byte(fold) << 7
}

func zonedCall(class py.Global, b []byte, tz any) *py.Object {
	if tz == nil {
		return py.NewCall(class, py.Bytes(b))
	}
	return py.NewCall(class, py.Bytes(b), tz)
}

func loadTimedelta(o *py.Object) (any, bool) {
	args, ok := calledArgs(o, timedeltaClass)
	if !ok || len(args) != 3 {
		return nil, false
	}
	days, ok1 := smallInt(args[0])
	seconds, ok2 := smallInt(args[1])
	us, ok3 := smallInt(args[2])
	d := Timedelta{days, seconds, us}
	return d, ok1 && ok2 && ok3 && d.check() == nil
}

func reduceTimedelta(d Timedelta) (any, error) {
	if err := d.check(); err != nil {
		return nil, err
	}
	return py.NewCall(timedeltaClass, int64(d.Days), int64(d.Seconds), int64(d.Microseconds)), nil
}

func loadTimezone(o *py.Object) (any, bool) {
	args, ok := calledArgs(o, timezoneClass)
	if !ok || len(args) != 1 && len(args) != 2 {
		return nil, false
	}
	d, ok := args[0].(Timedelta)
	if !ok || !validOffset(d) {
		return nil, false
	}
	z := &Timezone{offset: args[0]}
	if len(args) == 2 {
		if z.name, z.named = args[1].(string); !z.named {
			return nil, false
		}
	}
	return z, true
}

func reduceTimezone(z *Timezone) any {
	offset := z.offset
	if offset == nil {
		offset = UTC.offset
	}
	if z.named {
		return py.NewCall(timezoneClass, offset, z.name)
	}
	return py.NewCall(timezoneClass, offset)
}

func loadZoneInfo(o *py.Object) (any, bool) {
	args, ok := o.Args.(py.Tuple)
	if !ok || o.How != py.ByReduce || len(o.Ops) > 0 || len(args) != 2 {
		return nil, false
	}
	key, ok1 := args[0].(string)
	cached, ok2 := args[1].(int64)
	return &ZoneInfo{key, cached == 0}, ok1 && ok2 && (cached == 0 || cached == 1)
}

func reduceZoneInfo(z *ZoneInfo) any {
	cached := int64(1)
	if z.NoCache {
		cached = 0
	}
	o := py.NewCall(py.Global{}, z.Key, cached)
	// A method, which Python 3.13 does not write as it does a dotted name, so that what is
	// called here must not look like one.
	getattr := &py.Object{How: py.ByName, Class: getattrFunc}
	o.Class = &py.Object{How: py.ByReduce, Class: getattr, Args: py.Tuple{zoneInfoClass, unshared("_unpickle")}}
	return o
}

// getattrFunc has a module whose name is another str than that of the classes in it.
var getattrFunc = py.Global{Module: unshared("builtins"), Name: unshared("getattr")}

var (
	reconstructor = py.Global{Module: "copyreg", Name: "_reconstructor"}
	objectClass   = py.Global{Module: "builtins", Name: "object"}
)
