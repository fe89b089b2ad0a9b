package container

import (
	"bytes"
	"math"
	"strings"
)

// The .npy format of numpy.lib.format, versions 1 to 3.

const (
	npyName  = "numpy array"
	npyMagic = "\x93NUMPY"
)

// readNpy reads one array; others may follow, as numpy.save appends them to a file.
func readNpy(w *walker, r *region) (int64, bool) {
	b := r.data
	if len(b) < 10 {
		w.problem(Unreadable, r.path, r.base, "a numpy array that is cut off in its header")
		return int64(len(b)), true
	}
	major := b[6]
	start, size := 10, uint64(le.Uint16(b[8:]))
	if major != 1 && len(b) >= 12 {
		start, size = 12, uint64(le.Uint32(b[8:]))
	}
	if major < 1 || major > 3 {
		w.problem(Unreadable, r.path, r.base, "a numpy array of a version of the format that is not known: %d.%d", b[6], b[7])
	}
	if size > uint64(len(b)-start) {
		w.problem(Unreadable, r.path, r.base, "a numpy array that is cut off in its header")
		return int64(len(b)), true
	}
	end := start + int(size)
	h := parseNpyHeader(b[start:end])
	if h == nil {
		w.problem(Unreadable, r.path, r.base, "a numpy array whose header can't be understood")
	}
	rest := *r
	rest.base, rest.data = r.base+int64(end), b[end:]
	used := int64(0)
	if h == nil || h.object || major < 1 || major > 3 {
		used = w.pickle(&rest, false)
	}
	if h == nil || h.object {
		if used == 0 && h != nil {
			w.problem(Unreadable, r.path, rest.base, "a numpy array of objects without a pickle")
			return int64(len(b)), true
		}
		if h == nil {
			return int64(len(b)), true
		}
		return min(int64(end)+used, int64(len(b))), true
	}
	switch n := int64(len(rest.data)); {
	case h.bytes > n:
		w.problem(Unreadable, r.path, rest.base, "a numpy array of which %d bytes are missing", h.bytes-n)
		return int64(len(b)), true
	case h.bytes < n && !bytes.HasPrefix(rest.data[h.bytes:], []byte(npyMagic)):
		w.problem(Note, r.path, rest.base+h.bytes, "%d bytes after the numpy array", n-h.bytes)
	}
	return int64(end) + h.bytes, true
}

// An npyHeader is what matters here of the header of an array.
type npyHeader struct {
	object bool  // the data are a pickle
	bytes  int64 // or so many bytes
}

// parseNpyHeader reads a dict of Python, such as
// {'descr': '<f8', 'fortran_order': False, 'shape': (3,), }. It returns nil if that is
// something else.
func parseNpyHeader(text []byte) *npyHeader {
	p := literal{rest: text}
	v, ok := p.value(0)
	p.space()
	d, isDict := v.(map[string]any)
	if !ok || !isDict || len(p.rest) != 0 {
		return nil
	}
	shape, isTuple := d["shape"].([]any)
	if !isTuple {
		return nil
	}
	h := &npyHeader{}
	items := int64(1)
	for _, n := range shape {
		i, ok := n.(int64)
		if !ok || i < 0 {
			return nil
		}
		if i != 0 && items > math.MaxInt64/i {
			items = math.MaxInt64
			continue
		}
		items *= i
	}
	size, ok := npyType(d["descr"], &h.object, 0)
	if !ok {
		return nil
	}
	if size != 0 && items > (math.MaxInt64>>8)/size {
		h.bytes = math.MaxInt64 >> 8
	} else {
		h.bytes = items * size
	}
	return h
}

