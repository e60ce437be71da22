package intake_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/bridgelog/bridgelog/pkg/alert"
	"github.com/bridgelog/bridgelog/pkg/incident"
	"github.com/bridgelog/bridgelog/pkg/incidentlog/incidentlogtest"
)

// clock is that of a test: it is ahead of the machine's.
type clock struct {
	mu    sync.Mutex
	ahead time.Duration
}

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return time.Now().Add(c.ahead)
}

func (c *clock) pass(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.ahead += d
}

// ofErrors is what a silence says of the alerts of these tests, without the markers.
const ofErrors = `match: ["alertname=HighErrorRate", "service=~check.*"]`

// silence makes or changes a silence that begins a minute ago, of what a spec says.
func (s *system) silence(kind, name, spec string, length time.Duration) {
	s.t.Helper()
	now := s.clock.now()
	incidentlogtest.Apply(s.t, s.log, s.catalog, incidentlogtest.YAML(s.t, fmt.Sprintf(
		"kind: %s\nname: %s\nspec: {%s, begin_time: %q, end_time: %q}\n", kind, name, spec,
		now.Add(-time.Minute).UTC().Format(time.RFC3339), now.Add(length).UTC().Format(time.RFC3339)))...)
}

// life waits until an alert is as wanted, and returns it.
func (s *system) life(what, fingerprint string, ok func(alert.State) bool) alert.State {
	s.t.Helper()
	var state alert.State
	s.until(what, func([]incident.State) bool {
		var err error
		if state, _, err = s.commands.alert(s.t.Context(), alertID(fingerprint)); err != nil {
			s.t.Fatal(err)
		}
		return ok(state)
	})
	return state
}

func suppressedBy(name string) func(alert.State) bool {
	return func(s alert.State) bool { return s.Suppressed.Name == name }
}

func calling(s alert.State) bool { return s.Began() && !s.IsSuppressed() }

// TestASilencedAlertDeclaresWhenTheSilenceEnds and is listed all the while. Two of one
// group become one incident.
func TestASilencedAlertDeclaresWhenTheSilenceEnds(t *testing.T) {
	s := newSystem(t)
	s.silence("Silence", "known", ofErrors, time.Hour)
	s.send(alertJSON("a", t0, ""), alertJSON("b", t0, ""), alertJSON("c", t0, ""))
	if got := s.handled("m1"); len(got) != 0 {
		t.Fatalf("silenced alerts declared %+v", got)
	}
	a := s.life("suppressed", "a", suppressedBy("known"))
	if a.Suppressed.Kind != "silence" || a.Suppressed.ID == "" || a.Suppressed.Until.Before(s.clock.now()) || a.Incident() != "" || a.Fired.Route != "checkout" {
		t.Errorf("suppressed: %+v", a)
	}
	s.send(alertJSON("c", t0, t1)) // ends while it is silenced
	s.handled("m2")
	s.clock.pass(2 * time.Hour)
	a, b := s.life("a calls", "a", calling), s.life("b calls", "b", calling)
	got := s.handled("m3")
	if len(got) != 1 || got[0].Status != incident.StatusTriage || !got[0].HasAlert(incident.AlertID(alertID("a"))) ||
		!got[0].HasAlert(incident.AlertID(alertID("b"))) || got[0].HasAlert(incident.AlertID(alertID("c"))) {
		t.Fatalf("incidents %+v", got)
	}
	if a.Incident() != string(got[0].ID) || b.Incident() != a.Incident() || a.Unsuppressed.Route != "checkout" && b.Unsuppressed.Route != "checkout" {
		t.Errorf("alerts %+v and %+v", a, b)
	}
	// From now on it is as if they had just fired: a further one joins, the end resolves.
	s.send(alertJSON("d", t0, ""))
	if got = s.handled("m4"); len(got) != 1 || !got[0].HasAlert(incident.AlertID(alertID("d"))) {
		t.Fatalf("a further one: %+v", got)
	}
	s.send(alertJSON("a", t0, t1), alertJSON("b", t0, t1), alertJSON("d", t0, t1))
	if got = s.handled("m5"); len(got) != 1 || got[0].Status != incident.StatusResolved {
		t.Errorf("after the end: %+v", got)
	}
}

