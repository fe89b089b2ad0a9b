package pickletools_test

import (
	"errors"
	"fmt"
	"os"

	"github.com/go-pickle/pickle/pickletools"
)

func ExampleInstructions() {
	// pickle.dumps({"a": 1.5})
	data := []byte("\x80\x04\x95\x12\x00\x00\x00\x00\x00\x00\x00}\x94\x8c\x01a\x94G?\xf8\x00\x00\x00\x00\x00\x00s.")
	for i, err := range pickletools.Instructions(data) {
		if err != nil {
			fmt.Println(err)
			break
		}
		if i.Arg != nil {
			fmt.Printf("%d %v %#v\n", i.Offset, i.Op, i.Arg)
		}
	}
	// Output:
	// 0 PROTO 4
	// 2 FRAME 18
	// 13 SHORT_BINUNICODE "a"
	// 17 BINFLOAT 1.5
}

func ExampleDisassemble() {
	data := []byte("\x80\x02]q\x00(K\x01K\x02cos\nsystem\nq\x01e.")
	if _, err := pickletools.Disassemble(os.Stdout, data, pickletools.DisassembleOptions{}); err != nil {
		fmt.Println(err)
	}
	// Output:
	//     0: \x80 PROTO      2
	//     2: ]    EMPTY_LIST
	//     3: q    BINPUT     0
	//     5: (    MARK
	//     6: K        BININT1    1
	//     8: K        BININT1    2
	//    10: c        GLOBAL     'os system'
	//    21: q        BINPUT     1
	//    23: e        APPENDS    (MARK at 5)
	//    24: .    STOP
	// highest protocol among opcodes = 2
}

func ExampleDisassemble_annotate() {
	data := []byte("\x80\x04]\x94K\x01a.")
	pickletools.Disassemble(os.Stdout, data, pickletools.DisassembleOptions{Annotate: 25})
	// Output:
	//     0: \x80 PROTO      4         Protocol version indicator.
	//     2: ]    EMPTY_LIST           Push an empty list.
	//     3: \x94 MEMOIZE    (as 0)    Store the stack top into the memo.  The stack is not popped.
	//     4: K    BININT1    1         Push a one-byte unsigned integer.
	//     6: a    APPEND               Append an object to a list.
	//     7: .    STOP                 Stop the unpickling machine.
	// highest protocol among opcodes = 4
}

// Two pickles of one Pickler: the second refers to a memo entry of the first.
func ExampleMemo() {
	data := []byte("]q\x00." + "h\x00.")
	var memo pickletools.Memo
	for len(data) > 0 {
		n, err := pickletools.Disassemble(os.Stdout, data, pickletools.DisassembleOptions{Memo: &memo})
		if err != nil {
			fmt.Println(err)
			break
		}
		data = data[n:]
	}
	fmt.Println(memo.Len(), "memo entry")
	// Output:
	//     0: ]    EMPTY_LIST
	//     1: q    BINPUT     0
	//     3: .    STOP
	// highest protocol among opcodes = 1
	//     0: h    BINGET     0
	//     2: .    STOP
	// highest protocol among opcodes = 1
	// 1 memo entry
}

func ExampleOptimize() {
	// Of three memo entries, one is read.
	out, err := pickletools.Optimize([]byte("\x80\x03]q\x00(X\x01\x00\x00\x00aq\x01X\x01\x00\x00\x00bq\x02h\x02e."))
	fmt.Printf("%q %v\n", out, err)
	// Output: "\x80\x03](X\x01\x00\x00\x00aX\x01\x00\x00\x00bq\x00h\x00e." <nil>
}

func ExampleError() {
	_, err := pickletools.Disassemble(os.Stdout, []byte("]K\x01e."), pickletools.DisassembleOptions{})
	var e *pickletools.Error
	if errors.As(err, &e) {
		fmt.Println(e)
		fmt.Println(e.Kind, "in Python:", e.Message)
	}
	// Output:
	//     0: ]    EMPTY_LIST
	//     1: K    BININT1    1
	//     3: e    APPENDS    no MARK exists on stack
	// pickletools: APPENDS at offset 3: no MARK exists on stack
	// ValueError in Python: no MARK exists on stack
}
