package page

import (
	"time"

	"github.com/bridgelog/bridgelog/pkg/derived"
)

// SubjectPrefix begins the subject of every page.
const SubjectPrefix = "page."

// ID names the page of an alert. It is 32 hexadecimal digits.
func ID(alertID string) string { return derived.ID("page", alertID) }

// Subject is where the life of a page is written.
func Subject(id string) string { return SubjectPrefix + id }

// micros is a time in microseconds since 1970; 0 for the zero time.
func micros(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMicro()
}

// instant is what [micros] wrote.
func instant(us int64) time.Time {
	if us == 0 {
		return time.Time{}
	}
	return time.UnixMicro(us).UTC()
}
