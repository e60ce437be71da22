package view

import (
	incidentv1 "github.com/bridgelog/bridgelog/proto/gen/incident/v1"
	timelinev1 "github.com/bridgelog/bridgelog/proto/gen/timeline/v1"
)

// Incident is one incident.
type Incident struct {
	ID               string         `json:"id"`
	Name             string         `json:"name"`
	Number           uint64         `json:"number"`
	Title            string         `json:"title"`
	Summary          string         `json:"summary"`
	Severity         string         `json:"severity"`
	Status           string         `json:"status"`
	Kind             string         `json:"kind"`
	Private          bool           `json:"private"`
	Drill            bool           `json:"drill"`
	Origin           string         `json:"origin"`
	Services         []string       `json:"services"`
	Roles            []RoleHolder   `json:"roles"`
	Impact           []Impact       `json:"impact"`
	PublicUpdates    []PublicUpdate `json:"public_updates"`
	Alerts           []Alert        `json:"alerts"`
	DeclaredBy       string         `json:"declared_by"`
	DeclaredByName   string         `json:"declared_by_name"`
	DeclaredTime     Time           `json:"declared_time"`
	AcknowledgedBy   string         `json:"acknowledged_by"`
	AcknowledgedTime Time           `json:"acknowledged_time"`
	MitigatedTime    Time           `json:"mitigated_time"`
	ResolvedTime     Time           `json:"resolved_time"`
	ClosedTime       Time           `json:"closed_time"`
	UpdatedTime      Time           `json:"updated_time"`
	MergedInto       string         `json:"merged_into"`
	External         *External      `json:"external"`
	Revision         uint64         `json:"revision"`
	Etag             string         `json:"etag"`
	Quarantined      bool           `json:"quarantined"`
	OverdueClocks    []Clock        `json:"overdue_clocks"`
	Tasks            []Task         `json:"tasks"`
	FollowUps        []FollowUp     `json:"follow_ups"`
	Checklists       []Checklist    `json:"checklists"`
	StableTime       Time           `json:"stable_time"`
	DebriefedTime    Time           `json:"debriefed_time"`
	Postmortem       *Postmortem    `json:"postmortem"`
	Members          []Member       `json:"members"`
	Leader           *Leader        `json:"leader"`

	Category     string        `json:"category"`
	Related      []Related     `json:"related"`
	Reviews      []Review      `json:"reviews"`
	Hypotheses   []Hypothesis  `json:"hypotheses"`
	Assessments  []Assessment  `json:"assessments"`
	Decisions    []Decision    `json:"decisions"`
	ImpactWindow *ImpactWindow `json:"impact_window"`
	BlastRadii   []BlastRadius `json:"blast_radii"`
	Checks       []Measurement `json:"checks"`

	// Runbooks are those to which its alerts lead. Only where one incident is shown.
	Runbooks []AlertRunbook `json:"runbooks,omitempty"`
}

// RoleHolder is one role and who holds it.
type RoleHolder struct {
	Role       string `json:"role"`
	Person     string `json:"person"`
	PersonName string `json:"person_name"`
	SinceTime  Time   `json:"since_time"`
}

// Impact is the state of one component.
type Impact struct {
	Component string `json:"component"`
	Status    string `json:"status"`
}

// PublicUpdate is what customers were told at one time.
type PublicUpdate struct {
	ID             string   `json:"id"`
	Status         string   `json:"status"`
	Message        string   `json:"message"`
	Components     []Impact `json:"components"`
	PublishedTime  Time     `json:"published_time"`
	NextUpdateTime Time     `json:"next_update_time"`
	Retracted      bool     `json:"retracted"`
	Entry          uint64   `json:"entry"`
	Pages          []string `json:"pages"`
}

// Alert is an alert attached to an incident.
type Alert struct {
	ID          string `json:"id"`
	Fingerprint string `json:"fingerprint"`
	Source      string `json:"source"`
	Title       string `json:"title"`
	URL         string `json:"url"`
}

