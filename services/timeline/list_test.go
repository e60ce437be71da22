package timeline_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"google.golang.org/protobuf/proto"

	"github.com/bridgelog/bridgelog/pkg/incident"
	incidentv1 "github.com/bridgelog/bridgelog/proto/gen/incident/v1"
	timelinev1 "github.com/bridgelog/bridgelog/proto/gen/timeline/v1"
	"github.com/bridgelog/bridgelog/services/timeline/internal/logtest"
)

// listed are the names of all incidents of a list, page by page.
func (n *node) listed(t *testing.T, who string, r *timelinev1.ListIncidentsRequest) []string {
	t.Helper()
	var found []string
	for {
		page := must[*timelinev1.ListIncidentsResponse](t)(n.ListIncidents(as(t, who), r))
		for _, i := range page.GetIncidents() {
			found = append(found, i.GetName())
			if len(i.GetAlerts()) > 0 || len(i.GetPublicUpdates()) > 0 {
				t.Errorf("%s is listed with its alerts and updates", i.GetName())
			}
		}
		if page.GetNextPageToken() == "" {
			return found
		}
		r.PageToken = page.GetNextPageToken()
	}
}

func TestLists(t *testing.T) {
	w := newWorld(t)
	n := w.start()
	noon := time.Now().Add(-24 * time.Hour).Truncate(time.Second)
	at := func(hours int) logtest.Act {
		return logtest.Act{Now: noon.Add(time.Duration(hours) * time.Hour), Actor: "ada"}
	}
	one := w.Declare(incident.Declare{Title: "Zebra", Severity: incident.SEV1, Services: []string{"api"}}, at(0))
	two := w.Declare(incident.Declare{Title: "Lion", Severity: incident.SEV2, Services: []string{"web", "api"}, AlertID: "al1", Category: "capacity"}, at(1))
	w.Declare(incident.Declare{Title: "Drill", Severity: incident.SEV3, Drill: true}, at(2))
	w.Declare(incident.Declare{Title: "Planned", Kind: incident.Maintenance}, at(3))
	five := w.Declare(incident.Declare{Title: "Merged"}, at(4))
	w.Do(two, incident.Resolve{Summary: "the zebra left"}, at(5))
	w.Do(one, incident.AssignRole{Role: incident.Commander, Person: "bob"}, at(5))
	w.Do(five, incident.Merge{Into: one, TargetExists: true}, at(6))
	w.Do(one, incident.ChangeCategory{To: "change"}, at(7))
	position := w.settle()
	for name, c := range map[string]struct {
		r    *timelinev1.ListIncidentsRequest
		want []string
	}{
		"all":              {&timelinev1.ListIncidentsRequest{}, []string{"INC-5", "INC-2", "INC-1"}},
		"with drills":      {&timelinev1.ListIncidentsRequest{IncludeDrills: true}, []string{"INC-5", "INC-3", "INC-2", "INC-1"}},
		"with maintenance": {&timelinev1.ListIncidentsRequest{IncludeMaintenance: true}, []string{"INC-5", "INC-4", "INC-2", "INC-1"}},
		"open":             {&timelinev1.ListIncidentsRequest{Open: true}, []string{"INC-1"}},
		"open with merged": {&timelinev1.ListIncidentsRequest{Open: true, IncludeMerged: true}, []string{"INC-5", "INC-1"}},
		"status":           {&timelinev1.ListIncidentsRequest{Statuses: []incidentv1.Status{incidentv1.Status_STATUS_RESOLVED}}, []string{"INC-2"}},
		"severities":       {&timelinev1.ListIncidentsRequest{Severities: []incidentv1.Severity{1, 2}}, []string{"INC-2", "INC-1"}},
		"unknown severity": {&timelinev1.ListIncidentsRequest{Severities: []incidentv1.Severity{0}}, []string{"INC-5"}},
		"services":         {&timelinev1.ListIncidentsRequest{Services: []string{"web", "none"}}, []string{"INC-2"}},
		"category":         {&timelinev1.ListIncidentsRequest{Categories: []string{"change"}}, []string{"INC-1"}},
		"categories":       {&timelinev1.ListIncidentsRequest{Categories: []string{"change", "capacity", ""}}, []string{"INC-2", "INC-1"}},
		"since":            {&timelinev1.ListIncidentsRequest{Since: stamp(noon.Add(time.Hour))}, []string{"INC-5", "INC-2"}},
		"until":            {&timelinev1.ListIncidentsRequest{Until: stamp(noon.Add(time.Hour))}, []string{"INC-1"}},
		"words":            {&timelinev1.ListIncidentsRequest{Search: "zebras"}, []string{"INC-2", "INC-1"}},
		"me":               {&timelinev1.ListIncidentsRequest{Person: "me"}, []string{"INC-1"}},
		"nothing":          {&timelinev1.ListIncidentsRequest{Services: []string{"web"}, Open: true}, nil},
	} {
		for _, size := range []int32{0, 1, 2} {
			r := proto.CloneOf(c.r)
			r.PageSize, r.Position = size, position
			if got := n.listed(t, "bob", r); !slices.Equal(got, c.want) {
				t.Errorf("%s, pages of %d: %v, want %v", name, size, got, c.want)
			}
		}
	}
	_, err := n.ListIncidents(as(t, "bob"), &timelinev1.ListIncidentsRequest{Person: "nobody"})
	refused(t, err, "invalid_argument", "unknown_person")
	_, err = n.ListIncidents(as(t, "bob"), &timelinev1.ListIncidentsRequest{PageToken: "AQID"})
	refused(t, err, "invalid_argument", "invalid_page_token")
}

