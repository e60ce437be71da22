package statuspage

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/bridgelog/bridgelog/cmd/bridgelog/internal/importer"
	incidentv1 "github.com/bridgelog/bridgelog/proto/gen/incident/v1"
)

// folded is what all versions of one incident say together.
type folded struct {
	line    int
	system  string
	planned bool
	latest  wireIncident
	// seenAt is when any version of it was last observed; may be zero.
	seenAt  time.Time
	updates map[string]*seen
	names   []change
	impacts []change
}

// seen is one update in its latest form, and the name that the incident had when
// it first appeared.
type seen struct {
	update wireUpdate
	order  int
	name   string
}

// change is a value from a time on.
type change struct {
	at    time.Time
	value string
}

// version adds one version of an incident.
func (c *collector) version(line int, in wireIncident, pageID string, planned bool) error {
	pageID = cmp.Or(in.PageID, pageID)
	switch {
	case in.ID == "":
		return importer.ErrNoID
	case in.start().IsZero():
		return fmt.Errorf("incident %s: %w", in.ID, importer.ErrNoTime)
	}
	c.components(in.Components)
	system := c.system("statuspage:" + cmp.Or(pageID, "unknown"))
	key := system + "/" + in.ID
	f := c.folded[key]
	if f == nil {
		f = &folded{line: line, system: system, latest: in, updates: map[string]*seen{}}
		c.folded[key] = f
		c.order = append(c.order, key)
	}
	f.planned = f.planned || planned || in.Impact == "maintenance" || !in.ScheduledFor.IsZero()
	f.add(in)
	if c.seenAt.After(f.seenAt) {
		f.seenAt = c.seenAt
	}
	for _, u := range in.Updates {
		for _, a := range u.Affected {
			c.component(importer.Component{ID: a.Code, Name: a.Name}, false)
		}
	}
	return nil
}

// start is when the incident began.
func (in wireIncident) start() time.Time {
	for _, m := range []moment{in.StartedAt, in.CreatedAt, in.UpdatedAt} {
		if !m.IsZero() {
			return m.Time
		}
	}
	return time.Time{}
}

func (f *folded) add(in wireIncident) {
	at := in.UpdatedAt.Time
	if at.IsZero() {
		at = in.start()
	}
	f.names = append(f.names, change{at, in.Name})
	f.impacts = append(f.impacts, change{at, in.Impact})
	if !in.UpdatedAt.Before(f.latest.UpdatedAt.Time) {
		f.latest = in
	}
	for i, u := range in.Updates {
		id := u.ID
		if id == "" || len(id) > 64 {
			id = contentID(u.at(), u.Status, u.Body)
			u.ID = id
		}
		known := f.updates[id]
		if known == nil {
			// The newest comes first in a document; the order of appearance settles
			// updates of the same time.
			f.updates[id] = &seen{update: u, order: -i, name: in.Name}
			continue
		}
		if !u.UpdatedAt.Before(known.update.UpdatedAt.Time) {
			known.update = u
		}
	}
}

// lastSeen is when the incident was last known to be there: when it was observed,
// and not before anything that it says.
func (f *folded) lastSeen() time.Time {
	last := f.latest.start()
	for _, at := range []time.Time{f.latest.UpdatedAt.Time, f.seenAt} {
		if at.After(last) {
			last = at
		}
	}
	for _, u := range f.updates {
		if u.update.at().After(last) {
			last = u.update.at()
		}
	}
	return last
}

// sorted returns the changes of a value, oldest first, each once.
func sorted(changes []change) []change {
	out := slices.Clone(changes)
	slices.SortStableFunc(out, func(a, b change) int { return a.at.Compare(b.at) })
	return slices.CompactFunc(out, func(a, b change) bool { return a.value == b.value })
}

// history is the richest history that the versions allow.
func (f *folded) history() *importer.History {
	names, impacts := sorted(f.names), sorted(f.impacts)
	declare := &incidentv1.DeclareIncidentRequest{
		Title:      names[0].value,
		OccurredAt: timestamppb.New(f.latest.start()),
		Severity:   severityOf(impacts[0].value),
		External: &incidentv1.ExternalReference{
			System: f.system, Id: f.latest.ID, Url: webAddress(f.latest.Shortlink),
		},
	}
	if f.planned {
		declare.Kind = incidentv1.IncidentKind_INCIDENT_KIND_MAINTENANCE
		if !f.latest.ScheduledFor.IsZero() {
			declare.Scheduled = &incidentv1.TimeWindow{StartTime: timestamppb.New(f.latest.ScheduledFor.Time)}
			if !f.latest.ScheduledUntil.IsZero() {
				declare.Scheduled.EndTime = timestamppb.New(f.latest.ScheduledUntil.Time)
			}
		}
	}
	h := importer.NewHistory(declare)
	for _, c := range impacts[1:] {
		h.Severity(c.at, severityOf(c.value), "impact on the status page: "+c.value)
	}
	last := f.publish(h, impacts)
	f.end(h, last)
	return h
}

// publish adds the updates, and returns when the last one was shown.
func (f *folded) publish(h *importer.History, impacts []change) time.Time {
	updates := make([]*seen, 0, len(f.updates))
	for _, u := range f.updates {
		updates = append(updates, u)
	}
	slices.SortFunc(updates, func(a, b *seen) int {
		return cmp.Or(a.update.at().Compare(b.update.at()), a.update.CreatedAt.Compare(b.update.CreatedAt.Time),
			cmp.Compare(a.order, b.order), strings.Compare(a.update.ID, b.update.ID))
	})
	title, final := sorted(f.names)[0].value, f.latest.Name
	var last time.Time
	for i, u := range updates {
		name := u.name
		if i == len(updates)-1 {
			name = final
		}
		p := importer.Public{
			ID: u.update.ID, Message: u.update.Body, Components: affected(u.update.Affected),
			Impact: impactOf(valueAt(impacts, u.update.at())),
		}
		if p.Status, p.SourceStatus = statusOf(u.update.Status); name != title {
			p.Title, title = name, name
		}
		h.Publish(u.update.at(), p)
		last = u.update.at()
	}
	return last
}

// end adds what the incident itself says about its end, where no update does.
func (f *folded) end(h *importer.History, last time.Time) {
	status, _ := statusOf(f.latest.Status)
	at := f.latest.UpdatedAt.Time
	if !f.latest.ResolvedAt.IsZero() {
		at, status = f.latest.ResolvedAt.Time, incidentv1.Status_STATUS_RESOLVED
	}
	if at.Before(last) {
		at = last
	}
	if status != incidentv1.Status_STATUS_UNSPECIFIED && !at.IsZero() {
		h.Status(at, status, "")
	}
}

// valueAt is the value that held at a time, or the first one.
func valueAt(changes []change, at time.Time) string {
	value := changes[0].value
	for _, c := range changes {
		if !c.at.After(at) {
			value = c.value
		}
	}
	return value
}
