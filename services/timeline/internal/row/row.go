package row

import (
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"google.golang.org/protobuf/proto"

	"github.com/bridgelog/bridgelog/services/timeline/internal/clockfacts"
	"github.com/bridgelog/bridgelog/services/timeline/internal/view"
	"github.com/bridgelog/bridgelog/services/timeline/internal/wire"
)

// Incident is a row of table incident.
type Incident struct {
	ID         string
	Number     int64
	Revision   int64
	Severity   string // "unknown", "SEV-1" …
	Status     string
	Kind       string
	Open       bool
	Private    bool
	Drill      bool
	Merged     bool
	Waiting    bool   // a clock may run or be overdue
	Category   string // catalog name; "" when nobody has said
	DeclaredAt time.Time
	Services   []string
	Holders    []string // who holds a role now
	Members    []string // who may see it when it is private
	// Document is a timeline.v1.Incident without names, with what its clocks need to
	// know.
	Document []byte
}

// Entry is a row of table entry.
type Entry struct {
	IncidentID string
	view.Entry
}

// IncidentOf returns the row of an incident.
func IncidentOf(i *view.Incident) (Incident, error) {
	stored, facts := wire.Incident(i), i.Clocks.Facts()
	var err error
	if stored.ClockFacts, err = clockfacts.Encode(facts); err != nil {
		return Incident{}, fmt.Errorf("row of incident %s: %w", i.ID, err)
	}
	document, err := proto.MarshalOptions{Deterministic: true}.Marshal(stored)
	if err != nil {
		return Incident{}, fmt.Errorf("row of incident %s: %w", i.ID, err)
	}
	r := Incident{
		ID: string(i.ID), Number: int64(i.Number), Revision: int64(i.Revision), Severity: i.Severity.String(),
		Status: i.Status.String(), Kind: i.Kind.String(), Open: i.Open(), Private: i.Private, Drill: i.Drill,
		Merged: i.MergedInto != "", Waiting: facts.MayRun(), Category: storable(i.Category),
		DeclaredAt: i.DeclaredAt, Document: document,
		Services: append([]string{}, i.Services...), Holders: []string{}, Members: []string{},
	}
	for _, h := range i.Roles {
		r.Holders = append(r.Holders, string(h.Person))
	}
	for _, m := range i.Members {
		r.Members = append(r.Members, string(m))
	}
	return r, nil
}

// IncidentColumns are the columns of an Incident, in the order of its Values.
func IncidentColumns() []string {
	return []string{
		"id", "number", "revision", "severity", "status", "kind", "open", "private", "drill", "merged",
		"waiting", "category", "declared_at", "services", "holders", "members", "document",
	}
}

// Values appends the columns of a row.
func (r *Incident) Values(to []any) []any {
	return append(to, r.ID, r.Number, r.Revision, r.Severity, r.Status, r.Kind, r.Open, r.Private, r.Drill, r.Merged,
		r.Waiting, r.Category, r.DeclaredAt, r.Services, r.Holders, r.Members, r.Document)
}

// EntryColumns are the columns of an Entry, in the order of its binary form.
func EntryColumns() []string {
	return []string{
		"incident_id", "revision", "type", "event_id", "occurred_at", "recorded_at", "actor", "headline", "body",
		"original", "label", "author", "target", "edited", "pinned", "hidden", "redacted", "curation", "clock_adjusted",
	}
}

// Storable is the row with texts as the database takes them.
func (r *Entry) Storable() Entry {
	e := *r
	for _, text := range []*string{&e.Type, &e.Headline, &e.Text, &e.Original, &e.Label, &e.Author} {
		*text = storable(*text)
	}
	return e
}

// storable is text as the database takes it: without NUL and valid. The write
// side refuses other text; what stands in a damaged log must not stop the rest.
func storable(s string) string {
	if utf8.ValidString(s) && strings.IndexByte(s, 0) < 0 {
		return s
	}
	return strings.ReplaceAll(strings.ToValidUTF8(s, "\uFFFD"), "\x00", "\uFFFD")
}
