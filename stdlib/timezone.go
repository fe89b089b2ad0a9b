package stdlib

import (
	"fmt"
	"reflect"
	"strings"
	"sync"
	"time"

	"github.com/go-pickle/pickle/py"
)

// A Timezone is a datetime.timezone: a fixed offset from UTC of less than a day, with or
// without a name. It never changes.
type Timezone struct {
	offset any // a Timedelta in the interface value that was loaded, for its identity
	name   string
	named  bool
}

// UTC is datetime.timezone.utc.
var UTC = &Timezone{offset: Timedelta{}}

// NewTimezone returns the zone that is offset ahead of UTC. An empty name means none: then
// Python shows UTC+01:00. The error says that offset is a day or more.
func NewTimezone(offset Timedelta, name string) (*Timezone, error) {
	if !validOffset(offset) {
		return nil, fmt.Errorf("offset %s of a time zone is not within a day", offset)
	}
	return &Timezone{offset, name, name != ""}, nil
}

func validOffset(d Timedelta) bool {
	return d.check() == nil && (d.Days == 0 || d.Days == -1 && d.Seconds+d.Microseconds > 0)
}

// Offset is what a clock in the zone is ahead of UTC.
func (z *Timezone) Offset() Timedelta {
	d, _ := z.offset.(Timedelta)
	return d
}

// Name is the zone's name, as Python's tzname gives it: UTC, UTC-03:30 or a name of its own.
func (z *Timezone) Name() string {
	if z.named {
		return z.name
	}
	offset := z.Offset()
	if offset == (Timedelta{}) {
		return "UTC"
	}
	return string(appendOffset([]byte("UTC"), &offset))
}

// Location is [time.UTC] or a fixed zone. Offsets with a part of a second are an error.
func (z *Timezone) Location() (*time.Location, error) {
	us := z.Offset().micros()
	switch {
	case us%1e6 != 0:
		return nil, fmt.Errorf("time zone %s: Go has no offset of a part of a second", z.Name())
	case us == 0 && !z.named:
		return time.UTC, nil
	}
	return time.FixedZone(z.Name(), int(us/1e6)), nil
}

// String gives what Name does.
func (z *Timezone) String() string { return z.Name() }

// ReprParts are the parts of what Python's repr gives.
func (z *Timezone) ReprParts() []any {
	switch {
	case z.named:
		return []any{py.ReprText("datetime.timezone("), z.Offset(), py.ReprText(", "), z.name, py.ReprText(")")}
	case z.Offset() == (Timedelta{}):
		return []any{py.ReprText("datetime.timezone.utc")}
	}
	return []any{py.ReprText("datetime.timezone("), z.Offset(), py.ReprText(")")}
}

// Plain is the name.
func (z *Timezone) Plain() (any, error) { return z.Name(), nil }

// StoreIn stores the zone in a *[time.Location], as a copy, a **time.Location, or its name
// in a *string.
func (z *Timezone) StoreIn(dst any) (bool, error) { return storeZone(z, z.Name(), dst) }

// HashKey is the offset: in Python the name does not count.
func (z *Timezone) HashKey() any { return zoneOffsetKey(z.Offset()) }

type zoneOffsetKey Timedelta

// A ZoneInfo is a zoneinfo.ZoneInfo: a zone of the IANA database. It must not be changed.
type ZoneInfo struct {
	Key     string // such as Europe/Paris
	NoCache bool   // it was made by ZoneInfo.no_cache
}

// NewZoneInfo returns the zone of that key. It does not look whether there is one.
func NewZoneInfo(key string) *ZoneInfo { return &ZoneInfo{Key: key} }

// Location is what [time.LoadLocation] finds: programs that must not depend on the system
// import time/tzdata.
func (z *ZoneInfo) Location() (*time.Location, error) { return zones.load(z.Key) }

// String gives the key, as Python's str does.
func (z *ZoneInfo) String() string { return z.Key }

// AppendRepr appends what Python's repr gives.
func (z *ZoneInfo) AppendRepr(dst []byte) []byte {
	dst = append(dst, "zoneinfo.ZoneInfo(key="...)
	return append(py.AppendRepr(dst, z.Key), ')')
}

// Plain is the key.
func (z *ZoneInfo) Plain() (any, error) { return z.Key, nil }

// StoreIn stores the zone in a *[time.Location], as a copy, a **time.Location, or its key in
// a *string.
func (z *ZoneInfo) StoreIn(dst any) (bool, error) { return storeZone(z, z.Key, dst) }

// HashKey is the key: Python has one ZoneInfo for each.
func (z *ZoneInfo) HashKey() any { return zoneKey(z.Key) }

type zoneKey string

func storeZone(z Located, name string, dst any) (bool, error) {
	switch dst := dst.(type) {
	case *time.Location, **time.Location:
		loc, err := z.Location()
		if err != nil {
			return true, err
		}
		if p, ok := dst.(**time.Location); ok {
			*p = loc
		} else {
			*dst.(*time.Location) = *loc
		}
		return true, nil
	case *string:
		*dst = name
		return true, nil
	}
	return false, nil
}

