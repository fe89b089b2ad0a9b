package pickle

import (
	"github.com/go-pickle/pickle/graph"
	"github.com/go-pickle/pickle/internal/intern"
)

// interns finds the nodes that stand for the strings of package intern: of the nodes with
// such a text the one that a folded call uses, or else the first.
type interns struct {
	chars  [4]uint64 // which are taken, as bits
	latin1 bool
	claims []claim
}

type claim struct {
	node   graph.Ref
	text   string
	folded bool
}

// see looks at a str node in the order in which the pickle made them.
func (t *interns) see(r graph.Ref, payload []byte) {
	if text, ok := t.first(payload); ok {
		t.claims = append(t.claims, claim{node: r, text: text})
	}
}

// first returns the string that stands for a str node with this payload, if it is the first
// node of which that is so.
func (t *interns) first(payload []byte) (text string, ok bool) {
	if len(payload) > 2 {
		if len(payload) == len(intern.Latin1) && !t.latin1 && string(payload) == intern.Latin1 {
			t.latin1 = true
			return intern.Latin1, true
		}
		return "", false
	}
	if c, ok := intern.IsChar(payload); ok && take(&t.chars, c) {
		return intern.Char(c), true
	}
	return "", false
}

func take(bits *[4]uint64, c byte) bool {
	bit := uint64(1) << (c & 63)
	if bits[c>>6]&bit != 0 {
		return false
	}
	bits[c>>6] |= bit
	return true
}

// claim says that a folded call uses node r as text, a string of package intern or of
// foldNames.
func (t *interns) claim(r graph.Ref, text string) {
	for i := range t.claims {
		if c := &t.claims[i]; intern.Same(c.text, text) {
			if !c.folded {
				c.node, c.folded = r, true
			}
			return
		}
	}
	t.claims = append(t.claims, claim{r, text, true})
}

// settle gives the claimed nodes their strings. Globals that were made of them are made
// again.
func (b *builder) settle() {
	for _, folded := range [...]bool{false, true} { // what calls need comes last: it stays
		for _, c := range b.interns.claims {
			if c.folded == folded && int(c.node) >= len(b.old) {
				b.strs[b.slot[c.node]] = c.text
			}
		}
	}
	if len(b.interns.claims) == 0 || len(b.globals) == 0 {
		return
	}
	for n := range b.nodes() {
		if n.Kind() == graph.Global && !n.Changed() {
			b.globals[b.slot[n.Ref()]] = b.global(n)
		}
	}
}
