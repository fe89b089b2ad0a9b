// Package replace writes files of which there is at any time all or nothing: a new one is
// written beside the old one, synced, and takes its name.
package replace

import (
	"errors"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// A File is the new one. After Commit or Discard it must not be used.
type File struct {
	*os.File
	name   string      // what it will be called
	mode   fs.FileMode // the permissions of the old one; 0 if there is none
	direct bool        // it is no regular file, and written directly
}

// What can fail on the way to a file's name; a test has each of it fail.
var (
	chmod  = (*os.File).Chmod
	fsync  = (*os.File).Sync
	rename = os.Rename
)

// Create begins a new file of this name. A name that is a symbolic link stays one: the file
// that it leads to is replaced. What is no regular file, such as /dev/stdout, is opened to be
// written directly. Errors are those of package os, and may name the temporary file.
func Create(name string) (*File, error) {
	info, err := os.Stat(name)
	if err == nil && !info.Mode().IsRegular() {
		file, err := os.OpenFile(name, os.O_WRONLY, 0) // links of /proc lead to what has no name
		if err != nil {
			return nil, err
		}
		return &File{File: file, name: name, direct: true}, nil
	}
	f := &File{name: followLinks(name)}
	if err == nil {
		f.mode = info.Mode().Perm()
	}
	if f.File, err = createBeside(f.name); err != nil {
		return nil, err
	}
	return f, nil
}

// Direct reports whether what is written can't be taken back, since f is no regular file.
func (f *File) Direct() bool { return f.direct }

// Commit gives the file its name, and the permissions of the file that had it before. It was
// synced before that. If anything fails the old file is as it was, and the new one is gone.
func (f *File) Commit() error {
	if f.direct {
		return f.Close()
	}
	var err error
	if f.mode != 0 {
		err = chmod(f.File, f.mode)
	}
	if err == nil {
		err = fsync(f.File)
	}
	if err == nil && !haveLocks { // where there are none an open file may not be renamed
		err = f.Close()
	}
	if err == nil {
		err = rename(f.File.Name(), f.name)
	}
	if err != nil {
		f.Discard()
		return err
	}
	f.Close()
	syncDir(filepath.Dir(f.name))
	return nil
}

// Discard drops the file; the old one stays as it is.
func (f *File) Discard() {
	switch {
	case f.direct:
		f.Close()
	case haveLocks:
		os.Remove(f.File.Name()) // while it is locked: then nobody else has the name
		f.Close()
	default:
		f.Close()
		os.Remove(f.File.Name())
	}
}

// followLinks returns where a symbolic link leads, also if nothing is there yet.
func followLinks(name string) string {
	target := name
	for range 40 {
		if real, err := filepath.EvalSymlinks(target); err == nil {
			return real
		}
		link, err := os.Readlink(target)
		if err != nil {
			return target
		}
		dir, err := filepath.EvalSymlinks(filepath.Dir(target))
		if err != nil {
			break
		}
		if !filepath.IsAbs(link) {
			link = filepath.Join(dir, link)
		}
		target = link
	}
	return name
}

// createBeside makes a new file in the same directory, with the permissions that a new
// file gets there. It is .NAME.tmp, where a save that was killed may have left one: what no
// living process has locked is replaced, so that there is never more than that. Who saves the
// same file at the same time, or where there are no locks, has a random name.
func createBeside(name string) (*os.File, error) {
	base := filepath.Base(name)
	if len(base) > 200 { // a name has 255 bytes at most, and on some systems no half characters
		base = strings.ToValidUTF8(base[:200], "")
	}
	beside := func(end string) string { return filepath.Join(filepath.Dir(name), "."+base+end) }
	if f := createLocked(beside(".tmp")); f != nil {
		return f, nil
	}
	for try := 0; ; try++ {
		f, err := createNew(beside("." + strconv.FormatUint(rand.Uint64(), 36) + ".tmp"))
		if err == nil || !errors.Is(err, fs.ErrExist) || try == 100 {
			return f, err
		}
	}
}

func createNew(name string) (*os.File, error) {
	return os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o666)
}

// createLocked makes a new file that is locked, in the place of one that nobody uses. It
// returns nil if it can't.
func createLocked(name string) *os.File {
	f, err := createNew(name)
	if errors.Is(err, fs.ErrExist) && removeUnused(name) {
		f, err = createNew(name)
	}
	if err != nil {
		return nil
	}
	// Another may have taken it for one that nobody uses before it was locked.
	ok, busy := lock(f)
	if ok && isAt(f, name) {
		return f
	}
	if !ok && !busy { // there are no locks here
		os.Remove(name)
	}
	f.Close()
	return nil
}

// removeUnused removes a file that no living process has locked.
func removeUnused(name string) bool {
	if info, err := os.Lstat(name); err != nil || !info.Mode().IsRegular() {
		return false
	}
	f, err := os.Open(name)
	if err != nil {
		return false
	}
	defer f.Close()
	ok, _ := lock(f)
	return ok && isAt(f, name) && os.Remove(name) == nil
}

// isAt reports whether f is still what name stands for.
func isAt(f *os.File, name string) bool {
	mine, err := f.Stat()
	there, err2 := os.Lstat(name)
	return err == nil && err2 == nil && os.SameFile(mine, there)
}

// syncDir makes the new name last. Not every system lets a directory be synced, and the
// file is whole in any case.
func syncDir(dir string) {
	if d, err := os.Open(dir); err == nil {
		d.Sync()
		d.Close()
	}
}
