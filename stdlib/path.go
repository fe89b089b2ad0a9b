package stdlib

import (
	"path/filepath"
	"reflect"
	"runtime"
	"strings"
	"unique"

	"github.com/go-pickle/pickle/internal/intern"
	"github.com/go-pickle/pickle/py"
)

// A Path is a path of Python's pathlib.
//
// A Path that was loaded remembers from which segments it was made, so that it is pickled
// as it was. Paths are == if these are the same, too; use [Path.Equal], or compare what
// [Path.Clean] gives, to know whether they are the same path.
type Path struct {
	Kind PathKind
	Text string // the path as Python's str gives it

	// from is what the path was loaded from, or nil. To be comparable it holds an array.
	from pathOrigin
}

// PathKind is the class of a path.
type PathKind uint8

// The classes of paths that have instances. A pure path has no file system.
const (
	PurePosixPath PathKind = iota
	PureWindowsPath
	PosixPath
	WindowsPath
)

var pathNames = [...]string{"PurePosixPath", "PureWindowsPath", "PosixPath", "WindowsPath"}

// String gives the name of the class.
func (k PathKind) String() string {
	if int(k) < len(pathNames) {
		return pathNames[k]
	}
	return "unknown"
}

func (k PathKind) windows() bool { return k == PureWindowsPath || k == WindowsPath }

// NewPath returns the path that Python makes of the segments.
func NewPath(kind PathKind, segments ...string) Path {
	return Path{Kind: kind, Text: parsePath(kind, segments).String()}
}

// PathOf returns the path of a file of this system, as pathlib.Path is there.
func PathOf(name string) Path {
	if runtime.GOOS == "windows" {
		return NewPath(WindowsPath, name)
	}
	return NewPath(PosixPath, name)
}

// Clean returns the path alone, which is == to that of every equal path of a Posix kind.
func (p Path) Clean() Path { return Path{Kind: p.Kind, Text: p.String()} }

// String gives the path as Python's str does.
func (p Path) String() string { return parsePath(p.Kind, []string{p.Text}).String() }

