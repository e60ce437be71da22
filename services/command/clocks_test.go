package command_test

import (
	"sync"
	"testing"
	"time"

	"google.golang.org/protobuf/types/known/durationpb"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/bridgelog/bridgelog/pkg/incident"
	"github.com/bridgelog/bridgelog/pkg/incidentlog"
	"github.com/bridgelog/bridgelog/pkg/rpc"
	incidentv1 "github.com/bridgelog/bridgelog/proto/gen/incident/v1"
)

// breach says that nobody has acknowledged INC-1 in time.
func breach(name string) *incidentv1.RecordClockRequest {
	return &incidentv1.RecordClockRequest{
		Incident: name, Run: &incidentv1.ClockRun{Clock: "acknowledge", Start: 1},
		Threshold: incidentv1.ClockThreshold_CLOCK_THRESHOLD_BREACHED, DueTime: timestamppb.New(time.Now().Add(-time.Second)),
	}
}

// However many services watch a clock, what it passes is written once.
func TestAClockIsWrittenOnceHoweverManyWatch(t *testing.T) {
	w := newWorld(t)
	one, other := w.start(), w.start()
	id := one.as("ada").declare(t, "Checkout returns 502").GetIncidentId()
	watchers := []clients{one.as("console"), other.as("console"), one.as("console"), other.as("console")}
	var all sync.WaitGroup
	for _, watcher := range watchers {
		all.Go(func() {
			for range 5 {
				if _, err := watcher.RecordClock(t.Context(), breach(id)); err != nil && rpc.FailureOf(err).Code != "aborted" {
					t.Errorf("%v", err)
				}
			}
		})
	}
	all.Wait()
	entries, err := incidentlog.Load(t.Context(), w.log, incident.ID(id), 0)
	if err != nil {
		t.Fatal(err)
	}
	if len(entries) != 2 || entries[1].Event.Type() != "incident.clock_breached" || incidentlog.State(entries).Touched {
		t.Errorf("%d events: %+v", len(entries), entries)
	}
}

// What was computed from an older state of the incident is not written.
func TestAClockIsComputedFromWhatIsSo(t *testing.T) {
	n := newWorld(t).start()
	etag := n.as("ada").declare(t, "Checkout returns 502").GetEtag()
	if _, err := n.as("ada").AcknowledgeIncident(t.Context(), &incidentv1.AcknowledgeIncidentRequest{Incident: "INC-1"}); err != nil {
		t.Fatal(err)
	}
	r := breach("INC-1")
	r.Etag = etag
	_, err := n.as("console").RecordClock(t.Context(), r)
	if f := rpc.FailureOf(err); f.Code != "aborted" {
		t.Errorf("got %v", err)
	}
}

// Clocks of private incidents run too, whatever the services may do otherwise.
func TestClocksOfPrivateIncidentsAreRecorded(t *testing.T) {
	n := newWorld(t).start()
	if _, err := n.as("ada").DeclareIncident(t.Context(), &incidentv1.DeclareIncidentRequest{Title: "Data was copied", Private: true}); err != nil {
		t.Fatal(err)
	}
	if _, err := n.as("services").RecordClock(t.Context(), breach("INC-1")); err != nil {
		t.Error(err)
	}
}

func TestOnlyServicesRecordClocks(t *testing.T) {
	n := newWorld(t).start()
	n.as("ada").declare(t, "Checkout returns 502")
	for _, who := range []string{"ada", "mia", "root", "machine"} {
		_, err := n.as(who).RecordClock(t.Context(), breach("INC-1"))
		if f := rpc.FailureOf(err); f.Code != "permission_denied" || f.Reason != "not_a_service" {
			t.Errorf("%s: %v", who, err)
		}
	}
}

func TestLawsAreThoseOfThePlaybook(t *testing.T) {
	n := newWorld(t).start()
	ada := n.as("ada")
	ada.declare(t, "Customer data was copied")
	aware, submitted := incidentv1.LegalEvent_LEGAL_EVENT_AWARE, incidentv1.LegalEvent_LEGAL_EVENT_SUBMITTED
	for _, c := range []struct {
		regime, report string
		event          incidentv1.LegalEvent
		field, reason  string
	}{
		{"nis2", "", aware, "", ""},
		{"nis2", "early-warning", submitted, "", ""},
		{"nis3", "", aware, "regime", "unknown_regime"},
		{"sev-1", "", aware, "regime", "unknown_regime"}, // a clock policy, and no law
		{"nis2", "", incidentv1.LegalEvent_LEGAL_EVENT_MATERIAL, "event", "unknown_to_the_law"},
		{"nis2", "form-8k", submitted, "report", "unknown_report"},
		{"nis2", "", submitted, "report", "required"},
	} {
		_, err := ada.RecordLegalEvent(t.Context(), &incidentv1.RecordLegalEventRequest{
			Incident: "INC-1", Regime: c.regime, Event: c.event, Report: c.report,
		})
		f := rpc.FailureOf(err)
		if (c.reason == "") != (err == nil) || err != nil && (f.Reason != c.reason || f.Field != c.field) {
			t.Errorf("%v: %v (%s of %s)", c, err, f.Reason, f.Field)
		}
	}
}

