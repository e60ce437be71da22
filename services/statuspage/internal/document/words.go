package document

import (
	"cmp"
	"crypto/sha256"
	"strings"

	"github.com/bridgelog/bridgelog/pkg/incident"
	statusv1 "github.com/bridgelog/bridgelog/proto/gen/status/v1"
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

// statusWord is an update's status in Statuspage's words: the word of the system that
// it was imported from where that is one of them. It is empty where neither says how
// things stood.
func statusWord(e incident.PublicUpdatePublished) string {
	switch word := e.SourceStatus; word {
	case "investigating", "identified", "monitoring", "resolved", "postmortem", "scheduled", "in_progress", "verifying", "completed":
		return word
	}
	if e.Status == incident.StatusUnknown {
		return ""
	}
	return e.Status.String()
}

// carry gives an update that names no status the one before it: nothing had changed.
func carry(updates []*statusv1.PublishedUpdate, maintenance bool) {
	before := "investigating"
	if maintenance {
		before = "scheduled"
	}
	for _, u := range updates {
		u.Status = cmp.Or(u.GetStatus(), before)
		before = u.GetStatus()
	}
}

// Ref is what updates call a component of the catalog.
func Ref(component string) string { return publicID("component-ref", component) }
