package notifier

import (
	"context"

	"github.com/bridgelog/bridgelog/pkg/netguard"
	"github.com/bridgelog/bridgelog/services/notifier/internal/call"
	"github.com/bridgelog/bridgelog/services/notifier/internal/tee"
)

// forward tells other tools of alerts until ctx ends.
func (s *Service) forward(ctx context.Context) {
	c := s.config
	f := &tee.Forwarder{
		Log: c.Log, Catalog: c.Catalog, Ledger: s.ledger, Gate: s.gate, Signals: &tee.Stream{JetStream: c.Marks, Now: c.Now}, Notes: c.Alerts, Now: c.Now, Logger: c.Logger,
		Caller: netguard.Guard{Allow: c.AllowReceivers}.Client(call.Timeout),
	}
	f.Run(ctx)
}
