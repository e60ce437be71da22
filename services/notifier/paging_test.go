package notifier_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/bridgelog/bridgelog/pkg/alert"
	"github.com/bridgelog/bridgelog/pkg/eventlog"
	"github.com/bridgelog/bridgelog/pkg/failpoint"
	"github.com/bridgelog/bridgelog/pkg/incident"
	"github.com/bridgelog/bridgelog/pkg/incidentlog/incidentlogtest"
	"github.com/bridgelog/bridgelog/pkg/page"
	catalogv1 "github.com/bridgelog/bridgelog/proto/gen/catalog/v1"
	signalv1 "github.com/bridgelog/bridgelog/proto/gen/signal/v1"
	"github.com/bridgelog/bridgelog/services/notifier"
	"github.com/bridgelog/bridgelog/services/notifier/internal/mail/mailtest"
)

// pageDesk stands where command stands: it writes what came of pages as command does.
type pageDesk struct {
	signalv1.PageServiceClient

	s  *system
	mu sync.Mutex
	// down: it cannot be reached; lose: it writes, and its answer is lost.
	down, lose bool
	settled    int
}

func (d *pageDesk) RecordPageOutcome(_ context.Context, r *signalv1.RecordPageOutcomeRequest, _ ...grpc.CallOption) (*signalv1.RecordPageOutcomeResponse, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.down {
		return nil, status.Error(codes.Unavailable, "down")
	}
	state := d.s.pageState(r.GetPageId())
	o := page.Outcome{Person: r.GetPersonId(), Way: int(r.GetWay()), Attempt: int(r.GetAttempt()), At: time.UnixMicro(r.GetAtUs()).UTC(), Reason: r.GetReason(), Problem: r.GetProblem()}
	if _, ok := state.Way(o.Person, o.Way); !ok {
		return nil, status.Error(codes.FailedPrecondition, "not asked")
	}
	if state.News(o, r.GetOutcome() != signalv1.PageOutcome_PAGE_OUTCOME_ATTEMPTED) {
		var e drafter = page.Attempted{Outcome: o}
		switch r.GetOutcome() {
		case signalv1.PageOutcome_PAGE_OUTCOME_DELIVERED:
			e = page.Delivered{Outcome: o}
		case signalv1.PageOutcome_PAGE_OUTCOME_FAILED:
			e = page.Failed{Outcome: o}
		default:
		}
		d.s.write(page.Subject(r.GetPageId()), e)
	}
	if d.lose {
		d.lose = false
		return nil, status.Error(codes.Unavailable, "the answer was lost")
	}
	return &signalv1.RecordPageOutcomeResponse{}, nil
}

func (d *pageDesk) SettlePage(_ context.Context, r *signalv1.SettlePageRequest, _ ...grpc.CallOption) (*signalv1.SettlePageResponse, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	state := d.s.pageState(r.GetPageId())
	about := d.s.alertState(state.Requested.Alert)
	if about.IsAcknowledged() && !state.IsAcknowledged() {
		d.s.write(page.Subject(r.GetPageId()), page.Acknowledged{By: about.Acknowledged.By, At: about.Acknowledged.At})
	}
	if about.Ended() && !state.Ended() {
		d.s.write(page.Subject(r.GetPageId()), page.Ended{At: about.EndedAt})
	}
	d.settled++
	return &signalv1.SettlePageResponse{}, nil
}

// change changes how the desk is.
func (d *pageDesk) change(fn func()) {
	d.mu.Lock()
	defer d.mu.Unlock()
	fn()
}

func (s *system) pageState(id string) page.State {
	s.t.Helper()
	return folded(s, page.Subject(id), page.Fold)
}

func (s *system) alertState(id string) alert.State {
	s.t.Helper()
	return folded(s, alert.Subject(id), alert.Fold)
}

func folded[S any](s *system, subject string, fold func(S, []byte) (S, error)) S {
	s.t.Helper()
	var state S
	messages, err := s.log.Load(s.t.Context(), subject, 0)
	if err != nil && !errors.Is(err, eventlog.ErrNotFound) {
		s.t.Fatal(err)
	}
	for _, m := range messages {
		if state, err = fold(state, m.Data); err != nil {
			s.t.Fatal(err)
		}
	}
	return state
}

// paging has the team of ada and bob paged through a mail server.
func (s *system) paging(server *mailtest.Server, more string) *pageDesk {
	s.t.Helper()
	incidentlogtest.Apply(s.t, s.log, s.catalog, incidentlogtest.YAML(s.t, `
{kind: Person, name: ada, spec: {display_name: Ada, email: ada@example.org}}
---
{kind: Person, name: bob, spec: {display_name: Bob, email: bob@example.org}}
---
{kind: Team, name: payments, spec: {members: [ada]}}
---
{kind: Team, name: both, spec: {members: [ada, bob]}}
---
{kind: Integration, name: mail, spec: {type: smtp, url: "smtp://`+server.Address+`", settings: {from: pages@example.org, tls: none}}}
`+more)...)
	d := &pageDesk{s: s}
	s.change = func(c *notifier.Config) { c.Pages = d }
	return d
}

