package stdlib_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/go-pickle/pickle"
	"github.com/go-pickle/pickle/internal/pytest"
	"github.com/go-pickle/pickle/py"
	"github.com/go-pickle/pickle/stdlib"
)

// valuesA are Python expressions whose values load as Go values. Those that a version does
// not know are left out there.
var valuesA = []string{
	// datetime
	"datetime.date(1, 1, 1)", "datetime.date(2024, 2, 29)", "datetime.date.max",
	"datetime.datetime(2024, 2, 29, 23, 59, 59, 999999)", "datetime.datetime.min", "datetime.datetime.max",
	"datetime.datetime(2020, 1, 2, 3, 4)", "datetime.datetime(2020, 1, 2, 3, 4, 5)", "datetime.datetime(2020, 10, 10, 10, 10, 10, 10)",
	"datetime.time(0, 0)", "datetime.time(23, 59, 59, 999999)", "datetime.time(1, 2, 3)",
	"datetime.timedelta(0)", "datetime.timedelta(1, 2, 3)", "datetime.timedelta(-1)", "datetime.timedelta(microseconds=-1)",
	"datetime.timedelta.max", "datetime.timedelta.min", "datetime.timedelta.resolution",
	"datetime.timezone.utc", "datetime.timezone(datetime.timedelta(hours=1))",
	"datetime.timezone(datetime.timedelta(hours=-3, minutes=-30), 'NST')", "datetime.timezone(datetime.timedelta(0), 'GMT')",
	"datetime.timezone(datetime.timedelta(seconds=-1))", "datetime.timezone(datetime.timedelta(hours=23, minutes=59, seconds=59))",
	"datetime.datetime(2020, 1, 2, tzinfo=datetime.timezone.utc)", "datetime.time(1, 2, tzinfo=datetime.timezone.utc)",
	"datetime.datetime(2020, 1, 2, 3, 4, 5, 6, datetime.timezone(datetime.timedelta(hours=1), 'CET'))",
	"[datetime.datetime(2020, 1, 2, tzinfo=datetime.timezone.utc), datetime.datetime(2021, 1, 2, tzinfo=datetime.timezone.utc)]",
	"(lambda d: [d, d, d.replace(), d.tzinfo, d.utcoffset(), [d]])(datetime.datetime(2020, 1, 2, tzinfo=datetime.timezone(datetime.timedelta(1, -5))))",
	"(lambda t: [t, datetime.timezone(t), datetime.timezone(t, 'x'), t])(datetime.timedelta(0, 60))",
	"[datetime.datetime(2020, 1, 2), datetime.datetime(2020, 1, 2)]", "[datetime.date(2020, 1, 2)] * 3",
	"{datetime.date(2020, 1, 2): datetime.time(3, 4), datetime.datetime(2020, 1, 2): 5}",
	"['datetime', 'date', 'time', datetime.datetime(2020, 1, 2), datetime.time(1), datetime.date(2, 3, 4), 'timezone', datetime.timezone.utc]",
	"[datetime.datetime, datetime.datetime(2020, 1, 2), datetime.date, datetime.timedelta, datetime.timedelta(3)]",
	"zoneinfo.ZoneInfo('Europe/Paris')", "zoneinfo.ZoneInfo('UTC')", "zoneinfo.ZoneInfo.no_cache('Asia/Tokyo')",
	"[datetime.datetime(2024, 7, 1, 12, tzinfo=zoneinfo.ZoneInfo('America/New_York')), zoneinfo.ZoneInfo('America/New_York'), zoneinfo.ZoneInfo('Europe/Paris')]",
	"(lambda k: [k, zoneinfo.ZoneInfo(k), k])('Europe/' + 'Rome')",
	"[zoneinfo.ZoneInfo('UTC'), print, zoneinfo.ZoneInfo('UTC')]",
	"[zoneinfo.ZoneInfo('UTC'), slice(1), getattr, range(3), 'builtins', 'getattr']",
	// time
	"time.gmtime(0)", "time.gmtime(1e9)", "time.struct_time((2020, 1, 2, 3, 4, 5, 6, 7, -1))", "time.strptime('2020', '%Y')",
	"[time.gmtime(0), time.gmtime(0), 'tm_zone', 'tm_gmtoff', 'time', 'GMT']",
	// numbers
	"decimal.Decimal('1.50')", "decimal.Decimal('-0')", "decimal.Decimal('NaN')", "decimal.Decimal('-sNaN123')",
	"decimal.Decimal('-Infinity')", "decimal.Decimal('1E+400')", "decimal.Decimal('1e-999999')", "decimal.Decimal(1)",
	"decimal.Decimal('0E-7')", "decimal.Decimal('0.000001')", "decimal.Decimal('1.00E+5')", "decimal.Decimal(10) ** 60 / 7",
	"[decimal.Decimal(1), decimal.Decimal(1), '1', decimal.Decimal('1.0'), 'decimal', 'Decimal', decimal.Decimal]",
	"(lambda d: [d, d, {d: d}])(decimal.Decimal('3.14'))",
	"fractions.Fraction(-3, 4)", "fractions.Fraction(5)", "fractions.Fraction(2**100, 3)", "fractions.Fraction(0)",
	"(lambda f: [f, f, fractions.Fraction(1, 2), fractions.Fraction(1, 2), '1/2', 'fractions', 'Fraction'])(fractions.Fraction(1, 3))",
	"fractions.Fraction(-2**70, 2**80 + 1)",
	// uuid
	"uuid.UUID(int=0)", "uuid.UUID(int=2**128-1)", "uuid.UUID('12345678-1234-5678-1234-567812345678')",
	"uuid.UUID(int=6, is_safe=uuid.SafeUUID.safe)", "uuid.UUID(int=6, is_safe=uuid.SafeUUID.unsafe)",
	"[uuid.UUID(int=1), uuid.UUID(int=1), 'int', 'is_safe', 'uuid', 'UUID', uuid.UUID, int, {'int': 1}]",
	"[uuid.UUID(int=6, is_safe=uuid.SafeUUID.safe)] * 2 + [uuid.UUID(int=6, is_safe=uuid.SafeUUID.safe), object, object()]",
	"[uuid.SafeUUID.safe, uuid.SafeUUID.unsafe, uuid.SafeUUID.unknown, uuid.SafeUUID.safe, uuid.UUID(int=1)]",
	// ipaddress
	"ipaddress.IPv4Address('192.0.2.2')", "ipaddress.IPv4Address('255.255.255.255')", "ipaddress.IPv6Address('2001:db8::a703')",
	"ipaddress.IPv6Address('::')", "ipaddress.IPv6Address('::ffff:1.2.3.4')", "ipaddress.IPv6Address('1:0:0:2:0:0:0:3')",
	"ipaddress.IPv6Address('1:0:2:3:4:5:6:7')", "ipaddress.IPv4Network('10.0.0.0/8')", "ipaddress.IPv6Network('2001:db8::/32')",
	"ipaddress.IPv4Interface('192.0.2.1/24')", "ipaddress.IPv6Interface('2001:db8::1/64')", "ipaddress.IPv4Interface('10.0.0.0/8')",
	"ipaddress.IPv4Network('0.0.0.0/0')", "ipaddress.IPv6Network('::ffff:0.0.0.0/96')",
	"[ipaddress.ip_address('10.0.0.1'), ipaddress.ip_address('10.0.0.1'), ipaddress.ip_network('10.0.0.0/8'), '10.0.0.0/8', 'ipaddress']",
	// pathlib
	"pathlib.PurePosixPath('/usr/lib/x.py')", "pathlib.PurePosixPath('.')", "pathlib.PurePosixPath()", "pathlib.PurePosixPath('a', 'b')",
	"pathlib.PurePosixPath('//a/b')", "pathlib.PurePosixPath('a//b/./c/..')", "pathlib.PosixPath('x')", "pathlib.Path('/tmp') / 'a' / 'b c'",
	"pathlib.PureWindowsPath('C:/Users/a')", "pathlib.PureWindowsPath('C:x')", "pathlib.PureWindowsPath('//srv/share/d')",
	"pathlib.PureWindowsPath('//srv/share')", "pathlib.PureWindowsPath('/x')",
	"(lambda r: [r / 'lib', r / 'bin', r, r.parent, 'usr', 'lib', '/usr'])(pathlib.PurePosixPath('/usr'))",
	"(lambda s: [s, pathlib.PurePosixPath(s), pathlib.PurePosixPath(s), s])('/a' + '/b/c')",
	"[pathlib.PurePosixPath, pathlib.PurePosixPath('a'), 'pathlib', 'PurePosixPath']",
	"pathlib.PurePosixPath('/a/b/c/d/e/f/g/h/i/j/k/l/m/n/o/p/q/r/s/t/u/v')",
	// array
	"array.array('b', [-1, 2])", "array.array('B', [255])", "array.array('h', [-300])", "array.array('H', [60000])",
	"array.array('i', [1, -2, 70000])", "array.array('I', [2**31])", "array.array('l', [-2**62])", "array.array('L', [2**63])",
	"array.array('q', [-2**62])", "array.array('Q', [2**63])", "array.array('f', [1.5, float('inf')])", "array.array('d', [0.1, -0.0])",
	"array.array('u', u'a\\u20ac\\u20acx')", "array.array('w', 'a\\U0001f952')", "array.array('i')", "array.array('d', [])",
	"array.array('u', u'')", "array.array('e', [1.5, -0.0, 65504, 6e-8, 1e-5, float('inf')])", "array.array('Zf', [1+2j])", "[array.array('Zd', [1j, 0.1]), array.array('Zd'), 'Zd']",
	"(lambda a: [a, a, array.array('i', [1]), 'i', 'array', array.array])(array.array('i', [1]))",
	// random
	"random.Random(5)", "(lambda r: [r, r.random(), r.gauss(0, 1), r, random.Random(2**40)])(random.Random(1))",
	// builtins
	"range(5)", "range(1, 10, 3)", "range(10, 0, -1)", "range(0, 2**70, 2**65)", "range(0)", "[range(2), range(2)]", "range(-2**63, 2**63-1)",
	"slice(1, 2, 3)", "slice(None, None, None)", "slice('a', (1, 2), None)", "(lambda s: [s, s, slice(s, [s])])(slice(1))",
	"[Ellipsis, NotImplemented, Ellipsis]", "[type(None), type(None), type(Ellipsis), type(NotImplemented), Ellipsis, type, int]",
}

