package e2e_test

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"html"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/bridgelog/bridgelog/test/system"
)

// told is what customers read of an incident, whoever published it.
type told struct {
	Name, Impact      string
	Started, Resolved time.Time // Resolved is zero while it is open
	Components        []string  // their names
	Updates           []toldUpdate
}

// toldUpdate is one of its updates; they are in the order of their times.
type toldUpdate struct {
	At           time.Time
	Status, Body string
}

// key finds the same incident elsewhere: two that began at the same time may have
// the same name, so what was said first, and of what, counts too.
func (i told) key() string {
	return i.Started.UTC().Format(time.RFC3339) + " " + firstWords(i.Name, 60) + " " + firstWords(i.Updates[0].Body, 200) + strings.Join(i.Components, ", ")
}

// firstWords is the begin of a text without regard to white space.
func firstWords(s string, length int) string {
	s = strings.Join(strings.Fields(s), " ")
	return s[:min(len(s), length)]
}

// end is when an incident was over: with the first update after which none says
// otherwise.
func (i told) end() (at time.Time) {
	for _, u := range slices.Backward(i.Updates) {
		if u.Status != "resolved" && u.Status != "completed" {
			break
		}
		at = u.At
	}
	return at
}

// TestImportedFeedsComeBack imports a page's Atom feed, the same transcribed to lines,
// Google's list and a webhook, and reads every incident back: dates, components,
// impact and texts, in the words of Statuspage's API.
func TestImportedFeedsComeBack(t *testing.T) {
	t.Parallel()
	dir := sharedDocuments(t)
	for name, read := range map[string]func(*testing.T, []byte) []told{
		"github-status-history.atom":       atomTold,
		"github-atom-incidents.dev.jsonl":  linesTold,
		"gcp-incidents.dev.jsonl.gz":       googleTold,
		"statuspage-webhook-incident.json": webhookTold,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			content, err := os.ReadFile(filepath.Join(dir, name))
			if err != nil {
				t.Fatal(err)
			}
			want := map[string]told{}
			for _, w := range read(t, content) {
				want[w.key()] = w
			}
			if len(want) == 0 {
				t.Fatal("the file holds no incident")
			}
			s := system.Up(t, system.Options{})
			s.Do(t, "import", "statuspage", filepath.Join(dir, name))
			var got map[string]told
			eventually(t, func() (bool, string) {
				got = publicIncidents(t, s.Endpoints.Statuspage)
				for key := range want {
					if _, ok := got[key]; !ok {
						return false, fmt.Sprintf("%q; there are %d of %d", key, len(got), len(want))
					}
				}
				return true, ""
			})
			if len(got) != len(want) {
				t.Errorf("%d incidents came back, want %d", len(got), len(want))
			}
			for key, w := range want {
				sameTold(t, got[key], w)
			}
		})
	}
}

func sameTold(t *testing.T, got, want told) {
	t.Helper()
	whole, name := firstWords(want.Name, 1<<20), strings.TrimSuffix(got.Name, "…")
	if !strings.HasPrefix(whole, name) || got.Name == name && name != whole {
		t.Errorf("%s: the name is %q, want %q", want.key(), got.Name, want.Name)
	}
	if got.Impact != want.Impact || !got.Resolved.Equal(want.Resolved) || !slices.Equal(got.Components, want.Components) {
		t.Errorf("%s: impact %s, resolved %v, components %q\nwant %s, %v, %q", want.key(), got.Impact, got.Resolved, got.Components, want.Impact, want.Resolved, want.Components)
	}
	if len(got.Updates) != len(want.Updates) {
		t.Errorf("%s: %d updates, want %d", want.key(), len(got.Updates), len(want.Updates))
		return
	}
	for n, w := range want.Updates {
		if g := got.Updates[n]; !g.At.Equal(w.At) || g.Status != w.Status || firstWords(g.Body, 1<<20) != firstWords(w.Body, 1<<20) {
			t.Errorf("%s: update %d is %+v\nwant %+v", want.key(), n, g, w)
		}
	}
}

// publicIncidents follows the history of a page to its end and reads every incident
// by the API.
func publicIncidents(t *testing.T, page string) map[string]told {
	t.Helper()
	address, next := regexp.MustCompile(`incidents/([a-z0-9]{12})"`), regexp.MustCompile(`rel="next" href="([^"]+)"`)
	all := map[string]told{}
	for path := "/history"; path != ""; {
		text := get(t, page+path)
		for _, id := range address.FindAllStringSubmatch(text, -1) {
			if i, ok := oneIncident(t, page, id[1]); ok {
				one := publicTold(t, i)
				all[one.key()] = one
			}
		}
		link := next.FindStringSubmatch(text)
		if path = ""; link != nil {
			path = "/history" + html.UnescapeString(link[1])
		}
	}
	return all
}

// publicTold reads an incident of Statuspage's API.
func publicTold(t *testing.T, raw []byte) told {
	t.Helper()
	var i struct {
		Name, Impact string
		StartedAt    time.Time  `json:"started_at"`
		ResolvedAt   *time.Time `json:"resolved_at"`
		Components   []struct{ Name string }
		Updates      []struct {
			Status, Body string
			DisplayAt    time.Time `json:"display_at"`
		} `json:"incident_updates"`
	}
	if err := json.Unmarshal(raw, &i); err != nil {
		t.Fatalf("%v\n%s", err, raw)
	}
	out := told{Name: i.Name, Impact: i.Impact, Started: i.StartedAt}
	if i.ResolvedAt != nil {
		out.Resolved = *i.ResolvedAt
	}
	for _, c := range i.Components {
		out.Components = append(out.Components, c.Name)
	}
	slices.Sort(out.Components)
	for _, u := range slices.Backward(i.Updates) {
		out.Updates = append(out.Updates, toldUpdate{u.DisplayAt, u.Status, plainText(u.Body)})
	}
	return out
}

