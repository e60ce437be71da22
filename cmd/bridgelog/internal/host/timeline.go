package host

import (
	"context"

	"github.com/bridgelog/bridgelog/pkg/eventlog"
	"github.com/bridgelog/bridgelog/pkg/failpoint"
	"github.com/bridgelog/bridgelog/services/timeline"
)

// addTimeline adds the read side.
func (s *stack) addTimeline(ctx context.Context, log eventlog.Reader) error {
	pool, err := s.openPool(ctx, serviceTimeline)
	if err != nil {
		return err
	}
	service, err := timeline.New(timeline.Config{
		Log: log, Pool: pool, Server: s.rpc, Catalog: s.catalog, Logger: s.logger,
		Metrics: s.kit.Metrics, Tracer: s.kit.Tracer, Health: s.checks, Now: failpoint.ClockFromEnv(),
	})
	if err != nil {
		return err
	}
	s.group.run("timeline", service.Run)
	s.catchingUp = service.Ready()
	return nil
}
