package py

// How says by which instruction of the pickle an [Object] came to be.
type How uint8

const (
	// ByReduce is a call of Class with the arguments Args (REDUCE).
	ByReduce How = iota + 1
	// ByNewObj is Class.__new__(Class, *Args) (NEWOBJ).
	ByNewObj
	// ByNewObjEx is Class.__new__(Class, *Args, **Kwargs) (NEWOBJ_EX).
	ByNewObjEx
	// ByInst is an instance in the form of Python 2's classic classes (INST, OBJ).
	ByInst
	// ByName is something found by name that a Global can't hold: either Class is a
	// Global that the pickle went on to change, or Class is nil and Args the pair of
	// module and name, of which one is a persistent reference.
	ByName
)

// String gives the name that pyjson and error messages use.
func (h How) String() string {
	switch h {
	case ByReduce:
		return "reduce"
	case ByNewObj:
		return "newobj"
	case ByNewObjEx:
		return "newobj_ex"
	case ByInst:
		return "inst"
	case ByName:
		return "name"
	}
	return "unknown"
}

// An Object is an instance of a class, or the result of a call, that nothing in Go stands
// for. It keeps what the pickle says of it, in the pickle's order, so that dumping it
// gives the same pickle again. Nothing is called to make one.
type Object struct {
	How    How
	Class  any // a class, or with ByReduce anything that can be called; usually a Global
	Args   any // usually a Tuple; a pickle may also compute it, then it is an *Object
	Kwargs any // usually a *Dict; ByNewObjEx only

	// Ops is what was done to the object after it was made, in order.
	Ops []Op

	// Twins are further calls that made this object and whose results were dropped, as
	// happens where an object's own arguments refer to it. The first is the innermost.
	Twins []Twin
}

// A Twin is a call whose result the pickle dropped in favour of an equal object.
type Twin struct{ Class, Args, Kwargs any }

// OpKind is what was done to an object.
type OpKind uint8

const (
	// OpBuild set the state Items[0] (BUILD): __setstate__ or an update of __dict__.
	OpBuild OpKind = iota + 1
	// OpAppend appended Items (APPEND, APPENDS).
	OpAppend
	// OpSetItems set item Items[2*i] to Items[2*i+1] (SETITEM, SETITEMS).
	OpSetItems
	// OpAddItems added Items as to a set (ADDITEMS).
	OpAddItems
	// OpCall called the state setter Items[0] with the object and the state Items[1].
	OpCall
)

// String gives the name that pyjson and descriptions use.
func (k OpKind) String() string {
	switch k {
	case OpBuild:
		return "build"
	case OpAppend:
		return "append"
	case OpSetItems:
		return "setitems"
	case OpAddItems:
		return "additems"
	case OpCall:
		return "call"
	}
	return "unknown"
}

// An Op is one thing done to an [Object] after it was made.
type Op struct {
	Kind  OpKind
	Items []any
}
