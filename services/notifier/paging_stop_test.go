package notifier_test

import (
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/bridgelog/bridgelog/pkg/alert"
	"github.com/bridgelog/bridgelog/pkg/incident"
	"github.com/bridgelog/bridgelog/pkg/incidentlog/incidentlogtest"
	"github.com/bridgelog/bridgelog/pkg/page"
	catalogv1 "github.com/bridgelog/bridgelog/proto/gen/catalog/v1"
	"github.com/bridgelog/bridgelog/services/notifier"
	"github.com/bridgelog/bridgelog/services/notifier/internal/mail/mailtest"
)

// putOff is a server that puts everything off until it is told to accept.
func putOff(t *testing.T) (server *mailtest.Server, accept func()) {
	t.Helper()
	server = mailtest.Start(t, mailtest.Options{Answer: func(int) int { return 451 }})
	return server, func() { server.Answers(func(int) int { return 0 }) }
}

// hurry has every way looked at again now.
func (s *system) hurry() {
	s.t.Helper()
	if _, err := s.pool.Exec(s.t.Context(), "update notifier_ledger.page_way set due_at = now(), retry_at = null where state = 'open'"); err != nil {
		s.t.Fatal(err)
	}
}

// done waits until a way of a page is done for a reason.
func (s *system) done(pageID, reason string) {
	s.t.Helper()
	s.poll("done: "+reason, func() bool {
		return s.count("select count(*) from notifier_ledger.page_way where page_id = $1 and way > 0 and state = 'done' and reason = $2", pageID, reason) == 1
	})
}

func TestWhoeverAcknowledgesEndsTheAttempts(t *testing.T) {
	for name, event := range map[string]drafter{
		"acknowledged": alert.Acknowledged{By: "p2", At: time.Now().UTC().Truncate(time.Microsecond)},
		"ended":        alert.Resolved{EndsAt: time.Now().UTC().Truncate(time.Microsecond)},
	} {
		t.Run(name, func(t *testing.T) {
			s := newSystem(t)
			server, accept := putOff(t)
			d := s.paging(server, "")
			s.start()
			alertID, pageID := s.call("page", "payments", nil)
			s.poll("it is put off", func() bool { return s.told(pageID) == "Ada attempted 1" })
			accept()
			// Whoever wrote this died before it brought the page along.
			s.write(alert.Subject(alertID), event)
			s.done(pageID, name)
			s.poll("the page is where its alert is", func() bool {
				state := s.pageState(pageID)
				return state.IsAcknowledged() == (name == "acknowledged") && state.Ended() == (name == "ended") && !state.Calls()
			})
			if s.hurry(); len(server.Accepted()) != 0 || d.settled == 0 {
				t.Errorf("%d mails, settled %d times", len(server.Accepted()), d.settled)
			}
			s.rest()
			if name == "acknowledged" {
				if n := s.count("select count(*) from notifier_ledger.page_way where state = 'open'"); n != 1 {
					t.Errorf("%d rows are open, want that of the page itself until its alert is over", n)
				}
				s.write(alert.Subject(alertID), alert.Resolved{EndsAt: time.Now()})
				s.poll("it is over", func() bool { return s.pageState(pageID).Ended() })
			}
			s.poll("nothing is open", func() bool { return s.count("select count(*) from notifier_ledger.page_way where state = 'open'") == 0 })
			if server.Tries() != 1 {
				t.Errorf("%d tries", server.Tries())
			}
		})
	}
}

func TestASilenceStopsAPageUntilItEnds(t *testing.T) {
	s := newSystem(t)
	server, accept := putOff(t)
	s.paging(server, "")
	s.start()
	alertID, pageID := s.call("page", "payments", nil)
	s.poll("it is put off", func() bool { return s.told(pageID) == "Ada attempted 1" })
	s.write(alert.Subject(alertID), alert.Suppressed{Kind: "silence", Name: "n", ID: "s1", At: time.Now(), Until: time.Now().Add(time.Hour)})
	s.actedThrough()
	s.hurry()
	s.rest()
	tries := server.Tries()
	accept()
	s.hurry()
	if s.rest(); len(server.Accepted()) != 0 || server.Tries() != tries {
		t.Fatalf("%d mails, %d tries while it is silenced", len(server.Accepted()), server.Tries()-tries)
	}
	s.write(alert.Subject(alertID), alert.Unsuppressed{At: time.Now()})
	s.poll("it goes on", func() bool { return strings.HasPrefix(s.told(pageID), "Ada delivered") })
}

