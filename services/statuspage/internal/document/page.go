package document

import (
	"cmp"
	"slices"
	"time"

	"github.com/bridgelog/bridgelog/pkg/catalog"
	"github.com/bridgelog/bridgelog/pkg/incident"
	catalogv1 "github.com/bridgelog/bridgelog/proto/gen/catalog/v1"
	statusv1 "github.com/bridgelog/bridgelog/proto/gen/status/v1"
)

// MaxIncidents bounds the incidents of a document: all that are open, and the
// newest of the others up to this number together. Statuspage's list has 50.
const MaxIncidents = 50

// DefaultPage is the page that exists while the catalog has none.
const DefaultPage = "status"

// Pages returns the documents of all pages of the catalog, by name; the default
// page when there is none.
func (f *Fold) Pages(state *catalog.State) []*statusv1.PageDocument {
	resources := state.List("status_page")
	if len(resources) == 0 {
		spec := &catalogv1.StatusPageSpec{Title: "Status"}
		return []*statusv1.PageDocument{f.page(state, DefaultPage, publicID("page", DefaultPage), spec, time.Unix(0, 0))}
	}
	var pages []*statusv1.PageDocument
	for _, r := range resources {
		spec := r.Spec.GetStatusPage()
		pages = append(pages, f.page(state, r.Name, cmp.Or(spec.GetPublicId(), publicID("page", r.ID)), spec, r.UpdatedAt))
	}
	return pages
}

func (f *Fold) page(state *catalog.State, name, id string, spec *catalogv1.StatusPageSpec, changed time.Time) *statusv1.PageDocument {
	doc := &statusv1.PageDocument{
		Id: id, Name: name, Title: spec.GetTitle(), Url: spec.GetUrl(), TimeZone: cmp.Or(spec.GetTimeZone(), "Etc/UTC"),
		UpdatedAtUs: changed.UnixMicro(),
	}
	parts := componentsOf(state, spec)
	now, since := map[string]incident.ComponentStatus{}, map[string]time.Time{}
	for _, p := range f.incidents {
		seen := p.visible(name)
		if len(seen) == 0 {
			continue
		}
		shown := incidentOf(p, seen, parts)
		doc.Incidents = append(doc.Incidents, shown)
		doc.UpdatedAtUs = max(doc.GetUpdatedAtUs(), shown.GetUpdatedAtUs())
		if !isOver(shown.GetStatus()) && shown.GetStatus() != "scheduled" {
			hurt(seen, now, since)
		}
	}
	parts.suffer(now, since)
	doc.Components = parts.list
	for _, c := range parts.list {
		doc.UpdatedAtUs = max(doc.GetUpdatedAtUs(), c.GetUpdatedAtUs())
	}
	doc.Incidents = newest(doc.GetIncidents())
	return doc
}

// hurt adds what the updates of one open incident say of components.
func hurt(seen []*update, now map[string]incident.ComponentStatus, since map[string]time.Time) {
	mine, at := map[string]incident.ComponentStatus{}, map[string]time.Time{}
	for _, u := range seen {
		for _, c := range u.event.Components {
			mine[c.Component], at[c.Component] = c.Status, u.displayAt
		}
	}
	for name, status := range mine {
		if status > now[name] {
			now[name], since[name] = status, at[name]
		}
	}
}

// newest keeps the open incidents and the newest others, newest first.
func newest(all []*statusv1.PublicIncident) []*statusv1.PublicIncident {
	slices.SortFunc(all, func(a, b *statusv1.PublicIncident) int {
		return cmp.Or(cmp.Compare(b.GetCreatedAtUs(), a.GetCreatedAtUs()), cmp.Compare(a.GetId(), b.GetId()))
	})
	kept := all[:0:0]
	for i, shown := range all {
		if i < MaxIncidents || !isOver(shown.GetStatus()) {
			kept = append(kept, shown)
		}
	}
	return kept
}

// incidentOf is one incident as a page shows it. seen is not empty.
func incidentOf(p *published, seen []*update, parts components) *statusv1.PublicIncident {
	first, last := seen[0], seen[len(seen)-1]
	shown := &statusv1.PublicIncident{
		Id: p.publicID(), Name: nameOf(p, seen), Status: statusWord(last.event), Impact: impactOf(seen),
		CreatedAtUs: first.displayAt.UnixMicro(), StartedAtUs: first.displayAt.UnixMicro(),
	}
	if !p.begins.IsZero() {
		shown.StartedAtUs = p.begins.UnixMicro()
	}
	if p.maintenance {
		shown.Maintenance, shown.Impact = true, "maintenance"
		shown.ScheduledForUs, shown.ScheduledUntilUs = micros(p.start), micros(p.end)
	}
	status := map[string]string{} // of each component so far
	for _, u := range seen {
		shown.UpdatedAtUs = max(shown.GetUpdatedAtUs(), u.displayAt.UnixMicro(), editedAt(u))
		word := statusWord(u.event)
		if word == "monitoring" {
			shown.MonitoringAtUs = u.displayAt.UnixMicro()
		}
		if isOver(word) && shown.GetResolvedAtUs() == 0 {
			shown.ResolvedAtUs = u.displayAt.UnixMicro()
		} else if !isOver(word) {
			shown.ResolvedAtUs = 0
		}
		text := updateOf(p.id, u)
		text.AffectedComponents = affected(u.event.Components, parts, status)
		shown.Updates = append(shown.Updates, text)
	}
	slices.Reverse(shown.Updates)
	for _, c := range parts.list {
		if _, ok := status[c.GetId()]; ok {
			shown.ComponentIds = append(shown.ComponentIds, c.GetId())
		}
	}
	return shown
}

// editedAt is when an update was edited, 0 when it was not.
func editedAt(u *update) int64 {
	if u.newMessage == "" {
		return 0
	}
	return u.updatedAt.UnixMicro()
}

// nameOf is the public name: the last one that an update gave, or what the
// incident was called when the first one was published.
func nameOf(p *published, seen []*update) string {
	for _, u := range slices.Backward(seen) {
		if u.event.Title != "" {
			return u.event.Title
		}
	}
	return cmp.Or(p.title, "Incident")
}

func micros(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMicro()
}

func updateOf(id incident.ID, u *update) *statusv1.PublicIncidentUpdate {
	out := &statusv1.PublicIncidentUpdate{
		Id: u.event.UpdateID, Status: statusWord(u.event), Body: u.message(),
		CreatedAtUs: u.displayAt.UnixMicro(), DisplayAtUs: u.displayAt.UnixMicro(), UpdatedAtUs: max(u.displayAt.UnixMicro(), editedAt(u)),
	}
	if !looksPublic(out.GetId()) {
		out.Id = publicID("update", string(id), u.event.UpdateID)
	}
	return out
}

// affected lists what an update changed, and remembers it.
func affected(changes []incident.ComponentImpact, parts components, status map[string]string) []*statusv1.AffectedComponent {
	var list []*statusv1.AffectedComponent
	for _, change := range changes {
		c, ok := parts.byName[change.Component]
		if !ok {
			continue
		}
		list = append(list, &statusv1.AffectedComponent{
			Code: c.GetId(), Name: c.GetName(), OldStatus: cmp.Or(status[c.GetId()], incident.Operational.String()), NewStatus: change.Status.String(),
		})
		status[c.GetId()] = change.Status.String()
	}
	return list
}
