package timeline

import (
	"context"
	"errors"
	"time"

	"github.com/bridgelog/bridgelog/pkg/postgres"
	"github.com/bridgelog/bridgelog/pkg/wait"
	"github.com/bridgelog/bridgelog/services/timeline/internal/rebuild"
	"github.com/bridgelog/bridgelog/services/timeline/internal/store"
	"github.com/bridgelog/bridgelog/services/timeline/internal/view"
)

const (
	// renewPause lies between attempts that failed.
	renewPause = 2 * time.Second
	// renewLook is how often it is looked whether the view is far behind.
	renewLook = 5 * time.Second
	// farBehind is how many messages a view has to lack, and farPart which part of
	// the log, for a rebuild to be the quicker way: it takes about a fifth of the
	// time for each message that following takes, and folds all of them.
	farBehind = 50_000
	farPart   = 4
)

// renew rebuilds a model that another version of the fold made or that is far
// behind, and finishes a search index that was interrupted, until ctx ends. It calls
// begin when the projection may begin.
func (s *Service) renew(ctx context.Context, begin func()) {
	defer begin()
	said := ""
	for {
		pause := renewLook
		err := s.renewOnce(ctx, begin)
		begin() // whatever went wrong
		if ctx.Err() != nil {
			return
		}
		if err != nil {
			pause = renewPause
		}
		if err != nil && !errors.Is(err, rebuild.ErrRunning) && err.Error() != said {
			said = err.Error()
			s.config.Logger.ErrorContext(ctx, "the view could not be renewed", "error", err, "cause", postgres.Unmask(err))
		}
		if wait.For(ctx, pause) != nil {
			return
		}
	}
}

func (s *Service) renewOnce(ctx context.Context, begin func()) error {
	live, err := s.store.Live(ctx)
	if err != nil {
		return err
	}
	if live.Fold != view.Version() {
		s.config.Logger.InfoContext(ctx, "another version of this program made the view: it is rebuilt", "fold", live.Fold, "wanted", view.Version())
		// The new version is followed while its words are indexed.
		return s.rebuilder.Run(ctx, func(p rebuild.Progress) {
			if p.Phase >= rebuild.Swung {
				begin()
			}
		})
	}
	behind, err := s.behind(ctx, live)
	if err != nil {
		return err
	}
	if behind > 0 {
		s.config.Logger.InfoContext(ctx, "the view is far behind the log: it is rebuilt", "messages", behind)
		return s.overtake(ctx, begin)
	}
	begin()
	return s.rebuilder.Resume(ctx)
}

// behind is how many messages the view lacks, if it is far behind its log; else 0.
func (s *Service) behind(ctx context.Context, live store.Live) (uint64, error) {
	head, err := s.config.Log.Head(ctx)
	if err != nil {
		return 0, err
	}
	at, err := s.store.LivePosition(ctx, live)
	if err != nil || at.Epoch != "" && at.Epoch != head.Epoch || at.Sequence >= head.Sequence {
		return 0, err
	}
	lacking := head.Sequence - at.Sequence
	if lacking < s.config.FarBehind || lacking*farPart < head.Sequence {
		return 0, nil
	}
	return lacking, nil
}

// overtake rebuilds while the projection stands still; it goes on in the new
// version while words are indexed.
func (s *Service) overtake(ctx context.Context, begin func()) error {
	release := s.runner.Hold()
	defer release()
	begin()
	return s.rebuilder.Overtake(ctx, func(p rebuild.Progress) {
		if p.Phase >= rebuild.Swung {
			release()
		}
	})
}
