package pickle

import (
	"encoding"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/go-pickle/pickle/py"
)

// A structInfo is what loading and dumping must know of a struct type. Its fields are
// those of encoding/json: exported ones, in the order of the source, with those of
// embedded structs in their place.
type structInfo struct {
	typ      reflect.Type
	class    py.Global // of the instances that the struct stands for
	hasClass bool
	tuple    bool // the struct stands for a tuple, or for an instance of class that is a namedtuple
	slots    bool // class has __slots__ for the fields, and no __dict__
	fields   []structField
	unknown  *structField // holds what no other field takes; nil if there is none

	byName     map[string]int   // exact names
	byFolded   map[string][]int // names as foldName has them, in order
	ignoreCase bool             // some field does
}

// A structField is a field, maybe of an embedded struct.
type structField struct {
	name     string // in Python
	goName   string // such as Base.ID
	typ      reflect.Type
	index    []int // as for reflect.Value.FieldByIndex
	omitZero bool
	casing   casing

	// The field is at offset in the struct; or, if there are pointers, in what the last of
	// them points to. The first is in the struct, each other in what the one before it
	// points to.
	offset   uintptr
	pointers []embeddedPointer

	tagged bool
	depth  int
}

// An embeddedPointer is a pointer to a struct whose fields are taken as those of the
// struct that embeds it.
type embeddedPointer struct {
	offset uintptr
	elem   reflect.Type
	// private says that nobody but the package of elem may set the pointer: where it is
	// nil its fields can't be loaded.
	private bool
}

// casing says whether a name must match to the letter.
type casing uint8

const (
	casingDefault casing = iota
	casingIgnore
	casingStrict
)

// A TagError says what is wrong with a pickle tag, or with a struct whose fields
// contradict each other. It is a mistake in the program, not in a pickle.
type TagError struct {
	Type  reflect.Type // the struct
	Field string       // the field in it, such as Base.ID
	Err   error
}

// Error names the type and the field.
func (e *TagError) Error() string {
	return fmt.Sprintf("pickle: Go struct %s, field %s: %v", e.Type, e.Field, e.Err)
}

// Unwrap returns Err.
func (e *TagError) Unwrap() error { return e.Err }

// structInfos holds for a reflect.Type its *structInfo or its *TagError.
var structInfos sync.Map

// structInfoOf returns what is known of t, a struct type. The error is a [*TagError].
func structInfoOf(t reflect.Type) (*structInfo, error) {
	found, ok := structInfos.Load(t)
	if !ok {
		var made any
		if info, err := newStructInfo(t); err != nil {
			made = err
		} else {
			made = info
		}
		found, _ = structInfos.LoadOrStore(t, made)
	}
	if info, ok := found.(*structInfo); ok {
		return info, nil
	}
	return nil, found.(*TagError)
}

// field returns the place in fields of the one that Python calls name, -1 if there is
// none. As in encoding/json/v2 an exact match counts first; then, of the fields that
// ignore case, the first that is equal apart from case, underscores and dashes.
func (s *structInfo) field(name string, ignoreCase bool) int {
	if i, ok := s.byName[name]; ok {
		return i
	}
	if !ignoreCase && !s.ignoreCase {
		return -1
	}
	for _, i := range s.byFolded[foldName(name)] {
		if c := s.fields[i].casing; c == casingIgnore || c == casingDefault && ignoreCase {
			return i
		}
	}
	return -1
}

// foldName is name without case, underscores and dashes: user_id and UserID are one.
func foldName(name string) string {
	return strings.Map(func(r rune) rune {
		if r == '_' || r == '-' {
			return -1
		}
		return r
	}, strings.ToLower(strings.ToUpper(name)))
}

var (
	textUnmarshalerType = reflect.TypeFor[encoding.TextUnmarshaler]()
	textMarshalerType   = reflect.TypeFor[encoding.TextMarshaler]()
	unmarshalsType      = reflect.TypeFor[interface{ UnmarshalPickle(v any) error }]()
	pyPackage           = reflect.TypeFor[py.Dict]().PkgPath()
)

// hasFields reports whether t is a struct that is loaded and dumped by its fields: not
// one that is a value of its own, such as a time.Time, a big.Int or a py.Dict.
func hasFields(t reflect.Type) bool {
	if t.Kind() != reflect.Struct || t.PkgPath() == pyPackage {
		return false
	}
	p := reflect.PointerTo(t)
	if p.Implements(textUnmarshalerType) || p.Implements(textMarshalerType) || p.Implements(unmarshalsType) {
		return false
	}
	_, marshals := p.MethodByName("MarshalPickle")
	return !marshals
}

// A structLayer is a struct whose fields are still to be looked at: the struct itself, or
// one embedded in it.
type structLayer struct {
	typ      reflect.Type
	index    []int
	path     string // in front of the names of its fields
	offset   uintptr
	pointers []embeddedPointer
}

