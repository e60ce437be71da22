package notifier

import (
	"context"

	"github.com/bridgelog/bridgelog/pkg/netguard"
	"github.com/bridgelog/bridgelog/pkg/wait"
	"github.com/bridgelog/bridgelog/services/notifier/internal/ledger"
	"github.com/bridgelog/bridgelog/services/notifier/internal/statuspage"
	"github.com/bridgelog/bridgelog/services/notifier/internal/watch"
)

// watchPages polls the status pages of third parties until ctx ends; one process at a
// time does. Should the turn get lost, two ask for a while, and record the same once.
func (s *Service) watchPages(ctx context.Context) {
	if s.config.Changes == nil {
		return
	}
	watcher := watch.Watcher{
		Catalog: s.config.Catalog, Client: netguard.Guard{Allow: s.config.AllowReceivers}.Client(statuspage.Timeout),
		Memory: ledger.Pages{Ledger: s.ledger}, Changes: s.config.Changes, Now: s.config.Now, Logger: s.config.Logger,
	}
	for {
		err := s.ledger.WatchAlone(ctx, watcher.Run)
		if ctx.Err() != nil {
			return
		}
		s.config.Logger.ErrorContext(ctx, "status pages are not watched and are tried again", "error", err)
		if wait.For(ctx, retryWait) != nil {
			return
		}
	}
}
