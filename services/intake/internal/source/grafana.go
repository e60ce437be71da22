package source

import "encoding/json"

// Grafana reads the webhook of Grafana's alerting: Alertmanager's, with fields of its
// own. Source: Grafana's documentation of the webhook notifier.
type Grafana struct{}

// grafanaVersion is the only version of the body that there is.
const grafanaVersion = "1"

// grafanaAlert are the fields that Grafana adds to an alert.
type grafanaAlert struct {
	DashboardURL string `json:"dashboardURL"`
	PanelURL     string `json:"panelURL"`
	ValueString  string `json:"valueString"`
}

// Name implements [Source].
func (Grafana) Name() string { return "grafana" }

// Parse implements [Source]. An alert leads to its panel where it has one, and what was
// measured stands among its annotations.
func (Grafana) Parse(s Signal) (Batch, error) {
	b, err := alertmanagerBodyOf("Grafana", s.Body)
	if err != nil {
		return Batch{}, err
	}
	if b.Version != grafanaVersion {
		return Batch{}, malformed("version is %.20q, want %q: use Grafana's default payload", b.Version, grafanaVersion)
	}
	var own struct {
		Alerts []grafanaAlert `json:"alerts"`
	}
	if err := json.Unmarshal(s.Body, &own); err != nil {
		return Batch{}, malformed("%s", unreadable("Grafana", err))
	}
	batch, err := b.batch()
	for i := range batch.Alerts {
		own.Alerts[i].addTo(&batch.Alerts[i])
	}
	return batch, err
}

func (g *grafanaAlert) addTo(a *Alert) {
	for _, url := range []string{g.DashboardURL, g.PanelURL} {
		if url = link(url); url != "" {
			a.URL = url
		}
	}
	if g.ValueString != "" && a.Annotations["value"] == "" {
		a.Annotations["value"] = g.ValueString
		a.Annotations = bounded(a.Annotations)
	}
}
