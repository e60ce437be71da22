package wire

import (
	"github.com/bridgelog/bridgelog/pkg/incident"
	incidentv1 "github.com/bridgelog/bridgelog/proto/gen/incident/v1"
	timelinev1 "github.com/bridgelog/bridgelog/proto/gen/timeline/v1"
	"github.com/bridgelog/bridgelog/services/timeline/internal/view"
)

// ProposedBy is who proposes.
const ProposedBy = "system"

// Check returns a check without names.
func Check(c *view.Check) *timelinev1.Check {
	return &timelinev1.Check{
		Service: c.Service, Metric: c.Metric, Run: c.Run, Title: c.Title, Query: c.Query, Unit: c.Unit, Reason: c.Reason,
		Kind: incidentv1.MetricKind(c.Kind), Integration: c.Integration, Verdict: incidentv1.CheckVerdict(c.Verdict),
		Value: number(c.Value), Yesterday: number(c.Yesterday), LastWeek: number(c.LastWeek),
		BeganTime: stamp(c.Began), Trend: incidentv1.Trend(c.Trend), FromTime: stamp(c.From), UntilTime: stamp(c.Until),
		Entry: c.Entry, AskedBy: string(c.AskedBy), ProposedBy: ProposedBy,
	}
}

func number(m incident.Measured) *float64 {
	if !m.Known {
		return nil
	}
	v := m.Value
	return &v
}
