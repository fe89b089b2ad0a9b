package main

import (
	"net"

	"github.com/go-pickle/pickle"
	"github.com/go-pickle/pickle/frames"
)

// A Conn is one end of a connection whose other end is a Connection of Python's
// multiprocessing.connection. One goroutine may send while another one receives.
type Conn struct {
	net.Conn // for deadlines and Close; its Read and Write would break the frames
	r        *frames.Reader
	w        *frames.Writer
}

// Options are for connecting and listening.
type Options struct {
	// AuthKey is the authkey of the other side. Both sides prove that they know it. nil
	// is for connections without that.
	AuthKey []byte

	// Protocol is that of the pickles that are sent. The zero value is protocol 4, which
	// each Python 3.4 and later knows; Python 2 needs Protocol2.
	Protocol pickle.Protocol

	// MaxSize bounds what is received at once, as in [frames.Options].
	MaxSize int64
}

// Dial connects to a Listener of Python, as multiprocessing.connection.Client does. The
// network is "tcp" for the family AF_INET, "unix" for AF_UNIX.
func (o Options) Dial(network, address string) (*Conn, error) {
	c, err := net.Dial(network, address)
	if err != nil {
		return nil, err
	}
	return o.Client(c)
}

// Client makes a Conn of a connection to a Listener of Python. If the authentication fails
// c is closed, and the error is an [*AuthError].
func (o Options) Client(c net.Conn) (*Conn, error) {
	conn := o.wrap(c)
	if o.AuthKey == nil {
		return conn, nil
	}
	return conn, conn.authenticate(o.AuthKey, answerChallenge, deliverChallenge)
}

// Server makes a Conn of a connection that a net.Listener has accepted from a Client of
// Python. If the authentication fails c is closed, and the error is an [*AuthError].
func (o Options) Server(c net.Conn) (*Conn, error) {
	conn := o.wrap(c)
	if o.AuthKey == nil {
		return conn, nil
	}
	return conn, conn.authenticate(o.AuthKey, deliverChallenge, answerChallenge)
}

func (o Options) wrap(c net.Conn) *Conn {
	if o.Protocol == pickle.DefaultProtocol {
		o.Protocol = pickle.Protocol4
	}
	f := frames.Options{
		Form:    frames.Multiprocessing,
		MaxSize: o.MaxSize,
		Encode:  pickle.EncodeOptions{Protocol: o.Protocol},
	}
	return &Conn{c, f.NewReader(c), f.NewWriter(c)}
}

// Send sends a value, which Python's recv returns.
func (c *Conn) Send(v any) error { return c.w.Encode(v) }

// Recv waits for the next value that Python's send sends and stores it in dst, as
// pickle.Unmarshal does. It returns io.EOF when the other side has closed the connection.
func (c *Conn) Recv(dst any) error { return c.r.Decode(dst) }

// SendBytes sends bytes as they are, which Python's recv_bytes returns.
func (c *Conn) SendBytes(p []byte) error { return c.w.WriteFrame(p) }

// RecvBytes waits for the next bytes that Python's send_bytes sends. They are valid until
// the next call of Recv or RecvBytes.
func (c *Conn) RecvBytes() ([]byte, error) { return c.r.Next() }