// plainText is what a reader sees of the HTML of a text.
func plainText(s string) string {
	return html.UnescapeString(regexp.MustCompile(`<br ?/?>`).ReplaceAllString(s, "\n"))
}

// webhookTold reads the webhook that tells a subscriber of an incident. It names no
// start: that is when it was made.
func webhookTold(t *testing.T, content []byte) []told {
	t.Helper()
	var w struct{ Incident json.RawMessage }
	var made struct {
		CreatedAt time.Time `json:"created_at"`
	}
	if err := json.Unmarshal(content, &w); err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(w.Incident, &made); err != nil {
		t.Fatal(err)
	}
	one := publicTold(t, w.Incident)
	one.Started = made.CreatedAt
	return []told{one}
}

// heading is the status of an update of a feed, and "Update" when it stayed.
func heading(word, before string) string {
	if word = strings.ReplaceAll(strings.ToLower(word), " ", "_"); word == "update" {
		return before
	}
	return word
}

// linesTold reads a feed that was transcribed to lines. The names of components are
// kept inside only, as nothing says how they were.
func linesTold(t *testing.T, content []byte) (all []told) {
	t.Helper()
	for line := range bytes.Lines(content) {
		var in struct {
			Title, Impact string
			StartedAt     time.Time `json:"started_at"`
			Updates       []struct {
				At              time.Time
				Status, Message string
			}
		}
		if err := json.Unmarshal(line, &in); err != nil {
			t.Fatal(err)
		}
		one, before := told{Name: in.Title, Impact: in.Impact, Started: in.StartedAt}, ""
		for _, u := range in.Updates {
			before = heading(u.Status, before)
			one.Updates = append(one.Updates, toldUpdate{u.At, before, u.Message})
		}
		one.Resolved = one.end()
		all = append(all, one)
	}
	return all
}

// atomTold reads a feed. Its times have no year: they lie within a year before the
// entry's own. It tells neither impact nor components.
func atomTold(t *testing.T, content []byte) (all []told) {
	t.Helper()
	var feed struct {
		Entries []struct {
			Title     string    `xml:"title"`
			Published time.Time `xml:"published"`
			Content   string    `xml:"content"`
		} `xml:"entry"`
	}
	if err := xml.Unmarshal(content, &feed); err != nil {
		t.Fatal(err)
	}
	update := regexp.MustCompile(`(?s)<small>(.*?)</small>.*?<strong>(.*?)</strong>\s*-?(.*?)</p>`)
	tags := regexp.MustCompile(`<[^>]*>`)
	for _, e := range feed.Entries {
		one, before := told{Name: e.Title, Impact: "none"}, ""
		for _, m := range slices.Backward(update.FindAllStringSubmatch(e.Content, -1)) {
			at, err := time.Parse("2006 Jan 2, 15:04 MST", fmt.Sprint(e.Published.Year())+" "+firstWords(tags.ReplaceAllString(m[1], ""), 40))
			if err != nil {
				t.Fatal(err)
			}
			if at.After(e.Published.Add(24 * time.Hour)) {
				at = at.AddDate(-1, 0, 0)
			}
			before = heading(m[2], before)
			one.Updates = append(one.Updates, toldUpdate{at, before, html.UnescapeString(tags.ReplaceAllString(plainText(m[3]), ""))})
		}
		one.Started, one.Resolved = one.Updates[0].At, one.end()
		all = append(all, one)
	}
	return all
}

// googleTold reads Google's list. An incident is over when it says so, at the latest
// with its end.
func googleTold(t *testing.T, content []byte) (all []told) {
	t.Helper()
	unzip, err := gzip.NewReader(bytes.NewReader(content))
	if err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(unzip)
	lines.Buffer(nil, 4<<20)
	for lines.Scan() {
		var line struct {
			Incident struct {
				Name     string `json:"external_desc"`
				Severity string
				Begin    *time.Time
				Created  time.Time
				End      *time.Time
				Service  string                   `json:"service_name"`
				Products []struct{ Title string } `json:"affected_products"`
				Updates  []struct {
					When         time.Time
					Status, Text string
				}
			}
		}
		if err := json.Unmarshal(lines.Bytes(), &line); err != nil {
			t.Fatal(err)
		}
		in := line.Incident
		one := told{Name: in.Name, Started: in.Created, Impact: map[string]string{"high": "critical", "medium": "major", "low": "minor"}[in.Severity]}
		if in.Begin != nil {
			one.Started = *in.Begin
		}
		for _, u := range in.Updates {
			status := "investigating"
			if u.Status == "AVAILABLE" || in.End != nil && !u.When.Before(*in.End) {
				status = "resolved"
			}
			one.Updates = append(one.Updates, toldUpdate{u.When, status, u.Text})
		}
		slices.Reverse(one.Updates) // the newest came first
		slices.SortStableFunc(one.Updates, func(a, b toldUpdate) int { return a.At.Compare(b.At) })
		if in.End != nil && one.end().IsZero() {
			one.Updates = append(one.Updates, toldUpdate{*in.End, "resolved", "This incident is over."})
		}
		one.Resolved = one.end()
		for _, p := range in.Products {
			one.Components = append(one.Components, p.Title)
		}
		if len(in.Products) == 0 {
			one.Components = []string{in.Service}
		}
		slices.Sort(one.Components)
		one.Components = slices.Compact(one.Components)
		all = append(all, one)
	}
	if err := lines.Err(); err != nil {
		t.Fatal(err)
	}
	return all
}
