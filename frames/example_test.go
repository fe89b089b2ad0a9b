package frames_test

import (
	"bytes"
	"errors"
	"fmt"
	"net"
	"os"
	"strings"
	"time"

	"github.com/go-pickle/pickle"
	"github.com/go-pickle/pickle/frames"
	"github.com/go-pickle/pickle/py"
)

// Metrics for Graphite, as carbon's pickle receiver takes them on port 2004.
func ExampleWriter_Encode() {
	var conn bytes.Buffer // net.Dial("tcp", "graphite:2004")
	w := frames.Options{
		MaxSize: 1 << 20, // carbon's own limit
		Encode:  pickle.EncodeOptions{Protocol: pickle.Protocol2},
	}.NewWriter(&conn)
	err := w.Encode([]any{py.Tuple{"servers.a.load", py.Tuple{1700000000, 0.5}}})
	fmt.Printf("%q %v\n", conn.Bytes(), err)
	// Output: "\x00\x00\x000\x80\x02]q\x00X\x0e\x00\x00\x00servers.a.loadq\x01J\x00\xf1SeG?\xe0\x00\x00\x00\x00\x00\x00\x86q\x02\x86q\x03a." <nil>
}

// A message that can't be loaded need not be the last.
func ExampleAll() {
	conn := strings.NewReader("\x00\x00\x00\x09\x80\x04\x8c\x03one\x94." + "\x00\x00\x00\x03???" + "\x00\x00\x00\x06\x8c\x03two.")
	for message, err := range frames.All[string](frames.NewReader(conn)) {
		var bad *frames.PayloadError
		if errors.As(err, &bad) {
			fmt.Println("not loaded: frame", bad.Frame)
			continue
		}
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Println(message)
	}
	// Output:
	// one
	// not loaded: frame 1
	// two
}

// The payloads as they are, such as the plain bytes of Connection.send_bytes in Python.
func ExampleReader_All() {
	conn := strings.NewReader("\x00\x00\x00\x05hello\x00\x00\x00\x05world")
	r := frames.Options{Form: frames.Multiprocessing}.NewReader(conn)
	for payload, err := range r.All() {
		fmt.Printf("%s %v\n", payload, err)
	}
	// Output:
	// hello <nil>
	// world <nil>
}

// A deadline that passes in the middle of a frame loses nothing of it.
func ExampleReader_Next() {
	here, there := net.Pipe()
	r := frames.NewReader(here)
	go there.Write([]byte("\x00\x00\x00\x05he"))
	here.SetReadDeadline(time.Now().Add(50 * time.Millisecond))
	_, err := r.Next()
	fmt.Println(errors.Is(err, os.ErrDeadlineExceeded))

	go there.Write([]byte("llo"))
	here.SetReadDeadline(time.Time{})
	payload, err := r.Next()
	fmt.Printf("%s %v\n", payload, err)
	// Output:
	// true
	// hello <nil>
}

// A peer that claims too much.
func ExampleReader_Decode() {
	conn := strings.NewReader("GET / HTTP/1.1\r\n")
	var message any
	err := frames.NewReader(conn).Decode(&message)
	fmt.Println(err)
	var tooLong *frames.SizeError
	fmt.Println(errors.As(err, &tooLong))
	// Output:
	// frames: read frame 0 at offset 0: its length is 1195725856 bytes, and 67108864 are allowed
	// true
}

func ExampleWriter_WriteFrame() {
	var conn bytes.Buffer
	err := frames.NewWriter(&conn).WriteFrame([]byte("payload"))
	fmt.Printf("%q %v\n", conn.Bytes(), err)
	// Output: "\x00\x00\x00\apayload" <nil>
}
