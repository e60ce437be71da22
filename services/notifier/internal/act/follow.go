package act

import (
	"context"
	"time"

	"github.com/bridgelog/bridgelog/pkg/eventlog"
	"github.com/bridgelog/bridgelog/pkg/incident"
	"github.com/bridgelog/bridgelog/services/notifier/internal/event"
)

// maxBatch is how many messages one transaction takes at most.
const maxBatch = 256

// follow reads ahead in one goroutine and creates in this one, so that whatever
// has come meanwhile shares a transaction. It returns nil when nobody is left to
// be told.
func (a *Actor) follow(ctx context.Context) error {
	ctx, cancel := context.WithCancel(ctx)
	messages := make(chan eventlog.Message, maxBatch)
	tail := make(chan error, 1)
	at := a.at
	go func() {
		defer close(messages)
		tail <- a.Log.Tail(ctx, at, func(m eventlog.Message) error {
			select {
			case messages <- m:
				return nil
			case <-ctx.Done():
				return ctx.Err()
			}
		})
	}()
	idle, err := a.consume(ctx, messages)
	cancel()
	if tailErr := <-tail; err == nil && !idle {
		err = tailErr
	}
	return err
}

// consume creates deliveries until the channel is closed, or, which it tells,
// until nobody is left.
func (a *Actor) consume(ctx context.Context, messages <-chan eventlog.Message) (idle bool, err error) {
	tick := time.NewTicker(flushEvery)
	defer tick.Stop()
	for {
		select {
		case first, open := <-messages:
			if !open {
				return false, nil
			}
			if err := a.batch(ctx, gather(first, messages)); err != nil {
				return false, err
			}
		case <-tick.C:
			a.targets = a.targets.renew(a.Catalog.State(), a.Pages)
			if err := a.flush(ctx); err != nil {
				return false, err
			}
		}
		if a.needless() {
			return true, a.flush(ctx)
		}
	}
}

// gather adds to a message those that wait already.
func gather(first eventlog.Message, messages <-chan eventlog.Message) []eventlog.Message {
	batch := []eventlog.Message{first}
	for len(batch) < maxBatch {
		select {
		case m, open := <-messages:
			if !open {
				return batch
			}
			batch = append(batch, m)
		default:
			return batch
		}
	}
	return batch
}

// batch looks at messages and, when somebody has to be told, creates everything in
// one transaction with the position.
func (a *Actor) batch(ctx context.Context, batch []eventlog.Message) error {
	next, err := batch[len(batch)-1].Position()
	if err != nil {
		return err
	}
	a.targets = a.targets.renew(a.Catalog.State(), a.Pages)
	found, err := a.look(ctx, batch)
	if err != nil {
		return err
	}
	effects, err := found.effects(ctx)
	if err != nil {
		return err
	}
	if effects.Nothing() && found.silent() {
		a.at = next
		return nil
	}
	if err := pointBeforeCreate.Hit(ctx); err != nil {
		return err
	}
	asleep, err := a.Ledger.Create(ctx, a.written, next, effects, found.show(ctx))
	if err != nil {
		return err
	}
	a.at, a.written = next, next
	a.told = a.told || len(found.told) > 0
	found.shown()
	if err := pointAfterCreate.Hit(ctx); err != nil {
		return err
	}
	if err := a.Waker.Wake(ctx, found.receivers(), asleep); err != nil {
		// The deliveries are there; whoever sweeps finds them.
		a.Logger.WarnContext(ctx, "lanes were not woken", "error", err)
	}
	return nil
}

// look returns what has to be done about messages.
func (a *Actor) look(ctx context.Context, batch []eventlog.Message) (*finding, error) {
	found := &finding{actor: a, told: map[incident.ID]event.Incident{}}
	for _, m := range batch {
		if err := found.message(ctx, m); err != nil {
			return nil, err
		}
	}
	return found, nil
}
