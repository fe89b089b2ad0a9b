package pyjson

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/go-pickle/pickle/py"
)

// An Error says what is wrong with a value or with a JSON text, and where.
type Error struct {
	// Offset is the offset in bytes in the text that is read, -1 where a value is
	// written.
	Offset int64

	// Path leads to the place in terms of the values, such as $["layers"][3]: $ is the
	// outermost value, ["layers"] what a dict has under this key, [3] an item of a list
	// or tuple, .item(3) one of a set, .key(3) the fourth key of a dict, .state, .args and
	// so on a part of an object. Of a long path the middle is left out.
	Path string

	Err error // the reason
}

// Error gives the place and the reason.
func (e *Error) Error() string {
	s := "pyjson: "
	if e.Offset >= 0 {
		s += "at offset " + strconv.FormatInt(e.Offset, 10) + ": "
	}
	return s + e.Path + ": " + e.Err.Error()
}

// Unwrap returns Err.
func (e *Error) Unwrap() error { return e.Err }

// ErrNotFinite is the reason of an [Error] for a NaN or an infinity where [Options] forbid
// them.
var ErrNotFinite = errors.New("plain JSON has no NaN and no infinity")

// pathSteps is how many steps of a path are shown; past it the middle is left out.
const pathSteps = 32

// makePath joins the n steps that step gives.
func makePath(n int, step func(i int) string) string {
	var b strings.Builder
	b.WriteByte('$')
	for i := 0; i < n; i++ {
		if n > pathSteps && i == pathSteps/2 {
			skipped := n - pathSteps
			fmt.Fprintf(&b, "...%d more...", skipped)
			i += skipped
		}
		b.WriteString(step(i))
	}
	return b.String()
}

func indexStep(i int) string { return "[" + strconv.Itoa(i) + "]" }
func itemStep(i int) string  { return ".item(" + strconv.Itoa(i) + ")" }

// keyStep is the step to what a dict has under key.
func keyStep(key any) string {
	return "[" + py.ReprOptions{MaxLen: 40, MaxDepth: 2}.Format(key) + "]"
}

// strStep is keyStep for a str, in double quotes.
func strStep(s string) string {
	if len(s) > 40 {
		s = s[:40] + "..."
	}
	return "[" + strconv.Quote(s) + "]"
}
