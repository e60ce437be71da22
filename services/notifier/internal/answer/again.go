package answer

import (
	"context"

	"github.com/bridgelog/bridgelog/pkg/rpc"
	notifyv1 "github.com/bridgelog/bridgelog/proto/gen/notify/v1"
	"github.com/bridgelog/bridgelog/services/notifier/internal/ledger"
)

// RedeliverDeliveries implements the RPC.
func (s *Service) RedeliverDeliveries(ctx context.Context, r *notifyv1.RedeliverDeliveriesRequest) (*notifyv1.RedeliverDeliveriesResponse, error) {
	f, err := s.choice(ctx, r.GetIds(), r.GetFilter())
	if err != nil {
		return nil, refuse(err)
	}
	if len(f.States) == 0 && len(f.IDs) == 0 {
		f.States = []string{"dead", "cancelled"}
	}
	receivers, err := s.enabled(ctx)
	if err != nil {
		return nil, refuse(err)
	}
	a, err := s.Ledger.Redeliver(ctx, f, receivers, r.GetDryRun())
	if err != nil {
		return nil, refuse(err)
	}
	if err := s.Wake(ctx, a.Receivers, a.Asleep); err != nil {
		return nil, err
	}
	return &notifyv1.RedeliverDeliveriesResponse{Redelivered: a.Changed, Skipped: a.Skipped}, nil
}

// ReleaseDeliveries implements the RPC.
func (s *Service) ReleaseDeliveries(ctx context.Context, r *notifyv1.ReleaseDeliveriesRequest) (*notifyv1.ReleaseDeliveriesResponse, error) {
	f, err := s.choice(ctx, r.GetIds(), r.GetFilter())
	if err != nil {
		return nil, refuse(err)
	}
	f.States = nil
	if r.GetDiscard() {
		n, err := s.Ledger.Discard(ctx, f, r.GetDryRun())
		return &notifyv1.ReleaseDeliveriesResponse{Released: n}, refuse(err)
	}
	receivers, err := s.enabled(ctx)
	if err != nil {
		return nil, refuse(err)
	}
	a, err := s.Ledger.Release(ctx, f, receivers, r.GetDryRun())
	if err != nil {
		return nil, refuse(err)
	}
	if err := s.Wake(ctx, a.Receivers, a.Asleep); err != nil {
		return nil, err
	}
	return &notifyv1.ReleaseDeliveriesResponse{Released: a.Changed}, nil
}

// choice is what numbers or a filter choose. Nothing chooses everything: that has
// to be said by an empty filter.
func (s *Service) choice(ctx context.Context, ids []int64, given *notifyv1.DeliveryFilter) (ledger.Filter, error) {
	if len(ids) == 0 && given == nil {
		return ledger.Filter{}, rpc.InvalidField("ids", "nothing_chosen", "which deliveries? Give numbers or a filter")
	}
	f, err := s.filter(ctx, given)
	f.IDs = ids
	return f, err
}

// enabled are the ids of the webhooks that get anything.
func (s *Service) enabled(ctx context.Context) ([]string, error) {
	endpoints, err := s.Ledger.Endpoints(ctx)
	if err != nil {
		return nil, err
	}
	var ids []string
	for _, r := range s.Catalog.State().List("webhook") {
		if !r.Spec.GetWebhook().GetDisabled() && !disabled(r, endpoints[r.ID]) {
			ids = append(ids, r.ID)
		}
	}
	return ids, nil
}
