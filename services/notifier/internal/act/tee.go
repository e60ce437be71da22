package act

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/bridgelog/bridgelog/pkg/alert"
	"github.com/bridgelog/bridgelog/pkg/catalog"
	"github.com/bridgelog/bridgelog/pkg/chain"
	"github.com/bridgelog/bridgelog/pkg/eventlog"
	"github.com/bridgelog/bridgelog/services/notifier/internal/ledger"
)

// alert looks at a message of an alert: whom its route forwards it to hears of it, and of
// what happens to it later; so do those who tell people of its page. What is old, or may
// have been forwarded by a ledger that was replaced, is not: it would wake people again.
func (f *finding) alert(ctx context.Context, m eventlog.Message) error {
	if !f.actor.targets.tees && !f.actor.targets.pages {
		return nil
	}
	id := strings.TrimPrefix(m.Subject, alert.SubjectPrefix)
	commit, err := chain.Open(m.Data)
	if err != nil {
		return f.unreadable(ctx, m, err)
	}
	for _, r := range commit.Records {
		e, err := r.Envelope()
		if err != nil {
			return f.unreadable(ctx, m, err)
		}
		what, err := alert.Decode(e.Type, r)
		if errors.Is(err, alert.ErrUnknownType) {
			continue
		}
		if err != nil {
			return f.unreadable(ctx, m, err)
		}
		switch event := what.(type) {
		case alert.Fired:
			if !bornSilent(commit) {
				f.tee(ctx, id, event, event.Route, m.Sequence, e.RecordedAt())
			}
		case alert.Unsuppressed:
			if err := f.again(ctx, id, event, m.Sequence, e.RecordedAt()); err != nil {
				return err
			}
			f.moved, f.turned = append(f.moved, id), append(f.turned, id)
		case alert.Noted:
			if event.SignalID != "" { // others are not forwarded
				f.noted = append(f.noted, id)
			}
		case alert.Acknowledged, alert.Resolved:
			f.moved, f.turned = append(f.moved, id), append(f.turned, id)
		case alert.Suppressed:
			f.turned = append(f.turned, id)
		}
	}
	return nil
}

// bornSilent tells whether an alert was kept from calling when it fired: it is not due
// before that is over.
func bornSilent(c chain.Commit) bool {
	return slices.ContainsFunc(c.Records, func(r chain.Record) bool { return string(r.Type()) == alert.TypeSuppressed })
}

// tee has an alert forwarded to whom a route names.
func (f *finding) tee(ctx context.Context, id string, fired alert.Fired, route string, sequence uint64, recorded time.Time) {
	to := f.actor.targets.teesOf(route)
	if len(to) == 0 || echoes(fired.Source) {
		return
	}
	if code, why := f.actor.held(sequence, recorded); code != "" {
		f.actor.Logger.WarnContext(ctx, "an alert is not forwarded", "alert_id", id, "reason", why)
		return
	}
	for _, integration := range to {
		f.tees = append(f.tees, ledger.Tee{AlertID: id, IntegrationID: integration, Series: seriesOf(fired)})
	}
}

// seriesOf is what alerts have in common that a tool may know by one key: those of one key of
// a sender, where they came in at the door of a tool that is forwarded to.
func seriesOf(fired alert.Fired) string {
	if _, tool := catalog.TeeSecrets()[fired.Source]; !tool {
		return ""
	}
	return fired.Source + " " + fired.Fingerprint
}

// again has an alert forwarded that may call again, to whom the route names that took it
// then; one that has an incident stays with the route that it had.
func (f *finding) again(ctx context.Context, id string, event alert.Unsuppressed, sequence uint64, recorded time.Time) error {
	messages, err := f.actor.Log.Load(ctx, alert.Subject(id), 0)
	if err != nil {
		return fmt.Errorf("load alert: %w", err)
	}
	var state alert.State
	for _, m := range messages {
		if state, err = alert.Fold(state, m.Data); err != nil {
			return f.unreadable(ctx, m, err)
		}
	}
	route := event.Route
	if route == "" && state.Incident() != "" {
		route = state.Fired.Route
	}
	f.tee(ctx, id, state.Fired, route, sequence, recorded)
	return nil
}

// echoes tells whether an alert came from a tool of the kind that routes forward to. Such
// an alert is never forwarded: it may be what was forwarded before, told of by a webhook of
// that tool, and would go round for ever, or between two of them.
func echoes(source string) bool {
	switch source {
	case "pagerduty-webhook", "opsgenie-webhook", "incident-io":
		return true
	}
	return false
}

// teesOf are the integrations that a route forwards to, by id.
func (t *targets) teesOf(route string) []string {
	r, ok := t.state.Get("route", route)
	if !ok || route == "" {
		return nil
	}
	var ids []string
	for _, name := range r.Spec.GetRoute().GetTee() {
		if integration, ok := t.state.Get("integration", name); ok {
			ids = append(ids, integration.ID)
		}
	}
	return ids
}
