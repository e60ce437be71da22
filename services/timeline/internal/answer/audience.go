package answer

import (
	"slices"

	"github.com/bridgelog/bridgelog/pkg/incident"
	catalogv1 "github.com/bridgelog/bridgelog/proto/gen/catalog/v1"
	timelinev1 "github.com/bridgelog/bridgelog/proto/gen/timeline/v1"
)

// policy is the name of the clock policy of a severity.
func (m moment) policy(severity incident.Severity) string {
	return m.book.Policies().Of(severity).Name()
}

// audience says who hears of an incident of a severity with these services.
func (m moment) audience(severity incident.Severity, services []string) *timelinev1.Audience {
	s, ok := m.book.Severity(severity)
	if !ok {
		return &timelinev1.Audience{Urgency: "none"}
	}
	paging := s.Spec.GetPaging()
	out := &timelinev1.Audience{Urgency: urgency(paging.GetUrgency()), Customers: s.Spec.GetPublic()}
	if out.GetUrgency() != "none" {
		if paging.GetServiceOwners() {
			out.Called = m.owners(services)
		}
		for _, team := range paging.GetTeams() {
			out.Called = including(out.Called, "team "+team)
		}
	}
	for _, team := range paging.GetTellTeams() {
		out.Told = including(out.Told, "team "+team)
	}
	return out
}

// owners are the teams that own services.
func (m moment) owners(services []string) []string {
	var teams []string
	for _, name := range services {
		if r, ok := m.state.Get("service", name); ok && r.Spec.GetService().GetOwner() != "" {
			teams = including(teams, "team "+r.Spec.GetService().GetOwner())
		}
	}
	return teams
}

func including(list []string, one string) []string {
	if slices.Contains(list, one) {
		return list
	}
	return append(list, one)
}

func urgency(u catalogv1.Urgency) string {
	switch u {
	case catalogv1.Urgency_URGENCY_HIGH:
		return "high"
	case catalogv1.Urgency_URGENCY_LOW:
		return "low"
	case catalogv1.Urgency_URGENCY_UNSPECIFIED:
	}
	return "none"
}
