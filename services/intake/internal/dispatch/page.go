package dispatch

import (
	"context"
	"fmt"

	"github.com/bridgelog/bridgelog/pkg/alert"
	signalv1 "github.com/bridgelog/bridgelog/proto/gen/signal/v1"
)

// page has people called where the rule says so, after the alert is in the log. The page's
// id is derived from the alert's, so a repetition finds itself.
func (w *work) page(ctx context.Context, in arrival) error {
	if !in.taken || !in.rule.Page {
		return nil
	}
	if err := pointBeforePage.Hit(ctx); err != nil {
		return err
	}
	_, err := w.Pages.RequestPage(ctx, &signalv1.RequestPageRequest{
		AlertId: alert.ID(in.source, in.alert.Fingerprint, in.alert.StartsAt), Route: in.rule.Name, Urgency: in.rule.Urgency,
		Team: in.rule.TeamFor(in.alert.Labels), Service: w.Service(in.rule.ServiceCalled(in.alert.Labels)),
		Severity: in.rule.Severity, Shadow: in.rule.Shadow, CatalogSequence: in.rule.Catalog,
	})
	if err != nil {
		return fmt.Errorf("request page: %w", err)
	}
	return pointAfterPage.Hit(ctx)
}

// pageAgain asks again for the page of an alert that this very signal began: the process
// may have died between the two.
func (w *work) pageAgain(ctx context.Context, in arrival, began alert.State) error {
	if began.Fired.SignalID != in.signal || began.Fired.Route != in.rule.Name || began.IsSuppressed() ||
		w.Index.hushed(in.source, in.alert.Fingerprint, in.rule.Name) {
		return nil
	}
	return w.page(ctx, in.from(began.Fired.StartsAt))
}

// insistent has people called for what was flapping, which called nobody then, and has been
// firing without a break for as long as it would have had to be quiet.
func (w *work) insistent(id string) func(ctx context.Context) error {
	return func(ctx context.Context) error {
		if err := w.Index.CatchUp(ctx); err != nil {
			return err
		}
		open, firing := w.Index.all()[id]
		if !firing || open.IsSuppressed() || open.IsAcknowledged() {
			return nil
		}
		in := w.again(id, open)
		if in.rule.Name == open.Fired.Route && open.Incident() == "" { // what a route became later calls for what begins later
			if err := w.page(ctx, in); err != nil {
				return err
			}
		}
		w.Index.insisted(in.source, in.alert.Fingerprint)
		return nil
	}
}

// pagedAs is the outcome of an alert whose rule pages.
func pagedAs(in arrival) string {
	if in.rule.Shadow {
		return outcomeShadowed
	}
	return outcomePaged
}
