package pickle

import (
	"github.com/go-pickle/pickle/graph"
	"github.com/go-pickle/pickle/internal/intern"
	"github.com/go-pickle/pickle/internal/textcodec"
	"github.com/go-pickle/pickle/py"
)

// Where a protocol has no opcode for a built-in type, CPython's pickler writes a call that
// makes the value: complex(1.0, 2.0), or in the lower protocols set([...]),
// bytearray(b'...') and _codecs.encode('...', 'latin1') for bytes. Loading folds such a
// call into the value, if it is one that the pickler would write for that value: then
// dumping writes it again, to the byte. Any other call stays an Object: one whose
// arguments are used elsewhere, or that was changed afterwards.
type foldKind uint8

const (
	noFold foldKind = iota
	foldComplex
	foldBytes   // bytes()
	foldEncoded // _codecs.encode
	foldByteArray
	foldSet
	foldFrozenSet
)

var foldNames = map[py.Global]foldKind{
	{Module: "builtins", Name: "complex"}:   foldComplex,
	{Module: "builtins", Name: "bytes"}:     foldBytes,
	{Module: "_codecs", Name: "encode"}:     foldEncoded,
	{Module: "builtins", Name: "bytearray"}: foldByteArray,
	{Module: "builtins", Name: "set"}:       foldSet,
	{Module: "builtins", Name: "frozenset"}: foldFrozenSet,
}

// folds is what a builder knows of the calls that it folds. Their values are in others.
type folds struct {
	any   bool // there are names in the graph that may fold
	kinds map[graph.Ref]foldKind
	is    map[graph.Ref]bool // folded Objects
	used  map[graph.Ref]bool // Objects that are called, or are the arguments of a call; nil before isUsed asks
	only  refSet             // long Strs that are there for a call that folds and nothing else
	bytes int                // how long those of them are that are parts of the input
}

func (b *builder) findFolds() {
	b.folds = folds{}
	if b.o.KeepCalls || b.g.Count(graph.Object) == 0 {
		return
	}
	left := b.g.Count(graph.Global)
	for i := graph.Ref(0); left > 0; i++ {
		if b.g.KindOf(i) != graph.Global {
			continue
		}
		left--
		n := b.g.Node(i)
		if n.Changed() {
			continue
		}
		module, name := n.Global()
		if module != "builtins" && module != "_codecs" || len(name) > longName {
			continue
		}
		if k := foldNames[py.Global{Module: module, Name: name}]; k != noFold {
			if !b.folds.any {
				b.folds.any = true
				b.folds.kinds = make(map[graph.Ref]foldKind)
				b.folds.is = make(map[graph.Ref]bool)
			}
			b.folds.kinds[n.Ref()] = k
		}
	}
	if b.folds.any && !b.o.KeepMemo { // with it a later pickle may refer to any text
		b.findOnly()
	}
}

// isUsed reports whether another call needs the one that made r to be what it is: in Python
// its result would not do as something to call, or as arguments.
func (b *builder) isUsed(r graph.Ref) bool {
	if b.folds.used == nil {
		b.folds.used = make(map[graph.Ref]bool)
		for c := range b.g.Calls() {
			for _, n := range [...]graph.Node{c.Func(), c.Args(), c.Kwargs()} {
				if n.Kind() == graph.Object {
					b.folds.used[n.Ref()] = true
				}
			}
		}
	}
	return b.folds.used[r]
}

// findOnly finds the text of bytes, which takes no memory of its own if the call folds.
func (b *builder) findOnly() {
	for c := range b.g.Calls() {
		if text, ok := b.encodedText(c); ok {
			b.folds.only.add(text.Ref(), b.g.Len())
			if _, _, ok := text.Span(); ok {
				b.folds.bytes += text.Len()
			}
		}
	}
}

// encodedText is the text of bytes that c makes, if it is long and nothing but c uses it.
func (b *builder) encodedText(c graph.Call) (text graph.Node, ok bool) {
	const long = 64
	if !b.folds.any || c.Kind() != graph.CallReduce || b.folds.kinds[c.Func().Ref()] != foldEncoded {
		return text, false
	}
	args := c.Args()
	if args.Kind() != graph.Tuple || args.Shared() || args.Len() != 2 {
		return text, false
	}
	text = args.Index(0)
	return text, text.Kind() == graph.Str && !text.Shared() && text.Len() >= long
}

// fold folds the call n if it can be, and gives it its place in others.
func (b *builder) fold(n graph.Node) bool {
	if !b.folds.any {
		return false
	}
	c := n.Made()
	if c.Kind() != graph.CallReduce || n.Changed() || b.isUsed(n.Ref()) {
		return false
	}
	kind := b.folds.kinds[c.Func().Ref()]
	args := c.Args()
	if kind == noFold || args.Kind() != graph.Tuple || args.Shared() && args.Len() > 0 {
		return false
	}
	v := b.foldValue(kind, args)
	if v == nil {
		return false
	}
	b.slot[n.Ref()] = uint32(len(b.others)) | inOthers
	b.others = append(b.others, v)
	b.folds.is[n.Ref()] = true
	if m, name := c.Func().GlobalNodes(); m.Valid() && name.Valid() {
		module, qualname := c.Func().Global()
		for g := range foldNames {
			if g.Module == module && g.Name == qualname {
				b.interns.claim(m.Ref(), g.Module)
				b.interns.claim(name.Ref(), g.Name)
			}
		}
	}
	return true
}

