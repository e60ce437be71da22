package statuspage

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/bridgelog/bridgelog/pkg/incident"
)

// ErrNotSummary: what came is no summary of a status page.
var ErrNotSummary = errors.New("it is no summary of a Statuspage, version 2")

// Bounds of what is read of a page.
const (
	maxComponents = 5000
	maxIncidents  = 500
	longestName   = 256 // bytes
)

// Summary is what a page says.
type Summary struct {
	Page       Page
	Components []Component
	Incidents  []Incident
}

// Page names a page.
type Page struct {
	Name, URL string
}

// Component is a part of what the third party runs. Groups are none.
type Component struct {
	ID, Name string
	Status   Status
	// Updated is when that was last said.
	Updated time.Time
}

// Incident is one that is not over.
type Incident struct {
	Name, Link string
	// Serious is false for what customers do not feel.
	Serious bool
	Started time.Time
	// Components are the ids of those that it names.
	Components []string
}

// Status is how a component does, the better first.
type Status uint8

// The statuses.
const (
	Operational Status = iota
	UnderMaintenance
	Degraded
	PartialOutage
	MajorOutage
)

// String says a status in people's words.
func (s Status) String() string {
	return [...]string{"operational", "under maintenance", "degraded performance", "partial outage", "major outage"}[min(s, MajorOutage)]
}

func statusOf(word string) (Status, bool) {
	i := slices.Index([]string{"operational", "under_maintenance", "degraded_performance", "partial_outage", "major_outage"}, word)
	return Status(max(i, 0)), i >= 0
}

// wire is the document, as far as it is read.
type wire struct {
	Page *struct {
		Name string `json:"name"`
		URL  string `json:"url"`
	} `json:"page"`
	Components []struct {
		ID      string `json:"id"`
		Name    string `json:"name"`
		Status  string `json:"status"`
		Updated string `json:"updated_at"`
		Group   bool   `json:"group"`
	} `json:"components"`
	Incidents []struct {
		Name       string `json:"name"`
		Status     string `json:"status"`
		Impact     string `json:"impact"`
		Link       string `json:"shortlink"`
		Started    string `json:"started_at"`
		Created    string `json:"created_at"`
		Components []struct {
			ID string `json:"id"`
		} `json:"components"`
	} `json:"incidents"`
}

// Parse reads summary.json. It returns [ErrNotSummary] for what is none. Statuses of
// components that are not known are taken for operational: a guess that alarms nobody.
func Parse(data []byte) (Summary, error) {
	var w wire
	if err := json.Unmarshal(data, &w); err != nil || w.Page == nil || w.Components == nil {
		return Summary{}, ErrNotSummary
	}
	if len(w.Components) > maxComponents || len(w.Incidents) > maxIncidents {
		return Summary{}, fmt.Errorf("%w: it lists more than is read", ErrNotSummary)
	}
	s := Summary{Page: Page{Name: short(w.Page.Name), URL: link(w.Page.URL)}}
	for _, c := range w.Components {
		if c.Group {
			continue
		}
		status, _ := statusOf(c.Status)
		s.Components = append(s.Components, Component{ID: short(c.ID), Name: short(c.Name), Status: status, Updated: when(c.Updated)})
	}
	for _, i := range w.Incidents {
		if i.Status == "resolved" || i.Status == "postmortem" || i.Status == "completed" {
			continue
		}
		one := Incident{Name: short(i.Name), Link: link(i.Link), Serious: i.Impact != "none" && i.Impact != "maintenance", Started: when(i.Started)}
		if one.Started.IsZero() {
			one.Started = when(i.Created)
		}
		for _, c := range i.Components {
			one.Components = append(one.Components, short(c.ID))
		}
		s.Incidents = append(s.Incidents, one)
	}
	return s, nil
}

// short is a text on one line, within bounds.
func short(text string) string {
	text = strings.Join(strings.Fields(incident.Sanitize(text)), " ")
	for len(text) > longestName {
		_, size := utf8.DecodeLastRuneInString(text)
		text = text[:len(text)-size]
	}
	return text
}

// link is an address that people may follow, or nothing.
func link(text string) string {
	const longest = 1024
	text = strings.TrimSpace(incident.Sanitize(text))
	if len(text) > longest || !strings.HasPrefix(text, "https://") && !strings.HasPrefix(text, "http://") || strings.ContainsAny(text, " \t\r\n") {
		return ""
	}
	return text
}

// when reads a time of the page; zero for none, and for what no log can hold.
func when(text string) time.Time {
	t, err := time.Parse(time.RFC3339, text)
	if err != nil || t.Year() < 1971 || t.Year() > 9999 {
		return time.Time{}
	}
	return t.UTC().Truncate(time.Microsecond)
}
