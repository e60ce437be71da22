package page

import (
	"slices"

	"github.com/bridgelog/bridgelog/pkg/catalog"
	"github.com/bridgelog/bridgelog/pkg/incident"
	catalogv1 "github.com/bridgelog/bridgelog/proto/gen/catalog/v1"
	incidentv1 "github.com/bridgelog/bridgelog/proto/gen/incident/v1"
)

// carries says which type of integration carries a way; "" when none does.
func carries(way catalogv1.ContactType) string {
	if way == catalogv1.ContactType_CONTACT_TYPE_EMAIL {
		return catalog.TypeSMTP
	}
	return ""
}

// carriers are the names of the integrations that may be used, by type.
type carriers map[string][]string

// carriersOf are those that are not disabled and take pages of a severity.
func carriersOf(state *catalog.State, severity incident.Severity) carriers {
	found := carriers{}
	for _, r := range state.List("integration") {
		spec := r.Spec.GetIntegration()
		only := spec.GetSeverities()
		if !spec.GetDisabled() && (len(only) == 0 || slices.Contains(only, incidentv1.Severity(severity))) {
			found[spec.GetType()] = append(found[spec.GetType()], r.Name)
		}
	}
	return found
}

// carry finds what carries a way. A contact that names no integration is carried by the
// only one that can.
func (c carriers) carry(way catalogv1.ContactType, named string) (integration string, problem Problem) {
	able := c[carries(way)]
	switch {
	case named != "" && slices.Contains(able, named):
		return named, 0
	case named != "" || len(able) == 0:
		return "", NoIntegration
	case len(able) > 1:
		return "", AmbiguousIntegration
	}
	return able[0], 0
}

// Contacts are all ways of a person, in order. Whoever has named none is reached by the
// e-mail address of the account.
func Contacts(person *catalogv1.PersonSpec) []*catalogv1.ContactMethod {
	if ways := person.GetContacts(); len(ways) > 0 || person.GetEmail() == "" {
		return ways
	}
	return []*catalogv1.ContactMethod{{Type: catalogv1.ContactType_CONTACT_TYPE_EMAIL, Address: person.GetEmail()}}
}

// recipient is a person with the ways that fit an urgency.
func recipient(person *catalog.Resource, urgency catalogv1.Urgency, c carriers) Recipient {
	r := Recipient{Person: person.ID, Revision: person.Revision}
	for i, contact := range Contacts(person.Spec.GetPerson()) {
		if only := contact.GetUrgency(); only != catalogv1.Urgency_URGENCY_UNSPECIFIED && only != urgency {
			continue
		}
		way := Way{Number: i + 1, Type: contact.GetType()}
		way.Integration, way.Problem = c.carry(contact.GetType(), contact.GetIntegration())
		r.Ways = append(r.Ways, way)
	}
	if len(r.Ways) == 0 {
		r.Problem = NoWay
	}
	return r
}
