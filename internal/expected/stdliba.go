package expected

import (
	"encoding/json"
	"math/big"
	"net/netip"
	"reflect"
	"strconv"
	"strings"
	"time"

	"github.com/go-pickle/pickle/stdlib"
)

func init() {
	register(reflect.TypeFor[stdlib.Date](), func(_ *describer, v any) Node {
		return Node{"t": "date", "iso": v.(stdlib.Date).String()}
	})
	register(reflect.TypeFor[stdlib.TimeOfDay](), func(d *describer, v any) Node {
		t := v.(stdlib.TimeOfDay)
		naive := t
		naive.TZ = nil
		return Node{"t": "time", "iso": naive.String(), "fold": number(t.Fold), "tz": d.zone(t.TZ)}
	})
	register(reflect.TypeFor[stdlib.Datetime](), func(d *describer, v any) Node {
		t := v.(stdlib.Datetime)
		naive := t
		naive.TZ = nil
		n := Node{"t": "datetime", "iso": naive.ISOFormat(), "fold": number(t.Fold), "tz": d.zone(t.TZ)}
		if at, err := t.Time(nil); err == nil {
			_, offset := at.Zone()
			n["unix_us"], n["utcoffset_s"] = strconv.FormatInt(at.UnixMicro(), 10), number(offset)
		}
		return n
	})
	register(reflect.TypeFor[stdlib.Timedelta](), func(_ *describer, v any) Node {
		t := v.(stdlib.Timedelta)
		return Node{"t": "timedelta", "days": number(t.Days), "seconds": number(t.Seconds), "microseconds": number(t.Microseconds)}
	})
	register(reflect.TypeFor[*stdlib.Timezone](), func(_ *describer, v any) Node {
		z := v.(*stdlib.Timezone)
		offset, _ := z.Offset().Duration()
		return Node{"t": "timezone", "name": z.Name(), "offset_s": json.Number(strconv.FormatFloat(offset.Seconds(), 'g', -1, 64))}
	})
	register(reflect.TypeFor[*stdlib.ZoneInfo](), func(_ *describer, v any) Node {
		return Node{"t": "zoneinfo", "key": v.(*stdlib.ZoneInfo).Key}
	})
	register(reflect.TypeFor[time.Time](), func(_ *describer, v any) Node {
		return Node{"t": "Go's time.Time", "v": v.(time.Time).String()}
	})
	register(reflect.TypeFor[stdlib.Decimal](), func(_ *describer, v any) Node {
		return Node{"t": "Decimal", "v": v.(stdlib.Decimal).String()}
	})
	register(reflect.TypeFor[*big.Rat](), func(_ *describer, v any) Node {
		r := v.(*big.Rat)
		return Node{"t": "Fraction", "num": r.Num().String(), "den": r.Denom().String()}
	})
	register(reflect.TypeFor[stdlib.UUID](), func(_ *describer, v any) Node {
		return Node{"t": "UUID", "v": v.(stdlib.UUID).String()}
	})
	register(reflect.TypeFor[stdlib.UUIDSafety](), func(d *describer, v any) Node {
		s := v.(stdlib.UUIDSafety)
		value := map[stdlib.UUIDSafety]any{stdlib.UUIDSafe: int64(0), stdlib.UUIDUnsafe: int64(-1)}[s]
		return Node{"t": "enum", "class": "uuid.SafeUUID", "name": strings.TrimPrefix(s.String(), "SafeUUID."), "value": d.value(value)}
	})
	register(reflect.TypeFor[netip.Addr](), func(_ *describer, v any) Node {
		a := v.(netip.Addr)
		return Node{"t": "ip", "class": ipClass("Address", a), "v": a.String()}
	})
	register(reflect.TypeFor[netip.Prefix](), func(_ *describer, v any) Node {
		p := v.(netip.Prefix)
		return Node{"t": "ip", "class": ipClass("Network", p.Addr()), "v": p.String()}
	})
	register(reflect.TypeFor[stdlib.IPInterface](), func(_ *describer, v any) Node {
		i := v.(stdlib.IPInterface)
		return Node{"t": "ip", "class": ipClass("Interface", i.Addr), "v": i.String()}
	})
	register(reflect.TypeFor[stdlib.Path](), func(_ *describer, v any) Node {
		p := v.(stdlib.Path)
		flavour := "posix"
		if p.Kind == stdlib.WindowsPath || p.Kind == stdlib.PureWindowsPath {
			flavour = "windows"
		}
		pure := p.Kind == stdlib.PurePosixPath || p.Kind == stdlib.PureWindowsPath
		return Node{"t": "path", "flavour": flavour, "pure": pure, "v": p.String()}
	})
	register(reflect.TypeFor[*stdlib.Array](), func(d *describer, v any) Node {
		a := v.(*stdlib.Array)
		size := int(reflect.TypeOf(a.Items).Elem().Size())
		if a.Typecode == "e" {
			size = 2
		}
		n := Node{"t": "array", "typecode": a.Typecode, "itemsize": number(size), "len": number(a.Len()),
			"sha256_le": sum(string(a.Bytes()))}
		values := []any{}
		for i := range a.Len() {
			values = append(values, d.value(a.At(i)))
		}
		n["values"] = values
		return n
	})
	register(reflect.TypeFor[stdlib.Range](), func(_ *describer, v any) Node {
		r := v.(stdlib.Range)
		return Node{"t": "range", "start": number(int(r.Start)), "stop": number(int(r.Stop)), "step": number(int(r.Step))}
	})
	register(reflect.TypeFor[*stdlib.BigRange](), func(_ *describer, v any) Node {
		r := v.(*stdlib.BigRange)
		return Node{"t": "range", "start": json.Number(r.Start.String()), "stop": json.Number(r.Stop.String()),
			"step": json.Number(r.Step.String())}
	})
	register(reflect.TypeFor[*stdlib.Slice](), func(d *describer, v any) Node {
		s := v.(*stdlib.Slice)
		return Node{"t": "slice", "start": d.value(s.Start), "stop": d.value(s.Stop), "step": d.value(s.Step)}
	})
	register(reflect.TypeFor[stdlib.Singleton](), func(_ *describer, v any) Node {
		return Node{"t": "global", "name": "builtins." + string(v.(stdlib.Singleton))}
	})
	register(reflect.TypeFor[*stdlib.SingletonType](), func(_ *describer, v any) Node {
		return Node{"t": "global", "name": "builtins." + v.(*stdlib.SingletonType).String()}
	})
}

func ipClass(what string, a netip.Addr) string {
	if a.Is4() {
		return "IPv4" + what
	}
	return "IPv6" + what
}

// zone describes a tzinfo, which may be missing.
func (d *describer) zone(tz any) any {
	if tz == nil {
		return nil
	}
	return d.value(tz)
}
