package rebuild

import (
	"context"
	"errors"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/bridgelog/bridgelog/pkg/eventlog"
	"github.com/bridgelog/bridgelog/pkg/incident"
	"github.com/bridgelog/bridgelog/services/timeline/internal/fold"
	"github.com/bridgelog/bridgelog/services/timeline/internal/store"
)

// Patience with a live version that is behind the new one.
const (
	behindLook     = 20 * time.Millisecond
	behindPatience = 10 * time.Second
)

// compare fingerprints both versions at the same position and notes incidents
// that differ. Some may differ for a good reason: what is redacted in between is
// gone from the log at once. They are looked at again at the swing.
//
// A live version of another fold is not compared: it is meant to differ. Neither
// is one that does not move, or is of another log: it is what the rebuild is to
// replace.
func (j *job) compare(ctx context.Context) error {
	if j.overtake {
		return nil
	}
	if j.live.Fold != j.Fold {
		j.Logger.InfoContext(ctx, "the live view is of another version and not compared", "fold", j.live.Fold)
		return nil
	}
	err := j.awaitLive(ctx)
	if errors.Is(err, ErrBehind) {
		j.Logger.WarnContext(ctx, "the live view does not move and is not compared", "error", err)
		return nil
	}
	if err != nil {
		return err
	}
	frozen, err := j.Store.Freeze(ctx, j.live)
	if err != nil {
		return err
	}
	defer frozen.Close(ctx)
	if err := j.catchUp(ctx, frozen.Position); err != nil {
		return err
	}
	j.tell(Progress{Phase: Compare})
	if err := j.differ(ctx, frozen); err != nil {
		return err
	}
	j.tell(Progress{Phase: Compare, Done: j.at.Sequence, Total: j.at.Sequence})
	return nil
}

// differ finds the incidents that differ: as a whole first, and only when that
// differs one by one.
func (j *job) differ(ctx context.Context, frozen *store.Frozen) error {
	var allOld, allFresh store.Total
	errs := make(chan error, 2)
	go func() { errs <- assign(&allOld)(frozen.Total(ctx)) }()
	go func() { errs <- assign(&allFresh)(j.model.Total(ctx)) }()
	if err := bothOf(errs); err != nil || allOld == allFresh {
		return err
	}
	var old, fresh store.Digests
	go func() { errs <- assign(&old)(frozen.Digests(ctx)) }()
	go func() { errs <- assign(&fresh)(j.model.Digests(ctx, nil)) }()
	if err := bothOf(errs); err != nil {
		return err
	}
	j.suspects = store.Differing(old, fresh)
	return nil
}

// assign keeps a result and passes the error on.
func assign[T any](to *T) func(T, error) error {
	return func(v T, err error) error {
		*to = v
		return err
	}
}

// awaitLive waits until the live version holds what the new one holds.
func (j *job) awaitLive(ctx context.Context) error {
	deadline := time.NewTimer(behindPatience)
	defer deadline.Stop()
	tick := time.NewTicker(behindLook)
	defer tick.Stop()
	var last uint64
	for {
		at, err := j.Store.LivePosition(ctx, j.live)
		switch {
		case err != nil:
			return err
		case at.Epoch != "" && at.Epoch != j.at.Epoch:
			return ErrBehind
		case at.Sequence >= j.at.Sequence:
			return nil
		case at.Sequence > last:
			last = at.Sequence
			deadline.Reset(behindPatience)
		}
		select {
		case <-tick.C:
		case <-deadline.C:
			return ErrBehind
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// swing brings the new version to the live one's position, where both stand
// still, looks at the suspects once more, and takes over.
func (j *job) swing(ctx context.Context) error {
	// What can be folded before is not folded while the live version waits.
	head, err := j.Store.LivePosition(ctx, j.live)
	if err != nil {
		return err
	}
	if err := j.catchUp(ctx, head); err != nil {
		return err
	}
	err = j.Store.Swing(ctx, j.model, j.live, j.Fold, func(at eventlog.Position, tx pgx.Tx) error {
		if at.Epoch == j.at.Epoch {
			if err := j.catchUp(ctx, at); err != nil {
				return err
			}
		}
		return j.confirm(ctx, tx, at)
	})
	if different, ok := errors.AsType[*DifferentError](err); ok {
		j.tell(Progress{Phase: Compare, Differences: different.Incidents[:min(len(different.Incidents), mostNamed)]})
	}
	return err
}

// confirm compares the suspects again, at the position where both stand.
func (j *job) confirm(ctx context.Context, tx pgx.Tx, at eventlog.Position) error {
	if len(j.suspects) == 0 {
		return nil
	}
	old, err := store.LiveDigests(ctx, tx, j.suspects)
	if err != nil {
		return err
	}
	fresh, err := j.model.Digests(ctx, j.suspects)
	if err != nil {
		return err
	}
	var different []string
	for _, id := range store.Differing(old, fresh) {
		excused, err := j.excused(ctx, tx, id, at)
		if err != nil {
			return err
		}
		if !excused {
			different = append(different, id)
		}
	}
	if len(different) > 0 {
		return &DifferentError{Incidents: different}
	}
	return nil
}

// excused tells whether an incident differs only by texts that are redacted after
// the position, and so are gone from the log but not yet from the live version.
func (j *job) excused(ctx context.Context, tx pgx.Tx, id string, at eventlog.Position) (bool, error) {
	later, err := fold.RedactedLater(ctx, j.Log, incident.ID(id), at.Sequence)
	if err != nil || len(later) == 0 {
		return false, err
	}
	old, err := store.LiveEntryDigests(ctx, tx, id)
	if err != nil {
		return false, err
	}
	fresh, err := j.model.EntryDigests(ctx, id)
	if err != nil {
		return false, err
	}
	if len(old) != len(fresh) {
		return false, nil
	}
	for revision, digest := range old {
		if fresh[revision] != digest && !later[revision] {
			return false, nil
		}
	}
	return true, nil
}
