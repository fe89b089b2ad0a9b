package files_test

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/go-pickle/pickle/scan"
	"github.com/go-pickle/pickle/scan/files"
)

// BenchmarkWalk scans a folder of 2,000 files of some ten kilobytes, a tenth of them archives of
// torch.
func BenchmarkWalk(b *testing.B) {
	dir := b.TempDir()
	size := int64(0)
	for i := range 2000 {
		data := dict(i, 300)
		if i%10 == 0 {
			data = torchZip(data, bytes.Repeat([]byte{1, 2, 3, 4}, 1000))
		}
		size += int64(len(data))
		if err := os.WriteFile(filepath.Join(dir, fmt.Sprintf("%04d.bin", i)), data, 0o666); err != nil {
			b.Fatal(err)
		}
	}
	scan.DefaultPolicy()
	b.SetBytes(size)
	for b.Loop() {
		for r := range (files.Options{}).Walk(context.Background(), dir) {
			if r.Report.Verdict != scan.Safe {
				b.Fatalf("%s: %v%s", r.Path, r.Report.Verdict, told(r.Report))
			}
		}
	}
}

// dict is a pickle of a dict of n small lists.
func dict(seed, n int) []byte {
	p := []byte("\x80\x04}\x94(")
	for i := range n {
		key := fmt.Sprintf("layer.%d.%d", seed, i)
		p = append(p, 0x8c, byte(len(key)))
		p = append(p, key...)
		p = append(p, "\x94]\x94(K\x01K\x02G"...)
		p = binary.BigEndian.AppendUint64(p, uint64(seed*i))
		p = append(p, 'e')
	}
	return append(p, "u."...)
}

func torchZip(data, storage []byte) []byte {
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, m := range []struct {
		name string
		data []byte
	}{{"archive/data.pkl", data}, {"archive/byteorder", []byte("little")}, {"archive/data/0", storage}, {"archive/version", []byte("3\n")}} {
		w, _ := z.CreateHeader(&zip.FileHeader{Name: m.name, Method: zip.Store})
		w.Write(m.data)
	}
	z.Close()
	return b.Bytes()
}
