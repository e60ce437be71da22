package ledger

import (
	"context"
	"errors"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/bridgelog/bridgelog/pkg/postgres"
	"github.com/bridgelog/bridgelog/services/notifier/internal/highwater"
	"github.com/bridgelog/bridgelog/services/notifier/internal/ledger/db"
)

// whyUncertain is what people read of deliveries that may have been sent.
const whyUncertain = "the database was replaced by an older copy, and this may have been sent before: release it or discard it"

// Admitted is what was found when a ledger was compared with the mark.
type Admitted struct {
	// WentBack: the ledger is older than what was sent.
	WentBack bool
	// Held counts the deliveries that wait for a person now.
	Held int64
}

// Admit compares the ledger with the mark of what was sent. A ledger that went
// back does not know what was sent since: everything that waits in it is held,
// as is whatever will be created for events up to the mark. Deliveries that waited
// for their first attempt longer than stale are held too.
func (l *Ledger) Admit(ctx context.Context, mark highwater.Mark, stale time.Duration) (Admitted, error) {
	var a Admitted
	err := l.transact(ctx, "admit ledger", func(tx pgx.Tx) error {
		a = Admitted{}
		q := l.q.WithTx(tx)
		if _, err := q.LockActing(ctx); err != nil && !errors.Is(err, pgx.ErrNoRows) {
			return postgres.Wrap("lock position", err)
		}
		rounds, err := q.Rounds(ctx)
		if err != nil {
			return postgres.Wrap("read rounds", err)
		}
		if uint64(rounds) < mark.Round {
			a.WentBack = true
			if err := a.goneBack(ctx, q, mark); err != nil {
				return err
			}
		}
		overdue, err := q.HoldOverdue(ctx, db.HoldOverdueParams{
			Code: HeldStale, Reason: "it waited too long for its first attempt", Seconds: stale.Seconds(),
		})
		a.Held += overdue
		return postgres.Wrap("hold overdue deliveries", err)
	})
	if err != nil || !a.WentBack {
		return a, err
	}
	// A sequence obeys no transaction: it is moved when everything is held for
	// certain. A process that dies before does all of it again.
	return a, postgres.Wrap("skip rounds", l.q.SkipRounds(ctx, int64(mark.Round)))
}

func (a *Admitted) goneBack(ctx context.Context, q *db.Queries, mark highwater.Mark) error {
	held, err := q.HoldPending(ctx, db.HoldPendingParams{Code: HeldUncertain, Reason: whyUncertain})
	if err != nil {
		return postgres.Wrap("hold deliveries", err)
	}
	a.Held += held
	if err := holdPages(ctx, q); err != nil {
		return err
	}
	return postgres.Wrap("note uncertainty", q.MarkUncertain(ctx, int64(mark.Sequence)))
}

// Uncertain is the place in the log up to which events may have been sent although
// the ledger does not know; 0 when it knows everything.
func (l *Ledger) Uncertain(ctx context.Context) (uint64, error) {
	sequence, err := l.q.Uncertain(ctx)
	if errors.Is(err, pgx.ErrNoRows) {
		return 0, nil
	}
	return uint64(sequence), postgres.Wrap("read uncertainty", err)
}
