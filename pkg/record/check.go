package record

import (
	"time"

	"github.com/bridgelog/bridgelog/pkg/incident"
	incidentv1 "github.com/bridgelog/bridgelog/proto/gen/incident/v1"
)

func (e *encoder) VisitCheckRecorded(v incident.CheckRecorded) {
	facts, evidence := CheckMessages(v.CheckKey, v.CheckResult)
	e.facts, e.content = facts, &incidentv1.CheckRecordedContent{Evidence: evidence}
}

func checkRecorded(f *incidentv1.CheckRecordedFacts, c *incidentv1.CheckRecordedContent) incident.CheckRecorded {
	key, result := CheckOf(f, c.GetEvidence())
	return incident.CheckRecorded{CheckKey: key, CheckResult: result}
}

// CheckMessages are the facts and the evidence of a check, as they are stored and as
// services tell them to each other.
func CheckMessages(key incident.CheckKey, r incident.CheckResult) (*incidentv1.CheckRecordedFacts, *incidentv1.CheckEvidence) {
	facts := &incidentv1.CheckRecordedFacts{
		Key:  &incidentv1.CheckKey{Run: key.Run, Service: key.Service, Metric: key.Metric},
		Kind: incidentv1.MetricKind(r.Kind), Integration: r.Integration, Verdict: incidentv1.CheckVerdict(r.Verdict),
		Value: number(r.Value), Yesterday: number(r.Yesterday), LastWeek: number(r.LastWeek),
		BeganUs: micros(r.Began), Trend: incidentv1.Trend(r.Trend), FromUs: micros(r.From), UntilUs: micros(r.Until),
		AskedBy: string(r.AskedBy),
	}
	return facts, &incidentv1.CheckEvidence{
		Title: r.Title, Query: r.Query, Unit: r.Unit, Reason: r.Reason,
		Now: points(r.Now), DayBefore: points(r.DayBefore), WeekBefore: points(r.WeekBefore),
	}
}

// CheckOf reads what [CheckMessages] made.
func CheckOf(f *incidentv1.CheckRecordedFacts, e *incidentv1.CheckEvidence) (incident.CheckKey, incident.CheckResult) {
	return incident.CheckKey{Run: f.GetKey().GetRun(), Service: f.GetKey().GetService(), Metric: f.GetKey().GetMetric()}, incident.CheckResult{
		Kind: term[incident.MetricKind](f.GetKind()), Integration: f.GetIntegration(), Verdict: term[incident.CheckVerdict](f.GetVerdict()),
		Value: measured(f.Value), Yesterday: measured(f.Yesterday), LastWeek: measured(f.LastWeek),
		Began: instant(f.GetBeganUs()), Trend: term[incident.Trend](f.GetTrend()), From: instant(f.GetFromUs()), Until: instant(f.GetUntilUs()),
		AskedBy: incident.PersonID(f.GetAskedBy()), Title: e.GetTitle(), Query: e.GetQuery(), Unit: e.GetUnit(), Reason: e.GetReason(),
		Now: pointsOf(e.GetNow()), DayBefore: pointsOf(e.GetDayBefore()), WeekBefore: pointsOf(e.GetWeekBefore()),
	}
}

func number(m incident.Measured) *float64 {
	if !m.Known {
		return nil
	}
	return &m.Value
}

func measured(v *float64) incident.Measured {
	if v == nil {
		return incident.Measured{}
	}
	return incident.Measured{Value: *v, Known: true}
}

func points(all []incident.CheckPoint) []*incidentv1.CheckPoint {
	var out []*incidentv1.CheckPoint
	for _, p := range all {
		out = append(out, &incidentv1.CheckPoint{OffsetUs: p.Offset.Microseconds(), Value: p.Value})
	}
	return out
}

func pointsOf(all []*incidentv1.CheckPoint) []incident.CheckPoint {
	var out []incident.CheckPoint
	for _, p := range all {
		out = append(out, incident.CheckPoint{Offset: time.Duration(p.GetOffsetUs()) * time.Microsecond, Value: p.GetValue()})
	}
	return out
}
