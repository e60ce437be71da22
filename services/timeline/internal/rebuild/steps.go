package rebuild

import (
	"context"

	"golang.org/x/sync/errgroup"

	"github.com/bridgelog/bridgelog/pkg/eventlog"
	"github.com/bridgelog/bridgelog/pkg/incident"
	"github.com/bridgelog/bridgelog/services/timeline/internal/fold"
	"github.com/bridgelog/bridgelog/services/timeline/internal/store"
)

// fill folds the log to the end that it has now, writes incidents and entries
// meanwhile over connections of their own, and makes the indexes.
func (j *job) fill(ctx context.Context) error {
	head, err := j.Log.Head(ctx)
	if err != nil {
		return err
	}
	j.at = head
	j.tell(Progress{Phase: Fold, Total: head.Sequence})
	group, ctx := errgroup.WithContext(ctx)
	rows := newTables(ctx)
	bulk := fold.NewBulk(rows, fold.BulkOptions{Bytes: j.Bytes})
	group.Go(func() error { return j.model.FillIncidents(ctx, rows.nextIncident) })
	group.Go(func() error { return j.model.FillEntries(ctx, rows.nextEntries) })
	group.Go(func() error {
		if !head.IsStart() {
			err := bulk.Read(ctx, j.Log, head.Sequence, func(done uint64) {
				j.tell(Progress{Phase: Fold, Done: done, Total: head.Sequence})
			})
			if err != nil {
				return err
			}
		}
		rows.end()
		j.tell(Progress{Phase: Index, Total: uint64(bulk.Entries())})
		return nil
	})
	if err := group.Wait(); err != nil {
		return err
	}
	j.tell(Progress{Phase: Index, Done: uint64(bulk.Entries()), Total: uint64(bulk.Entries())})
	j.problems, j.stale = bulk.Problems(), bulk.Stale()
	return nil
}

// refresh replaces the rows of incidents to which something happened after they
// were written, and notes how far the log is folded.
func (j *job) refresh(ctx context.Context) error {
	if err := j.model.Begin(ctx, j.at, j.problems); err != nil {
		return err
	}
	group, ctx := errgroup.WithContext(ctx)
	next := make(chan incident.ID)
	group.Go(func() error {
		defer close(next)
		for _, id := range j.stale {
			select {
			case next <- id:
			case <-ctx.Done():
				return ctx.Err()
			}
		}
		return nil
	})
	for range workers {
		group.Go(func() error {
			for id := range next {
				rows, err := fold.Reload(ctx, j.Log, id, j.at.Sequence)
				if err != nil {
					return err
				}
				if err := j.model.Replace(ctx, rows); err != nil {
					return err
				}
			}
			return nil
		})
	}
	return group.Wait()
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
		rows, err := j.engine.Rows(ctx, messages)
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

// newJob returns a rebuild that has not begun.
func (r *Rebuilder) newJob(live store.Live) *job {
	return &job{Rebuilder: r, live: live, engine: fold.NewEngine(r.Log, fold.Options{})}
}
