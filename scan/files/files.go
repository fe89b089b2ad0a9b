// Package files scans files for what their pickles would do in Python. It finds the pickles by
// what is in the files and never by a name: alone or one after another, compressed, in zip, tar
// and 7z archives, and in the formats of torch, numpy, joblib and shelve.
//
// A file is read in every way that some loader would read it: a pickle in front of a zip archive
// is judged, and so are both of two members with one name. What can't be read is suspicious.
package files
