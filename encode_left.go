package pickle

// How long a pickle will become is not known before it is written, but may be guessed when
// a part of it is: a list of which a tenth is written takes about nine times as much again.
// The guess says how much memory to take, and nothing else hangs on it.

// A run is values in a container that are being written by calls.
type run struct {
	n     int // how many values it has
	i     int // how many of them are written
	start int // how much was written when it began
	from  int // how many were written before a call of saveEach
}

const (
	longRun  = 16 // how many values a run has at least
	maxLevel = 4  // how deep runs within each other are looked at
	maxLeft  = 1 << 30
)

// A progress is how far the runs have come, the outermost first.
type progress struct {
	runs  [maxLevel]run // slices and maps of Go's own types
	level int
	other int // stands for the i of what is no run

	eaches    [2 * maxLevel]run // calls of saveEach, by nesting; n is 0 if there is none
	otherEach run               // stands for those that are nested deeper
}

// enterRun begins a run of n values. Who writes them keeps *i, and calls leaveRun after the
// last; after an error nobody need.
func (e *encoder) enterRun(n int) (i *int) {
	if n < longRun || e.level == maxLevel {
		return &e.other
	}
	r := &e.runs[e.level]
	*r = run{n: n, start: e.written()}
	e.level++
	return &r.i
}

func (e *encoder) leaveRun(i *int) {
	if i != &e.other {
		e.level--
	}
}

// enterEach begins the run of a call of saveEach for n items, of t if that is not nil. At the
// end its n is set to 0.
func (e *encoder) enterEach(n int, t *task) *run {
	if e.nesting >= len(e.eaches) {
		return &e.otherEach
	}
	r := &e.eaches[e.nesting]
	if t == nil {
		*r = run{n: n, start: e.written()}
		return r
	}
	*r = run{n: len(t.items), i: t.i, from: t.i, start: t.start}
	t.each = true
	return r
}

// left guesses how many bytes are still to be written, large data not counted: at each level as
// much for each value to come as for those before it, the one that is being written among them.
func (e *encoder) left() int {
	at := e.written()
	left := 0.0
	add := func(n, i, start int) { // from the innermost level to the outermost
		if i < n && (i > 0 || n < longRun) {
			left += float64(n-i-1) / float64(i+1) * (float64(at-start) + left)
		}
	}
	for i := e.level - 1; i >= 0; i-- {
		add(e.runs[i].n, e.runs[i].i, e.runs[i].start)
	}
	for i := min(e.nesting, len(e.eaches)-1); i >= 0; i-- {
		add(e.eaches[i].n, e.eaches[i].i, e.eaches[i].start)
	}
	for i := min(e.tasks.Len(), 2*maxLevel) - 1; i >= 0; i-- {
		switch t := e.tasks.At(i); t.kind {
		case taskTuple, taskList, taskAppend, taskDict, taskSetItems, taskSet, taskAddItems, taskFrozenSet:
			if !t.each && t.i > 0 {
				add(len(t.items), t.i-1, t.start)
			}
		}
	}
	return int(min(left, maxLeft))
}

// expect tells the memo how many identities it is going to hold.
func (e *encoder) expect() {
	if at := e.written(); at > 0 {
		e.memo.expected = int(min(float64(e.memo.used)*(1+float64(e.left())/float64(at)), maxLeft))
	}
}
