package main

import (
	"bytes"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/go-pickle/pickle/graph"
	"github.com/go-pickle/pickle/internal/container"
	"github.com/go-pickle/pickle/scan"
)

// callsOptions are the flags of calls.
type callsOptions struct {
	in      inputOptions
	dec     decodeOptions
	out     string
	color   string
	offsets bool
	all     bool

	maxString, maxItems, maxLines int
}

func (a *app) callsCommand() *cobra.Command {
	var o callsOptions
	cmd := &cobra.Command{
		Use:     "calls [FILE...]",
		GroupID: "check",
		Short:   "List what Python would do, as Python source",
		Long: `List everything that Python would do while it loads a pickle, in its order, as
Python source: imports, calls, changes of objects. Nothing of it is done.

    from os import system                  a name is looked up
    x1 = system('echo x')                  a call; its result is x1 from here on
    x2 = Order.__new__(Order)              an instance is made without __init__
    x2.__dict__.update({'id': 7})          its state, if that is a dict: Python calls
                                           __setstate__ instead if the class has one
    x2.__setstate__((1, 2))                any other state
    x3.append(1)   x3['k'] = 1             what is put into an object
    x4 = persistent_load('id')             what the loading program is asked for
    x5 = extension(240)                    a number of copyreg's registry
    x6 = find_class('a b', 'c')            a name that no import statement can have
    result = [x2]                          what pickle.load would return
    raise UnpicklingError('...')           where a broken pickle breaks

Values are shown as they are in the end. Long strings, lines and lists of calls
are cut off, and what could fool a reader or a terminal is escaped.
pickle scan judges what is listed here. Like it, calls looks into archives and
the files of torch, numpy and joblib.`,
		Example: `  pickle calls model.pkl
  pickle calls --offsets model.pt
  pickle calls --all model.pkl | grep import | sort | uniq -c`,
		PreRunE: func(cmd *cobra.Command, files []string) error {
			return errors.Join(o.check(), a.noTerminal(files))
		},
		RunE: func(cmd *cobra.Command, files []string) error { return a.calls(&o, files) },
	}
	f := cmd.Flags()
	f.BoolVar(&o.offsets, "offsets", false, "say after each line where its instruction is")
	f.IntVar(&o.maxString, "max-string", 200, "print at most `N` bytes of each string")
	f.IntVarP(&o.maxItems, "max-items", "n", 20, "print at most `N` items of each container")
	f.IntVar(&o.maxLines, "max-lines", 1000, "print at most `N` lines of each pickle")
	f.BoolVar(&o.all, "all", false, "print all lines, however many")
	f.StringVar(&o.dec.encoding, "encoding", "", "decode the str of Python 2 as `NAME`: ASCII, latin-1, utf-8, cp1252, ... or bytes")
	o.in.flags(cmd)
	colorFlag(cmd, &o.color)
	outputFlag(cmd, &o.out)
	return cmd
}

func (o *callsOptions) check() error {
	switch {
	case o.maxString < 1, o.maxItems < 1, o.maxLines < 1:
		return errors.New("--max-string, --max-items and --max-lines are 1 or more")
	case o.color != "auto" && o.color != "always" && o.color != "never":
		return errColor
	}
	return nil
}

func (a *app) calls(o *callsOptions, files []string) error {
	out, err := a.create(o.out, false)
	if err != nil {
		return err
	}
	s := &script{w: out, maxString: o.maxString, maxItems: o.maxItems, maxLines: o.maxLines, offsets: o.offsets}
	if o.all {
		s.maxLines = 0
	}
	s.colors = o.color == "always" || o.out == "" && colorWanted(o.color, a.stdout)
	o.dec.fixImports = true
	c := &caller{app: a, callsOptions: o, script: s, out: out, files: files, first: true}
	for _, name := range orStdin(files) {
		data, err := a.read(name, &o.in)
		if err == nil && o.in.offset > int64(len(data)) {
			err = fmt.Errorf("--offset %d is past the end of %s", o.in.offset, count(len(data), "byte"))
		}
		if err != nil {
			a.report(problem{at: displayName(name), what: plainMessage(err), hint: readHint(err)})
			continue
		}
		c.file, c.enough, c.told = displayName(name), false, false
		if len(data) == 0 {
			c.fail(0, errNothing.Error())
			continue
		}
		container.Limits{Bytes: int64(o.in.maxBytes)}.Walk(data[o.in.offset:], c)
	}
	return out.finish(false)
}

