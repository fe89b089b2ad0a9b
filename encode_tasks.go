package pickle

import (
	"github.com/go-pickle/pickle/opcode"
	"github.com/go-pickle/pickle/py"
)

// A task is a value that the encoder is in the middle of. It is small since there is one for
// each level of a value, and a level may be a byte of the pickle.
type task struct {
	kind  taskKind
	phase uint8
	each  bool    // a call of saveEach for it is going on
	twin  bool    // taskCall: what is written is a Twin of v
	final finalOp // taskCall: what is written behind its parts
	used  uint32  // how many identities the memo held when the task began
	parts uint32  // taskCall: where its parts start in encoder.parts
	i     int     // the next of items to save
	items []any   // what a container holds; of a dict keys and values in turn
	v     any     // the object itself
	id    identity
	start int  // how much was written when the task began
	free  spot // where id is to be in the memo, if it was looked up
}

// A finalOp is an opcode, finalNone, or finalLine: an opcode with its argument, which is the
// first of the parts.
type finalOp byte

const (
	finalNone finalOp = 0
	finalLine finalOp = 0xff
)

type taskKind uint8

const (
	taskTuple taskKind = iota
	taskList
	taskAppend // items added to an object
	taskDict
	taskSetItems // pairs set on an object
	taskSet
	taskAddItems // items added to an object as to a set
	taskFrozenSet
	taskCall    // a call whose callable and arguments are being saved
	taskChanges // what was done to an object after it was made
	taskPersistent
	taskMemoize // something that is memoized once what is above is done
)

func (e *encoder) push(t task) (bool, error) {
	t.used, t.start = uint32(e.memo.used), e.written()
	e.tasks.Push(t)
	if e.tasks.Len()+e.nesting >= e.nextCheck {
		if err := e.checkEndless(); err != nil {
			return true, err
		}
	}
	return true, nil
}

func (e *encoder) pop() {
	e.tasks.Pop()
}

// bottom is the task at the bottom, nil if there is none: as long as it stays where it is, so
// do the others.
func (e *encoder) bottom() *task {
	if e.tasks.Len() == 0 {
		return nil
	}
	return e.tasks.At(0)
}

// top is the task at the top. Who has it must take it anew when others may have been pushed.
func (e *encoder) top() *task { return e.tasks.Top() }

// stepEach writes the next items of the task at the top, or some of them, by saveEach.
func (e *encoder) stepEach(items []any) error {
	t := e.top()
	n, err := e.saveEach(items, t.id.holds(), t)
	t = e.top()
	t.each = false
	if t.i += n; err != nil {
		t.i++
	}
	return err
}

// failedAt notes that there was an error at items[i] of a container.
func (e *encoder) failedAt(kind taskKind, items []any, i int, err error) error {
	t := task{kind: kind, items: items, i: i + 1}
	return e.within(err, t.place())
}

// step goes on with the task at the top until it is done or another is pushed.
func (e *encoder) step() error {
	t := e.top()
	switch t.kind {
	case taskTuple:
		return e.stepTuple(t)
	case taskList, taskAppend:
		return e.stepList(t)
	case taskDict, taskSetItems:
		return e.stepDict(t)
	case taskSet, taskAddItems:
		return e.stepSet(t)
	case taskFrozenSet:
		return e.stepFrozenSet(t)
	case taskCall:
		return e.stepCall(t)
	case taskChanges:
		return e.stepChanges(t)
	case taskPersistent:
		if t.phase == 0 { // its id is not asked for a persistent id of its own
			t.phase = 1
			e.boundary()
			if pushed, err := e.saveObject(t.v); pushed || err != nil {
				return err
			}
		}
		e.out = append(e.out, byte(opcode.BinPersID))
		e.pop()
	case taskMemoize:
		id := t.id
		g, isGlobal := t.v.(py.Global)
		e.pop()
		if isGlobal {
			e.memoizeGlobal(g)
		} else {
			e.memoize(id)
		}
	}
	return nil
}

func (e *encoder) saveTuple(v py.Tuple, id identity) (bool, error) {
	if len(v) == 0 {
		if e.proto == 0 {
			e.out = append(e.out, '(', 't')
		} else {
			e.out = append(e.out, ')')
		}
		return false, nil
	}
	free, ok := e.lookedUp(id)
	if ok {
		return false, nil
	}
	return e.saveNewTuple(v, id, free)
}

// saveNewTuple writes a tuple that is not in the memo.
func (e *encoder) saveNewTuple(v py.Tuple, id identity, free spot) (bool, error) {
	if len(v) == 0 {
		return e.saveTuple(v, id)
	}
	if len(v) > 3 || e.proto < 2 {
		e.out = append(e.out, '(')
	}
	n, err := e.saveEach(v, id.holds(), nil)
	if err != nil {
		return false, e.failedAt(taskTuple, v, n, err)
	}
	if n == len(v) {
		e.finishTuple(n, id, free)
		return false, nil
	}
	return e.push(task{kind: taskTuple, i: n, items: v, id: id, free: free})
}

