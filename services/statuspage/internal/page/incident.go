package page

import (
	"slices"
	"time"

	"google.golang.org/protobuf/proto"

	"github.com/bridgelog/bridgelog/pkg/incident"
	"github.com/bridgelog/bridgelog/pkg/incidentlog"
	statusv1 "github.com/bridgelog/bridgelog/proto/gen/status/v1"
)

// Texts that stand for what is not there.
const (
	untitled = "Incident"
	removed  = "This text was removed."
)

// Names finds the public id and name of a component that an update names.
type Names func(component string) (id, name string)

// Incident returns an incident as one status page shows it, and false when nothing
// of it is on that page. Entries are all of the incident.
func Incident(entries []incidentlog.Entry, pageName string, names Names) (*statusv1.PublicIncident, bool) {
	b := builder{page: pageName, names: names, words: map[string]string{}}
	for _, e := range entries {
		b.add(e)
	}
	b.updates = slices.DeleteFunc(b.updates, func(u *update) bool { return u.gone })
	if len(b.updates) == 0 {
		return nil, false
	}
	return b.build(), true
}

// update is a published update while it is folded.
type update struct {
	id, status, body, title, impact string
	internalTitle                   string // of the incident when it was published
	revision                        uint64
	created, updated, display       time.Time
	components                      []incident.ComponentImpact
	gone                            bool
}

type builder struct {
	page    string
	names   Names
	state   incident.State
	kind    incident.Declared
	id      string
	updates []*update
	words   map[string]string // current status by component name
}

func (b *builder) add(e incidentlog.Entry) {
	b.state = incident.Evolve(b.state, e.Recorded)
	switch event := e.Event.(type) {
	case incident.Declared:
		b.kind = event
		b.id = keep(event.External.ID, "incident", string(e.Incident))
	case incident.PublicUpdatePublished:
		if len(event.Pages) == 0 || slices.Contains(event.Pages, b.page) {
			b.updates = append(b.updates, b.published(e, event))
		}
	case incident.PublicUpdateRetracted:
		for _, u := range b.updates {
			u.gone = u.gone || u.id == event.UpdateID
		}
	case incident.EntryEdited:
		b.edited(e, event)
	}
}

func (b *builder) published(e incidentlog.Entry, event incident.PublicUpdatePublished) *update {
	u := &update{
		id: event.UpdateID, status: event.Status.String(), body: event.Message, title: event.Title, impact: event.Impact,
		revision: e.Revision, created: e.RecordedAt, updated: e.RecordedAt, display: e.OccurredAt, components: event.Components,
	}
	if !b.state.Private {
		u.internalTitle = b.state.Title
	}
	if b.state.Origin == incident.OriginImport {
		u.created, u.updated = e.OccurredAt, e.OccurredAt
	}
	if slices.Contains(incidentWords(), event.SourceStatus) {
		u.status = event.SourceStatus
	}
	if e.Redacted {
		u.body = removed
	}
	return u
}

func (b *builder) edited(e incidentlog.Entry, event incident.EntryEdited) {
	for _, u := range b.updates {
		if u.revision != event.Entry {
			continue
		}
		u.updated = e.RecordedAt
		if u.body = event.Text; e.Redacted {
			u.body = removed
		}
	}
}

