package answer

import (
	"context"
	"slices"
	"strconv"

	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/bridgelog/bridgelog/pkg/rpc"
	notifyv1 "github.com/bridgelog/bridgelog/proto/gen/notify/v1"
	"github.com/bridgelog/bridgelog/services/notifier/internal/ledger"
)

// defaultPage is the size of a page that does not name one.
const defaultPage = 50

// ListDeliveries implements the RPC.
func (s *Service) ListDeliveries(ctx context.Context, r *notifyv1.ListDeliveriesRequest) (*notifyv1.ListDeliveriesResponse, error) {
	f, err := s.filter(ctx, r.GetFilter())
	if err != nil {
		return nil, refuse(err)
	}
	var before int64
	if r.GetPageToken() != "" {
		if before, err = strconv.ParseInt(r.GetPageToken(), 36, 64); err != nil || before <= 0 {
			return nil, rpc.InvalidField("page_token", "invalid_page_token", "this is not a token of this list: begin again without one")
		}
	}
	size := int(r.GetPageSize())
	if size == 0 {
		size = defaultPage
	}
	rows, err := s.Ledger.List(ctx, f, before, size+1)
	if err != nil {
		return nil, refuse(err)
	}
	answer := &notifyv1.ListDeliveriesResponse{}
	if len(rows) > size {
		rows = rows[:size]
		answer.NextPageToken = strconv.FormatInt(rows[size-1].ID, 36)
	}
	answer.Deliveries, err = s.deliveries(ctx, rows)
	return answer, refuse(err)
}

func (s *Service) deliveries(ctx context.Context, rows []ledger.Row) ([]*notifyv1.Delivery, error) {
	var ids []string
	for i := range rows {
		ids = append(ids, rows[i].IncidentID)
	}
	slices.Sort(ids)
	incidents, err := s.View.Some(ctx, slices.Compact(ids))
	if err != nil {
		return nil, err
	}
	var out []*notifyv1.Delivery
	for i := range rows {
		out = append(out, s.delivery(&rows[i], incidents))
	}
	return out, nil
}

// GetDelivery implements the RPC.
func (s *Service) GetDelivery(ctx context.Context, r *notifyv1.GetDeliveryRequest) (*notifyv1.GetDeliveryResponse, error) {
	hidden, err := s.hidden(ctx)
	if err != nil {
		return nil, refuse(err)
	}
	f := ledger.Filter{Hidden: hidden, MessageID: r.GetDelivery()}
	if id, err := strconv.ParseInt(r.GetDelivery(), 10, 64); err == nil {
		f.MessageID, f.IDs = "", []int64{id}
	}
	row, body, attempts, err := s.Ledger.Get(ctx, f)
	if err != nil {
		return nil, refuse(err)
	}
	named, err := s.deliveries(ctx, []ledger.Row{row})
	if err != nil {
		return nil, refuse(err)
	}
	answer := &notifyv1.GetDeliveryResponse{Delivery: named[0], Body: body}
	for i := range attempts {
		answer.Attempts = append(answer.Attempts, attempt(&attempts[i]))
	}
	return answer, nil
}

// filter reads a filter and adds what the caller may not see.
func (s *Service) filter(ctx context.Context, given *notifyv1.DeliveryFilter) (ledger.Filter, error) {
	var f ledger.Filter
	var err error
	if f.Hidden, err = s.hidden(ctx); err != nil {
		return f, err
	}
	for _, name := range given.GetWebhooks() {
		id := name
		// Deliveries outlive their webhook, whose id still finds them.
		if r, err := s.webhook(name); err == nil {
			id = r.ID
		} else if len(name) != webhookIDSize {
			return f, err
		}
		f.WebhookIDs = append(f.WebhookIDs, id)
	}
	for _, state := range given.GetStates() {
		f.States = append(f.States, states()[state])
	}
	if given.GetIncident() != "" {
		id, _, err := s.find(ctx, given.GetIncident())
		if err != nil {
			return f, err
		}
		f.IncidentID = string(id)
	}
	f.EventTypes, f.ReasonCodes = given.GetEventTypes(), given.GetReasonCodes()
	for _, bound := range []struct {
		field string
		given *timestamppb.Timestamp
	}{{"filter.since", given.GetSince()}, {"filter.until", given.GetUntil()}} {
		if bound.given != nil && !bound.given.IsValid() {
			return f, rpc.InvalidField(bound.field, "invalid_time", bound.field+" is not a time")
		}
	}
	if given.GetSince() != nil {
		f.Since = given.GetSince().AsTime()
	}
	if given.GetUntil() != nil {
		f.Until = given.GetUntil().AsTime()
	}
	return f, nil
}

// webhookIDSize is the length of an opaque id of the catalog.
const webhookIDSize = 26
