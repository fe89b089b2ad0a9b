package sarif

import (
	"net/url"
	"strings"

	"github.com/go-pickle/pickle/scan"
)

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
}

// descriptor is the rule in SARIF's form.
func descriptor(id scan.Rule) reportingDescriptor {
	title, help := id.Title(), id.Help()
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