// zones keeps what was loaded, as time.LoadLocation reads files each time.
var zones zoneCache

type zoneCache struct {
	mu    sync.Mutex
	known map[string]knownZone
	infos map[string]*ZoneInfo
}

type knownZone struct {
	loc *time.Location
	err error
}

// maxZones bounds what a stranger's names can fill; there are some 600 zones.
const maxZones = 1000

func (c *zoneCache) load(key string) (*time.Location, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if z, ok := c.known[key]; ok {
		return z.loc, z.err
	}
	var z knownZone
	if key == "" || key == "Local" || len(key) > 100 {
		z.err = fmt.Errorf("unknown time zone %.100q", key) // names that are special to Go
	} else {
		z.loc, z.err = time.LoadLocation(key)
	}
	if c.known == nil {
		c.known = make(map[string]knownZone)
	}
	if len(c.known) < maxZones && len(key) <= 100 {
		c.known[strings.Clone(key)] = z
	}
	return z.loc, z.err
}

// info is the ZoneInfo of a location, one for each, as in Python.
func (c *zoneCache) info(key string) *ZoneInfo {
	c.mu.Lock()
	defer c.mu.Unlock()
	if z := c.infos[key]; z != nil {
		return z
	}
	z := NewZoneInfo(key)
	if c.infos == nil {
		c.infos = make(map[string]*ZoneInfo)
	}
	if len(c.infos) < maxZones {
		c.infos[key] = z
	}
	return z
}

// zoneOf is the tzinfo of t's location, and whether t is in a fold there.
func zoneOf(t time.Time) (tz any, fold bool) {
	loc := t.Location()
	name, offset := t.Zone()
	if loc == time.UTC {
		return UTC, false
	}
	start, end := t.ZoneBounds()
	if loc == time.Local || name == loc.String() && start.IsZero() && end.IsZero() {
		// Like datetime.astimezone in Python.
		if offset == 0 && (name == "UTC" || name == "") {
			return UTC, false
		}
		z := &Timezone{offset: timedelta(int64(offset) * 1e6)}
		if name != z.Name() {
			z.name, z.named = name, name != ""
		}
		return z, false
	}
	return zones.info(loc.String()), wallOffset(loc, t.Unix()+int64(offset), 0) != offset
}

// fixedOffset is the offset of a zone that has one at all times, or nil.
func fixedOffset(tz any) *Timedelta {
	switch tz := tz.(type) {
	case *Timezone:
		offset := tz.Offset()
		return &offset
	case *py.Object:
		if isUTC(tz) {
			return new(Timedelta)
		}
	}
	return nil
}

// isUTC reports whether o is UTC as pytz, dateutil and Django pickle it.
func isUTC(o *py.Object) bool {
	args, ok := o.Args.(py.Tuple)
	if !ok || len(args) != 0 || o.Kwargs != nil {
		return false
	}
	switch o.Class {
	case py.Global{Module: "pytz", Name: "_UTC"}, py.Global{Module: "dateutil.tz.tz", Name: "tzutc"},
		py.Global{Module: "dateutil.tz", Name: "tzutc"}, py.Global{Module: "django.utils.timezone", Name: "UTC"}:
		return true
	}
	return false
}

// locationOf is the location of what stands as a TZ.
func locationOf(tz any) (*time.Location, error) {
	switch tz := tz.(type) {
	case Located:
		return tz.Location()
	case *py.Object:
		if isUTC(tz) {
			return time.UTC, nil
		}
		return nil, fmt.Errorf("no rules are known for time zone %s", tz.ClassName())
	}
	return nil, fmt.Errorf("a %T is no time zone", tz)
}

// checkTZ reports what can't be the TZ of a datetime.
func checkTZ(tz any) error {
	switch tz := tz.(type) {
	case nil, *Timezone, *ZoneInfo, *py.Object:
		return nil
	case Located:
		if reflect.ValueOf(tz).Comparable() {
			return nil
		}
	}
	return fmt.Errorf("a %T can't be the TZ of a time", tz)
}

// wallOffset is the offset in seconds of a clock in loc that shows wall, which is Unix time
// if loc is UTC. In a fold or a gap fold 0 is the offset before it and fold 1 the one after,
// as in Python (PEP 495, and _find_trans in Lib/zoneinfo/_zoneinfo.py).
func wallOffset(loc *time.Location, wall int64, fold int) int {
	const day = 86400
	t := time.Unix(wall-day, 0).In(loc)
	_, offset := t.Zone()
	for range 10 {
		_, end := t.ZoneBounds()
		if end.IsZero() || end.Unix() > wall+day {
			break
		}
		_, next := end.Zone()
		from := max(offset, next)
		if fold == 1 {
			from = min(offset, next)
		}
		if wall < end.Unix()+int64(from) {
			break
		}
		t, offset = end, next
	}
	return offset
}
