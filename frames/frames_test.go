package frames_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"net"
	"os"
	"runtime"
	"slices"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"github.com/go-pickle/pickle"
	"github.com/go-pickle/pickle/frames"
	"github.com/go-pickle/pickle/py"
)

var forms = []frames.Form{frames.Length32, frames.Multiprocessing}

// payloads are of the sizes around which reading and writing change.
func payloads() [][]byte {
	var all [][]byte
	for _, n := range []int{0, 1, 3, 4, 5, 100, 4095, 4096, 4097, 16 << 10, 16<<10 + 1, 100000, 1<<20 + 1, 7} {
		p := make([]byte, n)
		for i := range p {
			p[i] = byte(i ^ n)
		}
		all = append(all, p)
	}
	return all
}

// counted keeps what is written, and how often Write was called.
type counted struct {
	bytes.Buffer
	calls int
}

func (c *counted) Write(p []byte) (int, error) {
	c.calls++
	return c.Buffer.Write(p)
}

// TestFrames writes frames and reads them from readers of all kinds.
func TestFrames(t *testing.T) {
	for _, form := range forms {
		o := frames.Options{Form: form}
		var out counted
		w := o.NewWriter(&out)
		for _, p := range payloads() {
			before, calls := out.Len(), out.calls
			if err := w.WriteFrame(p); err != nil {
				t.Fatal(err)
			}
			want := append(binary.BigEndian.AppendUint32(nil, uint32(len(p))), p...)
			if !bytes.Equal(out.Bytes()[before:], want) {
				t.Errorf("%v: %d bytes are written as %.40q", form, len(p), out.Bytes()[before:])
			}
			if n := out.calls - calls; len(p) <= 16<<10 && n != 1 || n > 2 {
				t.Errorf("%v: %d bytes take %d calls of Write", form, len(p), n)
			}
		}
		for name, in := range map[string]io.Reader{
			"whole":         bytes.NewReader(out.Bytes()),
			"half":          iotest.HalfReader(bytes.NewReader(out.Bytes())),
			"one byte":      iotest.OneByteReader(bytes.NewReader(out.Bytes())),
			"data with EOF": iotest.DataErrReader(bytes.NewReader(out.Bytes())),
			"often nothing": &sparse{r: bytes.NewReader(out.Bytes())},
		} {
			r := o.NewReader(in)
			i := 0
			for got, err := range r.All() {
				if err != nil {
					t.Fatalf("%v, %s: %v", form, name, err)
				}
				if !bytes.Equal(got, payloads()[i]) {
					t.Errorf("%v, %s: frame %d has %d bytes, not %d", form, name, i, len(got), len(payloads()[i]))
				}
				i++
			}
			if i != len(payloads()) || r.InputOffset() != int64(out.Len()) {
				t.Errorf("%v, %s: %d frames, %d of %d bytes", form, name, i, r.InputOffset(), out.Len())
			}
			if _, err := r.Next(); err != io.EOF {
				t.Errorf("%v, %s: at the end %v", form, name, err)
			}
		}
	}
}

// sparse returns 0 bytes and no error two times out of three, as a reader may.
type sparse struct {
	r io.Reader
	n int
}

func (s *sparse) Read(p []byte) (int, error) {
	if s.n++; s.n%3 != 0 {
		return 0, nil
	}
	return s.r.Read(p[:min(len(p), 1000)])
}

// TestNoReadAhead leaves the stream right behind each frame.
func TestNoReadAhead(t *testing.T) {
	for _, form := range forms {
		in := bytes.NewReader([]byte("\x00\x00\x00\x03abc\x00\x00\x00\x00and now for something else"))
		r := frames.Options{Form: form}.NewReader(in)
		for i, left := range []int{30, 26} {
			if p, err := r.Next(); err != nil || in.Len() != left {
				t.Errorf("%v: after frame %d, %q, there are %d bytes left, not %d, %v", form, i, p, in.Len(), left, err)
			}
		}
	}
}

// TestLongHeader reads the form of multiprocessing for 2 GiB and more, whatever is claimed
// in it.
func TestLongHeader(t *testing.T) {
	o := frames.Options{Form: frames.Multiprocessing}
	in := "\xff\xff\xff\xff\x00\x00\x00\x00\x00\x00\x00\x03abc\x00\x00\x00\x01d"
	r := o.NewReader(iotest.OneByteReader(strings.NewReader(in)))
	for i, want := range []string{"abc", "d"} {
		if got, err := r.Next(); err != nil || string(got) != want {
			t.Errorf("frame %d is %q, %v", i, got, err)
		}
	}
	if _, err := r.Next(); err != io.EOF || r.InputOffset() != int64(len(in)) {
		t.Errorf("%v at %d", err, r.InputOffset())
	}
}

