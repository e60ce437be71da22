package cli

import (
	"cmp"
	"context"
	"slices"

	"golang.org/x/sync/errgroup"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/bridgelog/bridgelog/cmd/bridgelog/internal/output"
	"github.com/bridgelog/bridgelog/cmd/bridgelog/internal/view"
	"github.com/bridgelog/bridgelog/pkg/runbook"
	signalv1 "github.com/bridgelog/bridgelog/proto/gen/signal/v1"
)

const (
	// mostRunbookAlerts is how many alerts of an incident are asked for their runbooks:
	// an incident of a storm has thousands, mostly with the same one.
	mostRunbookAlerts = 20
	// alertsAtOnce is how many of them are asked for side by side.
	alertsAtOnce = 5
)

// runbookOf says whether an alert leads to a runbook, and to which.
func runbookOf(library *runbook.Library, alert *signalv1.Alert) view.AlertRunbook {
	f := library.Find(runbookAlert(alert.GetLabels(), alert.GetAnnotations()))
	return view.AlertRunbook{Outcome: string(f.Outcome), Link: f.Link, Name: f.Name}
}

// runbooksOf are those to which the alerts of an incident lead, each once, those that are
// linked first. They are an extra: whoever may not read the catalog or the alerts, or cannot
// now, sees the incident without them.
func (a *app) runbooksOf(ctx context.Context, s *session, linked []view.Alert) []view.AlertRunbook {
	if len(linked) == 0 {
		return nil
	}
	alerts, err := a.alertsOf(ctx, s, linked[:min(len(linked), mostRunbookAlerts)])
	if err != nil || len(alerts) == 0 {
		return nil
	}
	library, err := a.libraryOf(ctx, s)
	if err != nil {
		return nil
	}
	var found []view.AlertRunbook
	for _, alert := range alerts {
		if r := runbookOf(library, alert); !slices.Contains(found, r) {
			found = append(found, r)
		}
	}
	order := []string{string(runbook.Linked), string(runbook.Dangling), string(runbook.Placeholder), string(runbook.Missing)}
	slices.SortStableFunc(found, func(x, y view.AlertRunbook) int {
		return cmp.Compare(slices.Index(order, x.Outcome), slices.Index(order, y.Outcome))
	})
	return found
}

// alertsOf reads alerts that are linked. Those that are not in the log, as people may link
// them, and those that are redacted say nothing.
func (a *app) alertsOf(ctx context.Context, s *session, linked []view.Alert) ([]*signalv1.Alert, error) {
	ctx, cancel := a.deadline(ctx)
	defer cancel()
	found := make([]*signalv1.Alert, len(linked))
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(alertsAtOnce)
	for i, one := range linked {
		group.Go(func() error {
			r, err := s.Alerts.GetAlert(ctx, &signalv1.GetAlertRequest{Alert: one.ID})
			switch code := status.Code(err); {
			case code == codes.NotFound || code == codes.InvalidArgument:
				return nil
			case err == nil && r.GetAlert().GetId() == one.ID && !r.GetAlert().GetRedacted():
				found[i] = r.GetAlert()
			}
			return err
		})
	}
	err := group.Wait()
	return slices.DeleteFunc(found, func(one *signalv1.Alert) bool { return one == nil }), err
}

// runbookFields has a line for each runbook.
func runbookFields(found []view.AlertRunbook) output.Fields {
	var fields output.Fields
	for _, r := range found {
		fields = append(fields, output.Field{Name: "runbook", Value: runbookCell(&r)})
	}
	return fields
}
