package notifier_test

import (
	"bytes"
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"
	"google.golang.org/grpc/codes"
	"google.golang.org/protobuf/types/known/durationpb"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/bridgelog/bridgelog/pkg/incident"
	"github.com/bridgelog/bridgelog/pkg/rpc"
	authv1 "github.com/bridgelog/bridgelog/proto/gen/auth/v1"
	notifyv1 "github.com/bridgelog/bridgelog/proto/gen/notify/v1"
)

func list(t *testing.T, r *registrar, filter *notifyv1.DeliveryFilter) []*notifyv1.Delivery {
	t.Helper()
	return must[*notifyv1.ListDeliveriesResponse](t)(r.service.ListDeliveries(admin(t), &notifyv1.ListDeliveriesRequest{Filter: filter})).GetDeliveries()
}

func refusedWith(t *testing.T, err error, code codes.Code, reason string) {
	t.Helper()
	var r *rpc.Refusal
	if !errors.As(err, &r) || r.Code != code || r.Reason != reason {
		t.Errorf("got %v, want %s %s", err, code, reason)
	}
}

func TestDeliveriesAreListedShownAndMadeAgain(t *testing.T) {
	s := newSystem(t)
	r := newReceiver(t, secret)
	r.answers(func(n int, w http.ResponseWriter) {
		if n == 2 {
			// So late that it is not tried again while this test looks.
			w.Header().Set("Retry-After", "3600")
			w.WriteHeader(http.StatusTeapot)
		}
	})
	s.webhook("ops", r.URL, "")
	rpc := s.answering()
	s.start()
	begin := time.Now()
	s.desk.Must(t, "a", declare(1))
	r.atLeast(t, 1)
	s.desk.Must(t, "a", incident.Acknowledge{})
	r.atLeast(t, 2)
	s.poll("recorded", func() bool { return s.count("select count(*) from notifier_ledger.attempt") == 2 })

	all := list(t, rpc, nil)
	if len(all) != 2 || all[0].GetEventType() != "incident.acknowledged" || all[0].GetState() != notifyv1.DeliveryState_DELIVERY_STATE_PENDING ||
		all[1].GetIncident() != "INC-1" || all[1].GetTitle() != "Checkout returns 502" || all[1].GetWebhook() != "ops" {
		t.Fatalf("got %v", all)
	}
	for what, c := range map[string]struct {
		filter *notifyv1.DeliveryFilter
		want   int
	}{
		"state":         {&notifyv1.DeliveryFilter{States: []notifyv1.DeliveryState{notifyv1.DeliveryState_DELIVERY_STATE_DELIVERED}}, 1},
		"type":          {&notifyv1.DeliveryFilter{EventTypes: []string{"incident.ack*"}}, 1},
		"a wildcard":    {&notifyv1.DeliveryFilter{EventTypes: []string{"incident_acknowledged", "%"}}, 0},
		"webhook":       {&notifyv1.DeliveryFilter{Webhooks: []string{"ops"}}, 2},
		"since":         {&notifyv1.DeliveryFilter{Since: timestamppb.New(begin.Add(-time.Minute))}, 2},
		"until":         {&notifyv1.DeliveryFilter{Until: timestamppb.New(begin.Add(-time.Minute))}, 0},
		"incident's id": {&notifyv1.DeliveryFilter{Incident: "a"}, 2},
	} {
		if got := list(t, rpc, c.filter); len(got) != c.want {
			t.Errorf("by %s: %d, want %d", what, len(got), c.want)
		}
	}
	shown := must[*notifyv1.GetDeliveryResponse](t)(rpc.service.GetDelivery(admin(t), &notifyv1.GetDeliveryRequest{Delivery: all[0].GetMessageId()}))
	attempt := shown.GetAttempts()[0]
	if attempt.GetStatus() != http.StatusTeapot || attempt.GetRequestHeaders()["Webhook-Id"] != all[0].GetMessageId() || !bytes.Contains(shown.GetBody(), []byte(`"INC-1"`)) {
		t.Errorf("shown %v", shown)
	}
	_, err := rpc.service.GetDelivery(admin(t), &notifyv1.GetDeliveryRequest{Delivery: "4711"})
	refusedWith(t, err, codes.NotFound, "no_such_delivery")
	_, err = rpc.service.ListDeliveries(admin(t), &notifyv1.ListDeliveriesRequest{Filter: &notifyv1.DeliveryFilter{Webhooks: []string{"opz"}}})
	if err == nil || !strings.Contains(err.Error(), "did you mean ops?") {
		t.Errorf("an unknown webhook: %v", err)
	}
	page := must[*notifyv1.ListDeliveriesResponse](t)(rpc.service.ListDeliveries(admin(t), &notifyv1.ListDeliveriesRequest{PageSize: 1}))
	next := must[*notifyv1.ListDeliveriesResponse](t)(rpc.service.ListDeliveries(admin(t), &notifyv1.ListDeliveriesRequest{PageSize: 1, PageToken: page.GetNextPageToken()}))
	if next.GetDeliveries()[0].GetId() != all[1].GetId() || next.GetNextPageToken() != "" {
		t.Errorf("the second page: %v", next)
	}

	// Everything of a range of time, whatever became of it.
	again := must[*notifyv1.RedeliverDeliveriesResponse](t)(rpc.service.RedeliverDeliveries(admin(t), &notifyv1.RedeliverDeliveriesRequest{
		Filter: &notifyv1.DeliveryFilter{States: []notifyv1.DeliveryState{notifyv1.DeliveryState_DELIVERY_STATE_DELIVERED}, Since: timestamppb.New(begin.Add(-time.Minute))},
	}))
	got := r.atLeast(t, 3)
	if again.GetRedelivered() != 1 || got[2].ID != got[0].ID || got[2].Body != got[0].Body {
		t.Errorf("again %v, %+v", again, got[2])
	}
	_, err = rpc.service.RedeliverDeliveries(admin(t), &notifyv1.RedeliverDeliveriesRequest{})
	refusedWith(t, err, codes.InvalidArgument, "nothing_chosen")
}

