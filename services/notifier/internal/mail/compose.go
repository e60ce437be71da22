package mail

import (
	"cmp"
	"fmt"
	"html/template"
	"maps"
	"net/mail"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/bridgelog/bridgelog/pkg/alert"
	"github.com/bridgelog/bridgelog/pkg/page"
	"github.com/bridgelog/bridgelog/pkg/runbook"
	catalogv1 "github.com/bridgelog/bridgelog/proto/gen/catalog/v1"
)

// Bounds of what a letter says, in runes, and of how many labels it has.
const (
	maxTitle   = 200
	maxName    = 128
	maxLabel   = 200
	maxLabels  = 20
	maxText    = 2000
	maxAddress = 1000
	shortID    = 8 // of an id, as commands take it
)

// About is what a letter tells of.
type About struct {
	// EventID is the event that called, PageID the page, Requested what was asked for.
	EventID, PageID string
	Requested       page.Requested
	// Alert is the alert as it is, Incident what its incident is called; "" for none.
	Alert    alert.State
	Incident string
	// Runbook is what was found for it; the zero Finding says nothing.
	Runbook runbook.Finding
	// Hidden is true when the person may not know what it is about, since the incident of
	// the alert is private: only that they are called is said then.
	Hidden bool
	// Person is the opaque id, Name what they are called, Way the number of the way.
	Person, Name string
	Way          int
	// Zone is where the person is; nil: UTC.
	Zone *time.Location
	// From and To are the addresses.
	From, To mail.Address
}

// Compose writes the letter.
func Compose(a About) (Letter, error) {
	c := content{
		Name: line(a.Name, maxName), Title: cmp.Or(line(a.Alert.Fired.Title, maxTitle), "An alert"), Urgency: page.UrgencyWord(a.Requested.Urgency),
		Service: line(a.Requested.Service, maxName), Team: line(a.Requested.Team, maxName), Route: line(a.Requested.Route, maxName),
		Incident: line(a.Incident, maxName), Alert: short(a.Requested.Alert), Page: short(a.PageID), Since: since(a.Alert.Fired.StartsAt, a.Zone),
		Source: line(a.Alert.Fired.Source, maxName),
	}
	if a.Requested.Severity != 0 {
		c.Severity = a.Requested.Severity.String()
	}
	if a.Hidden {
		c = content{Name: c.Name, Title: "An alert of a private incident", Urgency: c.Urgency, Team: c.Team, Alert: c.Alert, Page: c.Page}
	} else {
		c.detail(a.Alert.Fired, a.Runbook)
	}
	var html strings.Builder
	if err := form().Execute(&html, c); err != nil {
		return Letter{}, fmt.Errorf("compose letter: %w", err)
	}
	return Letter{
		MessageID: MessageID(a.EventID, a.Person, fmt.Sprint(a.Way), Domain(a.From.Address)), From: a.From, To: a.To,
		Subject: c.subject(), Text: c.text(), HTML: html.String(), Urgent: a.Requested.Urgency == catalogv1.Urgency_URGENCY_HIGH,
	}, nil
}

// content is what a letter says, each in one line but Text.
type content struct {
	Name, Title, Urgency, Severity, Service, Team, Route, Incident, Alert, Page, Since, Source, Runbook string
	Text                                                                                                string
	Links                                                                                               []link
	Labels                                                                                              []string
}

type link struct{ Title, URL string }

// detail adds what the machine said beside the title, and the runbook: a link where there is
// one, else in words.
func (c *content) detail(f alert.Fired, found runbook.Finding) {
	c.Text = paragraph(cmp.Or(f.Annotations["description"], f.Annotations["summary"]), maxText)
	c.Runbook = line(found.Words(), maxLabel)
	links := []link{{"Where it comes from", f.GeneratorURL}}
	if found.Outcome == runbook.Linked {
		links = append(links, link{"Runbook", found.Link})
	}
	for _, l := range links {
		if u, err := url.Parse(l.URL); err == nil && (u.Scheme == "https" || u.Scheme == "http") && u.Host != "" && len(l.URL) <= maxAddress {
			c.Links = append(c.Links, link{l.Title, u.String()})
			if l.Title == "Runbook" {
				c.Runbook = line(found.Name, maxName)
			}
		}
	}
	for _, name := range slices.Sorted(maps.Keys(f.Labels)) {
		if len(c.Labels) == maxLabels {
			c.Labels = append(c.Labels, "…")
			break
		}
		c.Labels = append(c.Labels, line(name+"="+f.Labels[name], maxLabel))
	}
}

