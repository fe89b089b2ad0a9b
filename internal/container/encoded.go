package container

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
)

// Pickles as text: columns of databases and sessions, in base64 or hexadecimal.

// isEncoded recognises text that is base64 or hexadecimal as a whole and decodes to what a pickle may
// be in. Words are base64 as well: so what they decode to decides.
func isEncoded(data []byte) bool {
	plain := decodeText(data[:min(len(data), 64<<10)])
	return len(plain) >= 12 && pickleStarts(plain) >= 0
}

// pickleStarts is where in decoded text a pickle starts, or data that are compressed: at the
// start, or behind the colon that ends a signature (Django's sessions). It is -1 if nowhere.
func pickleStarts(plain []byte) int {
	for _, at := range []int{0, bytes.IndexByte(plain[:min(len(plain), 200)], ':') + 1} {
		rest := plain[at:]
		if startsWithProto(rest) || plausible(rest) {
			return at
		}
		if c := codec(rest); c != nil && c.Sure {
			return at
		}
	}
	return -1
}

// decodeText is what base64 of both alphabets, with line ends and with or without padding, or
// hexadecimal stands for, nil if data is neither.
func decodeText(data []byte) []byte {
	// Django's signed values: a dot if they are compressed, base64, a colon, time and signature.
	data, _, _ = bytes.Cut(bytes.TrimPrefix(data, []byte(".")), []byte(":"))
	clean := make([]byte, 0, len(data))
	digits := true
	for _, c := range data {
		switch {
		case c == '\n', c == '\r', c == ' ', c == '\t', c == '=':
			continue
		case c == '-':
			c = '+'
		case c == '_':
			c = '/'
		case c >= '0' && c <= '9', c >= 'A' && c <= 'Z', c >= 'a' && c <= 'z', c == '+', c == '/':
		case c == '\\' && len(clean) == 0: // PostgreSQL's \x
			continue
		default:
			return nil
		}
		digits = digits && (c >= '0' && c <= '9' || c >= 'A' && c <= 'F' || c >= 'a' && c <= 'f' || c == 'x' && len(clean) <= 1)
		clean = append(clean, c)
	}
	if digits {
		clean = bytes.TrimPrefix(bytes.TrimPrefix(clean, []byte("0x")), []byte("x"))
		plain := make([]byte, len(clean)/2)
		n, err := hex.Decode(plain, clean[:len(clean)&^1])
		if err != nil {
			return nil
		}
		return plain[:n]
	}
	plain := make([]byte, base64.RawStdEncoding.DecodedLen(len(clean)))
	n, _ := base64.RawStdEncoding.Decode(plain, clean)
	return plain[:n]
}

func readEncoded(w *walker, r *region) (int64, bool) {
	if !w.afford(r, int64(len(r.data))) {
		return int64(len(r.data)), true
	}
	sub, ok := w.within(r)
	if !ok {
		return 0, true
	}
	plain := decodeText(r.data)
	if plain == nil {
		return 0, false
	}
	sub.data = plain[max(0, pickleStarts(plain)):]
	sub.raw = true // it may be a word
	w.region(sub)
	return int64(len(r.data)), true
}
