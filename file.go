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
// and then takes its name and, if there was one, its permissions. A name that is a
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
	if err == nil {
		err = os.Rename(temp.Name(), name)
	}
	if err != nil {
		os.Remove(temp.Name())
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
// file gets there.
func createBeside(name string) (*os.File, error) {
	for try := 0; ; try++ {
		temp := filepath.Join(filepath.Dir(name), "."+filepath.Base(name)+"."+strconv.FormatUint(rand.Uint64(), 36)+".tmp")
		f, err := os.OpenFile(temp, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o666)
		if err == nil || !errors.Is(err, fs.ErrExist) || try == 100 {
			return f, err
		}
	}
}

func writeSynced(f *os.File, data []byte, mode fs.FileMode) error {
	_, err := f.Write(data)
	if err == nil && mode != 0 {
		err = f.Chmod(mode)
	}
	if err == nil {
		err = f.Sync()
	}
	return errors.Join(err, f.Close())
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