func TestPrivateIncidentsAreShownToThoseWhoMaySeeThem(t *testing.T) {
	s := newSystem(t)
	r := newReceiver(t, secret)
	s.webhook("all", r.URL, ", include_private: true")
	rpc := s.answering()
	s.start()
	s.desk.Must(t, "secret", incident.Declare{Number: 1, Title: "canary", Severity: incident.SEV1, Private: true})
	s.desk.Must(t, "open", declare(2))
	r.atLeast(t, 2)
	delivered := &notifyv1.DeliveryFilter{States: []notifyv1.DeliveryState{notifyv1.DeliveryState_DELIVERY_STATE_DELIVERED}}
	s.poll("both delivered", func() bool { return len(list(t, rpc, delivered)) == 2 })
	stranger := as(t, "eve", authv1.AccountRole_ACCOUNT_ROLE_MANAGER)
	member := as(t, "ada", authv1.AccountRole_ACCOUNT_ROLE_RESPONDER) // who declared it
	for who, c := range map[string]struct {
		want int
		list func() (*notifyv1.ListDeliveriesResponse, error)
	}{
		"a stranger": {1, func() (*notifyv1.ListDeliveriesResponse, error) { return rpc.service.ListDeliveries(stranger, nil) }},
		"a member":   {2, func() (*notifyv1.ListDeliveriesResponse, error) { return rpc.service.ListDeliveries(member, nil) }},
	} {
		if got := must[*notifyv1.ListDeliveriesResponse](t)(c.list()); len(got.GetDeliveries()) != c.want {
			t.Errorf("%s sees %d", who, len(got.GetDeliveries()))
		}
	}
	id := list(t, rpc, &notifyv1.DeliveryFilter{Incident: "secret"})[0].GetMessageId()
	_, err := rpc.service.GetDelivery(stranger, &notifyv1.GetDeliveryRequest{Delivery: id})
	refusedWith(t, err, codes.NotFound, "no_such_delivery")
	_, err = rpc.service.ExplainIncident(stranger, &notifyv1.ExplainIncidentRequest{Incident: "secret"})
	refusedWith(t, err, codes.NotFound, "no_such_incident")
	again := must[*notifyv1.RedeliverDeliveriesResponse](t)(rpc.service.RedeliverDeliveries(stranger, &notifyv1.RedeliverDeliveriesRequest{
		Filter: delivered, DryRun: true,
	}))
	if again.GetRedelivered() != 1 {
		t.Errorf("a stranger could send %d again", again.GetRedelivered())
	}
}

