package act

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/bridgelog/bridgelog/pkg/alert"
	"github.com/bridgelog/bridgelog/pkg/chain"
	"github.com/bridgelog/bridgelog/pkg/eventlog"
	"github.com/bridgelog/bridgelog/pkg/incident"
	"github.com/bridgelog/bridgelog/pkg/incidentlog"
	"github.com/bridgelog/bridgelog/pkg/page"
	catalogv1 "github.com/bridgelog/bridgelog/proto/gen/catalog/v1"
	"github.com/bridgelog/bridgelog/services/notifier/internal/event"
	"github.com/bridgelog/bridgelog/services/notifier/internal/ledger"
)

// page looks at a message of a page. One that nobody wants is not decoded; one that cannot
// be read is passed over.
func (f *finding) page(ctx context.Context, id string, m eventlog.Message) error {
	commit, err := chain.Open(m.Data)
	if err != nil {
		return f.unreadable(ctx, m, err)
	}
	if !f.actor.targets.pages && !slices.ContainsFunc(commit.Records, func(r chain.Record) bool { return f.actor.targets.wants(r.Type()) }) {
		return nil
	}
	before, err := f.actor.pageBefore(ctx, id, m.Sequence)
	if errors.Is(err, eventlog.ErrUnavailable) || ctx.Err() != nil {
		return err
	}
	if err == nil {
		err = f.paged(before, commit, m)
	}
	if err != nil {
		return f.unreadable(ctx, m, err)
	}
	return nil
}

// paged adds the deliveries of the events of one commit. Of a shadow nobody hears, and of
// practice nobody outside.
func (f *finding) paged(p event.Page, commit chain.Commit, m eventlog.Message) error {
	for _, r := range commit.Records {
		e, err := r.Envelope()
		if err != nil {
			return err
		}
		what, err := page.Decode(e.Type, r)
		if errors.Is(err, page.ErrUnknownType) {
			continue // a later version tells of it
		}
		if err != nil {
			return err
		}
		p.State = p.State.Evolve(what)
		if p.State.Requested.Shadow || p.Incident.Drill {
			continue
		}
		if f.actor.targets.pages {
			f.call(p, e, what, m)
		}
		if !f.actor.targets.wants([]byte(e.Type)) {
			continue
		}
		body, err := f.actor.Writer.PageBody(p, e, what)
		if err != nil {
			return err
		}
		f.tell(p, e, body, m)
	}
	return nil
}

// call adds the ways by which people are told of a page, and whatever watches over it until
// its alert is over; what is known of it later has them looked at again.
func (f *finding) call(p event.Page, e chain.Envelope, what any, m eventlog.Message) {
	requested := p.State.Requested
	switch what.(type) {
	case page.Acknowledged, page.Ended, page.Failed:
		f.turned = append(f.turned, requested.Alert)
		return
	case page.Requested:
	default:
		return
	}
	since := e.RecordedAt()
	if requested.NotBefore.After(since) {
		since = requested.NotBefore // how late is too late counts from when it may call
	}
	held, why := f.actor.held(m.Sequence, since)
	way := ledger.PageWay{
		EventID: e.EventID, Sequence: m.Sequence, PageID: p.ID, AlertID: requested.Alert, Due: requested.At, Held: held, Why: why,
	}
	f.ways = append(f.ways, way)
	for _, to := range requested.Recipients {
		for _, w := range to.Ways {
			if !w.Usable() || w.Type != catalogv1.ContactType_CONTACT_TYPE_EMAIL {
				continue
			}
			way.Person, way.Way, way.Integration = to.Person, w.Number, w.Integration
			f.ways = append(f.ways, way)
		}
	}
}

// tell adds the deliveries of one event of a page.
func (f *finding) tell(p event.Page, e chain.Envelope, body []byte, m eventlog.Message) {
	held, why := f.actor.held(m.Sequence, e.RecordedAt())
	for i := range f.actor.targets.all {
		t := &f.actor.targets.all[i]
		if t.Refuses(e.Type, p.Concerns()) != "" {
			continue
		}
		if p.Incident.Number > 0 {
			f.told[p.Incident.ID] = p.Incident
		}
		f.deliveries = append(f.deliveries, ledger.Delivery{
			EventID: e.EventID, WebhookID: t.ID, IncidentID: string(p.Incident.ID), Revision: e.Revision, Sequence: m.Sequence,
			EventType: e.Type, TraceParent: e.TraceParent, Body: body, Held: held, Why: why,
		})
	}
}

// pageBefore returns a page as it was before a message, with its alert and incident as they
// are now: who may hear of them is judged now.
func (a *Actor) pageBefore(ctx context.Context, id string, before uint64) (event.Page, error) {
	p := event.Page{ID: id}
	requested := ""
	messages, err := a.Log.Load(ctx, page.Subject(id), 0)
	if err != nil {
		return p, fmt.Errorf("load page: %w", err)
	}
	for _, m := range messages {
		state, err := page.Fold(p.State, m.Data)
		if err != nil {
			return p, err
		}
		if requested = state.Requested.Alert; m.Sequence >= before {
			break
		}
		p.State = state
	}
	if p.Alert, err = eventlog.Fold(ctx, a.Log, alert.Subject(requested), alert.Fold); err != nil {
		return p, err
	}
	if p.Alert.Incident() == "" {
		return p, nil
	}
	entries, err := incidentlog.Load(ctx, a.Log, incident.ID(p.Alert.Incident()), 0)
	for _, e := range entries {
		p.Incident = p.Incident.Evolve(e)
	}
	return p, err
}
