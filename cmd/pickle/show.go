package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"github.com/go-pickle/pickle/graph"
	"github.com/go-pickle/pickle/py"
)

// showOptions are the flags of show.
type showOptions struct {
	in    inputOptions
	dec   decodeOptions
	out   string
	color string

	depth, maxItems, maxString, maxLines int

	width  int
	indent int
	all    bool
}

// What show prints without flags fits on a few screens.
const (
	defaultDepth     = 12
	defaultMaxItems  = 50
	defaultMaxString = 120
	defaultMaxLines  = 500
	defaultWidth     = 100
)

func (a *app) showCommand() *cobra.Command {
	var o showOptions
	cmd := &cobra.Command{
		Use:     "show [FILE...]",
		GroupID: "look",
		Short:   "Print what a pickle holds, like Python would",
		Long: `Print what a pickle holds, like Python would, indented.

    {'a': [1, 2.5, None]}                      values as Python's repr has them
    datetime.date(2024, 1, 31)                 a call that Python would make
    <shop.Order object: id=7, items=[...]>     an instance of a class, with its attributes
    <collections.deque(): [1, 2]>              a call, and what was appended to its result
    &1 [...] and then *1                       the same object as the one marked &1,
                                               which may hold itself
    <persistent 'id'>, <buffer 0, out of band> what stands for something elsewhere

Large values are shortened: [1, 2, ... 998 more], {... 3 keys}, 'text'...(5000 chars).
The flags say how much; 0 means no limit, and --all sets no limit at all.

Calls that stand for complex numbers, bytes, sets and dates are shown as what Python
would print for these; --keep-calls shows what the pickle says.

Text that Python 2 wrote is shown as UTF-8 or Latin-1 if it is not ASCII; --encoding
says which it is.`,
		Example: `  pickle show model.pkl
  pickle show --depth 2 --max-items 5 model.pkl.gz
  pickle show --all model.pkl | less
  curl -s https://example.org/data.pkl | pickle show`,
		PreRunE: func(cmd *cobra.Command, files []string) error {
			return errors.Join(o.check(cmd), a.noTerminal(files))
		},
		RunE: func(cmd *cobra.Command, files []string) error { return a.show(&o, files) },
	}
	f := cmd.Flags()
	f.IntVarP(&o.depth, "depth", "d", defaultDepth, "open at most `N` containers inside each other")
	f.IntVarP(&o.maxItems, "max-items", "n", defaultMaxItems, "print at most `N` items of each container, and pickles of each file")
	f.IntVar(&o.maxString, "max-string", defaultMaxString, "print at most `N` bytes of each string")
	f.IntVar(&o.maxLines, "max-lines", defaultMaxLines, "print at most `N` lines of each pickle")
	f.BoolVar(&o.all, "all", false, "print everything, whatever the size")
	f.IntVar(&o.width, "width", 0, "aim at lines of `N` columns; 0 means those of the terminal, or 100")
	f.IntVar(&o.indent, "indent", 2, "indent each level by `N` blanks; 0 prints everything on one line")
	o.dec.flags(cmd)
	o.in.flags(cmd)
	colorFlag(cmd, &o.color)
	outputFlag(cmd, &o.out)
	return cmd
}

func (o *showOptions) check(cmd *cobra.Command) error {
	for _, n := range []struct {
		name  string
		value int
	}{{"depth", o.depth}, {"max-items", o.maxItems}, {"max-string", o.maxString}, {"max-lines", o.maxLines},
		{"width", o.width}, {"indent", o.indent}} {
		if n.value < 0 {
			return fmt.Errorf("--%s is 0 or more", n.name)
		}
	}
	if o.color != "auto" && o.color != "always" && o.color != "never" {
		return errColor
	}
	if o.all {
		for flag, value := range map[string]*int{
			"depth": &o.depth, "max-items": &o.maxItems, "max-string": &o.maxString, "max-lines": &o.maxLines,
		} {
			if !cmd.Flags().Changed(flag) {
				*value = 0
			}
		}
	}
	return nil
}

