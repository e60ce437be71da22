package alert

import (
	"crypto/sha256"
	"encoding/hex"
	"strconv"
	"strings"
	"time"
)

// SubjectPrefix begins the subject of every alert.
const SubjectPrefix = "alert."

// ID names the episode that a sender's alert began at startsAt, a time of the
// sender's clock that counts in microseconds. It is 32 hexadecimal digits.
func ID(source, fingerprint string, startsAt time.Time) string {
	return digest("alert", source, fingerprint, strconv.FormatInt(startsAt.UnixMicro(), 10))
}

// Group names the alerts that become one incident: those of one source that one
// route took and that share the key. It is 32 hexadecimal digits.
func Group(source, route, key string) string { return digest("group", source, route, key) }

// Subject is where the life of an alert is written.
func Subject(id string) string { return SubjectPrefix + id }

// digest hashes parts so that no two lists of parts share a hash by accident of
// where one part ends.
func digest(parts ...string) string {
	var b strings.Builder
	for _, part := range parts {
		b.WriteString(strconv.Itoa(len(part)))
		b.WriteByte(':')
		b.WriteString(part)
	}
	sum := sha256.Sum256([]byte(b.String()))
	return hex.EncodeToString(sum[:16])
}
