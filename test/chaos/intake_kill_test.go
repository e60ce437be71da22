package chaos_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/bridgelog/bridgelog/pkg/failpoint"
	incidentv1 "github.com/bridgelog/bridgelog/proto/gen/incident/v1"
	signalv1 "github.com/bridgelog/bridgelog/proto/gen/signal/v1"
	timelinev1 "github.com/bridgelog/bridgelog/proto/gen/timeline/v1"
	_ "github.com/bridgelog/bridgelog/services/intake"   // declares its points
	_ "github.com/bridgelog/bridgelog/services/timeline" // declares its points
	"github.com/bridgelog/bridgelog/test/system"
)

// Beginnings of the points between an alert's request and its row in the view.
const (
	intakePrefix    = "intake."
	alertViewPrefix = "alertview."
)

// TestIntakeKilledAtEveryPoint kills the whole process with SIGKILL at each named
// point between receiving an alert and showing it. The sender repeats what was not
// answered. Afterwards each alert has fired once and ended once, in one incident
// that resolved itself once.
func TestIntakeKilledAtEveryPoint(t *testing.T) {
	t.Parallel()
	s := system.Up(t, system.Options{})
	applyRoute(t, func(file string) system.Result { return s.Try(t, "apply", "-f", file) })
	points := slices.DeleteFunc(failpoint.Names(), func(name string) bool {
		return !strings.HasPrefix(name, intakePrefix) && !strings.HasPrefix(name, alertViewPrefix)
	})
	if len(points) < 10 {
		t.Fatalf("only %d points to kill at", len(points))
	}
	for _, point := range points {
		t.Run(point, func(t *testing.T) { killAt(t, s, point) })
	}
	if r := s.Try(t, "verify"); r.Code != 0 {
		t.Errorf("verify: %s", r)
	}
	if rebuilt := s.Do(t, "rebuild", "alerts"); !strings.Contains(rebuilt, "none differed") {
		t.Errorf("the view of alerts is not what the log says: %s", rebuilt)
	}
}

// killAt lets the process die at a point while a group of two alerts fires, partly
// resolves and resolves.
func killAt(t *testing.T, s *system.System, point string) {
	arm(t, s, point)
	a, b := point+"/a", point+"/b"
	died := false
	for _, body := range [][]byte{
		payload(t, point, tell(point, a, true), tell(point, b, true)),
		payload(t, point, tell(point, a, false), tell(point, b, true)),
		payload(t, point, tell(point, b, false)),
	} {
		for !accepted(t, s, body) {
			died = restart(t, s) || died
		}
	}
	if !died {
		restart(t, s)
	}
	// A batch is handled after the one before it: with the second marker all that
	// came before the first is done.
	view := alertsView(t, s.Endpoints.GRPC, s.Endpoints.Token)
	for _, marker := range []string{point + "/first", point + "/second"} {
		if !accepted(t, s, payload(t, marker, tell(marker, marker, true))) {
			t.Fatal("the process died again")
		}
		awaitAlerts(t, view, &signalv1.ListAlertsRequest{Labels: map[string]string{"alertname": marker}}, 1)
	}
	once(t, s, view, point)
}

// accepted tells whether a request was; when it was not, the process has died. A
// door that is busy is asked again.
func accepted(t *testing.T, s *system.System, body []byte) bool {
	t.Helper()
	answered := false
	eventually(t, "an answer other than 503", func() bool {
		status, err := post(within(t), s.Endpoints.Intake, s.Endpoints.Token, body)
		answered = err == nil
		if answered && status/100 != 2 && status != http.StatusServiceUnavailable {
			t.Fatalf("the door answered %d", status)
		}
		return !answered || status/100 == 2
	})
	return answered
}

// restart waits for the end of the process and starts it again unarmed.
func restart(t *testing.T, s *system.System) bool {
	t.Helper()
	if err := s.Wait(t); err == nil {
		t.Fatal("the process ended cleanly")
	}
	s.Env("")
	s.Start(t)
	return true
}

// once fails unless both alerts are over, in one incident, which is resolved.
func once(t *testing.T, s *system.System, view signalv1.AlertViewServiceClient, name string) {
	t.Helper()
	found := awaitAlerts(t, view, &signalv1.ListAlertsRequest{Labels: map[string]string{"alertname": name}}, 2)
	for _, a := range found {
		if a.GetFiring() || a.GetIncidentId() == "" || a.GetIncidentId() != found[0].GetIncidentId() {
			t.Errorf("alert %v", a)
		}
	}
	c := dial(t, s)
	// Incidents are a view of their own, which may be behind that of alerts.
	list, err := c.timeline.ListIncidents(within(t), &timelinev1.ListIncidentsRequest{PageSize: 200, Position: c.head(t)})
	if err != nil {
		t.Fatal(err)
	}
	var incidents []*timelinev1.Incident
	for _, i := range list.GetIncidents() {
		if strings.HasPrefix(i.GetTitle(), name+" of "+name+"/a") || strings.HasPrefix(i.GetTitle(), name+" of "+name+"/b") {
			incidents = append(incidents, i)
		}
	}
	if len(incidents) != 1 || incidents[0].GetStatus() != incidentv1.Status_STATUS_RESOLVED {
		t.Fatalf("incidents %v", incidents)
	}
	entries, err := c.timeline.ListEntries(within(t), &timelinev1.ListEntriesRequest{Incident: incidents[0].GetId()})
	if err != nil {
		t.Fatal(err)
	}
	var types []string
	for _, e := range entries.GetEntries() {
		types = append(types, e.GetType())
	}
	if got := fmt.Sprint(types); got != "[incident.declared incident.alert_linked incident.resolved]" {
		t.Errorf("entries %s", got)
	}
}

// TestIntakeKilledAgainAndAgain kills the process at no point in particular, while
// alerts come in; every alert that was accepted is in the view.
func TestIntakeKilledAgainAndAgain(t *testing.T) {
	t.Parallel()
	s := system.Up(t, system.Options{})
	applyRoute(t, func(file string) system.Result { return s.Try(t, "apply", "-f", file) })
	sent := 0
	for round := range 4 {
		ends := time.Now().Add(time.Duration(200+300*round) * time.Millisecond)
		for time.Now().Before(ends) {
			name := fmt.Sprintf("alert%d", sent)
			if accepted(t, s, payload(t, fmt.Sprintf("group%d", sent%20), tell("Storm", name, true))) {
				sent++
			}
		}
		s.Kill(t)
		s.Start(t)
	}
	view := alertsView(t, s.Endpoints.GRPC, s.Endpoints.Token)
	awaitAlerts(t, view, &signalv1.ListAlertsRequest{Open: true}, sent)
	c := dial(t, s)
	list, err := c.timeline.ListIncidents(within(t), &timelinev1.ListIncidentsRequest{PageSize: 200, Position: c.head(t)})
	if err != nil || len(list.GetIncidents()) != min(sent, 20) {
		t.Errorf("%d incidents for %d alerts in 20 groups (%v)", len(list.GetIncidents()), sent, err)
	}
	if r := s.Try(t, "verify"); r.Code != 0 {
		t.Errorf("verify: %s", r)
	}
}
