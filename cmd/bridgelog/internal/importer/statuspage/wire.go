package statuspage

import (
	"bytes"
	"encoding/json"
	"errors"
	"time"
)

// errNoIncident: the value is JSON, but holds nothing that can be imported.
var errNoIncident = errors.New("holds no incident that this importer knows")

// document is every shape that a JSON value of these files takes, told apart by
// which keys are set.
type document struct {
	// An archive's line holds one of these.
	Incident    *eitherIncident `json:"incident"`
	Maintenance *wireIncident   `json:"scheduled_maintenance"`
	Summary     *document       `json:"summary"`
	ObservedAt  moment          `json:"observed_at"`
	LastSeenAt  moment          `json:"last_observed_at"`
	Company     string          `json:"company"`

	// A document of the API.
	Page         page            `json:"page"`
	Incidents    []wireIncident  `json:"incidents"`
	Maintenances []wireIncident  `json:"scheduled_maintenances"`
	Components   json.RawMessage `json:"components"`

	// A webhook about a component, which tells no incident's history.
	Component json.RawMessage `json:"component"`

	// A feed's entry as a line.
	EntryID string        `json:"entry_id"`
	Updates []feedMessage `json:"updates"`

	// A bare incident.
	IncidentUpdates json.RawMessage `json:"incident_updates"`
}

// eitherIncident is an incident as Statuspage or as Google publishes it; both have an
// id. Only Google's has a description. Reading both at once spares archives of
// thousands a second look at each line.
type eitherIncident struct {
	wireIncident
	googleIncident
}

type page struct {
	ID string `json:"id"`
}

type wireIncident struct {
	ID             string          `json:"id"`
	Name           string          `json:"name"`
	Status         string          `json:"status"`
	Impact         string          `json:"impact"`
	CreatedAt      moment          `json:"created_at"`
	UpdatedAt      moment          `json:"updated_at"`
	StartedAt      moment          `json:"started_at"`
	ResolvedAt     moment          `json:"resolved_at"`
	ScheduledFor   moment          `json:"scheduled_for"`
	ScheduledUntil moment          `json:"scheduled_until"`
	Shortlink      string          `json:"shortlink"`
	PageID         string          `json:"page_id"`
	Updates        []wireUpdate    `json:"incident_updates"`
	Components     []wireComponent `json:"components"`
}

type wireUpdate struct {
	ID        string         `json:"id"`
	Status    string         `json:"status"`
	Body      string         `json:"body"`
	CreatedAt moment         `json:"created_at"`
	UpdatedAt moment         `json:"updated_at"`
	DisplayAt moment         `json:"display_at"`
	Affected  []wireAffected `json:"affected_components"`
}

type wireAffected struct {
	Code      string `json:"code"`
	Name      string `json:"name"`
	NewStatus string `json:"new_status"`
}

type wireComponent struct {
	ID                 string `json:"id"`
	Name               string `json:"name"`
	Description        string `json:"description"`
	Position           int32  `json:"position"`
	GroupID            string `json:"group_id"`
	Group              bool   `json:"group"`
	OnlyShowIfDegraded bool   `json:"only_show_if_degraded"`
	StartDate          string `json:"start_date"`
}

// at is the time to which an update belongs.
func (u wireUpdate) at() time.Time {
	if !u.DisplayAt.IsZero() {
		return u.DisplayAt.Time
	}
	return u.CreatedAt.Time
}

// moment is an RFC 3339 time that may be null or empty.
type moment struct{ time.Time }

// UnmarshalJSON reads a time, null or "".
func (m *moment) UnmarshalJSON(data []byte) error {
	if bytes.Equal(data, []byte("null")) || bytes.Equal(data, []byte(`""`)) {
		return nil
	}
	return m.Time.UnmarshalJSON(data)
}
