package e2e_test

import (
	"bytes"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/bridgelog/bridgelog/pkg/freeport"
	"github.com/bridgelog/bridgelog/test/system"
)

// firing is a rule that is always true.
const firing = `groups:
- name: e2e
  rules:
  - alert: CheckoutDown
    expr: vector(1)
    labels: {severity: critical, service: checkout}
    annotations: {summary: Checkout returns 502}
`

const prometheusConfig = `global: {scrape_interval: 1s, evaluation_interval: 1s}
rule_files: [%s]
alerting:
  alertmanagers:
  - static_configs: [{targets: [%q]}]
`

const alertmanagerConfig = `route:
  receiver: bridgelog
  group_by: [alertname]
  group_wait: 0s
  group_interval: 1s
  repeat_interval: 1h
receivers:
- name: bridgelog
  webhook_configs:
  - url: %s
    send_resolved: true
`

const routes = `kind: route
name: critical
spec:
  match: {severity: critical}
  service: "{{service}}"
  severity: SEV-1
---
kind: service
name: checkout
spec: {}
`

// TestRealAlertsDeclareAndResolve lets Debian's Prometheus and Alertmanager fire a
// real rule: an incident declares itself, and resolves itself when the rule goes.
func TestRealAlertsDeclareAndResolve(t *testing.T) {
	t.Parallel()
	prometheus, alertmanager := tool(t, "prometheus"), tool(t, "prometheus-alertmanager")
	s := system.Up(t, system.Options{})
	dir := t.TempDir()
	s.Do(t, "apply", "-f", write(t, dir, "routes.yaml", routes))
	var made struct {
		Token string `json:"token"`
	}
	s.JSON(t, &made, "token", "create", "alertmanager", "--role", "responder")

	hook := s.Endpoints.Intake + "/hooks/alertmanager/" + made.Token
	manager := freeAddress(t)
	run(t, alertmanager, "--config.file", write(t, dir, "alertmanager.yml", fmt.Sprintf(alertmanagerConfig, hook)),
		"--storage.path", filepath.Join(dir, "alertmanager"), "--web.listen-address", manager, "--cluster.listen-address=")
	listening(t, manager)
	rules := write(t, dir, "rules.yml", firing)
	watcher := run(t, prometheus, "--config.file", write(t, dir, "prometheus.yml", fmt.Sprintf(prometheusConfig, rules, manager)),
		"--storage.tsdb.path", filepath.Join(dir, "prometheus"), "--web.listen-address", freeAddress(t),
		"--rules.alert.resend-delay", "15s") // Alertmanager forgets an alert after four of them

	eventually(t, func() (bool, string) {
		list := s.Do(t, "list")
		return strings.Contains(list, "Checkout returns 502") && strings.Contains(list, "SEV-1"), "an incident that declares itself; the list is\n" + list
	})
	timeline := s.Do(t, "timeline", "INC-1")
	if !strings.Contains(timeline, "CheckoutDown") && !strings.Contains(timeline, "Checkout returns 502") {
		t.Errorf("the alert is not on the timeline:\n%s", timeline)
	}

	write(t, dir, "rules.yml", strings.Replace(firing, "vector(1)", "vector(1) == 0", 1))
	if err := watcher.Signal(syscall.SIGHUP); err != nil {
		t.Fatal(err)
	}
	eventually(t, func() (bool, string) {
		return strings.Contains(s.Do(t, "show", "INC-1"), "resolved"), "the incident to resolve itself"
	})
	if list := s.Do(t, "list"); strings.Count(list, "INC-") != 1 {
		t.Errorf("more than one incident:\n%s", list)
	}
}

// tool finds a program of Debian's, which `make test` installs where it may.
func tool(t *testing.T, name string) string {
	t.Helper()
	path, err := exec.LookPath(name)
	if err == nil && name == "prometheus-alertmanager" {
		for _, template := range []string{"default.tmpl", "email.tmpl"} { // without which it does not start
			if _, missing := os.Stat("/usr/share/prometheus/alertmanager/" + template); missing != nil {
				err = missing
			}
		}
	}
	if err != nil {
		t.Skipf("%s is not on this machine: make test-tools puts it there (%v)", name, err)
	}
	return path
}

