// Graphite sends metrics to Graphite's carbon, receives those that a carbon-relay sends,
// and asks a carbon-cache for what it holds, over carbon's pickle protocols.
//
//	graphite send localhost:2004 servers.a.load 0.5 servers.b.load 0.7
//	graphite receive localhost:2004
//	graphite query localhost:7002 servers.a.load
package main

import (
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"strconv"
	"time"
)

func main() {
	if err := run(os.Args[1:], os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "graphite:", err)
		os.Exit(1)
	}
}

func run(args []string, out io.Writer) error {
	if len(args) >= 2 {
		switch command, addr := args[0], args[1]; {
		case command == "send" && len(args)%2 == 0:
			return send(addr, args[2:])
		case command == "receive" && len(args) == 2:
			return receive(addr, out)
		case command == "query" && len(args) == 3:
			return query(addr, args[2], out)
		}
	}
	return errors.New("give send HOST:PORT PATH VALUE..., receive HOST:PORT, or query HOST:PORT PATH")
}

func send(addr string, pairs []string) error {
	var metrics []Metric
	for i := 0; i < len(pairs); i += 2 {
		value, err := strconv.ParseFloat(pairs[i+1], 64)
		if err != nil {
			return err
		}
		metrics = append(metrics, Metric{Path: pairs[i], Point: At(time.Now(), value)})
	}
	conn, err := net.Dial("tcp", addr)
	if err != nil {
		return err
	}
	return errors.Join(Send(conn, metrics), conn.Close())
}

func receive(addr string, out io.Writer) error {
	listener, err := net.Listen("tcp", addr)
	if err != nil {
		return err
	}
	for {
		conn, err := listener.Accept()
		if err != nil {
			return err
		}
		go func() {
			defer conn.Close()
			for m, err := range Receive(conn) {
				if err != nil {
					fmt.Fprintln(os.Stderr, conn.RemoteAddr(), err)
					continue
				}
				fmt.Fprintln(out, m.Path, m.Point.Value, m.Point.When().Format(time.RFC3339))
			}
		}()
	}
}

func query(addr, path string, out io.Writer) error {
	conn, err := net.Dial("tcp", addr)
	if err != nil {
		return err
	}
	defer conn.Close()
	points, err := Query(conn, path)
	for _, p := range points {
		fmt.Fprintln(out, p.Value, p.When().Format(time.RFC3339))
	}
	return err
}