// A caller writes the calls of what is found in a file.
type caller struct {
	*app
	*callsOptions
	script *script
	out    *output
	files  []string
	first  bool   // nothing was written yet
	file   string // the present one
	enough bool   // of it
	told   bool   // what is wrong with it
}

// Pickle writes the calls of the pickles that m begins with.
func (c *caller) Pickle(m *container.Member) (used int64) {
	size := int64(len(m.Data))
	if c.enough {
		return size
	}
	if !(scan.Options{}).Plausible(m.Data) {
		return 0
	}
	torch := isTorchLegacy(m.Data)
	for number := 1; used < size; number++ {
		data := m.Data[used:]
		if number > 1 {
			data = bytes.TrimLeft(data, "\x00\r\n")
			if used = size - int64(len(data)); !(scan.Options{}).Plausible(data) || torch && number > torchPickles {
				return used
			}
		}
		d := &document{file: c.file, number: number, offset: c.in.offset + m.Base + used, data: data, torch: torch}
		if m.Path != "" {
			d.file, d.offset = d.file+"!"+m.Path, m.Base+used
		}
		names := c.files
		if m.Path != "" || !c.first {
			names = []string{d.file, c.file} // say which one it is
		}
		c.out.heading(d, names, &c.first)
		if isJoblib(data) {
			c.told = true
			c.script.writeTexts(scan.Options{}.Calls(data))
			return size
		}
		g, err := c.parseCalls(d, c.dec.graph())
		c.script.write(g, err)
		if err != nil {
			c.out.Flush()
			c.app.fail(d, err)
			c.told = true
			return used
		}
		used += g.End()
		if c.in.first {
			c.enough = true
			return size
		}
	}
	return used
}

// torchPickles is how many pickles a file of torch.save's old format has, before its tensors.
const torchPickles = 5

// Problem tells what can't be looked into.
func (c *caller) Problem(p container.Problem) {
	switch {
	case c.enough, p.Kind == container.Note, p.Kind == container.NotPickle && p.Path != "",
		(p.Kind == container.Unknown || p.Kind == container.NotPickle) && c.told:
		return
	case p.Kind == container.Mismatch, p.Kind == container.Name:
		c.out.Flush()
		c.print(problem{at: c.place(p.Path), what: p.Text})
		return
	}
	c.fail(p.Offset, p.Text)
}

// Bytes is for those who count.
func (c *caller) Bytes(int64) {}

func (c *caller) place(path string) string {
	if path == "" {
		return c.file
	}
	return c.file + "!" + path
}

func (c *caller) fail(offset int64, what string) {
	c.out.Flush()
	at := c.file
	if offset >= 0 {
		at = fmt.Sprintf("%s:%d", at, offset)
	}
	c.report(problem{at: at, what: what})
	c.told = true
}

// parseCalls runs d. Extension codes are kept, and text of Python 2 that is not ASCII is taken
// for Latin-1, which anything can be: what follows it is as interesting as what comes before.
func (a *app) parseCalls(d *document, o graph.Options) (*graph.Graph, error) {
	o.Extension = func(code int) (module, name string, ok bool) { return extensionModule, fmt.Sprint(code), true }
	g, err := o.Parse(d.data)
	var e *graph.Error
	if o.Encoding == "" && errors.As(err, &e) && e.Kind == graph.UnicodeDecodeError && isPython2Str(e.Op) {
		o.Encoding = "latin-1"
		return o.Parse(d.data)
	}
	return g, err
}
