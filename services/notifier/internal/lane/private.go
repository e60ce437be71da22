package lane

import (
	"context"
	"slices"

	"github.com/bridgelog/bridgelog/services/notifier/internal/ledger"
	"github.com/bridgelog/bridgelog/services/notifier/internal/ledger/db"
)

// allowed returns the deliveries that the receiver may still get. An incident may
// have become private since they were created: they are given up then.
func (l *lane) allowed(ctx context.Context, r Receiver, due []db.DueRow) ([]db.DueRow, error) {
	if r.IncludePrivate || len(due) == 0 {
		return due, nil
	}
	ids := make([]string, len(due))
	for i := range due {
		ids[i] = due[i].IncidentID
	}
	slices.Sort(ids)
	private, err := l.Private(ctx, slices.Compact(ids))
	if err != nil || len(private) == 0 {
		return due, err
	}
	var given []int64
	due = slices.DeleteFunc(due, func(d db.DueRow) bool {
		veiled := slices.Contains(private, d.IncidentID)
		if veiled {
			given = append(given, d.ID)
		}
		return veiled
	})
	return due, l.Ledger.CancelSome(ctx, given, ledger.CodePrivate, "the incident became private and the webhook does not include private incidents")
}
