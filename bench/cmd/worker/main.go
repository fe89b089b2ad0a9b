// Command worker is the Go side of run.py: it does one operation of one library on one
// pickle, as often as it is told. See python_worker.py for what it is told and answers.
//
//	worker LIBRARY load|dump|typedload|typeddump|graph SHAPE FILE PROTOCOL
package main

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"math/big"
	"os"
	"runtime"
	"runtime/debug"
	"strconv"
	"strings"
	"time"

	jsonv2 "github.com/go-json-experiment/json"
	"github.com/go-pickle/pickle"
	"github.com/go-pickle/pickle/bench"
	"github.com/go-pickle/pickle/graph"
	ogorek "github.com/kisielk/og-rek"
	"github.com/vmihailenco/msgpack/v5"
)

var errCannot = errors.New("it has no such operation")

// An operation is what is measured: run, whose result is dropped. out gives a pickle of what
// run works with or has made, for CPython to compare; nil if the format is another.
type operation struct {
	run func() (any, error)
	out func() ([]byte, error)
}

func main() {
	if len(os.Args) != 6 {
		fmt.Fprintln(os.Stderr, "usage: worker LIBRARY load|dump|typedload|typeddump|graph SHAPE FILE PROTOCOL")
		os.Exit(2)
	}
	proto, err := strconv.Atoi(os.Args[5])
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(2)
	}
	o, err := prepare(os.Args[1], os.Args[2], os.Args[3], os.Args[4], proto)
	if err == nil {
		_, err = o.run() // says whether it can, too
	}
	if err != nil {
		fmt.Println("no:", strings.ReplaceAll(err.Error(), "\n", " "))
		return
	}
	runtime.GC()
	debug.FreeOSMemory()
	fmt.Println("ready")
	if err := serve(o); err != nil {
		fmt.Println("no:", err)
		os.Exit(1)
	}
}

func serve(o operation) error {
	in := bufio.NewScanner(os.Stdin)
	for in.Scan() {
		if path, ok := strings.CutPrefix(in.Text(), "out "); ok {
			if o.out == nil {
				fmt.Println("none")
				continue
			}
			data, err := o.out()
			if err != nil { // what it loaded is no value that could be
				fmt.Println("wrong:", strings.ReplaceAll(err.Error(), "\n", " "))
				continue
			}
			if err := os.WriteFile(path, data, 0o600); err != nil {
				return err
			}
			fmt.Println("written")
			continue
		}
		n, err := strconv.Atoi(in.Text())
		if err != nil {
			return err
		}
		runtime.GC()
		var last any
		start := time.Now()
		for range n {
			if last, err = o.run(); err != nil {
				return err
			}
		}
		fmt.Println(time.Since(start).Nanoseconds())
		runtime.KeepAlive(last)
	}
	return in.Err()
}

func prepare(library, op, shape, file string, proto int) (operation, error) {
	data, err := os.ReadFile(file)
	if err != nil {
		return operation{}, err
	}
	p, ok := pickle.ProtocolNumber(proto)
	if !ok {
		return operation{}, fmt.Errorf("no protocol %d", proto)
	}
	o := pickle.EncodeOptions{Protocol: p}
	switch op {
	case "typedload", "typeddump":
		return typed(library, op, shape, data, o)
	case "graph":
		return parse(library, data)
	}
	load, dump := libraries(library, proto, o)
	switch {
	case load == nil, op == "dump" && dump == nil:
		return operation{}, errCannot
	case op == "load":
		out := func() ([]byte, error) {
			v, err := load(data)
			if err != nil {
				return nil, err
			}
			if dump == nil {
				return o.Marshal(fromGopickle(v))
			}
			return dump(v)
		}
		return operation{func() (any, error) { return load(data) }, out}, nil
	}
	v, err := load(data)
	if err != nil {
		return operation{}, err
	}
	return operation{func() (any, error) { return dump(v) }, func() ([]byte, error) { return dump(v) }}, nil
}

func libraries(name string, proto int, o pickle.EncodeOptions) (load func([]byte) (any, error), dump func(any) ([]byte, error)) {
	switch name {
	case "ours":
		load = func(data []byte) (v any, err error) {
			err = pickle.Unmarshal(data, &v)
			return v, err
		}
		return load, o.Marshal
	case "og-rek":
		load = func(data []byte) (any, error) { return ogorek.NewDecoder(bytes.NewReader(data)).Decode() }
		// With StrictUnicode a Go string is a str in every protocol.
		config := &ogorek.EncoderConfig{Protocol: proto, StrictUnicode: true}
		return load, func(v any) ([]byte, error) {
			var b bytes.Buffer
			err := ogorek.NewEncoderWithConfig(&b, config).Encode(v)
			return b.Bytes(), err
		}
	case "gopickle":
		return loadGopickle, nil
	}
	return nil, nil
}

// parse is what loading begins with: what the pickle says, as package graph has it, without values.
func parse(library string, data []byte) (operation, error) {
	if library != "ours" {
		return operation{}, errCannot
	}
	return operation{run: func() (any, error) { return graph.Parse(data) }}, nil
}

// typed is about Go's own types; the values are what our library loads.
func typed(library, op, shape string, data []byte, o pickle.EncodeOptions) (operation, error) {
	v := bench.NewShape(shape)
	if _, big := v.(*[]*big.Int); v == nil || big && library != "ours" { // msgpack loses them
		return operation{}, errCannot
	}
	if err := pickle.Unmarshal(data, v); err != nil {
		return operation{}, err
	}
	dump, load := o.Marshal, pickle.Unmarshal
	var out func() ([]byte, error)
	switch library {
	case "ours":
		out = func() ([]byte, error) {
			v := bench.NewShape(shape)
			if err := pickle.Unmarshal(data, v); err != nil {
				return nil, err
			}
			return o.Marshal(v)
		}
	case "msgpack":
		dump, load = msgpack.Marshal, msgpack.Unmarshal
	case "json/v2":
		dump = func(v any) ([]byte, error) { return jsonv2.Marshal(v) }
		load = func(data []byte, dst any) error { return jsonv2.Unmarshal(data, dst) }
	default:
		return operation{}, errCannot
	}
	if op == "typeddump" {
		return operation{func() (any, error) { return dump(v) }, out}, nil
	}
	encoded := data
	if library != "ours" {
		var err error
		if encoded, err = dump(v); err != nil {
			return operation{}, err
		}
	}
	return operation{func() (any, error) {
		v := bench.NewShape(shape)
		return v, load(encoded, v)
	}, out}, nil
}
