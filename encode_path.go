package pickle

import (
	"fmt"
	"strconv"
	"unsafe"
)

// A pathStep is a step of the path to an error, or stands for a number of steps that are
// not shown.
type pathStep struct {
	text   string
	hidden int
}

// within notes a step on the way from an error to the root.
func (e *encoder) within(err error, step string) error {
	e.steps = append(e.steps, pathStep{text: step})
	return err
}

// unwind drops the tasks above base, where an error was, and notes their steps.
func (e *encoder) unwind(base int) {
	for i := e.tasks.Len() - 1; i >= base; i-- {
		if n := e.tasks.Len() - base; n > 2*pathLength && i == e.tasks.Len()-1-pathLength {
			e.steps = append(e.steps, pathStep{hidden: n - 2*pathLength})
			i = base + pathLength - 1
		}
		e.steps = append(e.steps, pathStep{text: e.tasks.At(i).place()})
	}
	e.tasks.Cut(base)
}

func dumpFieldStep(f *fieldDump) string { return "." + f.goName }

func (k fieldKey) step() string {
	if k.goName == "" {
		return "[" + shortRepr(k.name.text) + "]"
	}
	return "." + k.goName
}

func dumpIndexStep(i int) string { return "[" + strconv.Itoa(i) + "]" }

// isPairs reports whether v is the state of an instance whose fields say where in it they are.
func isPairs(v any) bool {
	_, ok := v.(tempPairs)
	return ok
}

// keyStep leads to the key with number i of a dict.
func keyStep(i int) string { return fmt.Sprintf(".key(%d)", i) }

// entryStep leads to the value of the key at p.
func entryStep(key *dumpPlan, p unsafe.Pointer) string { return "[" + shortRepr(key.boxed(p)) + "]" }