func TestWhatPeopleRanIsRecorded(t *testing.T) {
	n := newWorld(t).start()
	ada := n.as("ada")
	ada.declare(t, "Checkout returns 502")
	r, err := ada.RecordCommand(t.Context(), &incidentv1.RecordCommandRequest{
		Incident: "INC-1", Command: "make deploy", ExitCode: 2, Output: "\x1b[31mno\x1b[0m",
	})
	if err != nil || r.GetResult().GetRevision() != 2 {
		t.Fatalf("got %v, %v", r, err)
	}
	_, err = ada.RecordCommand(t.Context(), &incidentv1.RecordCommandRequest{Incident: "INC-1"})
	if f := rpc.FailureOf(err); f.Code != "invalid_argument" || f.Field != "command" {
		t.Errorf("got %v", err)
	}
}

// What people call a law is understood; the log has its own name.
func TestLawsHaveOtherNames(t *testing.T) {
	w := newWorld(t)
	n := w.start()
	ada := n.as("ada")
	id := ada.declare(t, "Customer data was copied").GetIncidentId()
	called := map[string]string{
		"gdpr-33": "gdpr", "GDPR Article 33": "gdpr", "SEC_8K": "sec-8k", "Form 8-K": "sec-8k", "NIS 2": "nis2", "dora-19": "dora", "hipaa": "hipaa",
		"CRA-14 incident": "cra-incident",
	}
	for word, law := range called {
		event := incidentv1.LegalEvent_LEGAL_EVENT_AWARE
		if law == "sec-8k" {
			event = incidentv1.LegalEvent_LEGAL_EVENT_MATERIAL
		}
		if _, err := ada.RecordLegalEvent(t.Context(), &incidentv1.RecordLegalEventRequest{Incident: "1", Regime: word, Event: event}); err != nil {
			t.Fatalf("%s: %v", word, err)
		}
		entries, err := incidentlog.Load(t.Context(), w.log, incident.ID(id), 0)
		if err != nil {
			t.Fatal(err)
		}
		if got, ok := entries[len(entries)-1].Event.(incident.LegalEventRecorded); !ok || got.Regime != law {
			t.Errorf("%q is written as %+v, want %s", word, got, law)
		}
	}
}

// Reviews are scheduled by our own services, once, whatever the incident's visibility.
func TestReviewsAreScheduledByServices(t *testing.T) {
	n := newWorld(t).start()
	if _, err := n.as("ada").DeclareIncident(t.Context(), &incidentv1.DeclareIncidentRequest{Title: "Data was copied", Private: true, Category: "security"}); err != nil {
		t.Fatal(err)
	}
	r := &incidentv1.ScheduleReviewRequest{
		Incident: "INC-1", Etag: "1", Category: "security", Earlier: []string{"inc7"}, Window: durationpb.New(time.Hour), DueTime: timestamppb.New(time.Now()),
	}
	for _, who := range []string{"ada", "mia", "root", "machine"} {
		_, err := n.as(who).ScheduleReview(t.Context(), r)
		if f := rpc.FailureOf(err); f.Code != "permission_denied" || f.Reason != "not_a_service" {
			t.Errorf("%s: %v", who, err)
		}
	}
	written, err := n.as("services").ScheduleReview(t.Context(), r)
	if err != nil || written.GetResult().GetItem() != "F1" {
		t.Errorf("got %v, %v", written, err)
	}
	r.Etag = ""
	if again, err := n.as("services").ScheduleReview(t.Context(), r); err != nil || !again.GetResult().GetUnchanged() {
		t.Errorf("again: %v, %v", again, err)
	}
	if _, err := n.as("ada").EndFollowUp(t.Context(), &incidentv1.EndFollowUpRequest{Incident: "1", FollowUp: 1, Outcome: incidentv1.Outcome_OUTCOME_DONE}); err != nil {
		t.Errorf("the review is no follow-up: %v", err)
	}
}
