package site_test

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	statusv1 "github.com/bridgelog/bridgelog/proto/gen/status/v1"
	"github.com/bridgelog/bridgelog/services/statuspage/internal/library"
	"github.com/bridgelog/bridgelog/services/statuspage/internal/page"
	"github.com/bridgelog/bridgelog/services/statuspage/internal/site"
)

func at(minutes int) int64 {
	return time.Date(2026, 2, 9, 12, minutes, 0, 5000, time.UTC).UnixMicro()
}

// document has one of everything.
func document(zone string) *statusv1.PageDocument {
	return &statusv1.PageDocument{
		Id: "kctbh9vrtdwd", Name: "status", Title: "Acme Cloud", Url: "https://status.example.com", TimeZone: zone, UpdatedAtUs: at(30),
		Components: []*statusv1.PublicComponent{
			{Id: "group0000001", Name: "Platform", Status: "partial_outage", Position: 1, Group: true, Children: []string{"api000000001"}, CreatedAtUs: at(0), UpdatedAtUs: at(1)},
			{Id: "api000000001", Name: "API", Status: "partial_outage", Position: 1, GroupId: new("group0000001"), Showcase: true, StartDate: new("2026-01-01"), CreatedAtUs: at(0), UpdatedAtUs: at(1)},
			{Id: "web000000001", Name: "Website", Status: "operational", Position: 2, Description: new("Pages & forms"), Showcase: true, CreatedAtUs: at(0), UpdatedAtUs: at(1)},
			{Id: "group0000002", Name: "Empty", Status: "operational", Position: 3, Group: true, CreatedAtUs: at(0), UpdatedAtUs: at(1)},
		},
		Incidents: []*statusv1.PublicIncident{
			{
				Id: "inc000000001", Name: "API errors", Status: "monitoring", Impact: "minor", CreatedAtUs: at(2), UpdatedAtUs: at(9), StartedAtUs: at(2),
				MonitoringAtUs: at(9), ComponentIds: []string{"api000000001"}, Updates: []*statusv1.PublicIncidentUpdate{
					{Id: "upd000000002", Status: "monitoring", Body: "A fix is out.", CreatedAtUs: at(9), UpdatedAtUs: at(9), DisplayAtUs: at(9)},
					{
						Id: "upd000000001", Status: "investigating", Body: "One <b>line</b> &\nanother", CreatedAtUs: at(2), UpdatedAtUs: at(2), DisplayAtUs: at(2),
						AffectedComponents: []*statusv1.AffectedComponent{{Code: "api000000001", Name: "API", OldStatus: "operational", NewStatus: "partial_outage"}},
					},
				},
			},
			{
				Id: "mnt000000001", Name: "Database upgrade", Status: "scheduled", Impact: "maintenance", Maintenance: true, CreatedAtUs: at(1), UpdatedAtUs: at(1),
				StartedAtUs: at(1), ScheduledForUs: at(40), ScheduledUntilUs: at(50), Updates: []*statusv1.PublicIncidentUpdate{
					{Id: "upd000000003", Status: "scheduled", Body: "We upgrade.", CreatedAtUs: at(1), UpdatedAtUs: at(1), DisplayAtUs: at(1)},
				},
			},
			{
				Id: "inc000000002", Name: "Slow pages", Status: "resolved", Impact: "minor", CreatedAtUs: at(-900), UpdatedAtUs: at(-800), StartedAtUs: at(-900), ResolvedAtUs: at(-800),
				Updates: []*statusv1.PublicIncidentUpdate{{Id: "upd000000004", Status: "resolved", Body: "Fixed.", CreatedAtUs: at(-800), UpdatedAtUs: at(-800), DisplayAtUs: at(-800)}},
			},
		},
	}
}

func render(t *testing.T, doc *statusv1.PageDocument) map[string]site.File {
	t.Helper()
	return renderAt(t, doc, site.Options{Base: "https://status.example.com"})
}

func renderAt(t *testing.T, doc *statusv1.PageDocument, o site.Options) map[string]site.File {
	t.Helper()
	built := page.Build(doc, nil, time.UnixMicro(at(45)))
	built.Doc = doc // with its incidents, as if they came from entries
	s, err := site.New(built, o)
	if err != nil {
		t.Fatal(err)
	}
	files, err := s.Files()
	if err != nil {
		t.Fatal(err)
	}
	return files
}

