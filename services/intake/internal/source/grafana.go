package source

import "encoding/json"

// Grafana reads the webhook of Grafana's alerting: Alertmanager's, with fields of its
// own. Source: Grafana's documentation of the webhook notifier.
type Grafana struct{}

// grafanaVersion is the only version of the body that there is.
const grafanaVersion = "1"

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
	batch, err := b.batch()
	for i := range batch.Alerts {
		if err := b.Alerts[i].addGrafanas(&batch.Alerts[i]); err != nil {
			return Batch{}, malformed("alert %d: dashboardURL, panelURL and valueString have to be texts", i+1)
		}
	}
	return batch, err
}

// addGrafanas adds what Grafana says beyond Alertmanager.
func (a *alertmanagerAlert) addGrafanas(to *Alert) error {
	var dashboard, panel, value string
	for _, field := range []struct {
		raw  json.RawMessage
		into *string
	}{{a.DashboardURL, &dashboard}, {a.PanelURL, &panel}, {a.ValueString, &value}} {
		if len(field.raw) == 0 {
			continue
		}
		if err := json.Unmarshal(field.raw, field.into); err != nil {
			return err
		}
	}
	for _, url := range []string{dashboard, panel} {
		if url = link(url); url != "" {
			to.URL = url
		}
	}
	if value != "" && to.Annotations["value"] == "" {
		to.Annotations["value"] = value
		to.Annotations = bounded(to.Annotations)
	}
	return nil
}
