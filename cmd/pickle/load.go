package main

import (
	"errors"

	"github.com/spf13/cobra"

	"github.com/go-pickle/pickle"
	"github.com/go-pickle/pickle/charset"
	"github.com/go-pickle/pickle/graph"
	"github.com/go-pickle/pickle/opcode"
	"github.com/go-pickle/pickle/pickletools"
	"github.com/go-pickle/pickle/py"
)

// decodeOptions are the flags of the commands that load pickles.
type decodeOptions struct {
	encoding, errors string
	fixImports       bool
	noFixImports     bool
	keepCalls        bool
}

func (o *decodeOptions) flags(cmd *cobra.Command) {
	f := cmd.Flags()
	f.StringVar(&o.encoding, "encoding", "", "decode the str of Python 2 as `NAME`: ASCII, latin-1, utf-8, cp1252, ... or bytes")
	f.StringVar(&o.errors, "errors", "", "do `WHAT` where --encoding doesn't fit: strict, replace, ignore, ...")
	f.BoolVar(&o.noFixImports, "no-fix-imports", false, "leave the names of Python 2's modules as they are")
	f.BoolVar(&o.fixImports, "fix-imports", true, "")
	f.MarkHidden("fix-imports") // --fix-imports=false, as in Python
	f.BoolVar(&o.keepCalls, "keep-calls", false, "keep calls as they are, also where they stand for complex, bytes or a set")
	noFiles := cobra.ShellCompDirectiveNoFileComp
	cmd.RegisterFlagCompletionFunc("encoding", cobra.FixedCompletions([]string{"ASCII", "latin-1", "utf-8", "cp1252", "bytes"}, noFiles))
	cmd.RegisterFlagCompletionFunc("errors", cobra.FixedCompletions(
		[]string{"strict", "ignore", "replace", "backslashreplace", "surrogateescape", "surrogatepass"}, noFiles))
}

func (o *decodeOptions) leaveImports() bool { return o.noFixImports || !o.fixImports }

// graph gives the options for package graph: everything is kept that needs help from
// outside.
func (o *decodeOptions) graph() graph.Options {
	return graph.Options{
		NoFixImports:  o.leaveImports(),
		Encoding:      o.encoding,
		Errors:        o.errors,
		Charset:       charset.Lookup,
		PersistentIDs: true,
		AnyBuffers:    true,
	}
}

// nothing is a registry by which everything stays what the pickle says.
var nothing = py.NewRegistry()

// load loads d. Persistent ids, out-of-band buffers and instances stay what they are.
func (o *decodeOptions) load(d *document) (any, error) {
	options := pickle.DecodeOptions{
		NoFixImports:   o.leaveImports(),
		Encoding:       o.encoding,
		Errors:         o.errors,
		Charset:        charset.Lookup,
		PersistentLoad: pickle.KeepPersistent,
		KeepCalls:      o.keepCalls,
		Registry:       nothing,
	}
	var v any
	n, err := options.UnmarshalPrefix(d.data, &v)
	if failed := (*graph.Error)(nil); errors.As(err, &failed) && failed.Op == opcode.NextBuffer {
		options.Buffers = make([]py.Buffer, countBuffers(d.data))
		for i := range options.Buffers {
			options.Buffers[i].Index = i
		}
		n, err = options.UnmarshalPrefix(d.data, &v)
	}
	d.length = int64(n)
	return v, err
}

// countBuffers counts the out-of-band buffers that a pickle needs.
func countBuffers(data []byte) int {
	n := 0
	for i, err := range pickletools.Instructions(data) {
		if err == nil && i.Op == opcode.NextBuffer {
			n++
		}
	}
	return n
}

// encodeOptions are the flags of the commands that write pickles.
type encodeOptions struct {
	protocol int
	style    string
}

var styles = map[string]pickle.Style{
	"3.8":  pickle.Python38,
	"3.10": pickle.Python310,
	"3.11": pickle.Python311,
	"3.12": pickle.Python312,
	"3.13": pickle.Python313,
	"3.14": pickle.Python314,
	"3.15": pickle.Python315,
}

func (o *encodeOptions) flags(cmd *cobra.Command) {
	f := cmd.Flags()
	f.IntVarP(&o.protocol, "protocol", "p", 5, "write protocol `N`, 0 to 5")
	f.StringVar(&o.style, "style", "3.11", "where versions differ write what Python `VERSION` writes: 3.8, 3.10 to 3.15")
	noFiles := cobra.ShellCompDirectiveNoFileComp
	cmd.RegisterFlagCompletionFunc("protocol", cobra.FixedCompletions([]string{"0", "1", "2", "3", "4", "5"}, noFiles))
	cmd.RegisterFlagCompletionFunc("style", cobra.FixedCompletions([]string{"3.8", "3.10", "3.11", "3.12", "3.13", "3.14", "3.15"}, noFiles))
}

// options checks the flags.
func (o *encodeOptions) options(leaveImports bool) (pickle.EncodeOptions, error) {
	p, ok := pickle.ProtocolNumber(o.protocol)
	if !ok || o.protocol < 0 {
		return pickle.EncodeOptions{}, &usageError{what: "--protocol is 0 to 5", hint: "2 is the newest for Python 2, 4 for Python before 3.8"}
	}
	style, ok := styles[o.style]
	if !ok {
		return pickle.EncodeOptions{}, &usageError{what: "--style is 3.8, 3.10 to 3.15", hint: "3.8 is for Python 3.8 and 3.9, the others for the version they name"}
	}
	return pickle.EncodeOptions{
		Protocol:     p,
		Style:        style,
		NoFixImports: leaveImports,
		// A buffer that was beside the pickle stays beside it.
		BufferCallback: func(b *py.Buffer) bool { return len(b.Data) == 0 && b.Index >= 0 },
	}, nil
}
