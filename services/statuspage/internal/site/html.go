package site

import (
	"bytes"
	_ "embed"
	"fmt"
	"html/template"
	"strings"
	"time"

	statusv1 "github.com/bridgelog/bridgelog/proto/gen/status/v1"
)

//go:embed page.html
var pageSource string

//go:embed incident.html
var incidentSource string

//go:embed style.css
var style []byte

// recent is how long a resolved incident stands on the first page.
const recent = 14 * 24 * time.Hour

// view is what the templates see.
type view struct {
	Doc       *statusv1.PageDocument
	Base      string
	Indicator string
	Headline  string
	Groups    []group
	Open      []*statusv1.PublicIncident
	Planned   []*statusv1.PublicIncident // work that is planned or under way
	Past      []*statusv1.PublicIncident
	Incident  *statusv1.PublicIncident
	Updated   int64
	StaleAt   int64 // when contact was lost, microseconds since 1970; 0: it was not
}

// group is a heading with components; the heading is nil for those without.
type group struct {
	Heading  *statusv1.PublicComponent
	Children []*statusv1.PublicComponent
}

func newView(v v2, staleAt int64) view {
	status := v.status()
	out := view{
		Doc: v.doc, Base: v.base, Indicator: status.Indicator, Headline: status.Description, Groups: grouped(v.doc.GetComponents()),
		Updated: v.doc.GetUpdatedAtUs(), StaleAt: staleAt,
	}
	oldest := v.doc.GetUpdatedAtUs() - recent.Microseconds()
	for _, i := range v.doc.GetIncidents() {
		switch {
		case open(i) && i.GetMaintenance():
			out.Planned = append(out.Planned, i)
		case open(i):
			out.Open = append(out.Open, i)
		case i.GetUpdatedAtUs() >= oldest:
			out.Past = append(out.Past, i)
		}
	}
	if len(out.Open) > 0 && status.Indicator == "none" {
		out.Indicator, out.Headline = "notice", "We are looking into a problem"
	}
	return out
}

func grouped(all []*statusv1.PublicComponent) []group {
	children := map[string][]*statusv1.PublicComponent{}
	var groups []group
	var single []*statusv1.PublicComponent
	for _, c := range all {
		switch {
		case c.GetOnlyShowIfDegraded() && c.GetStatus() == "operational":
		case c.GroupId != nil:
			children[c.GetGroupId()] = append(children[c.GetGroupId()], c)
		case !c.GetGroup():
			single = append(single, c)
		}
	}
	if len(single) > 0 {
		groups = append(groups, group{Children: single})
	}
	for _, c := range all {
		if c.GetGroup() {
			groups = append(groups, group{c, children[c.GetId()]})
		}
	}
	return groups
}

// templates returns the page's templates; dates are shown in its zone.
func templates(zone *time.Location) (page, incident *template.Template, err error) {
	functions := template.FuncMap{
		"words":    func(s string) string { return strings.ReplaceAll(s, "_", " ") },
		"sentence": sentence,
		"icon":     icon,
		"lines":    func(s string) []string { return strings.Split(strings.TrimSpace(plain(s)), "\n") },
		"iso":      func(us int64) string { return time.UnixMicro(us).UTC().Format(time.RFC3339) },
		"when":     func(us int64) string { return time.UnixMicro(us).In(zone).Format("2 Jan 2006, 15:04 MST") },
	}
	if page, err = template.New("page").Funcs(functions).Parse(pageSource); err != nil {
		return nil, nil, fmt.Errorf("parse page: %w", err)
	}
	if incident, err = template.New("incident").Funcs(functions).Parse(incidentSource); err != nil {
		return nil, nil, fmt.Errorf("parse incident: %w", err)
	}
	return page, incident, nil
}

// sentence is a status word as a label: "Partial outage".
func sentence(s string) string {
	if s == "" {
		return ""
	}
	s = strings.ReplaceAll(s, "_", " ")
	return strings.ToUpper(s[:1]) + s[1:]
}

// icon is a sign beside each colour, so that colour is never the only one.
func icon(status string) string {
	switch status {
	case "operational", "none", "resolved", "completed", "postmortem":
		return "✓"
	case "under_maintenance", "maintenance":
		return "⚙"
	case "degraded_performance", "minor", "notice":
		return "!"
	case "partial_outage", "major":
		return "▲"
	case "major_outage", "critical":
		return "✕"
	}
	return "•"
}

func render(t *template.Template, v view) ([]byte, error) {
	var out bytes.Buffer
	if err := t.Execute(&out, v); err != nil {
		return nil, fmt.Errorf("render: %w", err)
	}
	return out.Bytes(), nil
}
