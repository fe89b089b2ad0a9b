package container

import (
	"encoding/binary"
	"fmt"
)

// SQLite databases, as https://www.sqlite.org/fileformat2.html has them. Rows are read from
// every page that is a leaf of a table (or of an index, where tables WITHOUT ROWID keep
// theirs), without asking which table it belongs to: what a table does not reach is found too.

const sqliteName = "SQLite database"

// A sqliteReader reads one database.
type sqliteReader struct {
	w     *walker
	r     *region
	page  int // bytes of a page
	use   int // of which so many are in use
	pages int
	spent int64 // bytes of overflow pages that were read
	odd   bool
}

func readSQLite(w *walker, r *region) (int64, bool) {
	if len(r.data) < 100 {
		w.problem(Unreadable, r.path, r.base, "an SQLite database that is cut off in its header")
		return int64(len(r.data)), true
	}
	s := &sqliteReader{w: w, r: r, page: int(binary.BigEndian.Uint16(r.data[16:]))}
	if s.page == 1 {
		s.page = 1 << 16
	}
	s.use = s.page - int(r.data[20])
	if s.page < 512 || s.page&(s.page-1) != 0 || s.use < 480 {
		w.problem(Unreadable, r.path, r.base, "an SQLite database with a damaged header")
		w.search(r)
		return int64(len(r.data)), true
	}
	s.pages = len(r.data) / s.page
	for n := 1; n <= s.pages && w.members > 0 && w.looks > 0; n++ {
		s.leaf(n)
	}
	if s.odd || len(r.data)%s.page != 0 {
		w.problem(Unreadable, r.path, r.base, "parts of the SQLite database are damaged or cut off")
		w.search(r)
	}
	return int64(len(r.data)), true
}

// leaf reads the rows of a page, if it has any. What is no such page, overflow pages among
// them, may look like one: nothing that does not fit is taken for damage.
func (s *sqliteReader) leaf(n int) {
	page := s.r.data[(n-1)*s.page : n*s.page]
	head := 0
	if n == 1 {
		head = 100
	}
	kind := page[head]
	size := 8
	switch kind {
	case 13, 10:
	case 2: // of indexes also the pages above the leaves have rows
		size = 12
	default:
		return
	}
	cells := int(binary.BigEndian.Uint16(page[head+3:]))
	if cells > (s.use-head-size)/2 {
		return
	}
	for i := range cells {
		at := int(binary.BigEndian.Uint16(page[head+size+2*i:]))
		if at < head+size || at >= s.use {
			continue
		}
		s.cell(kind, n, page, at, i)
	}
}

// cell reads a row.
func (s *sqliteReader) cell(kind byte, n int, page []byte, at, row int) {
	b := page[at:s.use]
	if kind == 2 {
		if len(b) < 4 {
			return
		}
		b = b[4:]
	}
	total, b, ok := sqliteNumber(b)
	if !ok {
		return
	}
	most := (s.use-12)*64/255 - 23 // of an index
	least := (s.use-12)*32/255 - 23
	if kind == 13 {
		if _, b, ok = sqliteNumber(b); !ok {
			return
		}
		most = s.use - 35
	}
	if total > uint64(len(s.r.data)) {
		return
	}
	payload := b
	if total <= uint64(most) {
		if total > uint64(len(b)) {
			return
		}
		payload = b[:total]
	} else {
		local := least + (int(total)-least)%(s.use-4)
		if local > most {
			local = least
		}
		if local+4 > len(b) {
			return
		}
		whole, ok := s.overflow(b[:local], binary.BigEndian.Uint32(b[local:]), int(total))
		if whole == nil {
			return
		}
		defer func() { s.w.memory += int64(cap(whole)) }()
		if !ok {
			s.odd = true
		}
		payload = whole
	}
	s.record(payload, n, row)
}

// overflow joins the parts of a row that is too long for its page.
func (s *sqliteReader) overflow(head []byte, next uint32, total int) (whole []byte, ok bool) {
	if next == 0 || int(next) > s.pages || s.spent > 4*int64(len(s.r.data))+1<<20 {
		return nil, false
	}
	if int64(total) > s.w.memory {
		s.w.problem(Limit, s.r.path, -1, "a row of the SQLite database has %d bytes", total)
		return nil, false
	}
	s.w.memory -= int64(total)
	whole = append(make([]byte, 0, total), head...)
	for len(whole) < total {
		if next == 0 || int64(next) > int64(s.pages) {
			return whole, false
		}
		page := s.r.data[(int(next)-1)*s.page:][:s.use]
		next = binary.BigEndian.Uint32(page)
		n := min(total-len(whole), s.use-4)
		whole = append(whole, page[4:4+n]...)
		s.spent += int64(n)
	}
	return whole, true
}

// record visits the blobs and the texts of a row.
func (s *sqliteReader) record(b []byte, page, row int) {
	size, types, ok := sqliteNumber(b)
	head := len(b) - len(types)
	if !ok || size < uint64(head) || size > uint64(len(b)) {
		return
	}
	types = b[head:size]
	rest := b[size:]
	for column := 0; len(types) > 0; column++ {
		var t uint64
		if t, types, ok = sqliteNumber(types); !ok {
			return
		}
		n := uint64(0)
		switch {
		case t >= 12:
			n = (t - 12) / 2
		case t <= 7:
			n = uint64([8]int{0, 1, 2, 3, 4, 6, 8, 8}[t])
		}
		if n > uint64(len(rest)) {
			return
		}
		value := rest[:n]
		rest = rest[n:]
		// A text may be a pickle of protocol 0, or one in base64.
		if t < 12 || n < 2 {
			continue
		}
		if !s.w.afford(s.r, int64(n)) {
			return
		}
		if !s.w.worth(value) {
			continue
		}
		sub, ok := s.w.inside(s.r, fmt.Sprintf("page %d row %d column %d", page, row, column), value)
		if !ok {
			return
		}
		sub.raw = true
		s.w.region(sub)
	}
}

// worth reports whether a value of a database is anything to look into.
func (w *walker) worth(value []byte) bool {
	if plausible(value[:min(len(value), 1<<16)]) {
		return true
	}
	f := recognise(value)
	return f != nil && f.reader() != nil
}

// sqliteNumber is a number of one to nine bytes, the high ones first.
func sqliteNumber(b []byte) (v uint64, rest []byte, ok bool) {
	for i, c := range b {
		if i == 8 {
			return v<<8 | uint64(c), b[9:], true
		}
		v = v<<7 | uint64(c&0x7f)
		if c < 0x80 {
			return v, b[i+1:], true
		}
	}
	return 0, nil, false
}
