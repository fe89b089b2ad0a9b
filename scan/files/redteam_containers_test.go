package files_test

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"compress/flate"
	"compress/gzip"
	"compress/zlib"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"hash/crc32"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/klauspost/compress/zstd"
	"github.com/pierrec/lz4/v4"
	"github.com/ulikunitz/xz"
	"github.com/ulikunitz/xz/lzma"

	"github.com/go-pickle/pickle/internal/corpus"
)

// zipOf is a stored zip archive of names and contents.
func zipOf(members ...string) []byte { return zipBy(zip.Store, members...) }

func zipBy(method uint16, members ...string) []byte {
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	w.RegisterCompressor(zip.Deflate, func(out io.Writer) (io.WriteCloser, error) { return flate.NewWriter(out, 1) })
	w.RegisterCompressor(14, func(out io.Writer) (io.WriteCloser, error) { // LZMA: version, size of the properties, properties
		var all bytes.Buffer
		lw, err := lzma.WriterConfig{EOSMarker: true}.NewWriter(&all)
		return closing{lw, func() error {
			lw.Close()
			b := all.Bytes()
			_, err := out.Write(append(append([]byte{9, 4, 5, 0}, b[:5]...), b[13:]...))
			return err
		}}, err
	})
	w.RegisterCompressor(93, func(out io.Writer) (io.WriteCloser, error) { return zstd.NewWriter(out) })
	w.RegisterCompressor(95, func(out io.Writer) (io.WriteCloser, error) { // which writes before it is asked to
		var all bytes.Buffer
		xw, err := xz.NewWriter(&all)
		return closing{xw, func() error {
			xw.Close()
			_, err := out.Write(all.Bytes())
			return err
		}}, err
	})
	for i := 0; i+1 < len(members); i += 2 {
		m, err := w.CreateHeader(&zip.FileHeader{Name: members[i], Method: method})
		if err == nil {
			_, err = m.Write([]byte(members[i+1]))
		}
		if err != nil {
			panic(err)
		}
	}
	if err := w.Close(); err != nil {
		panic(err)
	}
	return out.Bytes()
}

type closing struct {
	io.Writer
	close func() error
}

func (c closing) Close() error { return c.close() }

// A zipEntry is a member of a zip archive in which the two headers may say different things.
type zipEntry struct {
	name, local                 string // local if the local header has another name
	data                        string
	flags                       uint16
	method, localMethod         uint16
	extra, localExtra           string
	size, packed                int64 // in the central directory, -1: 0
	zeroLocal, hidden, wrongCRC bool  // sizes 0 in the local header; not in the central directory
	attributes                  uint32
}

func rawZip(prefix, comment string, entries ...zipEntry) []byte {
	le := binary.LittleEndian
	out := []byte(prefix)
	var central []byte
	count := 0
	for _, e := range entries {
		at := len(out)
		crc := crc32.ChecksumIEEE([]byte(e.data))
		if e.wrongCRC {
			crc++
		}
		local, lm := e.local, e.localMethod
		if local == "" {
			local = e.name
		}
		if lm == 0 {
			lm = e.method
		}
		n := uint32(len(e.data))
		ln := n
		if e.zeroLocal {
			ln = 0
		}
		h := []byte("PK\x03\x04\x14\x00")
		h = le.AppendUint16(h, e.flags)
		h = le.AppendUint16(h, lm)
		h = append(h, 0, 0, 0x21, 0x50)
		h = le.AppendUint32(h, crc)
		h = le.AppendUint32(h, ln)
		h = le.AppendUint32(h, ln)
		h = le.AppendUint16(h, uint16(len(local)))
		h = le.AppendUint16(h, uint16(len(e.localExtra)))
		out = append(out, h...)
		out = append(out, local+e.localExtra+e.data...)
		if e.zeroLocal {
			out = append(out, "PK\x07\x08"...)
			out = le.AppendUint32(le.AppendUint32(le.AppendUint32(out, crc), n), n)
		}
		if e.hidden {
			continue
		}
		count++
		size, packed := n, n
		if e.size != 0 {
			size = uint32(max(0, e.size))
		}
		if e.packed != 0 {
			packed = uint32(max(0, e.packed))
		}
		c := []byte("PK\x01\x02\x14\x03\x14\x00")
		c = le.AppendUint16(c, e.flags)
		c = le.AppendUint16(c, e.method)
		c = append(c, 0, 0, 0x21, 0x50)
		c = le.AppendUint32(c, crc)
		c = le.AppendUint32(c, packed)
		c = le.AppendUint32(c, size)
		c = le.AppendUint16(c, uint16(len(e.name)))
		c = le.AppendUint16(c, uint16(len(e.extra)))
		c = append(c, 0, 0, 0, 0, 0, 0)
		c = le.AppendUint32(c, e.attributes)
		c = le.AppendUint32(c, uint32(at))
		central = append(central, c...)
		central = append(central, e.name+e.extra...)
	}
	at := len(out)
	out = append(out, central...)
	out = append(out, "PK\x05\x06\x00\x00\x00\x00"...)
	out = le.AppendUint16(le.AppendUint16(out, uint16(count)), uint16(count))
	out = le.AppendUint32(le.AppendUint32(out, uint32(len(central))), uint32(at))
	out = le.AppendUint16(out, uint16(len(comment)))
	return append(out, comment...)
}

