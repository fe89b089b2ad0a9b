package charset

import (
	"bytes"
	"compress/flate"
	_ "embed"
	"encoding/binary"
	"io"
	"sync"

	"github.com/go-pickle/pickle/internal/textcodec"
)

// pairTable holds the characters of pairs of bytes, by the first byte and then
// the second. 0 is no character; from 0x110000 on they are combinedTexts, but for
// wholePair.
type pairTable [256]*[256]rune

// wholePair is in a pairTable where both bytes count as wrong. That is so for
// the characters that JIS X 0213 got in 2004, in its charsets of 2000.
const wholePair = 0x1FFFFF

func (t *pairTable) at(a, b byte) rune {
	if row := t[a]; row != nil {
		return row[b]
	}
	return 0
}

func (t *pairTable) set(pair int, r rune) {
	row := &t[pair>>8&0xFF]
	if *row == nil {
		*row = new([256]rune)
	}
	(*row)[pair&0xFF] = r
}

// appendCharacter appends what a pairTable holds.
func appendCharacter(dst []byte, r rune) []byte {
	if r >= 0x110000 {
		return append(dst, combinedTexts[r-0x110000]...)
	}
	return textcodec.AppendRune(dst, r)
}

// multiEntry says where a table stands in multiData and which table it is a
// change of. shifted tells that the base is one of EUC-JP's kind and this one
// of Shift JIS's.
type multiEntry struct {
	from, to int
	base     string
	shifted  bool
}

// multiData is described in gen.py, which writes it.
//
//go:embed multi_table.bin
var multiData []byte

var pairTables struct {
	sync.Mutex
	loaded map[string]*pairTable
}

// loadPairs is the named table of multiIndex, nil if there is none. It must
// not be changed: charsets share it.
func loadPairs(name string) *pairTable {
	pairTables.Lock()
	defer pairTables.Unlock()
	return loadPairsLocked(name)
}

func loadPairsLocked(name string) *pairTable {
	if t := pairTables.loaded[name]; t != nil {
		return t
	}
	entry, ok := multiIndex[name]
	if !ok {
		return nil
	}
	t := new(pairTable)
	if entry.base != "" {
		t.addAll(loadPairsLocked(entry.base), entry.shifted)
	}
	// Neither can fail: the data is part of the program, and tests read all
	// of it.
	changes, _ := io.ReadAll(flate.NewReader(bytes.NewReader(multiData[entry.from:entry.to])))
	t.change(changes)
	if pairTables.loaded == nil {
		pairTables.loaded = make(map[string]*pairTable)
	}
	pairTables.loaded[name] = t
	return t
}

// addAll copies the pairs of another table, if shifted from their places in
// EUC-JP to those in Shift JIS, which folds two rows of 94 into one.
func (t *pairTable) addAll(base *pairTable, shifted bool) {
	for a, row := range base {
		if row == nil {
			continue
		}
		for b, r := range row {
			if r == 0 {
				continue
			}
			pair := a<<8 | b
			if shifted {
				if a < 0xA1 || b < 0xA1 {
					continue // half-width katakana
				}
				pair = shiftedPair(a-0xA1, b-0xA1)
			}
			t.set(pair, r)
		}
	}
}

// shiftedPair is the place in Shift JIS of a row and cell, both 0 to 93.
func shiftedPair(row, cell int) int {
	a := row/2 + 0x81
	if row >= 62 {
		a += 0x40
	}
	switch {
	case row&1 == 1:
		cell += 0x9F
	case cell >= 63: // 7F is left out
		cell += 0x41
	default:
		cell += 0x40
	}
	return a<<8 | cell
}

// change applies one table of multiData.
func (t *pairTable) change(data []byte) {
	next := func() int {
		v, n := binary.Uvarint(data)
		data = data[max(n, 0):]
		return int(v)
	}
	at, last := 0, 0
	for len(data) > 0 {
		at += next()
		for n := next(); n > 0; n-- {
			d := next()
			if d&1 == 1 {
				d = -(d >> 1)
			} else {
				d >>= 1
			}
			last += 1 + d
			t.set(at, rune(last))
			at++
		}
	}
}
