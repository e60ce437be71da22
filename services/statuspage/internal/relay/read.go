package relay

import (
	"context"
	"strings"

	"github.com/bridgelog/bridgelog/pkg/chain"
	"github.com/bridgelog/bridgelog/pkg/eventlog"
	"github.com/bridgelog/bridgelog/pkg/incident"
	"github.com/bridgelog/bridgelog/pkg/record"
	"github.com/bridgelog/bridgelog/services/statuspage/internal/document"
)

// subjectIncident begins the subjects of incidents in the log.
const subjectIncident = "incident."

// read follows the log.
func (t *term) read(ctx context.Context) error {
	position := eventlog.Position{Epoch: t.epoch}
	if t.last.Sequence > 0 {
		var err error
		if position, err = t.last.Position(); err != nil {
			return err
		}
	}
	if t.last.Sequence >= t.target {
		signal(t.changed)
	}
	return t.relay.Log.Tail(ctx, position, func(m eventlog.Message) error {
		if t.fold(m) {
			return nil
		}
		select {
		case <-t.room:
			return nil
		case <-ctx.Done():
			return ctx.Err()
		}
	})
}

// fold folds one message and tells whether there is room for more.
func (t *term) fold(m eventlog.Message) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	switch {
	case strings.HasPrefix(m.Subject, subjectIncident):
		t.foldIncident(m)
	case eventlog.Match(eventlog.FilterCatalog, m.Subject):
		t.catalogAt, t.pages = m.Sequence, true
	}
	t.last = m
	if t.headers == nil && (t.pages || len(t.pending) > 0) {
		t.headers = m.Header
	}
	if m.Sequence == t.target || m.Sequence > t.target && (t.pages || len(t.pending) > 0) || len(t.pending) >= pendingMax {
		signal(t.changed)
	}
	if len(t.pending) < pendingMax {
		return true
	}
	select { // what was said of room before is not true any more
	case <-t.room:
	default:
	}
	return false
}

// foldIncident folds the records of a commit that can be public. One that cannot be
// read is passed over: it hides itself, and never stops the page.
func (t *term) foldIncident(m eventlog.Message) {
	id := incident.ID(m.Subject[len(subjectIncident):])
	events := t.relay.eventsOf(m)
	if len(events) == 0 {
		return
	}
	history, ok := t.histories.Get(id)
	if !ok && events[0].Revision > 1 {
		t.pending[id] = struct{}{} // its history is read when it is published
		return
	}
	if !ok {
		history = document.NewHistory(id)
		t.histories.Add(id, history)
	}
	for _, e := range events {
		if history.Apply(e) {
			t.pending[id] = struct{}{}
		}
	}
}

// eventsOf are the events of a commit that concern the public.
func (r *Relay) eventsOf(m eventlog.Message) (events []incident.Recorded) {
	commit, err := chain.Open(m.Data)
	if err != nil {
		r.Logger.Error("a commit cannot be read for the status page", "sequence", m.Sequence, "error", err)
		return nil
	}
	for i := range commit.Records {
		if !document.Concerns(string(commit.Records[i].Type())) {
			continue
		}
		event, err := record.Decode(commit.Records[i])
		if err != nil {
			r.Logger.Error("an event cannot be read for the status page", "sequence", m.Sequence, "error", err)
			continue
		}
		events = append(events, event)
	}
	return events
}

// history returns the folded history of an incident, read again if need be; nil
// when it is damaged, which keeps what is published.
func (t *term) history(ctx context.Context, id incident.ID) (*document.History, error) {
	t.mu.Lock()
	history, ok := t.histories.Get(id)
	t.mu.Unlock()
	if ok {
		return history, nil
	}
	messages, err := t.relay.Log.Load(ctx, subjectIncident+string(id), 0)
	if damaged(err) {
		t.relay.Logger.Error("an incident cannot be read for the status page", "incident", id, "error", err)
		return nil, nil
	} else if err != nil {
		return nil, err
	}
	history = document.NewHistory(id)
	for _, m := range messages {
		for _, e := range t.relay.eventsOf(m) {
			history.Apply(e)
		}
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	// One that waits again may have changed after it was read: it is not kept, and the
	// next round reads it once more.
	if _, waits := t.pending[id]; !waits {
		t.histories.Add(id, history)
	}
	return history, nil
}
