package stdlib

import (
	"fmt"
	"math"
	"math/big"
	"time"
)

// A Timedelta is a datetime.timedelta. As in Python Seconds is in [0, 86400) and
// Microseconds in [0, 1000000); only Days may be negative, and is at most 999999999 either
// way.
type Timedelta struct{ Days, Seconds, Microseconds int }

// TimedeltaOf is the timedelta of d. Nanoseconds are cut off.
func TimedeltaOf(d time.Duration) Timedelta { return timedelta(int64(d / time.Microsecond)) }

// timedelta is the timedelta of some microseconds.
func timedelta(us int64) Timedelta {
	const day = 86400e6
	days := us / day
	if us -= days * day; us < 0 {
		days, us = days-1, us+day
	}
	return Timedelta{int(days), int(us / 1e6), int(us % 1e6)}
}

// Duration returns the timedelta as a Go duration. ok is false if it is too long: a
// Duration goes to some 292 years.
func (d Timedelta) Duration() (_ time.Duration, ok bool) {
	us := d.bigMicros()
	if ns := us.Mul(us, big.NewInt(1000)); ns.IsInt64() {
		return time.Duration(ns.Int64()), true
	}
	return 0, false
}

func (d Timedelta) bigMicros() *big.Int {
	us := big.NewInt(int64(d.Days))
	us.Mul(us, big.NewInt(86400)).Add(us, big.NewInt(int64(d.Seconds)))
	return us.Mul(us, big.NewInt(1e6)).Add(us, big.NewInt(int64(d.Microseconds)))
}

// micros is the length in microseconds of what is less than some years.
func (d Timedelta) micros() int64 {
	return (int64(d.Days)*86400+int64(d.Seconds))*1e6 + int64(d.Microseconds)
}

// TotalSeconds is the length in seconds, rounded to a float64.
func (d Timedelta) TotalSeconds() float64 {
	f, _ := new(big.Rat).SetFrac(d.bigMicros(), big.NewInt(1e6)).Float64()
	return f
}

// String gives the timedelta as Python's str does: -1 day, 23:59:59.999999.
func (d Timedelta) String() string {
	s := ""
	if d.Days != 0 {
		s = fmt.Sprintf("%d day", d.Days)
		if d.Days != 1 && d.Days != -1 {
			s += "s"
		}
		s += ", "
	}
	s += fmt.Sprintf("%d:%02d:%02d", d.Seconds/3600, d.Seconds/60%60, d.Seconds%60)
	if d.Microseconds != 0 {
		s += fmt.Sprintf(".%06d", d.Microseconds)
	}
	return s
}

// AppendRepr appends what Python's repr gives.
func (d Timedelta) AppendRepr(dst []byte) []byte {
	dst = append(dst, "datetime.timedelta("...)
	if d == (Timedelta{}) {
		return append(dst, "0)"...)
	}
	sep := ""
	for _, part := range []struct {
		name  string
		value int
	}{{"days", d.Days}, {"seconds", d.Seconds}, {"microseconds", d.Microseconds}} {
		if part.value != 0 {
			dst = fmt.Appendf(dst, "%s%s=%d", sep, part.name, part.value)
			sep = ", "
		}
	}
	return append(dst, ')')
}

// MarshalText gives what String does.
func (d Timedelta) MarshalText() ([]byte, error) { return []byte(d.String()), d.check() }

// Plain is a [time.Duration]; what is too long for one is an error.
func (d Timedelta) Plain() (any, error) {
	if p, ok := d.Duration(); ok {
		return p, nil
	}
	return nil, fmt.Errorf("timedelta %s is too long for a time.Duration", d)
}

// StoreIn stores the timedelta in a *[time.Duration], a *float64, in seconds, or a *string.
func (d Timedelta) StoreIn(dst any) (bool, error) {
	switch dst := dst.(type) {
	case *time.Duration:
		p, ok := d.Duration()
		if !ok {
			return true, fmt.Errorf("timedelta %s is too long for a time.Duration", d)
		}
		*dst = p
	case *float64:
		*dst = d.TotalSeconds()
	case *string:
		*dst = d.String()
	default:
		return false, nil
	}
	return true, nil
}

const maxDays = 999999999

func (d Timedelta) check() error {
	if d.Days < -maxDays || d.Days > maxDays || !inRange(d.Seconds, 86400) || !inRange(d.Microseconds, 1e6) {
		return fmt.Errorf("a timedelta has no %d days, %d seconds, %d microseconds", d.Days, d.Seconds, d.Microseconds)
	}
	return nil
}

// smallInt is v if that is an int of 32 bits, which all fields of dates and times are.
func smallInt(v any) (int, bool) {
	i, ok := v.(int64)
	return int(i), ok && i >= math.MinInt32 && i <= math.MaxInt32
}
