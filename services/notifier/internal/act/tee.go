package act

import (
	"context"
	"errors"
	"strings"

	"github.com/bridgelog/bridgelog/pkg/alert"
	"github.com/bridgelog/bridgelog/pkg/chain"
	"github.com/bridgelog/bridgelog/pkg/eventlog"
	"github.com/bridgelog/bridgelog/services/notifier/internal/ledger"
)

// alert looks at a message of an alert: whom its route forwards it to hears of it, and of
// what happens to it later. What is old, or may have been forwarded by a ledger that was
// replaced, is not: it would wake people again.
func (f *finding) alert(ctx context.Context, m eventlog.Message) error {
	if !f.actor.targets.tees {
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
			if echoes(event.Source) {
				continue
			}
			if code, why := f.actor.held(m.Sequence, e.RecordedAt()); code != "" && len(f.actor.targets.teesOf(event.Route)) > 0 {
				f.actor.Logger.WarnContext(ctx, "an alert is not forwarded", "alert_id", id, "reason", why)
				continue
			}
			for _, integration := range f.actor.targets.teesOf(event.Route) {
				f.tees = append(f.tees, ledger.Tee{AlertID: id, IntegrationID: integration})
			}
		case alert.Acknowledged, alert.Resolved, alert.Unsuppressed:
			f.moved = append(f.moved, id)
		}
	}
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
