package page

import (
	"strings"

	catalogv1 "github.com/bridgelog/bridgelog/proto/gen/catalog/v1"
)

// TypeWord is a way as people write it, for example "email".
func TypeWord(t catalogv1.ContactType) string {
	return strings.ToLower(strings.TrimPrefix(t.String(), "CONTACT_TYPE_"))
}

// UrgencyWord is an urgency as people write it: "high", "low", or "" where none is said.
func UrgencyWord(u catalogv1.Urgency) string {
	if u == catalogv1.Urgency_URGENCY_UNSPECIFIED {
		return ""
	}
	return strings.ToLower(strings.TrimPrefix(u.String(), "URGENCY_"))
}

// Says puts a problem into a sentence; of a way, whose type is given then. It is "" where
// there is none.
func Says(p Problem, way catalogv1.ContactType) string {
	switch p {
	case NoTeam:
		return "nobody: neither the route nor the service says which team"
	case NoMembers:
		return "nobody: the team has no members"
	case NoWay:
		return "no way: no contact is for this urgency"
	case NoIntegration:
		return noIntegration(way)
	case AmbiguousIntegration:
		return "no way: several integrations carry " + TypeWord(way) + ", and the contact does not say which"
	default:
		return ""
	}
}

// noIntegration says what is missing for a way to work.
func noIntegration(way catalogv1.ContactType) string {
	text := "no way: no integration carries " + TypeWord(way)
	if typ := carries(way); typ != "" {
		return text + " for this severity: apply one of type " + typ
	}
	return text + " yet"
}
