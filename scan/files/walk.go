package files

import (
	"context"
	"errors"
	"io/fs"
	"iter"
	"os"
	"path/filepath"
	"runtime"

	"github.com/go-pickle/pickle/scan"
)

// A Result is what Walk found out about one file.
type Result struct {
	Path    string      // the path that Walk was given, joined with the way from there
	Report  scan.Report // suspicious if Err is set; empty if Skipped is set
	Err     error       // why it could not be read, or not to its end
	Skipped string      // why it is none of the files to scan, such as "a socket", or ""
}

// Walk scans the files that the paths name, and all files in the folders that they name, those in
// hidden folders too. Results come in the order of the paths, and in each folder in that of the
// names, whatever is scanned first. A file that can't be read is a result with an error, and
// does not end the walk.
//
// Symbolic links that are given are followed. Those in folders are not: what they lead to is
// scanned under its own name if it is in the folders that are given, and out of these they lead
// nowhere. They, and sockets, devices and the like, are results that say that they are skipped.
//
// After ctx is done Walk yields what is scanned already, and then one result that has
// [context.Context.Err] and no path.
func (o Options) Walk(ctx context.Context, paths ...string) iter.Seq[Result] {
	return func(yield func(Result) bool) {
		gone := make(chan struct{}) // nobody wants results any more
		defer close(gone)
		workers := o.Workers
		if workers <= 0 {
			workers = runtime.GOMAXPROCS(0)
		}
		// Each file has a place in the order, which holds its result once that is there.
		w := treeWalk{ctx: ctx, gone: gone, jobs: make(chan job, workers), places: make(chan chan Result, 4*workers)}
		for range workers {
			go func() {
				for j := range w.jobs {
					r := Result{Path: j.path}
					r.Report, r.Err = o.File(j.path)
					j.place <- r
				}
			}()
		}
		go w.paths(paths)
		for place := range w.places {
			if !yield(<-place) {
				return
			}
		}
	}
}

// A job is a file to scan, with a place for its result.
type job struct {
	path  string
	place chan Result
}

// A treeWalk finds the files.
type treeWalk struct {
	ctx    context.Context
	gone   <-chan struct{}
	jobs   chan job
	places chan chan Result
	roots  []string // the folders that are given, without symbolic links
}

var errStop = errors.New("stop")

func (w *treeWalk) paths(paths []string) {
	defer close(w.places)
	defer close(w.jobs)
	for _, p := range paths {
		if real, err := filepath.EvalSymlinks(p); err == nil {
			if abs, err := filepath.Abs(real); err == nil {
				w.roots = append(w.roots, abs)
			}
		}
	}
	for _, p := range paths {
		if w.path(p) != nil {
			break
		}
	}
	if err := w.ctx.Err(); err != nil {
		w.result(Result{Err: err, Report: unscanned(RuleUnreadable, "the scan was ended: %v", err)})
	}
}

// path goes through what is given.
func (w *treeWalk) path(p string) error {
	info, err := os.Stat(p)
	switch {
	case err != nil:
		return w.failed(p, err)
	case !info.IsDir():
		return w.file(p) // whatever it is: the user asked for it
	}
	return w.folder(p)
}

func (w *treeWalk) folder(p string) error {
	entries, err := os.ReadDir(p)
	if err != nil {
		if err := w.failed(p, err); err != nil {
			return err
		}
	}
	for _, e := range entries {
		if w.ctx.Err() != nil {
			return errStop
		}
		name := filepath.Join(p, e.Name())
		var err error
		switch mode := e.Type(); {
		case mode.IsDir():
			err = w.folder(name)
		case mode.IsRegular():
			err = w.file(name)
		case mode&fs.ModeSymlink != 0:
			err = w.skipped(name, w.link(name))
		default:
			err = w.skipped(name, special(mode))
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// file has a file scanned.
func (w *treeWalk) file(p string) error {
	j := job{p, make(chan Result, 1)}
	select {
	case w.jobs <- j:
	case <-w.gone:
		return errStop
	case <-w.ctx.Done():
		return errStop
	}
	return w.place(j.place)
}

func (w *treeWalk) failed(p string, err error) error {
	return w.result(Result{Path: p, Err: err, Report: unscanned(RuleUnreadable, "it can't be read: %v", err)})
}

func (w *treeWalk) skipped(p, why string) error { return w.result(Result{Path: p, Skipped: why}) }

// result is one that is there already.
func (w *treeWalk) result(r Result) error {
	place := make(chan Result, 1)
	place <- r
	return w.place(place)
}

func (w *treeWalk) place(place chan Result) error {
	select {
	case w.places <- place:
		return nil
	case <-w.gone:
		return errStop
	}
}

// link says why a symbolic link is not followed.
func (w *treeWalk) link(name string) string {
	real, err := filepath.EvalSymlinks(name)
	if err != nil {
		return "a symbolic link to nothing"
	}
	if real, err = filepath.Abs(real); err == nil {
		for _, root := range w.roots {
			if rel, err := filepath.Rel(root, real); err == nil && filepath.IsLocal(rel) {
				return "a symbolic link to something that is scanned under its own name"
			}
		}
	}
	return "a symbolic link out of the folders to scan"
}

// special names what is neither file nor folder.
func special(mode fs.FileMode) string {
	switch {
	case mode&fs.ModeSocket != 0:
		return "a socket"
	case mode&fs.ModeNamedPipe != 0:
		return "a named pipe"
	case mode&fs.ModeDevice != 0:
		return "a device"
	}
	return "no regular file"
}