// foldValue is the value of a call, nil if it can't be folded.
func (b *builder) foldValue(kind foldKind, args graph.Node) any {
	switch kind {
	case foldComplex:
		if re, im := args.Index(0), args.Index(1); args.Len() == 2 && re.Kind() == graph.Float && im.Kind() == graph.Float {
			v := complex(re.Float(), im.Float())
			return v
		}
	case foldBytes:
		if args.Len() == 0 {
			empty := py.Bytes(b.emptyString())
			return bytesType.Of(&empty) // boxed in the ordinary way it would lose its address
		}
	case foldEncoded:
		if data, ok := b.encoded(args); ok {
			return data
		}
	case foldByteArray:
		if data, ok := b.byteArrayData(args); ok {
			return &py.ByteArray{Bytes: data}
		}
	case foldSet, foldFrozenSet:
		if !b.foldableItems(args) {
			return nil
		}
		if kind == foldSet {
			return new(py.Set)
		}
		return new(py.FrozenSet)
	}
	return nil
}

// encoded is the data of _codecs.encode(text, 'latin1').
func (b *builder) encoded(args graph.Node) (py.Bytes, bool) {
	text, codec := args.Index(0), args.Index(1)
	if args.Len() != 2 || text.Kind() != graph.Str || codec.Kind() != graph.Str || codec.Str() != intern.Latin1 ||
		text.Len() == 0 {
		return "", false
	}
	data, ok := textcodec.EncodeLatin1(nil, text.Str())
	if !ok || text.Shared() && len(data) > 1 {
		return "", false
	}
	b.interns.claim(codec.Ref(), intern.Latin1)
	if len(data) == 1 {
		b.interns.claim(text.Ref(), intern.Char(data[0]))
	}
	// Not py.Bytes(data): Go has one address for all strings of the same byte.
	return py.Bytes(bytesAsString(data)), true
}

// byteArrayData is the data of bytearray(), bytearray(b'...') and, as Python up to 3.7
// wrote it, bytearray('...', 'latin-1').
func (b *builder) byteArrayData(args graph.Node) ([]byte, bool) {
	from := args.Index(0)
	switch args.Len() {
	case 0:
		return []byte{}, true
	case 1:
		if from.Shared() {
			return nil, false
		}
		if from.Kind() == graph.Bytes {
			return append([]byte{}, from.Payload()...), from.Len() > 0
		}
		if from.Kind() == graph.Object && b.folds.is[from.Ref()] {
			data, ok := b.folded(from).(py.Bytes)
			return []byte(data), ok && !from.Shared()
		}
	case 2:
		if codec := args.Index(1); from.Kind() == graph.Str && codec.Kind() == graph.Str &&
			(codec.Str() == "latin-1" || codec.Str() == intern.Latin1) {
			return textcodec.EncodeLatin1(nil, from.Str())
		}
	}
	return nil, false
}

// foldableItems reports whether args is a list of its own with items that are surely
// hashable, so that it can be a set.
func (b *builder) foldableItems(args graph.Node) bool {
	list := args.Index(0)
	if args.Len() != 1 || list.Kind() != graph.List || list.Shared() {
		return false
	}
	for item := range list.Items() {
		if !b.surelyHashable(item, 0) {
			return false
		}
	}
	return true
}

// surelyHashable looks into tuples a few levels deep, enough for what programs keep in
// sets.
func (b *builder) surelyHashable(n graph.Node, depth int) bool {
	switch n.Kind() {
	case graph.List, graph.Dict, graph.Set, graph.ByteArray:
		return false
	case graph.Tuple:
		if depth == 4 || n.Len() > 1000 {
			return false
		}
		for item := range n.Items() {
			if !b.surelyHashable(item, depth+1) {
				return false
			}
		}
	case graph.Object:
		if b.folds.is[n.Ref()] {
			switch b.folded(n).(type) {
			case *py.Set, *py.ByteArray:
				return false
			}
		}
	}
	return true
}

// folded is the value that n was folded into.
func (b *builder) folded(n graph.Node) any { return b.others[b.slot[n.Ref()]&^slotTags] }

// foldRefs are the items of the set that n was folded into.
func (b *builder) foldRefs(n graph.Node) []graph.Ref {
	switch b.folded(n).(type) {
	case *py.Set, *py.FrozenSet:
		return n.Made().Args().Index(0).Refs()
	}
	return nil
}

func (b *builder) fillFrozenFold(n graph.Node) error {
	if f, ok := b.folded(n).(*py.FrozenSet); ok && f.Len() == 0 {
		if err := f.AdoptMemo(b.values(b.foldRefs(n)), &b.keys); err != nil {
			return b.keyError(err)
		}
	}
	return nil
}

func (b *builder) fillFold(n graph.Node) error {
	if s, ok := b.folded(n).(*py.Set); ok && s.Len() == 0 {
		if err := s.AdoptMemo(b.values(b.foldRefs(n)), &b.keys); err != nil {
			return b.keyError(err)
		}
	}
	return b.fillFrozenFold(n)
}
