package rebuild

import (
	"context"
	"errors"

	"github.com/bridgelog/bridgelog/pkg/postgres"
)

// inPlace is the default of [Rebuilder.InPlace].
const inPlace = 64 << 20

// Erase removes from the files of the database what redactions replaced in the
// read model. It returns [ErrRunning] while a rebuild runs, or another erasure.
func (r *Rebuilder) Erase(ctx context.Context) error {
	e, err := r.Store.Erasure(ctx)
	if err != nil || !e.Pending() {
		return err
	}
	beside := e.Bytes > r.InPlace
	if beside {
		err = r.Run(ctx, nil)
		// A live version that goes on has to be clean too.
		if _, different := errors.AsType[*DifferentError](err); different {
			beside = false
		}
	}
	if !beside {
		err = r.eraseInPlace(ctx)
	}
	if err != nil {
		return err
	}
	return r.Store.DropLog(ctx)
}

func (r *Rebuilder) eraseInPlace(ctx context.Context) error {
	over, err := r.hold(ctx, eraseLock)
	if err != nil {
		return postgres.Wrap("erase redacted rows", err)
	}
	if over == nil {
		return ErrRunning
	}
	defer over()
	release, err := r.hold(ctx, buildLock)
	if err != nil {
		return postgres.Wrap("erase redacted rows", err)
	}
	if release == nil {
		return ErrRunning
	}
	defer release()
	// What an interrupted rebuild left may hold it too.
	if err := r.Store.DropOld(ctx); err != nil {
		return err
	}
	e, err := r.Store.Erasure(ctx)
	if err != nil || !e.Pending() {
		return err
	}
	if err := e.Rewrite(ctx, r.Store); err != nil {
		return err
	}
	return e.Erased(ctx, r.Store)
}
