package beside

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

// follow writes what the log says of its kind until something fails or ctx ends.
func (v *View) follow(ctx context.Context) error {
	if err := v.prepare(ctx); err != nil {
		return err
	}
	at, err := v.readProgress(ctx)
	if err != nil {
		return err
	}
	ok, err := v.stands(ctx, at)
	if err != nil {
		return err
	}
	if !ok {
		if at, _, err = v.rebuild(ctx); err != nil {
			return err
		}
	}
	v.advance(at.last.Sequence)
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
	group.Go(func() error { return v.log.TailSubjects(ctx, v.kind.Filter, at.last.Sequence, deliver) })
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
// is passed over, visibly; its row stays as it was.
func (v *View) apply(ctx context.Context, at *progress, batch []eventlog.Message) error {
	c := v.kind.NewBatch()
	for _, m := range batch {
		if err := c.Add(m); err != nil {
			v.metrics.skipped.Inc()
			v.logger.ErrorContext(ctx, "a message cannot be read and is passed over", "sequence", m.Sequence, "subject", m.Subject, "error", err)
		}
		at.reach(m)
	}
	err := pgx.BeginTxFunc(ctx, v.pool, pgx.TxOptions{BeginQuery: "begin; set local synchronous_commit to off"}, func(tx pgx.Tx) error {
		if err := c.Write(ctx, tx, v.kind.live()); err != nil {
			return err
		}
		if err := v.save(ctx, tx, *at); err != nil {
			return err
		}
		return v.kind.BeforeCommit.Hit(ctx)
	})
	if err != nil {
		if errors.Is(err, failpoint.ErrInjected) {
			return err
		}
		return postgres.Wrap("write "+v.kind.Name, err)
	}
	if err := v.kind.AfterCommit.Hit(ctx); err != nil {
		return err
	}
	v.advance(at.last.Sequence)
	return nil
}

// reach moves the progress to a message.
func (p *progress) reach(m eventlog.Message) {
	if _, ok := eventlog.RedactedSequence(m.Subject); ok {
		p.redactions = max(p.redactions, m.Sequence)
		return
	}
	p.last.Sequence = m.Sequence
	// One that has no hash cannot be read; the next start computes the rows anew.
	p.last.Hash, _ = chain.LastHash(m.Data)
}
