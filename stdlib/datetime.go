package stdlib

import (
	"errors"
	"fmt"
	"time"

	"github.com/go-pickle/pickle/py"
)

// A Date is a datetime.date: a day of the calendar without time or zone. Years go from 1
// to 9999.
type Date struct{ Year, Month, Day int }

// DateOf is the day of t in t's location.
func DateOf(t time.Time) Date {
	y, m, d := t.Date()
	return Date{y, int(m), d}
}

// Time is midnight at the beginning of the day, in loc; nil means UTC.
func (d Date) Time(loc *time.Location) time.Time {
	return time.Date(d.Year, time.Month(d.Month), d.Day, 0, 0, 0, 0, orUTC(loc))
}

// String gives the day as Python's str does: 2024-02-29.
func (d Date) String() string { return fmt.Sprintf("%04d-%02d-%02d", d.Year, d.Month, d.Day) }

// AppendRepr appends what Python's repr gives.
func (d Date) AppendRepr(dst []byte) []byte {
	return fmt.Appendf(dst, "datetime.date(%d, %d, %d)", d.Year, d.Month, d.Day)
}

// MarshalText gives what String does.
func (d Date) MarshalText() ([]byte, error) { return []byte(d.String()), d.check() }

// UnmarshalText reads 2024-02-29.
func (d *Date) UnmarshalText(text []byte) error {
	t, err := time.Parse(time.DateOnly, string(text))
	if err != nil {
		return err
	}
	day := DateOf(t)
	if err := day.check(); err != nil {
		return err // the year 0, which Python does not have
	}
	*d = day
	return nil
}

// Plain is the text that String gives.
func (d Date) Plain() (any, error) { return d.String(), nil }

// StoreIn stores the date in a *[time.Time], as midnight UTC, or a *string.
func (d Date) StoreIn(dst any) (bool, error) {
	switch dst := dst.(type) {
	case *time.Time:
		*dst = d.Time(nil)
	case *string:
		*dst = d.String()
	default:
		return false, nil
	}
	return true, nil
}

func (d Date) check() error {
	if d.Year < 1 || d.Year > 9999 || d.Month < 1 || d.Month > 12 || d.Day < 1 || d.Day > daysIn(d.Year, d.Month) {
		return fmt.Errorf("there is no date of year %d, month %d, day %d", d.Year, d.Month, d.Day)
	}
	return nil
}

func daysIn(year, month int) int {
	if month == 2 && year%4 == 0 && (year%100 != 0 || year%400 == 0) {
		return 29
	}
	return int("\x1f\x1c\x1f\x1e\x1f\x1e\x1f\x1f\x1e\x1f\x1e\x1f"[month-1])
}

// A TimeOfDay is a datetime.time. TZ and Fold are as in a [Datetime].
type TimeOfDay struct {
	Hour, Minute, Second, Microsecond int
	Fold                              int
	TZ                                any
}

// Duration is the time since midnight.
func (t TimeOfDay) Duration() time.Duration {
	return time.Duration(t.Hour)*time.Hour + time.Duration(t.Minute)*time.Minute +
		time.Duration(t.Second)*time.Second + time.Duration(t.Microsecond)*time.Microsecond
}

// String gives the time as Python's str and isoformat do: 03:04:05.000006+01:00.
func (t TimeOfDay) String() string {
	return string(appendOffset(appendClock(nil, t.Hour, t.Minute, t.Second, t.Microsecond), fixedOffset(t.TZ)))
}

// ReprParts are the parts of what Python's repr gives.
func (t TimeOfDay) ReprParts() []any {
	text := fmt.Appendf(nil, "datetime.time(%d, %d", t.Hour, t.Minute)
	return reprZone(reprSeconds(text, t.Second, t.Microsecond), t.TZ, t.Fold)
}

// MarshalText gives what String does.
func (t TimeOfDay) MarshalText() ([]byte, error) { return []byte(t.String()), t.check() }

// Plain is the text that String gives.
func (t TimeOfDay) Plain() (any, error) { return t.String(), nil }

// StoreIn stores the time in a *[time.Duration], as the time since midnight, or a *string. A
// time with a TZ goes in a string alone.
func (t TimeOfDay) StoreIn(dst any) (bool, error) {
	switch dst := dst.(type) {
	case *time.Duration:
		if t.TZ != nil {
			return true, errors.New("a time of day in a time zone is no duration")
		}
		*dst = t.Duration()
	case *string:
		*dst = t.String()
	default:
		return false, nil
	}
	return true, nil
}

// HashKey is the time, less the offset from UTC if that is fixed, as in Python.
func (t TimeOfDay) HashKey() any {
	at := int64(t.Duration() / time.Microsecond)
	if _, isZone := t.TZ.(*ZoneInfo); t.TZ == nil || isZone {
		return localKey{clock: at}
	}
	if offset := fixedOffset(t.TZ); offset != nil {
		return clockKey(at - offset.micros())
	}
	return nil
}

