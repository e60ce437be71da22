package page

import (
	"cmp"
	"slices"

	"github.com/bridgelog/bridgelog/pkg/incident"
	statusv1 "github.com/bridgelog/bridgelog/proto/gen/status/v1"
	"github.com/bridgelog/bridgelog/services/statuspage/internal/library"
)

// Incident is an incident as customers of the page see it; nil when they see
// nothing of it.
func (p *Page) Incident(e *library.Entry) *statusv1.PublicIncident {
	if !e.Standing(p.Doc.GetName()).Visible {
		return nil
	}
	doc := e.Document()
	updates := library.On(doc, p.Doc.GetName())
	first := updates[0]
	out := &statusv1.PublicIncident{
		Id: doc.GetId(), Name: nameOf(doc, updates), Impact: impactOf(updates), Maintenance: planned(doc, updates),
		CreatedAtUs: first.GetDisplayAtUs(), StartedAtUs: cmp.Or(doc.GetBeginsAtUs(), first.GetDisplayAtUs()),
		ScheduledForUs: doc.GetScheduledForUs(), ScheduledUntilUs: doc.GetScheduledUntilUs(),
	}
	if out.GetMaintenance() {
		out.Impact = "maintenance"
		out.ScheduledForUs = cmp.Or(out.GetScheduledForUs(), out.GetStartedAtUs())
		out.ScheduledUntilUs = cmp.Or(out.GetScheduledUntilUs(), out.GetScheduledForUs())
	}
	status := map[string]string{} // of each component so far
	for _, u := range updates {
		p.follow(out, u, status)
	}
	slices.Reverse(out.Updates)
	for _, c := range p.Doc.GetComponents() {
		if _, ok := status[c.GetId()]; ok {
			out.ComponentIds = append(out.ComponentIds, c.GetId())
		}
	}
	return out
}

// planned tells planned work from an incident that was only said to come from work:
// the one has a time, or a status that only planned work has.
func planned(doc *statusv1.IncidentDocument, updates []*statusv1.PublishedUpdate) bool {
	return doc.GetMaintenance() && (doc.GetScheduledForUs() != 0 || slices.ContainsFunc(updates, func(u *statusv1.PublishedUpdate) bool {
		return slices.Contains([]string{"scheduled", "in_progress", "verifying", "completed"}, u.GetStatus())
	}))
}

// follow adds one update, and what it says of the incident.
func (p *Page) follow(out *statusv1.PublicIncident, u *statusv1.PublishedUpdate, status map[string]string) {
	at := u.GetDisplayAtUs()
	out.Status = u.GetStatus()
	out.UpdatedAtUs = max(out.GetUpdatedAtUs(), at, u.GetEditedAtUs())
	switch {
	case u.GetStatus() == "monitoring":
		out.MonitoringAtUs = at
	case library.Over(u.GetStatus()) && out.GetResolvedAtUs() == 0:
		out.ResolvedAtUs = at
	}
	if !library.Over(u.GetStatus()) {
		out.ResolvedAtUs = 0
	}
	affected := p.affected(u, status)
	if u.GetBody() == "" {
		out.OmittedUpdates++
		return
	}
	out.Updates = append(out.Updates, &statusv1.PublicIncidentUpdate{
		Id: u.GetId(), Status: u.GetStatus(), Body: u.GetBody(), CreatedAtUs: at, DisplayAtUs: at,
		UpdatedAtUs: max(at, u.GetEditedAtUs()), AffectedComponents: affected, NextUpdateAtUs: u.GetNextUpdateAtUs(),
	})
}

// affected lists what an update says of the page's components, and remembers it.
func (p *Page) affected(u *statusv1.PublishedUpdate, status map[string]string) []*statusv1.AffectedComponent {
	var list []*statusv1.AffectedComponent
	for _, change := range u.GetComponents() {
		c := p.byRef[change.GetRef()]
		if c == nil {
			continue
		}
		list = append(list, &statusv1.AffectedComponent{
			Code: c.GetId(), Name: c.GetName(), OldStatus: cmp.Or(status[c.GetId()], operational), NewStatus: change.GetStatus(),
		})
		status[c.GetId()] = change.GetStatus()
	}
	return list
}

// nameOf is the public name: the last one that an update gave, or what the
// incident was called when the first one was published.
func nameOf(doc *statusv1.IncidentDocument, updates []*statusv1.PublishedUpdate) string {
	for _, u := range slices.Backward(updates) {
		if u.GetTitle() != "" {
			return u.GetTitle()
		}
	}
	return cmp.Or(doc.GetTitle(), "Incident")
}

// impactOf is the public impact: what the last update that says one says, or else
// what the worst component suffered.
func impactOf(updates []*statusv1.PublishedUpdate) string {
	worst, said := incident.Operational, ""
	for _, u := range updates {
		said = cmp.Or(u.GetImpact(), said)
		for _, c := range u.GetComponents() {
			worst = max(worst, level(c.GetStatus()))
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

// level orders Statuspage's words for components: the worst is the highest.
func level(word string) incident.ComponentStatus {
	s, _ := incident.ParseComponentStatus(word)
	return s
}
