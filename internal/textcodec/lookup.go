package textcodec

import (
	"strings"
	"sync"
)

// Codec decodes src and appends the text to dst. errors names Python's error
// handler for what cannot be decoded: strict (also if empty), ignore, replace,
// backslashreplace, surrogateescape or surrogatepass. As in CPython, another
// name is a LookupError only once something cannot be decoded. On an error the
// text up to there has been appended.
type Codec func(dst, src []byte, errors string) ([]byte, error)

// Lookup finds a codec by any of the names Python has for it, whatever their
// case and punctuation: "UTF8", "utf-8" and "u8" are one. It knows ascii,
// latin-1, utf-8, utf-8-sig, utf-16 and utf-32 with their byte orders, and
// raw-unicode-escape.
func Lookup(encoding string) (Codec, bool) {
	switch encoding { // the spellings people use, without allocating
	case "ASCII", "ascii":
		return decodeASCII, true
	case "latin1", "latin-1":
		return decodeLatin1, true
	case "utf-8", "utf8", "UTF-8":
		return decodeUTF8, true
	}
	codec, name := find(encoding)
	if codec == nil {
		return nil, false
	}
	switch name {
	case "utf8", "utf_8", "utf16", "utf_16", "utf32", "utf_32",
		"ascii", "us_ascii", "latin1", "latin_1", "iso8859_1", "iso_8859_1":
		return codec, true // CPython does not ask its registry for these
	}
	return Registered(encoding, codec), true
}

// find is Lookup without its wrapping. It also returns the normalized name.
func find(encoding string) (Codec, string) {
	name := NormalizeEncoding(encoding)
	if codec, ok := codecs()[name]; ok {
		return codec, name
	}
	// Aliases may be spelled with points for their underscores, modules not.
	if alias := strings.ReplaceAll(name, ".", "_"); !codecModules[alias] {
		return codecs()[alias], name
	}
	return nil, name
}

// Registered wraps a codec that CPython finds through its registry under the
// name encoding. Such a codec's own exceptions are as they are, but others,
// that is, those about the error handler, get a text around theirs.
func Registered(encoding string, codec Codec) Codec {
	return func(dst, src []byte, errors string) ([]byte, error) {
		out, err := codec(dst, src, errors)
		if e, ok := err.(*Error); ok && e.Kind != "UnicodeDecodeError" {
			err = &Error{Kind: e.Kind,
				Message: "decoding with '" + encoding + "' codec failed (" + e.Kind + ": " + e.Message + ")"}
		}
		return out, err
	}
}

// NormalizeEncoding brings the name of an encoding into the form Python's
// tables have: letters in lower case, every run of other characters than
// letters, digits and points one underscore, none at the ends.
func NormalizeEncoding(name string) string {
	out := make([]byte, 0, len(name))
	gap := false
	for i := range len(name) {
		c := name[i]
		if 'A' <= c && c <= 'Z' {
			c |= 0x20
		}
		if !('a' <= c && c <= 'z' || isDigit(c) || c == '.') {
			gap = true
			continue
		}
		if gap && len(out) > 0 {
			out = append(out, '_')
		}
		gap = false
		out = append(out, c)
	}
	return string(out)
}

// codecModules are the names of modules in Python's package encodings that are
// not aliases too.
var codecModules = map[string]bool{
	"ascii": true, "latin_1": true, "utf_8": true, "utf_8_sig": true,
	"utf_16": true, "utf_16_le": true, "utf_16_be": true,
	"utf_32": true, "utf_32_le": true, "utf_32_be": true, "raw_unicode_escape": true,
}

// codecs are modules and aliases of Python's encodings.aliases.
var codecs = sync.OnceValue(func() map[string]Codec {
	m := make(map[string]Codec)
	for _, e := range []struct {
		codec Codec
		names string
	}{
		{decodeASCII, "ascii 646 ansi_x3.4_1968 ansi_x3_4_1968 ansi_x3.4_1986 cp367 csascii ibm367 iso646_us iso_646.irv_1991 iso_ir_6 us us_ascii"},
		{decodeLatin1, "latin_1 8859 cp819 csisolatin1 ibm819 iso8859 iso8859_1 iso_8859_1 iso_8859_1_1987 iso_ir_100 l1 latin latin1"},
		{decodeUTF8, "utf_8 u8 utf utf8 utf8_ucs2 utf8_ucs4 cp65001"},
		{decodeUTF8Sig, "utf_8_sig"},
		{decodeUTF16, "utf_16 u16 utf16"},
		{decodeUTF16LE, "utf_16_le unicodelittleunmarked utf_16le"},
		{decodeUTF16BE, "utf_16_be unicodebigunmarked utf_16be"},
		{decodeUTF32, "utf_32 u32 utf32"},
		{decodeUTF32LE, "utf_32_le utf_32le"},
		{decodeUTF32BE, "utf_32_be utf_32be"},
		{decodeRawUnicodeEscape, "raw_unicode_escape"},
	} {
		for _, name := range strings.Fields(e.names) {
			m[name] = e.codec
		}
	}
	return m
})
