package rebuild

import (
	"context"
	"errors"

	"github.com/bridgelog/bridgelog/pkg/eventlog"
	"github.com/bridgelog/bridgelog/services/timeline/internal/fold"
)

// fold reads the log to the end that it has now.
func (j *job) fold(ctx context.Context) error {
	head, err := j.Log.Head(ctx)
	if err != nil {
		return err
	}
	j.at, j.bulk = head, fold.NewBulk(workers)
	j.tell(Progress{Phase: Fold, Total: head.Sequence})
	if head.IsStart() {
		return nil
	}
	return j.bulk.Read(ctx, j.Log, eventlog.Position{}, head.Sequence, func(done uint64) {
		j.tell(Progress{Phase: Fold, Done: done, Total: head.Sequence})
	})
}

// copy writes what was folded, incidents and entries over connections of their
// own, and makes the indexes.
func (j *job) copy(ctx context.Context) error {
	progress := Progress{Phase: Index, Total: uint64(j.bulk.Entries())}
	j.tell(progress)
	step := func(entries int) {
		before := progress.Done
		if progress.Done += uint64(entries); progress.Done/reportEvery != before/reportEvery {
			j.tell(progress)
		}
	}
	errs := make(chan error, 2)
	go func() { errs <- j.model.FillEntries(ctx, j.bulk.EntryRows(step)) }()
	go func() {
		next, bad := j.bulk.IncidentRows()
		err := j.model.FillIncidents(ctx, next)
		errs <- errors.Join(bad(), err)
	}()
	if err := bothOf(errs); err != nil {
		return err
	}
	return j.model.Begin(ctx, j.at, j.bulk.Problems())
}

// reportEvery is how many entries lie between two reports of progress.
const reportEvery = 10_000

// bothOf waits for two results and returns the first error.
func bothOf(errs <-chan error) error {
	first, second := <-errs, <-errs
	if first == nil {
		return second
	}
	return first
}

// mostBehind bounds how many messages one step of catching up folds.
const mostBehind = 2000

// catchUp brings the new version to a position of the log.
func (j *job) catchUp(ctx context.Context, to eventlog.Position) error {
	for j.at.Sequence < to.Sequence {
		end := min(to.Sequence, j.at.Sequence+mostBehind)
		var messages []eventlog.Message
		err := j.Log.Read(ctx, j.at, end, func(m eventlog.Message) error {
			messages = append(messages, m)
			return nil
		})
		if err != nil {
			return err
		}
		next, err := messages[len(messages)-1].Position()
		if err != nil {
			return err
		}
		rows, err := j.bulk.Next(messages)
		if err != nil {
			return err
		}
		if err := j.model.Advance(ctx, j.at, next, rows); err != nil {
			return err
		}
		j.at = next
		j.tell(Progress{Phase: CatchUp, Done: j.at.Sequence, Total: to.Sequence})
	}
	return nil
}
