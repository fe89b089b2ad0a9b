package container_test

import (
	"archive/zip"
	"bytes"
	"compress/flate"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"slices"
	"strings"
	"testing"

	"github.com/go-pickle/pickle/internal/container"
)

// A zipMember is a member that says what it likes.
type zipMember struct {
	name, centralName  string // centralName is name if it is ""
	data               string
	deflate            bool
	method             int // of the header, if it is not 0 or 8
	localFlags, flags  uint16
	localSize          int // added to what the local header says
	size               int // added to what the central one says
	crc                uint32
	hidden             bool // not in the directory
	descriptor, silent bool // sizes behind the data, and none in the headers
	zip64              bool
}

// zipFile writes an archive.
func zipFile(members ...zipMember) []byte {
	var body, directory []byte
	count := 0
	le := binary.LittleEndian
	for _, m := range members {
		packed, method := []byte(m.data), uint16(0)
		if m.deflate {
			var b bytes.Buffer
			w, _ := flate.NewWriter(&b, 9)
			w.Write(packed)
			w.Close()
			packed, method = b.Bytes(), 8
		}
		if m.method != 0 {
			method = uint16(m.method)
		}
		if m.descriptor {
			m.flags |= 8
		}
		crc := crc32.ChecksumIEEE([]byte(m.data)) ^ m.crc
		header := func(magic string, flags uint16, name string, more int, central bool) []byte {
			h := []byte(magic)
			if central {
				h = le.AppendUint16(h, 20)
			}
			h = le.AppendUint16(h, 20)
			h = le.AppendUint16(h, flags)
			h = le.AppendUint16(h, method)
			h = le.AppendUint32(h, 0)
			switch {
			case m.silent && !central:
				h = append(h, make([]byte, 12)...)
			case m.zip64:
				h = le.AppendUint32(h, crc)
				h = le.AppendUint32(h, 1<<32-1)
				h = le.AppendUint32(h, 1<<32-1)
			default:
				h = le.AppendUint32(h, crc)
				h = le.AppendUint32(h, uint32(len(packed)+more))
				h = le.AppendUint32(h, uint32(len(m.data)+more))
			}
			h = le.AppendUint16(h, uint16(len(name)))
			extra := 0
			if m.zip64 {
				extra = 20
			}
			h = le.AppendUint16(h, uint16(extra))
			if central {
				h = append(h, make([]byte, 10)...)
				h = le.AppendUint32(h, uint32(len(body)))
			}
			h = append(h, name...)
			if m.zip64 {
				h = le.AppendUint16(h, 1)
				h = le.AppendUint16(h, 16)
				h = le.AppendUint64(h, uint64(len(m.data)+more))
				h = le.AppendUint64(h, uint64(len(packed)+more))
			}
			return h
		}
		if !m.hidden {
			name := m.centralName
			if name == "" {
				name = m.name
			}
			directory = append(directory, header("PK\x01\x02", m.flags, name, m.size, true)...)
			count++
		}
		body = append(body, header("PK\x03\x04", m.flags|m.localFlags, m.name, m.localSize, false)...)
		body = append(body, packed...)
		if m.descriptor {
			body = append(body, "PK\x07\x08"...)
			body = le.AppendUint32(body, crc)
			body = le.AppendUint32(body, uint32(len(packed)))
			body = le.AppendUint32(body, uint32(len(m.data)))
		}
	}
	return append(append(body, directory...), zipEnd(count, len(directory), len(body))...)
}

func zipEnd(count, size, offset int) []byte {
	end := append([]byte("PK\x05\x06"), 0, 0, 0, 0)
	end = binary.LittleEndian.AppendUint16(end, uint16(count))
	end = binary.LittleEndian.AppendUint16(end, uint16(count))
	end = binary.LittleEndian.AppendUint32(end, uint32(size))
	end = binary.LittleEndian.AppendUint32(end, uint32(offset))
	return append(end, 0, 0)
}

