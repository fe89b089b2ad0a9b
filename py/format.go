package py

import (
	"fmt"
)

// This file has the values of this package printed by package fmt as in Python:
//
//	%v %s   as Repr prints it
//	%+v     over several lines, with labels where something is shared
//	%#v     like %v
//	%.80v   cut off after 80 bytes
//	%40v    padded to 40 columns, %-40v to the left
//
// Without a precision output is cut off after 64 KiB, or 1 MiB for %+v, so that a value
// from a stranger that ends up in a log does no harm. Any other verb gives fmt's usual
// %!d(...). For Bytes, %s and %v too print b'..'; %q is the same, %x and %X print the
// bytes in hexadecimal. string(b) stays the bytes themselves.

const (
	maxFormat = 64 << 10
	maxPlus   = 1 << 20
)

// format implements fmt.Formatter for x.
func format(x any, f fmt.State, verb rune) {
	o := ReprOptions{MaxLen: maxFormat}
	if verb == 'v' && f.Flag('+') {
		o = ReprOptions{MaxLen: maxPlus, Indent: "  ", Labels: true}
	}
	switch verb {
	case 'v', 's':
	default:
		fmt.Fprintf(f, "%%!%c(py.%s=", verb, TypeName(x))
		_, _ = f.Write(ReprOptions{MaxLen: 1 << 10}.Append(nil, x))
		_, _ = f.Write([]byte{')'})
		return
	}
	if n, ok := f.Precision(); ok {
		o.MaxLen = max(1, n)
	}
	out := o.Append(nil, x)
	if width, ok := f.Width(); ok {
		left := ""
		if f.Flag('-') {
			left = "-"
		}
		fmt.Fprintf(f, "%"+left+"*s", width, out)
		return
	}
	_, _ = f.Write(out)
}

func text(x any) string { return ReprOptions{MaxLen: maxFormat}.Format(x) }

// String prints t as [Repr] does, cut off after 64 KiB.
func (t Tuple) String() string { return text(t) }

// Format prints t by way of package fmt: %v and %s as [Repr] does, cut off after 64 KiB or
// as many bytes as the precision says; %+v over several lines, what is shared with labels.
func (t Tuple) Format(f fmt.State, verb rune) { format(t, f, verb) }

// String prints l as [Repr] does, cut off after 64 KiB.
func (l *List) String() string { return text(l) }

// Format prints l by way of package fmt, as [Tuple.Format] does.
func (l *List) Format(f fmt.State, verb rune) { format(l, f, verb) }

// String prints d as [Repr] does, cut off after 64 KiB.
func (d *Dict) String() string { return text(d) }

// Format prints d by way of package fmt, as [Tuple.Format] does.
func (d *Dict) Format(f fmt.State, verb rune) { format(d, f, verb) }

// String prints s as [Repr] does, cut off after 64 KiB.
func (s *Set) String() string { return text(s) }

// Format prints s by way of package fmt, as [Tuple.Format] does.
func (s *Set) Format(f fmt.State, verb rune) { format(s, f, verb) }

// String prints f as [Repr] does, cut off after 64 KiB.
func (f *FrozenSet) String() string { return text(f) }

// Format prints f by way of package fmt, as [Tuple.Format] does.
func (f *FrozenSet) Format(s fmt.State, verb rune) { format(f, s, verb) }

// String prints b as [Repr] does, cut off after 64 KiB.
func (b *ByteArray) String() string { return text(b) }

// Format prints b by way of package fmt, as [Bytes.Format] does.
func (b *ByteArray) Format(f fmt.State, verb rune) {
	if b != nil && (verb == 'x' || verb == 'X') {
		fmt.Fprintf(f, fmt.FormatString(f, verb), b.Bytes)
		return
	}
	format(b, f, verb)
}

// String prints b as Python does, b'..', cut off after 64 KiB. It is for people;
// string(b) is the bytes.
func (b Bytes) String() string { return text(b) }

// Format prints b by way of package fmt: %v, %s and %q as b'..', as [Tuple.Format] does,
// %x and %X in hexadecimal.
func (b Bytes) Format(f fmt.State, verb rune) {
	switch verb {
	case 'x', 'X':
		fmt.Fprintf(f, fmt.FormatString(f, verb), string(b))
	case 'q':
		format(b, f, 's')
	default:
		format(b, f, verb)
	}
}

// String prints o as [Repr] does, cut off after 64 KiB.
func (o *Object) String() string { return text(o) }

// Format prints o by way of package fmt, as [Tuple.Format] does.
func (o *Object) Format(f fmt.State, verb rune) { format(o, f, verb) }

// String prints r as [Repr] does, cut off after 64 KiB.
func (r *PersistentRef) String() string { return text(r) }

// Format prints r by way of package fmt, as [Tuple.Format] does.
func (r *PersistentRef) Format(f fmt.State, verb rune) { format(r, f, verb) }

// String prints b as [Repr] does, cut off after 64 KiB.
func (b *Buffer) String() string { return text(b) }

// Format prints b by way of package fmt, as [Tuple.Format] does.
func (b *Buffer) Format(f fmt.State, verb rune) { format(b, f, verb) }
