package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/go-pickle/pickle"
	"github.com/go-pickle/pickle/frames"
	"github.com/go-pickle/pickle/internal/peers"
	"github.com/go-pickle/pickle/internal/pytest"
	"github.com/go-pickle/pickle/py"
)

// address is how Python takes an address: a path, or host and port.
const address = `
import sys, traceback
from multiprocessing import AuthenticationError
from multiprocessing.connection import Client, Listener
address = sys.argv[1] if "/" in sys.argv[1] else (sys.argv[1].split(":")[0], int(sys.argv[1].split(":")[1]))
key = sys.argv[2].encode() if sys.argv[2] else None
`

// pythonClient is a Client that tries what a Client can send.
const pythonClient = address + `
conn = Client(address, authkey=key)
def ask(v):
    conn.send(v)
    return conn.recv()
assert ask([1, 2.5, 3]) == 6.5
assert ask([0.5] * 100000) == 50000.0       # more than is sent at once
answer = ask([1, "x"])
assert answer.startswith("pickle: load $[1]: str \"x\" into float64"), answer
answer = ask(7)
assert answer.startswith("pickle: load $: int 7 into []float64"), answer
conn.send_bytes(b"no pickle")
answer = conn.recv()
assert answer.startswith("pickle: "), answer
assert ask([]) == 0.0
conn.close()
print("done")
`

// pythonClientRefused is a Client that is not let in.
const pythonClientRefused = address + `
try:
    Client(address, authkey=key)
    print("let in")
except AuthenticationError as e:
    print(e)
`

// pythonListener is a Listener that sends back what it gets, text and bytes.
const pythonListener = address + `
listener = Listener(address, authkey=key)
print(listener.address if "/" in sys.argv[1] else "%s:%d" % listener.address)
sys.stdout.flush()
while True:
    try:
        conn = listener.accept()
    except AuthenticationError as e:
        print("refused")
        sys.stdout.flush()
        continue
    while True:
        v = conn.recv()
        if v == "bytes":
            conn.send_bytes(conn.recv_bytes())
        elif v == "stop":
            sys.exit()
        elif v == "close":
            conn.close()
            break
        else:
            conn.send(v)
`

func options(p pytest.Python, key string) Options {
	o := Options{}
	if key != "" {
		o.AuthKey = []byte(key)
	}
	if p.Major == 2 {
		o.Protocol = pickle.Protocol2
	}
	return o
}

// eachPeer calls f for each Python, network and key.
func eachPeer(t *testing.T, f func(t *testing.T, python pytest.Python, network, address, key string)) {
	for _, python := range pytest.Installed(t) {
		for _, network := range []string{"tcp", "unix"} {
			for _, key := range []string{"", "secret"} {
				t.Run(fmt.Sprintf("%v/%s/%s", python, network, key), func(t *testing.T) {
					address := "127.0.0.1:0"
					if network == "unix" {
						address = filepath.Join(t.TempDir(), "s")
					}
					f(t, python, network, address, key)
				})
			}
		}
	}
}

// TestPythonClient lets Clients of each Python ask the server.
func TestPythonClient(t *testing.T) {
	eachPeer(t, func(t *testing.T, python pytest.Python, network, address, key string) {
		listener, err := net.Listen(network, address)
		if err != nil {
			t.Fatal(err)
		}
		defer listener.Close()
		go Serve(listener, options(python, key))
		if out := peers.Run(t, python.Path, pythonClient, listener.Addr().String(), key); out != "done" {
			t.Error(out)
		}
		if key == "" {
			return
		}
		if out := peers.Run(t, python.Path, pythonClientRefused, listener.Addr().String(), "guessed"); !strings.Contains(out, "rejected") {
			t.Errorf("a Client with another key: %s", out)
		}
	})
}

// TestPythonListener talks with a Listener of each Python.
func TestPythonListener(t *testing.T) {
	eachPeer(t, func(t *testing.T, python pytest.Python, network, address, key string) {
		p := peers.Start(t, python.Path, "-c", pythonListener, address, key)
		peers.Eventually(t, "the Listener listens", func() bool { return strings.HasSuffix(p.Output(), "\n") })
		address = strings.TrimSpace(p.Output())
		o := options(python, key)

		if key != "" {
			wrong := o
			wrong.AuthKey = []byte("guessed")
			_, err := wrong.Dial(network, address)
			var auth *AuthError
			if !errors.As(err, &auth) || !errors.Is(err, errRejected) {
				t.Errorf("with another key: %v", err)
			}
			peers.Eventually(t, "the Listener refuses it", func() bool { return strings.Contains(p.Output(), "refused") })
		}

		conn, err := o.Dial(network, address)
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		conn.SetDeadline(time.Now().Add(time.Minute))
		for _, v := range []any{int64(1), py.Tuple{"text", nil, 2.5}, strings.Repeat("large", 20000), py.NewDict("k", &py.List{Items: []any{true}})} {
			var back any
			if err := errors.Join(conn.Send(v), conn.Recv(&back)); err != nil || !py.Equal(v, back) {
				t.Errorf("%.40s comes back as %.40s, %v", py.Repr(v), py.Repr(back), err)
			}
		}
		for _, size := range []int{1, 16384, 16385, 1 << 20} {
			data := bytes.Repeat([]byte{0xff}, size)
			if err := errors.Join(conn.Send("bytes"), conn.SendBytes(data)); err != nil {
				t.Fatal(err)
			}
			if back, err := conn.RecvBytes(); err != nil || !bytes.Equal(data, back) {
				t.Errorf("%d bytes come back as %d, %v", size, len(back), err)
			}
		}
		var v any
		if err := errors.Join(conn.Send("close"), conn.Recv(&v)); !errors.Is(err, io.EOF) {
			t.Errorf("at the end: %v, %v", v, err)
		}
		last, err := o.Dial(network, address)
		if err != nil {
			t.Fatal(err)
		}
		defer last.Close()
		if err := last.Send("stop"); err != nil {
			t.Fatal(err)
		}
		p.Wait(t)
	})
}