const (
	evil = "cposix\nsystem\n(S'echo x'\ntR."
	good = "\x80\x02K\x01."
)

// TestZip reads archives that say different things to different readers.
func TestZip(t *testing.T) {
	const text = "just a text\n"
	plain := zipMember{name: "a.pkl", data: evil}
	with := func(f func(m *zipMember)) zipMember { m := plain; f(&m); return m }
	for _, row := range []struct {
		what  string
		data  []byte
		paths string // of the pickles, sorted
		kind  container.Kind
		said  string // "" is nothing but notes
	}{
		{"stored", zipFile(plain), "a.pkl@0", 0, ""},
		{"deflated", zipFile(with(func(m *zipMember) { m.deflate = true })), "a.pkl@0", 0, ""},
		{"descriptor", zipFile(with(func(m *zipMember) { m.deflate, m.descriptor, m.silent = true, true, true })), "a.pkl@0", 0, ""},
		{"stored descriptor", zipFile(with(func(m *zipMember) { m.descriptor, m.silent = true, true })), "a.pkl@0", 0, ""},
		{"zip64", zipFile(with(func(m *zipMember) { m.zip64 = true })), "a.pkl@0", 0, ""},
		{"prefix", append([]byte("#!/bin/sh\nexit 0\n"), zipFile(plain)...), "a.pkl@0", 0, ""},
		{"empty", zipFile(), "", 0, ""},
		{"a pickle in front", append([]byte(good), zipFile(zipMember{name: "b", data: text})...), "@0", container.Mismatch, "choose one"},
		{"a pickle in front of one", append([]byte(good), zipFile(plain)...), "@0 a.pkl@0", container.Mismatch, "choose one"},
		{"in the bytes of a pickle", []byte("\x80\x04B" + string(binary.LittleEndian.AppendUint32(nil, uint32(len(zipFile(plain))))) + string(zipFile(plain)) + "\x94."), "@0 a.pkl@0", 0, ""},
		{"two in a tar archive", []byte(tarFile("a", string(zipFile(plain)), "b", string(zipFile(plain)))), "a!a.pkl@0 a.pkl@0 b!a.pkl@0", 0, ""},
		{"encrypted flag", zipFile(with(func(m *zipMember) { m.flags = 1 })), "a.pkl@0", container.Mismatch, "encrypted"},
		{"encrypted flag before it", zipFile(with(func(m *zipMember) { m.localFlags = 1 })), "a.pkl@0", container.Mismatch, "encrypted"},
		{"masked flag", zipFile(with(func(m *zipMember) { m.localFlags = 0x2000 })), "a.pkl@0", container.Mismatch, "encrypted"},
		{"patch flag", zipFile(with(func(m *zipMember) { m.flags = 0x20; m.deflate = true })), "a.pkl@0", container.Mismatch, "patch"},
		{"really encrypted", zipFile(with(func(m *zipMember) { m.flags = 1; m.crc = 1; m.data = "\xe5\x01\x9f\x77 not to be read" })), "", container.Unreadable, "encrypted"},
		{"really encrypted, deflated", zipFile(with(func(m *zipMember) { m.flags = 1; m.method = 8; m.crc = 1; m.data = "\xe5\x01\x9f\x77 not to be read" })), "", container.Unreadable, "encrypted"},
		{"checksum", zipFile(with(func(m *zipMember) { m.crc = 5 })), "a.pkl@0", container.Mismatch, "checksum"},
		{"checksum, deflated", zipFile(with(func(m *zipMember) { m.crc = 5; m.deflate = true })), "a.pkl@0", container.Mismatch, "checksum"},
		{"another name", zipFile(with(func(m *zipMember) { m.centralName = "b.txt" })), "b.txt@0", container.Mismatch, "two names"},
		{"shorter before it", zipFile(with(func(m *zipMember) { m.localSize = -20 })), "a.pkl@0", container.Mismatch, "two sizes"},
		{"shorter in the directory", zipFile(with(func(m *zipMember) { m.size = -20 })), "a.pkl@0", container.Mismatch, "two sizes"},
		{"longer than the file", zipFile(with(func(m *zipMember) { m.size, m.localSize = 5000, 5000 })), "a.pkl@0", container.Unreadable, "cut off"},
		{"shorter, deflated", zipFile(with(func(m *zipMember) { m.deflate = true; m.size, m.localSize = -20, -20 })), "a.pkl@0", container.Mismatch, "takes"},
		{"unknown method", zipFile(with(func(m *zipMember) { m.method = 9 })), "", container.Unreadable, "Deflate64"},
		{"AES", zipFile(with(func(m *zipMember) { m.method = 99 })), "", container.Unreadable, "encrypted"},
		{"damaged", zipFile(with(func(m *zipMember) { m.method = 8; m.data = "\xff" + evil })), "", container.Unreadable, "damaged"},
		{"twice", zipFile(plain, zipMember{name: "a.pkl", data: good}), "a.pkl@0 a.pkl@0", container.Mismatch, "two members"},
		{"hidden", zipFile(zipMember{name: "x", data: text}, with(func(m *zipMember) { m.hidden = true }), zipMember{name: "y", data: text}), "a.pkl@0", container.Mismatch, "does not have"},
		{"hidden, deflated", zipFile(zipMember{name: "x", data: text}, with(func(m *zipMember) { m.hidden, m.deflate = true, true })), "a.pkl@0", container.Mismatch, "does not have"},
		{"hidden behind a descriptor", zipFile(zipMember{name: "x", data: text}, with(func(m *zipMember) { m.hidden, m.descriptor, m.silent = true, true, true })), "a.pkl@0", container.Mismatch, "does not have"},
		{"cut off", zipFile(plain)[:70], "a.pkl@0", container.Unreadable, "directory"},
		{"traversal", zipFile(with(func(m *zipMember) { m.name = "../../a.pkl" })), "../../a.pkl@0", container.Name, "leads out"},
		{"backwards", zipFile(with(func(m *zipMember) { m.name = `..\a.pkl` })), `..\a.pkl@0`, container.Name, "leads out"},
		{"NUL", zipFile(with(func(m *zipMember) { m.name = "a.pkl\x00.txt" })), "a.pkl\x00.txt@0", container.Name, "NUL"},
		{"inside one another", zipFile(zipMember{name: "z.zip", data: string(zipFile(with(func(m *zipMember) { m.deflate = true })))}), "z.zip!a.pkl@0", 0, ""},
		{"a comment like an end record", func() []byte {
			b := zipFile(plain)
			b[len(b)-2] = 22
			return append(b, zipEnd(1, 10, 3)...)
		}(), "a.pkl@0", container.Mismatch, "several end records"},
		{"nowhere", func() []byte {
			b := zipFile(plain)
			i := bytes.Index(b, []byte("PK\x01\x02"))
			binary.LittleEndian.PutUint32(b[i+42:], 12345)
			return b
		}(), "a.pkl@0", container.Unreadable, "no such member"},
	} {
		r := walk(row.data, container.Limits{})
		slices.Sort(r.pickles)
		if got := strings.Join(r.pickles, " "); got != row.paths {
			t.Errorf("%s: pickles at %q, want %q; %q", row.what, got, row.paths, r.problems)
		}
		switch {
		case row.said == "" && r.suspicious():
			t.Errorf("%s: %q", row.what, r.problems)
		case row.said != "" && !r.has(row.kind, row.said):
			t.Errorf("%s: nothing about %q: %q", row.what, row.said, r.problems)
		}
	}
}