// tarBy is a tar archive of headers with contents.
func tarBy(format tar.Format, members ...string) []byte {
	var out bytes.Buffer
	w := tar.NewWriter(&out)
	for i := 0; i+1 < len(members); i += 2 {
		h := &tar.Header{Name: members[i], Size: int64(len(members[i+1])), Mode: 0o644, Format: format}
		if format == tar.FormatPAX {
			h.PAXRecords = map[string]string{"SCHILY.xattr.user.x": "y", "comment": "é"}
		}
		if err := w.WriteHeader(h); err != nil {
			panic(err)
		}
		w.Write([]byte(members[i+1]))
	}
	w.Close()
	return out.Bytes()
}

func gz(data string, edit func(w *gzip.Writer)) string {
	var out bytes.Buffer
	w := gzip.NewWriter(&out)
	if edit != nil {
		edit(w)
	}
	w.Write([]byte(data))
	w.Close()
	return out.String()
}

func zlibOf(data string, level int) string {
	var out bytes.Buffer
	w, _ := zlib.NewWriterLevel(&out, level)
	w.Write([]byte(data))
	w.Close()
	return out.String()
}

func xzOf(data string, c xz.WriterConfig) string {
	var out bytes.Buffer
	w, err := c.NewWriter(&out)
	if err != nil {
		panic(err)
	}
	w.Write([]byte(data))
	w.Close()
	return out.String()
}

func lzmaOf(data string, c lzma.WriterConfig) string {
	var out bytes.Buffer
	w, err := c.NewWriter(&out)
	if err != nil {
		panic(err)
	}
	w.Write([]byte(data))
	w.Close()
	return out.String()
}

func zstdOf(data string, o ...zstd.EOption) string {
	w, err := zstd.NewWriter(nil, o...)
	if err != nil {
		panic(err)
	}
	return string(w.EncodeAll([]byte(data), nil))
}

func lz4Of(data string, o ...lz4.Option) string {
	var out bytes.Buffer
	w := lz4.NewWriter(&out)
	if err := w.Apply(o...); err != nil {
		panic(err)
	}
	w.Write([]byte(data))
	w.Close()
	return out.String()
}

// npy is a file of numpy with a header as it is given.
func npy(version byte, header, data string) string {
	h := header + "\n"
	if version == 1 {
		return "\x93NUMPY\x01\x00" + string([]byte{byte(len(h)), byte(len(h) >> 8)}) + h + data
	}
	return "\x93NUMPY" + string([]byte{version, 0, byte(len(h)), byte(len(h) >> 8), 0, 0}) + h + data
}

