package charset

import "github.com/go-pickle/pickle/internal/textcodec"

// hz is HZ-GB-2312 (RFC 1843): ASCII in which ~{ and ~} enclose GB 2312 in
// seven bits.
type hz struct {
	pairs *pairTable
}

func newHZ() *hz { return &hz{pairs: loadPairs("gb2312")} }

func (c *hz) decode(dst, src []byte, errors string) ([]byte, error) {
	chinese := false
	for i := 0; i < len(src); {
		a := src[i]
		n := 1 // how many bytes are wrong, if some are
		switch {
		case a == '~':
			if i+1 == len(src) {
				n = 2
				break
			}
			known := true
			switch b := src[i+1]; {
			case b == '~' && !chinese:
				dst = append(dst, '~')
			case b == '{' && !chinese:
				chinese = true
			case b == '\n' && !chinese: // a line that goes on
			case b == '}' && chinese:
				chinese = false
			default:
				known = false
			}
			if known {
				i += 2
				continue
			}
		case a >= 0x80:
		case !chinese:
			dst = append(dst, a)
			i++
			continue
		case i+1 == len(src):
			n = 2
		case a > 0x20 && src[i+1] > 0x20 && src[i+1] < 0x80:
			if r := c.pairs.at(a|0x80, src[i+1]|0x80); r != 0 {
				dst = appendCharacter(dst, r)
				i += 2
				continue
			}
		}
		end, reason := i+n, illegal
		if end > len(src) {
			end, reason = len(src), incomplete
		}
		var err error
		if dst, i, err = textcodec.HandleDecodeError(dst, src, "hz", errors, i, end, reason); err != nil {
			return dst, err
		}
	}
	return dst, nil
}
