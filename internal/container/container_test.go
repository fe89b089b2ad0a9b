package container_test

import (
	"fmt"
	"slices"
	"strings"

	"github.com/go-pickle/pickle/graph"
	"github.com/go-pickle/pickle/internal/container"
)

// A recorder is a visitor that keeps what it is told.
type recorder struct {
	pickles  []string // path@offset of each pickle
	names    []string // the names of globals
	problems []string // kind path@offset: text
	kinds    []container.Kind
	torch    []string // the paths that torch reads
	storages map[string]int64
	bytes    int64
	data     []byte // of the file
	check    func(m *container.Member)
}

func (r *recorder) Bytes(n int64) { r.bytes += n }

func (r *recorder) Pickle(m *container.Member) int64 {
	if r.check != nil {
		r.check(m)
	}
	used := int64(0)
	for used < int64(len(m.Data)) {
		g, err := graph.Options{PersistentIDs: true, AnyBuffers: true, Encoding: "bytes"}.Parse(m.Data[used:])
		if err != nil {
			break
		}
		r.pickles = append(r.pickles, fmt.Sprintf("%s@%d", m.Path, m.Base+used))
		if m.Torch {
			r.torch = append(r.torch, m.Path)
			r.storages = m.Storages
		}
		for n := range g.Nodes() {
			if n.Kind() == graph.Global {
				module, name := n.Global()
				r.names = append(r.names, module+"."+name)
			}
		}
		used += g.End()
		for used < int64(len(m.Data)) && (m.Data[used] == 0 || m.Data[used] == '\n') {
			used++
		}
	}
	return used
}

func (r *recorder) Problem(p container.Problem) {
	r.kinds = append(r.kinds, p.Kind)
	r.problems = append(r.problems, fmt.Sprintf("%s %s@%d: %s", kindNames[p.Kind], p.Path, p.Offset, p.Text))
}

var kindNames = []string{"not-pickle", "unknown", "unreadable", "limit", "mismatch", "name", "note"}

// has reports whether a problem of a kind says something.
func (r *recorder) has(kind container.Kind, text string) bool {
	return slices.ContainsFunc(r.problems, func(p string) bool {
		return strings.HasPrefix(p, kindNames[kind]+" ") && strings.Contains(p, text)
	})
}

// suspicious reports whether any problem is more than a note.
func (r *recorder) suspicious() bool {
	return slices.ContainsFunc(r.kinds, func(k container.Kind) bool { return k != container.NotPickle && k != container.Note })
}

func walk(data []byte, limits container.Limits) *recorder {
	r := &recorder{data: data}
	limits.Walk(data, r)
	return r
}
