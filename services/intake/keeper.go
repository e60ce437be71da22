package intake

import (
	"context"
	"fmt"

	"github.com/google/uuid"

	signalv1 "github.com/bridgelog/bridgelog/proto/gen/signal/v1"
	"github.com/bridgelog/bridgelog/services/intake/internal/beats"
	"github.com/bridgelog/bridgelog/services/intake/internal/dispatch"
	"github.com/bridgelog/bridgelog/services/intake/internal/signals"
)

// keeperSource is the door of notes that something is due. There is no such door.
const keeperSource = "keeper"

// keeper rings by a signal of our own, so that what is due is done in the order of all
// signals, by whoever has the turn.
func (s *Service) keeper(d *dispatch.Dispatcher, store signals.Store, pings *beats.Store) *dispatch.Keeper {
	c := s.config
	heartbeats := &beats.Keeper{Store: pings, Catalog: c.Catalog, Alerts: d.Index, Put: store.Put, Now: c.Now, Logger: c.Logger}
	return &dispatch.Keeper{
		Index: d.Index, Silences: d.Silences, Service: d.ServiceOf, Now: c.Now, Logger: c.Logger,
		Heartbeats: heartbeats.Look,
		Ring: func(ctx context.Context) error {
			id, err := uuid.NewV7()
			if err != nil {
				return fmt.Errorf("make signal id: %w", err)
			}
			return store.Put(ctx, &signalv1.RawSignal{
				Id: id.String(), Source: keeperSource, ReceivedAtUs: c.Now().UnixMicro(), Due: true, Replayed: true,
			})
		},
	}
}
