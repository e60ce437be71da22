package alert_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"google.golang.org/grpc/codes"
	"google.golang.org/protobuf/types/known/timestamppb"

	pkgalert "github.com/bridgelog/bridgelog/pkg/alert"
	"github.com/bridgelog/bridgelog/pkg/incident"
	"github.com/bridgelog/bridgelog/pkg/rpc"
	signalv1 "github.com/bridgelog/bridgelog/proto/gen/signal/v1"
	"github.com/bridgelog/bridgelog/services/command/internal/alert"
)

// by makes a person call.
func by(s *alert.Service, who string) {
	s.Caller = func(context.Context, string) (alert.Caller, error) {
		return alert.Caller{
			Actor: who, Principal: who, Ours: who == "intake",
			Sees: func(i incident.State) bool { return i.Title != "secret" || who == "member" },
		}, nil
	}
}

func refused(t *testing.T, err error, code codes.Code, reason string) {
	t.Helper()
	if s := rpc.Status(err); s.Code() != code || rpc.FailureOf(s.Err()).Reason != reason {
		t.Errorf("got %v, want %v %s", err, code, reason)
	}
}

func begun(t *testing.T, s *alert.Service, incident string) string {
	t.Helper()
	fired, err := s.RecordAlertFired(t.Context(), fire(incident))
	if err != nil {
		t.Fatal(err)
	}
	return fired.GetAlertId()
}

func TestTheFirstWhoAcknowledgesCounts(t *testing.T) {
	s, log := newService()
	id := begun(t, s, "")
	by(s, "ada")
	request := &signalv1.AcknowledgeAlertRequest{AlertId: id, RequestId: "r1", Note: "mine"}
	first, err := s.AcknowledgeAlert(t.Context(), request)
	if err != nil || first.GetUnchanged() || first.GetAcknowledgedBy() != "ada" || first.GetPosition() == "" {
		t.Fatalf("first: %v, %v", first, err)
	}
	for range 2 {
		again, err := s.AcknowledgeAlert(t.Context(), request)
		if err != nil || !again.GetUnchanged() || again.GetPosition() != "" {
			t.Fatalf("repeated: %v, %v", again, err)
		}
	}
	other := &signalv1.AcknowledgeAlertRequest{AlertId: id, RequestId: "r1", Note: "something else"}
	_, err = s.AcknowledgeAlert(t.Context(), other)
	refused(t, err, codes.AlreadyExists, "request_id_reused")
	by(s, "eve") // whose r1 is another request
	second, err := s.AcknowledgeAlert(t.Context(), other)
	if err != nil || !second.GetUnchanged() || second.GetAcknowledgedBy() != "ada" || !second.GetAcknowledgedTime().AsTime().Equal(first.GetAcknowledgedTime().AsTime()) {
		t.Fatalf("second: %v, %v", second, err)
	}
	verifyChain(t, log, id, 3) // what eve said is kept as a note
}

func TestWhatIsOverOrUnknownIsNotAcknowledged(t *testing.T) {
	s, log := newService()
	id := begun(t, s, "")
	request := &signalv1.AcknowledgeAlertRequest{AlertId: id, RequestId: "r1"}
	if _, err := s.RecordAlertResolved(t.Context(), &signalv1.RecordAlertResolvedRequest{AlertId: id, EndsAtUs: 1_700_000_100_000_000}); err != nil {
		t.Fatal(err)
	}
	_, err := s.AcknowledgeAlert(t.Context(), request)
	refused(t, err, codes.FailedPrecondition, "alert_ended")
	if !strings.Contains(err.Error(), "2023-11-14T22:15:00Z") {
		t.Errorf("it does not say when it ended: %v", err)
	}
	_, err = s.AcknowledgeAlert(t.Context(), &signalv1.AcknowledgeAlertRequest{AlertId: "nothing"})
	refused(t, err, codes.NotFound, "no_such_alert")
	_, err = s.NoteAlert(t.Context(), &signalv1.NoteAlertRequest{AlertId: "nothing", Text: "x"})
	refused(t, err, codes.NotFound, "no_such_alert")
	request.OccurredAt = timestamppb.New(time.Now().Add(time.Hour))
	_, err = s.AcknowledgeAlert(t.Context(), request)
	refused(t, err, codes.InvalidArgument, "in_the_future")
	verifyChain(t, log, id, 2)
}

