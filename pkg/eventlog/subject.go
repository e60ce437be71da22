package eventlog

import (
	"fmt"
	"strconv"
	"strings"
)

// Subjects of the log. Each aggregate has one flat subject; the type of an event
// is in its envelope, never in the subject.
const (
	// FilterAll matches every subject.
	FilterAll = ">"
	// FilterIncidents matches incident.<id>.
	FilterIncidents = "incident.*"
	// FilterAlerts matches alert.<id>.
	FilterAlerts = "alert.*"
	// FilterPages matches page.<id>.
	FilterPages = "page.*"
	// FilterChanges matches change.<id>.
	FilterChanges = "change.*"
	// FilterCatalog matches catalog.<kind>.<id>.
	FilterCatalog = "catalog.*.*"
	// FilterNumbers matches number.<n>, the claimed incident numbers.
	FilterNumbers = "number.*"
	// FilterRedactions matches redaction.<sequence>, see [Redact].
	FilterRedactions = "redaction.*"
)

// Filters lists what the log may hold.
func Filters() []string {
	return []string{
		FilterIncidents, FilterAlerts, FilterPages, FilterChanges,
		FilterCatalog, FilterNumbers, FilterRedactions,
	}
}

const redactionPrefix = "redaction."

// RedactionSubject is the subject that explains the hole at a sequence.
func RedactionSubject(sequence uint64) string {
	return redactionPrefix + strconv.FormatUint(sequence, 10)
}

// RedactedSequence is the sequence that a redaction subject explains.
func RedactedSequence(subject string) (uint64, bool) {
	digits, ok := strings.CutPrefix(subject, redactionPrefix)
	if !ok {
		return 0, false
	}
	n, err := strconv.ParseUint(digits, 10, 64)
	return n, err == nil && n > 0 && RedactionSubject(n) == subject
}

// Match tells whether a subject matches a filter, in which "*" stands for one
// token and a last ">" for one or more.
func Match(filter, subject string) bool {
	for {
		f, fRest, fMore := strings.Cut(filter, ".")
		s, sRest, sMore := strings.Cut(subject, ".")
		if f == ">" && !fMore {
			return s != ""
		}
		if s == "" || (f != "*" && f != s) || fMore != sMore {
			// A filter that ends in ">" may be one token shorter than the subject,
			// never longer.
			return false
		}
		if !fMore {
			return true
		}
		filter, subject = fRest, sRest
	}
}

// CheckSubject returns [ErrInvalid] unless the subject is one that the log may
// hold.
func CheckSubject(subject string) error {
	if !wellFormed(subject) {
		return fmt.Errorf("subject %.100q: %w", subject, ErrInvalid)
	}
	for _, f := range Filters() {
		if Match(f, subject) {
			return nil
		}
	}
	return fmt.Errorf("subject %.100q: %w", subject, ErrInvalid)
}

func wellFormed(subject string) bool {
	if len(subject) > 255 {
		return false
	}
	for i := range len(subject) {
		if c := subject[i]; c <= ' ' || c > '~' || c == '*' || c == '>' {
			return false
		}
	}
	return true
}