// Equal reports whether Python finds t and u equal: Fold does not count, and times in
// fixed zones are compared as in UTC.
func (t TimeOfDay) Equal(u TimeOfDay) bool { return equalKeys(t, u) }

// EqualParts are what [py.Equal] compares where there is no HashKey.
func (t TimeOfDay) EqualParts(other any) (mine, theirs []any, ok bool) {
	u, ok := other.(TimeOfDay)
	a, b := t.TZ, u.TZ
	t.TZ, u.TZ = nil, nil
	return []any{t, a}, []any{u, b}, ok
}

func (t TimeOfDay) check() error {
	if !inRange(t.Hour, 24) || !inRange(t.Minute, 60) || !inRange(t.Second, 60) || !inRange(t.Microsecond, 1e6) ||
		!inRange(t.Fold, 2) {
		return fmt.Errorf("there is no time of hour %d, minute %d, second %d, microsecond %d, fold %d",
			t.Hour, t.Minute, t.Second, t.Microsecond, t.Fold)
	}
	return checkTZ(t.TZ)
}

func inRange(i, end int) bool { return i >= 0 && i < end }

// A Datetime is a datetime.datetime: a date and a time of day, which with a TZ is a moment.
// Without one it is naive, and only the program knows what zone it is about.
//
// TZ is nil, a [*Timezone], a [*ZoneInfo], an instance of another tzinfo class as the
// [*py.Object] that it is, or any other value that is [Located]. It must be comparable by
// ==. Datetimes of one TZ, the same pointer, are pickled with one tzinfo.
//
// Fold is 1 for the second of two times that look alike since the clock was put back. It
// does not count when datetimes are compared, and protocols below 4 don't keep it.
type Datetime struct {
	Year, Month, Day, Hour, Minute, Second, Microsecond int
	Fold                                                int
	TZ                                                  any
}

// Located is a time zone.
type Located interface {
	// Location returns the zone's rules. The error says why there are none in Go.
	Location() (*time.Location, error)
}

// DatetimeOf is the aware datetime of the moment t: its TZ is [UTC], a [*Timezone] for a
// zone of a fixed offset and for [time.Local], and a [*ZoneInfo] for a location of the
// IANA database. Nanoseconds are cut off.
func DatetimeOf(t time.Time) Datetime {
	d := NaiveDatetimeOf(t)
	var fold bool
	d.TZ, fold = zoneOf(t)
	if fold {
		d.Fold = 1
	}
	return d
}

// NaiveDatetimeOf is the datetime without TZ that a clock in t's location shows at t.
func NaiveDatetimeOf(t time.Time) Datetime {
	y, m, d := t.Date()
	return Datetime{Year: y, Month: int(m), Day: d, Hour: t.Hour(), Minute: t.Minute(), Second: t.Second(),
		Microsecond: t.Nanosecond() / 1000}
}

// Time returns the moment. A naive datetime is taken to be in the location naive; if that
// is nil, it is an error. So is a zone that Go has no rules for. A moment that Fold makes
// one of two is that one; a time that the clock skipped is as Python has it.
func (d Datetime) Time(naive *time.Location) (time.Time, error) {
	loc := naive
	switch {
	case d.TZ != nil:
		var err error
		if loc, err = locationOf(d.TZ); err != nil {
			return time.Time{}, err
		}
	case naive == nil:
		return time.Time{}, errors.New("a naive datetime is no moment: it has no time zone")
	}
	wall := d.wall()
	return time.Unix(wall-int64(wallOffset(loc, wall, d.Fold)), int64(d.Microsecond)*1000).In(loc), nil
}

// wall is what Unix time would be if the datetime was in UTC.
func (d Datetime) wall() int64 {
	return time.Date(d.Year, time.Month(d.Month), d.Day, d.Hour, d.Minute, d.Second, 0, time.UTC).Unix()
}

// Date is the date.
func (d Datetime) Date() Date { return Date{d.Year, d.Month, d.Day} }

// Clock is the time of day, with the TZ.
func (d Datetime) Clock() TimeOfDay {
	return TimeOfDay{d.Hour, d.Minute, d.Second, d.Microsecond, d.Fold, d.TZ}
}

// Offset is what the clock is ahead of UTC. ok is false for a naive datetime, and for a
// zone that Go has no rules for.
func (d Datetime) Offset() (offset Timedelta, ok bool) { return d.offset(d.Fold) }

func (d Datetime) offset(fold int) (offset Timedelta, ok bool) {
	if fixed := fixedOffset(d.TZ); fixed != nil {
		return *fixed, true
	}
	if d.TZ == nil {
		return offset, false
	}
	loc, err := locationOf(d.TZ)
	if err != nil {
		return offset, false
	}
	return timedelta(int64(wallOffset(loc, d.wall(), fold)) * 1e6), true
}

// String gives the datetime as Python's str does: 2024-02-29 03:04:05.000006+01:00.
func (d Datetime) String() string { return string(d.iso(' ')) }

// ISOFormat gives the datetime as Python's isoformat does, with a T in the middle.
func (d Datetime) ISOFormat() string { return string(d.iso('T')) }

