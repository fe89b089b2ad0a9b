// Package container finds what may be a pickle in files of all kinds, by what is in them and
// never by a name: data alone, compressed, in archives, in the formats of numpy, torch and
// joblib, and in databases.
//
// It reads as every loader that we know would, and where two loaders would read the same bytes
// differently it reads both ways: a pickle in front of a zip archive, two members of one name, a
// size that a zip archive gives twice. What it can't read it tells; it leaves nothing out
// silently.
//
// Hostile input costs memory and time in proportion to its own size, up to what [Limits] allow.
package container

import "fmt"

// Limits bound what one file may cost. A limit that is met is a [Problem], and what was read
// up to then is visited. The zero value of each field is its default.
type Limits struct {
	// Depth is how many containers may be inside one another: 8.
	Depth int
	// Members is how many members of containers are looked at: 100,000.
	Members int
	// Bytes is how much may be decompressed in all: 2 GiB.
	Bytes int64
	// Memory is how much that is decompressed may be in memory at a time: 32 MiB. More goes to
	// a temporary file where there is one to be had, and is cut off otherwise.
	Memory int64
	// Ratio is how many times larger than before something may become by decompression, once
	// it is larger than 16 MiB: 250.
	Ratio int64
}

func (l Limits) orDefaults() Limits {
	set(&l.Depth, 8)
	set(&l.Members, 100_000)
	set(&l.Bytes, 2<<30)
	set(&l.Memory, 32<<20)
	set(&l.Ratio, 250)
	return l
}

func set[T int | int64](v *T, otherwise T) {
	if *v <= 0 {
		*v = otherwise
	}
}

// A Member is bytes that some loader may read as a pickle.
type Member struct {
	// Path is the way to it inside of the file: "archive/data.pkl", "inner.zip!data.pkl". It is
	// "" for the file itself, and for what compressed data alone holds. It is what the file
	// says: it may hold anything.
	Path string
	// Data is valid until the visitor returns.
	Data []byte
	// Base is where Data begins in what Path leads to.
	Base int64
	// Search is set if pickles may be anywhere in Data: what it is is not known, or it is damaged.
	Search bool
	// Torch is set if torch.load is what reads it.
	Torch bool
	// Storage is set for what torch reads as numbers. Some of these look like the start of a
	// pickle: only a whole one, or one that is dangerous, is to be told.
	Storage bool
	// Storages are, for the pickle of a torch archive, the sizes of its storages by their keys.
	Storages map[string]int64
}

// A Visitor is told of what is found, in the order of the file.
type Visitor interface {
	// Pickle judges what m begins with, if that is a pickle. It returns how many bytes from the
	// start are pickles, one after another, with padding: 0 if m begins with none, all if nothing
	// is left to look at.
	Pickle(m *Member) int64
	// Problem tells of something that is not as it should be, or that is only to be known.
	Problem(p Problem)
	// Bytes tells that so many bytes were looked at, after decompression.
	Bytes(n int64)
}

// A Kind says what a problem is about.
type Kind uint8

const (
	NotPickle  Kind = iota // it is something known that holds no pickles
	Unknown                // it is nothing known, and begins with no pickle
	Unreadable             // encrypted, cut off, damaged, or in a way that is not known
	Limit                  // it was not looked at whole, because of a limit
	Mismatch               // it says different things in two places, so that readers differ
	Name                   // a name of a member is made to do harm
	Note                   // it is only to be known
)

// A Problem is something that is not as it should be, or that is only to be known.
type Problem struct {
	Kind   Kind
	Path   string // as that of a Member
	Offset int64  // in what Path leads to, or -1
	Text   string // in words, without the place; names are quoted
}

// Walk visits all that data may be read as.
func (l Limits) Walk(data []byte, v Visitor) {
	l = l.orDefaults()
	size := int64(len(data))
	w := &walker{limits: l, v: v, bytes: min(l.Bytes, max(2*small, size*l.Ratio)), members: l.Members, memory: l.Memory}
	w.more(size)
	w.region(&region{data: data})
}

// A walker goes through one file.
type walker struct {
	limits  Limits
	v       Visitor
	bytes   int64 // that may yet be decompressed
	members int   // that may yet be looked at
	memory  int64 // that may yet be in use
	looks   int64 // bytes that may yet be looked at: see afford
	guesses int64 // bytes that may yet be looked at in vain: see guess
	ended   bool  // the problem that looks are used up was told
}

// more makes budgets for bytes that came.
func (w *walker) more(size int64) {
	w.looks += 10*size + 1<<20
	w.guesses += 4*size + 1<<16
}

