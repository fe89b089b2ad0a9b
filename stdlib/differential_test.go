package stdlib_test

import (
	"fmt"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/go-pickle/pickle/internal/pytest"
	"github.com/go-pickle/pickle/py"
	"github.com/go-pickle/pickle/stdlib"
)

// compareReprs has Python evaluate expressions and compares what they give with Go's texts.
func compareReprs(t *testing.T, minor int, expressions, texts []string) {
	t.Helper()
	var answers []struct{ Repr, Error string }
	if err := pytest.Require(t, 3, minor).Start(t).Ask("evaluate", map[string]any{"expressions": expressions}, &answers); err != nil {
		t.Fatal(err)
	}
	for i, a := range answers {
		want := a.Repr
		if a.Error != "" && want == "" {
			want = "error"
		}
		if texts[i] != want {
			t.Errorf("%s: %s, not %s", expressions[i], texts[i], want)
		}
	}
}

// TestDecimalTexts compares how texts are read with Python.
func TestDecimalTexts(t *testing.T) {
	texts := strings.Fields("0 -0 00 1 +1 -1.0 .5 5. . - + 1e5 1E+5 1e-7 0.000001 0.0000001 123456789012345678901234567890.1 " +
		"1_000 __1 1__0 _ inf -Infinity infinit nan -nan NaN12 sNaN -snan007 nan0 snanx n s i e5 1e 1e+ 1ex 0e10 0e-10 0.0e5 " +
		"0E+3 10E-1 100E-3 1.00E2 12.34e-20 9e999999 1e-999999 1.5.2 0x10 1e999999999999999999 1e1000000000000000000 " +
		"000.000100 120e3 -1.23e-6 -1.23e-7 99999e-10")
	texts = append(texts, " 1.5 ", "", " ", "1 5", "\t2\n")
	var expressions, got []string
	for _, text := range texts {
		expressions = append(expressions, "str(decimal.Decimal("+py.Repr(text)+"))")
		d, err := stdlib.NewDecimal(text)
		if err != nil {
			got = append(got, "error")
			continue
		}
		got = append(got, py.Repr(d.String()))
	}
	compareReprs(t, 11, expressions, got)
}

// TestDecimalKeys compares equality of numbers of all types with Python.
func TestDecimalKeys(t *testing.T) {
	values := []struct {
		python string
		value  any
	}{
		{"1", int64(1)}, {"1.0", 1.0}, {"True", true}, {"decimal.Decimal(1)", decimal("1")}, {"decimal.Decimal('1.00')", decimal("1.00")},
		{"decimal.Decimal('0.1')", decimal("0.1")}, {"0.1", 0.1}, {"fractions.Fraction(1, 10)", ratOf(1, 10)}, {"decimal.Decimal('0.5')", decimal("0.5")},
		{"0.5", 0.5}, {"fractions.Fraction(1, 2)", ratOf(1, 2)}, {"fractions.Fraction(1)", ratOf(1, 1)}, {"0", int64(0)}, {"-0.0", math.Copysign(0, -1)},
		{"decimal.Decimal('-0')", decimal("-0")}, {"decimal.Decimal('0e10')", decimal("0e10")}, {"float('inf')", inf},
		{"decimal.Decimal('inf')", decimal("inf")}, {"decimal.Decimal('-inf')", decimal("-inf")}, {"2**70", bigInt("0x400000000000000000")},
		{"decimal.Decimal(2**70)", decimal("1180591620717411303424")}, {"2.0**70", 1180591620717411303424.0}, {"decimal.Decimal('NaN')", decimal("NaN")},
		{"float('nan')", inf - inf}, {"decimal.Decimal('1e400')", decimal("1e400")}, {"10**400", bigInt("1" + strings.Repeat("0", 400))},
		{"decimal.Decimal('1e-400')", decimal("1e-400")}, {"'1'", "1"}, {"None", nil}, {"b'1'", py.Bytes("1")},
		{"decimal.Decimal('1e99999')", decimal("1e99999")}, {"decimal.Decimal('10e99998')", decimal("10e99998")},
	}
	var expressions, got []string
	for _, a := range values {
		for _, b := range values {
			expressions = append(expressions, "("+a.python+") == ("+b.python+")")
			equal := py.Equal(a.value, b.value)
			got = append(got, py.Repr(equal))
			h, err1 := py.Hash(a.value)
			g, err2 := py.Hash(b.value)
			if err1 != nil || err2 != nil || equal && h != g {
				t.Errorf("%s and %s are equal but hash differently (%v, %v)", a.python, b.python, err1, err2)
			}
		}
	}
	compareReprs(t, 11, expressions, got)
	// A dict finds a key by any number that is equal.
	d := py.NewDict(decimal("1.0"), "one", ratOf(1, 3), "third")
	for i := range int64(20) {
		if err := d.Set(i+100, nil); err != nil {
			t.Fatal(err)
		}
	}
	if v, ok := d.Get(int64(1)); !ok || v != "one" {
		t.Errorf("1 finds %v", v)
	}
	if v, ok := d.Get(ratOf(2, 6)); !ok || v != "third" {
		t.Errorf("1/3 finds %v", v)
	}
	if err := d.Set(decimal("100"), "hundred"); err != nil || d.Len() != 22 {
		t.Errorf("Decimal(100) is another key than 100: %v", d)
	}
}