func TestLowUrgencyWaits(t *testing.T) {
	s := newSystem(t)
	server := mailtest.Start(t, mailtest.Options{})
	d := s.paging(server, "")
	var ahead atomic.Int64
	s.change = func(c *notifier.Config) {
		c.Pages, c.Now = d, func() time.Time { return time.Now().Add(time.Duration(ahead.Load())) }
	}
	s.start()
	later := func(r *page.Requested) {
		r.Urgency, r.NotBefore = catalogv1.Urgency_URGENCY_LOW, r.At.Add(30*time.Minute)
	}
	_, waits := s.call("waits", "payments", later)
	overID, over := s.call("is over", "payments", later)
	silencedID, silenced := s.call("is silenced", "payments", later)
	s.actedThrough()
	s.rest()
	s.hurry()
	if s.rest(); server.Tries() != 0 {
		t.Fatal("it did not wait")
	}
	s.write(alert.Subject(overID), alert.Resolved{EndsAt: time.Now()})
	s.write(alert.Subject(silencedID), alert.Suppressed{Kind: "maintenance", Name: "n", ID: "s1", At: time.Now(), Until: time.Now().Add(time.Hour)})
	s.done(over, "ended")
	ahead.Store(int64(31 * time.Minute))
	s.hurry()
	s.poll("it is told when its time has come", func() bool { return s.told(waits) == "Ada delivered 1" })
	s.hurry()
	if s.rest(); len(server.Accepted()) != 1 || s.told(over) != "" || s.told(silenced) != "" {
		t.Errorf("%d mails; told %q and %q", len(server.Accepted()), s.told(over), s.told(silenced))
	}
	s.write(alert.Subject(silencedID), alert.Unsuppressed{At: time.Now()})
	s.poll("what was silenced is told afterwards", func() bool { return s.told(silenced) == "Ada delivered 1" })
}

func TestPracticeCallsNobody(t *testing.T) {
	s := newSystem(t)
	server, accept := putOff(t)
	s.paging(server, "")
	s.start()
	s.desk.Must(t, "drill", incident.Declare{Number: 1, Title: "Practice", Severity: incident.SEV1, Drill: true})
	alertID, pageID := s.call("practice", "payments", nil)
	s.poll("it is put off", func() bool { return s.told(pageID) == "Ada attempted 1" })
	accept()
	s.write(alert.Subject(alertID), alert.Linked{Incident: "drill", By: "p1", At: time.Now()})
	s.hurry()
	s.done(pageID, "practice")
	if len(server.Accepted()) != 0 {
		t.Error("somebody was called for practice")
	}
}

func TestWhatIsPrivateIsNotMailed(t *testing.T) {
	s := newSystem(t)
	server := mailtest.Start(t, mailtest.Options{})
	s.paging(server, "")
	s.desk.Must(t, "secret", incident.Declare{Number: 1, Title: "Breach", Severity: incident.SEV1, Private: true})
	s.start()
	_, pageID := s.call("logins from abroad", "payments", func(r *page.Requested) {
		s.write(alert.Subject(r.Alert), alert.Linked{Incident: "secret", By: "p1", At: time.Now()})
	})
	s.poll("it is mailed", func() bool { return s.told(pageID) == "Ada delivered 1" })
	if m := server.Accepted()[0]; strings.Contains(m.Raw, "abroad") || strings.Contains(m.Raw, "INC-1") || !strings.Contains(m.Text(t), "alerts ack") {
		t.Errorf("mail\n%s", m.Raw)
	}
}

func TestAnIntegrationThatIsDisabledOrGone(t *testing.T) {
	s := newSystem(t)
	server, accept := putOff(t)
	s.paging(server, "")
	s.start()
	_, waits := s.call("waits", "payments", nil)
	s.poll("it is put off", func() bool { return s.told(waits) == "Ada attempted 1" })
	change := func(spec string) {
		incidentlogtest.Apply(t, s.log, s.catalog, incidentlogtest.YAML(t, "{kind: Integration, name: mail, spec: {"+spec+"}}")...)
	}
	carries := `type: smtp, url: "smtp://` + server.Address + `", settings: {from: pages@example.org, tls: none}`
	change(carries + ", disabled: true")
	tries := server.Tries()
	accept()
	s.hurry()
	if s.rest(); server.Tries() != tries {
		t.Error("a disabled integration was used")
	}
	change(carries)
	s.hurry()
	s.poll("it goes on", func() bool { return strings.HasPrefix(s.told(waits), "Ada delivered") })
	server.Answers(func(int) int { return 451 })
	_, lost := s.call("lost", "payments", nil)
	s.poll("it is put off", func() bool { return s.told(lost) == "Ada attempted 1" })
	change("type: chat")
	s.hurry()
	s.poll("it is given up", func() bool { return strings.HasPrefix(s.told(lost), "Ada failed no_integration") })
}

