package lane

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/riverqueue/river"

	"github.com/bridgelog/bridgelog/services/notifier/internal/ledger"
)

// Waker adds wake-ups.
type Waker struct {
	Client *river.Client[pgx.Tx]
	Bell   *Bell
}

// Wake tells the lanes of receivers that there is something new, and adds a wake-up
// for each of those that sleep. A wake-up that is lost is made up for by Sweep.
func (w Waker) Wake(ctx context.Context, receivers, asleep []string) error {
	w.Bell.ring(receivers)
	if len(asleep) == 0 {
		return nil
	}
	if _, err := w.Client.InsertManyFast(ctx, jobs(asleep)); err != nil {
		return fmt.Errorf("wake lanes: %w", err)
	}
	return nil
}

func jobs(webhooks []string) []river.InsertManyParams {
	out := make([]river.InsertManyParams, len(webhooks))
	for i, id := range webhooks {
		out[i] = river.InsertManyParams{Args: Args{WebhookID: id}, InsertOpts: &river.InsertOpts{MaxAttempts: 1}}
	}
	return out
}

// measureEvery is how many sweeps lie between two looks at the oldest delivery.
const measureEvery = 5

// Sweep wakes, until ctx ends, the lanes that nobody attends to although they have
// something to do: retries, what a process left that died, and receivers that were
// paused.
func (w Waker) Sweep(ctx context.Context, l *ledger.Ledger, every time.Duration, logger *slog.Logger, m *Metrics) {
	tick := time.NewTicker(every)
	defer tick.Stop()
	for n := 0; ; n++ {
		if err := w.sweep(ctx, l); err != nil && !errors.Is(err, context.Canceled) {
			logger.WarnContext(ctx, "lanes could not be looked after", "error", err)
		}
		if n%measureEvery == 0 {
			if age, err := l.OldestPending(ctx); err == nil {
				m.oldest(age)
			}
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return
		}
	}
}

func (w Waker) sweep(ctx context.Context, l *ledger.Ledger) error {
	if err := l.Dismiss(ctx); err != nil {
		return err
	}
	webhooks, err := l.Unattended(ctx)
	if err != nil || len(webhooks) == 0 {
		return err
	}
	if _, err := w.Client.InsertManyFast(ctx, jobs(webhooks)); err != nil {
		return fmt.Errorf("wake lanes: %w", err)
	}
	return nil
}
