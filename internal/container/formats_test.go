package container_test

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"compress/zlib"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/go-pickle/pickle/internal/container"
)

func gzipped(data string) string {
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	z.Write([]byte(data))
	z.Close()
	return b.String()
}

func zlibbed(data string) string {
	var b bytes.Buffer
	z := zlib.NewWriter(&b)
	z.Write([]byte(data))
	z.Close()
	return b.String()
}

// tarFile writes an archive of names and contents.
func tarFile(members ...string) string {
	var b bytes.Buffer
	w := tar.NewWriter(&b)
	for i := 0; i < len(members); i += 2 {
		w.WriteHeader(&tar.Header{Name: members[i], Size: int64(len(members[i+1])), Mode: 0o644})
		w.Write([]byte(members[i+1]))
	}
	w.Close()
	return b.String()
}

// npy writes an array.
func npy(version byte, header, data string) string {
	header += strings.Repeat(" ", 117-len(header)) + "\n"
	b := append([]byte("\x93NUMPY"), version, 0)
	if version == 1 {
		b = binary.LittleEndian.AppendUint16(b, uint16(len(header)))
	} else {
		b = binary.LittleEndian.AppendUint32(b, uint32(len(header)))
	}
	return string(b) + header + data
}

func frame(data string) string {
	return string(binary.BigEndian.AppendUint32(nil, uint32(len(data)))) + data
}

func TestFormats(t *testing.T) {
	const head = "{'descr': '|O', 'fortran_order': False, 'shape': (1,), }"
	const gpl = "This is some text,\nwith lines.\n"
	object := func(descr string) string {
		return "{'descr': " + descr + ", 'fortran_order': False, 'shape': (1,), }"
	}
	longBlock := good + strings.Repeat("\x00", 512-len(good)) // of dbm.dumb
	for _, row := range []struct {
		what    string
		data    string
		pickles string
		kind    container.Kind
		said    string // "" is nothing but notes
	}{
		{"pickle", evil, "@0", 0, ""},
		{"pickles", good + evil, "@0 @5", 0, ""},
		{"gzip", gzipped(evil), "@0", 0, ""},
		{"gzip in zlib in gzip", gzipped(zlibbed(gzipped(evil))), "@0", 0, ""},
		{"gzip and a pickle behind it", gzipped(good) + evil, "@0 @29", 0, ""},
		{"two parts of gzip", gzipped(good) + gzipped(evil), "@0 @5", 0, ""},
		{"gzip of a zip archive", gzipped(string(zipFile(zipMember{name: "a", data: evil}))), "a@0", 0, ""},
		{"gzip, cut off", gzipped(evil + strings.Repeat("x", 999))[:40], "@0", container.Unreadable, "the end is missing"},
		{"a pickle, then zlib of another, as Django's cache", good + zlibbed(evil), "@0 @0", 0, ""},
		{"tar", tarFile("a", evil, "b", gpl, "c", good), "a@0 c@0", 0, ""},
		{"tar.gz in tar", tarFile("x", gzipped(tarFile("a", evil))), "x!a@0", 0, ""},
		{"tar of torch", tarFile("sys_info", good, "pickle", good, "storages", "\x80\x02K\x01.\x80\x02\x8c\x01xN\x86.\x00\x00\x00\x00\x01\x02"+evil, "tensors", good),
			"sys_info@0 pickle@0 storages@0 storages@5 storages@19 tensors@0", 0, ""},
		{"tar, cut off", tarFile("a", evil, "b", good)[:700], "a@0", container.Unreadable, "cut off"},
		{"tar and a byte of another header", tarFile("a", good)[:1024] + "x", "a@0", container.Unreadable, "damaged or cut off"},
		{"two tar", tarFile("a", good) + tarFile("b", evil), "a@0 b@0", 0, ""},
		{"tar, a name twice", tarFile("a", evil, "a", good), "a@0 a@0", container.Mismatch, "two members"},
		{"tar, a name outside", tarFile("../a", evil), "../a@0", container.Name, "leads out"},
		{"a pickle that is a tar archive", tarFile(evil, good), "@0 " + evil + "@0", 0, ""},
		{"npy 1", npy(1, head, evil), "@128", 0, ""},
		{"npy 2", npy(2, head, evil), "@130", 0, ""},
		{"npy 3", npy(3, head, evil), "@130", 0, ""},
		{"npy 9", npy(9, head, evil), "@130", container.Unreadable, "version"},
		{"npy of numbers", npy(1, "{'descr': '<i4', 'fortran_order': False, 'shape': (2, 1), }", "N.N.N.N."), "", 0, ""},
		{"npy of numbers, cut off", npy(1, "{'descr': '<i4', 'fortran_order': False, 'shape': (2, 3), }", "N.N.N.N."), "", container.Unreadable, "16 bytes are missing"},
		{"two npy", npy(1, "{'descr': '<i4', 'fortran_order': False, 'shape': (), }", "N.N.") + npy(1, head, evil), "@260", 0, ""},
		{"npy of records", npy(1, object("[('a', '<i4'), ('b', '|O')]"), evil), "@128", 0, ""},
		{"npy of nested records", npy(1, object("[('a', [('b', [('c', '<i4', (2,)), (('t', 'd'), '|O8')])])]"), evil), "@128", 0, ""},
		{"npy with a field O", npy(1, object("[('O', '<i4')]"), "N.N."), "", 0, ""},
		{"npy of several types in one text", npy(1, object("'i4,O'"), evil), "@128", container.Unreadable, "header"},
		{"npy of objects without a pickle", npy(1, head, "\xff\xff"), "", container.Unreadable, "without a pickle"},
		{"npy with code in the header", npy(1, "{'descr': __import__('os'), 'shape': ()}", evil), "@128", container.Unreadable, "header"},
		{"frames", frame(good) + frame(evil), "@4 @13", 0, ""},
		{"frame, cut off", frame(good) + frame(evil)[:20], "@4", container.Unreadable, "a message of"},
		{"Flask-Caching", "!" + evil, "@1", 0, ""},
		{"joblib's old compression", fmt.Sprintf("ZF%-19s", "0x1c") + zlibbed(evil), "@0", 0, ""},
		{"joblib's old compression in Python 2", fmt.Sprintf("ZF%-20s", "0x1cL") + zlibbed(evil), "@0", 0, ""},
		{"base64", base64.StdEncoding.EncodeToString([]byte("\x80\x04" + evil)), "@0", 0, ""},
		{"dbm.dumb", longBlock + longBlock + evil, "@0 @512 @1024", 0, ""},
		{"dbm.dumb with a rest of what was there before", good + strings.Repeat("x", 512-len(good)) + evil, "@0 @512", 0, ""},
		{"text", gpl, "", container.NotPickle, "text"},
		{"UTF-16", "\xff\xfeT\x00e\x00", "", container.NotPickle, "text"},
		{"JSON", `{"a": [1, 2]}`, "", container.NotPickle, "text"},
		{"PNG", "\x89PNG\r\n\x1a\n1234", "", container.NotPickle, "PNG"},
		{"HDF5", "\x89HDF\r\n\x1a\n1234", "", container.NotPickle, "HDF5"},
		{"GGUF", "GGUF\x03\x00\x00\x00", "", container.NotPickle, "GGUF"},
		{"safetensors", "\x0c\x00\x00\x00\x00\x00\x00\x00{\"a\": \"b\"}  \x01\x02\x03", "", container.NotPickle, "safetensors"},
		{"ONNX", "\x08\x08\x12\x07pytorch\x1a\x031.0\x3a\x02\x08\x01", "", container.NotPickle, "protocol buffers"},
		{"RAR", "Rar!\x1a\x07\x01\x00abcdef", "", container.Unreadable, "RAR"},
		{"random", "\xfe\xdc\xba\x98\x76\x54\x32\x10\xff\xff", "", container.Unknown, "nothing else"},
		{"SQLite, cut off", "SQLite format 3\x00" + strings.Repeat("x", 10), "", container.Unreadable, "cut off"},
		{"gzip of nothing", gzipped(""), "", 0, ""},
		{"nothing", "", "", 0, ""},
	} {
		r := walk([]byte(row.data), container.Limits{})
		if got := strings.Join(r.pickles, " "); got != row.pickles {
			t.Errorf("%s: pickles at %q, want %q; %q", row.what, got, row.pickles, r.problems)
		}
		switch {
		case row.said == "" && r.suspicious():
			t.Errorf("%s: %q", row.what, r.problems)
		case row.said != "" && !r.has(row.kind, row.said):
			t.Errorf("%s: nothing about %q: %q", row.what, row.said, r.problems)
		}
	}
}

