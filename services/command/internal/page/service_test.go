package page_test

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/bridgelog/bridgelog/pkg/catalog"
	"github.com/bridgelog/bridgelog/pkg/chain"
	"github.com/bridgelog/bridgelog/pkg/eventlog"
	"github.com/bridgelog/bridgelog/pkg/eventlog/memory"
	"github.com/bridgelog/bridgelog/pkg/incident"
	"github.com/bridgelog/bridgelog/pkg/incidentlog/incidentlogtest"
	pkgpage "github.com/bridgelog/bridgelog/pkg/page"
	"github.com/bridgelog/bridgelog/pkg/rpc"
	catalogv1 "github.com/bridgelog/bridgelog/proto/gen/catalog/v1"
	signalv1 "github.com/bridgelog/bridgelog/proto/gen/signal/v1"
	"github.com/bridgelog/bridgelog/services/command/internal/alert"
	"github.com/bridgelog/bridgelog/services/command/internal/page"
)

const organization = `
{kind: Person, name: ada, spec: {email: ada@example.org}}
---
{kind: Team, name: payments, spec: {members: [ada]}}
---
{kind: Service, name: checkout, spec: {owner: payments}}
`

// world is the services of alerts and pages over one log.
type world struct {
	*page.Service

	t      *testing.T
	alerts *alert.Service
	log    *memory.Log
	state  *catalog.Follower
	ours   bool
}

func newWorld(t *testing.T) *world {
	t.Helper()
	log := memory.New(memory.Options{})
	w := &world{t: t, log: log, state: incidentlogtest.Follow(t, log), ours: true}
	incidentlogtest.Apply(t, log, w.state, incidentlogtest.YAML(t, organization)...)
	actor := func(context.Context) string { return "intake" }
	w.Service = &page.Service{
		Log: log, Now: time.Now, Random: rand.Reader, Actor: actor, Catalog: w.state.Wait,
		Ours: func(context.Context) (bool, error) { return w.ours, nil },
	}
	w.alerts = &alert.Service{
		Log: log, Now: time.Now, Random: rand.Reader, Actor: actor, Follow: w.Follow,
		Incident: func(context.Context, incident.ID) (incident.State, error) { return incident.State{}, nil },
		Caller: func(context.Context, string) (alert.Caller, error) {
			return alert.Caller{Actor: "ada", Principal: "ada", Ours: true, Sees: func(incident.State) bool { return true }}, nil
		},
	}
	return w
}

// fires writes that an alert began and returns its id.
func (w *world) fires(fingerprint string) string {
	w.t.Helper()
	r, err := w.alerts.RecordAlertFired(w.t.Context(), &signalv1.RecordAlertFiredRequest{
		Source: "alertmanager", Fingerprint: fingerprint, StartsAtUs: 1_700_000_000_000_000, Title: "5xx",
	})
	if err != nil {
		w.t.Fatal(err)
	}
	return r.GetAlertId()
}

func (w *world) request(alertID string) *signalv1.RequestPageRequest {
	return &signalv1.RequestPageRequest{
		AlertId: alertID, Route: "critical", Urgency: catalogv1.Urgency_URGENCY_HIGH, Service: "checkout", CatalogSequence: w.state.State().Sequence(),
	}
}

// events are the types of what stands on a page's subject.
func (w *world) events(pageID string) string {
	w.t.Helper()
	messages, err := w.log.Load(w.t.Context(), pkgpage.Subject(pageID), 0)
	if err != nil {
		w.t.Fatal(err)
	}
	var types []string
	for _, m := range messages {
		commit, err := chain.Open(m.Data)
		if err != nil {
			w.t.Fatal(err)
		}
		for _, r := range commit.Records {
			types = append(types, strings.TrimPrefix(string(r.Type()), "page."))
		}
	}
	return strings.Join(types, " ")
}

func (w *world) stateOf(pageID string) pkgpage.State {
	w.t.Helper()
	messages, _ := w.log.Load(w.t.Context(), pkgpage.Subject(pageID), 0)
	var s pkgpage.State
	for _, m := range messages {
		var err error
		if s, err = pkgpage.Fold(s, m.Data); err != nil {
			w.t.Fatal(err)
		}
	}
	return s
}

