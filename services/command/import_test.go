package command_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/bridgelog/bridgelog/pkg/chain"
	"github.com/bridgelog/bridgelog/pkg/eventlog"
	"github.com/bridgelog/bridgelog/pkg/incident"
	"github.com/bridgelog/bridgelog/pkg/record"
	incidentv1 "github.com/bridgelog/bridgelog/proto/gen/incident/v1"
)

func at(minute int) *timestamppb.Timestamp {
	return timestamppb.New(time.Date(2024, 3, 1, 12, minute, 0, 0, time.UTC))
}

// history is an outage of another system with a few public updates.
func history(id string, updates int) *incidentv1.ImportedIncident {
	h := &incidentv1.ImportedIncident{Declare: &incidentv1.DeclareIncidentRequest{
		Title: "Elevated errors " + id, OccurredAt: at(0), Services: []string{"a service nobody knows"},
		External: &incidentv1.ExternalReference{System: "statuspage:example", Id: id},
	}}
	for i := range updates {
		h.Steps = append(h.Steps, publishStep(fmt.Sprintf("u%d", i), i+1, "Still looking."))
	}
	return h
}

func publishStep(id string, minute int, text string) *incidentv1.ImportStep {
	return &incidentv1.ImportStep{Act: &incidentv1.ImportStep_PublishUpdate{PublishUpdate: &incidentv1.PublishUpdateRequest{
		UpdateId: id, Message: text, Status: incidentv1.Status_STATUS_INVESTIGATING, OccurredAt: at(minute),
	}}}
}

func resolveStep(minute int) *incidentv1.ImportStep {
	return &incidentv1.ImportStep{Act: &incidentv1.ImportStep_ResolveIncident{
		ResolveIncident: &incidentv1.ResolveIncidentRequest{OccurredAt: at(minute)},
	}}
}

func importAll(t *testing.T, c clients, histories ...*incidentv1.ImportedIncident) []*incidentv1.ImportOutcome {
	t.Helper()
	r, err := c.ImportIncidents(t.Context(), &incidentv1.ImportIncidentsRequest{Incidents: histories})
	if err != nil {
		t.Fatal(err)
	}
	return r.GetOutcomes()
}

func checkOutcome(t *testing.T, got *incidentv1.ImportOutcome, want *incidentv1.ImportOutcome) {
	t.Helper()
	want.IncidentId = got.GetIncidentId()
	if !proto.Equal(got, want) || len(got.GetIncidentId()) != 26 {
		t.Errorf("got %v, want %v", got, want)
	}
}

func TestAnImportKeepsTimesAndIDs(t *testing.T) {
	w := newWorld(t)
	mia := w.start().as("mia")
	outcomes := importAll(t, mia, history("a", 2), history("b", 0))
	checkOutcome(t, outcomes[0], &incidentv1.ImportOutcome{Number: 1, Events: 3})
	checkOutcome(t, outcomes[1], &incidentv1.ImportOutcome{Number: 2, Events: 1})

	events := decode(t, w, outcomes[0].GetIncidentId())
	declared := events[0].Event.(incident.Declared)
	if declared.Number != 1 || declared.Origin != incident.OriginImport || declared.External.ID != "a" || declared.Services[0] != "a service nobody knows" {
		t.Errorf("got %+v, want INC-1 imported with its own names", declared)
	}
	update := events[2].Event.(incident.PublicUpdatePublished)
	if update.UpdateID != "u1" || !events[2].OccurredAt.Equal(at(2).AsTime()) || events[2].RecordedAt.Before(at(60).AsTime()) {
		t.Errorf("got %+v at %v recorded %v, want u1 at its own time", update, events[2].OccurredAt, events[2].RecordedAt)
	}
	if next := mia.declare(t, "Checkout returns 502"); next.GetNumber() != 3 {
		t.Errorf("the next number is %d, want 3", next.GetNumber())
	}
	if _, err := mia.AddNote(t.Context(), &incidentv1.AddNoteRequest{Incident: "INC-1", Text: "learned"}); err != nil {
		t.Errorf("an imported incident cannot be worked on: %v", err)
	}
}

func decode(t *testing.T, w *world, id string) []incident.Recorded {
	t.Helper()
	messages, err := w.log.Load(t.Context(), "incident."+id, 0)
	if err != nil {
		t.Fatal(err)
	}
	var events []incident.Recorded
	for _, m := range messages {
		c, err := chain.Open(m.Data)
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range c.Records {
			e, err := record.Decode(r)
			if err != nil {
				t.Fatal(err)
			}
			events = append(events, e)
		}
	}
	return events
}

