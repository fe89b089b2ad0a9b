package sarif_test

import (
	"fmt"
	"os"
	"strings"

	"github.com/go-pickle/pickle/opcode"
	"github.com/go-pickle/pickle/scan"
	"github.com/go-pickle/pickle/scan/sarif"
)

func Example() {
	report := scan.Report{Verdict: scan.Dangerous, Findings: []scan.Finding{{
		Rule: scan.RuleGlobalDeny, Severity: scan.Dangerous, Message: "runs a command", Offset: 31,
		Op: opcode.Reduce, Global: "os.system", Call: "os.system('echo x')",
	}}}

	var log strings.Builder
	w := sarif.NewWriter(&log, "1.2.3")
	if err := w.File("models/model.pkl", report, nil); err != nil {
		fmt.Println(err)
	}
	if err := w.Close(); err != nil {
		fmt.Println(err)
	}
	fmt.Println(strings.Contains(log.String(), `"ruleId":"PKL-GLOBAL-DENY"`))
	// Output: true
}

func ExampleWriter_File() {
	// A file that could not be read makes the run unsuccessful, and is named among its notifications.
	w := sarif.NewWriter(os.Stdout, "")
	_, err := os.ReadFile("missing.pkl")
	w.File("missing.pkl", scan.Report{}, err)
	w.Close()
	// Output:
	// {"$schema": "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json", "version": "2.1.0", "runs": [{
	// "results": [
	// ],
	// "tool": {"driver":{"name":"pickle","fullName":"pickle scan","informationUri":"https://github.com/go-pickle/pickle","rules":[]}},
	// "invocations": [{"executionSuccessful":false,"toolExecutionNotifications":[{"level":"error","message":{"text":"open missing.pkl: no such file or directory"},"locations":[{"physicalLocation":{"artifactLocation":{"uri":"missing.pkl"}}}]}]}]}]}
}