func (d Datetime) iso(sep byte) []byte {
	b := append([]byte(d.Date().String()), sep)
	b = appendClock(b, d.Hour, d.Minute, d.Second, d.Microsecond)
	if offset, ok := d.Offset(); ok {
		return appendOffset(b, &offset)
	}
	return b
}

// ReprParts are the parts of what Python's repr gives.
func (d Datetime) ReprParts() []any {
	text := fmt.Appendf(nil, "datetime.datetime(%d, %d, %d, %d, %d", d.Year, d.Month, d.Day, d.Hour, d.Minute)
	return reprZone(reprSeconds(text, d.Second, d.Microsecond), d.TZ, d.Fold)
}

// MarshalText gives what ISOFormat does.
func (d Datetime) MarshalText() ([]byte, error) { return d.iso('T'), d.check() }

// Plain is a [time.Time]; a naive datetime is taken to be in UTC.
func (d Datetime) Plain() (any, error) {
	t, err := d.Time(time.UTC)
	return t, err
}

// StoreIn stores the datetime in a *[time.Time], a naive one as if it was in UTC, or in a
// *string, as ISOFormat gives it.
func (d Datetime) StoreIn(dst any) (bool, error) {
	switch dst := dst.(type) {
	case *time.Time:
		t, err := d.Time(time.UTC)
		if err == nil {
			*dst = t
		}
		return true, err
	case *string:
		*dst = d.ISOFormat()
		return true, nil
	}
	return false, nil
}

// HashKey is the moment, or of a naive datetime what the clock shows.
func (d Datetime) HashKey() any {
	wall := d.wall()*1e6 + int64(d.Microsecond)
	if d.TZ == nil {
		return localKey{wall, 0}
	}
	if offset, ok := d.offset(0); ok {
		return momentKey(wall - offset.micros())
	}
	return nil
}

// Equal reports whether Python finds d and e equal: they are the same moment, or both are
// naive and show the same. Fold does not count. Datetimes in a zone that Go has no rules
// for are equal if they show the same and their TZ is the same.
func (d Datetime) Equal(e Datetime) bool {
	if d.TZ == e.TZ {
		d.Fold = e.Fold
		return d == e
	}
	return equalKeys(d, e)
}

// EqualParts are what [py.Equal] compares where there is no HashKey.
func (d Datetime) EqualParts(other any) (mine, theirs []any, ok bool) {
	e, ok := other.(Datetime)
	a, b := d.TZ, e.TZ
	d.TZ, e.TZ = nil, nil
	return []any{d, a}, []any{e, b}, ok
}

func (d Datetime) check() error {
	if err := d.Date().check(); err != nil {
		return err
	}
	return d.Clock().check()
}

// The keys of datetimes and times.
type (
	momentKey int64 // microseconds
	clockKey  int64
	localKey  struct{ datetime, clock int64 }
)

func equalKeys(x, y py.Keyer) bool {
	k, l := x.HashKey(), y.HashKey()
	if k == nil || l == nil {
		return x == y
	}
	return k == l
}

func appendClock(dst []byte, hour, minute, second, micro int) []byte {
	dst = fmt.Appendf(dst, "%02d:%02d:%02d", hour, minute, second)
	if micro != 0 {
		dst = fmt.Appendf(dst, ".%06d", micro)
	}
	return dst
}

// appendOffset appends +HH:MM[:SS[.ffffff]].
func appendOffset(dst []byte, offset *Timedelta) []byte {
	if offset == nil {
		return dst
	}
	us, sign := offset.micros(), byte('+')
	if us < 0 {
		us, sign = -us, '-'
	}
	s := us / 1e6
	dst = fmt.Appendf(append(dst, sign), "%02d:%02d", s/3600, s/60%60)
	if us%60e6 != 0 {
		dst = fmt.Appendf(dst, ":%02d", s%60)
	}
	if us%1e6 != 0 {
		dst = fmt.Appendf(dst, ".%06d", us%1e6)
	}
	return dst
}

func reprSeconds(dst []byte, second, micro int) []byte {
	if second != 0 || micro != 0 {
		dst = fmt.Appendf(dst, ", %d", second)
	}
	if micro != 0 {
		dst = fmt.Appendf(dst, ", %d", micro)
	}
	return dst
}

// reprZone adds fold and tzinfo, in Python's order.
func reprZone(dst []byte, tz any, fold int) []any {
	if tz != nil {
		parts := []any{py.ReprText(dst), py.ReprText(", tzinfo="), tz}
		if fold != 0 {
			return []any{py.ReprText(dst), py.ReprText(", fold=1, tzinfo="), tz, py.ReprText(")")}
		}
		return append(parts, py.ReprText(")"))
	}
	if fold != 0 {
		dst = append(dst, ", fold=1"...)
	}
	return []any{py.ReprText(append(dst, ')'))}
}

func orUTC(loc *time.Location) *time.Location {
	if loc == nil {
		return time.UTC
	}
	return loc
}