// TestZipTorch tells apart what torch.load reads as pickles and as storages.
func TestZipTorch(t *testing.T) {
	data := zipFile(
		zipMember{name: "archive/data.pkl", data: good},
		zipMember{name: "archive/byteorder", data: "little"},
		zipMember{name: "archive/data/0", data: "\x01\x02\x03\x04\x05\x06\x07\xff"},
		zipMember{name: "archive/data/1", data: "\xf0\x01\x02\x03", deflate: true},
		zipMember{name: "archive/data/2", data: evil, deflate: true},
		zipMember{name: "archive/version", data: "3\n"},
	)
	r := walk(data, container.Limits{})
	if !slices.Equal(r.torch, []string{"archive/data.pkl"}) || r.suspicious() {
		t.Errorf("torch reads %q; %q", r.torch, r.problems)
	}
	if fmt.Sprint(r.storages) != "map[]" && fmt.Sprint(r.storages) != "map[0:8 1:4 2:28]" {
		t.Errorf("storages %v", r.storages)
	}
	if !slices.Contains(r.pickles, "archive/data/2@0") {
		t.Errorf("a storage that is a pickle is not found: %q", r.pickles)
	}
	// The same names mean nothing without what torch.save writes beside them.
	r = walk(zipFile(zipMember{name: "x/0", data: "\x01\x02\x03\x04\x05\x06\x07\xff"}), container.Limits{})
	if !r.has(container.Unknown, "x/0") {
		t.Errorf("unknown data in an archive: %q", r.problems)
	}
}