// TestSizes holds the limits, for reading and for writing.
func TestSizes(t *testing.T) {
	for _, c := range []struct {
		form frames.Form
		max  int64
		in   string
		size uint64 // that is refused; 0 if none is
	}{
		{frames.Length32, 3, "\x00\x00\x00\x03abc", 0},
		{frames.Length32, 3, "\x00\x00\x00\x04abcd", 4},
		{frames.Length32, 0, "\x04\x00\x00\x01", 64<<20 + 1},
		{frames.Length32, 0, "\xff\xff\xff\xfc", 1<<32 - 4}, // PySpark's END_OF_STREAM
		{frames.Length32, 0, "GET / HTTP/1.1\r\n", 0x47455420},
		{frames.Multiprocessing, 3, "\x00\x00\x00\x04abcd", 4},
		{frames.Multiprocessing, 3, "\xff\xff\xff\xff\x00\x00\x00\x00\x00\x00\x00\x04abcd", 4},
		{frames.Multiprocessing, 0, "\x04\x00\x00\x01", 64<<20 + 1},
		{frames.Multiprocessing, -1, "\xff\xff\xff\xfe", 1<<64 - 2},
		{frames.Multiprocessing, -1, "\x80\x00\x00\x00", 1<<64 - 1<<31},
		{frames.Multiprocessing, -1, "\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff", 1<<64 - 1},
	} {
		r := frames.Options{Form: c.form, MaxSize: c.max}.NewReader(strings.NewReader(c.in))
		got, err := r.Next()
		var se *frames.SizeError
		if c.size == 0 {
			if err != nil {
				t.Errorf("%v, at most %d: %q: %v", c.form, c.max, c.in, err)
			}
			continue
		}
		if got != nil || !errors.As(err, &se) || se.Size != c.size {
			t.Errorf("%v, at most %d: %q: %q, %v", c.form, c.max, c.in, got, err)
		}
		if _, again := r.Next(); again != err {
			t.Errorf("%v, at most %d: %q: the next call says %v", c.form, c.max, c.in, again)
		}
	}
	var out bytes.Buffer
	w := frames.Options{MaxSize: 20}.NewWriter(&out)
	var se *frames.SizeError
	if err := w.WriteFrame(make([]byte, 21)); !errors.As(err, &se) || se.Size != 21 || se.Max != 20 || out.Len() != 0 {
		t.Errorf("%v, %q", err, out.Bytes())
	}
	if err := w.Encode(strings.Repeat("x", 30)); !errors.As(err, &se) || out.Len() != 0 {
		t.Errorf("%v, %q", err, out.Bytes())
	}
	if err := w.Encode("x"); err != nil || out.String() != "\x00\x00\x00\x10\x80\x05\x95\x05\x00\x00\x00\x00\x00\x00\x00\x8c\x01x\x94." {
		t.Errorf("%v, %q", err, out.Bytes())
	}
}

// TestClaims allocates for what came, not for what was claimed.
func TestClaims(t *testing.T) {
	for _, in := range []string{"\x7f\xff\xff\xffabc", "\xff\xff\xff\xff\x00\x00\x00\xff\xff\xff\xff\xffabc"} {
		o := frames.Options{Form: frames.Multiprocessing, MaxSize: -1}
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		_, err := o.NewReader(strings.NewReader(in)).Next()
		runtime.ReadMemStats(&after)
		if !errors.Is(err, io.ErrUnexpectedEOF) {
			t.Errorf("%q: %v", in, err)
		}
		if n := after.TotalAlloc - before.TotalAlloc; n > 1<<17 {
			t.Errorf("%q: %d bytes were allocated", in, n)
		}
	}
}