// mixedA has values of several kinds together, as programs have them.
var mixedA = []string{
	"{decimal.Decimal('1.5'), decimal.Decimal('2')}", "frozenset([uuid.UUID(int=3)])", "{datetime.date(2020, 1, 1): {uuid.UUID(int=1): decimal.Decimal(1)}}",
	"{(datetime.date(2020, 1, 1), decimal.Decimal(1)): None}", "set([ipaddress.ip_address('10.0.0.1')])", "{pathlib.PurePosixPath('a'): pathlib.PurePosixPath('a')}",
	"(lambda u: {u: [u, (u, u)], 'x': {'y': u}})(uuid.UUID(int=2**100))", "collections.OrderedDict([(datetime.date(1, 1, 1), fractions.Fraction(1, 3))])",
	"[datetime.datetime(2020, 1, 1) + i * datetime.timedelta(days=1) for i in range(1100)]", "[uuid.UUID(int=i) for i in range(1001)]",
	"[decimal.Decimal(i) / 4 for i in range(300)]", "[{'id': uuid.UUID(int=i), 'at': datetime.datetime(2020, 1, 1, tzinfo=datetime.timezone.utc), 'price': decimal.Decimal(i)} for i in range(5)]",
	"(lambda l: [l, {'l': l}, range(3), slice(l, l)])([datetime.date(2020, 1, 1)])", "[array.array('d', [i]) for i in range(3)] + ['d', 'array']",
	"((datetime.timezone.utc,), [datetime.timezone.utc], {'utc': datetime.timezone.utc})", "(lambda t: (t, (t, t)))(time.gmtime(0))",
	"[pathlib.Path('/srv') / name for name in ('a', 'b', 'a')] + ['srv', 'a', 'b']", "(lambda z: [z, datetime.time(1, tzinfo=z), datetime.datetime(2020, 1, 1, tzinfo=z)])(datetime.timezone(datetime.timedelta(0, 3600), 'CET'))",
	"[complex(1, 2), bytearray(b'x'), {1, 2}, frozenset([3]), b'bytes', datetime.date(2020, 1, 1), b'\\x07\\xe4\\x01\\x01']",
	"[fractions.Fraction(1, 3), 1, 3, 'Fraction', fractions.Fraction]", "[decimal.Decimal('1'), 'x', u'1', '1']", "[random.Random(1).getstate()]",
	"['tzinfo', 'key', '_unpickle', zoneinfo.ZoneInfo('UTC'), zoneinfo.ZoneInfo('Europe/Paris'), getattr, zoneinfo.ZoneInfo]",
	"(lambda s: [s, datetime.timezone(datetime.timedelta(0, 60), s), zoneinfo.ZoneInfo('UTC'), s])('UT' + 'C')",
	"(lambda s: {s: decimal.Decimal(s), 'x': fractions.Fraction(s), 'y': s})('1.5')", "(lambda p: {str(p): p, p.name: p.parent, 'p': p})(pathlib.PurePosixPath('/data/files/x.txt'))",
	"[datetime.datetime.fromtimestamp(0, datetime.timezone.utc), datetime.datetime.fromtimestamp(0, datetime.timezone.utc).astimezone(datetime.timezone(datetime.timedelta(hours=2)))]",
	"(lambda d: [d, d.date(), d.time(), d.timetz(), d.timetuple()])(datetime.datetime(2020, 1, 2, 3, 4, 5, 6, datetime.timezone.utc))",
	"copy.deepcopy([uuid.UUID(int=1)] * 3)", "[ipaddress.ip_network('10.0.0.0/30')] + list(ipaddress.ip_network('10.0.0.0/30'))",
	"[type(None), None, [None], {None: type(None)}]", "[Ellipsis, (Ellipsis, slice(None)), {Ellipsis: NotImplemented}]",
}

