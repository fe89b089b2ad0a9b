package files_test

import (
	"archive/tar"
	"bytes"
	"encoding/binary"
	"strings"
	"testing"
	"time"

	"github.com/go-pickle/pickle/scan/files"
)

// TestHostileTime scans files that are made to take far longer than their size.
func TestHostileTime(t *testing.T) {
	size := 2 << 20
	if testing.Short() {
		size = 1 << 20 // the race detector makes it some ten times slower
	}
	many := func(s string) string { return strings.Repeat(s, size/len(s)+1) }
	le, be := binary.LittleEndian, binary.BigEndian

	// Cells of one page of SQLite that all have the whole page as their content, with a pickle
	// that goes on to its end.
	sqlite := func() string {
		const page = 32768
		file := make([]byte, page)
		copy(file, "SQLite format 3\x00")
		be.PutUint16(file[16:], page)
		for len(file) < size {
			p := make([]byte, page)
			p[0] = 13
			const cells = 8000
			be.PutUint16(p[3:], cells)
			const at = 8 + 2*cells
			for i := range cells {
				be.PutUint16(p[8+2*i:], at)
			}
			row := p[at:]
			// Payload of 16,000 bytes, row 1, header of 4 bytes: one blob of 15,996.
			n := copy(row, []byte{0x80 | 16000>>7, 16000 & 0x7f, 1, 4, 0x80 | (15996*2+12)>>14, 0x80 | (15996*2+12)>>7&0x7f, (15996*2 + 12) & 0x7f})
			for i := n; i < len(row); i++ {
				row[i] = "N0"[i%2]
			}
			file = append(file, p...)
		}
		return string(file)
	}()
	// Buckets of gdbm that lie over one another.
	gdbm := func() string {
		file := make([]byte, size)
		le.PutUint32(file, 0x13579acf)
		le.PutUint64(file[8:], 64)
		le.PutUint32(file[16:], uint32(size/2))
		le.PutUint32(file[24:], uint32(size/2))
		for i := range size / 16 {
			le.PutUint64(file[64+8*i:], uint64(size/2-64+i%4096))
		}
		return string(file)
	}()
	// Entries of a directory that all lead to the same member.
	zipped := func() string {
		member := string(model())
		local := member[:strings.Index(member, "PK\x01\x02")]
		entry := member[len(local):strings.Index(member, "PK\x05\x06")]
		n := size / len(entry)
		end := []byte("PK\x05\x06\x00\x00\x00\x00")
		end = le.AppendUint16(le.AppendUint16(end, uint16(n)), uint16(n))
		end = le.AppendUint32(le.AppendUint32(end, uint32(n*len(entry))), uint32(len(local)))
		b := []byte(local + strings.Repeat(entry, n))
		for i := range n { // each with a name of its own
			copy(b[len(local)+i*len(entry)+46:], string(rune('a'+i%26))+string(rune('a'+i/26%26))+string(rune('a'+i/676%26))+string(rune('a'+i/17576%26)))
		}
		return string(append(b, append(end, 0, 0)...))
	}()
	// Local headers whose data all reach to the end.
	locals := many("PK\x03\x04\x14\x00\x00\x00\x08\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\xff\xff\x00\x00\xff\xff\x00\x01\x00\x00\x00a\x00\x00\x00\xff\xff")
	stored := many("PK\x03\x04\x14\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\xff\x00\x00\x00\xff\x00\x01\x00\x00\x00a")

	for name, data := range map[string]string{
		"SQLite":                          sqlite,
		"gdbm":                            gdbm,
		"one member of many names":        zipped,
		"deflated members without an end": locals,
		"stored members without an end":   stored,
		"end records of zip":              many("PK\x05\x06\x00\x00\x00\x00\x01\x00\x01\x00\x2e\x00\x00\x00\x00\x00\x00\x00\x00\x00"),
		"directory entries":               many("PK\x01\x02" + strings.Repeat("\x00", 42)),
		"pickles":                         many("N."),
		"pickles that break":              many("N.\x80\x04\x8c"),
		"pickles and something else":      many("N.\xff"),
		"starts of pickles":               many("\x80\x04"),
		"starts of long strings":          many("\x80\x04\x8d\x00\x00\x10\x00\x00\x00\x00\x00"),
		"starts of lists":                 many("\xff\x80\x04]("),
		"pickles and gzip":                many("N." + gzipped("N.")),
		"gzip of nothing":                 many(gzipped("")),
		"starts of zlib":                  many("x\x9c\x00"),
		"starts of zlib behind pickles":   many("N.x\x9c"),
		"starts of gzip":                  many("\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff"),
		"starts of bzip2":                 many("BZh91AY&SY\x00\x00\x00\x00"),
		"starts of lz4":                   many("\x04\x22\x4d\x18\x40\x40\xc0\x01\x00\x00\x80N"),
		"frames":                          many("\x00\x00\x00\x04\x80\x04N."),
		"frames over one another":         many("\x00\x10\x00\x00\x80\x04"),
		"numpy":                           many("\x93NUMPY\x01\x00\x2c\x00{'descr': '|u1', 'shape': (), 'fortran': 0}\nN"),
		"numpy, deep":                     "\x93NUMPY\x02\x00" + string(le.AppendUint32(nil, uint32(size))) + many("("),
		"tar":                             tarOf(size / 1024),
		"text":                            many("cat\ndog\n"),
		"text with names":                 many("\xffcos\nsystem\n"),
		"one line":                        many("c"),
		"marks":                           many("("),
		"base64":                          "gASV" + many("AAAA"),
		"7z":                              "7z\xbc\xaf\x27\x1c\x00\x04\x00\x00\x00\x00" + string(le.AppendUint64(nil, 0)) + string(le.AppendUint64(nil, uint64(size))) + "\x00\x00\x00\x00" + many("\x01\x04\x06\x00\x00\x07\x0b"),
		"protocol buffers that are none":  many("\x08\x01") + "\x07",
		"lengths of safetensors":          string(le.AppendUint64(nil, uint64(size-16))) + "{" + many(" "),
		"Berkeley DB":                     strings.Repeat("\x00", 12) + "\x61\x15\x06\x00" + strings.Repeat("\x00", 4) + "\x00\x02\x00\x00\x00\x0d" + many("\x00\x00\x01\x0d\x05\x00\x1a"),
	} {
		start := time.Now()
		r := files.Options{}.Bytes("x.pkl", []byte(data))
		d := time.Since(start)
		first := ""
		if len(r.Findings) > 0 {
			first = r.Findings[0].Message
		}
		t.Logf("%-34s %8v %v, %d findings: %s", name, d.Round(time.Millisecond), r.Verdict, len(r.Findings), first)
		if d > 10*time.Second {
			t.Errorf("%s: %d bytes took %v", name, len(data), d)
		}
	}
}

// tarOf is an archive of n members.
func tarOf(n int) string {
	var b bytes.Buffer
	w := tar.NewWriter(&b)
	for range n {
		w.WriteHeader(&tar.Header{Name: "x", Size: 2, Mode: 0o644})
		w.Write([]byte("N."))
	}
	w.Close()
	return b.String()
}
