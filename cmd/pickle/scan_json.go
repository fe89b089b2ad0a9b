package main

import (
	"encoding/json"

	"github.com/go-pickle/pickle/scan"
	"github.com/go-pickle/pickle/scan/files"
	"github.com/go-pickle/pickle/scan/sarif"
)

// A jsonReport writes one line of JSON for each file.
type jsonReport struct{ enc *json.Encoder }

func newJSONReport(o *output) *jsonReport {
	enc := json.NewEncoder(o)
	enc.SetEscapeHTML(false)
	return &jsonReport{enc}
}

type jsonFile struct {
	Path     string        `json:"path"`
	Verdict  scan.Verdict  `json:"verdict"`
	Globals  []string      `json:"globals"`
	Findings []jsonFinding `json:"findings"`
	Pickles  int           `json:"pickles"`
	Bytes    int64         `json:"bytes"`
	Error    string        `json:"error,omitempty"`
}

type jsonFinding struct {
	Rule     scan.Rule    `json:"rule"`
	Severity scan.Verdict `json:"severity"`
	Message  string       `json:"message"`
	Offset   int64        `json:"offset"`
	Opcode   string       `json:"opcode"`
	Member   string       `json:"member"`
	Pickle   int          `json:"pickle"`
	Global   string       `json:"global"`
	Call     string       `json:"call"`
}

func (j *jsonReport) file(r *files.Result) error {
	if r.Skipped != "" {
		return nil
	}
	f := jsonFile{
		Path: r.Path, Verdict: r.Report.Verdict, Globals: r.Report.Globals, Pickles: r.Report.Pickles, Bytes: r.Report.Bytes,
		Findings: make([]jsonFinding, 0, len(r.Report.Findings)),
	}
	if f.Globals == nil {
		f.Globals = []string{}
	}
	if r.Err != nil {
		f.Error = plainMessage(r.Err)
	}
	for _, x := range r.Report.Findings {
		f.Findings = append(f.Findings, jsonFinding{x.Rule, x.Severity, x.Message, x.Offset, opcodeName(x.Op), x.Member, x.Pickle, x.Global, x.Call})
	}
	return j.enc.Encode(&f)
}

func (j *jsonReport) end(*scanTotals) error { return nil }

// A sarifReport writes one log for all files.
type sarifReport struct{ w *sarif.Writer }

func newSARIFReport(o *output) sarifReport { return sarifReport{sarif.NewWriter(o, version())} }

func (s sarifReport) file(r *files.Result) error {
	if r.Skipped != "" {
		return nil
	}
	return s.w.File(displayName(r.Path), r.Report, r.Err)
}

func (s sarifReport) end(*scanTotals) error { return s.w.Close() }
