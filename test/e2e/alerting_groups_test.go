package e2e_test

import (
	"fmt"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/bridgelog/bridgelog/test/system"
)

// groupConfig groups by the alert's name and repeats itself at once.
const groupConfig = `route:
  receiver: bridgelog
  group_by: [alertname]
  group_wait: 1s
  group_interval: 1s
  repeat_interval: 1s
receivers:
- name: bridgelog
  webhook_configs:
  - url: %s
    send_resolved: true
`

const groupRoutes = `kind: route
name: critical
spec:
  match: {severity: critical}
  service: "{{service}}"
  severity: SEV-2
---
kind: route
name: quiet
spec:
  match: {severity: none}
  action: list
---
kind: service
name: checkout
spec: {}
`

// rulesFor is a rule that holds for each of the instances, and one that always
// holds and should declare nothing.
func rulesFor(instances ...string) string {
	rules := "groups:\n- name: e2e\n  rules:\n  - alert: Watchdog\n    expr: vector(1)\n    labels: {severity: none}\n"
	parts := []string{"(vector(1) == 0)"} // so that the rule stays when it holds for none
	for _, name := range instances {
		parts = append(parts, fmt.Sprintf(`label_replace(vector(1), "instance", %q, "", "")`, name))
	}
	return rules + "  - alert: CheckoutSlow\n    expr: " + strings.Join(parts, " or ") +
		"\n    labels: {severity: critical, service: checkout}\n    annotations: {summary: \"Checkout is slow on {{ $labels.instance }}\"}\n"
}

// listedAlert is an alert as `alerts list` answers.
type listedAlert struct {
	ID       string            `json:"id"`
	State    string            `json:"state"`
	Incident string            `json:"incident"`
	Labels   map[string]string `json:"labels"`
	Ended    *string           `json:"ended_time"`
	Signal   string            `json:"signal_id"`
}

// alertStates counts the alerts of a name by "instance state incident".
func alertStates(t *testing.T, s *system.System, name string) string {
	t.Helper()
	var list struct{ Alerts []listedAlert }
	s.JSON(t, &list, "alerts", "list", "--label", "alertname="+name)
	counts := map[string]int{}
	for _, a := range list.Alerts {
		if (a.State == "firing") != (a.Ended == nil) || a.Signal == "" {
			t.Errorf("alert %+v", a)
		}
		counts[strings.TrimSpace(a.Labels["instance"]+" "+a.State+" "+a.Incident)]++
	}
	return fmt.Sprint(counts)
}

// TestRealAlertsGroupAndPartlyResolve lets Debian's Prometheus and Alertmanager
// fire a group of three, resolve one of them, resolve the rest, and fire again,
// while they repeat themselves every second: the alerts and their incidents end
// in the right state.
func TestRealAlertsGroupAndPartlyResolve(t *testing.T) {
	t.Parallel()
	prometheus, alertmanager := tool(t, "prometheus"), tool(t, "prometheus-alertmanager")
	s := system.Up(t, system.Options{})
	dir := t.TempDir()
	s.Do(t, "apply", "-f", write(t, dir, "routes.yaml", groupRoutes))
	var made struct {
		Token string `json:"token"`
	}
	s.JSON(t, &made, "token", "create", "alertmanager", "--role", "responder")
	manager := freeAddress(t)
	hook := s.Endpoints.Intake + "/hooks/alertmanager/" + made.Token
	run(t, alertmanager, "--config.file", write(t, dir, "alertmanager.yml", fmt.Sprintf(groupConfig, hook)),
		"--storage.path", filepath.Join(dir, "alertmanager"), "--web.listen-address", manager, "--cluster.listen-address=")
	listening(t, manager)
	rules := write(t, dir, "rules.yml", rulesFor("a", "b", "c"))
	watcher := run(t, prometheus, "--config.file", write(t, dir, "prometheus.yml", fmt.Sprintf(prometheusConfig, rules, manager)),
		"--storage.tsdb.path", filepath.Join(dir, "prometheus"), "--web.listen-address", freeAddress(t), "--rules.alert.resend-delay", "15s") // Alertmanager forgets an alert after four of them
	becomes := func(want string) {
		t.Helper()
		eventually(t, func() (bool, string) {
			got := alertStates(t, s, "CheckoutSlow")
			return got == want, "the alerts " + want + "; there are " + got
		})
	}
	change := func(instances ...string) {
		t.Helper()
		write(t, dir, "rules.yml", rulesFor(instances...))
		if err := watcher.Signal(syscall.SIGHUP); err != nil {
			t.Fatal(err)
		}
	}
	incidentIs := func(name, status string) {
		t.Helper()
		eventually(t, func() (bool, string) {
			got := s.Do(t, "show", name)
			return strings.Contains(got, status), name + " to be " + status + "; it is\n" + got
		})
	}

	becomes("map[a firing INC-1:1 b firing INC-1:1 c firing INC-1:1]")
	incidentIs("INC-1", "triage")
	change("b", "c")
	becomes("map[a resolved INC-1:1 b firing INC-1:1 c firing INC-1:1]")
	incidentIs("INC-1", "triage")
	change()
	becomes("map[a resolved INC-1:1 b resolved INC-1:1 c resolved INC-1:1]")
	incidentIs("INC-1", "resolved")

	// The same again is another episode; now somebody works on it.
	change("a")
	becomes("map[a firing INC-2:1 a resolved INC-1:1 b resolved INC-1:1 c resolved INC-1:1]")
	s.Do(t, "ack", "INC-2")
	change()
	becomes("map[a resolved INC-1:1 a resolved INC-2:1 b resolved INC-1:1 c resolved INC-1:1]")
	eventually(t, func() (bool, string) {
		got := s.Do(t, "timeline", "INC-2")
		return strings.Contains(got, "All alerts of this incident have ended"), "a note on INC-2; its timeline is\n" + got
	})
	var worked struct{ Status string }
	if s.JSON(t, &worked, "show", "INC-2"); worked.Status == "resolved" {
		t.Error("an incident that somebody works on resolved itself")
	}
	if got := alertStates(t, s, "Watchdog"); got != "map[firing:1]" {
		t.Errorf("the alert that is only listed: %s", got)
	}
	if list := s.Do(t, "list"); strings.Count(list, "INC-") != 2 {
		t.Errorf("incidents:\n%s", list)
	}
}
