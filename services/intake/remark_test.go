package intake_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/bridgelog/bridgelog/pkg/alert"
	"github.com/bridgelog/bridgelog/pkg/eventlog"
	"github.com/bridgelog/bridgelog/pkg/incident"
	"github.com/bridgelog/bridgelog/pkg/incidentlog"
)

// ask sends a request of Opsgenie's API and wants it to be accepted.
func (s *system) ask(path, body string) {
	s.t.Helper()
	request, err := http.NewRequestWithContext(s.t.Context(), http.MethodPost, s.url+path, strings.NewReader(body))
	if err != nil {
		s.t.Fatal(err)
	}
	request.Header.Set("Authorization", "GenieKey "+s.token)
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		s.t.Fatal(err)
	}
	if err := answer.Body.Close(); err != nil || answer.StatusCode != http.StatusAccepted {
		s.t.Fatalf("answered %s, %v", answer.Status, err)
	}
}

// alerts folds every alert of the log and says how many have which life.
func (s *system) alerts() string {
	s.t.Helper()
	subjects, err := s.log.Subjects(s.t.Context(), eventlog.FilterAlerts)
	if err != nil {
		s.t.Fatal(err)
	}
	lives := map[string]int{}
	for _, subject := range subjects {
		messages, err := s.log.Load(s.t.Context(), subject, 0)
		if err != nil {
			s.t.Fatal(err)
		}
		var state alert.State
		for _, m := range messages {
			if state, err = alert.Fold(state, m.Data); err != nil {
				s.t.Fatal(err)
			}
		}
		if strings.HasPrefix(state.Fired.Title, "Marker") {
			continue
		}
		lives[fmt.Sprintf("%s ended=%v acked=%v notes=%d", state.Fired.Title, state.Ended(), state.IsAcknowledged(), state.Notes)]++
	}
	return fmt.Sprint(lives)
}

// TestNotesFindTheirAlert: what is said of an open alert, with its end, after its end,
// and of alerts that there never were.
func TestNotesFindTheirAlert(t *testing.T) {
	s := newSystem(t)
	s.ask("/v2/alerts/a/notes", `{"note":"of nothing"}`)
	s.ask("/v2/alerts/a/acknowledge", `{"note":"of nothing"}`)
	s.ask("/v2/alerts", `{"message":"Disk full","alias":"a","note":"with the begin"}`)
	s.ask("/v2/alerts/a/notes", `{"note":"meanwhile"}`)
	s.ask("/v2/alerts/a/close", `{"note":"with the end"}`)
	s.ask("/v2/alerts/a/acknowledge", `{"note":"too late, but said"}`)
	s.ask("/v2/alerts", `{"message":"Disk full again","alias":"a"}`)
	s.ask("/v2/alerts/a/acknowledge", `{}`)
	s.handled("m1")
	const want = "map[Disk full again ended=false acked=true notes=0:1 Disk full ended=true acked=false notes=4:1]"
	if got := s.alerts(); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

// TestTheEndOfALinkedAlertIsTold: an incident that a person declared from an alert stays
// open when the alert ends, and says so.
func TestTheEndOfALinkedAlertIsTold(t *testing.T) {
	s := newSystem(t)
	s.ask("/v2/alerts", `{"message":"Disk full","alias":"a"}`) // no route takes it
	s.handled("m1")
	var id string
	subjects, err := s.log.Subjects(t.Context(), eventlog.FilterAlerts)
	if err != nil {
		t.Fatal(err)
	}
	for _, subject := range subjects {
		messages, err := s.log.Load(t.Context(), subject, 0)
		if err != nil {
			t.Fatal(err)
		}
		state, err := alert.Fold(alert.State{}, messages[0].Data)
		if err != nil {
			t.Fatal(err)
		}
		if state.Fired.Title == "Disk full" {
			id = strings.TrimPrefix(subject, alert.SubjectPrefix)
		}
	}
	_, err = s.commands.desk.Do(t.Context(), "promoted", incident.Declare{
		Number: 99, Title: "Disk full", Status: incident.StatusTriage, AlertID: incident.AlertID(id),
	})
	if err != nil {
		t.Fatal(err)
	}
	linked := alert.Linked{Incident: "promoted", By: "ada", At: time.Now()}
	if err := s.commands.appendAlert(t.Context(), id, linked.Draft); err != nil {
		t.Fatal(err)
	}
	s.ask("/v2/alerts/a/close", `{}`)
	s.handled("m2")
	entries, err := incidentlog.Load(t.Context(), s.log, "promoted", 0)
	if err != nil {
		t.Fatal(err)
	}
	note, ok := entries[len(entries)-1].Event.(incident.NoteAdded)
	if state := incidentlog.State(entries); !state.Open() || !ok || !strings.Contains(note.Text, "All alerts of this incident have ended") {
		t.Errorf("the last entry is %+v", entries[len(entries)-1].Event)
	}
}
