package propose

import (
	"google.golang.org/protobuf/types/known/timestamppb"

	incidentv1 "github.com/bridgelog/bridgelog/proto/gen/incident/v1"
	timelinev1 "github.com/bridgelog/bridgelog/proto/gen/timeline/v1"
)

// By is who proposes.
const By = "system"

// Start proposes when an incident began: the earliest time at which one of its checks
// began to be unusual. It proposes nothing when somebody has said already when customers
// began to suffer.
func Start(i *timelinev1.Incident) *timelinev1.StartProposal {
	if i.GetImpactWindow().GetStartTime() != nil {
		return nil
	}
	var first *timelinev1.Check
	for _, c := range unusual(i) {
		if c.GetBeganTime() != nil && (first == nil || c.GetBeganTime().AsTime().Before(first.GetBeganTime().AsTime())) {
			first = c
		}
	}
	if first == nil {
		return nil
	}
	return &timelinev1.StartProposal{Time: first.GetBeganTime(), Reason: inWords(first), Entry: first.GetEntry(), ProposedBy: By}
}

// Trend proposes whether an incident is getting worse: it is when any of its unusual
// checks is, and better only when all of them are. It proposes nothing when somebody
// has said so since the last of them.
func Trend(i *timelinev1.Incident) *timelinev1.TrendProposal {
	p := &timelinev1.TrendProposal{ProposedBy: By}
	var last *timestamppb.Timestamp
	for _, trend := range []incidentv1.Trend{incidentv1.Trend_TREND_WORSE, incidentv1.Trend_TREND_STABLE, incidentv1.Trend_TREND_BETTER} {
		for _, c := range unusual(i) {
			if c.GetTrend() != trend {
				continue
			}
			if p.Trend == trend {
				p.Reason += "; "
			}
			p.Trend, p.Reason, p.Entries = trend, p.Reason+inWords(c), append(p.Entries, c.GetEntry())
			if last == nil || c.GetUntilTime().AsTime().After(last.AsTime()) {
				last = c.GetUntilTime()
			}
		}
		if p.Trend != 0 {
			break
		}
	}
	if p.GetTrend() == 0 {
		return nil
	}
	for _, a := range i.GetAssessments() {
		if a.GetOccurredTime().AsTime().After(last.AsTime()) {
			return nil
		}
	}
	return p
}

func unusual(i *timelinev1.Incident) []*timelinev1.Check {
	var out []*timelinev1.Check
	for _, c := range i.GetChecks() {
		if c.GetVerdict() == incidentv1.CheckVerdict_CHECK_VERDICT_UNUSUAL {
			out = append(out, c)
		}
	}
	return out
}

// inWords says what a check showed: "checkout, errors: 0.25 errors/s now, above …".
func inWords(c *timelinev1.Check) string {
	if c.GetReason() == "" {
		return c.GetService() + ": unusual; why was redacted"
	}
	return c.GetService() + ", " + c.GetTitle() + ": " + c.GetReason()
}
