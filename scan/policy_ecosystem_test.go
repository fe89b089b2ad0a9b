package scan_test

import (
	"archive/zip"
	"bufio"
	"bytes"
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/go-pickle/pickle/internal/corpus"
	"github.com/go-pickle/pickle/scan"
)

// ownClasses are the classes of the ecosystem corpus's programs, which a user would allow.
const ownClasses = `pickle-policy 1
allow corpus_models*:*   call new build append items add -- classes of the corpus
allow corpus_models*:*.* call new build append items add -- classes of the corpus
`

// notSafe are cases that are not safe, by the start of their path.
var notSafe = [][2]string{
	{"stdlib/extension-", "only the program that loads it knows its extension codes"},
}

// TestEcosystem: the pickles of the libraries are safe without a word from the user, but for the
// user's own classes; code is not.
func TestEcosystem(t *testing.T) {
	dir := corpus.Folder(t, "PICKLE_CORPUS_ECOSYSTEM", "ecosystem")
	f, err := os.Open(filepath.Join(dir, "manifest.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	own, err := scan.ParsePolicy("own", []byte(ownClasses))
	if err != nil {
		t.Fatal(err)
	}
	safe, all := make(map[string]int), make(map[string]int)
	lines := bufio.NewScanner(f)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		var r struct {
			Case, Path, Kind, Compress string
			Globals                    []string
		}
		if err := json.Unmarshal(lines.Bytes(), &r); err != nil {
			t.Fatal(err)
		}
		section, _, _ := strings.Cut(r.Case, "/")
		data, err := os.ReadFile(filepath.Join(dir, r.Path))
		if err != nil {
			continue // a shelf of several files
		}
		torch := false
		switch r.Kind {
		case "pickle", "pickle-stream", "pickle-oob", "torch-legacy":
		case "joblib":
			if r.Compress != "" && r.Compress != "none" {
				continue // TestEcosystem of scan/files has those
			}
		case "torch-zip":
			data = torchPickle(t, data)
			torch = true
		default:
			continue
		}
		options := scan.Options{Torch: torch}
		if slices.ContainsFunc(r.Globals, func(g string) bool { return strings.HasPrefix(g, "corpus_models") }) {
			options.Policy = own
		}
		report := options.Bytes(data)
		all[section]++
		if section == "cloudpickle" || section == "dill" {
			if report.Verdict == scan.Safe && len(r.Globals) > 1 {
				t.Errorf("%s: code is said to be safe", r.Path)
			}
			continue
		}
		if i := slices.IndexFunc(notSafe, func(n [2]string) bool { return strings.HasPrefix(r.Path, "data/"+n[0]) }); i >= 0 {
			if report.Verdict == scan.Safe {
				t.Errorf("%s is safe after all", r.Path)
			}
			continue
		}
		if report.Verdict != scan.Safe {
			t.Errorf("%s: %v%s", r.Path, report.Verdict, told(report))
			continue
		}
		safe[section]++
	}
	t.Logf("safe: %v of %v", safe, all)
}

// torchPickle is the pickle in what torch.save writes.
func torchPickle(t *testing.T, data []byte) []byte {
	z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range z.File {
		if strings.HasSuffix(f.Name, "/data.pkl") {
			r, err := f.Open()
			if err != nil {
				t.Fatal(err)
			}
			defer r.Close()
			data, err := io.ReadAll(r)
			if err != nil {
				t.Fatal(err)
			}
			return data
		}
	}
	t.Fatal("no data.pkl")
	return nil
}