// newStructInfo looks at the struct and then, as Go's rules for selectors have it, at what
// is embedded one level after another.
func newStructInfo(t reflect.Type) (*structInfo, *TagError) {
	s := &structInfo{typ: t, byName: make(map[string]int)}
	ignoreCase := casingDefault
	seen := map[reflect.Type]bool{t: true}
	layers := []structLayer{{typ: t}}
	for depth := 0; len(layers) > 0; depth++ {
		var next []structLayer
		var nextSeen []reflect.Type
		for _, layer := range layers {
			names := make(map[string]string) // in this very struct
			for i := range layer.typ.NumField() {
				f := layer.typ.Field(i)
				fail := func(err error) *TagError { return &TagError{t, layer.path + f.Name, err} }
				tag, tagged, err := parseTag(f)
				if err != nil {
					return nil, fail(err)
				}
				if f.Name == "_" {
					if depth == 0 && tagged { // the class of an embedded struct is not that of the whole
						s.class, s.hasClass, s.tuple, s.slots = tag.class, tag.hasClass, tag.tuple, tag.slots
						if tag.slots && (tag.tuple || !tag.hasClass) {
							return nil, fail(errors.New("slots goes with a class that is no tuple"))
						}
						ignoreCase = tag.casing
					}
					continue
				}
				if tag.ignore || !f.IsExported() && !f.Anonymous {
					if tagged && !tag.ignore {
						return nil, fail(errors.New("an unexported field can't have a pickle tag"))
					}
					continue
				}
				at := structField{
					name: tag.name, goName: layer.path + f.Name, typ: f.Type,
					index:  append(slices.Clone(layer.index), i),
					offset: layer.offset + f.Offset, pointers: layer.pointers,
					omitZero: tag.omitZero, casing: tag.casing, tagged: tag.name != "", depth: depth,
				}
				inner, isPointer := f.Type, false
				if inner.Kind() == reflect.Pointer && inner.Name() == "" {
					inner, isPointer = inner.Elem(), true
				}
				if tag.embed || f.Anonymous && tag.name == "" && !tag.unknown && hasFields(inner) {
					if tag.embed && (inner.Kind() != reflect.Struct || tag.name != "" || tag.unknown || tag.omitZero) {
						return nil, fail(errors.New("embed is for a struct or a pointer to one, and goes with no name and no other option"))
					}
					l := structLayer{inner, at.index, at.goName + ".", at.offset, at.pointers}
					if isPointer {
						l.offset = 0
						l.pointers = append(slices.Clip(at.pointers), embeddedPointer{at.offset, inner, !f.IsExported()})
					}
					if !seen[inner] {
						next = append(next, l)
						nextSeen = append(nextSeen, inner)
					}
					continue
				}
				if !f.IsExported() {
					if tagged {
						return nil, fail(errors.New("an unexported field can't have a pickle tag"))
					}
					continue
				}
				if tag.unknown {
					if err := s.setUnknown(at, tag); err != nil {
						return nil, fail(err)
					}
					continue
				}
				if at.name == "" {
					at.name = f.Name
				}
				if other, ok := names[at.name]; ok {
					return nil, fail(fmt.Errorf("has the name %q, and so has field %s", at.name, other))
				}
				names[at.name] = at.goName
				s.fields = append(s.fields, at)
			}
		}
		for _, t := range nextSeen { // twice on one level is twice the same names
			seen[t] = true
		}
		layers = next
	}
	if err := s.settle(ignoreCase); err != nil {
		return nil, err
	}
	return s, nil
}

func (s *structInfo) setUnknown(f structField, tag structTag) error {
	if f.depth > 0 && s.unknown != nil {
		return nil // hidden by one that is less deep, as a field would be
	}
	isMap := f.typ.Kind() == reflect.Map && f.typ.Key().Kind() == reflect.String
	switch {
	case s.unknown != nil:
		return fmt.Errorf("is a second field for what is unknown, beside %s", s.unknown.goName)
	case tag.name != "" || tag.omitZero:
		return errors.New("unknown goes with no name and no other option")
	case !isMap && f.typ != reflect.TypeFor[*py.Dict]():
		return errors.New("unknown is for a map with string keys, or a *py.Dict")
	}
	s.unknown = &f
	return nil
}

// settle puts the fields in order and decides between those of one name: the one that is
// least deep, of those the one that a tag names.
func (s *structInfo) settle(ignoreCase casing) *TagError {
	slices.SortStableFunc(s.fields, func(a, b structField) int { return slices.Compare(a.index, b.index) })
	best := make(map[string]*structField)
	var conflict map[string]*structField
	for i := range s.fields {
		f := &s.fields[i]
		b := best[f.name]
		switch {
		case b == nil, f.depth < b.depth, f.depth == b.depth && f.tagged && !b.tagged:
			best[f.name] = f
			delete(conflict, f.name)
		case f.depth == b.depth && f.tagged == b.tagged:
			if conflict == nil {
				conflict = make(map[string]*structField)
			}
			conflict[f.name] = f
		}
	}
	for name, f := range conflict {
		return &TagError{s.typ, f.goName, fmt.Errorf("has the name %q, and so has field %s", name, best[name].goName)}
	}
	kept := make([]structField, 0, len(best))
	for i := range s.fields {
		if f := &s.fields[i]; best[f.name] == f {
			kept = append(kept, *f)
		}
	}
	s.fields = kept
	for i := range s.fields {
		f := &s.fields[i]
		s.byName[f.name] = i
		if f.casing == casingDefault {
			f.casing = ignoreCase
		}
		s.ignoreCase = s.ignoreCase || f.casing == casingIgnore
	}
	s.byFolded = make(map[string][]int, len(s.fields))
	for i := range s.fields {
		folded := foldName(s.fields[i].name)
		s.byFolded[folded] = append(s.byFolded[folded], i)
	}
	if s.tuple && s.unknown != nil {
		return &TagError{s.typ, s.unknown.goName, errors.New("a tuple has no unknown fields")}
	}
	return nil
}