func TestARepetitionOutlivesTheAlert(t *testing.T) {
	s, log := newService()
	id := begun(t, s, "")
	request := &signalv1.AcknowledgeAlertRequest{AlertId: id, RequestId: "r1"}
	for i := range 2 {
		answer, err := s.AcknowledgeAlert(t.Context(), request)
		if err != nil || answer.GetUnchanged() != (i == 1) {
			t.Fatalf("%d: %v, %v", i, answer, err)
		}
		end := &signalv1.RecordAlertResolvedRequest{AlertId: id, EndsAtUs: 1_700_000_100_000_000}
		if _, err := s.RecordAlertResolved(t.Context(), end); err != nil {
			t.Fatal(err)
		}
	}
	verifyChain(t, log, id, 3)
}

func TestAlertsOfPrivateIncidentsAreNotThere(t *testing.T) {
	s, log := newService()
	s.Incident = func(context.Context, incident.ID) (incident.State, error) {
		return incident.State{Title: "secret"}, nil
	}
	id := begun(t, s, "inc")
	by(s, "eve")
	_, err := s.AcknowledgeAlert(t.Context(), &signalv1.AcknowledgeAlertRequest{AlertId: id})
	refused(t, err, codes.NotFound, "no_such_alert")
	_, err = s.NoteAlert(t.Context(), &signalv1.NoteAlertRequest{AlertId: id, Text: "x"})
	refused(t, err, codes.NotFound, "no_such_alert")
	by(s, "member")
	if _, err := s.AcknowledgeAlert(t.Context(), &signalv1.AcknowledgeAlertRequest{AlertId: id}); err != nil {
		t.Error(err)
	}
	verifyChain(t, log, id, 2)
}

func TestASignalIsEvidenceOnce(t *testing.T) {
	s, log := newService()
	s.Incident = func(context.Context, incident.ID) (incident.State, error) {
		return incident.State{Title: "secret"}, nil
	}
	id := begun(t, s, "inc")
	note := &signalv1.NoteAlertRequest{
		AlertId: id, Text: "disk\x00 full", OccurredAt: timestamppb.New(time.Now().Add(time.Hour)), // the clock of another machine
		Evidence: &signalv1.AlertEvidence{SignalId: "s7", Sender: "pager", SaidBy: "Ada"},
	}
	by(s, "eve")
	_, err := s.NoteAlert(t.Context(), note)
	refused(t, err, codes.PermissionDenied, "not_a_service")
	by(s, "intake")
	for i := range 2 {
		answer, err := s.NoteAlert(t.Context(), note)
		if err != nil || answer.GetUnchanged() != (i == 1) {
			t.Fatalf("%d: %v, %v", i, answer, err)
		}
	}
	verifyChain(t, log, id, 2)
	messages, err := log.Load(t.Context(), pkgalert.Subject(id), 0)
	if err != nil {
		t.Fatal(err)
	}
	event := decoded(t, messages[1].Data)
	want := pkgalert.Noted{By: "pager", SignalID: "s7", Text: "disk full", SaidBy: "Ada"}
	got, ok := event.(pkgalert.Noted)
	if got.At.After(time.Now()) {
		t.Errorf("it was noted in the future: %v", got.At)
	}
	if got.At = want.At; !ok || got != want {
		t.Errorf("got %+v, want %+v", event, want)
	}
}

func TestNotesAreBounded(t *testing.T) {
	s, _ := newService()
	id := begun(t, s, "")
	note := &signalv1.NoteAlertRequest{AlertId: id, Text: "x"}
	for i := range 500 {
		if _, err := s.NoteAlert(t.Context(), note); err != nil {
			t.Fatalf("note %d: %v", i, err)
		}
	}
	_, err := s.NoteAlert(t.Context(), note)
	refused(t, err, codes.FailedPrecondition, "too_many_notes")
	note.Text = " \n"
	_, err = s.NoteAlert(t.Context(), note)
	refused(t, err, codes.InvalidArgument, "required")
}
