package incident

import (
	"fmt"
	"strings"
)

// Severity says how bad an incident is. A smaller number is worse; Unknown
// means that triage has to find it.
type Severity uint8

// The severities, worst first after Unknown.
const (
	Unknown Severity = iota // not yet known; pages as SEV-2 does
	SEV1                    // critical
	SEV2                    // major
	SEV3                    // minor
)

// String returns "SEV-1" to "SEV-3", or "unknown".
func (s Severity) String() string {
	switch s {
	case Unknown:
		return "unknown"
	case SEV1, SEV2, SEV3:
		return fmt.Sprintf("SEV-%d", uint8(s))
	}
	return fmt.Sprintf("unknown(%d)", uint8(s))
}

// Known reports whether the severity is one of SEV-1 to SEV-3.
func (s Severity) Known() bool { return s >= SEV1 && s <= SEV3 }

// ParseSeverity reads SEV-1, sev1, "sev 1", S1, P1, 1, and the names critical,
// major and minor, without regard to case. "unknown" is Unknown. Everything
// else is a Rejection of kind InvalidArgument.
func ParseSeverity(s string) (Severity, error) {
	folded := strings.ToLower(strings.TrimSpace(s))
	switch folded {
	case "critical":
		return SEV1, nil
	case "major":
		return SEV2, nil
	case "minor":
		return SEV3, nil
	case "unknown":
		return Unknown, nil
	}
	for _, prefix := range []string{"sev", "s", "p"} {
		if rest, ok := strings.CutPrefix(folded, prefix); ok {
			folded = strings.TrimLeft(rest, "-_ ")
			break
		}
	}
	if len(folded) == 1 && folded[0] >= '1' && folded[0] <= '3' {
		return Severity(folded[0] - '0'), nil
	}
	return Unknown, &Rejection{
		Kind: InvalidArgument, Field: "severity", Reason: "unknown_severity",
		Message: fmt.Sprintf("unknown severity %q: use SEV-1 (critical), SEV-2 (major) or SEV-3 (minor)", clip(s)),
	}
}
