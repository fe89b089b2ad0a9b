package stdlib

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math/big"
	"net/netip"
	"reflect"
	"strconv"
	"strings"

	"github.com/go-pickle/pickle/py"
)

// An IPInterface is an ipaddress.IPv4Interface or IPv6Interface: an address and the length
// of the prefix of the network in which it is. The addresses of package ipaddress are
// [netip.Addr] in Go, and its networks [netip.Prefix], which can't be told from interfaces.
type IPInterface struct {
	Addr netip.Addr
	Bits int
}

// Prefix is the address and length as a [netip.Prefix], which has no IPv6 zone.
func (i IPInterface) Prefix() netip.Prefix { return netip.PrefixFrom(i.Addr.WithZone(""), i.Bits) }

// Network is the network in which the address is.
func (i IPInterface) Network() netip.Prefix { return i.Prefix().Masked() }

// String gives the interface as Python's str does: 192.0.2.1/24.
func (i IPInterface) String() string { return i.Addr.String() + "/" + strconv.Itoa(i.Bits) }

// AppendRepr appends what Python's repr gives.
func (i IPInterface) AppendRepr(dst []byte) []byte {
	return fmt.Appendf(dst, "%s('%s')", ipClass("Interface", i.Addr).Name, i)
}

// MarshalText gives what String does.
func (i IPInterface) MarshalText() ([]byte, error) { return []byte(i.String()), i.check() }

// Plain is the text that String gives.
func (i IPInterface) Plain() (any, error) { return i.String(), nil }

// StoreIn stores the interface in a *[netip.Prefix], the address of one without other bits
// in a *[netip.Addr], or its text in a *string.
func (i IPInterface) StoreIn(dst any) (bool, error) {
	switch dst := dst.(type) {
	case *netip.Prefix:
		if i.Addr.Zone() != "" {
			return true, errors.New("a netip.Prefix has no IPv6 zone")
		}
		*dst = i.Prefix()
	case *netip.Addr:
		if i.Bits != i.Addr.BitLen() {
			return true, fmt.Errorf("the netmask of %s would be lost", i)
		}
		*dst = i.Addr
	case *string:
		*dst = i.String()
	default:
		return false, nil
	}
	return true, nil
}

func (i IPInterface) check() error {
	if !i.Addr.IsValid() || i.Bits < 0 || i.Bits > i.Addr.BitLen() {
		return errors.New("not an IP interface")
	}
	return nil
}

// The classes of package ipaddress, by what they are and the version of IP.
var ipClasses = map[string][2]py.Global{
	"Address":   {{Module: "ipaddress", Name: "IPv4Address"}, {Module: "ipaddress", Name: "IPv6Address"}},
	"Network":   {{Module: "ipaddress", Name: "IPv4Network"}, {Module: "ipaddress", Name: "IPv6Network"}},
	"Interface": {{Module: "ipaddress", Name: "IPv4Interface"}, {Module: "ipaddress", Name: "IPv6Interface"}},
}

func ipClass(what string, a netip.Addr) py.Global {
	classes := ipClasses[what]
	if a.Is4() {
		return classes[0]
	}
	return classes[1]
}

func ipNames(what string) []py.Global {
	classes := ipClasses[what]
	return classes[:]
}

var ipEntries = []py.Entry{
	{
		Names:  ipNames("Address"),
		Types:  []reflect.Type{reflect.TypeFor[netip.Addr]()},
		Load:   loadIPAddress,
		Reduce: func(v any, f py.Form) (any, error) { return reduceIPAddress(v.(netip.Addr), f) },
	},
	{
		Names:  ipNames("Network"),
		Types:  []reflect.Type{reflect.TypeFor[netip.Prefix]()},
		Load:   loadIPNetwork,
		Reduce: func(v any, f py.Form) (any, error) { return reduceIPNetwork(v.(netip.Prefix), f) },
	},
	{
		Names:  ipNames("Interface"),
		Types:  []reflect.Type{reflect.TypeFor[IPInterface]()},
		Load:   loadIPInterface,
		Reduce: func(v any, f py.Form) (any, error) { return reduceIPInterface(v.(IPInterface), f) },
	},
}

