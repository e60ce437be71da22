package ledger

import (
	"context"
	"errors"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/bridgelog/bridgelog/pkg/postgres"
	"github.com/bridgelog/bridgelog/services/notifier/internal/ledger/db"
)

// whyPageUncertain is what people read of a page that may have been sent.
const whyPageUncertain = "it may have been sent before the notifier's database was replaced, so it is not sent again"

// PageWay is a way of a page by which a person is to be told; without a person and with the
// way 0 it watches over the page itself.
type PageWay struct {
	// EventID is the event that called, Sequence the place of its commit in the log.
	EventID  string
	Sequence uint64
	// PageID and AlertID are what it is about.
	PageID, AlertID string
	// Person is the opaque id, Way the number of the way, Integration what carries it.
	Person      string
	Way         int
	Integration string
	// Due is when it is looked at first.
	Due time.Time
	// Held is a code that says why nothing is sent, and Why says it for people; empty: it is.
	Held, Why string
}

// AddPageWays adds ways unless they are there, and has those looked at again to whose alert
// or page something happened.
func (l *Ledger) AddPageWays(ctx context.Context, tx pgx.Tx, added []PageWay, turned []string) error {
	q := l.q.WithTx(tx)
	if len(added) > 0 {
		var p db.AddPageWaysParams
		for _, w := range added {
			outcome := ""
			if w.Held != "" && w.Way > 0 {
				outcome = "failed"
			}
			p.EventIds, p.PersonIds, p.Ways = append(p.EventIds, w.EventID), append(p.PersonIds, w.Person), append(p.Ways, int32(w.Way))
			p.PageIds, p.AlertIds, p.Integrations = append(p.PageIds, w.PageID), append(p.AlertIds, w.AlertID), append(p.Integrations, w.Integration)
			p.Sequences, p.Dues, p.Outcomes = append(p.Sequences, int64(w.Sequence)), append(p.Dues, w.Due), append(p.Outcomes, outcome)
			p.Reasons, p.Problems = append(p.Reasons, w.Held), append(p.Problems, w.Why)
		}
		if err := q.AddPageWays(ctx, p); err != nil {
			return postgres.Wrap("add ways of pages", err)
		}
	}
	if len(turned) == 0 {
		return nil
	}
	return postgres.Wrap("wake ways of pages", q.WakePageWays(ctx, turned))
}

// TakePageWays takes ways that are due, for a while; none of those integrations that are
// busy.
func (l *Ledger) TakePageWays(ctx context.Context, lease time.Duration, busy []string, most int) ([]db.NotifierLedgerPageWay, error) {
	if busy == nil {
		busy = []string{}
	}
	rows, err := l.q.TakePageWays(ctx, db.TakePageWaysParams{Seconds: lease.Seconds(), Process: l.process, Busy: busy, Most: int64(most)})
	return rows, postgres.Wrap("take ways of pages", err)
}

// NextRound takes the number of a round of attempts, for the mark outside the database.
func (l *Ledger) NextRound(ctx context.Context) (uint64, error) {
	round, err := l.q.NextRound(ctx)
	return uint64(round), postgres.Wrap("begin a round", err)
}

// BeginPageAttempt counts an attempt that is about to be made, and returns its number. It is
// false when the way came to an end meanwhile.
func (l *Ledger) BeginPageAttempt(ctx context.Context, w db.NotifierLedgerPageWay) (attempt int32, ok bool, err error) {
	attempt, err = l.q.BeginPageAttempt(ctx, db.BeginPageAttemptParams{Since: w.Since, EventID: w.EventID, PersonID: w.PersonID, Way: w.Way})
	if errors.Is(err, pgx.ErrNoRows) {
		return 0, false, nil
	}
	return attempt, err == nil, postgres.Wrap("begin an attempt", err)
}

// KeepPageOutcome keeps what came of an attempt, until the log has it.
func (l *Ledger) KeepPageOutcome(ctx context.Context, w db.NotifierLedgerPageWay) error {
	return postgres.Wrap("keep an outcome", l.q.KeepPageOutcome(ctx, db.KeepPageOutcomeParams{
		Since: w.Since, Outcome: w.Outcome, OutcomeAt: w.OutcomeAt, OutcomeReason: w.OutcomeReason, OutcomeProblem: w.OutcomeProblem,
		EventID: w.EventID, PersonID: w.PersonID, Way: w.Way,
	}))
}

// SavePageWay writes down how far a way has got, and gives it back until the wait is over.
func (l *Ledger) SavePageWay(ctx context.Context, w db.NotifierLedgerPageWay, wait time.Duration) error {
	return postgres.Wrap("save a way of a page", l.q.SavePageWay(ctx, db.SavePageWayParams{
		State: w.State, Reason: w.Reason, Since: w.Since, Outcome: w.Outcome, RetryAt: w.RetryAt, DueAt: w.DueAt, WaitSeconds: wait.Seconds(),
		EventID: w.EventID, PersonID: w.PersonID, Way: w.Way,
	}))
}

// ReturnPageWay gives a way back as it is, to be looked at again after a wait.
func (l *Ledger) ReturnPageWay(ctx context.Context, w db.NotifierLedgerPageWay, wait time.Duration) error {
	return postgres.Wrap("return a way of a page", l.q.ReturnPageWay(ctx, db.ReturnPageWayParams{
		WaitSeconds: wait.Seconds(), EventID: w.EventID, PersonID: w.PersonID, Way: w.Way,
	}))
}

// holdPages gives up what may have been sent.
func holdPages(ctx context.Context, q *db.Queries) error {
	_, err := q.HoldPageWays(ctx, db.HoldPageWaysParams{Reason: HeldUncertain, Problem: whyPageUncertain})
	return postgres.Wrap("hold pages", err)
}
