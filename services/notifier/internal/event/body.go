package event

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/bridgelog/bridgelog/pkg/incident"
	"github.com/bridgelog/bridgelog/pkg/incidentlog"
)

// ContentType is that of every body.
const ContentType = "application/cloudevents+json"

// TypePrefix stands before the type of an event, as CloudEvents asks for.
const TypePrefix = "dev.bridgelog."

// maxText bounds one text in a body, in bytes: bodies stay below the 64 KiB that
// intermediaries have to forward.
const maxText = 16 << 10

// Incident is an incident as it was right after an event.
type Incident struct {
	incident.State
	// Services are the names or ids of the services concerned.
	Services []string
}

// Evolve folds one more event.
func (i Incident) Evolve(e incidentlog.Entry) Incident {
	i.State = incident.Evolve(i.State, e.Recorded)
	if declared, ok := e.Event.(incident.Declared); ok {
		i.Services = declared.Services
	}
	return i
}

// Name is how people call the incident, for example "INC-41".
func (i Incident) Name() string { return fmt.Sprintf("INC-%d", i.Number) }

// cloudEvent has the attributes in the order in which people look for them.
type cloudEvent struct {
	SpecVersion     string `json:"specversion"`
	ID              string `json:"id"`
	Source          string `json:"source"`
	Type            string `json:"type"`
	Subject         string `json:"subject"`
	Time            string `json:"time"`
	DataContentType string `json:"datacontenttype"`
	TraceParent     string `json:"traceparent,omitempty"`
	Data            data   `json:"data"`
}

type data struct {
	Incident   summary        `json:"incident"`
	Entry      uint64         `json:"entry"`
	OccurredAt string         `json:"occurred_at"`
	RecordedAt string         `json:"recorded_at"`
	Actor      person         `json:"actor"`
	Redacted   bool           `json:"redacted,omitempty"`
	Event      map[string]any `json:"event"`
}

type summary struct {
	ID        string   `json:"id"`
	Name      string   `json:"name"`
	Number    uint64   `json:"number"`
	Title     string   `json:"title"`
	Severity  string   `json:"severity"`
	Status    string   `json:"status"`
	Services  []string `json:"services"`
	Commander *person  `json:"commander"`
	Private   bool     `json:"private"`
}

type person struct {
	ID   string `json:"id"`
	Name string `json:"name,omitempty"`
}

// Writer builds bodies.
type Writer struct {
	// Source is the CloudEvents source: a URI reference of this installation.
	Source string
	// Name returns the name for people of an actor's id.
	Name func(id string) string
}

// Body returns what is sent about an entry, given the incident right after it.
func (w Writer) Body(after Incident, e incidentlog.Entry) ([]byte, error) {
	v := &describe{}
	e.Event.Accept(v)
	body := cloudEvent{
		SpecVersion: "1.0", ID: e.EventID, Source: w.Source, Type: TypePrefix + e.Envelope.Type, Subject: after.Name(),
		Time: stamp(e.OccurredAt), DataContentType: "application/json", TraceParent: e.Envelope.TraceParent,
		Data: data{
			Incident: w.summary(after), Entry: e.Revision, OccurredAt: stamp(e.OccurredAt), RecordedAt: stamp(e.RecordedAt),
			Actor: w.person(e.Actor), Redacted: e.Redacted, Event: v.fields,
		},
	}
	if body.Data.Event == nil {
		body.Data.Event = map[string]any{}
	}
	out, err := json.Marshal(body)
	if err != nil {
		return nil, fmt.Errorf("build body of %s: %w", e.EventID, err)
	}
	return out, nil
}

func (w Writer) summary(i Incident) summary {
	s := summary{
		ID: string(i.ID), Name: i.Name(), Number: i.Number, Title: i.Title, Severity: i.Severity.String(),
		Status: i.Status.String(), Services: i.Services, Private: i.Private,
	}
	if s.Services == nil {
		s.Services = []string{}
	}
	if who := i.Commander(); who != "" {
		p := w.person(who)
		s.Commander = &p
	}
	return s
}

func (w Writer) person(id incident.PersonID) person {
	p := person{ID: string(id), Name: w.Name(string(id))}
	if p.Name == p.ID {
		p.Name = ""
	}
	return p
}

// Matches tells whether a list of patterns takes an event type. A pattern is the
// type, with or without the prefix, and a trailing "*" stands for any rest; no
// patterns take everything.
func Matches(patterns []string, typ string) bool {
	for _, pattern := range patterns {
		pattern = strings.TrimPrefix(pattern, TypePrefix)
		if head, open := strings.CutSuffix(pattern, "*"); pattern == typ || open && strings.HasPrefix(typ, head) {
			return true
		}
	}
	return len(patterns) == 0
}

// stamp is a time as receivers read it: RFC 3339 in UTC with microseconds.
func stamp(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.000000Z") }

// clip bounds a text and marks where it was cut.
func clip(s string) string {
	if len(s) <= maxText {
		return s
	}
	cut := maxText
	for !utf8.RuneStart(s[cut]) {
		cut--
	}
	return s[:cut] + "…"
}