// TestHandshake plays the other side with what Python may send.
func TestHandshake(t *testing.T) {
	key := []byte("secret")
	type script func(f frameConn) error // the other side's
	send := func(text string) script { return func(f frameConn) error { return f.WriteFrame([]byte(text)) } }
	skip := func(f frameConn) error { _, err := f.Next(); return err }
	with := func(digest string) script { // answers as Python does that likes this digest
		return func(f frameConn) error {
			frame, err := f.Next()
			if err != nil {
				return err
			}
			return f.WriteFrame(append([]byte("{"+digest+"}"), mac(digest, key, bytes.TrimPrefix(frame, []byte(challenge)))...))
		}
	}
	good := func(f frameConn) error { return deliverChallenge(f, key) }
	server := [](func(frameConn, []byte) error){deliverChallenge, answerChallenge}
	client := [](func(frameConn, []byte) error){answerChallenge, deliverChallenge}
	for name, c := range map[string]struct {
		parts []func(frameConn, []byte) error
		other []script
		err   string // "" if it is well
	}{
		"sha3_256 of its own choice": {server, []script{with("sha3_256"), skip, good}, ""},
		"sha384":                     {server, []script{with("sha384"), skip, good}, ""},
		"sha3_384":                   {server, []script{with("sha3_384"), skip, good}, ""},
		"md5 by name":                {server, []script{with("md5"), skip, good}, ""},
		"wrong answer":               {server, []script{skip, send("{sha256}" + strings.Repeat("x", 32)), skip}, errWrong.Error()},
		"wrong md5":                  {server, []script{skip, send(strings.Repeat("x", 16)), skip}, errWrong.Error()},
		"unknown digest":             {server, []script{skip, send("{crc32}abcd")}, "no known digest"},
		"no digest":                  {server, []script{skip, send("abcd")}, "no known digest"},
		"too short a challenge":      {client, []script{send(challenge + "abc")}, "is no challenge"},
		"no challenge":               {client, []script{send("hello, nice to meet you all, be welcome")}, "is no challenge"},
		"unknown digest asked for":   {client, []script{send(challenge + "{crc32}" + strings.Repeat("x", 40))}, "no known digest"},
		"not welcome":                {client, []script{send(challenge + strings.Repeat("x", 20)), skip, send(failure)}, errRejected.Error()},
		"too much":                   {client, []script{send(strings.Repeat("x", 257))}, "257 bytes"},
		"gone":                       {client, nil, "EOF"},
	} {
		t.Run(name, func(t *testing.T) {
			here, there := net.Pipe()
			done := make(chan struct{})
			defer close(done)
			go func() {
				defer there.Close()
				o := frames.Options{Form: frames.Multiprocessing}
				f := frameConn{o.NewReader(there), o.NewWriter(there)}
				for _, step := range c.other {
					if err := step(f); err != nil {
						return
					}
				}
				if len(c.other) > 0 {
					<-done
				}
			}()
			conn := Options{}.wrap(here)
			err := conn.authenticate(key, c.parts...)
			var auth *AuthError
			if c.err == "" && err != nil || c.err != "" && (!errors.As(err, &auth) || !strings.Contains(err.Error(), c.err)) {
				t.Error(err)
			}
			if err != nil {
				if _, err := here.Write(nil); !errors.Is(err, io.ErrClosedPipe) {
					t.Errorf("the connection is not closed: %v", err)
				}
			}
		})
	}
}

// TestCommand asks one command with the other.
func TestCommand(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	go Serve(listener, Options{AuthKey: []byte("secret")})
	var out bytes.Buffer
	if err := run([]string{"sum", listener.Addr().String(), "1", "2", "0.5"}, "secret", &out); err != nil || out.String() != "3.5\n" {
		t.Errorf("%q, %v", out.String(), err)
	}
	for _, args := range [][]string{{}, {"sum"}, {"sum", "x", "y"}, {"divide", "x"}} {
		if err := run(args, "secret", nil); err == nil {
			t.Errorf("%q", args)
		}
	}
	if err := run([]string{"serve", "127.0.0.1:0"}, "", nil); err == nil {
		t.Error("it serves without a key")
	}
}
