package py

// Many short items, such as numbers, are printed side by side on as many lines as they
// need: one on each line would make thirty screens of a thousand numbers.

const (
	fillFrom   = 8  // as many items are filled
	fillString = 24 // a longer string has a line of its own
)

// filled reports whether items are to be printed side by side.
func (p *printer) filled(s *seq) bool {
	if s.width != width1 {
		return false
	}
	items := s.items
	if p.o.MaxItems > 0 && len(items) > p.o.MaxItems {
		items = items[:p.o.MaxItems]
	}
	if len(items) < fillFrom {
		return false
	}
	for _, x := range items {
		switch x := x.(type) {
		case nil, bool, int64, float64, complex128:
		case string:
			if len(x) > fillString {
				return false
			}
		case Bytes:
			if len(x) > fillString {
				return false
			}
		default:
			return false
		}
	}
	return true
}

// wrap puts what was printed from mark on, a blank and an item, on a line of its own if
// the line is too long with it and the comma after it.
func (p *printer) wrap(mark int) {
	if int(p.len()-p.line)+1 <= p.width() {
		return
	}
	item := append(p.scratch[:0], p.buf[mark+1:]...)
	p.scratch = item
	p.buf = p.buf[:mark]
	p.newline()
	p.buf = append(p.buf, item...)
}

// width is the length of line that Indent aims at.
func (p *printer) width() int {
	if p.o.Width == 0 {
		return 80
	}
	return p.o.Width
}
