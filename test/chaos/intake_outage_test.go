package chaos_test

import (
	"fmt"
	"os"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/bridgelog/bridgelog/pkg/natstest"
	"github.com/bridgelog/bridgelog/pkg/postgres/private"
	signalv1 "github.com/bridgelog/bridgelog/proto/gen/signal/v1"
	"github.com/bridgelog/bridgelog/test/system"
)

// stormAlerts is how many alerts come while something is away.
const stormAlerts = 1500

// storm sends alerts in groups of seven from several senders and returns when all
// are accepted.
func storm(t *testing.T, intake, token string) {
	t.Helper()
	var next atomic.Int64
	var senders sync.WaitGroup
	for range 8 {
		senders.Go(func() {
			for {
				first := int(next.Add(7)) - 7
				if first >= stormAlerts {
					return
				}
				var alerts []told
				for n := first; n < min(first+7, stormAlerts); n++ {
					alerts = append(alerts, tell("Storm", fmt.Sprintf("part%d", n), true))
				}
				if err := deliver(t.Context(), intake, token, payload(t, fmt.Sprintf("group%d", first%50), alerts...)); err != nil {
					t.Errorf("an alert of the storm: %v", err)
					return
				}
			}
		})
	}
	senders.Wait()
}

// TestAlertStormWithoutPostgres stops the database during a storm: every alert is
// accepted, and in the timeline when the database is back.
func TestAlertStormWithoutPostgres(t *testing.T) {
	t.Parallel()
	dir, err := os.MkdirTemp("", "bridgelog-storm-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	first := database(t, private.Config{Dir: dir})
	config := private.Config{Dir: dir, Port: first.Port()}
	s := system.Up(t, system.Options{Args: []string{"--database-url", first.URL()}})
	applyRoute(t, func(file string) system.Result { return s.Try(t, "apply", "-f", file) })
	if err := first.Stop(); err != nil {
		t.Fatal(err)
	}
	storm(t, s.Endpoints.Intake, s.Endpoints.Token)
	second := database(t, config)
	defer func() { _ = second.Stop() }()
	view := alertsView(t, s.Endpoints.GRPC, s.Endpoints.Token)
	inIncidents(t, awaitAlerts(t, view, &signalv1.ListAlertsRequest{Open: true}, stormAlerts))
	s.Stop(t) // before the database, which it still uses
}

// TestAlertStormWithoutCommand kills command before a storm: every alert is
// accepted, and in the timeline when command is back.
func TestAlertStormWithoutCommand(t *testing.T) {
	t.Parallel()
	apart := system.NewApart(t, natstest.Start(t, natstest.Listening()), 1)
	command, timeline, intake := apart.Serve(t, "command"), apart.Serve(t, "timeline"), apart.Serve(t, "intake")
	applyRoute(t, func(file string) system.Result { return apart.Try(t, command, "apply", "-f", file) })
	door := "http://" + intake.Host + ":7423"
	if err := deliver(t.Context(), door, apart.Token, payload(t, "before", tell("Before", "before", true))); err != nil {
		t.Fatal(err) // from here on intake knows the token
	}
	command.Kill(t)
	storm(t, door, apart.Token)
	command.Start(t)
	view := alertsView(t, timeline.GRPC(), apart.Token)
	found := awaitAlerts(t, view, &signalv1.ListAlertsRequest{Labels: map[string]string{"alertname": "Storm"}}, stormAlerts)
	inIncidents(t, found)
}

// inIncidents fails unless every alert is in an incident, and one group in one.
func inIncidents(t *testing.T, alerts []*signalv1.Alert) {
	t.Helper()
	groups := map[string]string{}
	for _, a := range alerts {
		incident, known := groups[a.GetGroup()]
		if a.GetIncidentId() == "" || known && incident != a.GetIncidentId() {
			t.Fatalf("alert %v; its group has %q", a, incident)
		}
		groups[a.GetGroup()] = a.GetIncidentId()
	}
}
