package site

import (
	"html/template"
	"strings"
	"time"

	statusv1 "github.com/bridgelog/bridgelog/proto/gen/status/v1"
	"github.com/bridgelog/bridgelog/services/statuspage/internal/page"
)

const (
	// recent is how long an incident that is over stands on the first page.
	recent = 14 * 24 * time.Hour
	// shownOpen and shownPast bound the incidents on the first page; the others are
	// one link away.
	shownOpen = 20
	shownPast = 20
	// expandedFrom is how many components a page may have for its groups to be shown
	// expanded while all is well.
	expandedFrom = 30
)

// front is what the first page shows.
type front struct {
	frame

	Indicator, Headline   string
	Open, Planned         []*statusv1.PublicIncident
	MoreOpen, MorePlanned int
	Groups                []group
	Days                  int
	Past                  []past
}

// group is a group of components, or those without one.
type group struct {
	Heading  *statusv1.PublicComponent // nil: without one
	Expanded bool
	Rows     template.HTML
}

// past is a day with the incidents that began on it.
type past struct {
	Date      string
	Incidents []*statusv1.PublicIncident
}

// front renders the first page.
func (s *Site) front() ([]byte, error) {
	status := s.v2.status()
	f := front{frame: s.frame(status.Description, 0), Indicator: status.Indicator, Headline: status.Description, Days: page.Window}
	f.Front = true
	s.choose(&f)
	if len(f.Open) > 0 && status.Indicator == "none" {
		f.Indicator, f.Headline = "notice", "We are looking into a problem"
		f.Heading = f.Headline
	}
	f.Groups = s.groups()
	return render(s.looks.front, f)
}

// choose picks the incidents of the first page.
func (s *Site) choose(f *front) {
	oldest, shown := s.page.At.Add(-recent).UnixMicro(), 0
	for _, i := range s.page.Doc.GetIncidents() {
		switch {
		case open(i) && i.GetMaintenance() && len(f.Planned) < shownOpen:
			f.Planned = append(f.Planned, i)
		case open(i) && i.GetMaintenance():
			f.MorePlanned++
		case open(i) && len(f.Open) < shownOpen:
			f.Open = append(f.Open, i)
		case open(i):
			f.MoreOpen++
		case i.GetUpdatedAtUs() >= oldest && shown < shownPast:
			shown++
			f.Past = s.addPast(f.Past, i)
		}
	}
	f.MoreOpen += s.page.Unlisted
}

func (s *Site) addPast(days []past, i *statusv1.PublicIncident) []past {
	date := time.UnixMicro(i.GetCreatedAtUs()).In(s.page.Zone).Format("2 January 2006")
	if len(days) == 0 || days[len(days)-1].Date != date {
		days = append(days, past{Date: date})
	}
	days[len(days)-1].Incidents = append(days[len(days)-1].Incidents, i)
	return days
}

// groups are the components as the page shows them, in the order of their positions;
// those between two groups stand together.
func (s *Site) groups() []group {
	rows := s.rows()
	var groups []group
	var single strings.Builder
	flush := func() {
		if single.Len() > 0 {
			groups = append(groups, group{Rows: list(single.String())})
			single.Reset()
		}
	}
	all := s.page.Doc.GetComponents()
	for _, c := range all {
		if c.GetGroup() {
			flush()
			expanded := c.GetStatus() != "operational" || len(all) <= expandedFrom
			groups = append(groups, group{Heading: c, Expanded: expanded, Rows: list(rows[c.GetId()].String())})
		} else if _, child := rows[c.GetGroupId()]; !child && s.shows(c) {
			s.row(&single, c)
		}
	}
	flush()
	return groups
}

// rows are those of the components of each group, by its id.
func (s *Site) rows() map[string]*strings.Builder {
	rows := map[string]*strings.Builder{}
	for _, c := range s.page.Doc.GetComponents() {
		if c.GetGroup() {
			rows[c.GetId()] = &strings.Builder{}
		}
	}
	for _, c := range s.page.Doc.GetComponents() {
		if into, child := rows[c.GetGroupId()]; child && s.shows(c) {
			s.row(into, c)
		}
	}
	return rows
}

// shows tells whether a component has a row.
func (s *Site) shows(c *statusv1.PublicComponent) bool {
	return !c.GetGroup() && (!c.GetOnlyShowIfDegraded() || c.GetStatus() != "operational")
}

func list(rows string) template.HTML {
	return template.HTML(`<ul class="components">` + rows + `</ul>`) //nolint:gosec // Rows escape what they say.
}