// npyType returns the size of what a dtype describes, and whether there are objects in it.
func npyType(descr any, object *bool, depth int) (size int64, ok bool) {
	switch d := descr.(type) {
	case string:
		kind := strings.TrimLeft(d, "<>|=")
		if kind == "O" || strings.HasPrefix(kind, "O") && strings.Trim(kind[1:], "0123456789") == "" {
			*object = true
			return 0, true
		}
		if kind == "" || !strings.ContainsRune("?bBiufcmMSaUV", rune(kind[0])) {
			return 0, false
		}
		digits, _, _ := strings.Cut(kind[1:], "[")
		if kind[0] == '?' && digits == "" {
			return 1, true
		}
		n := int64(0)
		for _, c := range digits {
			if c < '0' || c > '9' || n > 1<<40 {
				return 0, false
			}
			n = n*10 + int64(c-'0')
		}
		if kind[0] == 'U' {
			n *= 4
		}
		return n, digits != ""
	case []any: // fields, or a dtype and a shape
		if depth > 32 {
			return 0, false
		}
		for _, field := range d {
			f, isTuple := field.([]any)
			if !isTuple || len(f) < 2 || len(f) > 3 {
				return 0, false
			}
			n, ok := npyType(f[1], object, depth+1)
			if !ok {
				return 0, false
			}
			if len(f) == 3 {
				dims, isTuple := f[2].([]any)
				if !isTuple {
					dims = []any{f[2]}
				}
				for _, dim := range dims {
					i, ok := dim.(int64)
					if !ok || i < 0 || i > 1<<20 || n > 1<<40 {
						return 0, false
					}
					n *= i
				}
			}
			if size += n; size > 1<<50 {
				return 0, false
			}
		}
		return size, true
	}
	return 0, false
}

// A literal is text in the form of Python's literals. Lists and tuples are one.
type literal struct {
	rest []byte
}

func (p *literal) space() { p.rest = bytes.TrimLeft(p.rest, " \t\r\n\f") }

// take takes c from the start.
func (p *literal) take(c byte) bool {
	p.space()
	if len(p.rest) == 0 || p.rest[0] != c {
		return false
	}
	p.rest = p.rest[1:]
	return true
}

func (p *literal) value(depth int) (any, bool) {
	if depth > 32 {
		return nil, false
	}
	switch {
	case p.take('{'):
		d := make(map[string]any)
		for !p.take('}') {
			k, ok := p.value(depth + 1)
			key, isStr := k.(string)
			if !ok || !isStr || !p.take(':') {
				return nil, false
			}
			if d[key], ok = p.value(depth + 1); !ok {
				return nil, false
			}
			if !p.take(',') && (len(p.rest) == 0 || p.rest[0] != '}') {
				return nil, false
			}
		}
		return d, true
	case p.take('('):
		return p.list(')', depth)
	case p.take('['):
		return p.list(']', depth)
	case p.take('\''):
		return p.str('\'')
	case p.take('"'):
		return p.str('"')
	}
	n := 0
	for n < len(p.rest) && (p.rest[n] >= '0' && p.rest[n] <= '9' || p.rest[n] >= 'A' && p.rest[n] <= 'Z' || p.rest[n] >= 'a' && p.rest[n] <= 'z') {
		n++
	}
	word := string(p.rest[:n])
	p.rest = p.rest[n:]
	switch word {
	case "True":
		return true, true
	case "False":
		return false, true
	case "None":
		return nil, true
	}
	digits := strings.TrimSuffix(word, "L") // Python 2 wrote that
	if digits == "" || len(digits) > 18 {
		return nil, false
	}
	i := int64(0)
	for _, c := range digits {
		if c < '0' || c > '9' {
			return nil, false
		}
		i = i*10 + int64(c-'0')
	}
	return i, true
}

func (p *literal) list(end byte, depth int) (any, bool) {
	l := []any{}
	for !p.take(end) {
		v, ok := p.value(depth + 1)
		if !ok {
			return nil, false
		}
		l = append(l, v)
		if !p.take(',') && (len(p.rest) == 0 || p.rest[0] != end) {
			return nil, false
		}
	}
	return l, true
}

// str takes the rest of a string. Those with escapes are names of fields, and what they say
// does not matter.
func (p *literal) str(quote byte) (any, bool) {
	for i := 0; i < len(p.rest); i++ {
		switch p.rest[i] {
		case quote:
			s := string(p.rest[:i])
			p.rest = p.rest[i+1:]
			return s, true
		case '\\':
			i++
		case '\n':
			return nil, false
		}
	}
	return nil, false
}
