package main

import (
	"bytes"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/go-pickle/pickle/pyjson"
)

func (a *app) jsonCommand() *cobra.Command {
	var (
		in     inputOptions
		dec    decodeOptions
		out    string
		plain  bool
		merge  bool
		indent int
	)
	cmd := &cobra.Command{
		Use:     "json [FILE...]",
		GroupID: "look",
		Short:   "Write a pickle as JSON that loses nothing",
		Long: `Write a pickle as JSON. What JSON has no form for is marked with a $:

    {"$tuple": [1, 2]}  {"$bytes": "..."}  {"$def": 1, "value": [...]} ... {"$ref": 1}

pickle from-json makes the same pickle of it again, to the byte. With --plain it is
ordinary JSON for other programs, from which nothing can be made again: tuples and
sets are arrays, bytes are base64, shared parts are repeated.

Several pickles give several JSON texts, each on a line, or lines, of its own.`,
		Example: `  pickle json model.pkl
  pickle json --plain model.pkl | jq '.layers[0]'
  pickle json old.pkl | sed 's/colour/color/' | pickle from-json -p 4 -o new.pkl`,
		PreRunE: func(cmd *cobra.Command, files []string) error { return a.noTerminal(files) },
		RunE: func(cmd *cobra.Command, files []string) error {
			o, err := a.create(out, false)
			if err != nil {
				return err
			}
			if !cmd.Flags().Changed("indent") && out == "" && isTerminal(a.stdout) {
				indent = 2
			}
			options := pyjson.Options{
				Indent: string(bytes.Repeat([]byte{' '}, max(0, min(indent, 16)))),
				Plain:  plain, MergeStrings: merge,
			}
			for d := range a.documents(files, &in) {
				v, err := dec.load(d)
				if err == nil {
					err = options.Write(o, v)
				}
				if err != nil {
					a.fail(d, err)
				}
			}
			return o.finish(true)
		},
	}
	f := cmd.Flags()
	f.BoolVar(&plain, "plain", false, "write ordinary JSON, which can't be turned back")
	f.BoolVar(&merge, "merge-strings", false, "write equal strings as if they were one object: easier to read, but the memo may differ afterwards")
	f.IntVar(&indent, "indent", 0, "indent each level by `N` blanks; 0 is one line, 2 the default on a terminal")
	dec.flags(cmd)
	in.flags(cmd)
	outputFlag(cmd, &out)
	return cmd
}

func (a *app) fromJSONCommand() *cobra.Command {
	var (
		in    inputOptions
		enc   encodeOptions
		out   string
		leave bool
	)
	cmd := &cobra.Command{
		Use:     "from-json [FILE...]",
		GroupID: "write",
		Short:   "Make a pickle of JSON",
		Long: `Make a pickle of what pickle json wrote, or of any JSON that has no keys beginning
with $. Several JSON texts, one after another, become as many pickles.`,
		Example: `  pickle json model.pkl | pickle from-json --protocol 4 -o same.pkl
  echo '{"a": [1, 2.5, null]}' | pickle from-json -o new.pkl`,
		PreRunE: func(cmd *cobra.Command, files []string) error { return a.noTerminal(files) },
		RunE: func(cmd *cobra.Command, files []string) error {
			options, err := enc.options(leave)
			if err != nil {
				return err
			}
			o, err := a.create(out, true)
			if err != nil {
				return err
			}
			for d := range a.documents(files, &in) {
				d.length = int64(len(d.data))
				texts := pyjson.NewDecoder(bytes.NewReader(d.data))
				for v, err := range texts.All() {
					var data []byte
					if err == nil {
						data, err = options.Marshal(v)
					}
					if err != nil {
						a.failJSON(d, texts.InputOffset(), err)
						break
					}
					o.Write(data)
				}
			}
			return o.finish(true)
		},
	}
	enc.flags(cmd)
	f := cmd.Flags()
	f.BoolVar(&leave, "no-fix-imports", false, "leave the names of Python 3's modules as they are in protocols 0 to 2")
	in.maxBytesFlag(cmd)
	outputFlag(cmd, &out)
	return cmd
}

// failJSON reports that the text at offset is no JSON, or stands for no pickle.
func (a *app) failJSON(d *document, offset int64, err error) {
	d.err = err
	p := d.problem(err)
	p.at = fmt.Sprintf("%s:%d", d.file, d.offset+offset)
	var e *pyjson.Error
	if errors.As(err, &e) {
		p.at = fmt.Sprintf("%s:%d", d.file, d.offset+max(e.Offset, 0))
		p.what = e.Err.Error()
		if e.Path != "" && e.Path != "$" {
			p.what += " (at " + e.Path + ")"
		}
		if isPickle(d.data) {
			p.what, p.hint = "no JSON, but a pickle", "pickle convert takes pickles"
		}
	}
	a.report(p)
}
