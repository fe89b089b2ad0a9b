// Package sarif writes what a scan found in SARIF 2.1.0, the format in which code scanning
// services such as GitHub's take the results of tools.
//
// https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html
package sarif

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"io"
	"net/url"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/go-pickle/pickle/scan"
)

// A Writer writes one log with one run. Its results are written as they come: only the names of
// the rules that were found and what failed are kept until Close. It is not for several
// goroutines at once.
type Writer struct {
	w       *bufio.Writer
	version string
	results int
	rules   map[scan.Rule]int
	used    []reportingDescriptor
	failed  []notification
	enc     *json.Encoder
	buf     bytes.Buffer
	seen    map[string]int // fingerprints of the file
	err     error
}

// NewWriter returns a Writer to w. version is the version of the program that scans, or "".
func NewWriter(w io.Writer, version string) *Writer {
	s := &Writer{w: bufio.NewWriter(w), version: version, rules: make(map[scan.Rule]int), seen: make(map[string]int)}
	s.enc = json.NewEncoder(&s.buf)
	s.enc.SetEscapeHTML(false)
	return s
}

const (
	schemaURI = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
	toolURI   = "https://github.com/go-pickle/pickle"
	helpURI   = toolURI + "/blob/main/doc/scan.md"
)

// File writes the findings of one file. path is its name as the user gave it, with the system's
// separators; a relative one stays relative, so that it is found in a repository. err is why
// the file, or a part of it, could not be read, or nil; then the run counts as not successful.
func (s *Writer) File(path string, r scan.Report, err error) error {
	s.begin()
	uri := fileURI(path)
	if err != nil {
		s.failed = append(s.failed, notification{
			Level: "error", Message: message{plain(err.Error())},
			Locations: []location{{PhysicalLocation: physicalLocation{ArtifactLocation: artifactLocation{uri}}}},
		})
	}
	clear(s.seen)
	for i := range r.Findings {
		s.result(uri, &r.Findings[i])
	}
	return s.err
}

// Close writes the end of the log. It does not close the writer below.
func (s *Writer) Close() error {
	s.begin()
	s.text("\n],\n\"tool\": ")
	s.value(tool{driver{
		Name: "pickle", FullName: "pickle scan", InformationURI: toolURI, Version: s.version, Rules: nonNil(s.used),
	}})
	s.text(",\n\"invocations\": ")
	s.value([]invocation{{ExecutionSuccessful: len(s.failed) == 0, Notifications: s.failed}})
	s.text("}]}\n")
	if err := s.w.Flush(); s.err == nil {
		s.err = err
	}
	return s.err
}

// begin writes what comes before the results.
func (s *Writer) begin() {
	if s.results == 0 {
		s.results = 1
		s.text(`{"$schema": "` + schemaURI + `", "version": "2.1.0", "runs": [{` + "\n\"results\": [")
	}
}

func (s *Writer) result(uri string, f *scan.Finding) {
	if s.results > 1 {
		s.text(",")
	}
	s.results++
	s.text("\n")

	where := location{PhysicalLocation: physicalLocation{ArtifactLocation: artifactLocation{uri}, Region: &region{StartLine: 1}}}
	if f.Member != "" {
		where.LogicalLocations = []logicalLocation{{FullyQualifiedName: f.Member, Kind: "member"}}
	} else if f.Offset >= 0 {
		where.PhysicalLocation.Region.ByteOffset = &f.Offset
	}
	id := fingerprint(f)
	s.seen[id]++
	s.value(result{
		RuleID: f.Rule, RuleIndex: s.rule(f.Rule), Kind: "fail", Level: level(f.Severity),
		Message:   message{plain(Text(f))},
		Locations: []location{where},
		Fingerprints: fingerprints{
			Finding: id,
			Line:    id[:16] + ":" + strconv.Itoa(s.seen[id]),
		},
		Properties: properties{
			Verdict: f.Severity, Global: f.Global, Call: f.Call, Member: f.Member, Pickle: f.Pickle,
			Offset: f.Offset, Opcode: opcodeName(f),
		},
	})
}

// rule is the place of a rule in the list of those that were found.
func (s *Writer) rule(id scan.Rule) int {
	i, ok := s.rules[id]
	if !ok {
		i = len(s.used)
		s.rules[id] = i
		s.used = append(s.used, descriptor(id))
	}
	return i
}

// Text is a finding in one line: what is called, what is wrong with it, and where.
func Text(f *scan.Finding) string {
	var b strings.Builder
	if f.Call != "" {
		b.WriteString(f.Call)
		b.WriteString(": ")
	}
	b.WriteString(f.Message)
	if f.Offset >= 0 {
		b.WriteString(" (at byte " + strconv.FormatInt(f.Offset, 10))
		if f.Member != "" {
			b.WriteString(" of " + f.Member)
		}
		b.WriteString(")")
	} else if f.Member != "" {
		b.WriteString(" (in " + f.Member + ")")
	}
	return b.String()
}

// fingerprint is the same for the same thing in another version of a file: rule, name and
// member make it, and no offset.
func fingerprint(f *scan.Finding) string {
	h := sha256.New()
	for _, part := range []string{string(f.Rule), f.Global, f.Member} {
		io.WriteString(h, strconv.Itoa(len(part))+":"+part)
	}
	return hex.EncodeToString(h.Sum(nil)[:16])
}

func level(v scan.Verdict) string {
	switch v {
	case scan.Dangerous:
		return "error"
	case scan.Suspicious:
		return "warning"
	}
	return "note"
}

func opcodeName(f *scan.Finding) string {
	if f.Op == 0 {
		return ""
	}
	return f.Op.String()
}

// plain keeps a text from being taken for more than text: "[words](target)" is a link in SARIF,
// and "{0}" stands for an argument (3.11.5 and 3.11.6).
func plain(s string) string {
	s = strings.ReplaceAll(s, "](", "] (")
	for i := 0; i < len(s); i++ {
		if s[i] == '{' && i+1 < len(s) && s[i+1] >= '0' && s[i+1] <= '9' {
			s = s[:i+1] + " " + s[i+1:]
		}
	}
	return s
}

// fileURI makes a URI of a path: what is relative stays so.
func fileURI(path string) string {
	u := url.URL{Path: filepath.ToSlash(path)}
	if filepath.IsAbs(path) {
		u.Scheme = "file"
		if !strings.HasPrefix(u.Path, "/") {
			u.Path = "/" + u.Path // C:/models
		}
	}
	return u.String() // "./" goes before a first part with a colon
}

func (s *Writer) text(text string) {
	if _, err := s.w.WriteString(text); s.err == nil {
		s.err = err
	}
}

func (s *Writer) value(v any) {
	s.buf.Reset()
	err := s.enc.Encode(v)
	if err == nil {
		_, err = s.w.Write(bytes.TrimRight(s.buf.Bytes(), "\n"))
	}
	if s.err == nil {
		s.err = err
	}
}

func nonNil[T any](s []T) []T {
	if s == nil {
		return []T{}
	}
	return s
}
