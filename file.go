package pickle

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/go-pickle/pickle/graph"
)

// SaveFile writes the pickle of v to the file, in protocol 5. The file is there with all
// of it or, if anything fails or the machine stops in the middle, as it was before.
func SaveFile(name string, v any) error { return EncodeOptions{}.SaveFile(name, v) }

// LoadFile loads the pickle at the start of the file; LoadFile[any] gives the values of
// package py. The values share the memory that the file was read into.
func LoadFile[T any](name string) (T, error) {
	var v T
	err := DecodeOptions{}.LoadFile(name, &v)
	return v, err
}

// SaveFile writes the pickle of v to the file: into a new file beside it, which is synced
// and then takes its name and, if there was one, its permissions. A process that is killed
// meanwhile leaves that file, .NAME.tmp, which the next save replaces. A name that is a
// symbolic link stays one. What is no regular file, such as /dev/stdout, is written
// directly.
func (o EncodeOptions) SaveFile(name string, v any) error {
	data, err := o.Marshal(v)
	if err != nil {
		return err
	}
	asked := name
	name = followLinks(name)
	mode := fs.FileMode(0)
	if info, err := os.Stat(name); err == nil {
		if !info.Mode().IsRegular() {
			return writeTo(name, data)
		}
		mode = info.Mode().Perm()
	}
	temp, err := createBeside(name)
	if err != nil {
		return saveError(asked, err)
	}
	err = writeSynced(temp, data, mode)
	if err == nil && !haveLocks { // where there are none an open file may not be renamed
		err = temp.Close()
	}
	if err == nil {
		err = os.Rename(temp.Name(), name)
	}
	if err != nil && haveLocks {
		os.Remove(temp.Name()) // while it is locked: then nobody else has the name
	}
	temp.Close()
	if err != nil && !haveLocks {
		os.Remove(temp.Name())
	}
	if err != nil {
		return saveError(asked, err)
	}
	syncDir(filepath.Dir(name))
	return nil
}

// saveError names the file that was asked for: that of the temporary one tells nothing.
func saveError(name string, err error) error {
	var pe *fs.PathError
	var le *os.LinkError
	switch {
	case errors.As(err, &pe):
		err = pe.Err
	case errors.As(err, &le):
		err = le.Err
	}
	return &fs.PathError{Op: "pickle: save", Path: name, Err: err}
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

func writeTo(name string, data []byte) error {
	f, err := os.OpenFile(name, os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	_, err = f.Write(data)
	return errors.Join(err, f.Close())
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

func writeSynced(f *os.File, data []byte, mode fs.FileMode) error {
	_, err := f.Write(data)
	if err == nil && mode != 0 {
		err = f.Chmod(mode)
	}
	if err == nil {
		err = f.Sync()
	}
	return err
}

// syncDir makes the new name last. Not every system lets a directory be synced, and the
// file is whole in any case.
func syncDir(dir string) {
	if d, err := os.Open(dir); err == nil {
		d.Sync()
		d.Close()
	}
}

// LoadFile loads the pickle at the start of the file into dst.
func (o DecodeOptions) LoadFile(name string, dst any) error {
	f, err := os.Open(name)
	if err != nil {
		return err
	}
	defer f.Close()
	if info, err := f.Stat(); err == nil && info.Mode().IsRegular() && (o.MaxBytes == 0 || info.Size() <= o.MaxBytes) {
		data := make([]byte, info.Size())
		n, err := io.ReadFull(f, data)
		data = data[:n]
		if err == io.ErrUnexpectedEOF || err == io.EOF {
			err = nil // the file became shorter meanwhile
		}
		if err != nil {
			return fmt.Errorf("pickle: load %s: %w", name, err)
		}
		_, err = o.unmarshal(data, true, dst)
		return inFile(name, err)
	}
	return inFile(name, o.Load(bufio.NewReader(f), dst))
}

// inFile adds the file's name to an error.
func inFile(name string, err error) error {
	var g *graph.Error
	var d *DecodeError // also in DecodeErrors
	if err == nil || !errors.As(err, &g) && !errors.As(err, &d) {
		return err
	}
	return fmt.Errorf("%s: %w", name, err)
}
