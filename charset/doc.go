// Package charset decodes the charsets that Python knows beyond ASCII, Latin-1
// and UTF-8: what the 8-bit strings in pickles written by Python 2 may be in.
//
// [Lookup] finds a charset by any of Python's names for it. Hand it to the
// decoder that should know them:
//
//	pickle.DecodeOptions{Encoding: "koi8-r", Charset: charset.Lookup}
//
// It is a package of its own since its tables weigh some 200 kB, which programs
// that need none of this should not carry. It imports the standard library
// alone.
//
// # What is there
//
// Every single-byte charset of Python 3.11 (cp037 to cp1258, iso8859-2 to -16,
// koi8-r, koi8-u, koi8-t, the mac- family, tis-620, ...), every multibyte one
// (gb2312, gbk, gb18030, hz, big5, cp950, big5hkscs, shift-jis, cp932, euc-jp,
// the iso2022-jp family, the JIS X 0213 variants, euc-kr, cp949, johab,
// iso2022-kr), and those the decoder knows anyway: ascii, latin-1, utf-8,
// utf-8-sig, utf-16, utf-32, raw-unicode-escape.
//
// Not there: utf-7, punycode, idna, unicode-escape and Windows' own mbcs and
// oem. Encoding text is not there either: Python 3 and this module never write
// such strings.
//
// # Faithfulness
//
// The tables are generated from CPython 3.11, and error handlers act on the
// same bytes as there, so text, replacements and the texts of errors are equal.
// Other Python versions differ in a few characters of a few charsets.
package charset
