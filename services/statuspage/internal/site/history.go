package site

import (
	"strings"
	"time"

	statusv1 "github.com/bridgelog/bridgelog/proto/gen/status/v1"
	"github.com/bridgelog/bridgelog/services/statuspage/internal/library"
)

const (
	// monthsOfPage is how many months a page of the history has, as Statuspage's.
	monthsOfPage = 3
	// entriesOfPage bounds the incidents of one page of the history.
	entriesOfPage = 200
)

// One renders what is asked for seldom: the page of an incident, its JSON, a page of
// the history or of what is open. number is the page, from 1. ok is false when there
// is no such thing.
func (s *Site) One(path string, number int) (f File, ok bool, err error) {
	id, isIncident := strings.CutPrefix(path, "/incidents/")
	apiID, isAPI := strings.CutPrefix(path, "/api/v2/incidents/")
	var content []byte
	kind := typeHTML
	switch {
	case isAPI && strings.HasSuffix(apiID, ".json"):
		kind = typeJSON
		content, err = s.incidentJSON(strings.TrimSuffix(apiID, ".json"))
	case isIncident:
		content, err = s.incident(id)
	case path == "/history":
		content, err = s.history("Incident history", s.page.Entries, number)
	case path == "/history.json":
		kind = typeJSON
		content, err = s.historyJSON(number)
	case path == "/open":
		content, err = s.history("Open incidents", s.open(), number)
	}
	if err != nil || content == nil {
		return File{}, false, err
	}
	return file(kind, content), true, nil
}

// Shown are the paths of what the first page leads to: the history, and the
// incidents of the lists.
func (s *Site) Shown() []string {
	paths := []string{"/history"}
	for n, i := range s.page.Doc.GetIncidents() {
		if n < shownOpen+shownPast {
			paths = append(paths, "/incidents/"+i.GetId())
		}
	}
	return paths
}

func (s *Site) find(id string) *statusv1.PublicIncident {
	for _, e := range s.page.Entries {
		if e.ID == id {
			return s.page.Incident(e)
		}
	}
	return nil
}

func (s *Site) incident(id string) ([]byte, error) {
	i := s.find(id)
	if i == nil {
		return nil, nil
	}
	shown := struct {
		frame

		Incident *statusv1.PublicIncident
		Affected []string
	}{s.frame(i.GetName(), 1), i, s.names(i.GetComponentIds())}
	return render(s.looks.incident, shown)
}

func (s *Site) incidentJSON(id string) ([]byte, error) {
	i := s.find(id)
	if i == nil {
		return nil, nil
	}
	return s.v2.one(i)
}

// open are the incidents that go on.
func (s *Site) open() []*library.Entry {
	var all []*library.Entry
	for _, e := range s.page.Entries {
		if e.Standing(s.page.Doc.GetName()).Open {
			all = append(all, e)
		}
	}
	return all
}

// month is a month with the incidents that began in it.
type month struct {
	Name      string
	Incidents []*statusv1.PublicIncident
}

// history renders one page of a list.
func (s *Site) history(heading string, all []*library.Entry, number int) ([]byte, error) {
	chosen, more := s.cut(all, number)
	if len(chosen) == 0 && number > 1 {
		return nil, nil
	}
	shown := struct {
		frame

		Months       []month
		Newer, Older int
	}{frame: s.frame(heading, 0), Newer: number - 1}
	shown.History = true
	shown.Months = s.months(chosen)
	if more {
		shown.Older = number + 1
	}
	return render(s.looks.history, shown)
}

func (s *Site) months(entries []*library.Entry) []month {
	var months []month
	for _, e := range entries {
		i := s.page.Incident(e)
		name := time.UnixMicro(i.GetCreatedAtUs()).In(s.page.Zone).Format("January 2006")
		if len(months) == 0 || months[len(months)-1].Name != name {
			months = append(months, month{Name: name})
		}
		months[len(months)-1].Incidents = append(months[len(months)-1].Incidents, i)
	}
	return months
}

// cut returns the entries of a page of the history, and whether there are more. A
// page ends with a quarter's months, or when it is long enough.
func (s *Site) cut(all []*library.Entry, number int) (chosen []*library.Entry, more bool) {
	page, begin, quarter := 1, 0, 0
	for n, e := range all {
		at := time.UnixMicro(e.Standing(s.page.Doc.GetName()).CreatedUs).In(s.page.Zone)
		now := s.page.At.In(s.page.Zone)
		q := ((now.Year()-at.Year())*12 + int(now.Month()) - int(at.Month())) / monthsOfPage
		if n > 0 && (q != quarter || n-begin >= entriesOfPage) {
			if page == number {
				return all[begin:n], true
			}
			page, begin = page+1, n
		}
		quarter = q
	}
	if page == number {
		return all[begin:], false
	}
	return nil, false
}

// historyJSON is a page of the history as Statuspage's pages answer it.
func (s *Site) historyJSON(number int) ([]byte, error) {
	type line struct {
		Code      string `json:"code"`
		Name      string `json:"name"`
		Message   string `json:"message"`
		Impact    string `json:"impact"`
		Timestamp string `json:"timestamp"`
	}
	type named struct {
		Name      string `json:"name"`
		Incidents []line `json:"incidents"`
	}
	chosen, _ := s.cut(s.page.Entries, number)
	months := []named{}
	for _, m := range s.months(chosen) {
		out := named{Name: m.Name, Incidents: []line{}}
		for _, i := range m.Incidents {
			out.Incidents = append(out.Incidents, line{
				i.GetId(), i.GetName(), body(i.GetUpdates()[0].GetBody()), i.GetImpact(), s.v2.date(i.GetUpdates()[0].GetDisplayAtUs()),
			})
		}
		months = append(months, out)
	}
	return encode(struct {
		Months []named `json:"months"`
	}{months})
}