// call writes an alert and the page that a team gets of it; it returns their ids.
func (s *system) call(fingerprint, team string, change func(*page.Requested)) (alertID, pageID string) {
	s.t.Helper()
	alertID = s.fires(fingerprint, "")
	requested := page.Requested{Alert: alertID, Route: "critical", Urgency: catalogv1.Urgency_URGENCY_HIGH, Severity: incident.SEV2, At: time.Now().UTC().Truncate(time.Microsecond)}
	requested.Whom = page.Of(s.catalog.State(), page.Ask{Team: team, Urgency: requested.Urgency, Severity: requested.Severity, At: requested.At})
	if change != nil {
		change(&requested)
	}
	pageID = page.ID(alertID)
	s.write(page.Subject(pageID), requested)
	return alertID, pageID
}

// told are the outcomes of a page as words, in the order of the log.
func (s *system) told(pageID string) string {
	s.t.Helper()
	state := s.pageState(pageID)
	var words []string
	for _, o := range state.Told {
		word := "attempted"
		if o.Delivered {
			word = "delivered"
		} else if o.Failed {
			word = "failed " + o.Reason
		}
		words = append(words, fmt.Sprintf("%s %s %d", s.catalog.State().DisplayName(o.Person), word, o.Attempt))
	}
	slices.Sort(words)
	return strings.Join(words, ", ")
}

// to are the addresses of the mails that a server accepted.
func to(server *mailtest.Server) string {
	var all []string
	for _, m := range server.Accepted() {
		all = append(all, m.To)
	}
	slices.Sort(all)
	return strings.Join(all, " ")
}

// rest waits until nothing of pages is in hand or due.
func (s *system) rest() {
	s.t.Helper()
	s.actedThrough()
	s.poll("everything rests", func() bool {
		return s.count("select count(*) from notifier_ledger.page_way where state = 'open' and (due_at <= now() or lease_until > now())") == 0
	})
}

func TestPagesAreMailedOnce(t *testing.T) {
	s := newSystem(t)
	server := mailtest.Start(t, mailtest.Options{})
	s.paging(server, "")
	s.start()
	s.call("a shadow", "both", func(r *page.Requested) { r.Shadow = true })
	_, pageID := s.call("High error rate", "both", nil)
	s.poll("both are told", func() bool { return s.told(pageID) == "Ada delivered 1, Bob delivered 1" })
	if to(server) != "ada@example.org bob@example.org" {
		t.Errorf("mails to %s", to(server))
	}
	for _, m := range server.Accepted() {
		if m.Subject(t) != "High urgency: High error rate" || m.From != "pages@example.org" || !strings.Contains(m.Text(t), "bridgelog alerts ack ") {
			t.Errorf("mail\n%s", m.Raw)
		}
	}
	s.stop()
	s.start()
	s.call("another", "payments", nil)
	s.poll("the other one", func() bool { return len(server.Accepted()) == 3 })
	if s.rest(); len(server.Accepted()) != 3 || server.Tries() != 3 {
		t.Errorf("mails to %s, %d tries", to(server), server.Tries())
	}
	if n := s.count("select count(*) from notifier_ledger.page_way where way > 0"); n != 3 {
		t.Errorf("%d ways, want 3", n)
	}
}

func TestAServerThatPutsOffIsAskedAgain(t *testing.T) {
	s := newSystem(t)
	server := mailtest.Start(t, mailtest.Options{Answer: func(before int) int {
		if before == 0 {
			return 451
		}
		return 0
	}})
	s.paging(server, "")
	s.start()
	_, pageID := s.call("put off", "payments", nil)
	s.poll("it is put off", func() bool { return s.told(pageID) == "Ada attempted 1" })
	if o := s.pageState(pageID).Told[0]; o.Reason != "deferred" || o.Problem != "the mail server answered 451 to the address of the person" {
		t.Errorf("outcome %+v", o)
	}
	s.stop()
	s.start()
	s.poll("it is delivered after a restart", func() bool { return s.told(pageID) == "Ada delivered 2" })
	if len(server.Accepted()) != 1 {
		t.Errorf("%d mails", len(server.Accepted()))
	}
}

func TestWhatIsRefusedIsGivenUp(t *testing.T) {
	s := newSystem(t)
	server := mailtest.Start(t, mailtest.Options{Answer: func(int) int { return 550 }})
	s.paging(server, "")
	s.start()
	_, pageID := s.call("refused", "payments", nil)
	s.poll("it is given up", func() bool { return s.told(pageID) == "Ada failed refused 1" })
	if s.rest(); server.Tries() != 1 {
		t.Errorf("%d tries", server.Tries())
	}
	if o := s.pageState(pageID).Told[0]; strings.Contains(o.Problem, "the-words-of-the-server") || strings.Contains(o.Problem, "@") {
		t.Errorf("problem %q", o.Problem)
	}
}

