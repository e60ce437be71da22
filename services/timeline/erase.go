package timeline

import (
	"context"
	"errors"
	"time"

	"github.com/bridgelog/bridgelog/pkg/incident"
	"github.com/bridgelog/bridgelog/pkg/postgres"
	"github.com/bridgelog/bridgelog/pkg/wait"
	"github.com/bridgelog/bridgelog/services/timeline/internal/rebuild"
	"github.com/bridgelog/bridgelog/services/timeline/internal/store"
)

const (
	// eraseTogether is how long an erasure waits for further redactions.
	eraseTogether = 500 * time.Millisecond
	// eraseLook is how often redactions are looked for that another process
	// projected, or that an ended one left.
	eraseLook = 5 * time.Second
	// eraseRest is how many times as long as the last erasure took the next one is
	// put off, so that many redactions do not keep the database busy.
	eraseRest = 10
)

// forget drops what memory holds of redacted incidents and asks for their erasure
// from the files of the database.
func (s *Service) forget(ids []incident.ID) {
	s.histories.Forget(ids...)
	select {
	case s.redacted <- struct{}{}:
	default:
	}
}

// erase removes redacted content from the files of the database until ctx ends.
func (s *Service) erase(ctx context.Context) {
	look := time.NewTimer(0)
	defer look.Stop()
	var known store.Erasure
	for {
		select {
		case <-ctx.Done():
			return
		case <-look.C:
		case <-s.redacted:
			if wait.For(ctx, eraseTogether) != nil {
				return
			}
		}
		began := time.Now()
		worked, err := s.eraseOnce(ctx, &known)
		if ctx.Err() != nil {
			return
		}
		if err != nil && !errors.Is(err, rebuild.ErrRunning) {
			s.config.Logger.ErrorContext(ctx, "redacted content is not erased from the database's files yet", "error", err, "cause", postgres.Unmask(err))
		}
		if worked && wait.For(ctx, eraseRest*time.Since(began)) != nil {
			return
		}
		look.Reset(eraseLook)
	}
}

// eraseOnce erases if there is something, and reports whether it did. known is
// what was found the last time.
func (s *Service) eraseOnce(ctx context.Context, known *store.Erasure) (worked bool, err error) {
	found, err := s.store.Erasure(ctx)
	if err != nil {
		return false, err
	}
	if found.Live.Version != known.Live.Version || found.Wanted != known.Wanted {
		// Whichever process projected the redaction, this one may hold histories.
		s.histories.Clear()
		*known = found
	}
	if !found.Pending() {
		return false, nil
	}
	if err := s.rebuilder.Erase(ctx); err != nil {
		return false, err
	}
	s.config.Logger.InfoContext(ctx, "erased redacted content from the database's files")
	return true, nil
}