// Slash gives the path with slashes, as as_posix does in Python.
func (p Path) Slash() string {
	if p.Kind.windows() {
		return strings.ReplaceAll(p.String(), `\`, "/")
	}
	return p.String()
}

// Parts are the components as Python's parts: the drive and root first, if there are any.
func (p Path) Parts() []string { return parsePath(p.Kind, []string{p.Text}).parts() }

// File is the path for the functions of package os on this system.
func (p Path) File() string { return filepath.FromSlash(p.Slash()) }

// AppendRepr appends what Python's repr gives.
func (p Path) AppendRepr(dst []byte) []byte {
	dst = append(append(dst, p.Kind.String()...), '(')
	return append(py.AppendRepr(dst, p.Slash()), ')')
}

// MarshalText gives what String does.
func (p Path) MarshalText() ([]byte, error) { return []byte(p.String()), nil }

// Plain is the text that String gives.
func (p Path) Plain() (any, error) { return p.String(), nil }

// StoreIn stores the text that String gives in a *string.
func (p Path) StoreIn(dst any) (bool, error) {
	s, ok := dst.(*string)
	if ok {
		*s = p.String()
	}
	return ok, nil
}

// HashKey is the path, in lower case if it is one of Windows. A pure path is equal to one
// that is not.
func (p Path) HashKey() any {
	if p.Kind.windows() {
		return pathKey{true, strings.ToLower(p.String())}
	}
	return pathKey{false, p.String()}
}

type pathKey struct {
	windows bool
	text    string
}

// Equal reports whether p and q are the same path.
func (p Path) Equal(q Path) bool { return p.HashKey() == q.HashKey() }

// A parsedPath is a path taken apart: see PurePath._parse_path in Python's pathlib.
type parsedPath struct {
	windows     bool
	drive, root string
	tail        []string
}

func (p *parsedPath) sep() string {
	if p.windows {
		return `\`
	}
	return "/"
}

func (p *parsedPath) String() string {
	tail := strings.Join(p.tail, p.sep())
	switch {
	case p.drive == "" && p.root == "" && len(p.tail) == 0:
		return "."
	case p.drive == "" && p.root == "" && p.windows && len(p.tail[0]) > 1 && p.tail[0][1] == ':':
		return `.\` + tail // it would look like a drive
	}
	return p.drive + p.root + tail
}

func (p *parsedPath) parts() []string {
	if anchor := p.drive + p.root; anchor != "" {
		return append([]string{anchor}, p.tail...)
	}
	return p.tail
}

func parsePath(kind PathKind, segments []string) *parsedPath {
	p := &parsedPath{windows: kind.windows()}
	for _, s := range segments {
		drive, root, rest := splitRoot(s, p.windows)
		switch {
		case !p.windows && root != "", p.windows && drive != "" && !strings.EqualFold(drive, p.drive),
			root != "":
			if drive == "" && p.windows {
				drive = p.drive // \x on the drive that is there
			}
			p.drive, p.root, p.tail = drive, root, nil
		case drive != "":
			p.drive = drive
		}
		for _, part := range strings.Split(rest, p.sep()) {
			if part != "" && part != "." {
				p.tail = append(p.tail, part)
			}
		}
	}
	if p.windows && p.root == "" && strings.HasPrefix(p.drive, `\\`) && !strings.HasSuffix(p.drive, `\`) {
		// A share has a root, if it is one: \\server\share, \\?\UNC\server\share.
		names := strings.Split(p.drive, `\`)
		if len(names) == 6 || len(names) == 4 && !strings.Contains("?.", names[2]) {
			p.root = `\`
		}
	}
	return p
}

// splitRoot is posixpath.splitroot or ntpath.splitroot.
func splitRoot(s string, windows bool) (drive, root, rest string) {
	if !windows {
		switch {
		case !strings.HasPrefix(s, "/"):
			return "", "", s
		case strings.HasPrefix(s, "//") && !strings.HasPrefix(s, "///"):
			return "", "//", s[2:]
		}
		return "", "/", s[1:]
	}
	s = strings.ReplaceAll(s, "/", `\`)
	switch {
	case strings.HasPrefix(s, `\\`):
		start := 2
		if len(s) >= 8 && strings.EqualFold(s[:8], `\\?\UNC\`) {
			start = 8
		}
		i := strings.IndexByte(s[start:], '\\')
		if i < 0 {
			return s, "", ""
		}
		i += start
		j := strings.IndexByte(s[i+1:], '\\')
		if j < 0 {
			return s, "", ""
		}
		j += i + 1
		return s[:j], s[j : j+1], s[j+1:]
	case strings.HasPrefix(s, `\`):
		return "", `\`, s[1:]
	case len(s) > 1 && s[1] == ':':
		if len(s) > 2 && s[2] == '\\' {
			return s[:2], `\`, s[3:]
		}
		return s[:2], "", s[2:]
	}
	return "", "", s
}

// Up to Python 3.12 a path is pickled by its parts; 3.13 wrote the segments that it was
// made of, and called its module otherwise.
const pathModule, pathModule313 = "pathlib", "pathlib._local"

var pathEntries = func() (entries []py.Entry) {
	for kind, name := range pathNames {
		current, in313 := py.Global{Module: pathModule, Name: name}, py.Global{Module: pathModule313, Name: name}
		entries = append(entries, py.Entry{
			Names: []py.Global{current, in313},
			Load: func(o *py.Object) (any, bool) {
				args, ok := calledArgs(o, current, in313)
				if !ok {
					return nil, false
				}
				return loadPath(PathKind(kind), args)
			},
		})
	}
	entries[0].Types = []reflect.Type{reflect.TypeFor[Path]()}
	entries[0].Reduce = func(v any, f py.Form) (any, error) { return reducePath(v.(Path), f), nil }
	return entries
}()

func loadPath(kind PathKind, args py.Tuple) (any, bool) {
	segments := make([]string, len(args))
	for i, arg := range args {
		s, ok := arg.(string)
		if !ok || strings.Contains(s, "\x00") {
			return nil, false
		}
		segments[i] = s
	}
	parsed := parsePath(kind, segments)
	p := Path{Kind: kind, Text: parsed.String()}
	if len(segments) == 1 && segments[0] == p.Text {
		p.Text = segments[0]
	}
	p.from = originOf(p, segments, equalStrings(parsed.parts(), segments))
	return p, true
}

func reducePath(p Path, f py.Form) any {
	class := py.Global{Module: pathModule, Name: pathNames[min(p.Kind, WindowsPath)]}
	if f.Python == 13 {
		class.Module = pathModule313
	}
	var segments []string
	known, inParts := false, false
	if p.from != nil {
		var from pathFacts
		from, segments = p.from.facts()
		known = from.text == p.Text && from.kind == p.Kind // nobody changed it
		inParts = known && from.parts
	}
	switch {
	case known && (f.Python >= 13 || inParts):
	case f.Python >= 13:
		segments = []string{p.Text}
	default:
		segments = p.Parts()
		for i := range segments {
			segments[i] = internPart(segments[i])
		}
	}
	args := make(py.Tuple, len(segments))
	for i, s := range segments {
		args[i] = s
	}
	return &py.Object{How: py.ByReduce, Class: class, Args: args}
}

func equalStrings(a, b []string) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if a[i] != b[i] {
			return false
		}
	}
	return true
}

// internPart is the part of a path as the one object that Python has for it (sys.intern).
func internPart(s string) string {
	if c, ok := intern.IsChar(s); ok {
		return intern.Char(c)
	}
	return unique.Make(s).Value()
}

// A pathOrigin is what a path was loaded from. Its values can be compared by ==, and hold
// the segments as the strings that they were, each with its identity: paths of one folder
// share the str of the folder.
type pathOrigin interface {
	facts() (pathFacts, []string)
}

type pathFacts struct {
	kind  PathKind
	text  string // what Text was then
	parts bool   // the segments are the path's parts
	n     int
}

type (
	segments2 struct {
		about pathFacts
		s     [2]string
	}
	segments4 struct {
		about pathFacts
		s     [4]string
	}
	segments8 struct {
		about pathFacts
		s     [8]string
	}
	segments16 struct {
		about pathFacts
		s     [16]string
	}
	segmentsMany struct {
		about pathFacts
		s     *[]string
	}
)

func (o segments2) facts() (pathFacts, []string)    { return o.about, o.s[:o.about.n] }
func (o segments4) facts() (pathFacts, []string)    { return o.about, o.s[:o.about.n] }
func (o segments8) facts() (pathFacts, []string)    { return o.about, o.s[:o.about.n] }
func (o segments16) facts() (pathFacts, []string)   { return o.about, o.s[:o.about.n] }
func (o segmentsMany) facts() (pathFacts, []string) { return o.about, *o.s }

func originOf(p Path, segments []string, parts bool) pathOrigin {
	about := pathFacts{p.Kind, p.Text, parts, len(segments)}
	switch n := len(segments); {
	case n <= 2:
		o := segments2{about: about}
		copy(o.s[:], segments)
		return o
	case n <= 4:
		o := segments4{about: about}
		copy(o.s[:], segments)
		return o
	case n <= 8:
		o := segments8{about: about}
		copy(o.s[:], segments)
		return o
	case n <= 16:
		o := segments16{about: about}
		copy(o.s[:], segments)
		return o
	}
	return segmentsMany{about, &segments}
}
