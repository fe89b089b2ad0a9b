package main

import (
	"errors"
	"fmt"
	"io"
	"net"
	"os"

	"github.com/go-pickle/pickle/frames"
)

// Sum sends numbers and returns what the other side makes of them.
func Sum(conn *Conn, numbers []float64) (float64, error) {
	if err := conn.Send(numbers); err != nil {
		return 0, err
	}
	var answer float64
	err := conn.Recv(&answer)
	return answer, err
}

// Serve answers each list of numbers with its sum, and anything else with a text that says
// why not, until the listener is closed.
func Serve(listener net.Listener, o Options) error {
	for {
		c, err := listener.Accept()
		if err != nil {
			return err
		}
		go func() { // the handshake too: nobody waits for a slow Client
			conn, err := o.Server(c)
			if err == nil {
				defer conn.Close()
				err = answerAll(conn)
			}
			if err != io.EOF {
				fmt.Fprintln(os.Stderr, c.RemoteAddr(), err)
			}
		}()
	}
}

func answerAll(conn *Conn) error {
	for {
		var numbers []float64
		err := conn.Recv(&numbers)
		var bad *frames.PayloadError // all of it was received, but it is no list of numbers
		if err != nil && !errors.As(err, &bad) {
			return err
		}
		if bad != nil {
			err = conn.Send(bad.Err.Error())
		} else {
			err = conn.Send(sum(numbers))
		}
		if err != nil {
			return err
		}
	}
}

func sum(numbers []float64) (total float64) {
	for _, n := range numbers {
		total += n
	}
	return total
}
