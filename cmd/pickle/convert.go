package main

import (
	"github.com/spf13/cobra"

	"github.com/go-pickle/pickle/pickletools"
)

func (a *app) convertCommand() *cobra.Command {
	var (
		in  inputOptions
		dec decodeOptions
		enc encodeOptions
		out string
	)
	cmd := &cobra.Command{
		Use:     "convert [FILE...]",
		GroupID: "write",
		Short:   "Write a pickle in another protocol",
		Long: `Load pickles and write them again, in the protocol that --protocol says: what
Python would write, byte for byte.

Objects of all classes are written as they came; nothing of them is imported.
Names are those of Python 3 in protocols 3 to 5 and those of Python 2 below, as
Python does it; --no-fix-imports (or --fix-imports=false) leaves them alone. The
str of Python 2 become str of Python 3: see --encoding; with --encoding bytes
they become bytes.

Several pickles are written one after another. The output is not compressed.`,
		Example: `  pickle convert --protocol 2 new.pkl -o for-python2.pkl
  pickle convert -p 5 --encoding latin-1 python2.pkl -o new.pkl
  pickle convert -p 4 big.pkl.gz | zstd > big.pkl.zst`,
		PreRunE: func(cmd *cobra.Command, files []string) error { return a.noTerminal(files) },
		RunE: func(cmd *cobra.Command, files []string) error {
			options, err := enc.options(dec.leaveImports())
			if err != nil {
				return err
			}
			o, err := a.create(out, true)
			if err != nil {
				return err
			}
			for d := range a.documents(files, &in) {
				v, err := dec.load(d)
				if err != nil {
					a.fail(d, err)
					continue
				}
				data, err := options.Marshal(v)
				if err != nil {
					a.fail(d, err)
					continue
				}
				o.Write(data)
			}
			return o.finish(true)
		},
	}
	enc.flags(cmd)
	dec.flags(cmd)
	in.flags(cmd)
	outputFlag(cmd, &out)
	return cmd
}

func (a *app) optimizeCommand() *cobra.Command {
	var (
		in  inputOptions
		out string
	)
	cmd := &cobra.Command{
		Use:     "optimize [FILE...]",
		GroupID: "write",
		Short:   "Make a pickle shorter",
		Long: `Leave out what puts objects into the memo that nothing refers to, as Python's
pickletools.optimize does. The pickle stays in its protocol and loads as the same
value.`,
		Example: `  pickle optimize model.pkl -o smaller.pkl
  pickle optimize model.pkl | gzip > model.pkl.gz`,
		PreRunE: func(cmd *cobra.Command, files []string) error { return a.noTerminal(files) },
		RunE: func(cmd *cobra.Command, files []string) error {
			o, err := a.create(out, true)
			if err != nil {
				return err
			}
			for d := range a.documents(files, &in) {
				data, err := pickletools.Optimize(d.data)
				if err != nil {
					a.fail(d, err)
					continue
				}
				d.length = int64(pickleLength(d.data))
				o.Write(data)
			}
			return o.finish(true)
		},
	}
	in.flags(cmd)
	outputFlag(cmd, &out)
	return cmd
}

// pickleLength is the length of the pickle that data begins with, which is sound.
func pickleLength(data []byte) (n int64) {
	for i, err := range pickletools.Instructions(data) {
		if err != nil {
			break
		}
		n = i.End
	}
	return n
}
