package notifier

import (
	"context"

	"github.com/bridgelog/bridgelog/pkg/netguard"
	"github.com/bridgelog/bridgelog/pkg/wait"
	"github.com/bridgelog/bridgelog/services/notifier/internal/checks"
	"github.com/bridgelog/bridgelog/services/notifier/internal/prometheus"
)

// desk runs checks; nil where nobody could be told what they show.
func (s *Service) desk() *checks.Desk {
	if s.config.Commands == nil {
		return nil
	}
	return &checks.Desk{
		Catalog:  s.config.Catalog,
		Source:   &prometheus.Source{Client: netguard.Guard{Allow: s.config.AllowReceivers}.Client(prometheus.Timeout)},
		Commands: s.config.Commands, Now: s.config.Now, Logger: s.config.Logger,
	}
}

// runChecks measures what is declared, until ctx ends. It needs no database.
func (s *Service) runChecks(ctx context.Context) {
	if s.checks == nil {
		return
	}
	select {
	case <-s.config.Catalog.Ready():
	case <-ctx.Done():
		return
	}
	for {
		keeper := checks.Keeper{Desk: s.checks, Log: s.config.Log}
		err := keeper.Run(ctx)
		if ctx.Err() != nil {
			return
		}
		s.config.Logger.ErrorContext(ctx, "checks are not run and are tried again", "error", err)
		if wait.For(ctx, retryWait) != nil {
			return
		}
	}
}
