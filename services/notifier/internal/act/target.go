package act

import (
	"slices"

	"github.com/bridgelog/bridgelog/pkg/catalog"
	"github.com/bridgelog/bridgelog/pkg/incident"
	catalogv1 "github.com/bridgelog/bridgelog/proto/gen/catalog/v1"
	"github.com/bridgelog/bridgelog/services/notifier/internal/event"
)

// Target is a receiver as the catalog has it.
type Target struct {
	// ID is the resource's opaque id, Revision that of its last change.
	ID       string
	Revision uint64
	// EventTypes, Severities and Services filter; empty: all.
	EventTypes []string
	Severities []incident.Severity
	Services   []string
	// IncludePrivate lets private incidents through.
	IncludePrivate bool
}

// TargetOf reads a webhook's resource.
func TargetOf(r *catalog.Resource) Target {
	spec := r.Spec.GetWebhook()
	return Target{
		ID: r.ID, Revision: r.Revision, EventTypes: spec.GetEventTypes(), Severities: severities(spec), Services: spec.GetServices(),
		IncludePrivate: spec.GetIncludePrivate(),
	}
}

// Reasons why a receiver does not hear of an event.
const (
	whyPrivate  = "the incident is private and the webhook does not include private incidents"
	whyType     = "its event types do not include this one"
	whySeverity = "its severities do not include the incident's"
	whyService  = "its services are not the incident's"
)

// Refuses says why the receiver does not hear of an event of a type that left the
// incident like this; empty when it does.
func (t *Target) Refuses(typ string, i event.Incident) string {
	switch {
	case !event.Matches(t.EventTypes, typ):
		return whyType
	case i.Private && !t.IncludePrivate:
		return whyPrivate
	case len(t.Severities) > 0 && !slices.Contains(t.Severities, i.Severity):
		return whySeverity
	case len(t.Services) > 0 && !slices.ContainsFunc(i.Services, func(s string) bool { return slices.Contains(t.Services, s) }):
		return whyService
	}
	return ""
}

func severities(spec *catalogv1.WebhookSpec) []incident.Severity {
	out := make([]incident.Severity, 0, len(spec.GetSeverities()))
	for _, s := range spec.GetSeverities() {
		out = append(out, incident.Severity(s))
	}
	return out
}

// targets are the receivers that want anything at all, as one state of the catalog
// has them.
type targets struct {
	state *catalog.State
	all   []Target
	// wanted remembers whether any of them wants a type of event.
	wanted map[string]bool
	// tees: alerts may have to be forwarded.
	tees bool
	// pages: people may have to be told of pages.
	pages bool
}

// renew returns the targets of a state; the same ones when it has not changed. pages says
// whether somebody tells people of pages.
func (t *targets) renew(state *catalog.State, pages bool) *targets {
	if t != nil && t.state == state {
		return t
	}
	next := &targets{state: state, wanted: map[string]bool{}}
	for _, r := range state.List("webhook") {
		if !r.Spec.GetWebhook().GetDisabled() {
			next.all = append(next.all, TargetOf(r))
		}
	}
	// What was forwarded to an integration may have to be acknowledged and resolved there
	// when no route names it any more.
	for _, r := range state.List("integration") {
		_, takes := catalog.TeeSecrets()[r.Spec.GetIntegration().GetType()]
		next.tees = next.tees || takes
		next.pages = next.pages || (pages && r.Spec.GetIntegration().GetType() == catalog.TypeSMTP)
	}
	for _, r := range state.List("route") {
		next.pages = next.pages || (pages && r.Spec.GetRoute().GetAction() == catalogv1.RouteAction_ROUTE_ACTION_PAGE)
	}
	return next
}

// wants tells whether any receiver takes a type of event, without a look at its
// incident.
func (t *targets) wants(typ []byte) bool {
	wanted, known := t.wanted[string(typ)]
	if !known {
		wanted = slices.ContainsFunc(t.all, func(one Target) bool { return event.Matches(one.EventTypes, string(typ)) })
		t.wanted[string(typ)] = wanted
	}
	return wanted
}

// takes tells whether any receiver takes a type of event of an incident.
func (t *targets) takes(typ string, i event.Incident) bool {
	return slices.ContainsFunc(t.all, func(one Target) bool { return one.Refuses(typ, i) == "" })
}
