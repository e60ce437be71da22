package notifier

import (
	"context"

	"github.com/bridgelog/bridgelog/pkg/netguard"
	"github.com/bridgelog/bridgelog/services/notifier/internal/mail"
	"github.com/bridgelog/bridgelog/services/notifier/internal/pager"
)

// page tells people of pages until ctx ends, where what comes of it can be written down.
func (s *Service) page(ctx context.Context) {
	c := s.config
	if c.Pages == nil {
		return
	}
	p := &pager.Pager{
		Log: c.Log, Catalog: c.Catalog, Ledger: s.ledger, Gate: s.gate, Keeper: s.keeper, Pages: c.Pages, Stale: c.Stale,
		Sender: &mail.Sender{Guard: netguard.Guard{Allow: c.AllowReceivers}}, Metrics: s.paged, Now: c.Now, Logger: c.Logger,
	}
	p.Run(ctx)
}
