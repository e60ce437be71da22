package document

import (
	"cmp"
	"slices"
	"time"

	"google.golang.org/protobuf/proto"

	"github.com/bridgelog/bridgelog/pkg/incident"
	statusv1 "github.com/bridgelog/bridgelog/proto/gen/status/v1"
)

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
		if !u.shortened {
			shown.Updates = append(shown.Updates, text)
		}
	}
	slices.Reverse(shown.Updates)
	for _, c := range parts.list {
		if _, ok := status[c.GetId()]; ok && len(shown.GetComponentIds()) < maxAffected {
			shown.ComponentIds = append(shown.ComponentIds, c.GetId())
		}
	}
	bound(shown)
	return shown
}

// bound takes away old updates until an incident is small enough. The newest stays,
// without what it says of components if it must.
func bound(shown *statusv1.PublicIncident) {
	size := proto.Size(shown)
	for size > maxIncidentBytes && len(shown.GetUpdates()) > 1 {
		last := len(shown.GetUpdates()) - 1
		size -= proto.Size(shown.GetUpdates()[last])
		shown.Updates = shown.GetUpdates()[:last]
	}
	if size > maxIncidentBytes && len(shown.GetUpdates()) > 0 {
		shown.Updates[0].AffectedComponents = nil
	}
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
		if len(list) < maxAffected {
			list = append(list, &statusv1.AffectedComponent{
				Code: c.GetId(), Name: c.GetName(), OldStatus: cmp.Or(status[c.GetId()], incident.Operational.String()), NewStatus: change.Status.String(),
			})
		}
		status[c.GetId()] = change.Status.String()
	}
	return list
}
