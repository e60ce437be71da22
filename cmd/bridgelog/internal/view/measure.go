package view

import (
	"time"

	incidentv1 "github.com/bridgelog/bridgelog/proto/gen/incident/v1"
	notifyv1 "github.com/bridgelog/bridgelog/proto/gen/notify/v1"
	timelinev1 "github.com/bridgelog/bridgelog/proto/gen/timeline/v1"
)

// Measurement is what a check of a service's metric showed. Values are null where they
// are not known; times and trend are empty where nothing is proposed.
type Measurement struct {
	Service     string   `json:"service"`
	Title       string   `json:"title"`
	Kind        string   `json:"kind"`
	Verdict     string   `json:"verdict"`
	Reason      string   `json:"reason"`
	Unit        string   `json:"unit"`
	Value       *float64 `json:"value"`
	Yesterday   *float64 `json:"yesterday"`
	LastWeek    *float64 `json:"last_week"`
	BeganTime   Time     `json:"began_time"`
	Trend       string   `json:"trend"`
	FromTime    Time     `json:"from_time"`
	UntilTime   Time     `json:"until_time"`
	Integration string   `json:"integration"`
	Query       string   `json:"query"`
	Run         string   `json:"run"`
	AskedByName string   `json:"asked_by_name"`
	ProposedBy  string   `json:"proposed_by"`
	Entry       uint64   `json:"entry"`
	// Problem says why it was not recorded; empty when it is.
	Problem string `json:"problem"`
}

// Proposal is what the system proposes, for a person to accept: a time or a trend.
type Proposal struct {
	Time       Time     `json:"time"`
	Trend      string   `json:"trend"`
	Reason     string   `json:"reason"`
	Entries    []uint64 `json:"entries"`
	ProposedBy string   `json:"proposed_by"`
	// Accept is the command that accepts it.
	Accept string `json:"accept"`
}

// Measurements is what `checks` answers.
type Measurements struct {
	Incident string        `json:"incident"`
	Checks   []Measurement `json:"checks"`
	LeftOut  int32         `json:"left_out"`
}

func measurements(all []*timelinev1.Check) []Measurement {
	out := []Measurement{}
	for _, c := range all {
		out = append(out, Measurement{
			Service: c.GetService(), Title: c.GetTitle(), Kind: Word(c.GetKind()), Verdict: Word(c.GetVerdict()), Reason: c.GetReason(), Unit: c.GetUnit(),
			Value: c.Value, Yesterday: c.Yesterday, LastWeek: c.LastWeek, BeganTime: timeOf(c.GetBeganTime()), Trend: trendWord(c.GetTrend()),
			FromTime: timeOf(c.GetFromTime()), UntilTime: timeOf(c.GetUntilTime()), Integration: c.GetIntegration(), Query: c.GetQuery(),
			Run: c.GetRun(), AskedByName: c.GetAskedByName(), ProposedBy: c.GetProposedBy(), Entry: c.GetEntry(),
		})
	}
	return out
}

func trendWord(t incidentv1.Trend) string {
	if t == incidentv1.Trend_TREND_UNSPECIFIED {
		return ""
	}
	return Word(t)
}

// microsOf is a time of microseconds since 1970; 0 is none.
func microsOf(us int64) Time {
	if us == 0 {
		return Time{}
	}
	return Time{time.UnixMicro(us).UTC()}
}

// OfMeasurements shows the checks of an incident.
func OfMeasurements(i *timelinev1.Incident) Measurements {
	return Measurements{Incident: i.GetName(), Checks: measurements(i.GetChecks())}
}

// OfRun shows what a run of checks showed.
func OfRun(r *notifyv1.RunChecksResponse) Measurements {
	v := Measurements{Incident: r.GetIncident(), Checks: []Measurement{}, LeftOut: r.GetLeftOut()}
	for _, c := range r.GetChecks() {
		f, e := c.GetFacts(), c.GetEvidence()
		v.Checks = append(v.Checks, Measurement{
			Service: f.GetKey().GetService(), Title: e.GetTitle(), Kind: Word(f.GetKind()), Verdict: Word(f.GetVerdict()), Reason: e.GetReason(),
			Unit: e.GetUnit(), Value: f.Value, Yesterday: f.Yesterday, LastWeek: f.LastWeek, BeganTime: microsOf(f.GetBeganUs()),
			Trend: trendWord(f.GetTrend()), FromTime: microsOf(f.GetFromUs()), UntilTime: microsOf(f.GetUntilUs()), Integration: f.GetIntegration(),
			Query: e.GetQuery(), Run: f.GetKey().GetRun(), ProposedBy: "system", Entry: c.GetEntry(), Problem: c.GetProblem(),
		})
	}
	return v
}
