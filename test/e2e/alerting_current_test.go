package e2e_test

import (
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/bridgelog/bridgelog/test/system"
)

// currentConfig tells three doors of the same alerts.
const currentConfig = `route: {receiver: all}
receivers:
- name: all
  webhook_configs:
  - url: %[1]s/hooks/alertmanager/%[2]s
  pagerduty_configs:
  - url: %[1]s/v2/enqueue
    routing_key: %[2]s
  opsgenie_configs:
  - api_url: %[1]s/
    api_key: %[2]s
    details: {alertname: "{{ .GroupLabels.alertname }}"}
`

const currentRoutes = `kind: route
name: all
spec:
  severity: SEV-2
`

// TestCurrentAlertmanagerAtThreeDoors lets the current Alertmanager's notifiers, used as a
// library, fire a group of two, resolve one of them and then the other, at the doors of
// Alertmanager, PagerDuty and Opsgenie at once. The first knows each alert, the others the
// group; all end with an incident that resolved itself.
func TestCurrentAlertmanagerAtThreeDoors(t *testing.T) {
	t.Parallel()
	notify := tool(t, "alertmanager-notify")
	s := system.Up(t, system.Options{})
	dir := t.TempDir()
	s.Do(t, "apply", "-f", write(t, dir, "routes.yaml", currentRoutes))
	var made struct {
		Token string `json:"token"`
	}
	s.JSON(t, &made, "token", "create", "current", "--role", "responder")
	config := write(t, dir, "alertmanager.yml", fmt.Sprintf(currentConfig, s.Endpoints.Intake, made.Token))
	tell := func(ended ...string) {
		t.Helper()
		var alerts []string
		for _, instance := range []string{"a", "b"} {
			end := ""
			if strings.Contains(strings.Join(ended, " "), instance) {
				end = `,"endsAt":"2026-01-02T04:00:00Z"`
			}
			alerts = append(alerts, `{"labels":{"alertname":"CheckoutSlow","instance":"`+instance+
				`"},"annotations":{"summary":"Checkout is slow"},"startsAt":"2026-01-02T03:00:00Z"`+end+`}`)
		}
		command := exec.CommandContext(t.Context(), notify, config, "CheckoutSlow")
		command.Stdin, command.Stderr = strings.NewReader("["+strings.Join(alerts, ",")+"]"), os.Stderr
		if err := command.Run(); err != nil {
			t.Fatalf("the alerts were not taken: %v", err)
		}
	}
	becomes := func(want string) {
		t.Helper()
		eventually(t, func() (bool, string) {
			got := doorStates(t, s)
			return got == want, "the alerts " + want + "; there are " + got
		})
	}
	tell()
	becomes("map[alertmanager a firing:1 alertmanager b firing:1 opsgenie firing:1 pagerduty firing:1]")
	tell("a")
	becomes("map[alertmanager a resolved:1 alertmanager b firing:1 opsgenie firing:1 pagerduty firing:1]")
	tell("a", "b")
	becomes("map[alertmanager a resolved:1 alertmanager b resolved:1 opsgenie resolved:1 pagerduty resolved:1]")
	eventually(t, func() (bool, string) {
		list := s.Do(t, "list")
		return strings.Count(list, "INC-") == 3 && strings.Count(list, "resolved") == 3, "three incidents that resolved themselves; the list is\n" + list
	})
}

// doorStates counts all alerts by "door instance state".
func doorStates(t *testing.T, s *system.System) string {
	t.Helper()
	var list struct {
		Alerts []struct {
			Source, State string
			Labels        map[string]string
		}
	}
	s.JSON(t, &list, "alerts", "list")
	counts := map[string]int{}
	for _, a := range list.Alerts {
		counts[strings.Join(strings.Fields(a.Source+" "+a.Labels["instance"]+" "+a.State), " ")]++
	}
	return fmt.Sprint(counts)
}
