package alertview

import (
	"context"
	"errors"

	"github.com/jackc/pgx/v5"
	"golang.org/x/sync/errgroup"

	"github.com/bridgelog/bridgelog/pkg/chain"
	"github.com/bridgelog/bridgelog/pkg/eventlog"
	"github.com/bridgelog/bridgelog/pkg/failpoint"
	"github.com/bridgelog/bridgelog/pkg/postgres"
)

// Bounds of one transaction and of what is read ahead of it, in messages.
const (
	maxBatch  = 1000
	readAhead = 2000
)

// The instants around a transaction at which tests end the process.
var (
	pointBeforeCommit = failpoint.New("alertview.before_commit")
	pointAfterCommit  = failpoint.New("alertview.after_commit")
)

// follow writes what the log says of alerts until something fails or ctx ends.
func (v *View) follow(ctx context.Context) error {
	if err := v.prepare(ctx); err != nil {
		return err
	}
	at, err := readProgress(ctx, v.pool)
	if err != nil {
		return err
	}
	ok, err := at.stands(ctx, v.log)
	if err != nil {
		return err
	}
	if !ok {
		if at, _, err = v.rebuild(ctx); err != nil {
			return err
		}
	}
	v.advance(at.alerts.Sequence)
	messages := make(chan eventlog.Message, readAhead)
	group, ctx := errgroup.WithContext(ctx)
	deliver := func(m eventlog.Message) error {
		select {
		case messages <- m:
			return nil
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	group.Go(func() error { return v.log.TailSubjects(ctx, eventlog.FilterAlerts, at.alerts.Sequence, deliver) })
	group.Go(func() error { return v.log.TailSubjects(ctx, eventlog.FilterRedactions, at.redactions, deliver) })
	group.Go(func() error { return v.consume(ctx, at, messages) })
	return group.Wait()
}

// consume writes whatever is there, as one transaction after the other.
func (v *View) consume(ctx context.Context, at progress, messages <-chan eventlog.Message) error {
	for {
		var batch []eventlog.Message
		select {
		case m := <-messages:
			batch = append(batch, m)
		case <-ctx.Done():
			return ctx.Err()
		}
		for len(batch) < maxBatch && len(messages) > 0 {
			batch = append(batch, <-messages)
		}
		if err := v.apply(ctx, &at, batch); err != nil {
			return err
		}
	}
}

// apply writes a batch and the progress behind it. A message that cannot be read
// is passed over, visibly; its alert stays as it was.
func (v *View) apply(ctx context.Context, at *progress, batch []eventlog.Message) error {
	c := newChanges()
	for _, m := range batch {
		if err := c.add(m); err != nil {
			v.metrics.skipped.Inc()
			v.logger.ErrorContext(ctx, "an alert cannot be read and is passed over", "sequence", m.Sequence, "subject", m.Subject, "error", err)
		}
		at.reach(m)
	}
	err := pgx.BeginTxFunc(ctx, v.pool, pgx.TxOptions{BeginQuery: "begin; set local synchronous_commit to off"}, func(tx pgx.Tx) error {
		if err := write(ctx, tx, tableLive, c); err != nil {
			return err
		}
		if err := at.save(ctx, tx); err != nil {
			return err
		}
		return pointBeforeCommit.Hit(ctx)
	})
	if err != nil {
		if errors.Is(err, failpoint.ErrInjected) {
			return err
		}
		return postgres.Wrap("write alerts", err)
	}
	if err := pointAfterCommit.Hit(ctx); err != nil {
		return err
	}
	v.advance(at.alerts.Sequence)
	return nil
}

// reach moves the progress to a message.
func (p *progress) reach(m eventlog.Message) {
	if _, ok := eventlog.RedactedSequence(m.Subject); ok {
		p.redactions = max(p.redactions, m.Sequence)
		return
	}
	p.alerts.Sequence = m.Sequence
	// One that has no hash cannot be read; the next start computes the rows anew.
	p.alerts.Hash, _ = chain.LastHash(m.Data)
}