// TestLiveA loads what each Python writes, without anything left inert, prints it as Python
// does and writes it again to the byte.
func TestLiveA(t *testing.T) { live(t, append(valuesA, mixedA...)) }

func live(t *testing.T, expressions []string) {
	total, exact := 0, 0
	for _, p := range pytest.Installed(t) {
		var answers []struct {
			Data  [][]byte
			Repr  string
			Error string
		}
		if err := p.Start(t).Ask("evaluate", map[string]any{"expressions": expressions}, &answers); err != nil {
			t.Fatal(err)
		}
		for i, a := range answers {
			expression := expressions[i]
			if a.Error != "" {
				if p.AtLeast(3, 13) && !strings.Contains(a.Error, "bad typecode") && !strings.Contains(a.Error, "must be a unicode character") {
					t.Errorf("Python %s: %s: %s", p, expression, a.Error)
				}
				continue
			}
			n, m := checkAnswer(t, p, expression, a.Data, a.Repr)
			total, exact = total+n, exact+m
		}
	}
	t.Logf("%d pickles loaded, %d of them came back to the byte", total, exact)
}

// checkAnswer checks what a Python dumped, one pickle for each protocol, and returns how many
// there are and of how many the bytes must come back.
func checkAnswer(t *testing.T, p pytest.Python, expression string, pickles [][]byte, repr string) (total, exact int) {
	for protocol, data := range pickles {
		decode := pickle.DecodeOptions{}
		if p.Major == 2 {
			decode.Encoding = "latin-1"
		}
		v, out, err := again(data, decode, protocol, styleOf(p.Minor))
		if err != nil {
			t.Errorf("Python %s: %s: protocol %d: %v", p, expression, protocol, err)
			continue
		}
		if found := inert(v, nil); len(found) > 0 && !strings.Contains(expression, "object()") {
			t.Errorf("Python %s: %s: protocol %d: %s is no Go value", p, expression, protocol, found[0])
		}
		total++
		if p.AtLeast(3, 8) {
			if !bytes.Equal(out, data) {
				t.Errorf("Python %s: %s: protocol %d: %s", p, expression, protocol, difference(out, data))
			}
			exact++
		}
		odd := strings.Contains(repr, "<class") || strings.Contains(repr, "<built-in") || strings.Contains(repr, " object at")
		if r := py.Repr(v); p.AtLeast(3, 13) && repr != "" && !odd && r != repr {
			t.Errorf("Python %s: %s: protocol %d: repr %s, not %s", p, expression, protocol, r, repr)
		}
		var back any
		decode.Registry = stdlib.Registry()
		if err := decode.Unmarshal(out, &back); err != nil {
			t.Errorf("Python %s: %s: protocol %d: %v", p, expression, protocol, err)
		} else if !py.Equal(v, back) && !strings.Contains(expression, "NaN") {
			t.Errorf("Python %s: %s: protocol %d: %s is not equal to %s", p, expression, protocol, py.Repr(back), py.Repr(v))
		}
	}
	return total, exact
}
