// Command transcoder loads pickles and dumps them again on request, so that CPython's own
// test suite can be driven through this module's ordinary decoder and encoder. It speaks
// version 1 of the conformance harness's transcoder protocol on its standard input and
// output: a message is a header in JSON behind its length (four bytes, big-endian), then
// the binary parts whose lengths the header lists.
package main

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/go-pickle/pickle"
	"github.com/go-pickle/pickle/charset"
	"github.com/go-pickle/pickle/graph"
	"github.com/go-pickle/pickle/internal/describe"
	"github.com/go-pickle/pickle/pickletools"
	"github.com/go-pickle/pickle/py"
)

type request struct {
	ID         any         `json:"id"`
	Op         string      `json:"op"`
	Blobs      []int       `json:"blobs"`
	Protocol   int         `json:"protocol"`
	FixImports *bool       `json:"fix_imports"`
	Encoding   string      `json:"encoding"`
	Errors     string      `json:"errors"`
	Persistent bool        `json:"persistent"`
	Buffers    []buffer    `json:"buffers"`
	OOB        string      `json:"oob"`
	Fast       bool        `json:"fast"`
	Extensions []extension `json:"extensions"`
	Nested     string      `json:"nested_style"`
	Session    *int        `json:"session"`
}

type buffer struct {
	ReadOnly bool `json:"readonly"`
}

type extension struct {
	module, name string
	code         int
}

func (x *extension) UnmarshalJSON(b []byte) error {
	return json.Unmarshal(b, &[]any{&x.module, &x.name, &x.code})
}

type failure struct {
	Kind    string `json:"kind"`
	Message string `json:"message"`
	Stage   string `json:"stage"`
}

func main() {
	if err := serve(os.Stdin, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "transcoder:", err)
		os.Exit(1)
	}
}

func serve(r io.Reader, w io.Writer) error {
	in, out := bufio.NewReaderSize(r, 1<<20), bufio.NewWriterSize(w, 1<<20)
	s := &server{sessions: make(map[int]*session)}
	for {
		var size [4]byte
		if _, err := io.ReadFull(in, size[:]); err == io.EOF {
			return nil
		} else if err != nil {
			return err
		}
		header := make([]byte, binary.BigEndian.Uint32(size[:]))
		if _, err := io.ReadFull(in, header); err != nil {
			return err
		}
		var q request
		if err := json.Unmarshal(header, &q); err != nil {
			return err
		}
		blobs := make([][]byte, len(q.Blobs))
		for i, n := range q.Blobs {
			blobs[i] = make([]byte, n)
			if _, err := io.ReadFull(in, blobs[i]); err != nil {
				return err
			}
		}
		reply, parts := s.answer(&q, blobs)
		sizes := make([]int, len(parts))
		for i, p := range parts {
			sizes[i] = len(p)
		}
		reply["id"], reply["blobs"] = q.ID, sizes
		text, err := json.Marshal(reply)
		if err != nil {
			return err
		}
		binary.BigEndian.PutUint32(size[:], uint32(len(text)))
		out.Write(size[:])
		out.Write(text)
		for _, p := range parts {
			out.Write(p)
		}
		if err := out.Flush(); err != nil {
			return err
		}
	}
}

type server struct {
	sessions map[int]*session
}

// A session is one decoder and one encoder that keep their memos.
type session struct {
	in, out bytes.Buffer
	dec     *pickle.Decoder
	enc     *pickle.Encoder
	used    []int
}

type reply map[string]any

func (s *server) answer(q *request, blobs [][]byte) (reply, [][]byte) {
	var r reply
	var parts [][]byte
	var err error
	stage := "load"
	switch q.Op {
	case "hello":
		r = reply{"name": "go-pickle", "version": 1, "protocols": []int{0, 1, 2, 3, 4, 5},
			"ops": []string{"hello", "roundtrip", "describe", "optimize", "dis", "clear_memo", "close_session"}}
	case "roundtrip":
		r, parts, stage, err = s.roundtrip(q, blobs)
	case "describe":
		r, parts, err = s.describe(q, blobs)
	case "optimize":
		var b []byte
		b, err = pickletools.Optimize(blobs[0])
		parts = [][]byte{b}
	case "dis":
		var b bytes.Buffer
		_, err = pickletools.Disassemble(&b, blobs[0], pickletools.DisassembleOptions{})
		parts = [][]byte{b.Bytes()}
	case "clear_memo":
		if x := s.sessions[*q.Session]; x != nil {
			x.dec.ClearMemo()
			x.enc.ClearMemo()
		}
	case "close_session":
		delete(s.sessions, *q.Session)
	default:
		err = &pickle.EncodeError{Kind: "NotImplementedError", Message: "unknown op " + q.Op}
	}
	if err != nil {
		f := failure{Kind: "ValueError", Message: err.Error(), Stage: stage}
		var ge *graph.Error
		var ee *pickle.EncodeError
		var te *pickletools.Error
		switch {
		case errors.As(err, &ge):
			f.Kind, f.Message = string(ge.Kind), ge.Message
		case errors.As(err, &ee):
			f.Kind, f.Message = string(ee.Kind), ee.Message
		case errors.As(err, &te):
			f.Kind, f.Message = te.Kind, te.Message
		case errors.Is(err, io.EOF):
			f.Kind, f.Message = "EOFError", "Ran out of input"
		}
		return reply{"ok": false, "error": f}, nil
	}
	if r == nil {
		r = reply{}
	}
	r["ok"] = true
	return r, parts
}