func TestEntryPages(t *testing.T) {
	w := newWorld(t)
	n := w.start()
	noon := time.Now().Add(-24 * time.Hour).Truncate(time.Second)
	at := func(written, happened int) logtest.Act {
		return logtest.Act{Now: noon.Add(time.Duration(written) * time.Minute), Happened: noon.Add(time.Duration(happened) * time.Minute)}
	}
	id := w.Declare(incident.Declare{Title: "Slow"}, at(0, 0))
	for i := 1; i <= 20; i++ {
		w.Do(id, incident.AddNote{Text: fmt.Sprint("note ", i)}, at(i, -(i*7%20)))
	}
	w.Do(id, incident.HideEntry{Entry: 3, Hidden: true}, at(30, 30))
	w.Do(id, incident.PinEntry{Entry: 6, Pinned: true}, at(31, 31))
	w.Do(id, incident.EditEntry{Entry: 7, Text: "corrected"}, at(32, 32))
	past := &timelinev1.TimeTravel{At: &timelinev1.TimeTravel_KnownAt{KnownAt: stamp(noon.Add(40 * time.Minute))}}
	for name, c := range map[string]struct {
		r    *timelinev1.ListEntriesRequest
		want int
	}{
		"curated":    {&timelinev1.ListEntriesRequest{}, 20},
		"everything": {&timelinev1.ListEntriesRequest{IncludeHidden: true}, 24},
		"pinned":     {&timelinev1.ListEntriesRequest{PinnedOnly: true}, 1},
		"window":     {&timelinev1.ListEntriesRequest{Since: stamp(noon.Add(-8 * time.Minute)), Until: stamp(noon.Add(-3 * time.Minute))}, 5},
		"occurred":   {&timelinev1.ListEntriesRequest{Order: timelinev1.EntryOrder_ENTRY_ORDER_OCCURRED}, 20},
	} {
		var now []uint64
		for _, travel := range []*timelinev1.TimeTravel{nil, past} {
			for _, size := range []int32{0, 1, 7, 1000} {
				r := proto.CloneOf(c.r)
				r.Incident, r.PageSize, r.At, r.Position = "1", size, travel, w.settle()
				got := n.revisions(t, r)
				if now == nil {
					now = got
				}
				if len(got) != c.want || !slices.Equal(got, now) {
					t.Errorf("%s, pages of %d, past %v: %v, want %d like %v", name, size, travel != nil, got, c.want, now)
				}
			}
		}
	}
	list := must[*timelinev1.ListEntriesResponse](t)(n.ListEntries(as(t, "eve"), &timelinev1.ListEntriesRequest{Incident: "1", PageSize: 1000}))
	for _, e := range list.GetEntries() {
		if e.GetRevision() == 7 && (e.GetText() != "corrected" || e.GetOriginalText() != "note 6" || !e.GetEdited()) {
			t.Errorf("the corrected entry: %v", e)
		}
	}
}

// revisions are those of all entries, page by page, which must be in order.
func (n *node) revisions(t *testing.T, r *timelinev1.ListEntriesRequest) []uint64 {
	t.Helper()
	var found []uint64
	last := time.Time{}
	for {
		page := must[*timelinev1.ListEntriesResponse](t)(n.ListEntries(as(t, "eve"), r))
		for _, e := range page.GetEntries() {
			if r.GetOrder() == timelinev1.EntryOrder_ENTRY_ORDER_OCCURRED && e.GetOccurredTime().AsTime().Before(last) {
				t.Errorf("entry %d is out of order", e.GetRevision())
			}
			last = e.GetOccurredTime().AsTime()
			found = append(found, e.GetRevision())
		}
		if page.GetNextPageToken() == "" {
			return found
		}
		r.PageToken = page.GetNextPageToken()
	}
}

func TestSearch(t *testing.T) {
	w := newWorld(t)
	n := w.start()
	id := w.problem("Checkout returns errors")
	for i := range 5 {
		w.Do(id, incident.AddNote{Text: fmt.Sprintf("The zebra crossed the road %d times", i)}, logtest.Act{})
	}
	w.Do(id, incident.AddNote{Text: "secret canary zebra"}, logtest.Act{})
	w.Redact(id, 7, logtest.Act{})
	w.Do(id, incident.HideEntry{Entry: 6, Hidden: true}, logtest.Act{})
	other := w.problem("Zebra again")
	w.Do(other, incident.EditEntry{Entry: 1, Text: "Lion again"}, logtest.Act{})
	position := w.settle()
	for query, want := range map[string]int{
		"zebra": 4, `"crossed the road"`: 4, "zebras -road": 0, "lion or canary": 1, "canary": 0, "checkout error": 1, "'\"((": 0,
	} {
		r := &timelinev1.SearchEntriesRequest{Query: query, PageSize: 3, Position: position}
		var got []string
		for {
			page := must[*timelinev1.SearchEntriesResponse](t)(n.SearchEntries(as(t, "eve"), r))
			for _, e := range page.GetEntries() {
				got = append(got, fmt.Sprintf("%d/%d", e.GetIncidentNumber(), e.GetRevision()))
			}
			if page.GetNextPageToken() == "" {
				break
			}
			r.PageToken = page.GetNextPageToken()
		}
		if len(got) != want {
			t.Errorf("%s: found %v, want %d", query, got, want)
		}
	}
	within := must[*timelinev1.SearchEntriesResponse](t)(n.SearchEntries(as(t, "eve"), &timelinev1.SearchEntriesRequest{Query: "zebra or lion", Incident: "INC-2"}))
	if len(within.GetEntries()) != 1 || within.GetEntries()[0].GetIncidentId() != string(other) {
		t.Errorf("within one incident: %v", within.GetEntries())
	}
}
