package e2e_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"path/filepath"
	"strings"
	"testing"

	"github.com/bridgelog/bridgelog/test/system"
)

const opsgenieConfig = `route:
  receiver: bridgelog
  group_by: [alertname]
  group_wait: 0s
  group_interval: 1s
  repeat_interval: 1s
receivers:
- name: bridgelog
  opsgenie_configs:
  - api_url: %s/
    api_key: %s
    priority: P1
    update_alerts: true
    send_resolved: true
`

const opsgenieRoutes = `kind: route
name: first
spec:
  source: opsgenie
  match: {priority: P1}
  service: "{{service}}"
  severity: SEV-1
---
kind: service
name: checkout
spec: {}
`

// TestRealOpsgenieSenderDeclaresAndResolves lets Debian's Alertmanager alert as it alerts
// through Opsgenie, with nothing but the address and the key changed; a person acknowledges
// and writes in the words of the same API.
func TestRealOpsgenieSenderDeclaresAndResolves(t *testing.T) {
	t.Parallel()
	alertmanager := tool(t, "prometheus-alertmanager")
	s := system.Up(t, system.Options{})
	dir := t.TempDir()
	s.Do(t, "apply", "-f", write(t, dir, "routes.yaml", opsgenieRoutes))
	var made struct {
		Token string `json:"token"`
	}
	s.JSON(t, &made, "token", "create", "genie", "--role", "responder")
	manager := freeAddress(t)
	run(t, alertmanager, "--config.file", write(t, dir, "alertmanager.yml", fmt.Sprintf(opsgenieConfig, s.Endpoints.Intake, made.Token)),
		"--storage.path", filepath.Join(dir, "alertmanager"), "--web.listen-address", manager, "--cluster.listen-address=")
	listening(t, manager)
	post := func(address, body string) {
		t.Helper()
		request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, address, strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		request.Header.Set("Content-Type", "application/json")
		request.Header.Set("Authorization", "GenieKey "+made.Token)
		answer, err := http.DefaultClient.Do(request)
		if err != nil {
			t.Fatal(err)
		}
		if err := answer.Body.Close(); err != nil || answer.StatusCode >= http.StatusMultipleChoices {
			t.Fatalf("%s answered %s, %v", address, answer.Status, err)
		}
	}
	tell := func(end string) {
		t.Helper()
		post("http://"+manager+"/api/v2/alerts",
			`[{"labels":{"alertname":"CheckoutDown","service":"checkout"},"annotations":{"summary":"Checkout returns 502"}`+end+`}]`)
	}
	tell("")
	eventually(t, func() (bool, string) {
		list := s.Do(t, "list")
		return strings.Contains(list, "CheckoutDown") && strings.Contains(list, "SEV-1"), "an incident that declares itself; the list is\n" + list
	})
	var listed struct {
		Alerts []struct{ ID, Fingerprint string }
	}
	if s.JSON(t, &listed, "alerts", "list"); len(listed.Alerts) != 1 {
		t.Fatalf("alerts: %+v", listed)
	}
	_, alias, _ := strings.Cut(listed.Alerts[0].Fingerprint, "/")
	post(s.Endpoints.Intake+"/v2/alerts/"+alias+"/acknowledge?identifierType=alias", `{"user":"Ada","note":"it is the pool"}`)
	post(s.Endpoints.Intake+"/v2/alerts/"+alias+"/notes?identifierType=alias", `{"note":"restarted it"}`)
	eventually(t, func() (bool, string) {
		shown := s.Do(t, "alerts", "show", listed.Alerts[0].ID)
		return strings.Contains(shown, "Ada through genie: it is the pool") && strings.Contains(shown, "restarted it"), "an acknowledgment and a note; the alert is\n" + shown
	})
	asked, err := http.NewRequestWithContext(t.Context(), http.MethodGet, s.Endpoints.Intake+"/v2/alerts/"+alias+"?identifierType=alias", nil)
	if err != nil {
		t.Fatal(err)
	}
	asked.Header.Set("Authorization", "GenieKey "+made.Token)
	answer, err := http.DefaultClient.Do(asked)
	if err != nil {
		t.Fatal(err)
	}
	var told struct {
		Data struct {
			Status       string
			Acknowledged bool
		}
	}
	err = json.NewDecoder(answer.Body).Decode(&told)
	if closed := answer.Body.Close(); err != nil || closed != nil || told.Data.Status != "open" || !told.Data.Acknowledged {
		t.Errorf("asked for the alert, answered %s %+v, %v", answer.Status, told, err)
	}
	tell(`,"endsAt":"2026-01-01T00:00:00Z"`)
	eventually(t, func() (bool, string) {
		return strings.Contains(s.Do(t, "show", "INC-1"), "resolved"), "the incident to resolve itself"
	})
	if list := s.Do(t, "alerts", "list"); strings.Count(list, "resolved") != 1 || strings.Count(s.Do(t, "list"), "INC-") != 1 {
		t.Errorf("want one alert that ended, and one incident:\n%s", list)
	}
}
