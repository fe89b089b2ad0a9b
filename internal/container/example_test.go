package container_test

import (
	"fmt"

	"github.com/go-pickle/pickle/internal/container"
)

// printer prints what it is told.
type printer struct{}

func (printer) Pickle(m *container.Member) int64 {
	if len(m.Data) < 3 || m.Data[0] != 0x80 {
		return 0 // a real visitor would look closer
	}
	fmt.Printf("a pickle: %s, %d bytes\n", m.Path, len(m.Data))
	return int64(len(m.Data))
}

func (printer) Problem(p container.Problem) { fmt.Println(p.Path+":", p.Text) }

func (printer) Bytes(int64) {}

func ExampleLimits_Walk() {
	archive := zipFile(
		zipMember{name: "model.pkl", data: "\x80\x04K\x01."},
		zipMember{name: "secret.pkl", data: "\x80\x04K\x01.", method: 99},
	)
	container.Limits{}.Walk(archive, printer{})
	// Output:
	// a pickle: model.pkl, 5 bytes
	// secret.pkl: it is encrypted
}

func ExampleCompression() {
	data := []byte(gzipped("\x80\x04K\x01."))
	c := container.Compression(data)
	plain, used, err := c.Decompress(data, 1<<20)
	fmt.Printf("%s %q %v %v\n", c.Name, plain, used == len(data), err)
	// Output: gzip "\x80\x04K\x01." true <nil>
}
