package answer

import (
	"encoding/json"
	"fmt"
	"time"

	"google.golang.org/protobuf/types/known/durationpb"
	"google.golang.org/protobuf/types/known/timestamppb"

	notifyv1 "github.com/bridgelog/bridgelog/proto/gen/notify/v1"
	"github.com/bridgelog/bridgelog/services/notifier/internal/ledger"
	"github.com/bridgelog/bridgelog/services/notifier/internal/ledger/db"
	viewdb "github.com/bridgelog/bridgelog/services/notifier/internal/view/db"
)

// states are the words of the ledger, by their place in notify.v1.DeliveryState.
func states() []string {
	return []string{"", "pending", "delivered", "dead", "held", "cancelled"}
}

func stateOf(word string) notifyv1.DeliveryState {
	for i, s := range states() {
		if s == word {
			return notifyv1.DeliveryState(i)
		}
	}
	return notifyv1.DeliveryState_DELIVERY_STATE_UNSPECIFIED
}

func stamp(t *time.Time) *timestamppb.Timestamp {
	if t == nil || t.IsZero() {
		return nil
	}
	return timestamppb.New(*t)
}

// delivery puts a row into words, with the names of today.
func (s *Service) delivery(r *ledger.Row, incidents map[string]viewdb.NotifierViewIncident) *notifyv1.Delivery {
	d := &notifyv1.Delivery{
		Id: r.ID, MessageId: r.MessageID, Webhook: s.name(r.WebhookID), Kind: r.Kind, EventType: r.EventType, EventId: r.EventID,
		IncidentId: r.IncidentID, Revision: uint64(r.Revision), State: stateOf(r.State), ReasonCode: r.ReasonCode, Reason: r.Reason,
		Attempts: r.Attempts, CreateTime: timestamppb.New(r.CreatedAt), FinishTime: stamp(r.FinishedAt),
	}
	if r.State == "pending" {
		d.NextAttemptTime = timestamppb.New(r.NextAttemptAt)
	}
	if i, ok := incidents[r.IncidentID]; ok {
		d.Incident, d.Title = fmt.Sprintf("INC-%d", i.Number), i.Title
	}
	return d
}

func attempt(a *db.NotifierLedgerAttempt) *notifyv1.Attempt {
	out := &notifyv1.Attempt{
		Number: a.Number, StartTime: timestamppb.New(a.StartedAt), Took: durationpb.New(time.Duration(a.DurationMs) * time.Millisecond),
		Outcome: a.Outcome, Status: a.Status, Problem: a.Problem, ResponseBody: a.ResponseBody,
	}
	// What the ledger wrote it can read; headers that a redaction took are gone.
	_ = json.Unmarshal(a.RequestHeaders, &out.RequestHeaders)
	if len(a.ResponseHeaders) > 0 {
		_ = json.Unmarshal(a.ResponseHeaders, &out.ResponseHeaders)
	}
	return out
}
