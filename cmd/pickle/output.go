package main

import (
	"bufio"
	"fmt"
	"io"
	"os"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"github.com/go-pickle/pickle/internal/replace"
)

// outputFlag adds -o to a command.
func outputFlag(cmd *cobra.Command, name *string) {
	cmd.Flags().StringVarP(name, "output", "o", "",
		"write to `FILE`; it appears, or changes, when all is written")
	cmd.MarkFlagFilename("output")
}

// An output is where a command writes: standard output, or a file that is written beside
// the one it will replace.
type output struct {
	*bufio.Writer
	a    *app
	name string        // "" for standard output
	file *replace.File // nil for standard output
}

// create opens the output. If binary is set, a terminal is refused, unless name is "-".
func (a *app) create(name string, binary bool) (*output, error) {
	if name == "" && binary && isTerminal(a.stdout) {
		return nil, &usageError{
			what: "a pickle is no text, and standard output is a terminal",
			hint: "-o FILE writes it to a file, -o - to the terminal all the same",
		}
	}
	o := &output{a: a}
	if name == "" || name == "-" {
		o.Writer = bufio.NewWriterSize(a.stdout, 64<<10)
		return o, nil
	}
	if info, err := os.Stat(name); err == nil && info.IsDir() {
		return nil, outputError(name, errDirectory)
	}
	file, err := replace.Create(name)
	if err != nil {
		return nil, outputError(name, err)
	}
	o.name, o.file = name, file
	o.Writer = bufio.NewWriterSize(file, 64<<10)
	return o, nil
}

func outputError(name string, err error) error {
	return &usageError{what: fmt.Sprintf("cannot write %s: %s", name, plainMessage(err))}
}

// close ends the output: the file takes its name, if keep is set, or is dropped.
func (o *output) close(keep bool) error {
	err := o.Flush()
	switch {
	case o.file == nil:
	case err == nil && (keep || o.file.Direct()):
		err = o.file.Commit()
	default:
		o.file.Discard()
	}
	if err == nil {
		return nil
	}
	name := o.name
	if name == "" {
		name = "standard output"
	}
	return outputError(name, err)
}

// finish closes the output of a command. What depends on all inputs, such as a file of
// converted pickles, is whole: if something failed, the file is left as it was.
func (o *output) finish(whole bool) error {
	keep := !whole || !o.a.failed
	err := o.close(keep)
	if err == nil && !keep && o.file != nil && !o.file.Direct() {
		o.a.print(problem{at: o.name, what: "not written, since something failed"})
	}
	return err
}

func isTerminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}

// terminalWidth is how many columns w has, 0 if it is no terminal.
func terminalWidth(w io.Writer) int {
	if f, ok := w.(*os.File); ok {
		if width, _, err := term.GetSize(int(f.Fd())); err == nil {
			return width
		}
	}
	return 0
}

// heading says which pickle comes, where that is not plain: several files were named, or
// it is not the first in its file. It begins with an empty line if something came before.
func (o *output) heading(d *document, files []string, first *bool) {
	several := len(files) > 1 || d.number > 1
	if several {
		if !*first {
			o.WriteByte('\n')
		}
		fmt.Fprintf(o, "# %s", printable(d.file))
		if d.number > 1 || d.offset > 0 {
			fmt.Fprintf(o, ", pickle %d at offset %d", d.number, d.offset)
		}
		if d.layer != "" {
			fmt.Fprintf(o, " of the %s data", d.layer)
		}
		o.WriteByte('\n')
	}
	*first = false
}