func TestAnIncidentIsExplained(t *testing.T) {
	s := newSystem(t)
	r := newReceiver(t, secret)
	s.webhook("ops", r.URL, ", event_types: [incident.declared]")
	s.webhook("off", r.URL, ", disabled: true")
	s.webhook("minor", r.URL, ", severities: [SEV-3]")
	rpc := s.answering()
	s.start()
	s.desk.Must(t, "a", declare(1), incident.Acknowledge{})
	r.atLeast(t, 1)
	s.actedThrough()
	s.poll("delivered", func() bool {
		return s.count("select count(*) from notifier_ledger.delivery where state = 'delivered'") == 1
	})
	got := must[*notifyv1.ExplainIncidentResponse](t)(rpc.service.ExplainIncident(admin(t), &notifyv1.ExplainIncidentRequest{Incident: "a"}))
	why := map[string]string{}
	for _, x := range got.GetExplanations() {
		why[x.GetWebhook()+" "+x.GetEventType()] = x.GetDelivery().GetState().String() + " " + x.GetReason()
	}
	for key, want := range map[string]string{
		"ops incident.declared": "DELIVERED", "ops incident.acknowledged": "event types do not include", "off incident.declared": "the webhook is disabled",
		"minor incident.declared": "severities do not include",
	} {
		if !strings.Contains(why[key], want) {
			t.Errorf("%s: %q, want %q", key, why[key], want)
		}
	}
	if got.GetIncident() != "INC-1" || got.GetThroughRevision() != 2 || len(why) != 6 {
		t.Errorf("got %v", got)
	}
}

// TestSecretsOverlap makes two secrets for a webhook, as adding and rotating do.
func TestSecretsOverlap(t *testing.T) {
	s := newSystem(t)
	rpc := s.answering()
	s.start()
	newOne := func(overlap time.Duration) *notifyv1.CreateWebhookSecretResponse {
		return must[*notifyv1.CreateWebhookSecretResponse](t)(rpc.service.CreateWebhookSecret(admin(t), &notifyv1.CreateWebhookSecretRequest{
			Webhook: "ops", Overlap: durationpb.New(overlap),
		}))
	}
	old := newOne(0)
	if old.GetOverlapEndTime() != nil || s.count("select count(*) from notifier_ledger.secret where position($1 in encode(sealed, 'escape')) > 0", old.GetSecret()) != 0 {
		t.Errorf("the first secret: %v", old)
	}
	byOld, fresh := newReceiver(t, old.GetSecret()), newOne(time.Hour)
	byNew, err := standardwebhooks.NewWebhook(fresh.GetSecret())
	if err != nil || fresh.GetOverlapEndTime() == nil {
		t.Fatal(err)
	}
	byOld.also = byNew
	s.secrets = `["` + fresh.GetReference() + `", "` + old.GetReference() + `"]`
	s.webhook("ops", byOld.URL, "")
	s.desk.Must(t, "a", declare(1))
	if got := byOld.atLeast(t, 1)[0]; !got.Verified || !got.Also {
		t.Errorf("while both are valid: old %v, new %v", got.Verified, got.Also)
	}
	if _, err := s.pool.Exec(t.Context(), "update notifier_ledger.secret set expires_at = now() where expires_at is not null"); err != nil {
		t.Fatal(err)
	}
	s.stop()
	s.start() // a process remembers a secret for seconds
	s.desk.Must(t, "a", incident.Acknowledge{})
	if got := byOld.atLeast(t, 2)[1]; got.Verified || !got.Also {
		t.Errorf("after the overlap: old %v, new %v", got.Verified, got.Also)
	}
}
