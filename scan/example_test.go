package scan_test

import (
	"fmt"

	"github.com/go-pickle/pickle/graph"
	"github.com/go-pickle/pickle/scan"
)

// A pickle that runs a command when Python loads it.
const hostilePickle = "cos\nsystem\n(S'echo x'\ntR."

func Example() {
	report := scan.Options{}.Bytes([]byte(hostilePickle))
	fmt.Println(report.Verdict, report.Globals)
	for _, f := range report.Findings {
		if f.Call != "" {
			fmt.Printf("%s at byte %d: %s\n", f.Rule, f.Offset, f.Call)
		}
	}
	// Output:
	// dangerous [os.system]
	// PKL-GLOBAL-DENY at byte 23: os.system('echo x')
}

func ExampleOptions_Calls() {
	for call := range (scan.Options{}).Calls([]byte(hostilePickle)) {
		fmt.Printf("%4d %-10s %s\n", call.Offset, call.Verdict, call.Text)
	}
	// Output:
	//    0 dangerous  from os import system
	//   23 dangerous  os.system('echo x')
}

func ExampleOptions_Plausible() {
	fmt.Println(scan.Options{}.Plausible([]byte(hostilePickle)), scan.Options{}.Plausible([]byte("Dear all,\n")))
	// Output: true false
}

func ExampleParsePolicy() {
	policy, err := scan.ParsePolicy("ours.policy", []byte(`pickle-policy 1
allow shop.models:Customer new build  -- our own class
`))
	if err != nil {
		fmt.Println(err)
		return
	}
	data := []byte("\x80\x02cshop.models\nCustomer\n)\x81}X\x04\x00\x00\x00nameX\x03\x00\x00\x00Annsb.")
	fmt.Println(scan.Options{}.Bytes(data).Verdict, scan.Options{Policy: policy}.Bytes(data).Verdict)
	// Output: suspicious safe
}

func ExamplePolicy_Check() {
	g, err := graph.Parse([]byte(hostilePickle))
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(scan.DefaultPolicy().Check(g) != nil)
	// Output: true
}

func ExamplePolicy_Lookup() {
	e := scan.DefaultPolicy().Lookup("collections", "OrderedDict")
	fmt.Println(e.Deny, e.Uses)
	// Output: false name call new build items
}
