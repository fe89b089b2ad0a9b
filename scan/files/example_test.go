package files_test

import (
	"archive/zip"
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/go-pickle/pickle/scan"
	"github.com/go-pickle/pickle/scan/files"
)

// model is an archive of a kind that people share, with a pickle that runs a command.
func model() []byte {
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	w, _ := z.Create("model/weights.pkl")
	w.Write([]byte("cos\nsystem\n(S'echo pwned'\ntR."))
	z.Close()
	return b.Bytes()
}

func ExampleOptions_File() {
	dir, _ := os.MkdirTemp("", "")
	defer os.RemoveAll(dir)
	name := filepath.Join(dir, "model.bin")
	os.WriteFile(name, model(), 0o666)

	report, err := files.Options{}.File(name)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(report.Verdict, report.Globals)
	// Output: dangerous [os.system]
}

func ExampleOptions_Bytes() {
	report := files.Options{}.Bytes("model.bin", model())
	for _, f := range report.Findings {
		if f.Severity == scan.Dangerous {
			fmt.Println(f.Member, f.Rule, f.Global)
			break
		}
	}
	// Output: model/weights.pkl PKL-GLOBAL-DENY os.system
}

func ExampleOptions_Reader() {
	// As it comes over the network, say.
	r := strings.NewReader("\x80\x04]\x94(K\x01K\x02e.")
	report, err := files.Options{}.Reader("list.pkl", r)
	fmt.Println(report.Verdict, report.Pickles, err)
	// Output: safe 1 <nil>
}

func ExampleOptions_Walk() {
	dir, _ := os.MkdirTemp("", "")
	defer os.RemoveAll(dir)
	os.WriteFile(filepath.Join(dir, "a.pkl"), []byte("\x80\x04]."), 0o666)
	os.WriteFile(filepath.Join(dir, "b.txt"), []byte("just text"), 0o666)
	os.WriteFile(filepath.Join(dir, "model.bin"), model(), 0o666)

	for r := range (files.Options{}).Walk(context.Background(), dir) {
		switch name := filepath.Base(r.Path); {
		case r.Skipped != "":
			fmt.Println(name, "is", r.Skipped)
		case r.Err != nil:
			fmt.Println(r.Err)
		default:
			fmt.Println(name, r.Report.Verdict)
		}
	}
	// Output:
	// a.pkl safe
	// b.txt safe
	// model.bin dangerous
}
