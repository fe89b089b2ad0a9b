// Package files scans files for what their pickles would do in Python. It finds the pickles by
// what is in the files and never by a name: alone or one after another, compressed, in zip, tar
// and 7z archives, in the formats of torch, numpy and joblib, and in the databases of shelve.
//
// A file is read in every way that some loader would read it: a pickle in front of a zip archive
// is judged, and so are both of two members with one name. What can't be read is suspicious.
package files

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime/debug"

	"github.com/go-pickle/pickle/internal/container"
	"github.com/go-pickle/pickle/scan"
)

// Options say how to scan files. The zero value is the default. Options are not changed by
// scanning: goroutines may share them.
type Options struct {
	// Scan says how to judge pickles. Its fields Torch and Storages are set as the files say.
	Scan scan.Options
	// Limits bound what one file may cost.
	Limits Limits
	// Workers is how many files Walk scans at a time; 0 is one for each processor.
	Workers int
}

// Limits bound what one file may cost, however it was made. What was not looked at because of
// a limit makes a file suspicious. The zero value of each field is its default.
type Limits struct {
	// Depth is how many containers may be inside one another: 8.
	Depth int
	// Members is how many members of containers are looked at: 100,000.
	Members int
	// Bytes is how much may be decompressed in all, and how much is read from what is no regular
	// file: 2 GiB.
	Bytes int64
	// Ratio is how many times larger than before something may become by decompression, once
	// it is larger than 16 MiB: 250.
	Ratio int64
}

// The rules of this package. [scan.Rules] has those about pickles.
const (
	RuleNoPickle   scan.Rule = "FILE-NO-PICKLE"  // the file holds none
	RuleUnknown    scan.Rule = "FILE-UNKNOWN"    // what it is is not known
	RuleUnreadable scan.Rule = "FILE-UNREADABLE" // encrypted, cut off, damaged, of an unknown method
	RuleLimit      scan.Rule = "FILE-LIMIT"      // it was not looked at whole, because of a limit
	RuleMismatch   scan.Rule = "FILE-MISMATCH"   // it can be read in two ways
	RuleName       scan.Rule = "FILE-NAME"       // a member's name is made to do harm
	RuleNote       scan.Rule = "FILE-NOTE"       // something to know that is no fault
)

// unscanned is the report of what could not be looked at: that is never safe.
func unscanned(rule scan.Rule, format string, args ...any) scan.Report {
	return scan.Report{Verdict: scan.Suspicious, Findings: []scan.Finding{{
		Rule: rule, Severity: scan.Suspicious, Message: fmt.Sprintf(format, args...), Offset: -1,
	}}}
}

// File scans the file of that name. If it can't be read, the report is suspicious and the error
// says why.
func (o Options) File(name string) (scan.Report, error) {
	f, err := os.Open(name)
	if err != nil {
		return unscanned(RuleUnreadable, "it can't be read: %v", err), err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return unscanned(RuleUnreadable, "it can't be read: %v", err), err
	}
	switch mode := info.Mode(); {
	case info.IsDir():
		err := &os.PathError{Op: "scan", Path: name, Err: errors.New("is a directory")}
		return unscanned(RuleUnreadable, "it is a directory"), err
	case !mode.IsRegular() || info.Size() < mapFrom: // in /proc the size is 0
		return o.read(name, f, int(min(info.Size(), mapFrom)))
	}
	data, release, err := container.Map(f, info.Size())
	if err != nil {
		return unscanned(RuleUnreadable, "it can't be read: %v", err), err
	}
	defer release()
	return o.mapped(name, data), nil
}

// mapFrom is the size from which a file is not read but mapped into memory.
const mapFrom = 1 << 20

// mapped scans a file that may become shorter meanwhile, which is a fault of the memory: Bytes
// tells it.
func (o Options) mapped(name string, data []byte) scan.Report {
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	return o.Bytes(name, data)
}

// Reader scans what r gives, up to [Limits.Bytes] of it, as a file of that name. If r fails,
// the report is that of what came before, and not safe; the error is that of r.
func (o Options) Reader(name string, r io.Reader) (scan.Report, error) { return o.read(name, r, 0) }

// read scans what r gives, which is probably size bytes.
func (o Options) read(name string, r io.Reader, size int) (scan.Report, error) {
	limit := o.Limits.Bytes
	if limit <= 0 {
		limit = 2 << 30
	}
	var b bytes.Buffer
	b.Grow(size + bytes.MinRead)
	_, err := b.ReadFrom(io.LimitReader(r, limit+1))
	data := b.Bytes()
	cut := int64(len(data)) > limit
	if cut {
		data = data[:limit]
	}
	report := o.Bytes(name, data)
	switch {
	case err != nil:
		join(&report, unscanned(RuleUnreadable, "it can't be read to its end: %v", err))
	case cut:
		join(&report, unscanned(RuleLimit, "it has more than %d bytes, which are looked at", limit))
	}
	return report, err
}

// join adds what other says to r.
func join(r *scan.Report, other scan.Report) {
	r.Verdict = max(r.Verdict, other.Verdict)
	r.Findings = append(r.Findings, other.Findings...)
}
