package files_test

import (
	"bufio"
	"fmt"
	"hash/fnv"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/go-pickle/pickle/scan"
	"github.com/go-pickle/pickle/scan/files"
)

// The set of testdata/redteam: files that are made here, by someone who had not read the policy's
// denied names. Nothing here is ever loaded.

// A made is a file that is made, and what may be said about it.
type made struct {
	id      string
	accept  string   // D, S and B for dangerous, suspicious and safe (benign)
	globals []string // names that the report must have
	name    string   // of the file
	data    []byte
}

func (m *made) accepts(v scan.Verdict) bool { return strings.Contains(m.accept, "BSD"[v:v+1]) }

// TestRedTeam scans the whole set: each file is judged as its row says.
func TestRedTeam(t *testing.T) {
	groups := []struct {
		name string
		rows []made
	}{
		{"gadgets", gadgetFiles(t)}, {"streams", streamFiles()}, {"chains", chainFiles()}, {"costs", costFiles()},
		{"containers", containerFiles(t)}, {"polyglots", polyglotFiles()}, {"harmless", harmlessFiles()}, {"recorded", recordedFiles(t)},
	}
	ids := make(map[string]bool)
	var table strings.Builder
	sum := make(map[string]int)
	for _, group := range groups {
		n := make(map[string]int)
		for _, row := range group.rows {
			if id := group.name + "/" + row.id; ids[id] {
				t.Errorf("there are two of %s", id)
			} else {
				ids[id] = true
			}
			report := files.Options{}.Bytes(row.name, row.data)
			n[row.accept[:1]]++
			n[row.accept[:1]+report.Verdict.String()]++
			if !row.accepts(report.Verdict) {
				n["wrong"]++
				t.Errorf("%s/%s: %v instead of %s%s", group.name, row.id, report.Verdict, row.accept, told(report))
			}
			for _, name := range row.globals {
				if !slices.Contains(report.Globals, name) {
					n["unnamed"]++
					t.Errorf("%s/%s: the report lacks %s, it has %q", group.name, row.id, name, report.Globals)
				}
			}
		}
		fmt.Fprintf(&table, "\n%-10s %v", group.name, n)
		for k, v := range n {
			sum[k] += v
		}
	}
	t.Logf("first letter of what is accepted, and with it what is said:%s\nall        %v", &table, sum)
	if sum["D"] < 300 || sum["S"] < 60 || sum["B"] < 150 {
		t.Errorf("there are %d dangerous, %d suspicious and %d safe files, which is too few", sum["D"], sum["S"], sum["B"])
	}
	if sum["Ddangerous"]*100 < sum["D"]*97 {
		t.Errorf("of %d dangerous files %d are said to be", sum["D"], sum["Ddangerous"])
	}
	if (sum["B"]-sum["Bsafe"])*100 > 3*sum["B"] {
		t.Errorf("of %d safe files only %d are said to be", sum["B"], sum["Bsafe"])
	}
}

// gadgetFiles are calls of the names in gadgets.txt, each in the dialect that its hash says.
func gadgetFiles(t *testing.T) []made {
	f, err := os.Open(filepath.Join("testdata", "redteam", "gadgets.txt"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var all []made
	for lines := bufio.NewScanner(f); lines.Scan(); {
		words := strings.Fields(lines.Text())
		if len(words) != 3 || words[0] == "#" {
			continue
		}
		accept, module, name := words[0], words[1], words[2]
		h := fnv.New32a()
		h.Write([]byte(module + ":" + name))
		dialect := h.Sum32()
		python2 := strings.HasSuffix(accept, "2")
		data := gadget(module, name, dialect, python2)
		// What is denied in one place only is a gadget; a name that is not denied is only suspicious.
		accept = strings.TrimSuffix(accept, "2")
		if accept == "DS" {
			accept = "SD"
		}
		row := made{id: module + ":" + name, accept: accept, name: []string{"model.pkl", "x.bin", "weights.pt", "cache", "a.joblib", "d.dat"}[dialect%6], data: data}
		if !python2 {
			row.globals = []string{module + "." + name}
		}
		all = append(all, row)
	}
	return all
}

// gadget is a call of a name with a harmless argument.
func gadget(module, name string, dialect uint32, python2 bool) []byte {
	arg := s("echo x")
	old := "c" + module + "\n" + name + "\n"
	if python2 {
		switch dialect % 4 {
		case 0:
			return []byte(old + "(S'echo x'\ntR.")
		case 1:
			return []byte("(S'echo x'\ni" + module + "\n" + name + "\n.")
		case 2:
			return []byte("\x80\x02" + old + "q\x00X\x06\x00\x00\x00echo xq\x01\x85q\x02Rq\x03.")
		}
		return []byte("\x80\x02(" + old + "U\x06echo xo}q\x01b.")
	}
	switch p := "\x80\x04"; dialect % 8 {
	case 0:
		return []byte(p + "]" + s(module) + "\x94" + s(name) + "\x94\x93" + arg + "\x85Ra.")
	case 1: // the name first, by way of the memo
		return []byte(p + s(name) + "q\x07" + "0" + s(module) + "h\x07\x93(" + arg + "l0" + arg + "\x85R.")
	case 2:
		return []byte(p + old + arg + "\x85R0]" + s("weights") + "a.")
	case 3:
		return []byte(p + "(" + g(module, name) + arg + "o.")
	case 4:
		return []byte(p + "(" + arg + "i" + module + "\n" + name + "\n.")
	case 5:
		return []byte(p + "}" + s("a") + g(module, name) + "(" + arg + "K\x01" + "t\x81s.")
	case 6:
		return []byte(p + "N0" + g(module, name) + "\x94" + arg + "\x85}" + s("check") + "\x88s\x92.")
	}
	body := g(module, name) + arg + "\x85R."
	return []byte("\x80\x05\x95" + string([]byte{byte(len(body)), byte(len(body) >> 8), 0, 0, 0, 0, 0, 0}) + body)
}

// s is SHORT_BINUNICODE, g STACK_GLOBAL of two of them.
func s(text string) string {
	if len(text) > 255 {
		return "X" + string([]byte{byte(len(text)), byte(len(text) >> 8), byte(len(text) >> 16), 0}) + text
	}
	return "\x8c" + string([]byte{byte(len(text))}) + text
}

func g(module, name string) string { return s(module) + s(name) + "\x93" }

// b is bytes.
func b(data string) string {
	return "B" + string([]byte{byte(len(data)), byte(len(data) >> 8), byte(len(data) >> 16), 0}) + data
}

// p4 is a pickle of protocol 4.
func p4(program string) []byte { return []byte("\x80\x04" + program + ".") }

// harmful runs a command; its dialects are as different as they can be.
var harmful = []string{
	"\x80\x04" + g("os", "system") + s("echo x") + "\x85R.",
	"cposix\nsystem\n(S'echo x'\ntR.",
	"(S'echo x'\nios\npopen\n.",
	"\x80\x02csubprocess\ncall\nX\x06\x00\x00\x00echo x\x85R.",
	"X\x08\x00\x00\x00builtinsX\x04\x00\x00\x00eval\x93X\x01\x00\x00\x001\x85R.",
}

// benign is data.
var benign = []string{
	"\x80\x04}" + s("epoch") + "K\x03s.",
	"(dp0\nS'a'\np1\nI1\ns.",
	"\x80\x02]q\x00(K\x01K\x02e.",
}
