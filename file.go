package pickle

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"

	"github.com/go-pickle/pickle/graph"
	"github.com/go-pickle/pickle/internal/replace"
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
	e := encoders.Get().(*encoder) // it is not put back if a function of the caller's panics
	err := e.reset(&o)
	if err == nil {
		if err = e.dump(v); err == nil {
			err = e.saveTo(name)
		}
		e.forget()
		e.trim()
	}
	encoders.Put(e)
	return err
}

// saveTo writes what was dumped.
func (e *encoder) saveTo(name string) error {
	f, err := replace.Create(name)
	if err != nil {
		return saveError(name, err)
	}
	for p := range e.pieces() {
		if _, err := f.Write(p); err != nil {
			f.Discard()
			return saveError(name, err)
		}
	}
	if err := f.Commit(); err != nil {
		return saveError(name, err)
	}
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