// TestAPageThatMayHaveBeenSentIsNotSentAgain: the ledger is older than the mark outside it.
func TestAPageThatMayHaveBeenSentIsNotSentAgain(t *testing.T) {
	s := newSystem(t)
	server, accept := putOff(t)
	s.paging(server, "")
	s.start()
	_, pageID := s.call("page", "payments", nil)
	s.poll("it is put off", func() bool { return s.told(pageID) == "Ada attempted 1" })
	s.poll("twice", func() bool { return s.told(pageID) == "Ada attempted 2" })
	s.stop()
	s.count("select setval('notifier_ledger.round', 1)")
	accept()
	s.start()
	s.poll("it is given up", func() bool { return strings.HasPrefix(s.told(pageID), "Ada failed uncertain") })
	if s.rest(); len(server.Accepted()) != 0 {
		t.Error("it was sent again")
	}
}

// TestAPageThatIsNoticedTooLateIsNotSent: the notifier was away for hours.
func TestAPageThatIsNoticedTooLateIsNotSent(t *testing.T) {
	s := newSystem(t)
	server := mailtest.Start(t, mailtest.Options{})
	d := s.paging(server, "")
	s.start()
	s.stop()
	_, pageID := s.call("page", "payments", nil)
	s.change = func(c *notifier.Config) {
		c.Pages, c.Now = d, func() time.Time { return time.Now().Add(2 * time.Hour) }
	}
	s.start()
	s.poll("it is given up", func() bool { return s.told(pageID) == "Ada failed stale 0" })
	if s.rest(); server.Tries() != 0 {
		t.Error("it was sent")
	}
}

// TestWhatWakesAWayShortensNoWait: a mail server that put it off is left alone until its time,
// whatever happens to the alert.
func TestWhatWakesAWayShortensNoWait(t *testing.T) {
	s := newSystem(t)
	server, accept := putOff(t)
	s.paging(server, "")
	s.start()
	alertID, pageID := s.call("page", "payments", nil)
	s.poll("it is put off", func() bool { return s.told(pageID) == "Ada attempted 1" })
	s.poll("it waits", func() bool {
		return s.count("select count(*) from notifier_ledger.page_way where way > 0 and retry_at is not null and outcome = ''") == 1
	})
	if _, err := s.pool.Exec(t.Context(), "update notifier_ledger.page_way set retry_at = now() + interval '1 hour', due_at = now() + interval '1 hour' where way > 0"); err != nil {
		t.Fatal(err)
	}
	tries := server.Tries()
	s.write(alert.Subject(alertID), alert.Suppressed{Kind: "silence", Name: "n", ID: "s1", At: time.Now(), Until: time.Now().Add(time.Hour)})
	s.write(alert.Subject(alertID), alert.Unsuppressed{At: time.Now()})
	s.actedThrough()
	if s.rest(); server.Tries() != tries {
		t.Fatalf("%d tries, want %d until its time has come", server.Tries(), tries)
	}
	accept()
	s.hurry()
	s.poll("it is told then", func() bool { return strings.HasPrefix(s.told(pageID), "Ada delivered") })
}

// TestAPageThatHadToWaitIsNotTooLate: the notifier was away while it waited.
func TestAPageThatHadToWaitIsNotTooLate(t *testing.T) {
	s := newSystem(t)
	server := mailtest.Start(t, mailtest.Options{})
	d := s.paging(server, "")
	s.start()
	s.stop()
	_, pageID := s.call("page", "payments", func(r *page.Requested) {
		r.Urgency, r.NotBefore = catalogv1.Urgency_URGENCY_LOW, r.At.Add(4*time.Hour)
	})
	var ahead atomic.Int64
	ahead.Store(int64(2 * time.Hour))
	s.change = func(c *notifier.Config) {
		c.Pages, c.Now = d, func() time.Time { return time.Now().Add(time.Duration(ahead.Load())) }
	}
	s.start()
	s.actedThrough()
	if s.rest(); server.Tries() != 0 || s.told(pageID) != "" {
		t.Fatalf("%d tries, told %q before its time", server.Tries(), s.told(pageID))
	}
	ahead.Store(int64(4*time.Hour + time.Minute))
	s.hurry()
	s.poll("it is told when its time has come", func() bool { return s.told(pageID) == "Ada delivered 1" })
}