// shapes collects the keys, in their order, of every object of a document by its
// path, "[]" standing for the items of a list.
func shapes(t *testing.T, data []byte) map[string][]string {
	t.Helper()
	decoder := json.NewDecoder(bytes.NewReader(data))
	out := map[string][]string{}
	var walk func(path string)
	walk = func(path string) {
		token, err := decoder.Token()
		if err != nil {
			t.Fatal(err)
		}
		delim, nested := token.(json.Delim)
		if !nested {
			return
		}
		var keys []string
		for decoder.More() {
			if delim == '[' {
				walk(path + "[]")
				continue
			}
			key, err := decoder.Token()
			if err != nil {
				t.Fatal(err)
			}
			keys = append(keys, key.(string))
			walk(path + "." + key.(string))
		}
		if _, err := decoder.Token(); err != nil {
			t.Fatal(err)
		}
		if delim == '{' {
			if slices.Contains(keys, "group") && slices.Contains(keys, "components") {
				path += "(group)"
			}
			out[path] = keys
		}
	}
	walk("")
	return out
}

// sample reads a real document, which is kept outside the repository.
func sample(t testing.TB, name string) []byte {
	t.Helper()
	root := os.Getenv("BRIDGELOG_SHARED")
	if root == "" {
		root = filepath.Join("..", "..", "..", "..", "..", "shared")
	}
	data, err := os.ReadFile(filepath.Join(root, "data", "statuspage", name))
	if err != nil {
		t.Skipf("the real documents are not on this machine: set BRIDGELOG_SHARED (%v)", err)
	}
	return data
}

func TestSummaryHasTheKeysOfRealOnes(t *testing.T) {
	ours := shapes(t, render(t, document("Etc/UTC"))["/api/v2/summary.json"].Body)
	for _, name := range []string{
		"github-summary-2022-03-25-maintenances.json", "github-summary-2026-02-09-three-incidents.json", "instructure-summary-groups.json",
	} {
		theirs := shapes(t, sample(t, name))
		for path, want := range theirs {
			got, ok := ours[path]
			// Documents from before September 2023 lack one key that later ones have.
			if !slices.Contains(want, "reminder_intervals") {
				got = slices.DeleteFunc(slices.Clone(got), func(k string) bool { return k == "reminder_intervals" })
			}
			if ok && !slices.Equal(got, want) {
				t.Errorf("%s: %s has %v, want %v", name, path, got, want)
			}
			if !ok && !strings.HasPrefix(path, ".scheduled_maintenances[].components") && !strings.Contains(path, "affected_components") {
				t.Errorf("%s: our document has no %s", name, path)
			}
		}
	}
}

func TestDatesHaveMillisecondsInThePagesZone(t *testing.T) {
	date := regexp.MustCompile(`"[a-z_]+_at":"([^"]+)"`)
	for zone, form := range map[string]string{
		"Etc/UTC": `^2026-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$`, "America/Denver": `^2026-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}-07:00$`,
		"nowhere": `^2026-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$`,
	} {
		body := string(render(t, document(zone))["/api/v2/incidents.json"].Body)
		found := date.FindAllStringSubmatch(body, -1)
		if len(found) < 10 {
			t.Fatalf("%d dates", len(found))
		}
		for _, f := range found {
			if !regexp.MustCompile(form).MatchString(f[1]) {
				t.Errorf("%s: %s", zone, f[0])
			}
		}
	}
}

func TestIndicator(t *testing.T) {
	for want, statuses := range map[string][]string{
		"none/All Systems Operational":          {"operational", "operational"},
		"maintenance/Service Under Maintenance": {"operational", "under_maintenance"},
		"minor/Partially Degraded Service":      {"degraded_performance", "under_maintenance"},
		"minor/Minor Service Outage":            {"partial_outage", "under_maintenance"},
		"major/Partial System Outage":           {"major_outage", "operational"},
		"critical/Major Service Outage":         {"major_outage", "major_outage"},
	} {
		doc := document("Etc/UTC")
		doc.Components = nil
		for _, s := range statuses {
			doc.Components = append(doc.Components, &statusv1.PublicComponent{Id: s, Name: s, Status: s})
		}
		var got struct {
			Status struct{ Indicator, Description string }
		}
		if err := json.Unmarshal(render(t, doc)["/api/v2/status.json"].Body, &got); err != nil {
			t.Fatal(err)
		}
		if have := got.Status.Indicator + "/" + got.Status.Description; have != want {
			t.Errorf("%v: %s, want %s", statuses, have, want)
		}
	}
}

func TestListsHoldWhatBelongsThere(t *testing.T) {
	files := render(t, document("Etc/UTC"))
	for path, want := range map[string][]string{
		"/api/v2/summary.json":                         {"inc000000001", "mnt000000001"},
		"/api/v2/incidents.json":                       {"inc000000001", "inc000000002"},
		"/api/v2/incidents/unresolved.json":            {"inc000000001"},
		"/api/v2/scheduled-maintenances.json":          {"mnt000000001"},
		"/api/v2/scheduled-maintenances/upcoming.json": {"mnt000000001"},
		"/api/v2/scheduled-maintenances/active.json":   nil,
	} {
		var got []string
		for _, id := range []string{"inc000000001", "inc000000002", "mnt000000001"} {
			if bytes.Contains(files[path].Body, []byte(`"id":"`+id+`"`)) {
				got = append(got, id)
			}
		}
		if !slices.Equal(got, want) {
			t.Errorf("%s has %v, want %v", path, got, want)
		}
	}
}

