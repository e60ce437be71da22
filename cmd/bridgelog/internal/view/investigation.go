package view

import timelinev1 "github.com/bridgelog/bridgelog/proto/gen/timeline/v1"

// Hypothesis is a supposed cause.
type Hypothesis struct {
	Name         string           `json:"name"`
	State        string           `json:"state"`
	Text         string           `json:"text"`
	Because      string           `json:"because"`
	Eliminate    string           `json:"eliminate"`
	Reason       string           `json:"reason"`
	Entry        uint64           `json:"entry"`
	VerdictEntry uint64           `json:"verdict_entry"`
	AddedTime    Time             `json:"added_time"`
	VerdictTime  Time             `json:"verdict_time"`
	AddedBy      string           `json:"added_by"`
	AddedByName  string           `json:"added_by_name"`
	Tests        []HypothesisTest `json:"tests"`
}

// HypothesisTest is what a test of a hypothesis showed.
type HypothesisTest struct {
	Text         string `json:"text"`
	Entry        uint64 `json:"entry"`
	OccurredTime Time   `json:"occurred_time"`
	Actor        string `json:"actor"`
	ActorName    string `json:"actor_name"`
}

// Assessment says where the incident was going at a time.
type Assessment struct {
	Trend        string `json:"trend"`
	Reason       string `json:"reason"`
	Entry        uint64 `json:"entry"`
	OccurredTime Time   `json:"occurred_time"`
	Actor        string `json:"actor"`
	ActorName    string `json:"actor_name"`
}

// Decision is what was decided at a time.
type Decision struct {
	Name         string   `json:"name"`
	Choice       string   `json:"choice"`
	Reason       string   `json:"reason"`
	Options      []string `json:"options"`
	Checks       []Check  `json:"checks"`
	Hypothesis   string   `json:"hypothesis"`
	Change       string   `json:"change"`
	AboutEntry   uint64   `json:"about_entry"`
	Entry        uint64   `json:"entry"`
	OccurredTime Time     `json:"occurred_time"`
	Actor        string   `json:"actor"`
	ActorName    string   `json:"actor_name"`
}

// Check is an answer to one line of a checklist.
type Check struct {
	Item  string `json:"item"`
	Holds bool   `json:"holds"`
}

// ImpactWindow is when customers suffered.
type ImpactWindow struct {
	StartTime  Time   `json:"start_time"`
	EndTime    Time   `json:"end_time"`
	StartEntry uint64 `json:"start_entry"`
	EndEntry   uint64 `json:"end_entry"`
}

// BlastRadius is all that was known to be hit at a time.
type BlastRadius struct {
	Services      []string `json:"services"`
	Components    []string `json:"components"`
	Regions       []string `json:"regions"`
	Customers     uint64   `json:"customers"`
	CustomerNames []string `json:"customer_names"`
	Text          string   `json:"text"`
	Entry         uint64   `json:"entry"`
	OccurredTime  Time     `json:"occurred_time"`
	Actor         string   `json:"actor"`
	ActorName     string   `json:"actor_name"`
}

// Related is an incident that belongs to another one.
type Related struct {
	ID       string `json:"id"`
	Name     string `json:"name"`
	Relation string `json:"relation"`
	Entry    uint64 `json:"entry"`
}

// Review is to be held about several incidents of one category.
type Review struct {
	Category      string             `json:"category"`
	Earlier       []ReviewedIncident `json:"earlier"`
	WindowSeconds int64              `json:"window_seconds"`
	DueTime       Time               `json:"due_time"`
	FollowUp      string             `json:"follow_up"`
	Entry         uint64             `json:"entry"`
}

// ReviewedIncident is one of the incidents of a review.
type ReviewedIncident struct {
	ID   string `json:"id"`
	Name string `json:"name"`
}

func reviews(all []*timelinev1.Review) []Review {
	out := []Review{}
	for _, r := range all {
		one := Review{
			Category: r.GetCategory(), Earlier: []ReviewedIncident{}, WindowSeconds: int64(r.GetWindow().AsDuration().Seconds()),
			DueTime: timeOf(r.GetDueTime()), FollowUp: r.GetFollowUp(), Entry: r.GetEntry(),
		}
		for _, e := range r.GetEarlier() {
			one.Earlier = append(one.Earlier, ReviewedIncident{ID: e.GetId(), Name: e.GetName()})
		}
		out = append(out, one)
	}
	return out
}

