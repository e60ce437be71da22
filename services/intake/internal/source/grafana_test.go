package source_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/bridgelog/bridgelog/services/intake/internal/source"
	"github.com/bridgelog/bridgelog/services/intake/internal/source/sourcetest"
)

func TestGrafanasOwnExample(t *testing.T) {
	batch, err := source.Grafana{}.Parse(sourcetest.Signal(sample(t, "samples/grafana/alerting-webhook-firing.json")))
	if err != nil {
		t.Fatal(err)
	}
	if len(batch.Alerts) != 2 || batch.GroupKey != "{}:{}" {
		t.Fatalf("got %+v", batch)
	}
	a := batch.Alerts[0]
	if a.Title != "High memory usage: This alert was triggered for zone us-1" || a.Fingerprint != "c6eadffa33fcdf37" || !a.Firing ||
		!a.StartsAt.Equal(time.Date(2021, 10, 12, 7, 51, 3, 157076e3, time.UTC)) {
		t.Errorf("got %+v", a)
	}
	if a.URL != "https://play.grafana.org/alerting/1afz29v7z/edit" || a.RunbookURL != "https://myrunbook.com/runbook/1234" ||
		!strings.Contains(a.Annotations["value"], "14151.33") {
		t.Errorf("got %+v", a)
	}
}

const grafanaFiring = `{"version":"1","groupKey":"g","title":"[FIRING:1]","alerts":[{"status":"firing","labels":{"alertname":"A"},"startsAt":"2026-01-01T00:00:00Z",` +
	`"fingerprint":"f","generatorURL":"https://g/rule","dashboardURL":"https://g/d","panelURL":"https://g/d?viewPanel=1","valueString":"[ value=1 ]"}]}`

func TestGrafana(t *testing.T) {
	batch, err := source.Grafana{}.Parse(sourcetest.Signal([]byte(grafanaFiring)))
	if err != nil || batch.Alerts[0].URL != "https://g/d?viewPanel=1" {
		t.Fatalf("got %+v, %v; want it to lead to its panel", batch, err)
	}
	sourcetest.Run(t, source.Grafana{}, sourcetest.Cases{
		Good: map[string][]byte{
			"firing":   []byte(grafanaFiring),
			"resolved": []byte(strings.Replace(grafanaFiring, "firing", "resolved", 1)),
		},
		Bad: map[string][]byte{
			"not JSON":       []byte(`alert!`),
			"Alertmanager's": []byte(strings.Replace(grafanaFiring, `"version":"1"`, `"version":"4"`, 1)),
			"odd panel":      []byte(strings.Replace(grafanaFiring, `"https://g/d"`, `1`, 1)),
			"no begin":       []byte(`{"version":"1","alerts":[{"status":"firing"}]}`),
		},
	})
}

func FuzzGrafana(f *testing.F) {
	f.Add([]byte(grafanaFiring))
	f.Fuzz(func(t *testing.T, body []byte) {
		batch, err := source.Grafana{}.Parse(sourcetest.Signal(body))
		if err != nil {
			if !errors.Is(err, source.ErrMalformed) {
				t.Fatalf("untyped error %v", err)
			}
			return
		}
		sourcetest.Check(t, batch)
	})
}
