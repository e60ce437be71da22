package notifier

import (
	"context"
	"time"

	"github.com/bridgelog/bridgelog/pkg/postgres"
	"github.com/bridgelog/bridgelog/pkg/wait"
)

const (
	// eraseLook is how often redactions are looked for.
	eraseLook = time.Second
	// eraseRest is how many times as long as the last erasure took the next one is
	// put off, so that many redactions do not keep the database busy.
	eraseRest = 10
)

// erase removes redacted content from the files of the database until ctx ends.
func (s *Service) erase(ctx context.Context) {
	for wait.For(ctx, eraseLook) == nil {
		began := time.Now()
		worked, err := s.ledger.Erase(ctx)
		if err != nil && ctx.Err() == nil {
			s.config.Logger.WarnContext(ctx, "redacted content is not erased from the database's files yet", "error", err, "cause", postgres.Unmask(err))
		}
		if worked && wait.For(ctx, eraseRest*time.Since(began)) != nil {
			return
		}
	}
}