// containerFiles are pickles that run a command, in all that keeps pickles.
func containerFiles(t *testing.T) []made {
	var all []made
	add := func(id, accept, name, data string) {
		all = append(all, made{id: id, accept: accept, name: name, data: []byte(data)})
	}
	zipped := func(id, accept, name string, data []byte) { add("zip: "+id, accept, name, string(data)) }
	bad, old, ok := harmful[0], harmful[1], benign[0]

	zipped("torch", "D", "m.pt", zipOf("m/data.pkl", bad, "m/version", "3\n", "m/data/0", "\x00\x00\x00\x00"))
	zipped("TorchScript's constants", "D", "m.pt", zipOf("m/data.pkl", ok, "m/constants.pkl", bad, "m/code/__torch__.py", "x = 1\n", "m/version", "3\n"))
	zipped("torch, no folder", "D", "m.ckpt", zipOf("data.pkl", old))
	zipped("torch.package", "D", "m.pt", zipOf("p/.data/version", "6\n", "p/models/model.pkl", ok, "p/models/extra", old))
	zipped("torch, an extra file", "D", "m.pt", zipOf("m/data.pkl", ok, "m/version", "3\n", "m/extra/notes", bad))
	zipped("deflated", "D", "x.zip", zipBy(zip.Deflate, "a", old))
	zipped("LZMA", "D", "x.npz", zipBy(14, "a.npy", npy(1, "{'descr': '|O', 'fortran_order': False, 'shape': (1,), }", bad)))
	zipped("zstd", "D", "x.zip", zipBy(93, "a.pkl", bad))
	zipped("xz", "D", "x.zip", zipBy(95, "a.pkl", bad))
	zipped("in a zip", "D", "x.zip", zipOf("a/b.zip", string(zipBy(zip.Deflate, "c.dat", old))))
	zipped("in a gzip", "D", "x.gz", []byte(gz(string(zipOf("a", bad)), nil)))
	zipped("five deep", "D", "x.zip", zipOf("a", string(zipOf("b", string(zipOf("c", string(zipOf("d", string(zipOf("e", bad))))))))))
	zipped("twelve deep", "SD", "x.zip", func() []byte {
		z := []byte(bad)
		for range 12 {
			z = zipOf("a", string(z))
		}
		return z
	}())
	zipped("two archives, the first one bad", "D", "x.zip", append(zipOf("data.pkl", bad), zipOf("data.pkl", ok)...))
	zipped("two archives, the second one bad", "D", "x.zip", append(zipOf("data.pkl", ok), zipOf("data.pkl", bad)...))
	zipped("cut off", "D", "x.zip", zipOf("data.pkl", bad, "b", "c")[:60+len(bad)])
	zipped("no end record", "D", "x.zip", bytes.Replace(zipOf("data.pkl", bad), []byte("PK\x05\x06"), []byte("PK\x05\x07"), 1))
	zipped("end record cut off", "D", "x.zip", func() []byte { z := zipOf("data.pkl", bad); return z[:len(z)-4] }())
	e := func(name, data string) zipEntry { return zipEntry{name: name, data: data} }
	edit := func(z zipEntry, f func(z *zipEntry)) zipEntry { f(&z); return z }
	for id, z := range map[string][]byte{
		"data descriptor":                rawZip("", "", edit(e("data.pkl", bad), func(z *zipEntry) { z.flags, z.zeroLocal = 8, true })),
		"sizes in the local header only": rawZip("", "", edit(e("data.pkl", bad), func(z *zipEntry) { z.size, z.packed = -1, -1 })),
		"a member that is hidden":        rawZip("", "", e("a", ok), edit(e("data.pkl", bad), func(z *zipEntry) { z.hidden = true }), e("b", ok)),
		"all hidden":                     rawZip("", "", edit(e("data.pkl", bad), func(z *zipEntry) { z.hidden = true })),
		"names that differ in case":      rawZip("", "", e("data.pkl", ok), e("Data.PKL", bad)),
		"the same name thrice":           rawZip("", "", e("data.pkl", ok), e("data.pkl", old), e("data.pkl", ok)),
		"another local name":             rawZip("", "", edit(e("readme.txt", bad), func(z *zipEntry) { z.local = "data.pkl" })),
		"a backslash":                    rawZip("", "", e("m\\data.pkl", bad)),
		"a folder with content":          rawZip("", "", edit(e("data.pkl/", bad), func(z *zipEntry) { z.attributes = 0x10 })),
		"an empty name":                  rawZip("", "", e("", bad)),
		"a symbolic link":                rawZip("", "", edit(e("data.pkl", bad), func(z *zipEntry) { z.attributes = 0xa1ff0000 })),
		"a unicode path":                 rawZip("", "", edit(e("x.txt", bad), func(z *zipEntry) { z.extra = "up\x0d\x00\x01\x00\x00\x00\x00data.pkl" })),
		"a wrong CRC":                    rawZip("", "", edit(e("data.pkl", bad), func(z *zipEntry) { z.wrongCRC = true })),
		"encrypted by flag alone":        rawZip("", "", edit(e("data.pkl", bad), func(z *zipEntry) { z.flags = 1 })),
		"strong encryption by flag":      rawZip("", "", edit(e("data.pkl", bad), func(z *zipEntry) { z.flags = 0x41 })),
		"patched data by flag":           rawZip("", "", edit(e("data.pkl", bad), func(z *zipEntry) { z.flags = 0x20 })),
		"stored, deflated by the local":  rawZip("", "", edit(e("data.pkl", bad), func(z *zipEntry) { z.localMethod = 8 })),
		"deflated, stored by the local":  rawZip("", "", edit(e("data.pkl", string(deflated(bad))), func(z *zipEntry) { z.method, z.localMethod, z.size = 8, 99, int64(len(bad)) })),
		"size of one byte":               rawZip("", "", edit(e("data.pkl", bad), func(z *zipEntry) { z.size, z.packed = 1, 1 })),
		"a shell script in front":        rawZip("#!/bin/sh\nexit\n", "", e("data.pkl", bad)),
		"a zip64 extra":                  rawZip("", "", edit(e("data.pkl", bad), func(z *zipEntry) { z.localExtra = "\x01\x00\x10\x00" + strings.Repeat("\x00", 16) })),
		"a comment":                      rawZip("", "PK\x05\x06"+strings.Repeat("\x00", 18), e("data.pkl", bad)),
		"a comment with a zip":           rawZip("", string(zipOf("x", ok)), e("data.pkl", bad)),
		"a Java archive":                 rawZip("", "", edit(e("META-INF/MANIFEST.MF", "a: b\n"), func(z *zipEntry) { z.localExtra = "\xfe\xca\x00\x00" }), e("x.class", bad)),
		"a name of 300 dots":             rawZip("", "", e(strings.Repeat("../", 100)+"x", bad)),
		"UTF-8 by flag":                  rawZip("", "", edit(e("模型.pkl", bad), func(z *zipEntry) { z.flags = 0x800 })),
		"a bad offset in the end record": bytes.Replace(rawZip("", "", e("data.pkl", bad)), []byte("\x01\x00\x01\x00"), []byte("\x01\x00\x01\x01"), 1),
	} {
		zipped(id, "D", "x.pt", z)
	}
	for id, z := range map[string][]byte{
		"encrypted":         rawZip("", "", edit(e("data.pkl", "\x93\x1c\xaa\x07\x51\xfe\x00\x8d\x12\x9f\x20\x31"), func(z *zipEntry) { z.flags = 1 })),
		"AES":               rawZip("", "", edit(e("data.pkl", "\x93\x1c\xaa\x07\x51\xfe\x00\x8d\x12\x9f\x20\x31"), func(z *zipEntry) { z.flags, z.method = 1, 99 })),
		"PPMd":              rawZip("", "", edit(e("data.pkl", "\x93\x1c\xaa\x07\x51\xfe\x00\x8d"), func(z *zipEntry) { z.method = 98 })),
		"imploded":          rawZip("", "", edit(e("data.pkl", "\x93\x1c\xaa\x07\x51\xfe\x00\x8d"), func(z *zipEntry) { z.method = 6 })),
		"no archive at all": []byte("PK\x03\x04 and then nothing"),
		"damaged deflate":   rawZip("", "", edit(e("data.pkl", "\x07\xff\xff\xff\xff\xff"), func(z *zipEntry) { z.method = 8 })),
		"outside of itself": rawZip("", "", edit(e("data.pkl", ok), func(z *zipEntry) { z.packed = 1 << 30 })),
	} {
		zipped(id, "SD", "x.pt", z)
	}

	for id, header := range map[string]string{
		"O": "{'descr': 'O', 'fortran_order': False, 'shape': (1,), }", "|O8": "{'descr': '|O8', 'fortran_order': False, 'shape': (), }", "escaped": `{'descr': '\x7cO', 'fortran_order': False, 'shape': (1,), }`,
		"octal": `{'descr': '|\117', 'fortran_order': False, 'shape': (1,), }`, "adjacent strings": "{'descr': '|' 'O', 'fortran_order': False, 'shape': (1,), }", "double quotes": `{"descr": "|O", "fortran_order": False, "shape": (1,)}`,
		"triple quotes": "{'descr': '''|O''', 'fortran_order': False, 'shape': (1,), }", "a record": "{'descr': [('a', '<f8'), ('b', '|O')], 'fortran_order': False, 'shape': (1,), }",
		"a record in a record": "{'descr': [('a', [('b', '|O')])], 'fortran_order': False, 'shape': (1,), }", "a subarray": "{'descr': [('a', '|O', (2,))], 'fortran_order': False, 'shape': (1,), }",
		"order of keys": "{'shape': (1,), 'fortran_order': True, 'descr': '|O'}", "a key twice": "{'descr': '<f8', 'fortran_order': False, 'shape': (1,), 'descr': '|O'}", "object": "{'descr': 'object', 'fortran_order': False, 'shape': (1,), }",
		"Python 2's shape": "{'descr': '|O', 'fortran_order': False, 'shape': (1L,), }", "comment": "{'descr': '|O', 'fortran_order': False, 'shape': (1,), } # <f8", "line ends": "{'descr':\n '|O',\n 'fortran_order': False,\n 'shape': (1,), }",
		"a negative shape": "{'descr': '|O', 'fortran_order': False, 'shape': (-1,), }", "a bytes literal": "{'descr': b'|O', 'fortran_order': False, 'shape': (1,), }", "parentheses": "{'descr': ('|O'), 'fortran_order': (False), 'shape': (1,), }",
		"raw string": "{'descr': r'|O', 'fortran_order': False, 'shape': (1,), }", "a unicode string": "{'descr': u'|O', 'fortran_order': False, 'shape': (1,), }",
	} {
		add("npy: "+id, "D", "a.npy", npy(byte(1+len(id)%3), header, bad))
	}
	add("npy: two in one file", "D", "a.npy", npy(1, "{'descr': '|u1', 'fortran_order': False, 'shape': (1,), }", "\x01")+npy(1, "{'descr': '|O', 'fortran_order': False, 'shape': (1,), }", old))
	add("npz: protocol 0", "D", "a.npz", string(zipOf("arr_0.npy", npy(2, "{'descr': '|O', 'fortran_order': False, 'shape': (1,), }", old))))
	add("npz: a pickle", "D", "a.npz", string(zipOf("arr_0.npy", old)))
	add("npy: version 7", "SD", "a.npy", npy(7, "{'descr': '<f8', 'fortran_order': False, 'shape': (0,), }", ""))
	add("npy: a header that is cut off", "SD", "a.npy", "\x93NUMPY\x01\x00\xff\xff{'descr'")

	for id, f := range map[string]tar.Format{"ustar": tar.FormatUSTAR, "pax": tar.FormatPAX, "gnu": tar.FormatGNU} {
		name := "a/b"
		if id != "ustar" {
			name = strings.Repeat("long/", 40) + "name"
		}
		add("tar: "+id, "D", "x.tar", string(tarBy(f, "readme", "hello\n", name, old)))
		add("tar.gz: "+id, "D", "x.tgz", gz(string(tarBy(f, name, bad)), nil))
	}
	torchTar := tarBy(tar.FormatGNU, "sys_info", ok, "pickle", old, "tensors", ok, "storages", ok)
	add("tar: torch's first format", "D", "m.pt", string(torchTar))
	add("tar: behind the end", "D", "x.tar", string(tarBy(tar.FormatUSTAR, "a", ok))+string(tarBy(tar.FormatUSTAR, "b", bad)))
	add("tar: a member of the old form", "D", "x.tar", oldTar("data", bad))
	add("tar: a wrong checksum", "SD", "x.tar", strings.Replace(oldTar("data", bad), "0000644", "0000600", 1))
	add("tar: cut off", "D", "x.tar", string(tarBy(tar.FormatUSTAR, "a", bad))[:512+len(bad)])
	add("tar: in xz", "D", "x.tar.xz", xzOf(string(torchTar), xz.WriterConfig{}))
	add("tar: in zstd", "D", "x.tar.zst", zstdOf(string(torchTar)))
	add("tar: of a zip of a gzip", "D", "x.tar", string(tarBy(tar.FormatPAX, "z", string(zipOf("g", gz(bad, nil))))))
	add("tar: two members of one name", "D", "x.tar", string(tarBy(tar.FormatUSTAR, "a.pkl", bad, "a.pkl", ok)))

	half := len(bad) / 2
	plain := func(x string) string { return gz(x, nil) }
	for id, data := range map[string]string{
		"two members": plain(ok) + plain(bad), "split in the middle": plain(bad[:half]) + plain(bad[half:]), "NULs between": plain(ok) + "\x00\x00\x00\x00" + plain(old), "an empty member first": plain("") + plain(bad),
		"garbage behind": plain(bad) + "\xff\xff\xff\xff", "a name and a comment": gz(bad, func(w *gzip.Writer) { w.Name, w.Comment, w.Extra = "x.txt", "safe", []byte("AB\x02\x00xx") }),
		"a wrong CRC": func() string { z := []byte(plain(bad)); z[len(z)-6] ^= 1; return string(z) }(), "cut off": plain(bad)[:len(plain(bad))-8], "twice": plain(plain(bad)), "a pickle behind": plain(ok) + bad,
		"stored": func() string {
			var out bytes.Buffer
			w, _ := gzip.NewWriterLevel(&out, 0)
			w.Write([]byte(old))
			w.Close()
			return out.String()
		}(),
	} {
		accept := "D"
		add("gzip: "+id, accept, "x.pkl.gz", data)
	}
	for id, data := range map[string]string{
		"level 0": zlibOf(bad, 0), "level 1": zlibOf(old, 1), "level 9": zlibOf(bad, 9), "a window of 256 bytes": "\x08\x1d" + zlibOf(bad, 6)[2:], "a window of 512 bytes": "\x18\x19" + zlibOf(bad, 6)[2:], "a window of 4 KiB": "\x48\x89" + zlibOf(bad, 6)[2:],
		"a wrong sum": func() string { z := []byte(zlibOf(bad, 6)); z[len(z)-1] ^= 1; return string(z) }(), "without its sum": zlibOf(bad, 6)[:len(zlibOf(bad, 6))-4], "of zlib": zlibOf(zlibOf(bad, 6), 6), "two": zlibOf(ok, 6) + zlibOf(bad, 6),
		"joblib's first form": "ZF0x26               " + zlibOf(bad, 3),
	} {
		accept := "D"
		if id == "a window of 256 bytes" {
			accept = "DS"
		}
		add("zlib: "+id, accept, "x.z", data)
	}
	add("deflate without a frame", "SD", "x.pkl", string(deflated(bad)))
	none, sha := xz.WriterConfig{NoCheckSum: true}, xz.WriterConfig{CheckSum: xz.SHA256}
	add("xz: no check", "D", "x.xz", xzOf(bad, none))
	add("xz: SHA-256", "D", "x.xz", xzOf(old, sha))
	add("xz: two streams", "D", "x.xz", xzOf(ok, none)+xzOf(bad, sha))
	add("xz: padded", "D", "x.xz", xzOf(ok, none)+"\x00\x00\x00\x00\x00\x00\x00\x00"+xzOf(bad, none))
	add("xz: cut off", "D", "x.xz", xzOf(bad, none)[:len(xzOf(bad, none))-20])
	add("xz: small blocks", "D", "x.xz", xzOf(ok+bad, xz.WriterConfig{BlockSize: 16}))
	add("lzma: unknown size", "D", "x.lzma", lzmaOf(bad, lzma.WriterConfig{}))
	add("lzma: known size", "D", "x.lzma", lzmaOf(bad, lzma.WriterConfig{SizeInHeader: true, Size: int64(len(bad))}))
	add("lzma: other properties", "D", "x.lzma", lzmaOf(bad, lzma.WriterConfig{Properties: &lzma.Properties{LC: 1, LP: 2, PB: 0}}))
	skip := "\x50\x2a\x4d\x18\x04\x00\x00\x00abcd"
	add("zstd: a frame to skip", "D", "x.zst", skip+zstdOf(bad))
	add("zstd: ten frames to skip", "D", "x.zst", strings.Repeat("\x5f\x2a\x4d\x18\x00\x00\x00\x00", 10)+zstdOf(old))
	add("zstd: two frames", "D", "x.zst", zstdOf(ok)+zstdOf(bad))
	add("zstd: skipped between", "D", "x.zst", zstdOf(ok)+skip+zstdOf(bad))
	add("zstd: no checksum", "D", "x.zst", zstdOf(bad, zstd.WithEncoderCRC(false)))
	add("zstd: single segment", "D", "x.zst", zstdOf(bad, zstd.WithSingleSegment(true)))
	add("zstd: cut off", "DS", "x.zst", zstdOf(bad + strings.Repeat("N0", 10))[:len(zstdOf(bad+strings.Repeat("N0", 10)))-3])
	add("lz4: plain", "D", "x.lz4", lz4Of(bad))
	add("lz4: block checksums", "D", "x.lz4", lz4Of(old, lz4.BlockChecksumOption(true), lz4.ChecksumOption(false)))
	add("lz4: a size", "D", "x.lz4", lz4Of(bad, lz4.SizeOption(uint64(len(bad)))))
	add("lz4: the old frame", "DS", "x.lz4", lz4Of(bad, lz4.LegacyOption(true)))
	add("lz4: a frame to skip", "D", "x.lz4", skip+lz4Of(bad))
	add("lz4: two frames", "D", "x.lz4", lz4Of(ok)+lz4Of(bad))
	add("lz4: cut off", "D", "x.lz4", lz4Of(bad)[:len(lz4Of(bad))-4])
	add("lz4: block without a frame", "SD", "x.pkl", lz4Of(bad)[11:])
	add("nine layers", "D", "x", gz(zlibOf(xzOf(zstdOf(lz4Of(gz(bad, nil))), none), 6), nil))
	add("twelve layers", "SD", "x", func() string {
		x := bad
		for range 12 {
			x = gz(x, nil)
		}
		return x
	}())
	add("a bomb of gzip", "SD", "x.pkl.gz", gz(gz("\x80\x04B\x00\x00\x00\x04"+strings.Repeat("\x00", 64<<20)+".", nil), nil))

	be := binary.BigEndian
	le := binary.LittleEndian
	n := uint64(len(bad))
	for id, data := range map[string]string{
		"four bytes": string(be.AppendUint32(nil, uint32(n))) + bad, "four bytes, second": string(be.AppendUint32(nil, uint32(len(ok)))) + ok + string(be.AppendUint32(nil, uint32(n))) + bad, "four bytes, protocol 0": string(be.AppendUint32(nil, uint32(len(old)))) + old,
		"eight bytes": string(be.AppendUint64(nil, n)) + bad, "little-endian": string(le.AppendUint32(nil, uint32(n))) + bad, "little-endian, eight bytes": string(le.AppendUint64(nil, n)) + bad, "multiprocessing's long form": "\xff\xff\xff\xff" + string(be.AppendUint64(nil, n)) + bad,
		"two bytes": string(be.AppendUint16(nil, uint16(n))) + bad, "netstring": fmt.Sprintf("%d:%s,", n, bad), "Redis": fmt.Sprintf("$%d\r\n%s\r\n", n, bad), "memcached": fmt.Sprintf("VALUE k 1 %d\r\n%s\r\nEND\r\n", n, bad), "one of zlib": string(be.AppendUint32(nil, 40)) + zlibOf(bad, 6),
		"HTTP": "HTTP/1.1 200 OK\r\nContent-Type: application/octet-stream\r\n\r\n" + bad, "mail": "Content-Type: x\n\n" + bad, "a BOM": "\xef\xbb\xbf" + bad, "a script": "#!/usr/bin/env python\n" + bad, "Django's files": "\x80\x04GA\xda\x00\x00\x00\x00\x00\x00." + zlibOf(bad, 6),
		"cachelib's files": "\x00\x00\x00\x00" + bad, "cachelib's old files": "\x80\x04K\x00." + bad, "flask's mark": "!" + bad, "flask's mark, protocol 0": "!" + old, "base64": base64.StdEncoding.EncodeToString([]byte(bad)), "base64 in lines": lines(base64.StdEncoding.EncodeToString([]byte(bad)), 20),
		"base64 for addresses": base64.URLEncoding.EncodeToString([]byte("\x80\x04C\x06\xff\xfe\xfb\xef\xbe\xff0" + bad[2:])), "base64 without padding": base64.RawStdEncoding.EncodeToString([]byte(bad)), "hexadecimal": hex.EncodeToString([]byte(bad)),
		"Django's session": base64.StdEncoding.EncodeToString([]byte("0123456789abcdef0123456789abcdef01234567:" + bad)), "Django's signed value": "." + base64.RawURLEncoding.EncodeToString([]byte(zlibOf(harmful[0], 6))) + ":1tY0aB:c2lnbmF0dXJl-_x", "Django's plain signed value": base64.RawURLEncoding.EncodeToString([]byte(harmful[1])) + ":1tY0aB:c2lnbmF0dXJl-_x",
		"PostgreSQL's bytes": "\\x" + hex.EncodeToString([]byte(harmful[0])), "dbm.dumb": ok + strings.Repeat("\x00", 512-len(ok)) + old, "dbm.dumb, a longer one before": ok + strings.Repeat("N", 512-len(ok)) + bad,
		"a line of JSON": `{"model": "` + base64.StdEncoding.EncodeToString([]byte(bad)) + `"}`,
	} {
		accept := "D"
		switch id {
		case "one of zlib", "base64 for addresses", "Django's signed value":
			accept = "DS"
		case "a line of JSON":
			accept = "SDB" // nobody loads that
		}
		add("frames: "+id, accept, "cache.db", data)
	}
	for i, ext := range []string{"json", "jpg", "safetensors", "onnx", "gguf", "h5", "csv", "md", "exe", "py", "log", "yaml", "tflite", "parquet", "mat", "html"} {
		add("extension "+ext, "D", "model."+ext, harmful[i%len(harmful)])
	}
	for _, ext := range []string{"pkl", "pickle", "joblib", "pt", "npy", "dill"} {
		add("text as "+ext, "S", "notes."+ext, "nothing but text\n")
	}
	for id, data := range map[string]string{
		"RAR": "Rar!\x1a\x07\x01\x00" + strings.Repeat("\x9c", 40), "LZIP": "LZIP\x01\x0c" + strings.Repeat("\x9c", 40), "snappy": "\xff\x06\x00\x00sNaPpY" + strings.Repeat("\x9c", 40), "PGP": "-----BEGIN PGP MESSAGE-----\n\nhQ==\n",
		"openssl": "Salted__" + strings.Repeat("\x9c", 40), "compress": "\x1f\x9d\x90" + strings.Repeat("\x9c", 40), "cabinet": "MSCF\x00\x00\x00\x00" + strings.Repeat("\x9c", 40), "blosc": "BLOSC" + strings.Repeat("\x9c", 40), "noise": strings.Repeat("\x9c\xe1\x07\xb5", 50),
	} {
		add("closed: "+id, "SD", "x.bin", data)
	}
	return all
}