// build puts the updates together, newest first.
func (b *builder) build() *statusv1.PublicIncident {
	first, last := b.updates[0], b.updates[len(b.updates)-1]
	out := &statusv1.PublicIncident{
		Id: b.id, Name: b.name(), Status: last.status, CreatedAtUs: first.created.UnixMicro(), StartedAtUs: b.started().UnixMicro(),
		Impact: b.impact(), Maintenance: b.kind.Kind == incident.Maintenance,
	}
	if out.GetMaintenance() {
		out.ScheduledForUs, out.ScheduledUntilUs = micros(b.kind.ScheduledStart), micros(b.kind.ScheduledEnd)
	}
	for _, u := range b.updates {
		out.UpdatedAtUs = max(out.GetUpdatedAtUs(), u.updated.UnixMicro())
		switch {
		case u.status == "monitoring" && out.GetMonitoringAtUs() == 0:
			out.MonitoringAtUs = u.display.UnixMicro()
		case Over(u.status) && out.GetResolvedAtUs() == 0:
			out.ResolvedAtUs = u.display.UnixMicro()
		case !Over(u.status):
			out.ResolvedAtUs = 0
		}
		out.Updates = append(out.Updates, b.public(u))
		for _, c := range u.components {
			if id, _ := b.names(c.Component); !slices.Contains(out.GetComponentIds(), id) {
				out.ComponentIds = append(out.ComponentIds, id)
			}
		}
	}
	slices.Reverse(out.GetUpdates())
	slices.SortStableFunc(out.GetUpdates(), func(a, b *statusv1.PublicIncidentUpdate) int {
		return int(min(max(b.GetDisplayAtUs()-a.GetDisplayAtUs(), -1), 1))
	})
	return out
}

func (b *builder) public(u *update) *statusv1.PublicIncidentUpdate {
	out := &statusv1.PublicIncidentUpdate{
		Id: ID("update", b.id, u.id), Status: u.status, Body: u.body, CreatedAtUs: u.created.UnixMicro(),
		UpdatedAtUs: u.updated.UnixMicro(), DisplayAtUs: u.display.UnixMicro(),
	}
	if b.state.Origin == incident.OriginImport {
		out.Id = keep(u.id, "update", b.id, u.id)
	}
	for _, c := range u.components {
		id, name := b.names(c.Component)
		before, known := b.words[c.Component]
		if !known {
			before = Operational
		}
		after := componentWord(c.Status)
		b.words[c.Component] = after
		out.AffectedComponents = append(out.AffectedComponents, &statusv1.AffectedComponent{
			Code: id, Name: name, OldStatus: before, NewStatus: after,
		})
	}
	return out
}

// name is the last public title; else the incident's title when it became public.
func (b *builder) name() string {
	for _, u := range slices.Backward(b.updates) {
		if u.title != "" {
			return u.title
		}
	}
	if title := b.updates[0].internalTitle; title != "" {
		return title
	}
	return untitled
}

// started is when it began as far as customers know; an import says it.
func (b *builder) started() time.Time {
	if b.state.Origin == incident.OriginImport {
		return b.state.OccurredAt
	}
	return b.updates[0].display
}

// impact is the last one stated, or what the worst state of a component means.
func (b *builder) impact() string {
	if b.kind.Kind == incident.Maintenance {
		return "maintenance"
	}
	worst := Operational
	for _, u := range b.updates {
		for _, c := range u.components {
			worst = Worst(worst, componentWord(c.Status))
		}
	}
	for _, u := range slices.Backward(b.updates) {
		if u.impact != "" {
			return u.impact
		}
	}
	return impactOf(worst)
}

// Components returns the state of each component, by public id, that an incident
// which is not over leaves it in.
func Components(i *statusv1.PublicIncident) map[string]string {
	out := map[string]string{}
	if Over(i.GetStatus()) || i.GetStatus() == "scheduled" {
		return out
	}
	for _, u := range slices.Backward(i.GetUpdates()) {
		for _, c := range u.GetAffectedComponents() {
			out[c.GetCode()] = c.GetNewStatus()
		}
	}
	return out
}

func micros(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMicro()
}

// Same tells whether two documents show the same, whatever they were computed from.
func Same(a, b *statusv1.PageDocument) bool {
	if a == nil || b == nil {
		return a == b
	}
	x, y := proto.CloneOf(a), proto.CloneOf(b)
	x.SourceSequence, x.SourceEpoch, y.SourceSequence, y.SourceEpoch = 0, "", 0, ""
	return proto.Equal(x, y)
}
