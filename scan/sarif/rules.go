package sarif

import (
	"net/url"
	"strings"

	"github.com/go-pickle/pickle/scan"
)

// fileRules are the rules of package scan/files, which has other modules behind it and is not
// imported for that reason.
var fileRules = map[scan.Rule]struct{ title, help string }{
	"FILE-NO-PICKLE":  {"No pickle", "The file holds no pickle. If its name says that it does, somebody meant it to be read as one."},
	"FILE-UNKNOWN":    {"Unknown contents", "Nothing is known of what this is, so nobody can say what a loader would make of it."},
	"FILE-UNREADABLE": {"Unreadable part", "A part is encrypted, cut off, damaged or packed in a way that is not known. What can't be read can't be safe."},
	"FILE-LIMIT":      {"Not looked at whole", "A limit was met, of size, depth or number: the rest was not looked at."},
	"FILE-MISMATCH":   {"Two readings", "The file says two things about the same part, so that one reader sees something else than another."},
	"FILE-NAME":       {"Harmful name", "The name of a member of an archive is made to write outside its folder, or to hide something."},
	"FILE-NOTE":       {"Note", "Something to know that is no fault."},
}

// severities are the rules whose findings are more, or less, than suspicious: the level that
// they have as a rule, and how bad that is in the scale of GitHub and CVSS.
var severities = map[scan.Rule]struct {
	level scan.Verdict
	score string
}{
	scan.RuleGlobalDeny:   {scan.Dangerous, "9.8"},
	scan.RuleNameComputed: {scan.Dangerous, "9.3"},
	scan.RuleNamePath:     {scan.Dangerous, "9.3"},
	scan.RuleCallComputed: {scan.Dangerous, "9.3"},
	scan.RuleMutateGlobal: {scan.Dangerous, "9.3"},
	scan.RuleArm:          {scan.Dangerous, "9.3"},
	scan.RuleCode:         {scan.Dangerous, "9.3"},
	scan.RuleNested:       {scan.Dangerous, "8.8"},
	scan.RuleTrailing:     {scan.Safe, "2.0"},
	"FILE-NO-PICKLE":      {scan.Safe, "2.0"},
	"FILE-NOTE":           {scan.Safe, "0.0"},
	"FILE-NAME":           {scan.Suspicious, "7.5"},
	"FILE-MISMATCH":       {scan.Suspicious, "7.0"},
}

// descriptor is the rule in SARIF's form.
func descriptor(id scan.Rule) reportingDescriptor {
	title, help := id.Title(), id.Help()
	if r, ok := fileRules[id]; ok {
		title, help = r.title, r.help
	}
	if title == "" {
		title = string(id)
	}
	if help == "" {
		help = "The message of the finding says what was found."
	}
	s, ok := severities[id]
	if !ok {
		s.level, s.score = scan.Suspicious, "5.5"
	}
	return reportingDescriptor{
		ID: id, Name: pascalCase(string(id)),
		Short: message{title}, Full: message{help}, Help: message{help},
		HelpURI:       helpURI + "#" + url.PathEscape(strings.ToLower(string(id))),
		Configuration: configuration{level(s.level)},
		Properties:    ruleProperties{Tags: []string{"security", "deserialization", "external/cwe/cwe-502"}, Severity: s.score, Precision: "high"},
	}
}

// pascalCase makes PklGlobalDeny of PKL-GLOBAL-DENY.
func pascalCase(id string) string {
	var b strings.Builder
	for part := range strings.SplitSeq(id, "-") {
		if part != "" {
			b.WriteString(part[:1] + strings.ToLower(part[1:]))
		}
	}
	return b.String()
}