func deflated(data string) []byte {
	var out bytes.Buffer
	w, _ := flate.NewWriter(&out, 6)
	w.Write([]byte(data))
	w.Close()
	return out.Bytes()
}

func lines(text string, width int) string {
	var b strings.Builder
	for len(text) > width {
		b.WriteString(text[:width] + "\n")
		text = text[width:]
	}
	return b.String() + text + "\n"
}

// oldTar is a tar archive from before ustar, which has no magic number.
func oldTar(name, data string) string {
	h := make([]byte, 512)
	copy(h, name)
	copy(h[100:], "0000644\x000000000\x000000000\x00")
	copy(h[124:], fmt.Sprintf("%011o\x00%011o\x00        ", len(data), 0))
	h[156] = '0'
	sum := 0
	for _, c := range h {
		sum += int(c)
	}
	copy(h[148:], fmt.Sprintf("%06o\x00 ", sum))
	return string(h) + data + strings.Repeat("\x00", 512-len(data)%512) + strings.Repeat("\x00", 1024)
}

// polyglotFiles are pickles that are something else as well.
func polyglotFiles() []made {
	var all []made
	add := func(id, accept, name, data string) {
		all = append(all, made{id: id, accept: accept, name: name, data: []byte(data)})
	}
	tail := "0" + harmful[1]
	// What the magic number does as opcodes: G takes 8 bytes, C and B as many as they say.
	add("GIF", "D", "x.gif", "GIF89a\x01\x00\x01"+tail)
	add("GGUF", "D", "x.gguf", "GGUF\x03\x00\x00\x00\x00"+tail)
	add("NetCDF", "D", "x.nc", "CDF\x01"+strings.Repeat("\x00", 66)+tail)
	add("CatBoost", "D", "x.cbm", "CBM1"+strings.Repeat("\x00", 64)+tail)
	add("BMP", "D", "x.bmp", "BM\x00\x00\x00"+strings.Repeat("\x00", 0x4d)+tail)
	add("TensorFlow Lite", "D", "x.tflite", "\x80\x04C\x08TFL3abcd"+tail)
	add("MP4", "D", "x.mp4", "\x80\x04C\x08ftypisom"+tail)
	add("LMDB", "D", "data.mdb", "\x80\x04C\x20"+strings.Repeat("a", 12)+"\xde\xc0\xef\xbe"+strings.Repeat("a", 16)+tail)
	header := `{"__metadata__":{"x":"` + strings.Repeat("a", 80) + `"}}`
	add("safetensors", "D", "x.safetensors", "N0N0N0N0"[:2]+harmful[1])
	add("safetensors and something behind", "SDB", "x.safetensors", string(binary.LittleEndian.AppendUint64(nil, uint64(len(header))))+header+harmful[0])
	add("PNG", "DS", "x.png", "\x89PNG\r\n"+tail)
	add("ICO", "SD", "x.ico", "\x00\x00\x01\x00"+harmful[0])
	add("256 bytes behind their length, which is an icon", "D", "x.ico", "\x00\x00\x01\x00"+harmful[0][:2]+strings.Repeat("N0", (256-len(harmful[0]))/2)+harmful[0][2:])
	add("65536 bytes behind their length, which is a font", "D", "x.ttf", "\x00\x01\x00\x00"+harmful[0][:2]+strings.Repeat("N0", (65536-len(harmful[0]))/2)+harmful[0][2:])
	add("PDF behind", "D", "x.pdf", harmful[1]+"%PDF-1.4\n%%EOF\n")
	add("PDF in front", "SDB", "x.pdf", "%PDF-1.4\n"+harmful[0])
	add("zip behind", "D", "x.zip", harmful[1]+string(zipOf("a.txt", "hello")))
	add("zip behind, bad inside", "D", "x.pkl", benign[0]+string(zipOf("a.pkl", harmful[0])))
	add("zip in bytes", "SDB", "x.pkl", string(p4(b(string(zipOf("a.pkl", harmful[0]))))))
	add("zip whose end is in bytes", "D", "x.pkl", strings.TrimSuffix(string(p4(b(string(zipOf("a.pkl", harmful[0]))))), "."))
	add("GIF and zip", "D", "x.gif", "GIF89a\x01\x00\x01\x00\x80\x00\x00"+string(zipOf("a.pkl", harmful[0])))
	add("PNG and zip", "D", "x.png", "\x89PNG\r\n\x1a\n"+string(zipOf("a.pkl", harmful[1])))
	add("PDF and zip", "D", "x.pdf", "%PDF-1.4\n"+string(zipOf("a.pkl", harmful[1])))
	add("ELF and zip", "D", "x.bin", "\x7fELF\x02\x01\x01"+strings.Repeat("\x00", 57)+string(zipOf("a.pkl", harmful[1])))
	add("npy and zip", "D", "x.npy", npy(1, "{'descr': '|u1', 'fortran_order': False, 'shape': (1,), }", "\x01")+string(zipOf("a.pkl", harmful[1])))
	add("gzip and zip", "D", "x.gz", gz("text", nil)+string(zipOf("a.pkl", harmful[1])))
	add("text and zip", "D", "x.txt", "hello\n"+string(zipOf("a.pkl", harmful[1])))
	add("safetensors and zip", "D", "x.safetensors", string(binary.LittleEndian.AppendUint64(nil, uint64(len(header))))+header+string(zipOf("a.pkl", harmful[1])))
	add("SQLite and zip", "DS", "x.db", "SQLite format 3\x00"+strings.Repeat("\x00", 84)+string(zipOf("a.pkl", harmful[1])))
	// A tar archive whose first member's name is the start of a pickle.
	name := "]U\x50"
	t := []byte(oldTar(name, benign[1]))
	copy(t[len(name):], strings.Repeat("a", 80)+"0")
	copy(t[len(name)+81:], "(lp0\n0U")
	t[len(name)+88] = 0xff
	h := t[:512]
	copy(h[148:], "        ")
	sum := 0
	for _, c := range h {
		sum += int(c)
	}
	copy(h[148:], fmt.Sprintf("%06o\x00 ", sum))
	add("tar that begins as a pickle", "SDB", "x.tar", string(t))
	add("pickle that holds a tar's magic", "D", "x.pkl", "B\xfb\x01\x00\x00"+string(append(make([]byte, 252), append([]byte("ustar\x0000"), make([]byte, 247)...)...))+tail)
	add("pickle that begins as lzma", "D", "x.lzma", "]\x940"+harmful[1])
	add("two readings of one zip", "D", "x.pt", string(zipOf("data.pkl", benign[0]))+string(rawZip("", "", zipEntry{name: "data.pkl", data: harmful[0]})))
	return all
}

// recordedFiles are those that libraries wrote; testdata/redteam/README.md tells how.
func recordedFiles(t *testing.T) []made {
	f, err := os.Open(filepath.Join(corpus.Root(), "scan", "files", "testdata", "redteam", "recorded.tar.xz"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	z, err := xz.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	var all []made
	for r := tar.NewReader(z); ; {
		h, err := r.Next()
		if err == io.EOF {
			return all
		}
		if err != nil {
			t.Fatal(err)
		}
		data, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		accept, name, _ := strings.Cut(h.Name, "/") // the folder is what is accepted
		all = append(all, made{id: name, accept: accept, name: filepath.Base(name), data: data})
	}
}
