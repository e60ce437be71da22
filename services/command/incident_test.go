package command_test

import (
	"slices"
	"strings"
	"testing"

	"google.golang.org/protobuf/proto"

	incidentv1 "github.com/bridgelog/bridgelog/proto/gen/incident/v1"
)

func TestAnIncidentIsWorkedOn(t *testing.T) {
	ada := newWorld(t).start().as("ada")

	declared := ada.declare(t, "Checkout returns 502")
	if declared.GetNumber() != 1 || declared.GetRevision() != 1 || len(declared.GetIncidentId()) != 26 {
		t.Fatalf("got %v, want number 1 at revision 1", declared)
	}
	if !slices.ContainsFunc(declared.GetWarnings(), func(s string) bool { return strings.Contains(s, "scribe") }) {
		t.Errorf("got warnings %q, want one about the scribe", declared.GetWarnings())
	}
	if _, err := ada.AcknowledgeIncident(t.Context(), &incidentv1.AcknowledgeIncidentRequest{Incident: "INC-1"}); err != nil {
		t.Fatal(err)
	}
	changed, err := ada.ChangeSeverity(t.Context(), &incidentv1.ChangeSeverityRequest{
		Incident: "1", Severity: incidentv1.Severity_SEVERITY_SEV1, Reason: "all customers",
	})
	if err != nil {
		t.Fatal(err)
	}
	noted, err := ada.AddNote(t.Context(), &incidentv1.AddNoteRequest{
		Incident: declared.GetIncidentId(), Text: "pool exhausted", Pinned: true,
	})
	if err != nil {
		t.Fatal(err)
	}
	want := &incidentv1.WriteResult{
		IncidentId: declared.GetIncidentId(), Number: 1, Revision: 5, Etag: "5", Entries: []uint64{4, 5},
		Position: noted.GetResult().GetPosition(), RequestId: noted.GetResult().GetRequestId(),
	}
	if !proto.Equal(noted.GetResult(), want) || want.GetPosition() == "" || want.GetRequestId() == "" {
		t.Errorf("got %v, want %v", noted.GetResult(), want)
	}
	if got := changed.GetResult().GetRevision(); got != 3 {
		t.Errorf("severity changed at revision %d, want 3", got)
	}
}

func TestNothingToDoWritesNothing(t *testing.T) {
	ada := newWorld(t).start().as("ada")
	ada.declare(t, "Checkout returns 502")
	for range 2 {
		if _, err := ada.AcknowledgeIncident(t.Context(), &incidentv1.AcknowledgeIncidentRequest{Incident: "INC-1"}); err != nil {
			t.Fatal(err)
		}
	}
	again, err := ada.AcknowledgeIncident(t.Context(), &incidentv1.AcknowledgeIncidentRequest{Incident: "INC-1"})
	if err != nil {
		t.Fatal(err)
	}
	if r := again.GetResult(); !r.GetUnchanged() || r.GetRevision() != 2 || len(r.GetEntries()) != 0 || r.GetPosition() == "" {
		t.Errorf("got %v, want unchanged at revision 2", r)
	}
}
