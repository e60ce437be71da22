package importer_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/bridgelog/bridgelog/cmd/bridgelog/internal/importer"
	incidentv1 "github.com/bridgelog/bridgelog/proto/gen/incident/v1"
)

var start = time.Date(2026, 3, 1, 10, 0, 0, 0, time.UTC)

func declaration() *incidentv1.DeclareIncidentRequest {
	return &incidentv1.DeclareIncidentRequest{
		Title: "Slow\tAPI", OccurredAt: timestamppb.New(start), Severity: incidentv1.Severity_SEVERITY_SEV2,
		External: &incidentv1.ExternalReference{System: "test", Id: "1"},
	}
}

func TestActsAreSorted(t *testing.T) {
	h := importer.NewHistory(declaration())
	h.Note(start.Add(2*time.Minute), "second", "", "")
	h.Note(start.Add(time.Minute), "first", "", "")
	h.Note(start.Add(2*time.Minute), "third", "", "")
	h.Note(start, " \n", "", "")
	built, err := h.Build()
	if err != nil {
		t.Fatal(err)
	}
	var texts []string
	for _, s := range built.GetSteps() {
		texts = append(texts, s.GetAddNote().GetText())
	}
	if got := strings.Join(texts, " "); got != "first second third" {
		t.Errorf("order: %s", got)
	}
	if d := built.GetDeclare(); d.GetTitle() != "Slow API" || d.GetOrigin() != incidentv1.Origin_ORIGIN_IMPORT {
		t.Errorf("declaration %v", d)
	}
}

func TestNothingIsSaidTwice(t *testing.T) {
	h := importer.NewHistory(declaration())
	h.Severity(start.Add(time.Minute), incidentv1.Severity_SEVERITY_SEV2, "same")
	h.Severity(start.Add(time.Minute), incidentv1.Severity_SEVERITY_UNSPECIFIED, "none")
	h.Status(start.Add(2*time.Minute), incidentv1.Status_STATUS_INVESTIGATING, "")
	h.Publish(start.Add(3*time.Minute), importer.Public{ID: "u", Components: []*incidentv1.ComponentImpact{
		{Component: "c", Status: incidentv1.ComponentStatus_COMPONENT_STATUS_OPERATIONAL},
	}})
	built, err := h.Build()
	if err != nil || len(built.GetSteps()) != 1 || built.GetSteps()[0].GetPublishUpdate().GetMessage() == "" {
		t.Errorf("%v, %v; want only the update, with a message", built.GetSteps(), err)
	}
}

func TestBuildRefuses(t *testing.T) {
	tooMany := importer.NewHistory(declaration())
	for range 10001 {
		tooMany.Note(start, "x", "", "")
	}
	tooLong := importer.NewHistory(declaration())
	tooLong.Update(start, strings.Repeat("x", 32<<10+1), "")
	noTime := importer.NewHistory(declaration())
	noTime.Acknowledge(time.Time{})
	noID := importer.NewHistory(&incidentv1.DeclareIncidentRequest{Title: "x", OccurredAt: timestamppb.New(start)})
	noStart := importer.NewHistory(&incidentv1.DeclareIncidentRequest{
		Title: "x", External: &incidentv1.ExternalReference{System: "test", Id: "1"},
	})
	for want, h := range map[error]*importer.History{
		importer.ErrTooMany: tooMany, importer.ErrTooLong: tooLong, importer.ErrNoID: noID, importer.ErrNoTime: noTime,
	} {
		if _, err := h.Build(); !errors.Is(err, want) {
			t.Errorf("%v, want %v", err, want)
		}
	}
	if _, err := noStart.Build(); !errors.Is(err, importer.ErrNoTime) {
		t.Errorf("no start: %v", err)
	}
}