// TestASilenceThatIsAddedLeavesTheIncidentAsItIs: what fires already is suppressed, its
// incident goes on, and its end settles it.
func TestASilenceThatIsAddedLeavesTheIncidentAsItIs(t *testing.T) {
	s := newSystem(t)
	s.send(alertJSON("a", t0, ""))
	s.until("declared", one(incident.StatusTriage))
	s.silence("Maintenance", "upgrade", "services: [checkout]", time.Hour)
	a := s.life("suppressed", "a", suppressedBy("upgrade"))
	if a.Incident() == "" || a.Suppressed.Kind != "maintenance" {
		t.Fatalf("suppressed: %+v", a)
	}
	s.silence("Maintenance", "upgrade", "services: [checkout]", 3*time.Hour) // it takes longer
	s.life("until later", "a", func(now alert.State) bool { return now.Suppressed.Until.After(a.Suppressed.Until) })
	s.silence("Silence", "longer", "service: checkout", 4*time.Hour)
	s.life("by the one that ends last", "a", suppressedBy("longer"))
	for _, name := range []string{"longer", "upgrade"} { // both are ended
		kind, spec := "Silence", "service: checkout"
		if name == "upgrade" {
			kind, spec = "Maintenance", "services: [checkout]"
		}
		s.silence(kind, name, spec, 0)
	}
	a = s.life("calls", "a", calling)
	if got := s.handled("m1"); len(got) != 1 || a.Incident() != string(got[0].ID) || got[0].Status != incident.StatusTriage {
		t.Fatalf("the alert has %s of %+v", a.Incident(), got)
	}
	s.silence("Silence", "again", ofErrors, time.Hour)
	s.life("suppressed again", "a", suppressedBy("again"))
	s.send(alertJSON("a", t0, t1))
	if got := s.handled("m2"); len(got) != 1 || got[0].Status != incident.StatusResolved {
		t.Fatalf("after the end: %+v", got)
	}
	s.clock.pass(2 * time.Hour)
	s.handled("m3")
	if over := s.life("it is over", "a", alert.State.Ended); !over.IsSuppressed() {
		t.Errorf("what is over calls again: %+v", over)
	}
}

// TestASilenceOfAnotherAlertChangesNothing, and neither does one that has not begun.
func TestASilenceOfAnotherAlertChangesNothing(t *testing.T) {
	s := newSystem(t)
	s.silence("Silence", "key", "source: alertmanager, fingerprint: other", time.Hour)
	s.silence("Silence", "label", `match: ["service!=checkout", "alertname=~High.*"]`, time.Hour)
	s.send(alertJSON("a", t0, ""))
	if got := s.handled("m1"); len(got) != 1 {
		t.Fatalf("incidents %+v", got)
	}
	s.send(strings.ReplaceAll(alertJSON("other", t0, ""), "HighErrorRate", "DiskFull"))
	s.life("suppressed by its key", "other", suppressedBy("key"))
}

// TestTwoServicesLetAnAlertCallOnce: both ring when the silence ends.
func TestTwoServicesLetAnAlertCallOnce(t *testing.T) {
	s := newSystem(t)
	s.second()
	s.silence("Silence", "known", ofErrors, time.Hour)
	var alerts []string
	for n := range 20 {
		alerts = append(alerts, alertJSON(fmt.Sprint("f", n), t0, ""))
	}
	s.send(alerts...)
	s.handled("m1")
	s.clock.pass(2 * time.Hour)
	for n := range 20 {
		a := s.life("calls", fmt.Sprint("f", n), calling)
		if a.Head.Revision != 3 {
			t.Errorf("alert %d has %d events, want that it fired, was suppressed, and is not any more", n, a.Head.Revision)
		}
	}
	if got := s.handled("m2"); len(got) != 1 {
		t.Errorf("%d incidents of one group", len(got))
	}
}

// TestARestartInASilenceKeepsIt, and what became due meanwhile is done.
func TestARestartInASilenceKeepsIt(t *testing.T) {
	s := newSystem(t)
	s.silence("Silence", "known", ofErrors, time.Hour)
	s.send(alertJSON("a", t0, ""))
	s.handled("m1")
	s.stop()
	s.start()
	s.handled("m2")
	if a := s.life("it fired", "a", alert.State.Began); !a.IsSuppressed() || a.Head.Revision != 2 {
		t.Errorf("after a restart %+v", a)
	}
	s.stop()
	s.clock.pass(2 * time.Hour)
	s.start()
	s.life("calls", "a", calling)
	if got := s.handled("m3"); len(got) != 1 {
		t.Errorf("incidents %+v", got)
	}
}

// TestATriedAlertIsToldToBeSuppressed before anything is stored.
func TestATriedAlertIsToldToBeSuppressed(t *testing.T) {
	s := newSystem(t)
	s.silence("Silence", "known", ofErrors, time.Hour)
	body := `{"version":"4","groupKey":"g","alerts":[` + alertJSON("a", t0, "") + "," + alertJSON("b", t0, t1) + `]}`
	request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, s.url+"/try/alertmanager", strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Authorization", "Bearer "+s.token)
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = answer.Body.Close() }()
	var found struct{ Alerts []struct{ Outcome string } }
	if err := json.NewDecoder(answer.Body).Decode(&found); err != nil || len(found.Alerts) != 2 {
		t.Fatalf("answered %s: %v, %v", answer.Status, found, err)
	}
	if said := found.Alerts[0].Outcome; !strings.HasPrefix(said, "is suppressed by silence known until ") || !strings.Contains(said, "and then, if it still fires, declares") {
		t.Errorf("the one that fires %s", said)
	}
	if said := found.Alerts[1].Outcome; strings.Contains(said, "suppressed") {
		t.Errorf("the one that is over %s", said)
	}
}