func (w *world) refuses(err error, code codes.Code, what string) {
	w.t.Helper()
	got := status.Code(err)
	if refusal, ok := errors.AsType[*rpc.Refusal](err); ok {
		got = refusal.Code
	}
	if got != code {
		w.t.Errorf("%s: %v, want %v", what, err, code)
	}
}

func TestAnAlertPagesOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	id := w.fires("f")
	var all sync.WaitGroup
	written := make(chan bool, 8)
	for range cap(written) {
		all.Go(func() {
			answer, err := w.RequestPage(t.Context(), w.request(id))
			if err != nil || answer.GetPageId() != pkgpage.ID(id) {
				t.Errorf("request: %v, %v", answer, err)
			}
			written <- !answer.GetUnchanged()
		})
	}
	all.Wait()
	close(written)
	wrote := 0
	for one := range written {
		if one {
			wrote++
		}
	}
	if got := w.events(pkgpage.ID(id)); got != "requested" || wrote != 1 {
		t.Errorf("%q is written, %d times answered as new", got, wrote)
	}
	s := w.stateOf(pkgpage.ID(id))
	ada, _ := w.state.State().Person("ada")
	if r := s.Requested; r.Team != "payments" || len(r.Recipients) != 1 || r.Recipients[0].Person != ada.ID || r.Revision != w.state.State().Revision() {
		t.Errorf("requested %+v", r)
	}
	_, err := w.RequestPage(t.Context(), w.request("nothing"))
	w.refuses(err, codes.FailedPrecondition, "an alert that never fired")
}

func TestAPageFollowsItsAlert(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	id := w.fires("f")
	if _, err := w.RequestPage(t.Context(), w.request(id)); err != nil {
		t.Fatal(err)
	}
	for range 2 { // later ones are not the first
		if _, err := w.alerts.AcknowledgeAlert(t.Context(), &signalv1.AcknowledgeAlertRequest{AlertId: id}); err != nil {
			t.Fatal(err)
		}
	}
	if s := w.stateOf(pkgpage.ID(id)); w.events(pkgpage.ID(id)) != "requested acknowledged" || s.Acknowledged.By != "ada" {
		t.Errorf("after the acknowledgment: %q, %+v", w.events(pkgpage.ID(id)), s.Acknowledged)
	}
	for range 2 {
		if _, err := w.alerts.RecordAlertResolved(t.Context(), &signalv1.RecordAlertResolvedRequest{AlertId: id, EndsAtUs: 1_700_000_001_000_000}); err != nil {
			t.Fatal(err)
		}
	}
	if got := w.events(pkgpage.ID(id)); got != "requested acknowledged ended" {
		t.Errorf("after the end: %q", got)
	}
	answer, err := w.SettlePage(t.Context(), &signalv1.SettlePageRequest{PageId: pkgpage.ID(id)})
	if err != nil || !answer.GetAcknowledged() || !answer.GetEnded() || answer.GetPosition() != "" {
		t.Errorf("settled: %v, %v", answer, err)
	}
	_, err = w.SettlePage(t.Context(), &signalv1.SettlePageRequest{PageId: "nothing"})
	w.refuses(err, codes.NotFound, "no page")
}

func TestAnAlertThatNeedsNobodyPagesNobody(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	over, taken := w.fires("over"), w.fires("taken")
	if _, err := w.alerts.RecordAlertResolved(t.Context(), &signalv1.RecordAlertResolvedRequest{AlertId: over, EndsAtUs: 1_700_000_001_000_000}); err != nil {
		t.Fatal(err)
	}
	if _, err := w.alerts.AcknowledgeAlert(t.Context(), &signalv1.AcknowledgeAlertRequest{AlertId: taken}); err != nil {
		t.Fatal(err)
	}
	for _, id := range []string{over, taken} {
		answer, err := w.RequestPage(t.Context(), w.request(id))
		if err != nil || answer.GetPageId() != "" || !answer.GetUnchanged() || w.events(pkgpage.ID(id)) != "" {
			t.Errorf("%v, %v", answer, err)
		}
	}
}