// TestCutOff ends the stream at each byte, and says where.
func TestCutOff(t *testing.T) {
	const first, second = "\x00\x00\x00\x03abc", "\xff\xff\xff\xff\x00\x00\x00\x00\x00\x00\x00\x05defgh"
	o := frames.Options{Form: frames.Multiprocessing}
	for n := range len(first + second) {
		r := o.NewReader(strings.NewReader((first + second)[:n]))
		frame, start := 0, 0
		if n >= len(first) {
			frame, start = 1, len(first)
			if _, err := r.Next(); err != nil {
				t.Fatal(err)
			}
		}
		_, err := r.Next()
		if n == start {
			if err != io.EOF {
				t.Errorf("%d bytes: %v", n, err)
			}
			continue
		}
		var fe *frames.Error
		if !errors.Is(err, io.ErrUnexpectedEOF) || !errors.As(err, &fe) || fe.Op != "read" ||
			fe.Frame != int64(frame) || fe.Offset != int64(start) || r.InputOffset() != int64(n) {
			t.Errorf("%d bytes: %v at %d", n, err, r.InputOffset())
		}
	}
	_, err := frames.NewReader(strings.NewReader("\x00\x00\x00\x09abc")).Next()
	if err == nil || err.Error() != "frames: read frame 0 at offset 0: after 3 of 9 bytes: unexpected EOF" {
		t.Error(err)
	}
	_, err = frames.NewReader(strings.NewReader("\x00\x00")).Next()
	if err == nil || err.Error() != "frames: read frame 0 at offset 0: in the header: unexpected EOF" {
		t.Error(err)
	}
	if _, err := frames.NewReader(zeros{}).Next(); !errors.Is(err, io.ErrNoProgress) {
		t.Error(err)
	}
}

type zeros struct{}

func (zeros) Read([]byte) (int, error) { return 0, nil }

