package charset

import "github.com/go-pickle/pickle/internal/textcodec"

// undefinedByte marks bytes without a character in generated tables, as in
// Python's own.
const undefinedByte = '\uFFFE'

// singleByte is a charset in which each byte is one character at most.
type singleByte struct {
	text  [256][3]byte // UTF-8; all are in the Basic Multilingual Plane
	width [256]uint8   // of the UTF-8; 0 for a byte without a character
}

func newSingleByte(table string) *singleByte {
	c := new(singleByte)
	b := 0
	for _, r := range table {
		if r != undefinedByte {
			c.width[b] = uint8(len(textcodec.AppendRune(c.text[b][:0], r)))
		}
		b++
	}
	return c
}

func (c *singleByte) decode(dst, src []byte, errors string) ([]byte, error) {
	for i := 0; i < len(src); {
		b := src[i]
		if w := c.width[b]; w > 0 {
			dst = append(dst, c.text[b][:w]...)
			i++
			continue
		}
		var err error
		dst, i, err = textcodec.HandleDecodeError(dst, src, "charmap", errors, i, i+1, "character maps to <undefined>")
		if err != nil {
			return dst, err
		}
	}
	return dst, nil
}
