package intake_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/bridgelog/bridgelog/pkg/alert"
	"github.com/bridgelog/bridgelog/pkg/incident"
	"github.com/bridgelog/bridgelog/pkg/incidentlog/incidentlogtest"
)

// minute is a minute of a test's time.
func minute(n int) string {
	return time.Date(2026, 1, 1, 10, n, 0, 0, time.UTC).Format(time.RFC3339)
}

// episode lets a condition begin and end.
func (s *system) episode(fingerprint string, begins, ends int) {
	s.t.Helper()
	s.send(alertJSON(fingerprint, minute(begins), ""))
	s.handled(fmt.Sprint("begin-", fingerprint, begins))
	s.send(alertJSON(fingerprint, minute(begins), minute(ends)))
}

// at returns the episode of a fingerprint that began at a minute.
func (s *system) at(fingerprint string, begins int) alert.State {
	s.t.Helper()
	id := alert.ID("alertmanager", fingerprint, time.Date(2026, 1, 1, 10, begins, 0, 0, time.UTC))
	state, _, err := s.commands.alert(s.t.Context(), id)
	if err != nil {
		s.t.Fatal(err)
	}
	return state
}

// open counts the incidents that are, without the markers.
func open(states []incident.State) (n int) {
	for _, one := range states {
		if one.Open() && !strings.HasPrefix(one.Title, "Marker") {
			n++
		}
	}
	return n
}

// TestWhatFlapsStaysInOneIncident from its fourth begin in half an hour until it has been
// quiet for as long; then the incident is resolved as usual.
func TestWhatFlapsStaysInOneIncident(t *testing.T) {
	s := newSystem(t)
	for n := range 3 {
		s.episode("a", 5*n, 5*n+2)
		if got := s.handled(fmt.Sprint("m", n)); len(got) != n+1 || open(got) != 0 {
			t.Fatalf("after %d episodes: %d incidents, %d are open", n+1, len(got), open(got))
		}
	}
	for n := 3; n < 6; n++ {
		s.episode("a", 5*n, 5*n+2)
		if got := s.handled(fmt.Sprint("m", n)); len(got) != 4 || open(got) != 1 {
			t.Fatalf("after %d episodes: %d incidents, %d are open", n+1, len(got), open(got))
		}
		how := s.at("a", 5*n).Fired.Flapping
		if how.Episodes != n+1 || how.Since.Minute() != 0 || how.Window != 30*time.Minute {
			t.Errorf("episode %d: %+v", n+1, how)
		}
	}
	s.stop()
	s.start() // what flaps is known from the log
	if got := s.handled("m6"); open(got) != 1 {
		t.Fatalf("resolved before it was quiet: %+v", got)
	}
	s.clock.pass(31 * time.Minute)
	got := s.until("resolved", func(states []incident.State) bool {
		for _, one := range states {
			if one.HasAlert(incident.AlertID(alert.ID("alertmanager", "a", time.Date(2026, 1, 1, 10, 25, 0, 0, time.UTC)))) {
				return one.Status == incident.StatusResolved
			}
		}
		return false
	})
	if open(got) != 0 {
		t.Errorf("%d are open", open(got))
	}
	s.until("calmed", func([]incident.State) bool { return !s.at("a", 25).CalmedAt.IsZero() })
	if early := s.at("a", 20); !early.CalmedAt.IsZero() {
		t.Errorf("an episode before it calmed: %+v", early)
	}
	// Later it is as new.
	s.send(alertJSON("a", "2026-01-01T20:00:00Z", ""))
	if got = s.handled("m7"); len(got) != 5 || s.alertAt("a", "2026-01-01T20:00:00Z").Fired.Flapping.Is() {
		t.Errorf("%d incidents", len(got))
	}
}