// afford reports whether n bytes more may be looked at. Each byte of the file and of what is
// decompressed may be looked at ten times, once for each container that it is in: more is only
// asked for by members that lie over one another.
func (w *walker) afford(r *region, n int64) bool {
	w.looks -= n
	if w.looks < 0 && !w.ended {
		w.ended = true
		w.problem(Limit, r.path, r.base, "members lie over one another so often that not all were looked at")
	}
	return w.looks >= 0
}

// A region is bytes that are read from their start.
type region struct {
	path     string
	data     []byte
	base     int64
	depth    int
	torch    bool
	storages map[string]int64
	pickled  bool // it begins with a pickle
	searched bool // the visitor has seen all of it
	storage  bool // it is one of torch's
	raw      bool // the format says that it holds no pickle, so it need not be anything known
}

func (w *walker) problem(k Kind, path string, offset int64, format string, args ...any) {
	w.v.Problem(Problem{Kind: k, Path: path, Offset: offset, Text: fmt.Sprintf(format, args...)})
}

// join is the path of a member.
func join(path, name string) string {
	if name == "" {
		name = "?"
	}
	if path == "" {
		return name
	}
	return path + "!" + name
}

// inside gives the region of a member of r, or false if a limit is met.
func (w *walker) inside(r *region, name string, data []byte) (*region, bool) {
	if !w.deeper(r) {
		return nil, false
	}
	return &region{path: join(r.path, name), data: data, depth: r.depth + 1}, true
}

// within gives the region of what r is another form of, or false if a limit is met.
func (w *walker) within(r *region) (*region, bool) {
	if !w.deeper(r) {
		return nil, false
	}
	return &region{path: r.path, depth: r.depth + 1, torch: r.torch, storages: r.storages, raw: r.raw}, true
}

// deeper reports whether r may have one more member.
func (w *walker) deeper(r *region) bool {
	if r.depth >= w.limits.Depth {
		w.problem(Limit, r.path, r.base, "more than %d containers inside one another", w.limits.Depth)
		return false
	}
	if w.members--; w.members == -1 {
		w.problem(Limit, r.path, -1, "more than %d members", w.limits.Members)
	}
	return w.members >= 0
}

// pickle lets the visitor judge what r begins with.
func (w *walker) pickle(r *region, search bool) int64 {
	if len(r.data) == 0 {
		return 0
	}
	m := Member{Path: r.path, Data: r.data, Base: r.base, Search: search, Torch: r.torch, Storage: r.storage, Storages: r.storages}
	used := max(0, min(w.v.Pickle(&m), int64(len(r.data))))
	r.searched = r.searched || search || used > 0
	return used
}

// search looks for pickles anywhere in what is damaged.
func (w *walker) search(r *region) { w.pickle(r, true) }

// region visits all that r may be read as.
func (w *walker) region(r *region) {
	if !w.afford(r, int64(len(r.data))) {
		return
	}
	w.v.Bytes(int64(len(r.data)))
	for len(r.data) > 0 {
		used := w.readings(r)
		if used <= 0 || used >= int64(len(r.data)) {
			return
		}
		r.base += used
		r.data = r.data[used:]
	}
}

// readings visits all that r may be read as from its start, and returns how much of it that
// was.
func (w *walker) readings(r *region) (used int64) {
	first := r.base == 0
	f := recognise(r.data)
	if !first && f != nil && f.name == textName {
		f = nil // it may be the rest of a pickle, with another one behind it
	}
	taken := int64(0)
	if !r.searched {
		taken = w.pickle(r, first && !r.raw && (f == nil || f.search))
	} else if taken = w.guess(r); taken > 0 {
		w.pickle(&region{path: r.path, data: r.data[:taken], base: r.base, torch: r.torch, storages: r.storages}, false)
	}
	var read reader
	if f != nil {
		read = f.reader()
	}
	r.pickled = taken > 0
	if read != nil && !(f.weak && r.pickled) {
		u, ok := read(w, r)
		used = max(used, u)
		if !ok {
			f = nil
		}
	}
	// An archive is found by its end, whatever it begins with.
	if first && (f == nil || f.name != zipName) && w.zipBehind(r, taken) {
		return int64(len(r.data))
	}
	switch {
	case taken > used:
		return taken
	case used > 0:
		return used
	case f != nil:
		if read == nil {
			w.otherFormat(r, f)
		}
		return int64(len(r.data))
	case r.raw:
		return int64(len(r.data))
	case first:
		return w.unknown(r)
	}
	return w.rest(r)
}