func (e *encoder) stepTuple(t *task) error {
	for t.i < len(t.items) {
		if err := e.stepEach(t.items[t.i:]); err != nil {
			return err
		}
		if t = e.top(); t.i == len(t.items) {
			break
		}
		v := t.items[t.i]
		t.i++
		if pushed, err := e.save(v); pushed || err != nil {
			return err
		}
	}
	n, id, free := len(t.items), t.id, t.free
	e.pop()
	e.finishTuple(n, id, free)
	return nil
}

// finishTuple ends a tuple of n items.
func (e *encoder) finishTuple(n int, id identity, free spot) {
	if id.tag != 0 {
		if m, ok := e.gotSince(free, id); ok {
			// Its own items held it, and there it was written whole.
			switch {
			case n <= 3 && e.proto >= 2:
				e.writePops(n)
			case e.proto > 0:
				e.out = append(e.out, byte(opcode.PopMark))
			default:
				e.writePops(n + 1)
			}
			e.writeGet(m)
			return
		}
	}
	e.endTuple(n)
	e.memoizeAt(free, id)
}

// endTuple writes the opcode after the n items of a tuple.
func (e *encoder) endTuple(n int) {
	if n <= 3 && e.proto >= 2 {
		e.out = append(e.out, byte(opcode.Tuple1)+byte(n-1))
	} else {
		e.out = append(e.out, byte(opcode.Tuple))
	}
}

func (e *encoder) writePops(n int) {
	for range n {
		e.out = append(e.out, byte(opcode.Pop))
	}
}

func (e *encoder) saveList(v *py.List) (bool, error) {
	id := pointerID(v)
	if e.claim(id) {
		return false, nil
	}
	return e.saveClaimedItems(v.Items, id)
}

// saveItems writes a list that is not in the memo.
func (e *encoder) saveItems(items []any, id identity) (bool, error) {
	e.claim(id)
	return e.saveClaimedItems(items, id)
}

// saveClaimedItems writes a list that was claimed, or has no identity.
func (e *encoder) saveClaimedItems(items []any, id identity) (bool, error) {
	n := len(items)
	switch {
	case e.proto == 0:
		e.out = append(e.out, '(', 'l')
		e.memoizeClaimed(id)
	case e.proto == 1 || n > batch:
		e.out = append(e.out, ']')
		e.memoizeClaimed(id)
	default: // it is one batch
		e.putStart(opcode.EmptyList, id, n > 1)
		if n == 0 {
			return false, nil
		}
		end := byte(opcode.Append)
		if n > 1 {
			end = byte(opcode.Appends)
		}
		i, err := e.saveEach(items, id.holds(), nil)
		if err != nil {
			return false, e.failedAt(taskList, items, i, err)
		}
		if i == n {
			e.out = append(e.out, end)
			return false, nil
		}
		return e.push(task{kind: taskList, items: items, id: id, i: i, phase: hasMark})
	}
	if n == 0 {
		return false, nil
	}
	return e.push(task{kind: taskList, items: items, id: id})
}

// hasMark is the phase of a list or dict whose first mark is written, if it has one.
const hasMark = 1

func (e *encoder) stepList(t *task) error {
	// One item alone is appended without a mark: the only item of a list, and of items
	// added to an object also the only one of a batch.
	n := len(t.items)
	loneLast := t.kind == taskAppend || n == 1 || e.o.Style >= Python315
	for {
		if t.i > 0 {
			switch {
			case e.proto == 0, loneLast && t.i == n && n%batch == 1:
				e.out = append(e.out, byte(opcode.Append))
			case t.i%batch == 0 || t.i == n:
				e.out = append(e.out, byte(opcode.Appends))
			}
		}
		if t.i == n {
			e.pop()
			return nil
		}
		if e.proto > 0 && t.i%batch == 0 && !(loneLast && t.i == n-1) && !(t.i == 0 && t.phase == hasMark) {
			e.out = append(e.out, '(')
		}
		if e.proto > 0 { // what comes now goes into one APPENDS
			done := t.i
			if err := e.stepEach(t.items[t.i:min(n, t.i-t.i%batch+batch)]); err != nil {
				return err
			}
			if t = e.top(); t.i > done {
				continue
			}
		}
		v := t.items[t.i]
		t.i++
		if pushed, err := e.save(v); pushed || err != nil {
			return err
		}
	}
}

func (e *encoder) saveDict(v *py.Dict) (bool, error) {
	id := pointerID(v)
	if e.claim(id) {
		return false, nil
	}
	return e.saveClaimedPairs(v.Pairs(), id)
}

// savePairs writes a dict that is not in the memo.
func (e *encoder) savePairs(pairs []any, id identity) (bool, error) {
	e.claim(id)
	return e.saveClaimedPairs(pairs, id)
}

