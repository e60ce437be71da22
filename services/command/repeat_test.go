package command_test

import (
	"testing"

	"google.golang.org/protobuf/proto"

	incidentv1 "github.com/bridgelog/bridgelog/proto/gen/incident/v1"
)

// first returns the result as a repetition shows it.
func repeated(r *incidentv1.WriteResult) *incidentv1.WriteResult {
	again := proto.Clone(r).(*incidentv1.WriteResult)
	again.Replayed, again.Warnings, again.Checklists, again.Duplicate = true, nil, nil, nil
	return again
}

func TestARepeatedDeclarationFindsItself(t *testing.T) {
	w := newWorld(t)
	n := w.start()
	request := &incidentv1.DeclareIncidentRequest{Title: "Checkout returns 502", RequestId: "laptop-1"}
	first, err := n.as("ada").DeclareIncident(t.Context(), request)
	if err != nil {
		t.Fatal(err)
	}
	n.stop()
	second, err := w.start().as("ada").DeclareIncident(t.Context(), request)
	if err != nil {
		t.Fatal(err)
	}
	if want := repeated(first.GetResult()); !proto.Equal(second.GetResult(), want) {
		t.Errorf("got %v, want %v", second.GetResult(), want)
	}
	other, err := w.start().as("ben").DeclareIncident(t.Context(), request)
	if err != nil {
		t.Fatal(err)
	}
	if got := other.GetResult(); got.GetNumber() != 2 || got.GetReplayed() {
		t.Errorf("somebody else's request id led to %v, want a new incident", got)
	}
}

func TestARepeatedActIsDoneOnce(t *testing.T) {
	w := newWorld(t)
	n := w.start()
	ada := n.as("ada")
	ada.declare(t, "Checkout returns 502")
	note := &incidentv1.AddNoteRequest{Incident: "INC-1", RequestId: "n1", Text: "pool exhausted"}
	first, err := ada.AddNote(t.Context(), note)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := ada.PostUpdate(t.Context(), &incidentv1.PostUpdateRequest{Incident: "INC-1", Text: "looking"}); err != nil {
		t.Fatal(err)
	}
	// However the incident is named, and whatever etag is sent, it is the same act.
	again := proto.Clone(note).(*incidentv1.AddNoteRequest)
	again.Incident, again.Etag = first.GetResult().GetIncidentId(), "1"
	for _, c := range []clients{ada, w.start().as("ada")} {
		second, err := c.AddNote(t.Context(), again)
		if err != nil {
			t.Fatal(err)
		}
		if want := repeated(first.GetResult()); !proto.Equal(second.GetResult(), want) {
			t.Errorf("got %v, want %v", second.GetResult(), want)
		}
	}
	note.Text = "something else"
	_, err = ada.AddNote(t.Context(), note)
	refused(t, err, "already_exists", "request_id_reused")
	_, err = ada.PostUpdate(t.Context(), &incidentv1.PostUpdateRequest{Incident: "INC-1", RequestId: "n1", Text: "pool exhausted"})
	refused(t, err, "already_exists", "request_id_reused")

	// Request ids are each caller's own.
	if r, err := n.as("ben").AddNote(t.Context(), note); err != nil || r.GetResult().GetReplayed() {
		t.Errorf("got %v, %v, want a new note", r, err)
	}
}

func TestADeclarationsRequestIDIsUsedUp(t *testing.T) {
	ada := newWorld(t).start().as("ada")
	request := &incidentv1.DeclareIncidentRequest{Title: "Checkout returns 502", RequestId: "d1"}
	if _, err := ada.DeclareIncident(t.Context(), request); err != nil {
		t.Fatal(err)
	}
	request.Title = "Search is down"
	_, err := ada.DeclareIncident(t.Context(), request)
	refused(t, err, "already_exists", "request_id_reused")
}

func TestARepeatedPublicationNamesItsUpdate(t *testing.T) {
	ada := newWorld(t).start().as("ada")
	ada.declare(t, "Checkout returns 502")
	request := &incidentv1.PublishUpdateRequest{
		Incident: "INC-1", RequestId: "p1", Status: incidentv1.Status_STATUS_INVESTIGATING, Message: "We are looking into it.",
	}
	first, err := ada.PublishUpdate(t.Context(), request)
	if err != nil {
		t.Fatal(err)
	}
	second, err := ada.PublishUpdate(t.Context(), request)
	if err != nil {
		t.Fatal(err)
	}
	if id := first.GetResult().GetUpdateId(); id == "" || second.GetResult().GetUpdateId() != id {
		t.Errorf("got update ids %q and %q, want the same", id, second.GetResult().GetUpdateId())
	}
}

func TestRequestIDsOfImportsAreReserved(t *testing.T) {
	ada := newWorld(t).start().as("ada")
	ada.declare(t, "Checkout returns 502")
	_, err := ada.AddNote(t.Context(), &incidentv1.AddNoteRequest{Incident: "INC-1", RequestId: "import:1", Text: "x"})
	if f := refused(t, err, "invalid_argument", "reserved"); f.Field != "request_id" {
		t.Errorf("got field %q, want request_id", f.Field)
	}
}