func (q *request) decodeOptions(blobs [][]byte) pickle.DecodeOptions {
	o := pickle.DecodeOptions{
		NoFixImports: q.FixImports != nil && !*q.FixImports,
		Encoding:     q.Encoding,
		Errors:       q.Errors,
		Charset:      charset.Lookup,
		Registry:     py.NewRegistry(),
		Buffers:      q.buffers(blobs),
		Extension: func(code int) (py.Global, bool) {
			for _, x := range q.Extensions {
				if x.code == code {
					return py.Global{Module: x.module, Name: x.name}, true
				}
			}
			return py.Global{}, false
		},
	}
	if q.Persistent {
		o.PersistentLoad = pickle.KeepPersistent
	}
	return o
}

func (q *request) buffers(blobs [][]byte) []py.Buffer {
	if q.Buffers == nil {
		return nil
	}
	buffers := make([]py.Buffer, len(q.Buffers))
	for i, b := range q.Buffers {
		buffers[i] = py.Buffer{Data: blobs[i+1], ReadOnly: b.ReadOnly}
	}
	return buffers
}

// encodeOptions appends to used the numbers of the buffers that are dumped out of band.
func (q *request) encodeOptions(used *[]int) (pickle.EncodeOptions, error) {
	p, ok := pickle.ProtocolNumber(q.Protocol)
	if !ok {
		return pickle.EncodeOptions{}, &pickle.EncodeError{Kind: "ValueError", Message: "pickle protocol must be <= 5"}
	}
	o := pickle.EncodeOptions{
		Protocol:     p,
		NoFixImports: q.FixImports != nil && !*q.FixImports,
		Fast:         q.Fast,
		Extension: func(g py.Global) (int, bool) {
			for _, x := range q.Extensions {
				if x.module == g.Module && x.name == g.Name {
					return x.code, true
				}
			}
			return 0, false
		},
	}
	if q.Nested == "3.13" {
		o.Style = pickle.Python313
	}
	if q.OOB == "keep" {
		o.BufferCallback = func(b *py.Buffer) bool {
			*used = append(*used, b.Index)
			return true
		}
	}
	return o, nil
}

func (s *server) roundtrip(q *request, blobs [][]byte) (r reply, parts [][]byte, stage string, err error) {
	if q.Session != nil {
		return s.inSession(q, blobs)
	}
	var v any
	n, err := q.decodeOptions(blobs).UnmarshalPrefix(blobs[0], &v)
	if err != nil {
		return nil, nil, "load", err
	}
	used := []int{}
	o, err := q.encodeOptions(&used)
	if err != nil {
		return nil, nil, "dump", err
	}
	out, err := o.Marshal(v)
	return reply{"consumed": n, "buffers": used}, [][]byte{out}, "dump", err
}

func (s *server) inSession(q *request, blobs [][]byte) (r reply, parts [][]byte, stage string, err error) {
	x := s.sessions[*q.Session]
	if x == nil {
		x = new(session)
		d := q.decodeOptions(blobs)
		d.KeepMemo = true
		e, err := q.encodeOptions(&x.used)
		if err != nil {
			return nil, nil, "dump", err
		}
		e.KeepMemo = true
		x.dec, x.enc = d.NewDecoder(&x.in), e.NewEncoder(&x.out)
		s.sessions[*q.Session] = x
	}
	x.in.Reset()
	x.in.Write(blobs[0])
	x.out.Reset()
	x.used = []int{}
	x.dec.SetBuffers(q.buffers(blobs))
	before := x.dec.InputOffset()
	var v any
	if err := x.dec.Decode(&v); err != nil {
		return nil, nil, "load", err
	}
	if err := x.enc.Encode(v); err != nil {
		return nil, nil, "dump", err
	}
	return reply{"consumed": x.dec.InputOffset() - before, "buffers": x.used},
		[][]byte{bytes.Clone(x.out.Bytes())}, "", nil
}

func (s *server) describe(q *request, blobs [][]byte) (reply, [][]byte, error) {
	o := q.decodeOptions(blobs)
	o.KeepCalls = true
	var v any
	n, err := o.UnmarshalPrefix(blobs[0], &v)
	if err != nil {
		return nil, nil, err
	}
	return reply{"consumed": n}, [][]byte{describe.Value(v)}, nil
}
