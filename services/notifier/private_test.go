package notifier_test

import (
	"net/http"
	"testing"

	"google.golang.org/grpc/codes"

	"github.com/bridgelog/bridgelog/pkg/incident"
	authv1 "github.com/bridgelog/bridgelog/proto/gen/auth/v1"
	notifyv1 "github.com/bridgelog/bridgelog/proto/gen/notify/v1"
)

// An incident that becomes private is told only to webhooks that include private
// ones from then on, what waits included; and its deliveries are shown to members.
func TestAnIncidentBecomesPrivate(t *testing.T) {
	s := newSystem(t)
	all, public := newReceiver(t, secret), newReceiver(t, secret)
	public.answers(func(_ int, w http.ResponseWriter) { w.WriteHeader(http.StatusServiceUnavailable) })
	s.webhook("all", all.URL, ", include_private: true")
	s.webhook("public", public.URL, "")
	rpc := s.answering()
	s.start()
	s.desk.Must(t, "a", declare(1))
	all.atLeast(t, 1)
	public.atLeast(t, 1)
	stranger := as(t, "eve", authv1.AccountRole_ACCOUNT_ROLE_MANAGER)
	if got := must[*notifyv1.ListDeliveriesResponse](t)(rpc.service.ListDeliveries(stranger, nil)); len(got.GetDeliveries()) != 2 {
		t.Errorf("while it is public a stranger sees %d deliveries", len(got.GetDeliveries()))
	}
	s.desk.Must(t, "a", incident.ChangeVisibility{Private: true}, incident.PostUpdate{Text: "canary"})
	all.atLeast(t, 3)
	s.actedThrough()
	if n := s.count("select count(*) from notifier_ledger.delivery d where revision > 1"); n != 2 {
		t.Errorf("%d deliveries of what happened since, want those of one webhook", n)
	}
	if got := must[*notifyv1.ListDeliveriesResponse](t)(rpc.service.ListDeliveries(stranger, nil)); len(got.GetDeliveries()) != 0 {
		t.Errorf("a stranger sees %v", got.GetDeliveries())
	}
	// What waits for another attempt is given up when it would be sent.
	for _, statement := range []string{
		"update notifier_ledger.delivery set next_attempt_at = now() where state = 'pending'",
		"update notifier_ledger.endpoint set throttled_until = null, due_at = now()",
	} {
		if _, err := s.pool.Exec(t.Context(), statement); err != nil {
			t.Fatal(err)
		}
	}
	s.poll("what waits is given up", func() bool {
		return s.count("select count(*) from notifier_ledger.delivery where state = 'cancelled' and reason_code = 'private'") == 1
	})
	public.answers(nil)
	_, err := rpc.service.ExplainIncident(stranger, &notifyv1.ExplainIncidentRequest{Incident: "a"})
	refusedWith(t, err, codes.NotFound, "no_such_incident")

	s.desk.Must(t, "a", incident.ChangeVisibility{}, incident.PostUpdate{Text: "for all"})
	all.atLeast(t, 5)
	s.actedThrough()
	if n := s.count("select count(*) from notifier_ledger.delivery d where revision > 3"); n != 4 {
		t.Errorf("%d deliveries of what happened after it was public again, want those of both webhooks", n)
	}
	if got := must[*notifyv1.ListDeliveriesResponse](t)(rpc.service.ListDeliveries(stranger, nil)); len(got.GetDeliveries()) != 8 {
		t.Errorf("a stranger sees %d deliveries", len(got.GetDeliveries()))
	}
}

// Nobody wants to hear of visibility itself, and still what follows is judged by it.
func TestVisibilityCountsWhoeverHearsOfIt(t *testing.T) {
	s := newSystem(t)
	r := newReceiver(t, secret)
	s.webhook("updates", r.URL, ", event_types: [incident.update_posted]")
	s.start()
	s.desk.Must(t, "a", declare(1), incident.PostUpdate{Text: "one"})
	r.atLeast(t, 1)
	s.desk.Must(t, "a", incident.ChangeVisibility{Private: true}, incident.PostUpdate{Text: "canary"})
	s.desk.Must(t, "a", incident.ChangeVisibility{}, incident.PostUpdate{Text: "three"})
	if got := r.atLeast(t, 2); len(got) != 2 {
		t.Errorf("got %+v", got)
	}
	s.actedThrough()
	if n := s.count("select count(*) from notifier_ledger.delivery"); n != 2 {
		t.Errorf("%d deliveries, want 2", n)
	}
}

// An incident turns private when no webhook is left: what was delivered of it before is
// hidden all the same, also from a notifier that starts later.
func TestAnIncidentBecomesPrivateWhenNobodyListens(t *testing.T) {
	s := newSystem(t)
	r := newReceiver(t, secret)
	s.webhook("ops", r.URL, "")
	rpc := s.answering()
	s.start()
	s.desk.Must(t, "a", declare(1))
	s.desk.Must(t, "b", declare(2))
	r.atLeast(t, 2)
	listed := func() int {
		t.Helper()
		stranger := as(t, "eve", authv1.AccountRole_ACCOUNT_ROLE_MANAGER)
		return len(must[*notifyv1.ListDeliveriesResponse](t)(rpc.service.ListDeliveries(stranger, nil)).GetDeliveries())
	}
	s.webhook("ops", r.URL, ", disabled: true")
	s.actedThrough()
	if got := listed(); got != 2 {
		t.Errorf("%d deliveries are listed while both incidents are public", got)
	}
	s.desk.Must(t, "a", incident.ChangeVisibility{Private: true})
	s.poll("hidden", func() bool { return listed() == 1 })
	s.stop()
	s.desk.Must(t, "b", incident.ChangeVisibility{Private: true})
	s.start()
	s.poll("both are hidden", func() bool { return listed() == 0 })
	s.desk.Must(t, "a", incident.ChangeVisibility{})
	s.poll("shown again", func() bool { return listed() == 1 })
}