func TestARepeatedImportAddsWhatGrew(t *testing.T) {
	w := newWorld(t)
	mia := w.start().as("mia")
	h := history("a", 2)
	importAll(t, mia, h)
	before, _ := w.log.Head(t.Context())
	checkOutcome(t, importAll(t, w.start().as("root"), h)[0], &incidentv1.ImportOutcome{Number: 1, Existed: true})
	if after, _ := w.log.Head(t.Context()); after != before {
		t.Errorf("the same import again moved the log from %v to %v", before, after)
	}
	// Somebody works on it meanwhile; the source grows at its end, and an update is
	// put in before.
	if _, err := mia.AddNote(t.Context(), &incidentv1.AddNoteRequest{Incident: "INC-1", Text: "ours"}); err != nil {
		t.Fatal(err)
	}
	h.Steps = append(h.GetSteps(), resolveStep(9))
	checkOutcome(t, importAll(t, mia, h)[0], &incidentv1.ImportOutcome{Number: 1, Existed: true, Events: 1, Added: 1})
	h.Steps = append([]*incidentv1.ImportStep{publishStep("early", 1, "First words.")}, h.GetSteps()...)
	checkOutcome(t, importAll(t, mia, h)[0], &incidentv1.ImportOutcome{Number: 1, Existed: true, Events: 1, Added: 1})
	if got := revisions(t, w, importAll(t, mia, h)[0].GetIncidentId()); got != 6 {
		t.Errorf("the log holds %d events, want declaration, 3 updates, a note and the resolution", got)
	}
}

func TestOneBadHistoryIsRefusedAlone(t *testing.T) {
	mia := newWorld(t).start().as("mia")
	untimed := history("untimed", 1)
	untimed.Steps[0].GetPublishUpdate().OccurredAt = nil
	nameless := history("nameless", 0)
	nameless.Declare.External = nil
	outcomes := importAll(t, mia, untimed, history("good", 1), nameless, &incidentv1.ImportedIncident{}, history("good", 2))
	for i, want := range []string{"steps[0]: occurred_at", "", "declare.external", "declare.external", ""} {
		if got := outcomes[i].GetError(); !strings.HasPrefix(got, want) || (want == "") != (got == "") {
			t.Errorf("history %d: got error %q, want %q", i, got, want)
		}
	}
	checkOutcome(t, outcomes[1], &incidentv1.ImportOutcome{Number: 1, Events: 2})
	checkOutcome(t, outcomes[4], &incidentv1.ImportOutcome{Number: 1, Existed: true, Events: 1, Added: 1})
}

func TestALongHistoryTakesSeveralCommits(t *testing.T) {
	w := newWorld(t)
	mia := w.start().as("mia")
	h := history("long", 0)
	for i := range 40 {
		h.Steps = append(h.GetSteps(), publishStep(fmt.Sprintf("u%d", i), i%60, strings.Repeat("long words ", 2500)))
	}
	outcome := importAll(t, mia, h)[0]
	checkOutcome(t, outcome, &incidentv1.ImportOutcome{Number: 1, Events: 41})
	messages, err := w.log.Load(t.Context(), "incident."+outcome.GetIncidentId(), 0)
	if err != nil || len(messages) < 5 {
		t.Errorf("got %d messages (%v), want several", len(messages), err)
	}
	for _, m := range messages {
		if len(m.Data) > eventlog.DefaultMaxCommitBytes {
			t.Errorf("a commit has %d bytes", len(m.Data))
		}
	}
	checkOutcome(t, importAll(t, mia, h)[0], &incidentv1.ImportOutcome{Number: 1, Existed: true})
}

func TestAnInterruptedImportGoesOn(t *testing.T) {
	for _, point := range []string{"import.before_batch", "import.after_batch"} {
		t.Run(point, func(t *testing.T) {
			w := newWorld(t)
			w.start().stop()
			failOnce(t, point)
			h := history("a", 0)
			for i := range 20 {
				h.Steps = append(h.GetSteps(), publishStep(fmt.Sprintf("u%d", i), i, strings.Repeat("long words ", 2500)))
			}
			request := &incidentv1.ImportIncidentsRequest{Incidents: []*incidentv1.ImportedIncident{history("first", 1), h}}
			for range 2 {
				n := w.start()
				if _, err := n.as("mia").ImportIncidents(t.Context(), request); err == nil {
					break
				}
				n.stop()
			}
			outcomes := importAll(t, w.start().as("mia"), request.GetIncidents()...)
			for i, want := range []uint64{2, 21} {
				if got := revisions(t, w, outcomes[i].GetIncidentId()); got != want || outcomes[i].GetEvents() != 0 {
					t.Errorf("history %d has %d events and got %d more, want %d and 0", i, got, outcomes[i].GetEvents(), want)
				}
			}
		})
	}
}

func TestTwoImportsAtOnce(t *testing.T) {
	w := newWorld(t)
	var histories []*incidentv1.ImportedIncident
	for i := range 60 {
		histories = append(histories, history(fmt.Sprint(i), 1))
	}
	done := make(chan []*incidentv1.ImportOutcome, 2)
	for range 2 {
		c := w.start().as("mia")
		go func() {
			r, err := c.ImportIncidents(t.Context(), &incidentv1.ImportIncidentsRequest{Incidents: histories})
			w.check(err)
			done <- r.GetOutcomes()
		}()
	}
	events := uint32(0)
	numbers := map[uint64]bool{}
	for range 2 {
		for _, o := range <-done {
			events += o.GetEvents()
			numbers[o.GetNumber()] = true
			if o.GetError() != "" {
				t.Error(o.GetError())
			}
		}
	}
	if events != 120 || len(numbers) != 60 || numbers[0] {
		t.Errorf("got %d events and %d numbers, want 120 and 60", events, len(numbers))
	}
}
