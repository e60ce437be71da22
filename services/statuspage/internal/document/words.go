package document

import (
	"crypto/sha256"
	"strings"

	"github.com/bridgelog/bridgelog/pkg/incident"
)

// publicIDLength is that of Statuspage's ids.
const publicIDLength = 12

// publicID derives an id of 12 characters of a-z and 0-9 from internal ones, so
// that the same thing has the same id on every render and nobody can turn it back.
func publicID(parts ...string) string {
	sum := sha256.Sum256([]byte(strings.Join(parts, "\x00")))
	const alphabet = "abcdefghijklmnopqrstuvwxyz0123456789"
	id := make([]byte, publicIDLength)
	for i := range id {
		id[i] = alphabet[int(sum[i])%len(alphabet)]
	}
	return string(id)
}

// looksPublic tells whether an id can be shown as it is: an import's original.
func looksPublic(id string) bool {
	if len(id) != publicIDLength {
		return false
	}
	return strings.IndexFunc(id, func(r rune) bool { return (r < 'a' || r > 'z') && (r < '0' || r > '9') }) < 0
}

// statusWord is an update's status in Statuspage's words.
func statusWord(e incident.PublicUpdatePublished) string {
	if e.SourceStatus != "" {
		return e.SourceStatus
	}
	return e.Status.String()
}

// isOver tells whether a status word ends an incident for the public.
func isOver(word string) bool {
	return word == "resolved" || word == "postmortem" || word == "completed"
}

// impactOf is an incident's public impact: what the last update that says one
// says, or else what the worst component suffered.
func impactOf(seen []*update) string {
	worst, said := incident.Operational, ""
	for _, u := range seen {
		if u.event.Impact != "" {
			said = u.event.Impact
		}
		for _, c := range u.event.Components {
			worst = max(worst, c.Status)
		}
	}
	if said != "" {
		return said
	}
	switch worst {
	case incident.MajorOutage:
		return "major"
	case incident.PartialOutage, incident.DegradedPerformance:
		return "minor"
	case incident.UnderMaintenance:
		return "maintenance"
	case incident.ComponentUnknown, incident.Operational:
	}
	return "none"
}
