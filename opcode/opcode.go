// Package opcode holds the 68 opcodes of Python's pickle machine as data: name, code,
// the protocol that introduced each, the kind of its argument, and the stack before
// and after it. It runs nothing; package pickletools reads pickles with it.
//
// The names, protocols, argument kinds and stack pictures are those of CPython 3.11,
// Lib/pickletools.py, written to table.go by gen.py and compared with the python3 at
// hand by this package's tests. The descriptions are this project's own.
//
// Everything here is a constant or a value: nothing can be changed by a caller, and
// every function may be called from any number of goroutines.
package opcode

//go:generate python3 gen.py

// HighestProtocol is the newest pickle protocol that has opcodes in this package.
// Protocols number from 0.
const HighestProtocol = 5

// An Op is an opcode: one byte of a pickle. Every byte is a valid Op; [Op.Known] tells
// the 68 that mean something from the others.
type Op byte

// The opcodes in the order in which pickletools lists them. The names are those of
// CPython's Lib/pickletools.py in Go's case; [Op.String] gives Python's spelling.
const (
	Int             Op = 'I'
	BinInt          Op = 'J'
	BinInt1         Op = 'K'
	BinInt2         Op = 'M'
	Long            Op = 'L'
	Long1           Op = 0x8a
	Long4           Op = 0x8b
	String          Op = 'S'
	BinString       Op = 'T'
	ShortBinString  Op = 'U'
	BinBytes        Op = 'B'
	ShortBinBytes   Op = 'C'
	BinBytes8       Op = 0x8e
	ByteArray8      Op = 0x96
	NextBuffer      Op = 0x97
	ReadOnlyBuffer  Op = 0x98
	None            Op = 'N'
	NewTrue         Op = 0x88
	NewFalse        Op = 0x89
	Unicode         Op = 'V'
	ShortBinUnicode Op = 0x8c
	BinUnicode      Op = 'X'
	BinUnicode8     Op = 0x8d
	Float           Op = 'F'
	BinFloat        Op = 'G'
	EmptyList       Op = ']'
	Append          Op = 'a'
	Appends         Op = 'e'
	List            Op = 'l'
	EmptyTuple      Op = ')'
	Tuple           Op = 't'
	Tuple1          Op = 0x85
	Tuple2          Op = 0x86
	Tuple3          Op = 0x87
	EmptyDict       Op = '}'
	Dict            Op = 'd'
	SetItem         Op = 's'
	SetItems        Op = 'u'
	EmptySet        Op = 0x8f
	AddItems        Op = 0x90
	FrozenSet       Op = 0x91
	Pop             Op = '0'
	Dup             Op = '2'
	Mark            Op = '('
	PopMark         Op = '1'
	Get             Op = 'g'
	BinGet          Op = 'h'
	LongBinGet      Op = 'j'
	Put             Op = 'p'
	BinPut          Op = 'q'
	LongBinPut      Op = 'r'
	Memoize         Op = 0x94
	Ext1            Op = 0x82
	Ext2            Op = 0x83
	Ext4            Op = 0x84
	Global          Op = 'c'
	StackGlobal     Op = 0x93
	Reduce          Op = 'R'
	Build           Op = 'b'
	Inst            Op = 'i'
	Obj             Op = 'o'
	NewObj          Op = 0x81
	NewObjEx        Op = 0x92
	Proto           Op = 0x80
	Stop            Op = '.'
	Frame           Op = 0x95
	PersID          Op = 'P'
	BinPersID       Op = 'Q'
)
