// Command pickle shows, checks, converts and takes apart Python pickles. It needs no Python, and
// nothing that a pickle names is imported, called or run.
//
//	pickle show FILE       print what a pickle holds, like Python would
//	pickle json FILE       turn it into JSON that loses nothing
//	pickle from-json FILE  turn that JSON into a pickle again
//	pickle dis FILE        list its instructions
//	pickle scan PATH       tell whether it is safe to load in Python
//	pickle calls FILE      list what Python would do, as Python source
//	pickle convert FILE    write it in another protocol
//	pickle optimize FILE   leave out what no one refers to
//
// Every command has --help, with examples.
//
// The exit status is 0 if all went well and 2 for a failure: a file that can't be read, a
// pickle that is broken, wrong usage. scan judges files: 1 is for something dangerous,
// whatever else failed, and 3 for something suspicious if nothing is worse. What failed is told
// as FILE:OFFSET: WHAT, with a line of advice after it where there is some.
package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/spf13/cobra"
)

// Cobra was chosen because it is what most Go commands use, has few dependencies, and
// writes the completion for bash, zsh, fish and PowerShell.

func main() { os.Exit(run(os.Args[1:], os.Stdin, os.Stdout, os.Stderr)) }

// The exit status, if it is not 0. Those of findings are scan's.
const (
	exitDangerous  = 1
	exitFailure    = 2
	exitSuspicious = 3
)

// An app is one run of the command.
type app struct {
	stdin          io.Reader
	stdout, stderr io.Writer
	color          bool // on stderr
	failed         bool // something was reported
	status         int  // what a command found, or 0
}

// run is main without the process.
func run(args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	a := &app{stdin: stdin, stdout: stdout, stderr: stderr}
	a.color = colorWanted("auto", stderr)
	root := a.rootCommand()
	root.SetArgs(args)
	root.SetIn(stdin)
	root.SetOut(stdout)
	root.SetErr(stderr)
	if cmd, err := root.ExecuteC(); err != nil {
		a.reportUsage(cmd, err)
	}
	if a.failed && a.status != exitDangerous {
		return exitFailure
	}
	return a.status
}

const usageEnd = `
Exit status: 0 all went well, 2 a failure; of scan also 1 dangerous, 3 suspicious.
`

func (a *app) rootCommand() *cobra.Command {
	root := &cobra.Command{
		Use:   "pickle",
		Short: "Show, check, convert and take apart Python pickles",
		Long: `Show, check, convert and take apart Python pickles, of every protocol.

It needs no Python, and nothing that a pickle names is imported, called or run.

FILE may be - for standard input, which is also read if no FILE is given. Files
compressed with gzip, bzip2, xz, lzma, zlib or zstd are recognised by what is in
them, whatever they are called. A file may hold several pickles one after
another: all of them are taken.`,
		Example: `  pickle show model.pkl
  pickle json model.pkl.gz | jq .
  pickle scan downloads/
  pickle dis --annotate model.pkl
  pickle convert --protocol 2 model.pkl -o model-for-python2.pkl`,
		SilenceErrors: true,
		SilenceUsage:  true,
		Args:          rootArgs,
		RunE: func(cmd *cobra.Command, args []string) error {
			return cmd.Help()
		},
	}
	root.SuggestionsMinimumDistance = 2
	root.SetUsageTemplate(root.UsageTemplate() + usageEnd)
	root.SetFlagErrorFunc(func(cmd *cobra.Command, err error) error { return err })
	root.AddGroup(
		&cobra.Group{ID: "look", Title: "Look at pickles:"},
		&cobra.Group{ID: "check", Title: "Check what pickles do:"},
		&cobra.Group{ID: "write", Title: "Write pickles:"},
	)
	root.AddCommand(
		a.showCommand(), a.jsonCommand(), a.disCommand(),
		a.scanCommand(), a.callsCommand(),
		a.convertCommand(), a.fromJSONCommand(), a.optimizeCommand(),
		a.versionCommand(),
	)
	root.Version = version()
	root.SetVersionTemplate("{{.Version}}\n")
	root.InitDefaultVersionFlag()
	root.Flags().Lookup("version").Usage = "print the version"
	return root
}

// rootArgs says what to do about a command that there isn't, such as a file's name.
func rootArgs(cmd *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	err := &usageError{what: fmt.Sprintf("there is no command %q", args[0])}
	if _, e := os.Stat(args[0]); e == nil {
		err.hint = "to look into the file: pickle show " + args[0]
	} else if s := cmd.SuggestionsFor(args[0]); len(s) > 0 {
		err.hint = "did you mean pickle " + strings.Join(s, " or pickle ") + "?"
	}
	return err
}

// A usageError is wrong usage with advice of its own.
type usageError struct{ what, hint string }

func (e *usageError) Error() string { return e.what }

// reportUsage reports an error that is not about a file.
func (a *app) reportUsage(cmd *cobra.Command, err error) {
	p := problem{at: cmd.CommandPath(), what: err.Error(), hint: cmd.CommandPath() + " --help"}
	var u *usageError
	if errors.As(err, &u) && u.hint != "" {
		p.hint = u.hint
	}
	a.report(p)
}
