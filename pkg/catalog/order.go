package catalog

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/bridgelog/bridgelog/pkg/eventlog"
)

// errMoved means that something was erased while it was being read: read again.
var errMoved = errors.New("the catalog was erased in part while it was read")

// inOrder delivers the catalog's messages as [eventlog.Reader.TailSubjects] does, but
// erased ones where they stood in the log and not later: what was staged has to come
// before its commit. It returns errMoved when that cannot be kept.
type inOrder struct {
	log eventlog.Reader
	fn  func(eventlog.Message) error

	replaced []eventlog.Message // of the catalog, by sequence
	known    map[uint64]bool
	last     uint64 // delivered
	began    uint64 // the last redaction when reading began
}

// tail delivers everything from the beginning until ctx ends or fn fails.
func (o *inOrder) tail(ctx context.Context) error {
	if err := o.list(ctx); err != nil {
		return err
	}
	err := o.log.TailSubjects(ctx, eventlog.FilterCatalog, 0, o.deliver)
	if !errors.Is(err, ErrCorrupt) {
		return err
	}
	// A change that was erased before it was delivered is missing from its apply.
	if now, look := o.log.LastSequence(ctx, eventlog.FilterRedactions); look == nil && now != o.began {
		return errMoved
	}
	return err
}

// list finds what was erased of the catalog.
func (o *inOrder) list(ctx context.Context) error {
	var err error
	if o.began, err = o.log.LastSequence(ctx, eventlog.FilterRedactions); err != nil || o.began == 0 {
		return err
	}
	subjects, err := o.log.Subjects(ctx, eventlog.FilterRedactions)
	if err != nil {
		return fmt.Errorf("list what was erased: %w", err)
	}
	o.known = map[uint64]bool{}
	for _, subject := range subjects {
		sequence, ok := eventlog.RedactedSequence(subject)
		if !ok {
			continue
		}
		m, err := o.log.At(ctx, sequence)
		if err != nil {
			return fmt.Errorf("read what was erased: %w", err)
		}
		if eventlog.Match(eventlog.FilterCatalog, m.Subject) {
			o.replaced, o.known[sequence] = append(o.replaced, m), true
		}
	}
	slices.SortFunc(o.replaced, func(a, b eventlog.Message) int { return cmp.Compare(a.Sequence, b.Sequence) })
	return nil
}

func (o *inOrder) deliver(m eventlog.Message) error {
	for len(o.replaced) > 0 && o.replaced[0].Sequence <= m.Sequence {
		next := o.replaced[0]
		o.replaced, o.last = o.replaced[1:], next.Sequence
		if err := o.fn(next); err != nil {
			return err
		}
	}
	switch {
	case o.known[m.Sequence]:
		return nil
	case m.Sequence <= o.last:
		return errMoved
	}
	o.last = m.Sequence
	return o.fn(m)
}
