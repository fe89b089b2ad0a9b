package expected

import (
	"encoding/json"
	"fmt"
	"math/big"
)

// A matcher compares a description that Describe gave with one of the corpus. What the
// corpus does not say need not be there.
type matcher struct {
	noFold   bool
	osErrors bool // the subclass of OSError is lost
}

func (m matcher) differ(path string, got, want any) error {
	g, _ := json.Marshal(got)
	w, _ := json.Marshal(want)
	return fmt.Errorf("%s: %.300s, not %.300s", path, g, w)
}

func (m matcher) match(path string, got, want any) error {
	switch w := want.(type) {
	case map[string]any:
		g, ok := got.(Node)
		if !ok {
			return m.differ(path, got, want)
		}
		return m.node(path, g, w)
	case []any:
		g, ok := got.([]any)
		if !ok || len(g) != len(w) {
			return m.differ(path, got, want)
		}
		for i := range w {
			if err := m.match(fmt.Sprintf("%s[%d]", path, i), g[i], w[i]); err != nil {
				return err
			}
		}
		return nil
	case json.Number:
		g, ok := got.(json.Number)
		if ok && g != w {
			x, ok1 := new(big.Rat).SetString(string(g))
			y, ok2 := new(big.Rat).SetString(string(w))
			ok = ok1 && ok2 && x.Cmp(y) == 0
		}
		if !ok {
			return m.differ(path, got, want)
		}
		return nil
	}
	if got != want {
		return m.differ(path, got, want)
	}
	return nil
}

func (m matcher) node(path string, got, want Node) error {
	if got["t"] == "instance" {
		if known, err := m.instance(path, got, want); known {
			return err
		}
	}
	switch {
	case want["t"] == "py2str" && (got["t"] == "str" || got["t"] == "bytes"):
		// Loading makes a str or bytes of it, as the options say.
		if s, ok := got["py2str"].(Node); ok {
			got = s
		}
		if got["sha256"] != want["sha256"] || got["len"] != want["len"] { // the rest may be cut short
			return m.differ(path, got, want)
		}
		return nil
	case got["t"] != want["t"]:
		return m.differ(path, got, want)
	case want["t"] == "set" || want["t"] == "frozenset":
		return m.set(path, got, want)
	}
	lost := m.noFold && want["fold"] == json.Number("1")
	for k, w := range want {
		if lost && (k == "fold" || k == "unix_us" || k == "utcoffset_s") {
			continue
		}
		if k == "class" && m.osErrors && isOSError(w) && isOSError(got[k]) {
			continue
		}
		if k == "kind" && want["t"] == "global" {
			continue // a name does not say what it is of
		}
		if k == "state" {
			if err := m.state(path, got[k], w); err != nil {
				return err
			}
			continue
		}
		if err := m.match(path+"."+k, got[k], w); err != nil {
			return err
		}
	}
	return nil
}

// set compares items in any order.
func (m matcher) set(path string, got, want Node) error {
	g, _ := got["items"].([]any)
	w, _ := want["items"].([]any)
	if len(g) != len(w) {
		return m.differ(path, got, want)
	}
	used := make([]bool, len(g))
next:
	for i, item := range w {
		for at := range g {
			j := (at + i) % len(g) // often they are in order
			if !used[j] && m.match(path, g[j], item) == nil {
				used[j] = true
				continue next
			}
		}
		return m.differ(path+": not in the set", g, item)
	}
	return nil
}