// TestPathTexts compares how paths are taken apart with Python.
func TestPathTexts(t *testing.T) {
	segments := [][]string{{}, {""}, {"."}, {"/"}, {"//"}, {"///"}, {"//a"}, {"///a"}, {"a"}, {"a", "b"}, {"a", "/b"}, {"/a", "b"}, {"a/", "./b//c/"},
		{"a", ".."}, {"a", "//b"}, {"c:"}, {"c:", "a"}, {"c:a", "b"}, {"c:/a", "b"}, {"c:/a", "/b"}, {"c:/a", "d:b"}, {"c:/a", "c:b"}, {"c:/a", "C:b"},
		{`\\srv\share`}, {`\\srv\share\`}, {`\\srv\share\a`}, {`\\srv`}, {`\\srv\`}, {`\\?\c:\a`}, {`\\.\dev`}, {`\\?\UNC\srv\share\a`}, {`\\?\UNC\srv\share`},
		{`\a`}, {`a\b`, "c"}, {`\\srv\share`, `\a`}, {`\\srv\share`, "a"}, {"a:b"}, {"./a:b"}, {"ab:c"}, {"./ab:c"}, {"c:a", "/x"}, {"/x", "c:a"}, {"", "a"}, {"a", ""}}
	for _, minor := range []int{12, 13} {
		var expressions, got []string
		for _, kind := range []stdlib.PathKind{stdlib.PurePosixPath, stdlib.PureWindowsPath} {
			for _, s := range segments {
				var quoted []string
				for _, part := range s {
					quoted = append(quoted, py.Repr(part))
				}
				path := fmt.Sprintf("pathlib.%s(%s)", kind, strings.Join(quoted, ", "))
				expressions = append(expressions, "str("+path+")", "list("+path+".parts)", path)
				p := stdlib.NewPath(kind, s...)
				parts := py.NewList()
				for _, part := range p.Parts() {
					parts.Append(part)
				}
				got = append(got, py.Repr(p.String()), py.Repr(parts), py.Repr(p))
			}
		}
		compareReprs(t, minor, expressions, got)
	}
}

// TestZoneOffsets compares offsets, also around changes of the clock, with Python.
func TestZoneOffsets(t *testing.T) {
	zones := []string{"Europe/Paris", "America/New_York", "Australia/Lord_Howe", "Asia/Tokyo", "Africa/Casablanca", "UTC", "America/Sao_Paulo",
		"Pacific/Apia", "Europe/Dublin", "Asia/Kathmandu", "America/St_Johns"}
	var expressions, got []string
	for _, name := range zones {
		loc := must(time.LoadLocation(name))
		z := stdlib.NewZoneInfo(name)
		walls := []time.Time{time.Date(1900, 1, 1, 0, 0, 0, 0, time.UTC), time.Date(2090, 7, 1, 0, 0, 0, 0, time.UTC)}
		at := time.Date(2009, 1, 1, 0, 0, 0, 0, time.UTC).In(loc)
		for range 12 {
			_, end := at.ZoneBounds()
			if end.IsZero() {
				break
			}
			for _, by := range []time.Duration{-2 * time.Hour, -61 * time.Minute, -60 * time.Minute, -30 * time.Minute, -29 * time.Minute, -time.Second, 0,
				time.Second, 30 * time.Minute, 59 * time.Minute, time.Hour, 61 * time.Minute, 2 * time.Hour} {
				w := end.Add(by)
				_, offset := end.Add(-time.Second).Zone()
				walls = append(walls, w.UTC().Add(time.Duration(offset)*time.Second))
			}
			at = end
		}
		for _, w := range walls {
			for fold := range 2 {
				d := stdlib.NaiveDatetimeOf(w)
				d.TZ, d.Fold = z, fold
				offset, ok := d.Offset()
				if !ok {
					t.Fatalf("%s has no offset", name)
				}
				expressions = append(expressions, py.Repr(d)+".utcoffset()")
				got = append(got, py.Repr(offset))
			}
		}
	}
	for i, e := range expressions {
		expressions[i] = strings.Replace(e, "ZoneInfo(key=", "ZoneInfo(", 1)
	}
	compareReprs(t, 11, expressions, got)
}

// TestDatetimeEquality compares datetimes of all kinds with Python.
func TestDatetimeEquality(t *testing.T) {
	at := func(hour int, tz any) stdlib.Datetime {
		return stdlib.Datetime{Year: 2024, Month: 7, Day: 1, Hour: hour, TZ: tz}
	}
	values := []any{at(12, nil), at(12, stdlib.UTC), at(13, zone(1, 0, "")), at(13, zone(1, 0, "X")), at(12, zone(1, 0, "")), at(14, stdlib.NewZoneInfo("Europe/Paris")),
		at(8, stdlib.NewZoneInfo("America/New_York")), stdlib.Date{Year: 2024, Month: 7, Day: 1}, at(0, nil), stdlib.TimeOfDay{Hour: 12}, stdlib.TimeOfDay{Hour: 12, TZ: stdlib.UTC},
		stdlib.TimeOfDay{Hour: 13, TZ: zone(1, 0, "")}, stdlib.TimeOfDay{Hour: 12, TZ: stdlib.NewZoneInfo("Europe/Paris")}, stdlib.TimeOfDay{Hour: 12, Fold: 1},
		stdlib.UTC, zone(0, 0, "Z"), zone(1, 0, ""), zone(1, 0, "X"), stdlib.NewZoneInfo("Europe/Paris"), stdlib.Timedelta{Seconds: 3600}, stdlib.Timedelta{}, int64(0), nil,
		stdlib.Range{Start: 0, Stop: 0, Step: 1}, stdlib.Range{Start: 5, Stop: 2, Step: 3}, stdlib.Range{Start: 1, Stop: 2, Step: 1}, stdlib.Range{Start: 1, Stop: 3, Step: 7},
		stdlib.Range{Start: 0, Stop: 10, Step: 4}, stdlib.Range{Start: 0, Stop: 9, Step: 4}, &stdlib.Slice{Start: int64(1)}, &stdlib.Slice{Start: 1.0}, &stdlib.Slice{},
		stdlib.NewPath(stdlib.PureWindowsPath, "C:/A"), stdlib.NewPath(stdlib.PureWindowsPath, `c:\a`), stdlib.NewPath(stdlib.PurePosixPath, "a"), stdlib.NewPath(stdlib.PurePosixPath, "A")}
	var expressions, got []string
	for _, a := range values {
		for _, b := range values {
			f := func(v any) string { return strings.Replace(py.Repr(v), "ZoneInfo(key=", "ZoneInfo(", 1) }
			e := f(a) + " == " + f(b)
			for _, kind := range []string{"PureWindowsPath", "PurePosixPath"} {
				e = strings.ReplaceAll(e, kind, "pathlib."+kind)
			}
			expressions = append(expressions, e)
			got = append(got, py.Repr(py.Equal(a, b)))
			h, err1 := py.Hash(a)
			g, err2 := py.Hash(b)
			_, isSlice := a.(*stdlib.Slice)
			if py.Equal(a, b) && !isSlice && (err1 != nil || err2 != nil || h != g) {
				t.Errorf("%s, but the hashes differ (%v, %v)", e, err1, err2)
			}
		}
	}
	compareReprs(t, 11, expressions, got)
}
