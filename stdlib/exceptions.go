package stdlib

import (
	"fmt"
	"io/fs"
	"reflect"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/go-pickle/pickle/py"
)

// An Exception is an instance of a Python exception class, used as *Exception; it is an
// error in Go. The standard library's classes are known, those of a program are made so
// by [ExceptionClass].
//
// Equal compares class, arguments and attributes; in Python each exception is equal to
// itself alone.
type Exception struct {
	// Class is the class under its name in Python 3: builtins.FileNotFoundError. An
	// OSError becomes the class that Python makes of it by its error number, which
	// protocols 0 to 2 do not write, with the numbers of Linux.
	Class py.Global

	// Args are the arguments of which Python makes the exception again: its args, to
	// which an OSError adds its file names.
	Args py.Tuple

	// Attrs are what Python sets on it then: the program's attributes, __notes__, and
	// name and path of an ImportError; nil if there are none.
	Attrs *py.Dict
}

// NewException returns an exception of a class of module builtins, such as "ValueError".
func NewException(class string, args ...any) *Exception {
	module := "builtins"
	if class == "ExceptionGroup" {
		module = groupModule
	}
	return &Exception{Class: py.Global{Module: module, Name: class}, Args: args}
}

// groupModule is "builtins" where CPython has a str object of its own with that text: it
// makes ExceptionGroup in another way than the other classes.
var groupModule = strings.Clone("builtins")

// ExceptionClass is the entry for exception classes of a program, which load as an
// [*Exception] with their Class. They must be pickled as BaseException does it: class,
// args and attributes.
func ExceptionClass(names ...py.Global) py.Entry {
	return py.Entry{
		Names: names,
		Types: []reflect.Type{reflect.TypeFor[*Exception]()},
		Load:  loadException,
		Fill: func(v any, o *py.Object) (err error) {
			v.(*Exception).Attrs, err = stateDict(o)
			return err
		},
		Reduce: func(v any, _ py.Form) (any, error) {
			e := v.(*Exception)
			o := &py.Object{How: py.ByReduce, Class: e.Class, Args: orEmpty(e.Args)}
			return changed(o, build(e.Attrs)), nil
		},
	}
}

var exceptionEntries = func() []py.Entry {
	e := ExceptionClass()
	for class := range exceptionBases {
		e.Names = append(e.Names, class)
	}
	for _, alias := range osErrors {
		e.Names = append(e.Names, py.Global{Module: "builtins", Name: alias})
	}
	return []py.Entry{e}
}()

// osErrors are other names of OSError, from Python 2.
var osErrors = []string{"IOError", "EnvironmentError", "WindowsError"}

func loadException(o *py.Object) (any, bool) {
	args, ok := made(o, -1, py.OpBuild)
	if !ok {
		return nil, false
	}
	e := &Exception{Args: args}
	if e.Class, ok = o.Class.(py.Global); !ok {
		return nil, false
	}
	if e.Class.Module == "builtins" {
		for _, alias := range osErrors {
			if e.Class.Name == alias {
				e.Class.Name = "OSError"
			}
		}
		if e.Class.Name == "OSError" && len(args) >= 2 && len(args) <= 5 {
			if n, ok := args[0].(int64); ok && errnoClasses[n] != "" {
				e.Class.Name = errnoClasses[n]
			}
		}
	}
	return e, true
}

// errnoClasses are the subclasses that OSError makes of error numbers of Linux.
var errnoClasses = map[int64]string{
	1: "PermissionError", 2: "FileNotFoundError", 3: "ProcessLookupError", 4: "InterruptedError",
	10: "ChildProcessError", 11: "BlockingIOError", 13: "PermissionError", 17: "FileExistsError",
	20: "NotADirectoryError", 21: "IsADirectoryError", 32: "BrokenPipeError", 103: "ConnectionAbortedError",
	104: "ConnectionResetError", 108: "BrokenPipeError", 110: "TimeoutError", 111: "ConnectionRefusedError",
	114: "BlockingIOError", 115: "BlockingIOError",
}

// exceptionBases are the bases of the classes in exceptionNames.
var exceptionBases = func() map[py.Global][]py.Global {
	bases := make(map[py.Global][]py.Global)
	module := ""
	for field := range strings.FieldsSeq(exceptionNames) {
		if m, ok := strings.CutSuffix(field, ":"); ok {
			if module = m; module == "builtins" {
				module = "builtins" // the str that the other types of that module have
			}
			continue
		}
		name, list, hasBases := strings.Cut(strings.TrimSuffix(field, ")"), "(")
		class := py.Global{Module: module, Name: name}
		switch {
		case !hasBases && module != "builtins":
			list = "Exception"
		case !hasBases:
			bases[class] = nil
			continue
		}
		for base := range strings.SplitSeq(list, ",") {
			g := py.Global{Module: "builtins", Name: base}
			if dot := strings.LastIndexByte(base, '.'); dot == 0 {
				g = py.Global{Module: module, Name: base[1:]}
			} else if dot > 0 {
				g = py.Global{Module: base[:dot], Name: base[dot+1:]}
			}
			bases[class] = append(bases[class], g)
		}
	}
	return bases
}()

// IsA reports whether the exception's class is class or extends it, as far as the standard
// library's classes go: a FileNotFoundError is an OSError. Any is a BaseException.
func (e *Exception) IsA(class py.Global) bool {
	return isA(e.Class, class) || class == py.Global{Module: "builtins", Name: "BaseException"}
}

func isA(c, class py.Global) bool {
	if c == class {
		return true
	}
	for _, base := range exceptionBases[c] {
		if isA(base, class) {
			return true
		}
	}
	return false
}

