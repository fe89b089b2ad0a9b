// Logserver takes the log records of Python programs, which send them with
// logging.handlers.SocketHandler("localhost", 9020), and writes them with log/slog.
//
//	logserver localhost:9020
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"os"
)

func main() {
	err := run(os.Args[1:], os.Stdout) // it runs until something fails
	fmt.Fprintln(os.Stderr, "logserver:", err)
	os.Exit(1)
}

func run(args []string, out io.Writer) error {
	if len(args) != 1 {
		return errors.New("give a HOST:PORT to listen at")
	}
	listener, err := net.Listen("tcp", args[0])
	if err != nil {
		return err
	}
	return Serve(listener, slog.NewJSONHandler(out, &slog.HandlerOptions{Level: slog.LevelDebug}))
}

// Serve logs the records of all who connect, until the listener is closed.
func Serve(listener net.Listener, h slog.Handler) error {
	for {
		conn, err := listener.Accept()
		if err != nil {
			return err
		}
		go func() {
			defer conn.Close()
			for record, err := range Receive(conn) {
				if err == nil {
					err = record.Log(context.Background(), h)
				}
				if err != nil {
					slog.New(h).Error("a log record was lost", "from", conn.RemoteAddr(), "error", err)
				}
			}
		}()
	}
}
