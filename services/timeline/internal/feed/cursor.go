package feed

import (
	"context"
	"errors"
	"fmt"

	"github.com/bridgelog/bridgelog/pkg/eventlog"
	"github.com/bridgelog/bridgelog/pkg/incident"
	"github.com/bridgelog/bridgelog/services/timeline/internal/fold"
)

// mostBatches bounds what a cursor returns at once.
const mostBatches = 256

// Cursor goes through a feed from a position. It belongs to one goroutine.
type Cursor struct {
	feed *Feed
	// only restricts it to one incident; empty: all.
	only incident.ID
	at   eventlog.Position
	// reader is kept while the cursor catches up.
	reader *reader
}

// From returns a cursor that begins after a position, which is verified: an
// [eventlog.PositionError] says that it is of another log. The position with
// sequence 0 is the beginning of the log. Given an incident, only its events are
// returned. The caller closes the cursor.
func (f *Feed) From(ctx context.Context, p eventlog.Position, only incident.ID) (*Cursor, error) {
	head, err := f.log.Head(ctx)
	if err != nil {
		return nil, fmt.Errorf("begin watch: %w", err)
	}
	err = eventlog.VerifyPosition(p, head, func(sequence uint64) (eventlog.Message, error) { return f.log.At(ctx, sequence) })
	if err != nil {
		return nil, fmt.Errorf("begin watch: %w", err)
	}
	f.enter()
	return &Cursor{feed: f, only: only, at: p}, nil
}

// Close ends the watch; it is called once.
func (c *Cursor) Close() { c.feed.leave() }

// At is the position after which the cursor goes on.
func (c *Cursor) At() eventlog.Position { return c.at }

// Next returns the next events, perhaps none, and moves the cursor behind them.
// The channel is closed when there is more; it is nil when there may be more at
// once.
func (c *Cursor) Next(ctx context.Context) ([]Item, <-chan struct{}, error) {
	batches, at, grown, ok := c.feed.after(c.at.Sequence, mostBatches)
	if !ok {
		list, err := c.catchUp(ctx, at)
		return list, nil, err
	}
	c.reader = nil
	if at.Sequence > c.at.Sequence {
		c.at = at
	}
	var list []Item
	for _, b := range batches {
		for _, i := range b.items {
			if c.only == "" || i.ID == c.only {
				list = append(list, i)
			}
		}
	}
	if len(batches) == mostBatches {
		grown = nil
	}
	return list, grown, nil
}

// catchUp reads from the log what the feed does not keep any more.
func (c *Cursor) catchUp(ctx context.Context, until eventlog.Position) ([]Item, error) {
	if c.only != "" {
		return c.catchUpOne(ctx, until)
	}
	var list []Item
	if c.reader == nil {
		c.reader = newReader(c.feed.log, c.at)
	}
	r := c.reader
	// A part at a time, so that memory stays bounded.
	end := min(until.Sequence, c.at.Sequence+mostBatches*4)
	err := c.feed.log.Read(ctx, c.at, end, func(m eventlog.Message) error {
		b, err := r.read(ctx, m)
		list = append(list, b.items...)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("catch up: %w", err)
	}
	if r.at.Sequence == c.at.Sequence {
		return nil, fmt.Errorf("catch up: nothing can be read between %d and %d: %w", c.at.Sequence, end, errStuck)
	}
	c.at = r.at
	return list, nil
}

var errStuck = errors.New("the log is damaged there")

// catchUpOne reads the events of one incident, which costs what they cost and not
// what the log costs.
func (c *Cursor) catchUpOne(ctx context.Context, until eventlog.Position) ([]Item, error) {
	messages, err := c.feed.log.Load(ctx, fold.Subject(c.only), c.at.Sequence)
	if err != nil {
		return nil, fmt.Errorf("catch up: %w", err)
	}
	gone := redactions(messages)
	var list []Item
	r := newReader(c.feed.log, c.at)
	for _, m := range messages {
		if m.Sequence > until.Sequence {
			break
		}
		b, err := r.read(ctx, m)
		if err != nil {
			return nil, err
		}
		list = append(list, b.items...)
	}
	for i := range list {
		if gone[list[i].Entry.GetRevision()] {
			list[i].redact()
		}
	}
	c.at = until
	return list, nil
}