// ipArg is the argument of a call of one of the classes, and whether that is of IPv4.
func ipArg(o *py.Object, what string) (arg any, is4, ok bool) {
	classes := ipClasses[what]
	args, ok := calledArgs(o, classes[0], classes[1])
	if !ok || len(args) != 1 {
		return nil, false, false
	}
	return args[0], o.Class == classes[0], true
}

func loadIPAddress(o *py.Object) (any, bool) {
	arg, is4, ok := ipArg(o, "Address")
	if !ok {
		return nil, false
	}
	if i := bigInt(arg); i != nil && i.Sign() >= 0 {
		var b [16]byte
		switch {
		case is4 && i.BitLen() <= 32:
			return netip.AddrFrom4([4]byte(i.FillBytes(b[:4]))), true
		case !is4 && i.BitLen() <= 128:
			return netip.AddrFrom16([16]byte(i.FillBytes(b[:]))), true
		}
		return nil, false
	}
	text, ok := textOf(arg)
	if !ok {
		return nil, false
	}
	a, err := netip.ParseAddr(text)
	return a, err == nil && a.Is4() == is4
}

// reduceIPAddress writes IPv4 addresses as ints, and those of IPv6 too up to Python 3.10, if
// they have no zone, which would be lost.
func reduceIPAddress(a netip.Addr, f py.Form) (any, error) {
	class := ipClass("Address", a)
	switch {
	case !a.IsValid():
		return nil, errors.New("not an IP address")
	case a.Is4():
		b := a.As4()
		return py.NewCall(class, int64(binary.BigEndian.Uint32(b[:]))), nil
	case f.Python < 11 && a.Zone() == "":
		b := a.As16()
		return py.NewCall(class, pyInt(new(big.Int).SetBytes(b[:]))), nil
	}
	return py.NewCall(class, ipText(a, f)), nil
}

// ipText is the address as Python's str gives it, as a new str. Python 3.13 was the first
// to show the dots of an address of IPv4 within IPv6.
func ipText(a netip.Addr, f py.Form) string {
	if !a.Is4In6() || f.Python >= 13 {
		return strings.Clone(a.String())
	}
	b := a.As16()
	text := fmt.Sprintf("::ffff:%x:%x", binary.BigEndian.Uint16(b[12:]), binary.BigEndian.Uint16(b[14:]))
	if z := a.Zone(); z != "" {
		text += "%" + z
	}
	return text
}

// parseIPInterface reads an address, a slash and the length of the prefix.
func parseIPInterface(arg any, is4 bool) (IPInterface, bool) {
	text, ok := textOf(arg)
	if !ok {
		return IPInterface{}, false
	}
	addr, length, ok := strings.Cut(text, "/")
	if !ok || length == "" || len(length) > 3 || !allDigits(length) {
		return IPInterface{}, false
	}
	a, err := netip.ParseAddr(addr)
	bits, _ := strconv.Atoi(length)
	return IPInterface{a, bits}, err == nil && a.Is4() == is4 && bits <= a.BitLen()
}

func loadIPNetwork(o *py.Object) (any, bool) {
	arg, is4, ok := ipArg(o, "Network")
	if !ok {
		return nil, false
	}
	i, ok := parseIPInterface(arg, is4)
	if !ok || i.Addr.Zone() != "" || i.Prefix() != i.Network() {
		return nil, false
	}
	return i.Prefix(), true
}

// reduceIPNetwork writes a prefix with bits beyond its length as an interface: Python
// refuses such a network.
func reduceIPNetwork(p netip.Prefix, f py.Form) (any, error) {
	if !p.IsValid() {
		return nil, errors.New("not an IP network")
	}
	what := "Network"
	if p != p.Masked() {
		what = "Interface"
	}
	return py.NewCall(ipClass(what, p.Addr()), ipText(p.Addr(), f)+"/"+strconv.Itoa(p.Bits())), nil
}

func loadIPInterface(o *py.Object) (any, bool) {
	arg, is4, ok := ipArg(o, "Interface")
	if !ok {
		return nil, false
	}
	i, ok := parseIPInterface(arg, is4)
	return i, ok
}

func reduceIPInterface(i IPInterface, f py.Form) (any, error) {
	if err := i.check(); err != nil {
		return nil, err
	}
	return py.NewCall(ipClass("Interface", i.Addr), ipText(i.Addr, f)+"/"+strconv.Itoa(i.Bits)), nil
}
