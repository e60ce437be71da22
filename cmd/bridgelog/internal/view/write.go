package view

import incidentv1 "github.com/bridgelog/bridgelog/proto/gen/incident/v1"

// Write is what every write answers.
type Write struct {
	Incident   string   `json:"incident"`
	IncidentID string   `json:"incident_id"`
	Number     uint64   `json:"number"`
	Revision   uint64   `json:"revision"`
	Entries    []uint64 `json:"entries"`
	Etag       string   `json:"etag"`
	Position   string   `json:"position"`
	RequestID  string   `json:"request_id"`
	Replayed   bool     `json:"replayed"`
	Unchanged  bool     `json:"unchanged"`
	Warnings   []string `json:"warnings"`
	UpdateID   string   `json:"update_id"`
	// Item is the task or follow-up that was made or changed, for example "T1".
	Item string `json:"item"`
	// Checklists of the playbook are worth a look now.
	Checklists []string `json:"checklists"`
	// Duplicate is an incident that may be about the same thing; null for none.
	Duplicate *Duplicate `json:"duplicate"`
	// Hypothesis is the name of the hypothesis that was added.
	Hypothesis string `json:"hypothesis,omitempty"`
	// Decision is the name of the decision that was made.
	Decision string `json:"decision,omitempty"`
	// System is where it went.
	System string `json:"system"`
	// Drill is null when it could not be found out.
	Drill *bool `json:"drill"`
	// Demo is true when the system holds made-up data.
	Demo bool `json:"demo"`
}

// WriteTold is what a write answers that decides who hears of an incident.
type WriteTold struct {
	Write

	// Audience is who hears of it; null when it could not be found out.
	Audience *Audience `json:"audience"`
	// Clocks are those that run.
	Clocks []Clock `json:"clocks"`
}

// OfWrite converts the result of a write.
func OfWrite(in *incidentv1.WriteResult) Write {
	out := Write{
		Incident: Name(in.GetNumber()), IncidentID: in.GetIncidentId(), Number: in.GetNumber(),
		Revision: in.GetRevision(), Entries: in.GetEntries(), Etag: in.GetEtag(), Position: in.GetPosition(),
		RequestID: in.GetRequestId(), Replayed: in.GetReplayed(), Unchanged: in.GetUnchanged(),
		Warnings: list(in.GetWarnings()), UpdateID: in.GetUpdateId(), Item: in.GetItem(),
		Checklists: list(in.GetChecklists()), Duplicate: ofDuplicate(in.GetDuplicate()),
		Hypothesis: in.GetHypothesis(), Decision: in.GetDecision(),
	}
	if out.Duplicate != nil {
		out.Duplicate.Merge = "bridgelog merge " + out.Incident + " --into " + out.Duplicate.Incident
	}
	if out.Entries == nil {
		out.Entries = []uint64{}
	}
	return out
}

// Duplicate is an incident that may be about the same thing as a new one.
type Duplicate struct {
	Incident   string   `json:"incident"`
	IncidentID string   `json:"incident_id"`
	Title      string   `json:"title"`
	Services   []string `json:"services"`
	// Merge is the command that merges the new one into it.
	Merge string `json:"merge"`
}

func ofDuplicate(d *incidentv1.DuplicateCandidate) *Duplicate {
	if d == nil {
		return nil
	}
	return &Duplicate{
		Incident: Name(d.GetNumber()), IncidentID: d.GetIncidentId(), Title: d.GetTitle(), Services: list(d.GetServices()),
	}
}

// ImportReport is what an import answers.
type ImportReport struct {
	// Histories counts what the files held; Imported what was new, Existed what
	// was there already, Grown what was there and got more events.
	Histories int `json:"histories"`
	Imported  int `json:"imported"`
	Existed   int `json:"existed"`
	Grown     int `json:"grown"`
	// Events counts the events that were written.
	Events uint64 `json:"events"`
	// Refused are histories that the system did not take.
	Refused []Refusal `json:"refused"`
	// Skipped are lines that could not be read.
	Skipped []SkippedLine `json:"skipped"`
	// Components counts the components that were added to the catalog.
	Components int `json:"components"`
	// Seconds is how long the sending took; PerSecond is how many acts of the
	// histories went through in one, those that were there already included.
	Seconds   float64 `json:"seconds"`
	PerSecond float64 `json:"per_second"`
	// Interrupted is true when it was stopped before the end.
	Interrupted bool `json:"interrupted"`
	// System is where it went.
	System string `json:"system"`
}

// Refusal is one history that the system did not take.
type Refusal struct {
	ExternalID string `json:"external_id"`
	Title      string `json:"title"`
	Error      string `json:"error"`
}

// SkippedLine is one line that could not be read.
type SkippedLine struct {
	File  string `json:"file"`
	Line  int    `json:"line"`
	Error string `json:"error"`
}
