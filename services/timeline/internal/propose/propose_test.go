package propose_test

import (
	"slices"
	"testing"
	"time"

	"google.golang.org/protobuf/types/known/timestamppb"

	incidentv1 "github.com/bridgelog/bridgelog/proto/gen/incident/v1"
	timelinev1 "github.com/bridgelog/bridgelog/proto/gen/timeline/v1"
	"github.com/bridgelog/bridgelog/services/timeline/internal/propose"
)

var noon = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

func at(minutes int) *timestamppb.Timestamp {
	return timestamppb.New(noon.Add(time.Duration(minutes) * time.Minute))
}

func check(entry uint64, began int, trend incidentv1.Trend) *timelinev1.Check {
	c := &timelinev1.Check{
		Service: "checkout", Title: "errors", Reason: "2 now", Verdict: incidentv1.CheckVerdict_CHECK_VERDICT_UNUSUAL,
		Trend: trend, UntilTime: at(10), Entry: entry,
	}
	if began != 0 {
		c.BeganTime = at(began)
	}
	return c
}

func TestStart(t *testing.T) {
	normal := check(4, -50, 0)
	normal.Verdict = incidentv1.CheckVerdict_CHECK_VERDICT_NORMAL
	i := &timelinev1.Incident{Checks: []*timelinev1.Check{check(1, 0, 0), check(2, -5, 0), check(3, -20, 0), normal}}
	p := propose.Start(i)
	if p.GetEntry() != 3 || !p.GetTime().AsTime().Equal(at(-20).AsTime()) || p.GetReason() != "checkout, errors: 2 now" || p.GetProposedBy() != "system" {
		t.Errorf("proposed %v", p)
	}
	i.ImpactWindow = &timelinev1.ImpactWindow{StartTime: at(-3)}
	if p := propose.Start(i); p != nil {
		t.Errorf("proposed %v although it is known", p)
	}
	if p := propose.Start(&timelinev1.Incident{Checks: []*timelinev1.Check{normal, check(1, 0, 0)}}); p != nil {
		t.Errorf("proposed %v from nothing", p)
	}
}

func TestTrend(t *testing.T) {
	worse, stable, better := incidentv1.Trend_TREND_WORSE, incidentv1.Trend_TREND_STABLE, incidentv1.Trend_TREND_BETTER
	for _, tt := range []struct {
		trends  []incidentv1.Trend
		want    incidentv1.Trend
		entries []uint64
	}{
		{nil, 0, nil},
		{[]incidentv1.Trend{0}, 0, nil},
		{[]incidentv1.Trend{better, better}, better, []uint64{1, 2}},
		{[]incidentv1.Trend{better, stable}, stable, []uint64{2}},
		{[]incidentv1.Trend{better, worse, stable, worse}, worse, []uint64{2, 4}},
	} {
		i := &timelinev1.Incident{}
		for n, trend := range tt.trends {
			i.Checks = append(i.Checks, check(uint64(n+1), 0, trend))
		}
		p := propose.Trend(i)
		if p.GetTrend() != tt.want || !slices.Equal(p.GetEntries(), tt.entries) {
			t.Errorf("%v: proposed %v", tt.trends, p)
		}
	}
	i := &timelinev1.Incident{Checks: []*timelinev1.Check{check(1, 0, worse)}}
	i.Assessments = []*timelinev1.Assessment{{OccurredTime: at(9)}}
	if propose.Trend(i).GetTrend() != worse {
		t.Error("an older assessment ends a newer proposal")
	}
	i.Assessments[0].OccurredTime = at(11)
	if p := propose.Trend(i); p != nil {
		t.Errorf("proposed %v although somebody has said so since", p)
	}
	i = &timelinev1.Incident{Checks: []*timelinev1.Check{check(1, 0, worse)}}
	i.Checks[0].Title, i.Checks[0].Reason = "", ""
	if p := propose.Trend(i); p.GetReason() != "checkout: unusual; why was redacted" {
		t.Errorf("proposed %v", p)
	}
}