// External names the same incident in another system.
type External struct {
	System string `json:"system"`
	ID     string `json:"id"`
	URL    string `json:"url"`
}

// OfIncident converts an incident. A nil incident gives the zero view.
func OfIncident(in *timelinev1.Incident) Incident {
	out := Incident{
		ID: in.GetId(), Name: in.GetName(), Number: in.GetNumber(), Title: in.GetTitle(), Summary: in.GetSummary(),
		Severity: Severity(in.GetSeverity()), Status: Status(in.GetStatus()), Kind: kind(in.GetKind()),
		Private: in.GetPrivate(), Drill: in.GetDrill(), Origin: Word(in.GetOrigin()), Services: list(in.GetServices()),
		Roles: []RoleHolder{}, Impact: impacts(in.GetImpact()), PublicUpdates: []PublicUpdate{}, Alerts: []Alert{},
		DeclaredBy: in.GetDeclaredBy(), DeclaredByName: in.GetDeclaredByName(), DeclaredTime: timeOf(in.GetDeclaredTime()),
		AcknowledgedBy: in.GetAcknowledgedBy(), AcknowledgedTime: timeOf(in.GetAcknowledgedTime()),
		MitigatedTime: timeOf(in.GetMitigatedTime()), ResolvedTime: timeOf(in.GetResolvedTime()),
		ClosedTime: timeOf(in.GetClosedTime()), UpdatedTime: timeOf(in.GetUpdatedTime()),
		MergedInto: in.GetMergedInto(), Revision: in.GetRevision(), Etag: in.GetEtag(), Quarantined: in.GetQuarantined(),
		OverdueClocks: clocks(in.GetOverdueClocks()),
		Tasks:         ofTasks(in.GetTasks()), FollowUps: ofFollowUps(in.GetFollowUps()), Checklists: ofChecklists(in.GetChecklists()),
		StableTime: timeOf(in.GetStableTime()), DebriefedTime: timeOf(in.GetDebriefedTime()), Postmortem: ofPostmortem(in.GetPostmortem()),
		Members: ofMembers(in.GetMembers()), Leader: ofLeader(in.GetLeader()),
	}
	if out.Name == "" {
		out.Name = Name(in.GetNumber())
	}
	investigate(&out, in)
	for _, r := range in.GetRoles() {
		out.Roles = append(out.Roles, RoleHolder{
			Role: Word(r.GetRole()), Person: r.GetPerson(), PersonName: r.GetPersonName(), SinceTime: timeOf(r.GetSinceTime()),
		})
	}
	for _, u := range in.GetPublicUpdates() {
		out.PublicUpdates = append(out.PublicUpdates, ofPublicUpdate(u))
	}
	for _, a := range in.GetAlerts() {
		out.Alerts = append(out.Alerts, Alert{
			ID: a.GetId(), Fingerprint: a.GetFingerprint(), Source: a.GetSource(), Title: a.GetTitle(), URL: a.GetUrl(),
		})
	}
	if e := in.GetExternal(); e.GetSystem() != "" || e.GetId() != "" {
		out.External = &External{System: e.GetSystem(), ID: e.GetId(), URL: e.GetUrl()}
	}
	return out
}

func ofPublicUpdate(u *timelinev1.PublicUpdate) PublicUpdate {
	return PublicUpdate{
		ID: u.GetId(), Status: Status(u.GetStatus()), Message: u.GetMessage(), Components: impacts(u.GetComponents()),
		PublishedTime: timeOf(u.GetPublishedTime()), NextUpdateTime: timeOf(u.GetNextUpdateTime()),
		Retracted: u.GetRetracted(), Entry: u.GetEntry(), Pages: list(u.GetPages()),
	}
}

func impacts(in []*incidentv1.ComponentImpact) []Impact {
	out := make([]Impact, 0, len(in))
	for _, c := range in {
		out = append(out, Impact{Component: c.GetComponent(), Status: Word(c.GetStatus())})
	}
	return out
}
