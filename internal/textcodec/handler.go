package textcodec

// HandleDecodeError does what CPython does when a codec cannot decode
// src[start:end]: it asks the named error handler. It appends the replacement
// to dst and returns the position in src at which decoding goes on, which is
// always after start, or the error to stop with.
//
// The codec's name is Python's internal one ("utf-16-le", "charmap"), since
// it shows in messages and decides what 'surrogatepass' accepts. The empty
// handler is "strict". start < end <= len(src) must hold.
func HandleDecodeError(dst, src []byte, codec, handler string, start, end int, reason string) ([]byte, int, error) {
	switch handler {
	case "strict", "":
	case "ignore":
		return dst, end, nil
	case "replace":
		return append(dst, "\uFFFD"...), end, nil
	case "backslashreplace":
		for _, c := range src[start:end] {
			dst = append(dst, '\\', 'x', hexDigits[c>>4], hexDigits[c&15])
		}
		return dst, end, nil
	case "surrogateescape":
		// ASCII bytes are never escaped: the text would then encode to
		// something that reads differently. And it is four bytes at a time,
		// after which the codec has another look.
		n := 0
		for n < min(end-start, 4) && src[start+n] >= 0x80 {
			dst = appendRune(dst, 0xDC00+rune(src[start+n]))
			n++
		}
		if n > 0 {
			return dst, start + n, nil
		}
	case "surrogatepass":
		if r, n := surrogateAt(src[start:], codec); n > 0 {
			return appendRune(dst, r), start + n, nil
		}
	case "xmlcharrefreplace", "namereplace":
		// Handlers for encoding only.
		return dst, 0, &Error{Kind: "TypeError",
			Message: "don't know how to handle UnicodeDecodeError in error callback"}
	default:
		return dst, 0, &Error{Kind: "LookupError",
			Message: "unknown error handler name '" + handler + "'"}
	}
	return dst, 0, decodeError(codec, src, start, end, reason)
}

// surrogateAt reads one surrogate in the given codec's form, and its length in
// bytes, which is 0 if there is none.
func surrogateAt(b []byte, codec string) (rune, int) {
	r, n := rune(0), 0
	switch codec {
	case "utf-8":
		if len(b) >= 3 && b[0]&0xF0 == 0xE0 && b[1]&0xC0 == 0x80 && b[2]&0xC0 == 0x80 {
			r, n = rune(b[0]&0x0F)<<12|rune(b[1]&0x3F)<<6|rune(b[2]&0x3F), 3
		}
	case "utf-16-le":
		if len(b) >= 2 {
			r, n = rune(b[1])<<8|rune(b[0]), 2
		}
	case "utf-16-be":
		if len(b) >= 2 {
			r, n = rune(b[0])<<8|rune(b[1]), 2
		}
	case "utf-32-le":
		if len(b) >= 4 && b[3] == 0 {
			r, n = rune(b[2])<<16|rune(b[1])<<8|rune(b[0]), 4
		}
	case "utf-32-be":
		if len(b) >= 4 && b[0] == 0 {
			r, n = rune(b[1])<<16|rune(b[2])<<8|rune(b[3]), 4
		}
	}
	if !isSurrogate(r) {
		return 0, 0
	}
	return r, n
}
