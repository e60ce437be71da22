package source_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/bridgelog/bridgelog/services/intake/internal/source"
	"github.com/bridgelog/bridgelog/services/intake/internal/source/sourcetest"
)

// sample reads a captured body that is kept outside the repository.
func sample(t testing.TB, name string) []byte {
	t.Helper()
	root := os.Getenv("BRIDGELOG_SHARED")
	if root == "" {
		root = filepath.Join("..", "..", "..", "..", "..", "shared")
	}
	data, err := os.ReadFile(filepath.Join(root, name))
	if err != nil {
		t.Skipf("the captured samples are not on this machine: set BRIDGELOG_SHARED (%v)", err)
	}
	return data
}

func TestCapturedBodies(t *testing.T) {
	for name, want := range map[string][]bool{
		"v0.25-firing.json": {true, true}, "v0.34-firing.json": {true, true},
		"v0.25-partially-resolved.json": {false, true}, "v0.34-partially-resolved.json": {false, true},
		"v0.25-resolved.json": {false}, "v0.34-resolved.json": {false},
	} {
		t.Run(name, func(t *testing.T) {
			batch, err := source.Alertmanager{}.Parse(sourcetest.Signal(sample(t, "samples/alertmanager/"+name)))
			if err != nil {
				t.Fatal(err)
			}
			if len(batch.Alerts) != len(want) || !strings.Contains(batch.GroupKey, "HighErrorRate") {
				t.Fatalf("got %+v", batch)
			}
			for i, a := range batch.Alerts {
				if a.Firing != want[i] || a.Firing != a.EndsAt.IsZero() {
					t.Errorf("alert %d: firing %v until %v", i, a.Firing, a.EndsAt)
				}
				if a.Title != "HighErrorRate: 5xx ratio above 5% for 5m" || a.RunbookURL != "https://runbooks.example/checkout/5xx" {
					t.Errorf("alert %d: title %q, runbook %q", i, a.Title, a.RunbookURL)
				}
				if a.Labels["service"] != "checkout" || !strings.Contains(a.Description, "日本") {
					t.Errorf("alert %d: %+v", i, a)
				}
			}
		})
	}
}

func TestOlderAndForeignBodies(t *testing.T) {
	old, err := source.Alertmanager{}.Parse(sourcetest.Signal(sample(t, "data/alerts/payload--alerta-prometheus_v4_alert.json")))
	if err != nil {
		t.Fatal(err)
	}
	if got := old.Alerts[0]; !strings.HasPrefix(got.Fingerprint, "labels-") || !got.StartsAt.Equal(time.Date(2017, 8, 3, 19, 17, 37, 804e6, time.UTC)) {
		t.Errorf("got %+v", got)
	}
	oncall, err := source.Alertmanager{}.Parse(sourcetest.Signal(sample(t, "data/alerts/payload--grafana-oncall-alertmanager.json")))
	if err != nil {
		t.Fatal(err)
	}
	if got := oncall.Alerts[0].Title; got != "InstanceDown: Instance localhost:8081 down" {
		t.Errorf("title %q", got)
	}
}

func TestAlertmanager(t *testing.T) {
	alert := func(status, ends string) string {
		return `{"status":"` + status + `","labels":{"alertname":"A\u0000","x":"\ud800"},"annotations":{"summary":"\n\nB"},` +
			`"startsAt":"2026-01-01T00:00:00.123456789+05:00","endsAt":"` + ends + `","fingerprint":"f 1","generatorURL":""}`
	}
	body := func(alerts ...string) []byte {
		return []byte(`{"version":"4","groupKey":"{}:{a=\"b\"}","status":"firing","truncatedAlerts":3,"notification_reason":"repeat",` +
			`"routeLabels":{},"alerts":[` + strings.Join(alerts, ",") + `]}`)
	}
	cases := sourcetest.Cases{
		Good: map[string][]byte{
			"firing":   body(alert("firing", "0001-01-01T00:00:00Z")),
			"resolved": body(alert("resolved", "2026-01-02T00:00:00Z")),
			"mixed":    body(alert("resolved", "2026-01-02T00:00:00Z"), alert("firing", "0001-01-01T00:00:00Z")),
			"none":     body(),
			"huge":     body(strings.Replace(alert("firing", ""), `"endsAt":"",`, `"description":"`+strings.Repeat("x", 100<<10)+`",`, 1)),
		},
		Bad: map[string][]byte{
			"not JSON":       []byte(`alert!`),
			"empty":          {},
			"another shape":  []byte(`{"version":"4","alerts":"none"}`),
			"no version":     []byte(`{"alerts":[]}`),
			"unknown status": []byte(`{"version":"4","alerts":[{"status":"maybe","startsAt":"2026-01-01T00:00:00Z"}]}`),
			"no begin":       []byte(`{"version":"4","alerts":[{"status":"firing"}]}`),
		},
	}
	sourcetest.Run(t, source.Alertmanager{}, cases)
}

func TestAnEndBeforeTheBeginIsTheBegin(t *testing.T) {
	batch, err := source.Alertmanager{}.Parse(sourcetest.Signal([]byte(`{"version":"4","alerts":[{"status":"resolved","startsAt":"2026-01-02T00:00:00Z","endsAt":"0001-01-01T00:00:00Z"}]}`)))
	if err != nil {
		t.Fatal(err)
	}
	if a := batch.Alerts[0]; !a.EndsAt.Equal(a.StartsAt) || a.Title != "Alert without a name" || batch.GroupKey == "" {
		t.Errorf("got %+v", a)
	}
}

func FuzzAlertmanager(f *testing.F) {
	f.Add([]byte(`{"version":"4","groupKey":"{}","alerts":[{"status":"firing","labels":{"alertname":"A\u0000"},"annotations":{"summary":"\ud800"},"startsAt":"2026-01-01T00:00:00.123456789+05:00","endsAt":"0001-01-01T00:00:00Z","fingerprint":"x"}]}`))
	f.Add([]byte(`{"version":"4","alerts":[{"status":"resolved","startsAt":"2026-01-01T00:00:00Z"}]}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		batch, err := source.Alertmanager{}.Parse(sourcetest.Signal(body))
		if err != nil {
			if !errors.Is(err, source.ErrMalformed) {
				t.Fatalf("untyped error %v", err)
			}
			return
		}
		sourcetest.Check(t, batch)
	})
}
