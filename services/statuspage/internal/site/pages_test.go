package site_test

import (
	"encoding/json"
	"encoding/xml"
	"fmt"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html"

	statusv1 "github.com/bridgelog/bridgelog/proto/gen/status/v1"
	"github.com/bridgelog/bridgelog/services/statuspage/internal/library"
	"github.com/bridgelog/bridgelog/services/statuspage/internal/page"
	"github.com/bridgelog/bridgelog/services/statuspage/internal/site"
)

// archive is a page with so many incidents, a day apart, the newest of now.
func archive(t *testing.T, number int) *site.Site {
	t.Helper()
	l := library.New()
	now := time.Date(2026, 2, 9, 12, 0, 0, 0, time.UTC)
	for n := range number {
		id := fmt.Sprintf("inc%09d", n)
		begin := now.AddDate(0, 0, -n)
		doc := &statusv1.IncidentDocument{Id: id, Title: fmt.Sprint("Incident ", n), Updates: []*statusv1.PublishedUpdate{
			{Id: "u1", Status: "investigating", Body: "It began.", DisplayAtUs: begin.Add(-time.Hour).UnixMicro(), NextUpdateAtUs: now.UnixMicro()},
			{Id: "u2", Status: "monitoring", Body: "", DisplayAtUs: begin.Add(-time.Minute).UnixMicro()},
		}}
		if n > 30 {
			doc.Updates = append(doc.Updates, &statusv1.PublishedUpdate{Id: "u3", Status: "resolved", Body: "It ended.", DisplayAtUs: begin.UnixMicro()})
		}
		if err := l.SetIncident(id, doc); err != nil {
			t.Fatal(err)
		}
	}
	built := page.Build(&statusv1.PageDocument{Id: "p", Name: "main", Title: "Acme", TimeZone: "Etc/UTC"}, l.On("main"), now)
	s, err := site.New(built, site.Options{Base: "https://status.example.com"})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// one renders what is asked for seldom.
func one(t *testing.T, s *site.Site, path string, number int) string {
	t.Helper()
	f, ok, err := s.One(path, number)
	if err != nil {
		t.Fatal(err)
	}
	if !ok {
		return ""
	}
	return string(f.Body)
}

func TestTheHistoryHasEveryIncidentOnce(t *testing.T) {
	s := archive(t, 700)
	all := ""
	pages := 0
	for number := 1; ; number++ {
		html := one(t, s, "/history", number)
		all += html
		pages++
		if !strings.Contains(html, `rel="next"`) {
			break
		}
	}
	for n := range 700 {
		if count := strings.Count(all, fmt.Sprintf(`"incidents/inc%09d"`, n)); count != 1 {
			t.Fatalf("incident %d is there %d times on %d pages", n, count, pages)
		}
	}
	if pages < 8 || one(t, s, "/history", pages+1) != "" {
		t.Errorf("%d pages", pages)
	}
	var months struct {
		Months []struct {
			Incidents []struct{ Code, Message string }
		}
	}
	if err := json.Unmarshal([]byte(one(t, s, "/history.json", 2)), &months); err != nil || len(months.Months) == 0 || months.Months[0].Incidents[0].Code == "" {
		t.Errorf("JSON: %+v, %v", months, err)
	}
}

func TestTheFirstPageIsBoundedAndLeadsToTheRest(t *testing.T) {
	s := archive(t, 700)
	files, err := s.Files()
	if err != nil {
		t.Fatal(err)
	}
	front := string(files["/"].Body)
	if !strings.Contains(front, `<a href="open">11 more open incidents</a>`) || strings.Count(front, "<article") > 41 {
		t.Errorf("the page:\n%s", front)
	}
	if n := strings.Count(one(t, s, "/open", 1), "<article"); n != 31 {
		t.Errorf("%d open incidents", n)
	}
	if len(front) > 200<<10 || len(files["/"].Zipped()) > 50<<10 {
		t.Errorf("%d bytes, %d zipped", len(front), len(files["/"].Zipped()))
	}
}

func TestThePageOfAnIncident(t *testing.T) {
	s := archive(t, 40)
	open := one(t, s, "/incidents/inc000000003", 1)
	for _, want := range []string{"<h1>Incident 3</h1>", "It began.", "One update is not shown.", `href="../style.css`, "Next update by <time"} {
		if !strings.Contains(open, want) {
			t.Errorf("the page lacks %q:\n%s", want, open)
		}
	}
	if over := one(t, s, "/incidents/inc000000035", 1); !strings.Contains(over, "resolved <time") || strings.Contains(over, "Next update") {
		t.Errorf("a resolved one:\n%s", over)
	}
	var answer struct{ Incident struct{ ID, Status string } }
	if err := json.Unmarshal([]byte(one(t, s, "/api/v2/incidents/inc000000003.json", 1)), &answer); err != nil || answer.Incident.Status != "monitoring" {
		t.Errorf("JSON: %+v, %v", answer, err)
	}
	for _, path := range []string{"/incidents/nobodyknows1", "/api/v2/incidents/nobodyknows1.json", "/incidents/", "/else"} {
		if body := one(t, s, path, 1); body != "" {
			t.Errorf("%s: %s", path, body)
		}
	}
}

func TestFeedsAreWellFormed(t *testing.T) {
	files := render(t, document("Etc/UTC"))
	var atom struct {
		Entries []struct {
			ID      string `xml:"id"`
			Content string `xml:"content"`
		} `xml:"entry"`
	}
	if err := xml.Unmarshal(files["/history.atom"].Body, &atom); err != nil || len(atom.Entries) != 3 {
		t.Fatalf("Atom: %v, %+v", err, atom)
	}
	if !strings.Contains(atom.Entries[0].Content, "<strong>Monitoring</strong> - A fix is out.") || atom.Entries[0].ID != "tag:status.example.com,2005:Incident/inc000000001" {
		t.Errorf("Atom: %+v", atom.Entries[0])
	}
	var rss struct {
		Items []struct {
			Title string `xml:"title"`
			GUID  string `xml:"guid"`
			Date  string `xml:"pubDate"`
			End   string `xml:"maintenanceEndDate"`
		} `xml:"channel>item"`
	}
	if err := xml.Unmarshal(files["/history.rss"].Body, &rss); err != nil || len(rss.Items) != 3 {
		t.Fatalf("RSS: %v, %+v", err, rss)
	}
	if rss.Items[1].End == "" || rss.Items[0].End != "" || rss.Items[0].GUID != "https://status.example.com/incidents/inc000000001" {
		t.Errorf("RSS: %+v", rss.Items)
	}
	if _, err := time.Parse(time.RFC1123Z, rss.Items[0].Date); err != nil {
		t.Error(err)
	}
}

func TestBarsSayInWordsWhatTheyShow(t *testing.T) {
	doc := document("Etc/UTC")
	built := page.Build(doc, nil, time.UnixMicro(at(45)))
	days := built.Days["api000000001"]
	days.List[80].Worst, days.List[80].Suffered = "partial_outage", 42*time.Minute
	for n := 84; n < 87; n++ {
		days.List[n].Worst, days.List[n].Suffered = "major_outage", 24*time.Hour
	}
	days.Uptime = 0.9991
	built.Days["api000000001"] = days
	s, err := site.New(built, site.Options{Base: "https://status.example.com"})
	if err != nil {
		t.Fatal(err)
	}
	files, err := s.Files()
	if err != nil {
		t.Fatal(err)
	}
	front := string(files["/"].Body)
	date := days.List[80].Date.Format("2 January")
	for _, want := range []string{`role="img" aria-label="99.91 % uptime in the last 40 days. ` + date + `: partial outage for 42 min; ` + days.List[84].Date.Format("2 January") + " to " + days.List[86].Date.Format("2 January") + `: major outage"`, `<path class="unknown"`, `d="M84.15 1H87"`, "<title>" + date} {
		if !strings.Contains(front, want) {
			t.Errorf("the page lacks %q", want)
		}
	}
}

// TestComponentsStandInTheirOrder mixes groups with components that have none.
func TestComponentsStandInTheirOrder(t *testing.T) {
	doc := document("Etc/UTC") // Platform with API, Website, Empty
	doc.Components = append(doc.Components, &statusv1.PublicComponent{Id: "mail00000001", Name: "Mail", Status: "operational", Position: 4})
	front := string(render(t, doc)["/"].Body)
	last := 0
	for _, name := range []string{">Platform<", ">API<", ">Website<", ">Empty<", ">Mail<"} {
		at := strings.Index(front, name)
		if at < last {
			t.Errorf("%s is at %d, after what is at %d", name, at, last)
		}
		last = at
	}
	if n := strings.Count(front, `<div class="group">`); n != 2 {
		t.Errorf("%d lists without a group", n)
	}
}

func TestEveryElementIsClosed(t *testing.T) {
	s := archive(t, 60)
	files, err := s.Files()
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]string{"/": string(files["/"].Body), "big": string(render(t, document("Etc/UTC"))["/"].Body)}
	for _, path := range []string{"/incidents/inc000000003", "/history", "/open"} {
		all[path] = one(t, s, path, 1)
	}
	missing, err := s.Missing(1)
	if err != nil {
		t.Fatal(err)
	}
	all["missing"] = string(missing.Body)
	for path, content := range all {
		balanced(t, path, content)
	}
}

// balanced checks that elements are closed in order, and that ids are there once.
func balanced(t *testing.T, path, content string) {
	t.Helper()
	void := map[string]bool{"meta": true, "link": true, "br": true}
	var open []string
	ids := map[string]bool{}
	tokens := html.NewTokenizer(strings.NewReader(content))
	for {
		kind := tokens.Next()
		token := tokens.Token()
		switch kind {
		case html.ErrorToken:
			if len(open) > 0 {
				t.Errorf("%s: not closed: %v", path, open)
			}
			return
		case html.StartTagToken:
			for _, a := range token.Attr {
				if a.Key == "id" && path != "/" && ids[a.Val] {
					t.Errorf("%s: id %s twice", path, a.Val)
				}
				ids[a.Val] = ids[a.Val] || a.Key == "id"
			}
			if !void[token.Data] {
				open = append(open, token.Data)
			}
		case html.EndTagToken:
			if len(open) == 0 || open[len(open)-1] != token.Data {
				t.Fatalf("%s: </%s> closes %v", path, token.Data, open)
			}
			open = open[:len(open)-1]
		case html.TextToken, html.SelfClosingTagToken, html.CommentToken, html.DoctypeToken:
		}
	}
}
