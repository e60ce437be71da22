package site

import (
	"bytes"
	"crypto/sha256"
	_ "embed"
	"encoding/hex"
	"fmt"
	"html/template"
	"slices"
	"strings"
	"sync"
	"time"

	statusv1 "github.com/bridgelog/bridgelog/proto/gen/status/v1"
)

//go:embed look.html
var lookSource string

//go:embed front.html
var frontSource string

//go:embed incident.html
var incidentSource string

//go:embed history.html
var historySource string

//go:embed missing.html
var missingSource string

//go:embed style.css
var style []byte

// looks are the templates of one page; dates are shown in its zone.
type looks struct{ front, incident, history, missing *template.Template }

// parsed are the templates, parsed once; each page clones them for its zone.
//
//nolint:gochecknoglobals // Immutable.
var parsed = sync.OnceValues(func() (looks, error) {
	var l looks
	for _, each := range []struct {
		into   **template.Template
		source string
	}{{&l.front, frontSource}, {&l.incident, incidentSource}, {&l.history, historySource}, {&l.missing, missingSource}} {
		t, err := template.New("look").Funcs(functions(time.UTC)).Parse(lookSource)
		if err == nil {
			t, err = t.New("page").Parse(each.source)
		}
		if err != nil {
			return looks{}, fmt.Errorf("parse the page's templates: %w", err)
		}
		*each.into = t
	}
	return l, nil
})

// templates returns the templates for a time zone.
func templates(zone *time.Location) (looks, error) {
	l, err := parsed()
	if err != nil {
		return looks{}, err
	}
	for _, t := range []**template.Template{&l.front, &l.incident, &l.history, &l.missing} {
		clone, err := (*t).Clone()
		if err != nil {
			return looks{}, fmt.Errorf("prepare the page's templates: %w", err)
		}
		*t = clone.Funcs(functions(zone))
	}
	return l, nil
}

func functions(zone *time.Location) template.FuncMap {
	return template.FuncMap{
		"sentence": sentence, "icon": icon, "paragraphs": paragraphs, "affected": affected, "promised": promised,
		"iso":  func(us int64) string { return time.UnixMicro(us).UTC().Format(time.RFC3339) },
		"when": func(us int64) string { return time.UnixMicro(us).In(zone).Format("2 Jan 2006, 15:04 MST") },
		"upto": func(n int, list []*statusv1.PublicIncidentUpdate) []*statusv1.PublicIncidentUpdate {
			return list[:min(n, len(list))]
		},
		"after": func(n int, list []*statusv1.PublicIncidentUpdate) int { return max(len(list)-n, 0) },
	}
}

// affected says what an update changed: "API: partial outage".
func affected(list []*statusv1.AffectedComponent) string {
	var parts []string
	for _, c := range list {
		if c.GetNewStatus() != c.GetOldStatus() {
			parts = append(parts, c.GetName()+": "+words(c.GetNewStatus()))
		}
	}
	const most = 20
	if more := len(parts) - most; more > 0 {
		parts = append(parts[:most], fmt.Sprintf("and %d more", more))
	}
	return strings.Join(parts, ", ")
}

// promised is when the newest update promised the next one; 0 when it did not, or
// when it is over.
func promised(i *statusv1.PublicIncident) int64 {
	if len(i.GetUpdates()) == 0 || !open(i) {
		return 0
	}
	return i.GetUpdates()[0].GetNextUpdateAtUs()
}

// frame is what every page for people shows around its own.
type frame struct {
	Heading, Title string
	Root           string // to where the page's addresses begin, for links
	Home           string // to the page itself
	Style          string // changes with the style sheet
	Zone           string
	Front, History bool
	StaleAt        int64
	Updated        int64
}

// styleTag changes with the style sheet, so that an old copy is not used.
//
//nolint:gochecknoglobals // Immutable.
var styleTag = sync.OnceValue(func() string {
	sum := sha256.Sum256(style)
	return hex.EncodeToString(sum[:4])
})

// frame is that of a page at a depth of so many slashes.
func (s *Site) frame(heading string, depth int) frame {
	root := strings.Repeat("../", depth)
	home := root
	if home == "" {
		home = "./"
	}
	return frame{
		Heading: heading, Title: s.page.Doc.GetTitle(), Root: root, Home: home, Style: styleTag(), Zone: strings.TrimPrefix(s.page.Zone.String(), "Etc/"),
		StaleAt: s.stale, Updated: s.page.Doc.GetUpdatedAtUs(),
	}
}

// Missing says to people that nothing is at a path with so many slashes behind the
// first.
func (s *Site) Missing(depth int) (File, error) {
	body, err := render(s.looks.missing, struct{ frame }{s.frame("There is no such page", depth)})
	return file(typeHTML, body), err
}

func render(t *template.Template, value any) ([]byte, error) {
	var out bytes.Buffer
	if err := t.Execute(&out, value); err != nil {
		return nil, fmt.Errorf("render: %w", err)
	}
	return bytes.TrimLeft(out.Bytes(), "\n"), nil
}

// names are those of components by id, in the order of the page.
func (s *Site) names(ids []string) []string {
	var names []string
	for _, c := range s.page.Doc.GetComponents() {
		if slices.Contains(ids, c.GetId()) {
			names = append(names, c.GetName())
		}
	}
	return names
}
