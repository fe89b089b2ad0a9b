package main

import (
	"github.com/spf13/cobra"

	"github.com/go-pickle/pickle/pickletools"
)

func (a *app) disCommand() *cobra.Command {
	var (
		in       inputOptions
		out      string
		annotate bool
		indent   int
		memo     bool
	)
	cmd := &cobra.Command{
		Use:     "dis [FILE...]",
		GroupID: "look",
		Short:   "List the instructions of a pickle",
		Long: `List the instructions of a pickle, as python3 -m pickletools does: for each its
offset from the pickle's beginning, its opcode and its argument.

A broken pickle is listed up to where it breaks.`,
		Example: `  pickle dis model.pkl
  pickle dis --annotate model.pkl | less
  pickle dis model.pkl | grep GLOBAL`,
		PreRunE: func(cmd *cobra.Command, files []string) error { return a.noTerminal(files) },
		RunE: func(cmd *cobra.Command, files []string) error {
			o, err := a.create(out, false)
			if err != nil {
				return err
			}
			options := pickletools.DisassembleOptions{IndentLevel: indent}
			if indent == 0 {
				options.IndentLevel = -1
			}
			if annotate {
				options.Annotate = 30
			}
			first := true
			for d := range a.documents(files, &in) {
				o.heading(d, files, &first)
				if memo && options.Memo == nil {
					options.Memo = new(pickletools.Memo)
				}
				n, err := pickletools.Disassemble(o, d.data, options)
				if err != nil {
					o.Flush()
					a.fail(d, err)
					continue
				}
				d.length = int64(n)
			}
			return o.finish(false)
		},
	}
	cmd.Flags().BoolVarP(&annotate, "annotate", "a", false, "say on each line what the opcode does")
	cmd.Flags().IntVarP(&indent, "indent", "l", 4, "indent by `N` blanks for each open mark")
	cmd.Flags().BoolVarP(&memo, "memo", "m", false, "keep the memo from pickle to pickle, for files that one Pickler wrote")
	in.flags(cmd)
	outputFlag(cmd, &out)
	return cmd
}