// TestLimits meets each limit. What is small takes no time, whatever it claims.
func TestLimits(t *testing.T) {
	zeros := strings.Repeat("\x00", 40<<20)
	deep := evil
	for range 12 {
		deep = string(zipFile(zipMember{name: "z", data: deep}))
	}
	var many []zipMember
	for i := range 50 {
		many = append(many, zipMember{name: fmt.Sprint(i), data: good})
	}
	for _, row := range []struct {
		what   string
		data   string
		limits container.Limits
		said   string
		most   int64 // bytes that may be looked at
	}{
		{"bomb of gzip", gzipped(zeros), container.Limits{}, "gzip become more", 18 << 20},
		{"bomb of zip", string(zipFile(zipMember{name: "a", data: zeros, deflate: true})), container.Limits{}, "zip archive become more", 18 << 20},
		{"bomb of gzip in gzip", gzipped(gzipped(zeros) + strings.Repeat(gzipped(zeros), 50)), container.Limits{}, "become more", 40 << 20},
		{"all bytes", gzipped(strings.Repeat(good, 1000)), container.Limits{Bytes: 1000}, "more than 1000", 2000},
		{"ratio", gzipped(strings.Repeat("\x00", 18<<20)), container.Limits{Ratio: 3}, "more than 16777216", 18 << 20},
		{"depth", deep, container.Limits{}, "more than 8 containers", 1 << 20},
		{"members", string(zipFile(many...)), container.Limits{Members: 20}, "more than 20 members", 1 << 20},
	} {
		start := time.Now()
		r := walk([]byte(row.data), row.limits)
		if !r.has(container.Limit, row.said) {
			t.Errorf("%s: %q", row.what, r.problems)
		}
		if r.bytes > row.most {
			t.Errorf("%s: %d bytes were looked at", row.what, r.bytes)
		}
		if d := time.Since(start); d > 5*time.Second {
			t.Errorf("%s took %v", row.what, d)
		}
	}
}

// TestSpill decompresses more than the memory that it may use.
func TestSpill(t *testing.T) {
	// Numbers that hardly compress, then a pickle.
	var b bytes.Buffer
	x := uint64(1)
	for b.Len() < 6<<20 {
		x ^= x << 13
		x ^= x >> 7
		x ^= x << 17
		b.Write(binary.LittleEndian.AppendUint64(nil, x))
	}
	data := "\x80\x04\x8e" + string(binary.LittleEndian.AppendUint64(nil, uint64(b.Len()))) + b.String() + "." + evil
	r := walk([]byte(gzipped(data)), container.Limits{Memory: 1 << 20})
	if want := fmt.Sprintf("@%d", b.Len()+12); !slices.Contains(r.pickles, want) || r.suspicious() {
		t.Errorf("pickles at %q, want one %s; %q", r.pickles, want, r.problems)
	}
}
