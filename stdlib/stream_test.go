package stdlib_test

import (
	"bytes"
	"io"
	"os/exec"
	"strconv"
	"testing"

	"github.com/go-pickle/pickle"
	"github.com/go-pickle/pickle/internal/pytest"
)

const streamProgram = `
import array, datetime, decimal, io, pathlib, pickle, sys, uuid, zoneinfo
out = io.BytesIO()
pickler = pickle.Pickler(out, int(sys.argv[1]))
d = datetime.datetime(2020, 1, 1, tzinfo=datetime.timezone.utc)
z, u, a = zoneinfo.ZoneInfo('Europe/Paris'), uuid.UUID(int=1), array.array('i', [1])
pickler.dump([d, u, z, a])
pickler.dump([d, d.replace(year=2021), u, uuid.UUID(int=2), z, a, array.array('i')])
pickler.dump({'int': 1, 'd': d, 'tz': d.tzinfo, 'x': pathlib.PurePosixPath('/a/b'), 'z': z, 'o': d.utcoffset(), 'n': decimal.Decimal(1)})
pickler.dump([d, u, z, a, pathlib.PurePosixPath('/a/c'), 'a', 'b'])
pickler.dump([uuid.UUID(int=7), decimal.Decimal(2)])
sys.stdout.buffer.write(out.getvalue())
`

// TestStream has pickles that share a memo: the later ones refer to classes and values of
// those before.
func TestStream(t *testing.T) {
	for _, p := range pytest.Installed(t) {
		if !p.AtLeast(3, 9) {
			continue
		}
		for protocol := range 6 {
			data, err := exec.Command(p.Path, "-c", streamProgram, strconv.Itoa(protocol)).Output()
			if err != nil {
				t.Fatal(err)
			}
			number, _ := pickle.ProtocolNumber(protocol)
			var out bytes.Buffer
			d := pickle.DecodeOptions{KeepMemo: true}.NewDecoder(bytes.NewReader(data))
			e := pickle.EncodeOptions{Protocol: number, Style: styleOf(p.Minor), KeepMemo: true}.NewEncoder(&out)
			for {
				var v any
				if err := d.Decode(&v); err == io.EOF {
					break
				} else if err != nil {
					t.Fatal(err)
				}
				if found := inert(v, nil); len(found) > 0 {
					t.Errorf("Python %s, protocol %d: %s are no Go values", p, protocol, found)
				}
				if err := e.Encode(v); err != nil {
					t.Fatal(err)
				}
			}
			if !bytes.Equal(out.Bytes(), data) {
				t.Errorf("Python %s, protocol %d: %s", p, protocol, difference(out.Bytes(), data))
			}
		}
	}
}
