package container

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
)

// What services put around pickles.

// isFrames recognises messages with four bytes of length in front, as carbon, logging's
// SocketHandler and multiprocessing send them: the first one is all there, and a pickle.
func isFrames(data []byte) bool {
	if len(data) < 6 {
		return false
	}
	n := binary.BigEndian.Uint32(data)
	return n >= 2 && n <= uint32(min(len(data)-4, 1<<31-1)) && (startsWithProto(data[4:]) || isPickle(data[4:4+n]))
}

func startsWithProto(data []byte) bool {
	return len(data) >= 2 && data[0] == 0x80 && data[1] <= 5
}

func readFrames(w *walker, r *region) (int64, bool) {
	at := int64(0)
	for int64(len(r.data))-at >= 6 {
		n := int64(binary.BigEndian.Uint32(r.data[at:]))
		if n == 0 {
			at += 4
			continue
		}
		sub := *r
		sub.base, sub.data = r.base+at+4, r.data[at+4:]
		if n > int64(len(sub.data)) {
			w.problem(Unreadable, r.path, r.base+at, "a message of %d bytes, of which %d are there", n, len(sub.data))
			n = int64(len(sub.data))
		}
		sub.data = sub.data[:n]
		w.pickle(&sub, false)
		at += 4 + n
	}
	return at, at > 0
}

// isBang recognises Flask-Caching's mark in front of a pickle.
func isBang(data []byte) bool {
	return len(data) > 3 && data[0] == '!' && (startsWithProto(data[1:]) || plausible(data[1:min(len(data), 1<<16)]) && isPickle(data[1:]))
}

func readBang(w *walker, r *region) (int64, bool) {
	sub := *r
	sub.base, sub.data = r.base+1, r.data[1:]
	return 1 + w.pickle(&sub, false), true
}

// isZFile recognises what joblib wrote before its version 0.10 for compress=True: "ZF", the length
// in hexadecimal in 19 characters (20 in Python 2), and zlib's data.
func isZFile(data []byte) bool {
	return len(data) > 30 && string(data[:4]) == "ZF0x" && (isZlib(data[21:]) || data[21] == ' ' && isZlib(data[22:]))
}

func readZFile(w *walker, r *region) (int64, bool) {
	start := int64(21)
	if r.data[21] == ' ' {
		start = 22
	}
	sub := *r
	sub.base, sub.data, sub.pickled = r.base+start, r.data[start:], false
	used, ok := readCodec(codec(sub.data), w, &sub)
	return start + used, ok
}

// isBase64 recognises pickles of the binary protocols in base64, as Django keeps them in
// tables.
func isBase64(data []byte) bool {
	if len(data) < 4 || data[0] != 'g' || data[1] != 'A' {
		return false
	}
	var head [3]byte
	_, err := base64.StdEncoding.Decode(head[:], data[:4])
	return err == nil && startsWithProto(head[:])
}

func readBase64(w *walker, r *region) (int64, bool) {
	sub, ok := w.within(r)
	if !ok {
		return 0, true
	}
	b, err := w.decompress(base64.NewDecoder(base64.StdEncoding, bytes.NewReader(r.data)), int64(len(r.data)))
	defer b.release()
	if err != nil {
		w.problem(Unreadable, r.path, r.base, "base64: %v", err)
	}
	sub.data = b.data
	w.region(sub)
	return int64(len(r.data)), true
}