// subject is calm: how urgent, where, what.
func (c *content) subject() string {
	var parts []string
	if c.Urgency != "" {
		parts = append(parts, strings.ToUpper(c.Urgency[:1])+c.Urgency[1:]+" urgency")
	}
	if c.Service != "" {
		parts = append(parts, c.Service)
	}
	subject := strings.Join(append(parts, c.Title), ": ")
	if c.Incident != "" {
		subject += " (" + c.Incident + ")"
	}
	return subject
}

// Facts are what is known, by name, for a list.
func (c content) Facts() []link {
	var facts []link
	for _, f := range []link{
		{"Service", c.Service},
		{"Severity", c.Severity},
		{"Urgency", c.Urgency},
		{"Team", c.Team},
		{"Since", c.Since},
		{"Incident", c.Incident},
		{"Source", c.Source},
		{"Route", c.Route},
		{"Runbook", c.Runbook},
	} {
		if f.URL != "" {
			facts = append(facts, f)
		}
	}
	return facts
}

// text is the letter without marks.
func (c content) text() string {
	var b strings.Builder
	if c.Name != "" {
		b.WriteString(c.Name + ",\n\n")
	}
	b.WriteString(c.Title + "\n\n")
	for _, f := range c.Facts() {
		b.WriteString(f.Title + ": " + f.URL + "\n")
	}
	if c.Text != "" {
		b.WriteString("\n" + c.Text + "\n")
	}
	for i, l := range c.Links {
		if i == 0 {
			b.WriteString("\n")
		}
		b.WriteString(l.Title + ": " + l.URL + "\n")
	}
	b.WriteString("\nTo say that you take care of it, after which it calls nobody else:\n\n    bridgelog alerts ack " + c.Alert +
		"\n\nTo see more:\n\n    bridgelog alerts show " + c.Alert + "\n    bridgelog pages show " + c.Page + "\n")
	if len(c.Labels) > 0 {
		b.WriteString("\nLabels: " + strings.Join(c.Labels, ", ") + "\n")
	}
	b.WriteString("\n-- \nSent by Bridgelog" + c.why() + ". Nobody reads answers to this address.\n")
	return b.String()
}

// why says why somebody gets it.
func (c content) why() string {
	if c.Team == "" {
		return ""
	}
	return ", because you are on the team " + c.Team
}

// Why is the same for the template.
func (c content) Why() string { return c.why() }

func short(id string) string { return id[:min(len(id), shortID)] }

// since is a begin where the person is.
func since(at time.Time, zone *time.Location) string {
	if at.IsZero() {
		return ""
	}
	if zone == nil {
		zone = time.UTC
	}
	return at.In(zone).Format("2006-01-02 15:04:05 MST")
}

// form is the letter as HTML: no pictures, nothing that is loaded from elsewhere.
func form() *template.Template {
	return template.Must(template.New("letter").Parse(`<!doctype html>
<html><body style="font-family:sans-serif;line-height:1.4">
{{with .Name}}<p>{{.}},</p>{{end}}
<h1 style="font-size:1.2em">{{.Title}}</h1>
<table>{{range .Facts}}<tr><td style="padding-right:1em;color:#555">{{.Title}}</td><td>{{.URL}}</td></tr>{{end}}</table>
{{with .Text}}<p style="white-space:pre-line">{{.}}</p>{{end}}
{{range .Links}}<p><a href="{{.URL}}" rel="noreferrer">{{.Title}}</a></p>{{end}}
<p>To say that you take care of it, after which it calls nobody else:</p>
<pre>bridgelog alerts ack {{.Alert}}</pre>
<p>To see more:</p>
<pre>bridgelog alerts show {{.Alert}}
bridgelog pages show {{.Page}}</pre>
{{with .Labels}}<p style="color:#555">Labels: {{range $i, $l := .}}{{if $i}}, {{end}}{{$l}}{{end}}</p>{{end}}
<p style="color:#555">Sent by Bridgelog{{.Why}}. Nobody reads answers to this address.</p>
</body></html>
`))
}