func (s *system) alertAt(fingerprint, begins string) alert.State {
	s.t.Helper()
	begin, err := time.Parse(time.RFC3339, begins)
	if err != nil {
		s.t.Fatal(err)
	}
	state, _, err := s.commands.alert(s.t.Context(), alert.ID("alertmanager", fingerprint, begin))
	if err != nil {
		s.t.Fatal(err)
	}
	return state
}

// TestARouteSaysWhatFlaps and a person's word counts: an incident that somebody resolved is
// not joined again.
func TestARouteSaysWhatFlaps(t *testing.T) {
	s := newSystem(t)
	incidentlogtest.Apply(t, s.log, s.catalog, incidentlogtest.YAML(t, `
kind: Route
name: checkout
spec: {match: {service: checkout}, service: "{{service}}", severity: SEV-2, window: 1s, flapping: {episodes: 1, window: 10m}}
`)...)
	s.episode("a", 0, 1)
	s.handled("the first is over") // before the second begins, which would join its incident
	s.episode("a", 2, 3)
	s.episode("a", 4, 5)
	got := s.handled("m1")
	if len(got) != 2 || open(got) != 1 || s.at("a", 4).Fired.Flapping.Episodes != 3 {
		t.Fatalf("%d incidents, %d are open; %+v", len(got), open(got), s.at("a", 4).Fired.Flapping)
	}
	s.episode("b", 0, 1) // another condition of the group does not flap, and does not settle it
	if got = s.handled("m2"); open(got) != 1 {
		t.Fatalf("%d are open", open(got))
	}
	for _, one := range got {
		if one.Open() {
			(incidentlogtest.Desk{Log: s.log}).Must(t, one.ID, incident.Resolve{Summary: "mended"})
		}
	}
	before := len(got)
	s.episode("a", 6, 7)
	if got = s.handled("m3"); len(got) != before+1 || open(got) != 1 {
		t.Fatalf("%d incidents, %d are open", len(got), open(got))
	}
	incidentlogtest.Apply(t, s.log, s.catalog, incidentlogtest.YAML(t, `
kind: Route
name: checkout
spec: {match: {service: checkout}, service: "{{service}}", severity: SEV-2, flapping: {off: true}}
`)...)
	s.episode("a", 8, 9)
	if got = s.handled("m4"); open(got) != 0 || s.at("a", 8).Fired.Flapping.Is() {
		t.Errorf("%d are open where nothing flaps", open(got))
	}
}

// TestWhatFlapsWhileItIsSilencedStaysInItsIncident: the incident does not resolve itself
// while the condition fires, and takes it up again when the silence is over.
func TestWhatFlapsWhileItIsSilencedStaysInItsIncident(t *testing.T) {
	s := newSystem(t)
	for n := range 4 {
		s.episode("a", 5*n, 5*n+2)
		s.handled(fmt.Sprintf("m0-%d", n)) // or the next one joins the incident of this one
	}
	if got := s.handled("m1"); len(got) != 4 || open(got) != 1 {
		t.Fatalf("%d incidents, %d are open, want the last one", len(got), open(got))
	}
	before := s.at("a", 15).Incident()
	s.silence("Silence", "known", ofErrors, 10*time.Minute)
	s.send(alertJSON("a", minute(20), ""))
	if got := s.handled("m2"); len(got) != 4 || open(got) != 1 {
		t.Fatalf("silenced: %d incidents, %d are open", len(got), open(got))
	}
	if a := s.at("a", 20); !a.IsSuppressed() || a.Incident() != "" || !a.Fired.Flapping.Is() {
		t.Fatalf("silenced: %+v", a)
	}
	s.clock.pass(11 * time.Minute)
	s.until("it calls again", func([]incident.State) bool { return !s.at("a", 20).IsSuppressed() })
	got := s.handled("m3")
	if a := s.at("a", 20); len(got) != 4 || open(got) != 1 || a.Incident() != before {
		t.Errorf("%d incidents, %d are open; the alert is in %q, want %q", len(got), open(got), a.Incident(), before)
	}
}
