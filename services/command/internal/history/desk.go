package history

import (
	"context"
	"fmt"
	"time"

	"github.com/bridgelog/bridgelog/pkg/eventlog"
	"github.com/bridgelog/bridgelog/pkg/incident"
)

// Desk is where one request works on one incident; nobody else in this process
// does meanwhile.
type Desk struct {
	History
	// Seen is the state of which whoever gave the command could have known: the one
	// when the request arrived. What lies between it and State was done at the same
	// time by others.
	Seen incident.State

	store    *Store
	id       incident.ID
	leave    func()
	received time.Time
	fresh    bool // the log was asked while this desk was open
}

// ID names the incident.
func (d *Desk) ID() incident.ID { return d.id }

// Subject is the incident's subject.
func (d *Desk) Subject() string { return Subject(d.id) }

// Close gives the turn to the next.
func (d *Desk) Close() {
	if d.Sequence > 0 {
		d.store.cache.put(d.id, d.History)
	}
	d.leave()
}

// Refresh makes sure that the history reaches as far as the log does now, and
// reports whether it had to be folded further. It asks the log once in the life
// of a desk, and again after [Desk.Moved].
func (d *Desk) Refresh(ctx context.Context) (moved bool, err error) {
	if d.fresh {
		return false, nil
	}
	last, err := d.store.log.LastSequence(ctx, d.Subject())
	if err != nil {
		return false, fmt.Errorf("look up the last entry: %w", err)
	}
	if last == d.Sequence {
		d.fresh = true
		return false, nil
	}
	err = d.load(ctx)
	d.fresh = true
	return true, err
}

// Moved folds what others appended, after the log answered with a conflict.
func (d *Desk) Moved(ctx context.Context) error {
	err := d.load(ctx)
	d.fresh = true
	return err
}

func (d *Desk) load(ctx context.Context) error {
	messages, err := d.store.log.Load(ctx, d.Subject(), d.Sequence)
	if err != nil {
		return fmt.Errorf("load the incident: %w", err)
	}
	for _, m := range messages {
		before := d.State.Revision
		if err := d.fold(m); err != nil {
			// Half a fold must not be kept.
			d.store.cache.drop(d.id)
			d.Sequence = 0
			return err
		}
		if d.Seen.Revision == before && !d.raced() {
			d.Seen = d.State
		}
	}
	return nil
}

// raced tells whether the last event came after the request. When the log was
// asked before, it must have; otherwise the cache may just have been old, and the
// event's own time decides, if our clock can make sense of it.
func (d *Desk) raced() bool {
	at := d.State.RecordedAt
	return d.fresh || !at.Before(d.received) && !at.After(d.store.now())
}

// Append appends one commit that continues the history and folds it. Errors are
// those of [eventlog.Writer].
func (d *Desk) Append(ctx context.Context, data []byte, header eventlog.Header) (eventlog.Position, error) {
	started := time.Now()
	position, err := d.store.log.Append(ctx, eventlog.Append{
		Subject: d.Subject(), Expect: d.Sequence, Data: data, Header: header,
	})
	d.store.observer.Appended(time.Since(started), err)
	if err != nil {
		return eventlog.Position{}, err
	}
	return position, d.Wrote(position, data)
}

// Wrote folds a commit that was appended at a position.
func (d *Desk) Wrote(position eventlog.Position, data []byte) error {
	return d.fold(eventlog.Message{Subject: d.Subject(), Sequence: position.Sequence, Previous: d.Sequence, Epoch: position.Epoch, Data: data})
}
