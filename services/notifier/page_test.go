package notifier_test

import (
	"crypto/rand"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/bridgelog/bridgelog/pkg/alert"
	"github.com/bridgelog/bridgelog/pkg/chain"
	"github.com/bridgelog/bridgelog/pkg/eventlog"
	"github.com/bridgelog/bridgelog/pkg/incident"
	"github.com/bridgelog/bridgelog/pkg/page"
	catalogv1 "github.com/bridgelog/bridgelog/proto/gen/catalog/v1"
)

type drafter interface {
	Draft(eventID string) (chain.Draft, error)
}

// write appends an event to an alert or a page.
func (s *system) write(subject string, together ...drafter) {
	s.t.Helper()
	var drafts []chain.Draft
	for _, e := range together {
		d, err := e.Draft(uuid.NewString())
		if err != nil {
			s.t.Fatal(err)
		}
		drafts = append(drafts, d)
	}
	if _, err := s.log.Append(s.t.Context(), s.sealed(subject, drafts...)); err != nil {
		s.t.Fatal(err)
	}
}

// sealed are events as they come next on a subject.
func (s *system) sealed(subject string, drafts ...chain.Draft) eventlog.Append {
	s.t.Helper()
	head, last := chain.Head{}, uint64(0)
	messages, _ := s.log.Load(s.t.Context(), subject, 0)
	for _, m := range messages {
		commit, err := chain.Open(m.Data)
		if err != nil {
			s.t.Fatal(err)
		}
		for _, r := range commit.Records {
			envelope, err := r.Envelope()
			if err != nil {
				s.t.Fatal(err)
			}
			head = chain.Head{Revision: envelope.Revision, Hash: r.Hash(), RecordedAtMicros: envelope.RecordedAtMicros}
		}
		last = m.Sequence
	}
	data, _, err := chain.Seal(head, subject, drafts, chain.Request{}, time.Now(), rand.Reader)
	if err != nil {
		s.t.Fatal(err)
	}
	return eventlog.Append{Subject: subject, Expect: last, Data: data}
}

// pages writes an alert and its page; it returns the ids of both.
func (s *system) pages(fingerprint string, shadow bool) (alertID, pageID string) {
	s.t.Helper()
	fired := alert.Fired{Source: "alertmanager", Fingerprint: fingerprint, StartsAt: time.Now(), Title: fingerprint, Labels: map[string]string{"service": "checkout"}}
	alertID = alert.ID(fired.Source, fired.Fingerprint, fired.StartsAt)
	s.write(alert.Subject(alertID), fired)
	s.write(page.Subject(page.ID(alertID)), page.Requested{
		Alert: alertID, Route: "critical", Urgency: catalogv1.Urgency_URGENCY_HIGH, Severity: incident.SEV2, Shadow: shadow, At: time.Now(),
		Whom: page.Whom{Team: "payments", Service: "checkout", NotBefore: time.Now(), Recipients: []page.Recipient{{Person: "p1", Problem: page.NoWay}}},
	})
	return alertID, page.ID(alertID)
}

func typesOf(got []delivery) string {
	var types []string
	for _, d := range got {
		types = append(types, strings.TrimPrefix(d.Type, "dev.bridgelog."))
	}
	return strings.Join(types, " ")
}

func TestWebhooksHearOfPages(t *testing.T) {
	s := newSystem(t)
	pages, others, all := newReceiver(t, secret), newReceiver(t, secret), newReceiver(t, secret)
	s.webhook("pager", pages.URL, `, event_types: ["page.*"], severities: [SEV-2]`)
	s.webhook("minor", others.URL, `, event_types: ["page.*"], severities: [SEV-3]`)
	s.webhook("all", all.URL, "")
	s.start()
	s.pages("shadow", true)
	_, pageID := s.pages("real", false)
	pages.atLeast(t, 1)
	s.write(page.Subject(pageID), page.Acknowledged{By: "p1", At: time.Now()})
	pages.atLeast(t, 2)
	s.stop()
	s.start()
	s.write(page.Subject(pageID), page.Ended{At: time.Now()})
	got := pages.atLeast(t, 3)
	if typesOf(got) != "page.requested page.acknowledged page.ended" {
		t.Errorf("got %s", typesOf(got))
	}
	for _, d := range got {
		if !d.Verified || d.Subject != "page/"+pageID || !strings.Contains(d.Body, `"title":"real"`) || !strings.Contains(d.Body, `"team":"payments"`) {
			t.Errorf("delivery %+v", d)
		}
	}
	if heard := all.atLeast(t, 3); len(heard) != 3 {
		t.Errorf("who takes everything got %s", typesOf(heard))
	}
	if n := s.count("select count(*) from notifier_ledger.delivery"); n != 6 {
		t.Errorf("%d deliveries, want 6: of a shadow nobody hears, and whose severity is another one", n)
	}
}

// TestThePageOfAPrivateIncidentIsNotTold to whom that may not hear of it.
func TestThePageOfAPrivateIncidentIsNotTold(t *testing.T) {
	s := newSystem(t)
	public, private := newReceiver(t, secret), newReceiver(t, secret)
	s.webhook("public", public.URL, `, event_types: ["page.*"]`)
	s.webhook("private", private.URL, `, event_types: ["page.*"], include_private: true`)
	s.start()
	alertID, pageID := s.pages("logins", false)
	public.atLeast(t, 1)
	private.atLeast(t, 1)
	s.desk.Must(t, "secret", incident.Declare{Number: 1, Title: "Breach", Severity: incident.SEV1, Private: true})
	s.write(alert.Subject(alertID), alert.Linked{Incident: "secret", By: "p1", At: time.Now()})
	s.write(page.Subject(pageID), page.Acknowledged{By: "p1", At: time.Now()})
	got := private.atLeast(t, 2)
	if !strings.Contains(got[1].Body, `"name":"INC-1"`) {
		t.Errorf("the second: %s", got[1].Body)
	}
	if n := s.count("select count(*) from notifier_ledger.delivery where incident_id = 'secret'"); n != 1 {
		t.Errorf("%d deliveries of the private incident, want 1", n)
	}
	// A redaction in the incident leaves what is sent of pages as it is.
	s.desk.Must(t, "secret", incident.AddNote{Text: "a password"})
	s.desk.Must(t, "secret", incident.RedactEntry{Entry: 2, ReasonCode: "secret"})
	s.write(page.Subject(pageID), page.Ended{At: time.Now()})
	private.atLeast(t, 3)
	if n := s.count("select count(*) from notifier_ledger.delivery where length(body) = 0 or body is null"); n != 0 {
		t.Errorf("%d deliveries lost their bodies", n)
	}
}
