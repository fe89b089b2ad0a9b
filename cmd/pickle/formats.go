package main

import (
	"bytes"
	"encoding/binary"
)

// knownFormats are those that people take for a pickle, with what helps.
var knownFormats = []struct{ magic, name, hint string }{
	{"PK\x03\x04", "a zip archive", "torch.save writes such archives; the pickle in it: unzip -p FILE '*/data.pkl' | pickle show"},
	{"\x93NUMPY", "a file of numpy.save", "numpy.load reads it; it holds a pickle only if the array has objects"},
	{"\x89HDF", "an HDF5 file", ""},
	{"SQLite format 3\x00", "an SQLite database", ""},
	{"PAR1", "a Parquet file", ""},
	{"ARROW1", "an Arrow file", ""},
	{"\x7fELF", "a program", ""},
	{"<?xml", "XML", ""},
	{"<!DOCTYPE", "HTML", ""},
	{"version https://git-lfs", "a pointer of Git LFS", "git lfs pull fetches the file itself"},
	{"gASV", "a pickle in base64", base64Hint},
	{"gAWV", "a pickle in base64", base64Hint},
	{"gAN9", "a pickle in base64", base64Hint},
	{"gAJ9", "a pickle in base64", base64Hint},
}

const base64Hint = "base64 -d FILE | pickle show"

// otherFormat names what data are that are no pickle, "" if it doesn't know.
func otherFormat(data []byte) (name, hint string) {
	for _, f := range knownFormats {
		if bytes.HasPrefix(data, []byte(f.magic)) {
			return f.name, f.hint
		}
	}
	if len(data) > 6 && binary.BigEndian.Uint32(data) <= uint32(len(data)-4) && isPickle(data[4:]) {
		return "a message: four bytes of length, then a pickle", "--offset 4 --first"
	}
	if t := bytes.TrimLeft(data[:min(len(data), 64)], " \t\r\n"); len(t) > 0 && (t[0] == '{' || t[0] == '[') {
		return "JSON", "pickle from-json makes a pickle of what pickle json wrote"
	}
	return "", ""
}

// isJoblib reports whether the pickle is one of joblib.dump that has arrays.
func isJoblib(data []byte) bool {
	return bytes.Contains(data[:min(len(data), 1<<20)], []byte("NumpyArrayWrapper"))
}

// isTorchLegacy recognises the number that torch.save began its files with before it wrote
// zip archives, as a pickle of its own.
func isTorchLegacy(data []byte) bool {
	return bytes.HasPrefix(data, []byte("\x80\x02\x8a\nl\xfc\x9cF\xf9 j\xa8P\x19."))
}
