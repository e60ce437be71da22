package chaos_test

import (
	"encoding/json"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"
)

// relayPrefix begins the points of the relay to the status page.
const relayPrefix = "relay."

// pageClient asks the page; a request that hangs is one that is not answered.
func pageClient() *http.Client {
	return &http.Client{Timeout: 5 * time.Second, Transport: &http.Transport{}}
}

// fetch returns the code and the body of a path of a page; 0 when nobody answers.
func fetch(c *http.Client, url string) (int, string) {
	answer, err := c.Get(url)
	if err != nil {
		return 0, err.Error()
	}
	defer func() { _ = answer.Body.Close() }()
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		return 0, err.Error()
	}
	return answer.StatusCode, string(body)
}

// bodies are the texts of an incident on the page, newest first, by its name.
func bodies(t *testing.T, page, name string) []string {
	t.Helper()
	code, body := fetch(http.DefaultClient, page+"/api/v2/incidents.json")
	if code != http.StatusOK {
		return nil
	}
	var list struct {
		Incidents []struct {
			Name    string
			Updates []struct{ Body string } `json:"incident_updates"`
		}
	}
	if err := json.Unmarshal([]byte(body), &list); err != nil {
		t.Fatalf("incidents.json: %v\n%s", err, body)
	}
	var texts []string
	for _, i := range list.Incidents {
		if i.Name == name {
			for _, u := range i.Updates {
				texts = append(texts, u.Body)
			}
		}
	}
	return texts
}

// onPage waits for an incident to have these texts on the page, newest first. More
// says what else could tell why it has not.
func onPage(t *testing.T, page, name string, want []string, more ...func() string) {
	t.Helper()
	var got []string
	waitFor(t, "the page", func() bool {
		got = bodies(t, page, name)
		return slices.Equal(got, want)
	}, func() string {
		said := "the page has " + strings.Join(got, " | ") + "\nwant " + strings.Join(want, " | ")
		for _, one := range more {
			said += "\n" + one()
		}
		return said
	})
}

// waitFor waits for something to become true, and says what it was when it does not.
func waitFor(t *testing.T, what string, ok func() bool, state func() string) {
	t.Helper()
	deadline := time.NewTimer(patience)
	defer deadline.Stop()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for !ok() {
		select {
		case <-tick.C:
		case <-deadline.C:
			t.Fatalf("%s: not after %s: %s", what, patience, state())
		}
	}
}

// everywhere are the paths of everything that customers can reach of a page.
func everywhere(t *testing.T, page string) []string {
	t.Helper()
	paths := []string{
		"/", "/history", "/history.json", "/open", "/history.atom", "/history.rss", "/style.css", "/api/v2/summary.json", "/api/v2/status.json",
		"/api/v2/components.json", "/api/v2/incidents.json", "/api/v2/incidents/unresolved.json", "/api/v2/scheduled-maintenances.json",
		"/api/v2/scheduled-maintenances/upcoming.json", "/api/v2/scheduled-maintenances/active.json",
	}
	var list struct{ Incidents []struct{ ID string } }
	_, body := fetch(http.DefaultClient, page+"/api/v2/incidents.json")
	if err := json.Unmarshal([]byte(body), &list); err != nil {
		t.Fatalf("incidents.json: %v\n%s", err, body)
	}
	for _, i := range list.Incidents {
		paths = append(paths, "/incidents/"+i.ID, "/api/v2/incidents/"+i.ID+".json")
	}
	return paths
}
