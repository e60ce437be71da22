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
	// System is where it went.
	System string `json:"system"`
	// Drill is null when it could not be found out.
	Drill *bool `json:"drill"`
	// Demo is true when the system holds made-up data.
	Demo bool `json:"demo"`
}

// OfWrite converts the result of a write.
func OfWrite(in *incidentv1.WriteResult) Write {
	out := Write{
		Incident: Name(in.GetNumber()), IncidentID: in.GetIncidentId(), Number: in.GetNumber(),
		Revision: in.GetRevision(), Entries: in.GetEntries(), Etag: in.GetEtag(), Position: in.GetPosition(),
		RequestID: in.GetRequestId(), Replayed: in.GetReplayed(), Unchanged: in.GetUnchanged(),
		Warnings: list(in.GetWarnings()), UpdateID: in.GetUpdateId(),
	}
	if out.Entries == nil {
		out.Entries = []uint64{}
	}
	return out
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
	// Seconds is how long the sending took.
	Seconds float64 `json:"seconds"`
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
