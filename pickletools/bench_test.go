package pickletools_test

import (
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/go-pickle/pickle/pickletools"
)

// records is a pickle of a list of n dicts, as protocol 4 writes it but in one frame:
// every key is stored once and read from then on.
func records(n int) []byte {
	var b strings.Builder
	b.WriteString("\x80\x04]\x94(")
	for i := range n {
		b.WriteString("}\x94(")
		for k, key := range []string{"name", "size", "ratio"} {
			if i == 0 {
				fmt.Fprintf(&b, "\x8c%c%s\x94", len(key), key)
			} else {
				// The first dict is entry 1, its value of "name" entry 3.
				b.WriteString("h" + string([]byte{[]byte{2, 4, 5}[k]}))
			}
			switch k {
			case 0:
				fmt.Fprintf(&b, "\x8c\x0aname %5d\x94", i%100000)
			case 1:
				b.WriteString("M" + string([]byte{byte(i), byte(i >> 8)}))
			case 2:
				b.WriteString("G?\xb9\x99\x99\x99\x99\x99\x9a")
			}
		}
		b.WriteString("u")
	}
	return []byte(b.String() + "e.")
}

func BenchmarkInstructions(b *testing.B) {
	data := records(20000)
	b.SetBytes(int64(len(data)))
	b.ReportAllocs()
	for range b.N {
		n := 0
		for _, err := range pickletools.Instructions(data) {
			if err != nil {
				b.Fatal(err)
			}
			n++
		}
		b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(n), "ns/instruction")
	}
}

func BenchmarkDisassemble(b *testing.B) {
	data := records(20000)
	b.SetBytes(int64(len(data)))
	b.ReportAllocs()
	for range b.N {
		if _, err := pickletools.Disassemble(io.Discard, data, pickletools.DisassembleOptions{}); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkOptimize(b *testing.B) {
	data := records(20000)
	b.SetBytes(int64(len(data)))
	b.ReportAllocs()
	for range b.N {
		if _, err := pickletools.Optimize(data); err != nil {
			b.Fatal(err)
		}
	}
}