// TestASlowMailServerHoldsUpNobodyElse: more pages than are tried at once hang, and another
// server's pages and webhooks go out.
func TestASlowMailServerHoldsUpNobodyElse(t *testing.T) {
	s := newSystem(t)
	slow, well := mailtest.Start(t, mailtest.Options{Hang: true}), mailtest.Start(t, mailtest.Options{})
	r := newReceiver(t, secret)
	s.webhook("ops", r.URL, `, event_types: ["page.requested"]`)
	s.paging(slow, `---
{kind: Integration, name: other, spec: {type: smtp, url: "smtp://`+well.Address+`", settings: {from: pages@example.org, tls: none}}}
---
{kind: Person, name: cyd, spec: {contacts: [{type: email, address: cyd@example.org, integration: other}]}}
---
{kind: Person, name: dan, spec: {contacts: [{type: email, address: dan@example.org, integration: mail}]}}
---
{kind: Team, name: slow, spec: {members: [dan]}}
---
{kind: Team, name: well, spec: {members: [cyd]}}
`)
	s.start()
	const many = 30
	for n := range many {
		s.call(fmt.Sprint("slow ", n), "slow", nil)
	}
	_, pageID := s.call("well", "well", nil)
	s.poll("the other server's page", func() bool { return s.told(pageID) == "cyd delivered 1" })
	r.atLeast(t, many+1)
	if len(slow.Accepted()) != 0 {
		t.Error("the slow one accepted something")
	}
}

// TestAHungWebhookDoesNotHoldUpPages is the reverse.
func TestAHungWebhookDoesNotHoldUpPages(t *testing.T) {
	s := newSystem(t)
	server := mailtest.Start(t, mailtest.Options{})
	s.paging(server, "")
	before := s.change
	s.change = func(c *notifier.Config) { before(c); c.Workers = 1 }
	r := newReceiver(t, secret)
	release := make(chan struct{})
	t.Cleanup(func() { close(release) })
	r.answers(func(int, http.ResponseWriter) { <-release })
	s.webhook("ops", r.URL, "")
	s.start()
	s.desk.Must(t, "a", declare(1))
	_, pageID := s.call("page", "payments", nil)
	s.poll("the page is mailed", func() bool { return s.told(pageID) == "Ada delivered 1" })
}

func TestAnOutcomeIsWrittenOnce(t *testing.T) {
	s := newSystem(t)
	server := mailtest.Start(t, mailtest.Options{})
	d := s.paging(server, "")
	d.down = true
	s.start()
	_, pageID := s.call("down", "payments", nil)
	s.poll("it is sent", func() bool { return len(server.Accepted()) == 1 })
	s.stop()
	d.change(func() { d.down, d.lose = false, true })
	s.start()
	s.poll("the outcome is done", func() bool {
		return s.count("select count(*) from notifier_ledger.page_way where state = 'done' and reason = 'delivered'") == 1
	})
	if s.told(pageID) != "Ada delivered 1" || s.pageState(pageID).Head.Revision != 2 || len(server.Accepted()) != 1 {
		t.Errorf("told %s, revision %d, %d mails", s.told(pageID), s.pageState(pageID).Head.Revision, len(server.Accepted()))
	}
}

// TestEachPointOfTellingMayFail interrupts telling at every point: the outcome is written
// once, and what is sent again has the same Message-ID.
func TestEachPointOfTellingMayFail(t *testing.T) {
	for _, point := range failpoint.Names() {
		if !strings.HasPrefix(point, "pager.") {
			continue
		}
		t.Run(point, func(t *testing.T) {
			s := newSystem(t)
			server := mailtest.Start(t, mailtest.Options{})
			s.paging(server, "")
			var hit atomic.Bool
			disarm, err := failpoint.Arm(point, func(ctx context.Context) error {
				if hit.CompareAndSwap(false, true) {
					return failpoint.Fail(ctx)
				}
				return nil
			})
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(disarm)
			s.start()
			_, pageID := s.call(point, "payments", nil)
			s.poll("told", func() bool { return strings.HasPrefix(s.told(pageID), "Ada delivered") })
			s.rest()
			ids := map[string]bool{}
			for _, m := range server.Accepted() {
				ids[m.Header.Get("Message-Id")] = true
			}
			if len(ids) != 1 || !hit.Load() || s.pageState(pageID).Head.Revision != 2 {
				t.Errorf("Message-IDs %v, revision %d", ids, s.pageState(pageID).Head.Revision)
			}
		})
	}
}
