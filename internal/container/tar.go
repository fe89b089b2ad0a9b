package container

import (
	"archive/tar"
	"bytes"
	"errors"
	"io"
	"path"
	"slices"
	"strings"
)

// isTar recognises the header of a first member: its checksum, which also archives without a
// magic number have.
func isTar(data []byte) bool {
	if len(data) < 512 {
		return false
	}
	sum := int64(0)
	for i, c := range data[:512] {
		if i >= 148 && i < 156 {
			c = ' '
		}
		sum += int64(c)
	}
	want := int64(0)
	digits := strings.Trim(string(data[148:156]), " \x00")
	for _, c := range digits {
		if c < '0' || c > '7' {
			return false
		}
		want = want<<3 | int64(c-'0')
	}
	return digits != "" && want == sum
}

func readTar(w *walker, r *region) (int64, bool) {
	in := bytes.NewReader(r.data)
	t := tar.NewReader(in)
	members := 0
	seen := make(map[string]bool)
	torch := isTorchTar(r.data)
	for {
		h, err := t.Next()
		if err == io.EOF {
			if n := len(r.data) - in.Len(); members > 0 && (n < 512 || !isZero(r.data[n-512:n])) {
				w.problem(Unreadable, r.path, r.base+int64(n), "the tar archive is cut off")
			}
			break
		}
		if err != nil && !errors.Is(err, tar.ErrInsecurePath) {
			// Other readers skip what is damaged.
			w.problem(Unreadable, r.path, r.base+in.Size()-int64(in.Len()), "the tar archive is damaged or cut off here: %v", err)
			w.search(&region{path: r.path, data: r.data[len(r.data)-in.Len():], base: r.base + in.Size() - int64(in.Len()), depth: r.depth})
			return int64(len(r.data)), members > 0
		}
		members++
		at := in.Size() - int64(in.Len())
		clean := path.Clean(h.Name)
		if path.IsAbs(clean) || clean == ".." || strings.HasPrefix(clean, "../") {
			w.problem(Name, join(r.path, h.Name), at, "a name that leads out of the folder into which the tar archive is unpacked")
		}
		if seen[h.Name] {
			w.problem(Mismatch, join(r.path, h.Name), at, "the tar archive has two members of this name, of which readers choose one")
		}
		seen[h.Name] = true
		if h.Size == 0 {
			continue
		}
		sub, ok := w.inside(r, h.Name, nil)
		if !ok {
			break
		}
		sub.torch = torch
		if isSparse(h) || h.Size > in.Size()-at {
			b, err := w.decompress(t, int64(len(r.data)))
			if err != nil {
				kind := Unreadable
				if errors.Is(err, ErrTooLarge) {
					kind = Limit
				}
				w.problem(kind, sub.path, -1, "not all of the member is there: %v", err)
			}
			sub.data = b.data
			w.region(sub)
			b.release()
			continue
		}
		sub.data = r.data[at : at+h.Size]
		if torch && slices.Contains([]string{"storages", "tensors"}, strings.TrimPrefix(h.Name, "./")) {
			w.alternating(sub)
			continue
		}
		w.region(sub)
	}
	// Behind the end of an archive, and zeros, another one may begin, which some readers go on with.
	used := len(r.data) - in.Len()
	for used < len(r.data) && isZero(r.data[used:min(used+512, len(r.data))]) {
		used += 512
	}
	return int64(min(used, len(r.data))), members > 0
}

func isZero(b []byte) bool {
	for _, c := range b {
		if c != 0 {
			return false
		}
	}
	return true
}

// isTorchTar recognises the archives that torch.save wrote in 2016.
func isTorchTar(data []byte) bool {
	t := tar.NewReader(bytes.NewReader(data))
	found := 0
	for range 16 {
		h, err := t.Next()
		if err != nil {
			break
		}
		switch strings.TrimPrefix(h.Name, "./") {
		case "storages", "tensors", "pickle":
			found++
		}
	}
	return found >= 3
}

func isSparse(h *tar.Header) bool {
	if h.Typeflag == tar.TypeGNUSparse {
		return true
	}
	for k := range h.PAXRecords {
		if strings.HasPrefix(k, "GNU.sparse.") {
			return true
		}
	}
	return false
}

// alternating visits the members 'storages' and 'tensors' of torch's tar archives: a number, and
// then pickles that each have raw numbers behind them, of a length that only torch knows.
func (w *walker) alternating(r *region) {
	w.v.Bytes(int64(len(r.data)))
	taken := w.pickle(r, false)
	for at := taken; at < int64(len(r.data)); {
		sub := *r
		sub.base, sub.data = r.base+at, r.data[at:]
		n := w.guess(&sub)
		if n == 0 || n < 8 && sub.data[0] != 0x80 {
			at++
			continue
		}
		sub.data = sub.data[:n]
		w.pickle(&sub, false)
		at += n
	}
}
