package act

import (
	"context"
	"errors"
	"time"

	"github.com/bridgelog/bridgelog/pkg/eventlog"
	"github.com/bridgelog/bridgelog/pkg/wait"
)

// flushEvery is how often the position is written while nobody has to be told
// anything.
const flushEvery = 500 * time.Millisecond

// idle keeps the position at the end of the log, without reading what is between,
// until a receiver is there or a redaction has to be obeyed. What was appended
// before the last look found no receiver then, and needs none later. Once anybody was
// told anything the log is read for good: who may see that is for later events to say.
func (a *Actor) idle(ctx context.Context) error {
	for {
		catalog, busy, err := a.glance(ctx)
		if err != nil && !errors.Is(err, eventlog.ErrUnavailable) || busy {
			return err
		}
		if err != nil {
			if wait.For(ctx, flushEvery) != nil {
				return ctx.Err()
			}
			continue
		}
		// A change of the catalog ends the pause.
		pause, cancel := context.WithTimeout(ctx, flushEvery)
		_, _ = a.Catalog.Wait(pause, catalog+1)
		cancel()
		if ctx.Err() != nil {
			return ctx.Err()
		}
	}
}

// glance moves the position to the end of the log unless something between has to
// be looked at. It returns the sequence of the catalog's last message. The end is
// asked for first: the catalog and the redactions are then at least as new.
func (a *Actor) glance(ctx context.Context) (catalog uint64, busy bool, err error) {
	head, err := a.Log.Head(ctx)
	if err != nil {
		return 0, false, err
	}
	if catalog, err = a.Log.LastSequence(ctx, eventlog.FilterCatalog); err != nil {
		return 0, false, err
	}
	state, err := a.Catalog.Wait(ctx, catalog)
	if err != nil {
		return 0, false, err
	}
	if a.until, err = a.Log.LastSequence(ctx, eventlog.FilterRedactions); err != nil {
		return 0, false, err
	}
	a.targets = a.targets.renew(state, a.Pages)
	if len(a.targets.all) > 0 || a.targets.tees || a.targets.pages || a.until > a.at.Sequence || a.told {
		return catalog, true, nil
	}
	return catalog, false, a.skip(ctx, head)
}

// skip moves the position to the end of the log.
func (a *Actor) skip(ctx context.Context, head eventlog.Position) error {
	if head == a.at {
		return nil
	}
	err := eventlog.VerifyPosition(a.at, head, func(sequence uint64) (eventlog.Message, error) { return a.Log.At(ctx, sequence) })
	if err != nil {
		return err
	}
	a.at = head
	return a.flush(ctx)
}

// flush writes the position down.
func (a *Actor) flush(ctx context.Context) error {
	if a.at == a.written {
		return nil
	}
	if err := a.Ledger.Advance(ctx, a.written, a.at); err != nil {
		return err
	}
	a.written = a.at
	return nil
}

// needless tells whether nobody has to be told anything any more, and nobody ever was.
func (a *Actor) needless() bool {
	return len(a.targets.all) == 0 && !a.targets.tees && !a.targets.pages && a.at.Sequence >= a.until && !a.told
}
