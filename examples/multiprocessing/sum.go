package main

import (
	"errors"
	"fmt"
	"io"
	"net"
	"os"

	"github.com/go-pickle/pickle/frames"
	"github.com/go-pickle/pickle/py"
)

// Sum sends numbers and returns what the other side makes of them.
func Sum(conn *Conn, numbers []float64) (float64, error) {
	if err := conn.Send(numbers); err != nil {
		return 0, err
	}
	var answer any
	if err := conn.Recv(&answer); err != nil {
		return 0, err
	}
	switch answer := answer.(type) {
	case float64:
		return answer, nil
	case int64:
		return float64(answer), nil
	}
	return 0, fmt.Errorf("the answer is %s", py.Repr(answer))
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
		var question any
		err := conn.Recv(&question)
		var bad *frames.PayloadError
		if err != nil && !errors.As(err, &bad) {
			return err
		}
		var answer any
		if err == nil {
			answer, err = sum(question)
		}
		if err != nil {
			answer = err.Error()
		}
		if err := conn.Send(answer); err != nil {
			return err
		}
	}
}

func sum(question any) (float64, error) {
	list, ok := question.(*py.List)
	if !ok {
		return 0, fmt.Errorf("a Python %s is no list", py.TypeName(question))
	}
	total := 0.0
	for _, item := range list.Items {
		switch n := item.(type) {
		case float64:
			total += n
		case int64:
			total += float64(n)
		default:
			return 0, fmt.Errorf("%s is no number", py.Repr(item))
		}
	}
	return total, nil
}
