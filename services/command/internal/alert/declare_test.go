package alert_test

import (
	"context"
	"fmt"
	"testing"

	"google.golang.org/grpc/codes"
	"google.golang.org/protobuf/proto"

	"github.com/bridgelog/bridgelog/pkg/catalog"
	"github.com/bridgelog/bridgelog/pkg/incident"
	incidentv1 "github.com/bridgelog/bridgelog/proto/gen/incident/v1"
	"github.com/bridgelog/bridgelog/services/command/internal/alert"
	"github.com/bridgelog/bridgelog/services/command/internal/write"
)

// desk declares as package write does, as far as an alert sees it; both together are
// tested through the command line.
type desk struct {
	err     error
	things  []string
	request *incidentv1.DeclareIncidentRequest
}

func (d *desk) DeclareFor(_ context.Context, thing string, r *incidentv1.DeclareIncidentRequest, _ proto.Message) (*incidentv1.WriteResult, error) {
	d.things, d.request = append(d.things, thing), r
	return &incidentv1.WriteResult{IncidentId: "inc-of-" + thing, Position: "p"}, d.err
}

func declaring(s *alert.Service) *desk {
	d := &desk{}
	s.Declarer, s.Catalog = d, func() *catalog.State { return &catalog.State{} }
	s.Incident = func(_ context.Context, id incident.ID) (incident.State, error) {
		return incident.State{Number: 7, Title: map[incident.ID]string{"private": "secret"}[id]}, nil
	}
	return d
}

func TestAnAlertHasOneIncident(t *testing.T) {
	s, log := newService()
	d := declaring(s)
	id := begun(t, s, "")
	by(s, "ada")
	request := &incidentv1.DeclareFromAlertRequest{AlertId: id, RequestId: "r1"}
	for i := range 2 {
		answer, err := s.DeclareFromAlert(t.Context(), request)
		if err != nil || answer.GetResult().GetIncidentId() != "inc-of-alert."+id || (answer.GetPosition() == "p") != (i == 1) {
			t.Fatalf("%d: %v, %v", i, answer, err)
		}
	}
	if d.request.GetTitle() != "5xx" || d.request.GetAlertId() != id {
		t.Errorf("proposed %v", d.request)
	}
	d.err = &write.TakenError{Incident: incident.State{Number: 7}, ID: "other"}
	_, err := s.DeclareFromAlert(t.Context(), request)
	refused(t, err, codes.FailedPrecondition, "alert_has_incident")
	verifyChain(t, log, id, 2) // it fired and was linked
}

// TestWhatWasInterruptedIsLinked: the process died between the incident and the alert.
func TestWhatWasInterruptedIsLinked(t *testing.T) {
	s, log := newService()
	d := declaring(s)
	id := begun(t, s, "")
	by(s, "eve")
	d.err = &write.TakenError{Incident: incident.State{Number: 7, Declarer: "ada"}, ID: "other"}
	for range 2 {
		_, err := s.DeclareFromAlert(t.Context(), &incidentv1.DeclareFromAlertRequest{AlertId: id})
		refused(t, err, codes.FailedPrecondition, "alert_has_incident")
		if want := "this alert has an incident already: INC-7"; fmt.Sprint(err) != want {
			t.Errorf("says %q, want %q", err, want)
		}
	}
	verifyChain(t, log, id, 2)
	// Whoever may not see the incident is not told that there is one.
	d.err = &write.TakenError{Incident: incident.State{Number: 7, Title: "secret"}, ID: "private"}
	_, err := s.DeclareFromAlert(t.Context(), &incidentv1.DeclareFromAlertRequest{AlertId: id})
	refused(t, err, codes.NotFound, "no_such_alert")
}

func TestAlertsThatDeclaredAreRefused(t *testing.T) {
	s, _ := newService()
	d := declaring(s)
	id := begun(t, s, "inc")
	by(s, "ada")
	_, err := s.DeclareFromAlert(t.Context(), &incidentv1.DeclareFromAlertRequest{AlertId: id})
	refused(t, err, codes.FailedPrecondition, "alert_has_incident")
	_, err = s.DeclareFromAlert(t.Context(), &incidentv1.DeclareFromAlertRequest{AlertId: "nothing"})
	refused(t, err, codes.NotFound, "no_such_alert")
	if len(d.things) != 0 {
		t.Errorf("declared %v", d.things)
	}
}
