package sarif

import "github.com/go-pickle/pickle/scan"

// The objects of SARIF that are used, in the order of section 3 of the standard.

type message struct {
	Text string `json:"text"`
}

type artifactLocation struct {
	URI string `json:"uri"`
}

type tool struct {
	Driver driver `json:"driver"`
}

type driver struct {
	Name           string                `json:"name"`
	FullName       string                `json:"fullName"`
	Version        string                `json:"version,omitempty"`
	InformationURI string                `json:"informationUri"`
	Rules          []reportingDescriptor `json:"rules"`
}

type reportingDescriptor struct {
	ID            scan.Rule      `json:"id"`
	Name          string         `json:"name"`
	Short         message        `json:"shortDescription"`
	Full          message        `json:"fullDescription"`
	HelpURI       string         `json:"helpUri"`
	Help          message        `json:"help"`
	Configuration configuration  `json:"defaultConfiguration"`
	Properties    ruleProperties `json:"properties"`
}

type configuration struct {
	Level string `json:"level"`
}

// GitHub shows the tags, and sorts by the severity: above 9 is critical, from 7 high,
// from 4 medium, below low.
type ruleProperties struct {
	Tags      []string `json:"tags"`
	Severity  string   `json:"security-severity"`
	Precision string   `json:"precision"`
}

type invocation struct {
	ExecutionSuccessful bool           `json:"executionSuccessful"`
	Notifications       []notification `json:"toolExecutionNotifications,omitempty"`
}

type notification struct {
	Level     string     `json:"level"`
	Message   message    `json:"message"`
	Locations []location `json:"locations"`
}

type result struct {
	RuleID       scan.Rule    `json:"ruleId"`
	RuleIndex    int          `json:"ruleIndex"`
	Kind         string       `json:"kind"`
	Level        string       `json:"level"`
	Message      message      `json:"message"`
	Locations    []location   `json:"locations"`
	Fingerprints fingerprints `json:"partialFingerprints"`
	Properties   properties   `json:"properties"`
}

// GitHub looks at primaryLocationLineHash alone, which has the number of the result among
// equal ones behind it.
type fingerprints struct {
	Finding string `json:"pickleFinding/v1"`
	Line    string `json:"primaryLocationLineHash"`
}

type location struct {
	PhysicalLocation physicalLocation  `json:"physicalLocation"`
	LogicalLocations []logicalLocation `json:"logicalLocations,omitempty"`
}

type physicalLocation struct {
	ArtifactLocation artifactLocation `json:"artifactLocation"`
	Region           *region          `json:"region,omitempty"`
}

// A pickle has no lines, but GitHub shows nothing without one. The offset is that in the file:
// of a member of an archive it is among the properties of the result.
type region struct {
	StartLine  int    `json:"startLine"`
	ByteOffset *int64 `json:"byteOffset,omitempty"`
}

type logicalLocation struct {
	FullyQualifiedName string `json:"fullyQualifiedName"`
	Kind               string `json:"kind"`
}

type properties struct {
	Verdict scan.Verdict `json:"verdict"`
	Global  string       `json:"global,omitempty"`
	Call    string       `json:"call,omitempty"`
	Member  string       `json:"member,omitempty"`
	Pickle  int          `json:"pickle"`
	Offset  int64        `json:"offset"`
	Opcode  string       `json:"opcode,omitempty"`
}
