package projection

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/bridgelog/bridgelog/pkg/chain"
	"github.com/bridgelog/bridgelog/pkg/eventlog"
	"github.com/bridgelog/bridgelog/pkg/wait"
)

// Status is how far the view is.
type Status struct {
	// Position is what the rows stand for.
	Position eventlog.Position
	// Head is the end of the log.
	Head eventlog.Position
	// LagEvents is the number of messages in the log that the rows do not hold
	// yet.
	LagEvents uint64
	// Lag is the age of the oldest of them; 0 when there is none.
	Lag time.Duration
	// Leading tells whether this process is the elected one.
	Leading bool
	// Problem is why the projection does not work at the moment, if so.
	Problem error
}

// Status asks the database and the log how far the view is. It works in every
// process.
func (r *Runner) Status(ctx context.Context) (Status, error) {
	s := Status{Leading: r.Leading(), Problem: r.Problem()}
	var err error
	if s.Position, err = r.Position(ctx); err != nil {
		return s, err
	}
	if s.Head, err = r.config.Log.Head(ctx); err != nil {
		return s, fmt.Errorf("ask for the end of the log: %w", err)
	}
	if s.Head.Sequence <= s.Position.Sequence {
		return s, nil
	}
	s.LagEvents = s.Head.Sequence - s.Position.Sequence
	s.Lag, err = r.age(ctx, s.Position.Sequence+1)
	return s, err
}

// age is how long ago a message was written down; 0 when that cannot be told.
func (r *Runner) age(ctx context.Context, sequence uint64) (time.Duration, error) {
	m, err := r.config.Log.At(ctx, sequence)
	if errors.Is(err, eventlog.ErrNotFound) || mismatch(err) {
		return 0, nil
	}
	if err != nil {
		return 0, fmt.Errorf("look at message %d: %w", sequence, err)
	}
	commit, err := chain.Open(m.Data)
	if err != nil {
		return 0, nil //nolint:nilerr // a damaged message has no age; folding reports it
	}
	envelope, err := commit.Records[0].Envelope()
	if err != nil {
		return 0, nil //nolint:nilerr // as above
	}
	return max(0, time.Since(envelope.RecordedAt())), nil
}

// measureEvery is how often the gauges of the lag are brought up to date.
const measureEvery = 2 * time.Second

// measure keeps the gauges up to date until ctx ends.
func (r *Runner) measure(ctx context.Context) {
	for ctx.Err() == nil {
		_ = wait.For(ctx, measureEvery)
		if s, err := r.Status(ctx); err == nil {
			r.metrics.lagging(s)
			r.late.note(time.Now(), s.Position.Sequence, s.Head.Sequence)
		}
	}
}
