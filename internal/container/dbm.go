package container

import (
	"encoding/binary"
)

// The databases of Python's dbm and bsddb in which shelve keeps pickles. Those of dbm.dumb have
// no form: see [walker.rest].

// isGDBM recognises gdbm's magic numbers, in either byte order.
func isGDBM(data []byte) bool {
	return len(data) >= 40 && (gdbmOrder(data) != nil)
}

func gdbmOrder(data []byte) binary.ByteOrder {
	for _, o := range []binary.ByteOrder{binary.LittleEndian, binary.BigEndian} {
		switch o.Uint32(data) {
		case 0x13579acd, 0x13579ace, 0x13579acf, 0x13579ad0, 0x13579ad1:
			return o
		}
	}
	return nil
}

// readGDBM reads each bucket that the directory names: gdbmdefs.h of gdbm 1.23.
func readGDBM(w *walker, r *region) (int64, bool) {
	o := gdbmOrder(r.data)
	magic := o.Uint32(r.data)
	wide := magic == 0x13579acf || magic == 0x13579ad1 ||
		magic == 0x13579ace && o.Uint32(r.data[8+4*int(boolToInt(o == binary.LittleEndian)):]) == 0
	word := func(at int) uint64 {
		switch {
		case wide && at+8 <= len(r.data):
			return o.Uint64(r.data[at:])
		case !wide && at+4 <= len(r.data):
			return uint64(o.Uint32(r.data[at:]))
		}
		return 1 << 63
	}
	width, elements, element := 4, 60, 20
	if wide {
		width, elements, element = 8, 112, 24
	}
	dir := word(8)
	dirSize := uint64(o.Uint32(r.data[8+width:]))
	bucketSize := uint64(o.Uint32(r.data[8+width+8:]))
	whole := dir < uint64(len(r.data)) && dirSize <= uint64(len(r.data))-dir && bucketSize >= uint64(elements+element)
	seen := make(map[uint64]bool)
	for at := dir; whole && at+uint64(width) <= dir+dirSize; at += uint64(width) {
		bucket := word(int(at))
		if seen[bucket] {
			continue
		}
		seen[bucket] = true
		if bucket > uint64(len(r.data)) || bucketSize > uint64(len(r.data))-bucket {
			whole = false
			break
		}
		if !w.afford(r, int64(bucketSize)) {
			break
		}
		b := r.data[bucket : bucket+bucketSize]
		for b := b[elements:]; len(b) >= element; b = b[element:] {
			if int32(o.Uint32(b)) == -1 {
				continue
			}
			var pointer uint64
			if wide {
				pointer = o.Uint64(b[8:])
			} else {
				pointer = uint64(o.Uint32(b[8:]))
			}
			key, value := uint64(o.Uint32(b[8+width:])), uint64(o.Uint32(b[12+width:]))
			if pointer > uint64(len(r.data)) || key+value > uint64(len(r.data))-pointer {
				whole = false
				continue
			}
			data := r.data[pointer : pointer+key+value]
			if !w.value(r, data[:key], data[key:]) {
				return int64(len(r.data)), true
			}
		}
	}
	if !whole {
		w.problem(Unreadable, r.path, r.base, "the GNU dbm database is damaged or cut off")
		w.search(r)
	}
	return int64(len(r.data)), true
}

func boolToInt(b bool) int {
	if b {
		return 1
	}
	return 0
}

// value visits a value of a database.
func (w *walker) value(r *region, key, value []byte) bool {
	sub, ok := w.inside(r, string(key[:min(len(key), 200)]), value)
	if ok && len(value) > 0 {
		sub.raw = true
		w.region(sub)
	}
	return ok
}

// isBerkeley recognises hash and btree databases of Berkeley DB, since version 2 (page 0 has a
// header of its own) and before.
func isBerkeley(data []byte) bool {
	return len(data) >= 26 && (berkeleyMagic(data[12:]) != nil || berkeleyMagic(data) != nil)
}

func berkeleyMagic(data []byte) binary.ByteOrder {
	for _, o := range []binary.ByteOrder{binary.LittleEndian, binary.BigEndian} {
		if m := o.Uint32(data); m == 0x061561 || m == 0x053162 {
			return o
		}
	}
	return nil
}

