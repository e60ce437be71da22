package checks

import (
	"crypto/sha256"
	"encoding/hex"

	"github.com/bridgelog/bridgelog/pkg/catalog"
	"github.com/bridgelog/bridgelog/pkg/check"
	"github.com/bridgelog/bridgelog/pkg/incident"
	catalogv1 "github.com/bridgelog/bridgelog/proto/gen/catalog/v1"
	incidentv1 "github.com/bridgelog/bridgelog/proto/gen/incident/v1"
	"github.com/bridgelog/bridgelog/services/notifier/internal/prometheus"
)

// MaxChecks bounds one run.
const MaxChecks = 20

// Planned is a metric that is to be measured.
type Planned struct {
	// Service is the name of its service, Key what tells its metrics apart.
	Service, Key string
	// Metric is the catalog's, Integration that which answers, Name its name.
	Metric      *catalogv1.Metric
	Integration *catalogv1.IntegrationSpec
	Name        string
}

// Plan returns the metrics of services that are to be measured, in the order of the
// catalog, at most [MaxChecks] of them, and how many there are beyond.
func Plan(state *catalog.State, services []string) (planned []Planned, leftOut int) {
	for _, service := range services {
		r, ok := state.Get("service", service)
		if !ok {
			continue
		}
		for _, m := range r.Spec.GetService().GetMetrics() {
			integration, ok := state.Get("integration", m.GetIntegration())
			if !ok {
				continue
			}
			spec := integration.Spec.GetIntegration()
			if m.GetKind() == incidentv1.MetricKind_METRIC_KIND_UNSPECIFIED || m.GetQuery() == "" ||
				spec.GetType() != prometheus.Type || spec.GetDisabled() {
				continue
			}
			if len(planned) == MaxChecks {
				leftOut++
				continue
			}
			planned = append(planned, Planned{Service: r.Name, Key: keyOf(m), Metric: m, Integration: spec, Name: integration.Name})
		}
	}
	return planned, leftOut
}

// keyOf tells the metrics of a service apart, also when one is asked differently.
func keyOf(m *catalogv1.Metric) string {
	sum := sha256.Sum256([]byte(m.GetTitle() + "\x00" + m.GetIntegration() + "\x00" + m.GetQuery()))
	return hex.EncodeToString(sum[:6])
}

// question is what is asked of the values of a metric.
func question(m *catalogv1.Metric) check.Question {
	q := check.Question{Window: window, Unit: m.GetUnit(), Above: m.Above, Below: m.Below}
	switch m.GetBad() {
	case catalogv1.MetricBad_METRIC_BAD_HIGHER:
		q.Bad = check.Higher
	case catalogv1.MetricBad_METRIC_BAD_LOWER:
		q.Bad = check.Lower
	case catalogv1.MetricBad_METRIC_BAD_EITHER:
		q.Bad = check.Either
	case catalogv1.MetricBad_METRIC_BAD_UNSPECIFIED:
		if m.GetKind() == incidentv1.MetricKind_METRIC_KIND_RESOURCE {
			q.Bad = check.Higher
		}
	}
	return q
}

// result is what a check showed, before it is said who asked for it.
func result(p Planned, a check.Answer, values [3]check.Series, q check.Question) incident.CheckResult {
	return incident.CheckResult{
		Kind: incident.MetricKind(p.Metric.GetKind()), Integration: p.Name, Verdict: a.Verdict,
		Value: a.Value, Yesterday: a.Yesterday, LastWeek: a.LastWeek, Began: a.Began, Trend: a.Trend,
		From: q.From, Until: q.From.Add(q.Window), Title: p.Metric.GetTitle(), Query: p.Metric.GetQuery(), Unit: p.Metric.GetUnit(),
		Reason: a.Reason, Now: values[0].Clean(q.Window), DayBefore: values[1].Clean(q.Window), WeekBefore: values[2].Clean(q.Window),
	}
}