// investigate puts in what is known of the search for the cause.
func investigate(out *Incident, in *timelinev1.Incident) {
	out.Hypotheses, out.Assessments = hypotheses(in.GetHypotheses()), []Assessment{}
	out.Decisions, out.BlastRadii = []Decision{}, []BlastRadius{}
	out.Checks = measurements(in.GetChecks())
	out.Category, out.Related, out.Reviews = in.GetCategory(), []Related{}, reviews(in.GetReviews())
	for _, r := range in.GetRelated() {
		out.Related = append(out.Related, Related{ID: r.GetId(), Name: r.GetName(), Relation: Word(r.GetRelation()), Entry: r.GetEntry()})
	}
	for _, a := range in.GetAssessments() {
		out.Assessments = append(out.Assessments, Assessment{
			Trend: Word(a.GetTrend()), Reason: a.GetReason(), Entry: a.GetEntry(), OccurredTime: timeOf(a.GetOccurredTime()),
			Actor: a.GetActor(), ActorName: a.GetActorName(),
		})
	}
	for _, d := range in.GetDecisions() {
		checks := make([]Check, 0, len(d.GetChecks()))
		for _, c := range d.GetChecks() {
			checks = append(checks, Check{Item: c.GetItem(), Holds: c.GetHolds()})
		}
		out.Decisions = append(out.Decisions, Decision{
			Name: d.GetName(), Choice: d.GetChoice(), Reason: d.GetReason(), Options: list(d.GetOptions()), Checks: checks,
			Hypothesis: d.GetHypothesis(), Change: d.GetChange(), AboutEntry: d.GetAboutEntry(), Entry: d.GetEntry(),
			OccurredTime: timeOf(d.GetOccurredTime()), Actor: d.GetActor(), ActorName: d.GetActorName(),
		})
	}
	if w := in.GetImpactWindow(); w != nil {
		out.ImpactWindow = &ImpactWindow{
			StartTime: timeOf(w.GetStartTime()), EndTime: timeOf(w.GetEndTime()), StartEntry: w.GetStartEntry(), EndEntry: w.GetEndEntry(),
		}
	}
	for _, b := range in.GetBlastRadii() {
		out.BlastRadii = append(out.BlastRadii, BlastRadius{
			Services: list(b.GetServices()), Components: list(b.GetComponents()), Regions: list(b.GetRegions()), Customers: b.GetCustomers(),
			CustomerNames: list(b.GetCustomerNames()), Text: b.GetText(), Entry: b.GetEntry(), OccurredTime: timeOf(b.GetOccurredTime()),
			Actor: b.GetActor(), ActorName: b.GetActorName(),
		})
	}
}

// Hypotheses is what `hypothesis list` answers.
type Hypotheses struct {
	Incident   string       `json:"incident"`
	Hypotheses []Hypothesis `json:"hypotheses"`
}

func hypotheses(in []*timelinev1.Hypothesis) []Hypothesis {
	out := make([]Hypothesis, 0, len(in))
	for _, h := range in {
		tests := make([]HypothesisTest, 0, len(h.GetTests()))
		for _, t := range h.GetTests() {
			tests = append(tests, HypothesisTest{
				Text: t.GetText(), Entry: t.GetEntry(), OccurredTime: timeOf(t.GetOccurredTime()),
				Actor: t.GetActor(), ActorName: t.GetActorName(),
			})
		}
		out = append(out, Hypothesis{
			Name: h.GetName(), State: Word(h.GetState()), Text: h.GetText(), Because: h.GetBecause(), Eliminate: h.GetEliminate(),
			Reason: h.GetReason(), Entry: h.GetEntry(), VerdictEntry: h.GetVerdictEntry(), AddedTime: timeOf(h.GetAddedTime()),
			VerdictTime: timeOf(h.GetVerdictTime()), AddedBy: h.GetAddedBy(), AddedByName: h.GetAddedByName(), Tests: tests,
		})
	}
	return out
}
