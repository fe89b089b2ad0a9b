package stdlib

import (
	"fmt"
	"reflect"
	"time"

	"github.com/go-pickle/pickle/py"
)

// A StructTime is a time.struct_time, as time.localtime gives it.
type StructTime struct {
	Year, Month, Day, Hour, Minute, Second int
	Weekday                                int // from 0 for Monday
	YearDay                                int // from 1
	DST                                    int // 1 if daylight saving time is in force, -1 if that is not known
	Zone                                   StructTimeZone
}

// A StructTimeZone is what a [StructTime] has besides its nine items.
type StructTimeZone struct {
	Known  bool // there is a zone: in Python its attributes are not None
	Name   string
	Offset int  // seconds ahead of UTC
	Absent bool // not even None, as in Python 2
}

// StructTimeOf is the struct_time that shows t in its location.
func StructTimeOf(t time.Time) StructTime {
	name, offset := t.Zone()
	dst := 0
	if t.IsDST() {
		dst = 1
	}
	return StructTime{t.Year(), int(t.Month()), t.Day(), t.Hour(), t.Minute(), t.Second(),
		(int(t.Weekday()) + 6) % 7, t.YearDay(), dst, StructTimeZone{Known: true, Name: name, Offset: offset}}
}

// Time returns the moment. If the zone is not known, it is taken to be naive; nil means UTC.
func (s StructTime) Time(naive *time.Location) time.Time {
	loc := orUTC(naive)
	if s.Zone.Known {
		loc = time.FixedZone(s.Zone.Name, s.Zone.Offset)
		if s.Zone.Offset == 0 && (s.Zone.Name == "UTC" || s.Zone.Name == "GMT") {
			loc = time.UTC
		}
	}
	return time.Date(s.Year, time.Month(s.Month), s.Day, s.Hour, s.Minute, s.Second, 0, loc)
}

func (s StructTime) items() [9]int {
	return [...]int{s.Year, s.Month, s.Day, s.Hour, s.Minute, s.Second, s.Weekday, s.YearDay, s.DST}
}

// AppendRepr appends what Python's repr gives.
func (s StructTime) AppendRepr(dst []byte) []byte {
	return fmt.Appendf(dst, "time.struct_time(tm_year=%d, tm_mon=%d, tm_mday=%d, tm_hour=%d, tm_min=%d, tm_sec=%d, "+
		"tm_wday=%d, tm_yday=%d, tm_isdst=%d)", s.Year, s.Month, s.Day, s.Hour, s.Minute, s.Second, s.Weekday, s.YearDay, s.DST)
}

// HashKey is the nine items: in Python the zone does not count.
func (s StructTime) HashKey() any { return structTimeKey(s.items()) }

type structTimeKey [9]int

// Plain is a [time.Time], in UTC if the zone is not known.
func (s StructTime) Plain() (any, error) { return s.Time(nil), nil }

// StoreIn stores the moment in a *[time.Time], in UTC if the zone is not known.
func (s StructTime) StoreIn(dst any) (bool, error) {
	t, ok := dst.(*time.Time)
	if ok {
		*t = s.Time(nil)
	}
	return ok, nil
}

var structTimeClass = py.Global{Module: "time", Name: "struct_time"}

// The names in a struct_time's dict.
const structTimeZone, structTimeOffset = "tm_zone", "tm_gmtoff"

var structTimeEntries = []py.Entry{{
	Names:   []py.Global{structTimeClass},
	Types:   []reflect.Type{reflect.TypeFor[StructTime]()},
	Load:    loadStructTime,
	Reduce:  func(v any, _ py.Form) (any, error) { return reduceStructTime(v.(StructTime)), nil },
	Strings: []string{structTimeZone, structTimeOffset},
}}

func loadStructTime(o *py.Object) (any, bool) {
	args, ok := calledArgs(o, structTimeClass)
	if !ok || len(args) != 2 {
		return nil, false
	}
	items, ok1 := args[0].(py.Tuple)
	extra, ok2 := args[1].(*py.Dict)
	if !ok1 || !ok2 || len(items) != 9 {
		return nil, false
	}
	var n [9]int
	for i := range n {
		if n[i], ok = smallInt(items[i]); !ok {
			return nil, false
		}
	}
	s := StructTime{n[0], n[1], n[2], n[3], n[4], n[5], n[6], n[7], n[8], StructTimeZone{}}
	if extra.Len() == 0 {
		s.Zone.Absent = true
		return s, true
	}
	name, ok1 := extra.Get(structTimeZone)
	offset, ok2 := extra.Get(structTimeOffset)
	if !ok1 || !ok2 || extra.Len() != 2 {
		return nil, false
	}
	if name == nil && offset == nil {
		return s, true
	}
	s.Zone.Known = true
	s.Zone.Name, ok1 = name.(string)
	s.Zone.Offset, ok2 = smallInt(offset)
	return s, ok1 && ok2
}

func reduceStructTime(s StructTime) any {
	items := make(py.Tuple, 9)
	for i, n := range s.items() {
		items[i] = int64(n)
	}
	extra := py.NewDict()
	switch z := s.Zone; {
	case z.Absent:
	case z.Known:
		extra = py.NewDict(structTimeZone, z.Name, structTimeOffset, int64(z.Offset))
	default:
		extra = py.NewDict(structTimeZone, nil, structTimeOffset, nil)
	}
	return py.NewCall(structTimeClass, items, extra)
}