func (a *app) show(o *showOptions, files []string) error {
	out, err := a.create(o.out, false)
	if err != nil {
		return err
	}
	screen := o.out == "" && isTerminal(a.stdout)
	s := &shower{showOptions: o, app: a, out: out, first: true, files: files}
	s.repr = py.ReprOptions{
		Width:     o.lineWidth(a.stdout, screen),
		MaxDepth:  o.depth,
		MaxItems:  o.maxItems,
		MaxString: o.maxString,
		Labels:    true,
		Indent:    string(bytes.Repeat([]byte{' '}, min(o.indent, 16))),
	}
	s.colors = o.color == "always" || o.out == "" && colorWanted(o.color, a.stdout)
	for d := range a.documents(files, &o.in) {
		if d.number == 1 {
			s.endFile()
		}
		s.show(d)
	}
	s.endFile()
	if s.cut && screen && !a.failed {
		out.Flush()
		a.print(problem{at: "pickle show", what: "not everything is shown", hint: "--all shows it; see also --depth, --max-items, --max-string, --max-lines"})
	}
	return out.finish(false)
}

// lineWidth is the width that Indent aims at.
func (o *showOptions) lineWidth(w io.Writer, screen bool) int {
	switch {
	case o.width > 0:
		return o.width
	case screen:
		if n := terminalWidth(w); n > 0 {
			return min(max(n, 40), 160)
		}
	}
	return defaultWidth
}

// A shower shows pickles one after the other.
type shower struct {
	*showOptions
	app    *app
	out    *output
	repr   py.ReprOptions
	colors bool
	files  []string
	first  bool // nothing was printed yet
	cut    bool // something was left out
	more   int  // pickles of the file that were not printed
}

// endFile says how many pickles of a file were not shown.
func (s *shower) endFile() {
	if s.more > 0 {
		s.cut = true
		fmt.Fprintf(s.out, "\n# ... %s more\n", count(s.more, "pickle"))
		s.more = 0
	}
}

func (s *shower) show(d *document) {
	g, err := s.parse(d)
	d.length = g.End()
	if err == nil && s.maxItems > 0 && d.number > s.maxItems {
		s.more++
		return
	}
	if err != nil {
		s.endFile()
		s.out.Flush()
		s.app.fail(d, err)
		return
	}
	e := newExcerpt(g, s.maxItems, s.depth, s.dec.keepCalls)
	v, err := e.build(g.Root())
	if err != nil {
		s.app.fail(d, err)
		return
	}
	s.out.heading(d, s.files, &s.first)
	repr := s.repr
	repr.Omitted = e.omittedFrom
	if err := s.print(repr, v); errors.Is(err, errEnough) {
		s.cut = true
		fmt.Fprintf(s.out, "# ... cut off after %d lines: see --max-lines, --depth, --max-items\n", s.maxLines)
	}
	s.cut = s.cut || e.left
}

// print prints one value and the end of the line.
func (s *shower) print(repr py.ReprOptions, v any) error {
	var w io.Writer = s.out
	var colors *highlighter
	if s.colors {
		colors = &highlighter{w: w}
		w = colors
	}
	lines := &lineLimit{w: w, left: s.maxLines, limited: s.maxLines > 0}
	err := repr.Write(lines, v)
	if colors != nil {
		colors.Close()
	}
	if err == nil {
		err = s.out.WriteByte('\n')
	}
	return err
}

// parse runs d. If it has text of Python 2 that is not ASCII, and nobody said what it is,
// it is taken for UTF-8, or else for Latin-1, which anything can be.
func (s *shower) parse(d *document) (*graph.Graph, error) {
	options := s.dec.graph()
	g, err := options.Parse(d.data)
	var e *graph.Error
	if s.dec.encoding != "" || !errors.As(err, &e) || e.Kind != graph.UnicodeDecodeError || !isPython2Str(e.Op) {
		return g, err
	}
	for _, encoding := range []string{"utf-8", "latin-1"} {
		options.Encoding = encoding
		other, err := options.Parse(d.data)
		if err == nil {
			s.out.Flush()
			s.app.print(problem{
				at:   fmt.Sprintf("%s:%d", d.file, d.offset+e.Offset),
				what: "text of Python 2 that is not ASCII; shown as " + encoding,
				hint: "--encoding NAME says what it is; bytes leaves it as it is",
			})
			return other, nil
		}
	}
	return g, err
}

// A lineLimit passes on a number of lines and then fails.
type lineLimit struct {
	w       io.Writer
	left    int
	limited bool
}

var errEnough = errors.New("enough lines")

func (l *lineLimit) Write(p []byte) (int, error) {
	if !l.limited {
		return l.w.Write(p)
	}
	for at := 0; ; {
		i := bytes.IndexByte(p[at:], '\n')
		if i < 0 {
			break
		}
		at += i + 1
		if l.left--; l.left <= 0 {
			n, err := l.w.Write(p[:at])
			return n, errors.Join(err, errEnough)
		}
	}
	return l.w.Write(p)
}
