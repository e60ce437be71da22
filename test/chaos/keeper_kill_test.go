package chaos_test

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/bridgelog/bridgelog/pkg/failpoint"
	incidentv1 "github.com/bridgelog/bridgelog/proto/gen/incident/v1"
	signalv1 "github.com/bridgelog/bridgelog/proto/gen/signal/v1"
	timelinev1 "github.com/bridgelog/bridgelog/proto/gen/timeline/v1"
	"github.com/bridgelog/bridgelog/test/system"
)

// keeperPrefix begins the points at which what is due for alerts is done.
const keeperPrefix = "keeper."

// routeFlapping lets every alert declare, and the second begin within ten minutes flap.
const routeFlapping = `
kind: route
name: all
spec: {severity: SEV-2, flapping: {episodes: 1, window: 10m}}
`

// TestKeeperKilledAtEveryPoint kills the whole process with SIGKILL at each named point
// while silences begin and end and what flapped calms, by a clock that jumps. Afterwards
// each alert was suppressed once, called once, in one incident, and what calmed is over.
func TestKeeperKilledAtEveryPoint(t *testing.T) {
	t.Parallel()
	wall := clock{filepath.Join(t.TempDir(), "clock")}
	wall.jump(t, 0)
	s := system.Up(t, system.Options{Env: []string{failpoint.EnvClock + "=" + wall.path}})
	s.Do(t, "apply", "-f", writeFile(t, "route.yaml", strings.TrimSpace(routeFlapping)+"\n"))
	points := slices.DeleteFunc(failpoint.Names(), func(name string) bool { return !strings.HasPrefix(name, keeperPrefix) })
	if len(points) < 6 {
		t.Fatalf("only %d points to kill at", len(points))
	}
	k := &keeperRun{s: s, wall: wall}
	for _, point := range points {
		t.Run(point, func(t *testing.T) { k.at(t, point) })
	}
	if r := s.Try(t, "verify"); r.Code != 0 {
		t.Errorf("verify: %s", r)
	}
	if rebuilt := s.Do(t, "rebuild", "alerts"); !strings.Contains(rebuilt, "none differed") {
		t.Errorf("the view of alerts is not what the log says: %s", rebuilt)
	}
}

// keeperRun is a system whose clock is ahead.
type keeperRun struct {
	s     *system.System
	wall  clock
	ahead time.Duration
}

func (k *keeperRun) pass(t *testing.T, d time.Duration) {
	k.ahead += d
	k.wall.jump(t, k.ahead)
}

// at lets alerts live through everything that is due, with one death on the way.
func (k *keeperRun) at(t *testing.T, point string) {
	s := k.s
	arm(t, s, point)
	deadly := func(event string) {
		if strings.HasSuffix(point, "_"+event) {
			restart(t, s)
		}
	}
	k.send(t, payload(t, point+"/b", tell(point, point+"/b", true)))
	before := k.wants(t, point, 1, signalv1.AlertState_ALERT_STATE_FIRING)[0].GetIncidentId()
	until := time.Now().Add(k.ahead + time.Hour).UTC().Format(time.RFC3339)
	if r := s.Try(t, "silence", "add", "--match", "alertname="+point, "--until", until, "--name", point); r.Code != 0 && !strings.HasSuffix(point, "_suppressed") {
		t.Fatalf("silence: %s", r)
	}
	deadly("suppressed")
	k.wants(t, point, 1, signalv1.AlertState_ALERT_STATE_SUPPRESSED)
	k.send(t, payload(t, point+"/a", tell(point, point+"/a1", true), tell(point, point+"/a2", true)))
	k.wants(t, point, 3, signalv1.AlertState_ALERT_STATE_SUPPRESSED)
	k.pass(t, 2*time.Hour)
	deadly("unsuppressed")
	of := map[string]string{}
	for _, a := range k.wants(t, point, 3, signalv1.AlertState_ALERT_STATE_FIRING) {
		of[strings.TrimPrefix(a.GetLabels()["part"], point+"/")] = a.GetIncidentId()
		if len(a.GetSuppressions()) != 1 || a.GetSuppressions()[0].GetEndedTime() == nil {
			t.Errorf("%s was suppressed %v", a.GetLabels()["part"], a.GetSuppressions())
		}
	}
	if of["b"] != before || of["a1"] == "" || of["a1"] != of["a2"] || of["a1"] == before {
		t.Errorf("incidents of the alerts: %v, and before %s", of, before)
	}
	k.incidents(t, point, incidentv1.Status_STATUS_TRIAGE, 2)
	k.flaps(t, point+".flaps")
	k.pass(t, 11*time.Minute)
	deadly("calmed")
	view := alertsView(t, s.Endpoints.GRPC, s.Endpoints.Token)
	eventually(t, "what flapped calms", func() bool {
		calmed := 0
		for _, a := range awaitAlerts(t, view, &signalv1.ListAlertsRequest{Labels: map[string]string{"alertname": point + ".flaps"}}, 2) {
			if a.GetFlapping().GetCalmedTime() != nil {
				calmed++
			}
		}
		return calmed == 1
	})
	k.over(t, point+".flaps")
}