// saveClaimedPairs writes a dict that was claimed, or has no identity.
func (e *encoder) saveClaimedPairs(pairs []any, id identity) (bool, error) {
	n := len(pairs)
	switch {
	case e.proto == 0:
		e.out = append(e.out, '(', 'd')
		e.memoizeClaimed(id)
	case e.proto == 1 || n >= 2*batch:
		e.out = append(e.out, '}')
		e.memoizeClaimed(id)
	default: // as a list
		e.putStart(opcode.EmptyDict, id, n > 2)
		if n == 0 {
			return false, nil
		}
		end := byte(opcode.SetItem)
		if n > 2 {
			end = byte(opcode.SetItems)
		}
		i, err := e.saveEach(pairs, id.holds(), nil)
		if err != nil {
			return false, e.failedAt(taskDict, pairs, i, err)
		}
		if i == n {
			e.out = append(e.out, end)
			return false, nil
		}
		return e.push(task{kind: taskDict, items: pairs, id: id, i: i, phase: hasMark})
	}
	if n == 0 {
		return false, nil
	}
	return e.push(task{kind: taskDict, items: pairs, id: id})
}

func (e *encoder) stepDict(t *task) error {
	n := len(t.items)
	exact := t.kind == taskDict && e.o.Style < Python315
	loneLast := !exact || n == 2
	for {
		if t.i%2 == 0 {
			if t.i > 0 {
				switch {
				case e.proto == 0, loneLast && t.i == n && n%(2*batch) == 2:
					e.out = append(e.out, byte(opcode.SetItem))
				case t.i%(2*batch) == 0 || t.i == n:
					e.out = append(e.out, byte(opcode.SetItems))
				}
			}
			if t.i == n {
				if exact && e.proto > 0 && n%(2*batch) == 0 {
					e.out = append(e.out, '(', byte(opcode.SetItems)) // a full batch is followed by another
				}
				e.pop()
				return nil
			}
			if e.proto > 0 && t.i%(2*batch) == 0 && !(loneLast && t.i == n-2) && !(t.i == 0 && t.phase == hasMark) {
				e.out = append(e.out, '(')
			}
			if e.proto > 0 { // what comes now goes into one SETITEMS
				done := t.i
				if err := e.stepEach(t.items[t.i:min(n, t.i-t.i%(2*batch)+2*batch)]); err != nil {
					return err
				}
				if t = e.top(); t.i > done {
					continue
				}
			}
		}
		v := t.items[t.i]
		t.i++
		if pushed, err := e.save(v); pushed || err != nil {
			return err
		}
	}
}

func (e *encoder) saveSet(v *py.Set) (bool, error) {
	id := pointerID(v)
	if e.got(id) {
		return false, nil
	}
	items := v.Items()
	if e.proto < 4 {
		return e.call(py.Global{Module: "builtins", Name: "set"}, tempTuple{tempList(items)}, v, id)
	}
	e.out = append(e.out, byte(opcode.EmptySet))
	e.memoize(id)
	if len(items) == 0 {
		return false, nil
	}
	return e.push(task{kind: taskSet, items: items, id: id})
}

func (e *encoder) stepSet(t *task) error {
	n := len(t.items)
	for {
		if t.i > 0 && (t.i%batch == 0 || t.i == n) {
			e.out = append(e.out, byte(opcode.AddItems))
		}
		if t.i == n {
			if n%batch == 0 && (t.kind != taskSet || e.o.Style < Python315) {
				e.out = append(e.out, '(', byte(opcode.AddItems))
			}
			e.pop()
			return nil
		}
		if t.i%batch == 0 {
			e.out = append(e.out, '(')
		}
		done := t.i
		if err := e.stepEach(t.items[t.i:min(n, t.i-t.i%batch+batch)]); err != nil {
			return err
		}
		if t = e.top(); t.i > done {
			continue
		}
		v := t.items[t.i]
		t.i++
		if pushed, err := e.save(v); pushed || err != nil {
			return err
		}
	}
}

func (e *encoder) saveFrozenSet(v *py.FrozenSet) (bool, error) {
	id := pointerID(v)
	if e.got(id) {
		return false, nil
	}
	items := v.Items()
	if e.proto < 4 {
		return e.call(py.Global{Module: "builtins", Name: "frozenset"}, tempTuple{tempList(items)}, v, id)
	}
	e.out = append(e.out, '(')
	return e.push(task{kind: taskFrozenSet, items: items, id: id})
}

func (e *encoder) stepFrozenSet(t *task) error {
	for t.i < len(t.items) {
		if err := e.stepEach(t.items[t.i:]); err != nil {
			return err
		}
		if t = e.top(); t.i == len(t.items) {
			break
		}
		v := t.items[t.i]
		t.i++
		if pushed, err := e.save(v); pushed || err != nil {
			return err
		}
	}
	id := t.id
	e.pop()
	if n, ok := e.memo.get(id); ok {
		e.out = append(e.out, byte(opcode.PopMark))
		e.writeGet(n)
		return nil
	}
	e.out = append(e.out, byte(opcode.FrozenSet))
	e.memoize(id)
	return nil
}
