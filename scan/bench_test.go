package scan_test

import (
	"bytes"
	"strconv"
	"testing"

	"github.com/go-pickle/pickle/graph"
	"github.com/go-pickle/pickle/scan"
)

// smallDicts is a pickle of n small dicts, about 46 bytes each.
func smallDicts(n int) []byte {
	var b bytes.Buffer
	b.WriteString("\x80\x04]\x94(")
	for i := range n {
		b.WriteString("}\x94(\x8c\x02id\x94M")
		b.Write([]byte{byte(i), byte(i >> 8)})
		b.WriteString("\x8c\x04name\x94\x8c\x08user")
		b.WriteString(strconv.Itoa(1000 + i%9000))
		b.WriteString("\x94\x8c\x02ok\x94\x88u")
		if i%1000 == 999 {
			b.WriteString("e(")
		}
	}
	b.WriteString("e.")
	return b.Bytes()
}

// manyCalls is a pickle of n calls that the policy allows, with a state each.
func manyCalls(n int) []byte {
	var b bytes.Buffer
	b.WriteString("\x80\x04]\x94(\x8c\x0bcollections\x94\x8c\x0bOrderedDict\x94\x93\x94")
	for range n {
		b.WriteString("h\x03)R}(\x8c\x01a\x94K\x01\x8c\x01b\x94K\x02ub")
	}
	b.WriteString("e.")
	return b.Bytes()
}

func BenchmarkBytes(b *testing.B) {
	for _, c := range []struct {
		name string
		data []byte
	}{
		{"small", smallDicts(3)},
		{"dicts", smallDicts(1 << 18)},
		{"calls", manyCalls(1 << 18)},
		{"payload", append(append([]byte("\x80\x04B\x00\x00\x00\x04"), make([]byte, 64<<20)...), '.')},
		{"zeros after", append([]byte("\x80\x04N.x"), make([]byte, 64<<20)...)},
	} {
		b.Run(c.name, func(b *testing.B) {
			b.SetBytes(int64(len(c.data)))
			b.ReportAllocs()
			for b.Loop() {
				if r := (scan.Options{}).Bytes(c.data); r.Verdict != scan.Safe {
					b.Fatalf("%v%s", r.Verdict, told(r))
				}
			}
		})
		b.Run(c.name+"/graph", func(b *testing.B) { // what the pickle machine alone takes
			b.SetBytes(int64(len(c.data)))
			p := graph.NewParser(graph.Options{})
			for b.Loop() {
				if _, err := p.Parse(c.data); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// BenchmarkFiles scans 2000 small pickles one after another, as of a folder.
func BenchmarkFiles(b *testing.B) {
	files := make([][]byte, 2000)
	size := 0
	for i := range files {
		files[i] = smallDicts(1 + i%400)
		size += len(files[i])
	}
	b.SetBytes(int64(size))
	for b.Loop() {
		for _, data := range files {
			if r := (scan.Options{}).Bytes(data); r.Verdict != scan.Safe {
				b.Fatal(r.Verdict)
			}
		}
	}
}