// flaps lets a condition begin and end twice.
func (k *keeperRun) flaps(t *testing.T, name string) {
	t.Helper()
	for n := range 2 {
		for _, firing := range []bool{true, false} {
			a := tell(name, name+"/c", firing)
			a.StartsAt = a.StartsAt.Add(time.Duration(n) * 2 * time.Minute)
			if !firing {
				a.EndsAt = a.StartsAt.Add(time.Minute)
			}
			k.send(t, payload(t, name, a))
		}
	}
	k.wants(t, name, 2, signalv1.AlertState_ALERT_STATE_RESOLVED)
	// The first episode may have had an incident of its own, which is over.
	k.incidents(t, name, incidentv1.Status_STATUS_TRIAGE, 1)
}

func (k *keeperRun) send(t *testing.T, body []byte) {
	t.Helper()
	if !accepted(t, k.s, body) {
		t.Fatal("the process died at an instant at which nothing was due")
	}
}

// wants waits for alerts of a name that are all in a state.
func (k *keeperRun) wants(t *testing.T, name string, n int, state signalv1.AlertState) []*signalv1.Alert {
	t.Helper()
	view := alertsView(t, k.s.Endpoints.GRPC, k.s.Endpoints.Token)
	return awaitAlerts(t, view, &signalv1.ListAlertsRequest{Labels: map[string]string{"alertname": name}, States: []signalv1.AlertState{state}}, n)
}

// incidents waits until as many incidents of a name are in a status.
func (k *keeperRun) incidents(t *testing.T, name string, status incidentv1.Status, want int) {
	t.Helper()
	eventually(t, fmt.Sprintf("%d incidents of %s that are %s", want, name, status), func() bool {
		found := 0
		for _, one := range k.statuses(t, name) {
			if one == status {
				found++
			}
		}
		if found > want {
			t.Fatalf("%d incidents of %s are %s, want %d", found, name, status, want)
		}
		return found == want
	})
}

// over waits until all incidents of a name are resolved.
func (k *keeperRun) over(t *testing.T, name string) {
	t.Helper()
	eventually(t, "the end of the incidents of "+name, func() bool {
		statuses := k.statuses(t, name)
		return len(statuses) > 0 && !slices.ContainsFunc(statuses, func(one incidentv1.Status) bool { return one != incidentv1.Status_STATUS_RESOLVED })
	})
}

// statuses are those of the incidents of a name.
func (k *keeperRun) statuses(t *testing.T, name string) []incidentv1.Status {
	t.Helper()
	c := dial(t, k.s)
	list, err := c.timeline.ListIncidents(within(t), &timelinev1.ListIncidentsRequest{PageSize: 200, Position: c.head(t)})
	if err != nil {
		return nil
	}
	var found []incidentv1.Status
	for _, i := range list.GetIncidents() {
		if strings.HasPrefix(i.GetTitle(), name+" of ") {
			found = append(found, i.GetStatus())
		}
	}
	return found
}
