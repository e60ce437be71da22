package notifier

import (
	"context"

	"github.com/bridgelog/bridgelog/pkg/wait"
	"github.com/bridgelog/bridgelog/services/notifier/internal/clocks"
)

// watchClocks has it recorded what clocks pass, until ctx ends. It needs no database:
// clocks are watched while that is away.
func (s *Service) watchClocks(ctx context.Context) {
	if s.config.Commands == nil {
		return
	}
	select {
	case <-s.config.Catalog.Ready():
	case <-ctx.Done():
		return
	}
	for {
		keeper := clocks.Keeper{
			Log: s.config.Log, Catalog: s.config.Catalog, Commands: s.config.Commands, Now: s.config.Now, Logger: s.config.Logger,
		}
		err := keeper.Run(ctx)
		if ctx.Err() != nil {
			return
		}
		s.config.Logger.ErrorContext(ctx, "clocks are not watched and are tried again", "error", err)
		if wait.For(ctx, retryWait) != nil {
			return
		}
	}
}
