package main

import (
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"archive/zip"

	"github.com/go-pickle/pickle/scan"
	"github.com/go-pickle/pickle/scan/files"
)

// selfTestPickle is what must be found. Python would print a line if it loaded it.
const selfTestPickle = "\x80\x04\x8c\x02os\x8c\x06system\x93\x8c\x1decho pickle scan --self-test!\x85R."

// selfTestSafe is what must not.
const selfTestSafe = "\x80\x04}\x8c\x02os\x8c\x06systems."

// selfTest makes files, scans them as others are, and fails if something is not found.
func (a *app) selfTest(keep string) error {
	dir, err := os.MkdirTemp("", "pickle-self-test-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	var gz, zipped bytes.Buffer
	if err := errors.Join(selfTestGzip(&gz), selfTestZip(&zipped)); err != nil {
		return err
	}
	out, err := a.create("", false)
	if err != nil {
		return err
	}
	for _, test := range []struct {
		name string
		data []byte
		want scan.Verdict
	}{
		{"test.pkl", []byte(selfTestPickle), scan.Dangerous},
		{"test.pkl.gz", gz.Bytes(), scan.Dangerous},
		{"test.pt", zipped.Bytes(), scan.Dangerous},
		{"test.txt", []byte(selfTestPickle), scan.Dangerous},
		{"harmless.pkl", []byte(selfTestSafe), scan.Safe},
	} {
		path := filepath.Join(dir, test.name)
		if err := os.WriteFile(path, test.data, 0o600); err != nil {
			return err
		}
		var options files.Options
		report, err := options.File(path)
		if err != nil {
			a.report(problem{at: test.name, what: plainMessage(err)})
			continue
		}
		if report.Verdict != test.want {
			a.report(problem{at: test.name, what: fmt.Sprintf("is %s and should be %s", report.Verdict, test.want)})
			continue
		}
		fmt.Fprintf(out, "%s: %s, as it should be\n", test.name, report.Verdict)
	}
	if err := out.finish(false); err != nil || keep == "" {
		return err
	}
	file, err := a.create(keep, false)
	if err != nil {
		return err
	}
	file.WriteString(selfTestPickle)
	return file.finish(false)
}

func selfTestGzip(b *bytes.Buffer) error {
	z := gzip.NewWriter(b)
	_, err := z.Write([]byte(selfTestPickle))
	return errors.Join(err, z.Close())
}

// selfTestZip is laid out as torch.save does it.
func selfTestZip(b *bytes.Buffer) error {
	z := zip.NewWriter(b)
	w, err := z.CreateHeader(&zip.FileHeader{Name: "archive/data.pkl", Method: zip.Store})
	if err == nil {
		_, err = w.Write([]byte(selfTestPickle))
	}
	return errors.Join(err, z.Close())
}
