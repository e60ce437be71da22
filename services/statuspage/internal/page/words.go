package page

import (
	"crypto/sha256"
	"encoding/base32"
	"regexp"
	"strings"

	"github.com/bridgelog/bridgelog/pkg/incident"
)

// The words for components, as Statuspage has them.
const (
	Operational   = "operational"
	Maintenance   = "under_maintenance"
	Degraded      = "degraded_performance"
	PartialOutage = "partial_outage"
	MajorOutage   = "major_outage"
)

// worse orders the words for components, best first.
func worse() []string {
	return []string{Operational, Maintenance, Degraded, PartialOutage, MajorOutage}
}

// Rank is the place of a component's status among all, 0 for the best; words that
// are not known count as the best.
func Rank(status string) int {
	for i, word := range worse() {
		if word == status {
			return i
		}
	}
	return 0
}

// Worst returns the worst of statuses; operational when there are none.
func Worst(statuses ...string) string {
	worst := Operational
	for _, s := range statuses {
		if Rank(s) > Rank(worst) {
			worst = s
		}
	}
	return worst
}

// componentWord is a component's status in Statuspage's words.
func componentWord(s incident.ComponentStatus) string {
	if !s.Known() {
		return Operational
	}
	return s.String()
}

// impactOf is the impact that a component's status means.
func impactOf(status string) string {
	switch status {
	case Maintenance:
		return "maintenance"
	case Degraded, PartialOutage:
		return "minor"
	case MajorOutage:
		return "major"
	}
	return "none"
}

// incidentWords are the statuses that an incident or a maintenance can have.
func incidentWords() []string {
	return []string{"investigating", "identified", "monitoring", "resolved", "postmortem", "scheduled", "in_progress", "verifying", "completed"}
}

// Over tells whether nothing more is to come.
func Over(status string) bool {
	return status == "resolved" || status == "postmortem" || status == "completed"
}

// ID derives a public id from what identifies a thing inside: 12 characters of a-z
// and 0-9, as Statuspage has them, from which nobody gets back.
func ID(parts ...string) string {
	sum := sha256.Sum256([]byte(strings.Join(parts, "\x00")))
	const alphabet = "abcdefghijkmnopqrstuvwxyz0123456"
	return base32.NewEncoding(alphabet).EncodeToString(sum[:10])[:12]
}

var original = regexp.MustCompile(`^[A-Za-z0-9_-]{1,64}$`)

// keep returns an original id that can be shown, or else the derived one.
func keep(id string, derived ...string) string {
	if original.MatchString(id) {
		return id
	}
	return ID(derived...)
}
