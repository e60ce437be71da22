package chaos_test

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/bridgelog/bridgelog/pkg/failpoint"
	signalv1 "github.com/bridgelog/bridgelog/proto/gen/signal/v1"
	"github.com/bridgelog/bridgelog/test/system"
)

// beatPrefix begins the points around a ping and what is said of it.
const beatPrefix = "heartbeat."

// ping sends a ping and returns the status of the answer; an error when nothing answered.
func ping(ctx context.Context, s *system.System, name string) (int, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodHead, s.Endpoints.Intake+"/hooks/heartbeat/"+s.Endpoints.Token+"/"+name, http.NoBody)
	if err != nil {
		return 0, err
	}
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		return 0, err
	}
	return answer.StatusCode, answer.Body.Close()
}

// pings repeats a ping, as a job with retries does, until it is accepted. When the process
// dies it is started again.
func pings(t *testing.T, s *system.System, name string) (died bool) {
	t.Helper()
	eventually(t, "a ping is accepted", func() bool {
		status, err := ping(within(t), s, name)
		if err != nil {
			died = restart(t, s)
		}
		return status == http.StatusAccepted
	})
	return died
}

// TestHeartbeatsOutliveKills ends the whole process with SIGKILL at each point around a
// ping and around what is said of one that is missing, and once in between. Each time
// exactly one alert fires for what fell silent after an accepted ping, and its next ping
// ends it.
func TestHeartbeatsOutliveKills(t *testing.T) {
	t.Parallel()
	s := system.Up(t, system.Options{})
	points := slices.DeleteFunc(failpoint.Names(), func(name string) bool { return !strings.HasPrefix(name, beatPrefix) })
	if len(points) != 4 {
		t.Fatalf("%d points to kill at: %v", len(points), points)
	}
	view := func() signalv1.AlertViewServiceClient { return alertsView(t, s.Endpoints.GRPC, s.Endpoints.Token) }
	of := func(name string, open bool) *signalv1.ListAlertsRequest {
		return &signalv1.ListAlertsRequest{Labels: map[string]string{"heartbeat": name}, Source: "heartbeat", Open: open}
	}
	for n, point := range append(points, "in between") {
		t.Run(point, func(t *testing.T) {
			name := fmt.Sprintf("job-%d", n)
			expect := func(rest string) {
				file := writeFile(t, "heartbeat.yaml", fmt.Sprintf("kind: Heartbeat\nname: %s\nspec: {interval: 3s, grace: 1s%s}\n", name, rest))
				if r := s.Try(t, "apply", "-f", file); r.Code != 0 {
					t.Fatalf("apply: %s", r)
				}
			}
			expect("")
			died := point == "in between"
			if died {
				pings(t, s, name)
				s.Kill(t)
				s.Start(t)
			} else {
				arm(t, s, point)
				died = pings(t, s, name)
			}
			if !died { // it dies while it says that the ping is missing
				restart(t, s)
			}
			awaitAlerts(t, view(), of(name, true), 1)
			pings(t, s, name)
			// It falls silent again, unless that is expected.
			expect(", disabled: true")
			awaitAlerts(t, view(), of(name, true), 0)
			all := awaitAlerts(t, view(), of(name, false), 1)
			if a := all[0]; a.GetFiring() || a.GetTitle() != "Heartbeat "+name+" is missing" {
				t.Errorf("alert %v", a)
			}
		})
	}
	if r := s.Try(t, "verify"); r.Code != 0 {
		t.Errorf("verify: %s", r)
	}
}