// readBerkeley reads the items of all pages: dbinc/db_page.h of Berkeley DB 5.3.
func readBerkeley(w *walker, r *region) (int64, bool) {
	o := berkeleyMagic(r.data[12:])
	if o == nil {
		w.problem(Unreadable, r.path, r.base, "a database of Berkeley DB 1.85: there is no way here to look into it")
		w.search(r)
		return int64(len(r.data)), true
	}
	b := &berkeley{w: w, r: r, o: o, page: int(o.Uint32(r.data[20:]))}
	if b.page < 512 || b.page > 1<<16 || b.page&(b.page-1) != 0 {
		w.problem(Unreadable, r.path, r.base, "a database of Berkeley DB with a damaged header")
		w.search(r)
		return int64(len(r.data)), true
	}
	if r.data[24] != 0 { // encrypt_alg
		w.problem(Unreadable, r.path, r.base, "an encrypted database of Berkeley DB")
		return int64(len(r.data)), true
	}
	for n := 1; (n+1)*b.page <= len(r.data) && w.members > 0 && w.looks > 0; n++ {
		b.items(r.data[n*b.page : (n+1)*b.page])
	}
	if b.odd || len(r.data)%b.page != 0 {
		w.problem(Unreadable, r.path, r.base, "parts of the database of Berkeley DB are damaged or cut off")
		w.search(r)
	}
	return int64(len(r.data)), true
}

type berkeley struct {
	w     *walker
	r     *region
	o     binary.ByteOrder
	page  int
	spent int64
	odd   bool
}

const berkeleyHeader = 26

// items visits what is on a page. Keys and values are not told apart, which takes nothing away.
func (b *berkeley) items(page []byte) {
	kind := page[25]
	entries := int(b.o.Uint16(page[20:]))
	hash := kind == 2 || kind == 13
	if !hash && kind != 5 && kind != 12 || entries > (b.page-berkeleyHeader)/2 {
		return
	}
	end := b.page
	key := []byte("?")
	for i := range entries {
		at := int(b.o.Uint16(page[berkeleyHeader+2*i:]))
		if at < berkeleyHeader+2*entries || at >= b.page {
			b.odd = true
			return
		}
		var item []byte
		var kind byte
		if hash { // its length is what is left to the item before it
			if at >= end {
				b.odd = true
				return
			}
			kind, item, end = page[at], page[at+1:end], at
		} else {
			if at+3 > b.page {
				b.odd = true
				return
			}
			kind = page[at+2] & 0x7f
			n := int(b.o.Uint16(page[at:]))
			switch {
			case kind == 3 && at+12 <= b.page:
				item = page[at+1 : at+12]
			case at+3+n <= b.page:
				item = page[at+3 : at+3+n]
			default:
				b.odd = true
				continue
			}
		}
		switch {
		case kind == 3 && len(item) >= 11: // off the page
			b.overflow(key, b.o.Uint32(item[3:]), b.o.Uint32(item[7:]))
		case kind == 2 && hash: // several values of a key, each between two lengths
			for len(item) >= 4 {
				n := int(b.o.Uint16(item))
				if n+4 > len(item) {
					b.odd = true
					break
				}
				b.w.value(b.r, key, item[2:2+n])
				item = item[n+4:]
			}
		case kind == 1:
			b.w.value(b.r, key, item)
		}
		key = item
	}
}

func (b *berkeley) overflow(key []byte, n, total uint32) {
	size := int64(min(total, uint32(min(len(b.r.data), 1<<31))))
	if size > b.w.memory {
		b.w.problem(Limit, b.r.path, -1, "a value of the database of Berkeley DB has %d bytes", total)
		return
	}
	b.w.memory -= size
	defer func() { b.w.memory += size }()
	whole := make([]byte, 0, size)
	for int64(len(whole)) < size && b.spent < 4*int64(len(b.r.data)) {
		if n == 0 || int64(n+1)*int64(b.page) > int64(len(b.r.data)) {
			b.odd = true
			break
		}
		page := b.r.data[int(n)*b.page:][:b.page]
		used := min(int(b.o.Uint16(page[22:])), b.page-berkeleyHeader)
		if used == 0 || page[25] != 7 {
			b.odd = true
			break
		}
		whole = append(whole, page[berkeleyHeader:][:used]...)
		b.spent += int64(used)
		n = b.o.Uint32(page[16:])
	}
	b.w.value(b.r, key, whole)
}
