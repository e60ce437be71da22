package answer

import (
	"context"
	"time"

	"github.com/google/uuid"
	"google.golang.org/protobuf/types/known/durationpb"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/bridgelog/bridgelog/pkg/catalog"
	"github.com/bridgelog/bridgelog/pkg/incident"
	notifyv1 "github.com/bridgelog/bridgelog/proto/gen/notify/v1"
	"github.com/bridgelog/bridgelog/services/notifier/internal/call"
	"github.com/bridgelog/bridgelog/services/notifier/internal/event"
	"github.com/bridgelog/bridgelog/services/notifier/internal/ledger"
	"github.com/bridgelog/bridgelog/services/notifier/internal/ledger/db"
)

// ListWebhooks implements the RPC.
func (s *Service) ListWebhooks(ctx context.Context, r *notifyv1.ListWebhooksRequest) (*notifyv1.ListWebhooksResponse, error) {
	resources := s.Catalog.State().List("webhook")
	if r.GetWebhook() != "" {
		one, err := s.webhook(r.GetWebhook())
		if err != nil {
			return nil, err
		}
		resources = []*catalog.Resource{one}
	}
	endpoints, err := s.Ledger.Endpoints(ctx)
	if err != nil {
		return nil, refuse(err)
	}
	counts, err := s.Ledger.Counts(ctx)
	if err != nil {
		return nil, refuse(err)
	}
	answer := &notifyv1.ListWebhooksResponse{}
	for _, resource := range resources {
		w := s.describe(resource, endpoints[resource.ID])
		w.Pending, w.Held, w.Dead = counts[resource.ID]["pending"], counts[resource.ID]["held"], counts[resource.ID]["dead"]
		answer.Webhooks = append(answer.Webhooks, w)
	}
	return answer, nil
}

// describe says how a webhook does; e is the zero value when nothing was ever sent.
func (s *Service) describe(r *catalog.Resource, e db.NotifierLedgerEndpoint) *notifyv1.Webhook {
	spec := r.Spec.GetWebhook()
	w := &notifyv1.Webhook{
		Name: r.Name, Id: r.ID, Url: spec.GetUrl(), EventTypes: spec.GetEventTypes(), Services: spec.GetServices(),
		FailingSince: stamp(e.FailingSince), LastSuccessTime: stamp(e.LastSuccessAt), LastFailureTime: stamp(e.LastFailureAt),
		LastProblem: e.LastProblem, State: notifyv1.WebhookState_WEBHOOK_STATE_ACTIVE,
	}
	for _, severity := range spec.GetSeverities() {
		w.Severities = append(w.Severities, incident.Severity(severity).String())
	}
	switch {
	case spec.GetDisabled():
		w.State, w.ReasonCode, w.Reason = notifyv1.WebhookState_WEBHOOK_STATE_DISABLED, "operator", "its resource says disabled: true"
		w.DisabledTime = timestamppb.New(r.UpdatedAt)
	case disabled(r, e):
		w.State, w.ReasonCode, w.DisabledTime = notifyv1.WebhookState_WEBHOOK_STATE_DISABLED, e.DisabledCode, stamp(e.DisabledAt)
		w.Reason = e.DisabledReason.String
	case e.ThrottledUntil != nil && e.ThrottledUntil.After(s.Now()):
		w.State, w.ThrottledUntil = notifyv1.WebhookState_WEBHOOK_STATE_THROTTLED, stamp(e.ThrottledUntil)
		w.Reason = "it is left alone for a while: " + e.LastProblem
	case e.FailingSince != nil:
		w.State, w.Reason = notifyv1.WebhookState_WEBHOOK_STATE_FAILING, e.LastProblem
	}
	return w
}

// disabled tells whether the notifier has disabled a webhook since it was changed.
func disabled(r *catalog.Resource, e db.NotifierLedgerEndpoint) bool {
	return e.DisabledRevision.Valid && uint64(e.DisabledRevision.Int64) == r.Revision
}

// EnableWebhook implements the RPC.
func (s *Service) EnableWebhook(ctx context.Context, r *notifyv1.EnableWebhookRequest) (*notifyv1.EnableWebhookResponse, error) {
	resource, err := s.webhook(r.GetWebhook())
	if err != nil {
		return nil, err
	}
	if err := s.Ledger.Enable(ctx, resource.ID); err != nil {
		return nil, refuse(err)
	}
	list, err := s.ListWebhooks(ctx, &notifyv1.ListWebhooksRequest{Webhook: resource.ID})
	if err != nil {
		return nil, err
	}
	return &notifyv1.EnableWebhookResponse{Webhook: list.GetWebhooks()[0]}, nil
}

// TestWebhook implements the RPC.
func (s *Service) TestWebhook(ctx context.Context, r *notifyv1.TestWebhookRequest) (*notifyv1.TestWebhookResponse, error) {
	resource, err := s.webhook(r.GetWebhook())
	if err != nil {
		return nil, err
	}
	d := ledger.Delivery{Kind: ledger.KindTest, EventID: uuid.NewString(), WebhookID: resource.ID, EventType: event.TypeTest}
	if d.Body, err = s.Writer.Test(d.EventID, event.Webhook{ID: resource.ID, Name: resource.Name}, s.Now()); err != nil {
		return nil, err
	}
	spec := resource.Spec.GetWebhook()
	result := s.Caller.Call(ctx, call.Request{URL: spec.GetUrl(), Secrets: spec.GetSecrets(), MessageID: d.MessageID(), Body: d.Body})
	a := ledger.Attempt{
		Number: 1, StartedAt: result.StartedAt, Took: result.Took, Outcome: string(result.Outcome), Status: result.Status, Problem: result.Problem,
		RequestHeaders: result.RequestHeaders, ResponseHeaders: result.ResponseHeaders, ResponseBody: result.Body,
		Delivered: result.Outcome == call.Delivered,
	}
	id, err := s.Ledger.AddTest(ctx, d, a)
	if err != nil {
		return nil, refuse(err)
	}
	state := notifyv1.DeliveryState_DELIVERY_STATE_DEAD
	if a.Delivered {
		state = notifyv1.DeliveryState_DELIVERY_STATE_DELIVERED
	}
	return &notifyv1.TestWebhookResponse{
		Delivery: &notifyv1.Delivery{
			Id: id, MessageId: d.MessageID(), Webhook: resource.Name, Kind: d.Kind, EventType: d.EventType, EventId: d.EventID,
			State: state, Attempts: 1, CreateTime: timestamppb.New(a.StartedAt), FinishTime: timestamppb.New(a.StartedAt.Add(a.Took)),
		},
		Attempt: &notifyv1.Attempt{
			Number: 1, StartTime: timestamppb.New(a.StartedAt), Took: durationpb.New(a.Took.Round(time.Millisecond)), Outcome: a.Outcome,
			Status: int32(a.Status), Problem: a.Problem, RequestHeaders: a.RequestHeaders, ResponseHeaders: a.ResponseHeaders, ResponseBody: a.ResponseBody,
		},
	}, nil
}