// TestDeadline lets deadlines pass in the middle of a frame: the next call goes on with it.
func TestDeadline(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	peer, err := net.Dial("tcp", listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer peer.Close()
	conn, err := listener.Accept()
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	r := frames.NewReader(conn)
	for _, part := range []string{"", "\x00\x00", "\x00\x05", "ab", "cd"} {
		if _, err := io.WriteString(peer, part); err != nil {
			t.Fatal(err)
		}
		conn.SetReadDeadline(time.Now().Add(50 * time.Millisecond))
		_, err := r.Next()
		var ne net.Error
		if !errors.Is(err, os.ErrDeadlineExceeded) || !errors.As(err, &ne) || !ne.Timeout() {
			t.Fatalf("after %q: %v", part, err)
		}
	}
	io.WriteString(peer, "e")
	conn.SetReadDeadline(time.Now().Add(time.Minute))
	if got, err := r.Next(); err != nil || string(got) != "abcde" {
		t.Errorf("%q, %v", got, err)
	}
}

// limited takes n bytes and then fails.
type limited struct {
	n   int
	err error
}

func (l *limited) Write(p []byte) (int, error) {
	n := min(len(p), l.n)
	l.n -= n
	if n < len(p) {
		return n, l.err
	}
	return n, nil
}

// TestWriterFails says which frame, and writes nothing behind a part of one.
func TestWriterFails(t *testing.T) {
	full := errors.New("the disk is full")
	for _, size := range []int{10, 20000} {
		for _, room := range []int{0, 1, 4, 5} {
			l := &limited{n: 14 + room, err: full}
			w := frames.NewWriter(l)
			if err := w.WriteFrame(make([]byte, 10)); err != nil {
				t.Fatal(err)
			}
			err := w.WriteFrame(make([]byte, size))
			var fe *frames.Error
			if !errors.Is(err, full) || !errors.As(err, &fe) || fe.Op != "write" || fe.Frame != 1 || fe.Offset != 14 {
				t.Errorf("%d bytes, room for %d: %v", size, room, err)
			}
			l.n = 1 << 20
			again := w.WriteFrame([]byte("x"))
			encoded := w.Encode("x")
			if room == 0 && (again != nil || encoded != nil) || room > 0 && (again != err || encoded != err) {
				t.Errorf("%d bytes, room for %d: afterwards %v, %v", size, room, again, encoded)
			}
		}
	}
	if err := frames.NewWriter(&limited{n: 5}).WriteFrame([]byte("abc")); !errors.Is(err, io.ErrShortWrite) {
		t.Error(err)
	}
	var out bytes.Buffer
	w := frames.NewWriter(&out)
	var ee *pickle.EncodeError
	if err := w.Encode(func() {}); !errors.As(err, &ee) || out.Len() != 0 {
		t.Errorf("%v, %q", err, out.Bytes())
	}
}

// TestValues sends values, small and large, in every form and protocol.
func TestValues(t *testing.T) {
	values := []any{int64(1), py.Tuple{"metric", py.Tuple{int64(1), 2.5}}, strings.Repeat("long", 100000), py.NewDict("k", py.Bytes("v")), nil}
	for _, form := range forms {
		for n := range 6 {
			p, _ := pickle.ProtocolNumber(n)
			o := frames.Options{Form: form, Encode: pickle.EncodeOptions{Protocol: p}}
			var out counted
			w := o.NewWriter(&out)
			for _, v := range values {
				if err := w.Encode(v); err != nil {
					t.Fatal(err)
				}
			}
			if out.calls != len(values) {
				t.Errorf("%v: %d values take %d calls of Write", form, len(values), out.calls)
			}
			i := 0
			for got, err := range frames.All[any](o.NewReader(&out)) {
				if err != nil || !py.Equal(got, values[i]) {
					t.Errorf("%v, protocol %d: value %d is %.40s, %v", form, n, i, py.Repr(got), err)
				}
				i++
			}
			if i != len(values) {
				t.Errorf("%v: %d values", form, i)
			}
		}
	}
}

// TestBadPayload goes on after what can't be loaded, and stops at what is no frame.
func TestBadPayload(t *testing.T) {
	var out bytes.Buffer
	w := frames.NewWriter(&out)
	bad := []string{"no pickle", "", "\x80\x04K\x01", "K\x01."}
	for _, p := range append(bad, "\x8c\x02ok.", "\x8c\x02ok. and more") {
		if err := w.WriteFrame([]byte(p)); err != nil {
			t.Fatal(err)
		}
	}
	out.WriteString("\x00\x00\x00\x05abc")
	var values []string
	var errs []error
	for v, err := range frames.All[string](frames.NewReader(&out)) {
		if err != nil {
			errs = append(errs, err)
			if v != "" {
				t.Errorf("%q comes with %v", v, err)
			}
			continue
		}
		values = append(values, v)
	}
	if !slices.Equal(values, []string{"ok", "ok"}) || len(errs) != len(bad)+1 {
		t.Fatalf("%q, %v", values, errs)
	}
	offset := int64(0)
	for i, err := range errs[:len(bad)] {
		var pe *frames.PayloadError
		if !errors.As(err, &pe) || pe.Frame != int64(i) || pe.Offset != offset+4 {
			t.Errorf("payload %d at %d: %v", i, offset, err)
		}
		offset += 4 + int64(len(bad[i]))
	}
	var fe *frames.Error
	if !errors.As(errs[len(bad)], &fe) || !errors.Is(fe, io.ErrUnexpectedEOF) {
		t.Error(errs[len(bad)])
	}
	if got := errs[0].Error(); !strings.HasPrefix(got, "frames: payload of frame 0 at offset 4: pickle: ") {
		t.Error(got)
	}
}

// TestAllStops ends a range early and goes on with another.
func TestAllStops(t *testing.T) {
	var out bytes.Buffer
	w := frames.NewWriter(&out)
	for i := range 4 {
		if err := w.Encode(i); err != nil {
			t.Fatal(err)
		}
	}
	r := frames.NewReader(&out)
	var got []int64
	for range 2 {
		for v, err := range frames.All[int64](r) {
			if err != nil {
				t.Fatal(err)
			}
			got = append(got, v)
			if v == 1 {
				break
			}
		}
	}
	if !slices.Equal(got, []int64{0, 1, 2, 3}) {
		t.Error(got)
	}
}

// TestValuesStay reads frame after frame into the same memory: what was loaded before does
// not change.
func TestValuesStay(t *testing.T) {
	type record struct {
		Text  string
		Bytes []byte
		Any   any
		Map   map[string][]byte
		Raw   py.Bytes
	}
	made := func(i int) record {
		text := strings.Repeat(string(rune('a'+i)), 100)
		return record{text, []byte(text), py.Tuple{text, py.Bytes(text), &py.ByteArray{Bytes: []byte(text)}},
			map[string][]byte{text: []byte(text)}, py.Bytes(text)}
	}
	var conn bytes.Buffer
	w := frames.NewWriter(&conn)
	for i := range 3 {
		if err := w.Encode(made(i)); err != nil {
			t.Fatal(err)
		}
	}
	var got []record
	for r, err := range frames.All[record](frames.NewReader(&conn)) {
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, r)
	}
	for i, r := range got {
		want := made(i)
		if r.Text != want.Text || !bytes.Equal(r.Bytes, want.Bytes) || !py.Equal(r.Any, want.Any) ||
			!bytes.Equal(r.Map[want.Text], want.Bytes) || r.Raw != want.Raw {
			t.Errorf("record %d is %v", i, r)
		}
	}
}
