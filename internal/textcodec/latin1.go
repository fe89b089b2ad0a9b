package textcodec

import "unicode/utf8"

// AppendLatin1 appends b as text of the same code points: byte 0xE9 becomes
// U+00E9. It is bytes.decode('latin-1').
func AppendLatin1(dst, b []byte) []byte {
	for len(b) > 0 {
		n := asciiPrefix(b)
		dst = append(dst, b[:n]...)
		b = b[n:]
		for len(b) > 0 && b[0] >= utf8.RuneSelf {
			dst = append(dst, 0xC0|b[0]>>6, 0x80|b[0]&0x3F)
			b = b[1:]
		}
	}
	return dst
}

// EncodeLatin1 appends the code points of s as one byte each and reports
// whether all fit. It is str.encode('latin-1'). If one does not fit, the bytes
// of those before it have been appended.
func EncodeLatin1(dst []byte, s string) ([]byte, bool) {
	for i := 0; i < len(s); {
		c := s[i]
		switch {
		case c < utf8.RuneSelf:
			dst = append(dst, c)
			i++
		case (c == 0xC2 || c == 0xC3) && i+1 < len(s) && s[i+1]&0xC0 == 0x80:
			dst = append(dst, c<<6|s[i+1]&0x3F)
			i += 2
		default:
			return dst, false
		}
	}
	return dst, true
}

// decodeLatin1 is the codec latin-1, which knows no errors.
func decodeLatin1(dst, src []byte, _ string) ([]byte, error) {
	return AppendLatin1(dst, src), nil
}

// decodeASCII is the codec ascii.
func decodeASCII(dst, src []byte, errors string) ([]byte, error) {
	for i := 0; ; {
		n := asciiPrefix(src[i:])
		dst = append(dst, src[i:i+n]...)
		if i += n; i == len(src) {
			return dst, nil
		}
		var err error
		dst, i, err = HandleDecodeError(dst, src, "ascii", errors, i, i+1, "ordinal not in range(128)")
		if err != nil {
			return dst, err
		}
	}
}