func TestAPageIsSettledByWhoeverLooks(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	id := w.fires("f")
	if _, err := w.RequestPage(t.Context(), w.request(id)); err != nil {
		t.Fatal(err)
	}
	w.alerts.Follow = func(context.Context, string) error { return status.Error(codes.Unavailable, "the process died here") }
	_, err := w.alerts.AcknowledgeAlert(t.Context(), &signalv1.AcknowledgeAlertRequest{AlertId: id})
	w.refuses(err, codes.Unavailable, "the answer")
	if got := w.events(pkgpage.ID(id)); got != "requested" {
		t.Fatalf("written %q", got)
	}
	if _, err := w.SettlePage(t.Context(), &signalv1.SettlePageRequest{PageId: pkgpage.ID(id)}); err != nil {
		t.Fatal(err)
	}
	if got := w.events(pkgpage.ID(id)); got != "requested acknowledged" {
		t.Errorf("settled %q", got)
	}
}

func TestOutcomesAreWrittenOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	id := w.fires("f")
	// There is nothing that carries mail here: give the page a way by hand.
	subject := pkgpage.Subject(pkgpage.ID(id))
	ask := pkgpage.Requested{Alert: id, Route: "r", At: time.Now(), Whom: pkgpage.Whom{Recipients: []pkgpage.Recipient{
		{Person: "p1", Ways: []pkgpage.Way{{Number: 1, Type: catalogv1.ContactType_CONTACT_TYPE_EMAIL, Integration: "mail"}, {Number: 2, Problem: pkgpage.NoIntegration}}},
	}}}
	w.append(subject, ask)
	record := func(way, attempt int32, outcome signalv1.PageOutcome) (*signalv1.RecordPageOutcomeResponse, error) {
		return w.RecordPageOutcome(t.Context(), &signalv1.RecordPageOutcomeRequest{
			PageId: pkgpage.ID(id), PersonId: "p1", Way: way, Attempt: attempt, Outcome: outcome, AtUs: 1_700_000_002_000_000,
		})
	}
	for _, one := range []struct {
		attempt   int32
		outcome   signalv1.PageOutcome
		unchanged bool
	}{
		{1, signalv1.PageOutcome_PAGE_OUTCOME_ATTEMPTED, false},
		{1, signalv1.PageOutcome_PAGE_OUTCOME_ATTEMPTED, true},
		{2, signalv1.PageOutcome_PAGE_OUTCOME_DELIVERED, false},
		{2, signalv1.PageOutcome_PAGE_OUTCOME_DELIVERED, true},
		{3, signalv1.PageOutcome_PAGE_OUTCOME_FAILED, true},
	} {
		if answer, err := record(1, one.attempt, one.outcome); err != nil || answer.GetUnchanged() != one.unchanged {
			t.Errorf("%+v: %v, %v", one, answer, err)
		}
	}
	if got := w.events(pkgpage.ID(id)); got != "requested attempted delivered" {
		t.Errorf("written %q", got)
	}
	for _, way := range []int32{2, 3} {
		_, err := record(way, 1, signalv1.PageOutcome_PAGE_OUTCOME_DELIVERED)
		w.refuses(err, codes.FailedPrecondition, fmt.Sprintf("way %d", way))
	}
	w.ours = false
	_, err := record(1, 1, signalv1.PageOutcome_PAGE_OUTCOME_DELIVERED)
	w.refuses(err, codes.PermissionDenied, "somebody else")
	// Nor may they ask whom an alert calls, which could take the place of the real page.
	other := w.fires("other")
	_, err = w.RequestPage(t.Context(), w.request(other))
	w.refuses(err, codes.PermissionDenied, "somebody else's page")
	_, err = w.SettlePage(t.Context(), &signalv1.SettlePageRequest{PageId: pkgpage.ID(id)})
	w.refuses(err, codes.PermissionDenied, "somebody else's look")
	if got := w.events(pkgpage.ID(other)); got != "" {
		t.Errorf("written %q", got)
	}
}

// append writes an event that nobody asked the service for.
func (w *world) append(subject string, e interface {
	Draft(eventID string) (chain.Draft, error)
},
) {
	w.t.Helper()
	d, err := e.Draft("event")
	if err != nil {
		w.t.Fatal(err)
	}
	data, _, err := chain.Seal(chain.Head{}, subject, []chain.Draft{d}, chain.Request{}, time.Now(), rand.Reader)
	if err != nil {
		w.t.Fatal(err)
	}
	if _, err := w.log.Append(w.t.Context(), eventlog.Append{Subject: subject, Data: data}); err != nil {
		w.t.Fatal(err)
	}
}
