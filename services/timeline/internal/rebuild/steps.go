package rebuild

import (
	"context"
	"sync"

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

// copy writes what was folded, over several connections.
func (j *job) copy(ctx context.Context) error {
	parts := j.bulk.Parts()
	var mu sync.Mutex
	progress := Progress{Phase: Fold}
	for _, p := range parts {
		progress.Total += uint64(p.Size())
	}
	step := func(entries int) {
		mu.Lock()
		defer mu.Unlock()
		before := progress.Done
		if progress.Done += uint64(entries); progress.Done/10_000 != before/10_000 {
			j.tell(progress)
		}
	}
	errs := make(chan error, len(parts))
	for _, p := range parts {
		go func() {
			var bad error
			err := j.model.Copy(ctx, p.Incidents(&bad), p.Entries(step))
			if bad != nil {
				err = bad
			}
			errs <- err
		}()
	}
	return firstOf(errs, len(parts))
}

// firstOf waits for so many results and returns the first error.
func firstOf(errs <-chan error, n int) error {
	var first error
	for range n {
		if err := <-errs; err != nil && first == nil {
			first = err
		}
	}
	return first
}

func (j *job) index(ctx context.Context) error {
	j.tell(Progress{Phase: Index})
	return j.model.Index(ctx, j.at, j.bulk.Problems())
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
