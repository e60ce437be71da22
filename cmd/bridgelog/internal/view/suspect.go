package view

import (
	"time"

	timelinev1 "github.com/bridgelog/bridgelog/proto/gen/timeline/v1"
)

// Suspects is what is proposed as the cause of an incident.
type Suspects struct {
	Suspects     []Suspect `json:"suspects"`
	StartTime    Time      `json:"start_time"`
	StartFrom    string    `json:"start_from"`
	SinceTime    Time      `json:"since_time"`
	Services     []string  `json:"services"`
	Dependencies []string  `json:"dependencies"`
	ProposedBy   string    `json:"proposed_by"`
	Truncated    bool      `json:"truncated"`

	Checks []Measurement `json:"checks"`
	// Start and Trend are null when nothing is proposed.
	Start *Proposal `json:"start"`
	Trend *Proposal `json:"trend"`
}

// Suspect is one thing that may be to blame: a change or an incident, the other is null.
type Suspect struct {
	Weight   int32            `json:"weight"`
	Reasons  []string         `json:"reasons"`
	Way      []string         `json:"way"`
	Change   *Change          `json:"change"`
	Incident *SuspectIncident `json:"incident"`
}

// SuspectIncident is an open incident that may be to blame.
type SuspectIncident struct {
	ID           string   `json:"id"`
	Name         string   `json:"name"`
	Title        string   `json:"title"`
	Severity     string   `json:"severity"`
	Status       string   `json:"status"`
	Services     []string `json:"services"`
	DeclaredTime Time     `json:"declared_time"`
}

// BlastSuggestion is what may be hit beside what is known to be.
type BlastSuggestion struct {
	Reached     []Reached `json:"reached"`
	Services    []string  `json:"services"`
	ProposedBy  string    `json:"proposed_by"`
	CatalogEtag string    `json:"catalog_etag"`
}

// Reached is a service that may be hit.
type Reached struct {
	Service    string   `json:"service"`
	Reason     string   `json:"reason"`
	Way        []string `json:"way"`
	Components []string `json:"components"`
}

// OfSuspects shows what is proposed as the cause of an incident, which is named as the
// commands that accept a proposal name it.
func OfSuspects(incident string, r *timelinev1.ListSuspectsResponse) Suspects {
	v := Suspects{
		Suspects: []Suspect{}, StartTime: timeOf(r.GetStartTime()), StartFrom: r.GetStartFrom(), SinceTime: timeOf(r.GetSinceTime()),
		Services: list(r.GetServices()), Dependencies: list(r.GetDependencies()), ProposedBy: r.GetProposedBy(), Truncated: r.GetTruncated(),
	}
	v.Checks = measurements(r.GetChecks())
	if p := r.GetStart(); p != nil {
		v.Start = &Proposal{
			Time: timeOf(p.GetTime()), Reason: p.GetReason(), Entries: []uint64{p.GetEntry()}, ProposedBy: p.GetProposedBy(),
			Accept: "bridgelog impact start " + incident + " --at " + p.GetTime().AsTime().Format(time.RFC3339),
		}
	}
	if p := r.GetTrend(); p != nil {
		v.Trend = &Proposal{
			Trend: Word(p.GetTrend()), Reason: p.GetReason(), Entries: p.GetEntries(), ProposedBy: p.GetProposedBy(),
			Accept: "bridgelog assess " + incident + " " + Word(p.GetTrend()),
		}
	}
	for _, s := range r.GetSuspects() {
		told := Suspect{Weight: s.GetWeight(), Reasons: list(s.GetReasons()), Way: list(s.GetWay())}
		if c := s.GetChange(); c != nil {
			change := OfChange(c)
			told.Change = &change
		}
		if i := s.GetIncident(); i != nil {
			told.Incident = &SuspectIncident{
				ID: i.GetId(), Name: i.GetName(), Title: i.GetTitle(), Severity: Severity(i.GetSeverity()), Status: Status(i.GetStatus()),
				Services: list(i.GetServices()), DeclaredTime: timeOf(i.GetDeclaredTime()),
			}
		}
		v.Suspects = append(v.Suspects, told)
	}
	return v
}

// OfBlastSuggestion shows what may be hit.
func OfBlastSuggestion(r *timelinev1.SuggestBlastRadiusResponse) BlastSuggestion {
	v := BlastSuggestion{
		Reached: []Reached{}, Services: list(r.GetServices()), ProposedBy: r.GetProposedBy(), CatalogEtag: r.GetCatalogEtag(),
	}
	for _, s := range r.GetReached() {
		v.Reached = append(v.Reached, Reached{
			Service: s.GetService(), Reason: s.GetReason(), Way: list(s.GetWay()), Components: list(s.GetComponents()),
		})
	}
	return v
}
