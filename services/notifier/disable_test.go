package notifier_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/bridgelog/bridgelog/pkg/incident"
	notifyv1 "github.com/bridgelog/bridgelog/proto/gen/notify/v1"
)

func state(t *testing.T, rpc *registrar, name string) *notifyv1.Webhook {
	t.Helper()
	list := must[*notifyv1.ListWebhooksResponse](t)(rpc.service.ListWebhooks(admin(t), &notifyv1.ListWebhooksRequest{Webhook: name}))
	return list.GetWebhooks()[0]
}

// TestFiveDaysOfFailureDisable makes a receiver's failures old, since nobody can
// wait so long.
func TestFiveDaysOfFailureDisable(t *testing.T) {
	s := newSystem(t)
	broken, owner, picky := newReceiver(t, secret), newReceiver(t, secret), newReceiver(t, secret)
	broken.answers(func(_ int, w http.ResponseWriter) { w.WriteHeader(http.StatusBadGateway) })
	s.webhook("broken", broken.URL, "")
	s.webhook("owner", owner.URL, ", event_types: [webhook.disabled]")
	s.webhook("picky", picky.URL, ", severities: [SEV-3]")
	rpc := s.answering()
	s.start()
	s.desk.Must(t, "a", declare(1))
	broken.atLeast(t, 1)
	s.poll("failing", func() bool {
		return state(t, rpc, "broken").GetState() == notifyv1.WebhookState_WEBHOOK_STATE_FAILING
	})
	if w := state(t, rpc, "broken"); w.GetLastProblem() != "the receiver answered 502" || w.GetFailingSince() == nil || w.GetPending() != 1 {
		t.Errorf("webhook %v", w)
	}
	if _, err := s.pool.Exec(t.Context(), `update notifier_ledger.endpoint set failing_since = now() - interval '121 hours', failures = 20, throttled_until = null
		where failing_since is not null`); err != nil {
		t.Fatal(err)
	}
	s.desk.Must(t, "a", incident.Acknowledge{})
	got := owner.atLeast(t, 1)
	if got[0].Type != "dev.bridgelog.webhook.disabled" || !got[0].Verified || !strings.Contains(got[0].Body, `"reason_code":"failing"`) {
		t.Errorf("the notice: %+v", got[0])
	}
	w := state(t, rpc, "broken")
	if w.GetState() != notifyv1.WebhookState_WEBHOOK_STATE_DISABLED || w.GetReasonCode() != "failing" || w.GetDisabledTime() == nil || w.GetPending() != 0 {
		t.Errorf("webhook %v", w)
	}
	// Nothing more is created for it.
	before := len(broken.atLeast(t, 2))
	s.desk.Must(t, "a", incident.PostUpdate{Text: "nobody hears this"})
	s.actedThrough()
	if n := s.count("select count(*) from notifier_ledger.delivery where event_type = 'incident.update_posted'"); n != 0 {
		t.Errorf("%d deliveries were created for a disabled webhook", n)
	}
	broken.answers(nil)
	must[*notifyv1.EnableWebhookResponse](t)(rpc.service.EnableWebhook(admin(t), &notifyv1.EnableWebhookRequest{Webhook: "broken"}))
	again := must[*notifyv1.RedeliverDeliveriesResponse](t)(rpc.service.RedeliverDeliveries(admin(t), &notifyv1.RedeliverDeliveriesRequest{
		Filter: &notifyv1.DeliveryFilter{Webhooks: []string{"broken"}},
	}))
	if again.GetRedelivered() != 2 {
		t.Errorf("redelivered %v", again)
	}
	broken.atLeast(t, before+2)
	s.poll("well", func() bool { return state(t, rpc, "broken").GetState() == notifyv1.WebhookState_WEBHOOK_STATE_ACTIVE })
	if n := len(picky.atLeast(t, 0)); n != 0 {
		t.Errorf("a webhook that asks for a severity got %d notices", n)
	}
}

// TestAFailingReceiverIsLeftAlone: three rounds that fail in a row begin a pause.
func TestAFailingReceiverIsLeftAlone(t *testing.T) {
	s := newSystem(t)
	broken := newReceiver(t, secret)
	broken.answers(func(_ int, w http.ResponseWriter) { w.WriteHeader(http.StatusInternalServerError) })
	s.webhook("broken", broken.URL, "")
	rpc := s.answering()
	s.start()
	s.desk.Must(t, "a", declare(1))
	for range 8 {
		s.desk.Must(t, "a", incident.PostUpdate{Text: "update"})
	}
	s.poll("throttled", func() bool {
		return state(t, rpc, "broken").GetState() == notifyv1.WebhookState_WEBHOOK_STATE_THROTTLED
	})
	if n := len(broken.atLeast(t, 3)); n > 12 {
		t.Errorf("%d attempts before the pause", n)
	}
	// A person who wants it now is not told to wait.
	tested := must[*notifyv1.TestWebhookResponse](t)(rpc.service.TestWebhook(admin(t), &notifyv1.TestWebhookRequest{Webhook: "broken"}))
	if tested.GetAttempt().GetStatus() != 500 || tested.GetDelivery().GetState() != notifyv1.DeliveryState_DELIVERY_STATE_DEAD {
		t.Errorf("test %v", tested)
	}
}
