package answer

import (
	"context"
	"fmt"

	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/bridgelog/bridgelog/pkg/catalog"
	"github.com/bridgelog/bridgelog/pkg/incidentlog"
	notifyv1 "github.com/bridgelog/bridgelog/proto/gen/notify/v1"
	"github.com/bridgelog/bridgelog/services/notifier/internal/act"
	"github.com/bridgelog/bridgelog/services/notifier/internal/event"
	"github.com/bridgelog/bridgelog/services/notifier/internal/ledger"
)

// maxExplained is how many deliveries of one incident are looked at.
const maxExplained = 100_000

// ExplainIncident implements the RPC. The filters are those of today.
func (s *Service) ExplainIncident(ctx context.Context, r *notifyv1.ExplainIncidentRequest) (*notifyv1.ExplainIncidentResponse, error) {
	id, entries, err := s.find(ctx, r.GetIncident())
	if err != nil {
		return nil, refuse(err)
	}
	status, err := s.Ledger.Status(ctx)
	if err != nil {
		return nil, refuse(err)
	}
	rows, err := s.Ledger.List(ctx, ledger.Filter{IncidentID: string(id)}, 0, maxExplained)
	if err != nil {
		return nil, refuse(err)
	}
	named, err := s.deliveries(ctx, rows)
	if err != nil {
		return nil, refuse(err)
	}
	told := map[string]*notifyv1.Delivery{}
	for i := range rows {
		told[rows[i].EventID+" "+rows[i].WebhookID] = named[i]
	}
	answer := &notifyv1.ExplainIncidentResponse{}
	var state event.Incident
	for _, e := range entries {
		state = state.Evolve(e)
		if e.Sequence <= status.Sequence {
			answer.ThroughRevision = e.Revision
		}
		for _, resource := range s.Catalog.State().List("webhook") {
			answer.Explanations = append(answer.Explanations, explain(resource, state, e, told[e.EventID+" "+resource.ID], status.Sequence))
		}
	}
	answer.Incident = state.Name()
	return answer, nil
}

func explain(r *catalog.Resource, state event.Incident, e incidentlog.Entry, d *notifyv1.Delivery, through uint64) *notifyv1.Explanation {
	x := &notifyv1.Explanation{
		Revision: e.Revision, EventType: e.Envelope.Type, RecordedTime: timestamppb.New(e.RecordedAt), Webhook: r.Name, Delivery: d,
	}
	target := act.TargetOf(r)
	refuses := target.Refuses(e.Envelope.Type, state)
	switch {
	case d != nil:
		x.Reason = d.GetReason()
	case e.Sequence > through:
		x.Reason = "the notifier has not got there yet"
	case act.Silent(state, e) != "":
		x.Reason = act.Silent(state, e)
	case r.Spec.GetWebhook().GetDisabled():
		x.Reason = "the webhook is disabled"
	case refuses != "":
		x.Reason = refuses
	case e.RecordedAt.Before(r.UpdatedAt):
		x.Reason = fmt.Sprintf("the webhook was added or changed after it, at %s", r.UpdatedAt.UTC().Format("2006-01-02T15:04:05Z"))
	default:
		x.Reason = "the webhook was disabled, or nobody was listening, when it happened"
	}
	return x
}