func TestTextsCannotBecomeMarkup(t *testing.T) {
	doc := document("Etc/UTC")
	doc.Incidents[0].Name, doc.Incidents[0].Updates[0].Body = `<script>alert(1)</script>`, `"><img src=x onerror=alert(1)> and<br />a break`
	doc.Components[2].Name = `<b>bold</b>`
	for path, file := range render(t, doc) {
		body := string(file.Body)
		if strings.HasPrefix(file.Type, "text/html") && (strings.Contains(body, "<script") || strings.Contains(body, "<img") || strings.Contains(body, "<b>")) {
			t.Errorf("%s has markup from a text", path)
		}
		if strings.HasSuffix(path, "summary.json") && !strings.Contains(body, `and<br />a break`) {
			t.Errorf("%s lost a line break", path)
		}
	}
}

func TestPagesNeedNoScriptAndSayThingsInWords(t *testing.T) {
	for path, file := range render(t, document("Etc/UTC")) {
		if !strings.HasPrefix(file.Type, "text/html") {
			continue
		}
		body := string(file.Body)
		if strings.Contains(body, "<script") || !strings.Contains(body, `lang="en"`) || strings.Count(body, "<h1") != 1 {
			t.Errorf("%s: %s", path, body)
		}
	}
	page := string(render(t, document("Etc/UTC"))["/"].Body)
	for _, want := range []string{"Partial outage", "Operational", "Monitoring", "<time datetime="} {
		if !strings.Contains(page, want) {
			t.Errorf("the page lacks %q", want)
		}
	}
}

// big is a real page with 539 components and an incident on it.
func big(t testing.TB) (*statusv1.PageDocument, []*library.Entry) {
	t.Helper()
	var many struct {
		Components []struct {
			ID, Name, Status string
			Group            bool
			GroupID          *string `json:"group_id"`
			Components       []string
		}
	}
	if err := json.Unmarshal(sample(t, "duo-components-539.json"), &many); err != nil {
		t.Fatal(err)
	}
	doc := document("Etc/UTC")
	doc.Components = nil
	incident := &statusv1.IncidentDocument{Id: "inc000000009", Title: "Trouble", Updates: []*statusv1.PublishedUpdate{
		{Id: "u", Status: "investigating", Body: "We look into it.", DisplayAtUs: at(1)},
	}}
	for n, c := range many.Components {
		doc.Components = append(doc.Components, &statusv1.PublicComponent{
			Id: c.ID, Name: c.Name, Status: "operational", Group: c.Group, GroupId: c.GroupID, Children: c.Components, Refs: []string{c.ID}, Showcase: true,
		})
		if n%20 == 0 {
			incident.Updates[0].Components = append(incident.GetUpdates()[0].GetComponents(), &statusv1.ComponentChange{Ref: c.ID, Status: "partial_outage"})
		}
	}
	l := library.New()
	if err := l.SetIncident(incident.GetId(), incident); err != nil {
		t.Fatal(err)
	}
	return doc, l.On(doc.GetName())
}

// all puts a page together and renders everything of it.
func all(t testing.TB, doc *statusv1.PageDocument, entries []*library.Entry) map[string]site.File {
	t.Helper()
	s, err := site.New(page.Build(doc, entries, time.UnixMicro(at(45))), site.Options{Base: "https://status.example.com"})
	if err != nil {
		t.Fatal(err)
	}
	files, err := s.Files()
	if err != nil {
		t.Fatal(err)
	}
	return files
}

func TestABigPageIsSmallOnTheWire(t *testing.T) {
	doc, entries := big(t)
	begin := time.Now()
	front := all(t, doc, entries)["/"]
	t.Logf("%d components rendered in %v: %d bytes, %d zipped", len(doc.GetComponents()), time.Since(begin), len(front.Body), len(front.Zipped()))
	if len(front.Zipped()) > 50<<10 || strings.Count(string(front.Body), `role="img"`) < 400 {
		t.Errorf("%d bytes zipped, %d histories", len(front.Zipped()), strings.Count(string(front.Body), `role="img"`))
	}
}

func BenchmarkRender539Components(b *testing.B) {
	doc, entries := big(b)
	for b.Loop() {
		all(b, doc, entries)
	}
}
