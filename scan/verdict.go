package scan

import "fmt"

var verdictNames = [...]string{"safe", "suspicious", "dangerous"}

// String is "safe", "suspicious" or "dangerous".
func (v Verdict) String() string {
	if int(v) < len(verdictNames) {
		return verdictNames[v]
	}
	return fmt.Sprintf("Verdict(%d)", uint8(v))
}

// MarshalText gives the text of String.
func (v Verdict) MarshalText() ([]byte, error) {
	if int(v) < len(verdictNames) {
		return []byte(verdictNames[v]), nil
	}
	return nil, fmt.Errorf("scan: there is no verdict %d", uint8(v))
}

// UnmarshalText reads what MarshalText gives.
func (v *Verdict) UnmarshalText(text []byte) error {
	for i, name := range verdictNames {
		if string(text) == name {
			*v = Verdict(i)
			return nil
		}
	}
	return fmt.Errorf("scan: %q is no verdict", text)
}