// Attr returns the attribute of that name that was set on the exception.
func (e *Exception) Attr(name string) (value any, ok bool) {
	if e.Attrs == nil {
		return nil, false
	}
	return e.Attrs.Get(name)
}

// Notes are the notes that add_note added.
func (e *Exception) Notes() []string {
	v, _ := e.Attr("__notes__")
	list, _ := v.(*py.List)
	if list == nil {
		return nil
	}
	var notes []string
	for _, x := range list.Items {
		if s, ok := x.(string); ok {
			notes = append(notes, s)
		}
	}
	return notes
}

const maxMessage = 4 << 10

// Error is the class and the message as the last line of Python's traceback has them:
// "KeyError: 'a'". What is long is cut off, and control characters are escaped.
func (e *Exception) Error() string {
	name := e.Class.Name
	if e.Class.Module != "builtins" && e.Class.Module != "" {
		name = e.Class.String()
	}
	if m := e.message(); m != "" {
		return name + ": " + m
	}
	return name
}

// message is str(e).
func (e *Exception) message() string {
	show := py.ReprOptions{MaxLen: maxMessage}.Format
	text := func(x any) string {
		s, ok := x.(string)
		if !ok {
			return show(x)
		}
		quoted := show(s)
		if len(quoted) == len(s)+2 {
			return s // nothing in it was escaped
		}
		return quoted
	}
	switch {
	case len(e.Args) == 0:
		return ""
	case e.IsA(py.Global{Module: "builtins", Name: "KeyError"}) && len(e.Args) == 1:
		return show(e.Args[0])
	case e.IsA(py.Global{Module: "builtins", Name: "OSError"}) && len(e.Args) >= 2 && len(e.Args) <= 5:
		s := "[Errno " + show(e.Args[0]) + "] " + text(e.Args[1])
		if len(e.Args) > 2 {
			s += ": " + show(e.Args[2])
		}
		if len(e.Args) > 4 {
			s += " -> " + show(e.Args[4])
		}
		return s
	case e.isGroup() && len(e.Args) == 2:
		n := len(e.exceptions())
		plural := "s"
		if n == 1 {
			plural = ""
		}
		return fmt.Sprintf("%s (%d sub-exception%s)", text(e.Args[0]), n, plural)
	case len(e.Args) == 1:
		return text(e.Args[0])
	}
	return show(e.Args)
}

func (e *Exception) isGroup() bool {
	return e.IsA(py.Global{Module: "builtins", Name: "BaseExceptionGroup"})
}

// exceptions are those in a group.
func (e *Exception) exceptions() []any {
	if !e.isGroup() || len(e.Args) != 2 {
		return nil
	}
	switch items := e.Args[1].(type) {
	case *py.List:
		if items != nil {
			return items.Items
		}
	case py.Tuple:
		return items
	}
	return nil
}

// Unwrap returns the exceptions that an ExceptionGroup has, and the groups in it, each
// once and without the groups themselves. A cycle through groups, which a pickle may have,
// so has an end.
func (e *Exception) Unwrap() []error {
	if !e.isGroup() {
		return nil
	}
	var leaves []error
	seen := map[*Exception]bool{e: true}
	for todo := []*Exception{e}; len(todo) > 0; {
		group := todo[0]
		todo = todo[1:]
		for _, x := range group.exceptions() {
			switch sub, _ := x.(*Exception); {
			case sub == nil || seen[sub]:
			case sub.isGroup():
				seen[sub] = true
				todo = append(todo, sub)
			default:
				seen[sub] = true
				leaves = append(leaves, sub)
			}
		}
	}
	return leaves
}

// Is has errors.Is find [fs.ErrNotExist], [fs.ErrExist] and [fs.ErrPermission] in a
// FileNotFoundError, FileExistsError and PermissionError, and an *Exception without Args and
// Attrs in those of its class and the classes that extend it.
func (e *Exception) Is(target error) bool {
	builtin := func(name string) bool { return e.IsA(py.Global{Module: "builtins", Name: name}) }
	switch target {
	case fs.ErrNotExist:
		return builtin("FileNotFoundError")
	case fs.ErrExist:
		return builtin("FileExistsError")
	case fs.ErrPermission:
		return builtin("PermissionError")
	}
	t, ok := target.(*Exception)
	return ok && t != nil && len(t.Args) == 0 && t.Attrs == nil && e.IsA(t.Class)
}

// ReprParts prints e as ValueError('message', 2).
func (e *Exception) ReprParts() []any {
	name := e.Class.Name[strings.LastIndexByte(e.Class.Name, '.')+1:]
	if len(name) > 200 || strings.ContainsFunc(name, unicode.IsControl) || !utf8.ValidString(name) {
		name = "<" + py.ReprOptions{MaxLen: 200}.Format(name) + ">"
	}
	return getterParts(name+"(", e.Args)
}

// EqualParts compares class, arguments and attributes.
func (e *Exception) EqualParts(other any) (mine, theirs []any, ok bool) {
	o, ok := other.(*Exception)
	if !ok || e.Class != o.Class {
		return nil, nil, false
	}
	return []any{orEmpty(e.Args), attrsOrNone(e.Attrs)}, []any{orEmpty(o.Args), attrsOrNone(o.Attrs)}, true
}

// attrsOrNone makes no difference between no attributes and none set.
func attrsOrNone(d *py.Dict) any {
	if d == nil || d.Len() == 0 {
		return nil
	}
	return d
}

// StoreIn stores the exception in an error.
func (e *Exception) StoreIn(dst any) (ok bool, err error) {
	p, ok := dst.(*error)
	if ok {
		*p = e
	}
	return ok, nil
}

// Plain is an error: no plain data stands for an exception.
func (e *Exception) Plain() (any, error) { return nil, errNotData(e.Class.String()) }
