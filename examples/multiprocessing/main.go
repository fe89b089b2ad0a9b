// Multiprocessing talks with Python programs that use multiprocessing.connection.
//
//	multiprocessing serve localhost:6000     sums the lists of numbers that Clients send
//	multiprocessing sum localhost:6000 1 2 3 asks a Listener that does so
//
// The authkey comes from the environment variable AUTHKEY. In Python:
//
//	with Client(("localhost", 6000), authkey=b"secret") as conn:
//	    conn.send([1, 2, 3])
//	    print(conn.recv())
package main

import (
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"strconv"
)

func main() {
	if err := run(os.Args[1:], os.Getenv("AUTHKEY"), os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "multiprocessing:", err)
		os.Exit(1)
	}
}

func run(args []string, key string, out io.Writer) error {
	if len(args) < 2 || key == "" {
		return errors.New("give serve HOST:PORT, or sum HOST:PORT NUMBER..., and AUTHKEY in the environment")
	}
	o := Options{AuthKey: []byte(key)}
	switch args[0] {
	case "serve":
		listener, err := net.Listen("tcp", args[1])
		if err != nil {
			return err
		}
		return Serve(listener, o)
	case "sum":
		var numbers []float64
		for _, arg := range args[2:] {
			n, err := strconv.ParseFloat(arg, 64)
			if err != nil {
				return err
			}
			numbers = append(numbers, n)
		}
		conn, err := o.Dial("tcp", args[1])
		if err != nil {
			return err
		}
		defer conn.Close()
		sum, err := Sum(conn, numbers)
		if err != nil {
			return err
		}
		fmt.Fprintln(out, sum)
		return nil
	}
	return fmt.Errorf("there is no command %q", args[0])
}
