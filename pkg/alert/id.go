package alert

import (
	"strconv"
	"time"

	"github.com/bridgelog/bridgelog/pkg/derived"
)

// SubjectPrefix begins the subject of every alert.
const SubjectPrefix = "alert."

// ID names the episode that a sender's alert began at startsAt, a time of the
// sender's clock that counts in microseconds. It is 32 hexadecimal digits.
func ID(source, fingerprint string, startsAt time.Time) string {
	return derived.ID("alert", source, fingerprint, strconv.FormatInt(startsAt.UnixMicro(), 10))
}

// Group names the alerts that become one incident: those of one source that one
// route took and that share the key. It is 32 hexadecimal digits.
func Group(source, route, key string) string { return derived.ID("group", source, route, key) }

// Subject is where the life of an alert is written.
func Subject(id string) string { return SubjectPrefix + id }
