package textcodec

import "encoding/binary"

// Python's utf-16 and utf-32 take the byte order from a byte order mark, which
// they drop, and without one the machine's, which here is always little-endian:
// the machines that pickles come from are.

func decodeUTF16(dst, src []byte, errors string) ([]byte, error) {
	if len(src) >= 2 && src[0] == 0xFE && src[1] == 0xFF {
		return decodeUTF16Order(dst, src, 2, errors, true)
	}
	start := 0
	if len(src) >= 2 && src[0] == 0xFF && src[1] == 0xFE {
		start = 2
	}
	return decodeUTF16Order(dst, src, start, errors, false)
}

func decodeUTF16LE(dst, src []byte, errors string) ([]byte, error) {
	return decodeUTF16Order(dst, src, 0, errors, false)
}

func decodeUTF16BE(dst, src []byte, errors string) ([]byte, error) {
	return decodeUTF16Order(dst, src, 0, errors, true)
}

// decodeUTF16Order decodes src from i on; positions count from its beginning.
func decodeUTF16Order(dst, src []byte, i int, errors string, bigEndian bool) ([]byte, error) {
	codec := "utf-16-le"
	unit := binary.LittleEndian.Uint16
	if bigEndian {
		codec = "utf-16-be"
		unit = binary.BigEndian.Uint16
	}
	for i < len(src) {
		reason, end := "", i+2
		if len(src)-i < 2 {
			reason, end = "truncated data", len(src)
		} else {
			switch r := rune(unit(src[i:])); {
			case !isSurrogate(r):
				dst = appendRune(dst, r)
				i += 2
				continue
			case r >= 0xDC00:
				reason = "illegal encoding"
			case len(src)-i < 4:
				reason, end = "unexpected end of data", len(src)
			default:
				low := rune(unit(src[i+2:]))
				if 0xDC00 <= low && low <= 0xDFFF {
					dst = appendRune(dst, 0x10000+(r-0xD800)<<10+(low-0xDC00))
					i += 4
					continue
				}
				reason = "illegal UTF-16 surrogate"
			}
		}
		var err error
		if dst, i, err = HandleDecodeError(dst, src, codec, errors, i, end, reason); err != nil {
			return dst, err
		}
	}
	return dst, nil
}

func decodeUTF32(dst, src []byte, errors string) ([]byte, error) {
	if len(src) >= 4 && binary.BigEndian.Uint32(src) == 0xFEFF {
		return decodeUTF32Order(dst, src, 4, errors, true)
	}
	start := 0
	if len(src) >= 4 && binary.LittleEndian.Uint32(src) == 0xFEFF {
		start = 4
	}
	return decodeUTF32Order(dst, src, start, errors, false)
}

func decodeUTF32LE(dst, src []byte, errors string) ([]byte, error) {
	return decodeUTF32Order(dst, src, 0, errors, false)
}

func decodeUTF32BE(dst, src []byte, errors string) ([]byte, error) {
	return decodeUTF32Order(dst, src, 0, errors, true)
}

// decodeUTF32Order decodes src from i on; positions count from its beginning.
func decodeUTF32Order(dst, src []byte, i int, errors string, bigEndian bool) ([]byte, error) {
	codec := "utf-32-le"
	unit := binary.LittleEndian.Uint32
	if bigEndian {
		codec = "utf-32-be"
		unit = binary.BigEndian.Uint32
	}
	for i < len(src) {
		reason, end := "", i+4
		if len(src)-i < 4 {
			reason, end = "truncated data", len(src)
		} else {
			switch v := unit(src[i:]); {
			case v >= 0x110000:
				reason = "code point not in range(0x110000)"
			case isSurrogate(rune(v)):
				reason = "code point in surrogate code point range(0xd800, 0xe000)"
			default:
				dst = appendRune(dst, rune(v))
				i += 4
				continue
			}
		}
		var err error
		if dst, i, err = HandleDecodeError(dst, src, codec, errors, i, end, reason); err != nil {
			return dst, err
		}
	}
	return dst, nil
}