// A structTag is what the pickle tag of a field says.
type structTag struct {
	ignore   bool
	name     string // "" if it gives none
	omitZero bool
	embed    bool
	unknown  bool
	casing   casing

	// On a blank field:
	class    py.Global
	hasClass bool
	tuple    bool
	slots    bool
}

// parseTag reads the tag of f: a name, which may stand in single quotes with Go's escapes,
// and options after commas.
func parseTag(f reflect.StructField) (tag structTag, tagged bool, err error) {
	text, ok := f.Tag.Lookup("pickle")
	if !ok {
		if strings.HasPrefix(strings.TrimSpace(string(f.Tag)), "pickle:") {
			return tag, true, fmt.Errorf("malformed tag `%s`", f.Tag)
		}
		return tag, false, nil
	}
	if text == "-" {
		return structTag{ignore: true}, true, nil
	}
	name, options, hasOptions := text, "", false
	if strings.HasPrefix(text, "'") {
		if name, options, err = unquoteName(text); err != nil {
			return tag, true, err
		}
		if options != "" {
			if options, hasOptions = strings.CutPrefix(options, ","); !hasOptions {
				return tag, true, fmt.Errorf("malformed tag %q: no comma after the name", text)
			}
		}
	} else {
		name, options, hasOptions = strings.Cut(text, ",")
	}
	tag.name = name
	if hasOptions {
		for option := range strings.SplitSeq(options, ",") {
			if err := tag.set(option, f.Name == "_"); err != nil {
				return tag, true, err
			}
		}
	}
	if f.Name == "_" && name != "" {
		return tag, true, errors.New("a blank field has no name; it takes the options class, tuple, slots and case")
	}
	return tag, true, nil
}

func (tag *structTag) set(option string, blank bool) error {
	switch option {
	case "case:ignore":
		tag.casing = casingIgnore
		return nil
	case "case:strict":
		tag.casing = casingStrict
		return nil
	}
	if blank {
		switch option {
		case "tuple":
			tag.tuple = true
			return nil
		case "slots":
			tag.slots = true
			return nil
		}
		if class, ok := strings.CutPrefix(option, "class="); ok {
			tag.class, tag.hasClass = parseClass(class)
			if !tag.hasClass {
				return fmt.Errorf("%q names no class: it is to be module.Name, or module:Outer.Name", class)
			}
			return nil
		}
		return fmt.Errorf("unknown option %q; a blank field takes class=module.Name, tuple, slots and case:ignore", option)
	}
	switch option {
	case "omitzero":
		tag.omitZero = true
	case "embed":
		tag.embed = true
	case "unknown":
		tag.unknown = true
	default:
		return fmt.Errorf("unknown option %q; a field takes omitzero, embed, unknown, case:ignore and case:strict", option)
	}
	return nil
}

// parseClass takes module.Name, where the last dot ends the module, or module:Outer.Inner
// for a class inside another.
func parseClass(s string) (class py.Global, ok bool) {
	if module, name, found := strings.Cut(s, ":"); found {
		return py.Global{Module: module, Name: name}, module != "" && name != ""
	}
	dot := strings.LastIndexByte(s, '.')
	if dot < 0 {
		return class, false
	}
	class = py.Global{Module: s[:dot], Name: s[dot+1:]}
	return class, class.Module != "" && class.Name != ""
}

// unquoteName reads the name in single quotes at the start of text.
func unquoteName(text string) (name, rest string, err error) {
	quoted := []byte{'"'}
	for i := 1; i < len(text); i++ {
		switch c := text[i]; {
		case c == '\'':
			name, err := strconv.Unquote(string(append(quoted, '"')))
			if err != nil {
				return "", "", fmt.Errorf("malformed name in tag %q", text)
			}
			return name, text[i+1:], nil
		case c == '\\' && i+1 < len(text):
			i++
			if text[i] != '\'' {
				quoted = append(quoted, '\\')
			}
			quoted = append(quoted, text[i])
		case c == '"':
			quoted = append(quoted, '\\', '"')
		default:
			quoted = append(quoted, c)
		}
	}
	return "", "", fmt.Errorf("tag %q: the quote does not end", text)
}
