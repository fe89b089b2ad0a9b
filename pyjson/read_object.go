package pyjson

import (
	"errors"
	"fmt"

	"github.com/go-pickle/pickle/py"
)

// howByName and opByName are the names that How and OpKind have.
var (
	howByName = make(map[string]py.How)
	opByName  = make(map[string]py.OpKind)
)

func init() {
	for h := py.ByReduce; h <= py.ByName; h++ {
		howByName[h.String()] = h
	}
	for k := py.OpBuild; k <= py.OpCall; k++ {
		opByName[k.String()] = k
	}
}

// The phases of a readObject: what the value that comes next is.
const (
	inField uint8 = iota // the value of class, args or kwargs
	inOpItems
	inTwinItems
)

// The fields of a $object, as bits of objectNode.seen and as readFrame.field.
const (
	fieldHow uint8 = 1 << iota
	fieldClass
	fieldArgs
	fieldKwargs
	fieldOps
	fieldTwins
)

var fieldByName = map[string]uint8{
	"how": fieldHow, "class": fieldClass, "args": fieldArgs, "kwargs": fieldKwargs, "ops": fieldOps, "twins": fieldTwins,
}

// openInstance reads a $object up to the first value in it.
func (p *parser) openInstance(at int) (r ref, opened bool, err error) {
	if err := p.expect('{'); err != nil {
		return 0, false, err
	}
	r = p.container(nObject, at)
	p.objects = append(p.objects, objectNode{})
	p.push(readObject, r)
	more, r, err := p.fields()
	return r, more, err
}

// fields reads fields of the object at the top up to where a value is to come; if there is
// none, to the end of the object.
func (p *parser) fields() (more bool, r ref, err error) {
	for {
		f := p.stack.Top()
		o := &p.objects[p.nodes[f.node].slot]
		p.space()
		at := p.pos
		name, err := p.name("a field")
		if err != nil {
			return false, 0, err
		}
		field := fieldByName[name]
		if field == 0 || o.seen&field != 0 {
			p.pos = at
			return false, 0, fieldError(name, int(field), "$object")
		}
		o.seen |= field
		f.field = field
		if err := p.expect(':'); err != nil {
			return false, 0, err
		}
		switch field {
		case fieldHow:
			p.space()
			at := p.pos
			s, err := p.name("a string")
			if err != nil {
				return false, 0, err
			}
			if o.how = howByName[s]; o.how == 0 {
				p.pos = at
				return false, 0, fmt.Errorf("no object is made by %.40q", s)
			}
		case fieldOps, fieldTwins:
			if err := p.expect('['); err != nil {
				return false, 0, err
			}
			if !p.accept(']') {
				more, err := p.run1(f, o)
				if more || err != nil {
					return more, 0, err
				}
			}
		default:
			f.phase = inField
			return true, 0, nil
		}
		if done, r, err := p.endField(); done || err != nil {
			return false, r, err
		}
	}
}

// endField reads what stands behind a field: the end of the object, or a comma.
func (p *parser) endField() (done bool, r ref, err error) {
	if p.accept(',') {
		return false, 0, nil
	}
	if p.space() != '}' {
		return false, 0, p.unexpected("',' or '}'")
	}
	p.pos++
	f := p.stack.Top()
	r = f.node
	if p.objects[p.nodes[r].slot].how == 0 {
		return false, 0, errors.New("a $object needs the field how")
	}
	p.nodes[r].n = 0
	p.stack.Pop()
	return true, r, p.expect('}')
}

// run1 reads operations or twins, behind a bracket or comma, up to where a value is to
// come; if there is none, to the end of the array.
func (p *parser) run1(f *readFrame, o *objectNode) (more bool, err error) {
	for {
		if err := p.expect('['); err != nil {
			return false, err
		}
		if f.field == fieldTwins {
			f.phase = inTwinItems
			return true, nil
		}
		f.phase = inOpItems
		p.space()
		at := p.pos
		s, err := p.name("the name of an operation")
		if err != nil {
			return false, err
		}
		kind := opByName[s]
		if kind == 0 {
			p.pos = at
			return false, fmt.Errorf("no operation is %.40q", s)
		}
		o.ops = append(o.ops, opNode{kind: kind})
		if p.accept(',') {
			return true, nil
		}
		if more, err := p.endRun(f, o); !more || err != nil {
			return false, err
		}
	}
}

// endRun ends an operation or twin, and if it is the last the array of them; otherwise
// more is true.
func (p *parser) endRun(f *readFrame, o *objectNode) (more bool, err error) {
	if err := p.expect(']'); err != nil {
		return false, err
	}
	a, n := p.moveItems(f.base)
	if f.field == fieldTwins {
		if n < 2 || n > 3 {
			return false, fmt.Errorf("a twin has class, args and perhaps kwargs, not %d values", n)
		}
		o.twins = append(o.twins, opNode{a: a, n: n})
	} else {
		op := &o.ops[len(o.ops)-1]
		op.a, op.n = a, n
	}
	if p.accept(',') {
		return true, nil
	}
	return false, p.expect(']')
}

// nextOfObject is next for an object.
func (p *parser) nextOfObject(f *readFrame, r ref) (more bool, _ ref, err error) {
	o := &p.objects[p.nodes[f.node].slot]
	switch {
	case f.phase != inField:
		p.pend = append(p.pend, r)
		if p.accept(',') {
			return true, 0, nil
		}
		more, err := p.endRun(f, o)
		if more && err == nil {
			more, err = p.run1(f, o)
		}
		if more || err != nil {
			return more, 0, err
		}
	case f.field == fieldClass:
		o.class = r
	case f.field == fieldArgs:
		o.args = r
	case f.field == fieldKwargs:
		o.kwargs = r
	}
	if done, r, err := p.endField(); done || err != nil {
		return false, r, err
	}
	return p.fields()
}

// objectStep is the step of a path that the object of f adds, where n items of an
// operation or twin have been read.
func (p *parser) objectStep(f *readFrame, n int) string {
	o := &p.objects[p.nodes[f.node].slot]
	switch f.field {
	case fieldClass:
		return ".class"
	case fieldArgs:
		return ".args"
	case fieldKwargs:
		return ".kwargs"
	case fieldOps:
		if len(o.ops) > 0 {
			return opStep(len(o.ops)-1, o.ops[len(o.ops)-1].kind, n)
		}
	case fieldTwins:
		return fmt.Sprintf(".twins[%d]", len(o.twins))
	}
	return ""
}
