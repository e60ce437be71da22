package command_test

import (
	"testing"

	"google.golang.org/protobuf/proto"

	incidentv1 "github.com/bridgelog/bridgelog/proto/gen/incident/v1"
)

func TestTasksAndFollowUpsAreNamed(t *testing.T) {
	w := newWorld(t)
	n := w.start()
	ada, ben := n.as("ada"), n.as("ben")
	ada.declare(t, "Checkout returns 502")
	add := &incidentv1.AddTaskRequest{Incident: "INC-1", RequestId: "t", Text: "drain", Owner: "ben"}
	first, err := ada.AddTask(t.Context(), add)
	if err != nil || first.GetResult().GetItem() != "T1" {
		t.Fatalf("got %v, %v, want T1", first, err)
	}
	second, err := ben.AddTask(t.Context(), &incidentv1.AddTaskRequest{Incident: "INC-1", Text: "look"})
	if err != nil || second.GetResult().GetItem() != "T2" {
		t.Fatalf("got %v, %v, want T2", second, err)
	}
	again, err := w.start().as("ada").AddTask(t.Context(), add)
	if err != nil || !proto.Equal(again.GetResult(), repeated(first.GetResult())) {
		t.Errorf("repeated: %v, %v, want %v", again, err, first)
	}
	done, err := ben.EndTask(t.Context(), &incidentv1.EndTaskRequest{Incident: "INC-1", Task: 1, Outcome: incidentv1.Outcome_OUTCOME_DONE})
	if err != nil || done.GetResult().GetItem() != "T1" {
		t.Errorf("done: %v, %v", done, err)
	}
	followUp, err := ben.AddFollowUp(t.Context(), &incidentv1.AddFollowUpRequest{Incident: "INC-1", Text: "alert", Owner: "me"})
	if err != nil || followUp.GetResult().GetItem() != "F1" {
		t.Errorf("follow-up: %v, %v", followUp, err)
	}
	revised, err := ada.ReviseFollowUp(t.Context(), &incidentv1.ReviseFollowUpRequest{Incident: "INC-1", FollowUp: 1, Tracker: "https://t.example/1"})
	if err != nil || revised.GetResult().GetItem() != "F1" {
		t.Errorf("revised: %v, %v", revised, err)
	}
}

func TestTasksAreRefusedWithAWayOut(t *testing.T) {
	n := newWorld(t).start()
	ada := n.as("ada")
	ada.declare(t, "Checkout returns 502")
	_, err := ada.AddTask(t.Context(), &incidentv1.AddTaskRequest{Incident: "INC-1", Text: "x", Owner: "adah"})
	if f := refused(t, err, "invalid_argument", "unknown_person"); f.Field != "owner" {
		t.Errorf("got %+v", f)
	}
	_, err = ada.EndTask(t.Context(), &incidentv1.EndTaskRequest{Incident: "INC-1", Task: 1, Outcome: incidentv1.Outcome_OUTCOME_DONE})
	refused(t, err, "not_found", "no_such_task")
	if _, err := ada.AddTask(t.Context(), &incidentv1.AddTaskRequest{Incident: "INC-1", Text: "x"}); err != nil {
		t.Fatal(err)
	}
	_, err = ada.AssignTask(t.Context(), &incidentv1.AssignTaskRequest{Incident: "INC-1", Task: 1, Owner: "ben", Etag: "1"})
	refused(t, err, "aborted", "stale_etag")
	_, err = ada.EndFollowUp(t.Context(), &incidentv1.EndFollowUpRequest{Incident: "INC-2", FollowUp: 1, Outcome: incidentv1.Outcome_OUTCOME_DONE})
	refused(t, err, "not_found", "no_such_incident")
}