func write(t *testing.T, dir, name, content string) string {
	t.Helper()
	path := filepath.Join(dir, name)
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func freeAddress(t *testing.T) string {
	t.Helper()
	ports, err := freeport.Find(t.Context(), 1)
	if err != nil {
		t.Fatal(err)
	}
	return freeport.Address(ports[0])
}

// listening waits until somebody takes connections at an address.
func listening(t *testing.T, address string) {
	t.Helper()
	eventually(t, func() (bool, string) {
		conn, err := net.Dial("tcp", address)
		if err != nil {
			return false, err.Error()
		}
		return conn.Close() == nil, ""
	})
}

// run starts a program that ends with the test and shows its output on failure.
func run(t *testing.T, program string, args ...string) *os.Process {
	t.Helper()
	var output bytes.Buffer
	cmd := exec.Command(program, args...)
	cmd.Stdout, cmd.Stderr = &output, &output
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Signal(syscall.SIGTERM)
		_ = cmd.Wait()
		if t.Failed() {
			t.Logf("%s said:\n%s", filepath.Base(program), &output)
		}
	})
	return cmd.Process
}

const pagerDutyConfig = `route:
  receiver: bridgelog
  group_by: [alertname]
  group_wait: 0s
  group_interval: 1s
  repeat_interval: 1s
receivers:
- name: bridgelog
  pagerduty_configs:
  - url: %s
    routing_key: %s
    severity: critical
    component: '{{ .CommonLabels.service }}'
    send_resolved: true
`

const pagerDutyRoutes = `kind: route
name: critical
spec:
  source: pagerduty
  match: {severity: critical}
  service: "{{component}}"
  severity: SEV-1
---
kind: service
name: checkout
spec: {}
`

// TestRealPagerDutySenderDeclaresAndResolves lets Debian's Alertmanager page as it pages
// through PagerDuty, with nothing but the address changed.
func TestRealPagerDutySenderDeclaresAndResolves(t *testing.T) {
	t.Parallel()
	alertmanager := tool(t, "prometheus-alertmanager")
	s := system.Up(t, system.Options{})
	dir := t.TempDir()
	s.Do(t, "apply", "-f", write(t, dir, "routes.yaml", pagerDutyRoutes))
	var made struct {
		Token string `json:"token"`
	}
	s.JSON(t, &made, "token", "create", "pager", "--role", "responder")
	manager := freeAddress(t)
	config := fmt.Sprintf(pagerDutyConfig, s.Endpoints.Intake+"/v2/enqueue", made.Token)
	run(t, alertmanager, "--config.file", write(t, dir, "alertmanager.yml", config),
		"--storage.path", filepath.Join(dir, "alertmanager"), "--web.listen-address", manager, "--cluster.listen-address=")
	listening(t, manager)
	tell := func(end string) {
		t.Helper()
		body := `[{"labels":{"alertname":"CheckoutDown","service":"checkout"},"annotations":{"summary":"Checkout returns 502"}` + end + `}]`
		answer, err := http.Post("http://"+manager+"/api/v2/alerts", "application/json", strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		if err := answer.Body.Close(); err != nil || answer.StatusCode != http.StatusOK {
			t.Fatalf("Alertmanager answered %s, %v", answer.Status, err)
		}
	}
	tell("")
	eventually(t, func() (bool, string) {
		list := s.Do(t, "list")
		return strings.Contains(list, "CheckoutDown") && strings.Contains(list, "SEV-1"), "an incident that declares itself; the list is\n" + list
	})
	var listed struct {
		Alerts []struct{ Fingerprint string }
	}
	if s.JSON(t, &listed, "alerts", "list"); len(listed.Alerts) != 1 {
		t.Fatalf("alerts: %+v", listed)
	}
	_, key, _ := strings.Cut(listed.Alerts[0].Fingerprint, "/")
	ack := fmt.Sprintf(`{"routing_key":%q,"event_action":"acknowledge","dedup_key":%q}`, made.Token, key)
	answer, err := http.Post(s.Endpoints.Intake+"/v2/enqueue", "application/json", strings.NewReader(ack))
	if err != nil {
		t.Fatal(err)
	}
	if err := answer.Body.Close(); err != nil || answer.StatusCode != http.StatusAccepted {
		t.Fatalf("the acknowledgment was answered by %s, %v", answer.Status, err)
	}
	eventually(t, func() (bool, string) {
		list := s.Do(t, "alerts", "list", "--open")
		return strings.Contains(list, "acknowledged by pager"), "the alert to be acknowledged; the list is\n" + list
	})
	tell(`,"endsAt":"2026-01-01T00:00:00Z"`)
	eventually(t, func() (bool, string) {
		return strings.Contains(s.Do(t, "show", "INC-1"), "resolved"), "the incident to resolve itself"
	})
	if list := s.Do(t, "alerts", "list"); strings.Count(list, "resolved") != 1 {
		t.Errorf("want one alert that ended:\n%s", list)
	}
}