// TestZipOverlap reads archives whose members lie over one another, which would cost far more
// than their size.
func TestZipOverlap(t *testing.T) {
	// Each local header's data reach to the end of the file, and the directory has all of them.
	var body, directory []byte
	const n = 3000
	for range n {
		h := zipFile(zipMember{name: "m", data: ""})[:31]
		binary.LittleEndian.PutUint32(h[18:], 1<<20)
		binary.LittleEndian.PutUint32(h[22:], 1<<20)
		c := append([]byte("PK\x01\x02\x14\x00"), h[4:30]...)
		c = append(c, make([]byte, 14)...)
		binary.LittleEndian.PutUint32(c[42:], uint32(len(body)))
		directory = append(append(directory, c[:46]...), 'm')
		body = append(body, h...)
	}
	body = append(body, bytes.Repeat([]byte(good), 200_000)...)
	data := append(append(body, directory...), zipEnd(n, len(directory), len(body))...)
	r := walk(data, container.Limits{})
	if !r.has(container.Limit, "over one another") {
		t.Errorf("%.300q", r.problems)
	}
	if r.bytes > 11*int64(len(data))+1<<20 {
		t.Errorf("%d bytes looked at, the file has %d", r.bytes, len(data))
	}
}

// TestZipGo reads what archive/zip writes.
func TestZipGo(t *testing.T) {
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for i, method := range []uint16{zip.Store, zip.Deflate} {
		w, err := z.CreateHeader(&zip.FileHeader{Name: fmt.Sprint(i), Method: method})
		if err != nil {
			t.Fatal(err)
		}
		w.Write([]byte(evil))
	}
	z.SetComment("a comment")
	z.Close()
	r := walk(b.Bytes(), container.Limits{})
	if !slices.Equal(r.pickles, []string{"0@0", "1@0"}) || r.suspicious() {
		t.Errorf("%q %q", r.pickles, r.problems)
	}
}

// TestZipCut cuts an archive after each byte: the pickle that is whole is found wherever the
// end is.
func TestZipCut(t *testing.T) {
	data := zipFile(zipMember{name: "a", data: evil}, zipMember{name: "b", data: good, deflate: true})
	for n := range data {
		r := walk(data[:n], container.Limits{})
		if n >= 31+len(evil) && !slices.Contains(r.pickles, "a@0") {
			t.Errorf("of the first %d bytes: %q", n, r.pickles)
		}
		if n > 8 && !r.suspicious() {
			t.Errorf("the first %d bytes are not suspicious: %q", n, r.problems)
		}
	}
}
