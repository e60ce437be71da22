package e2e_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/chromedp/chromedp"
)

// TestTheNpmClientReadsThePage reads every list of the page with a client that
// somebody else wrote.
func TestTheNpmClientReadsThePage(t *testing.T) {
	t.Parallel()
	node, err := exec.LookPath("node")
	if err != nil {
		t.Skip("node is not on this machine")
	}
	clients := npmClients(t)
	s := pageWithTrouble(t)
	read := exec.CommandContext(t.Context(), node, "read.cjs", s.Endpoints.Statuspage)
	read.Dir = clients
	output, err := read.CombinedOutput()
	if err != nil {
		t.Fatalf("the client cannot read the page: %v\n%s", err, output)
	}
	type incident struct{ Name, Status, Impact string }
	var got struct {
		Incidents, Unresolved struct{ Incidents []incident }
		Maintenances          struct {
			List []incident `json:"scheduled_maintenances"`
		}
		Components struct {
			Components []struct{ Name, Status string }
		}
		Status, Summary struct {
			Page   struct{ Name string }
			Status struct{ Indicator, Description string }
		}
	}
	if err := json.Unmarshal(output, &got); err != nil {
		t.Fatalf("%v\n%s", err, output)
	}
	if len(got.Incidents.Incidents) != 2 || len(got.Unresolved.Incidents) != 1 || got.Unresolved.Incidents[0] != (incident{"Checkout returns 502", "identified", "minor"}) {
		t.Errorf("incidents %+v", got)
	}
	if got.Status.Status.Description != "Minor Service Outage" || got.Summary.Status.Indicator != "minor" || got.Summary.Page.Name != "Northwind Cloud" {
		t.Errorf("status %+v, summary %+v", got.Status, got.Summary)
	}
	if len(got.Components.Components) != 5 {
		t.Errorf("components %+v", got.Components)
	}
}

// widgetPage embeds the widget of the makers of Statuspage.
const widgetPage = `<!DOCTYPE html><title>Widget</title>
<script src="/@webcomponents/webcomponentsjs/webcomponents-bundle.js"></script>
<script src="/@statuspage/status-widget/dist/index.js"></script>
<statuspage-widget src=%q></statuspage-widget>
<statuspage-widget appearance="badge" src=%q></statuspage-widget>`

// TestTheWidgetShowsThePage lets the widget of the makers of Statuspage read the
// page from another site, in a browser.
func TestTheWidgetShowsThePage(t *testing.T) {
	t.Parallel()
	ctx := browser(t)
	clients := npmClients(t)
	s := pageWithTrouble(t)
	files := http.FileServer(http.Dir(filepath.Join(clients, "node_modules")))
	site := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/" {
			files.ServeHTTP(w, r)
			return
		}
		w.Header().Set("Content-Type", "text/html")
		_, _ = fmt.Fprintf(w, widgetPage, s.Endpoints.Statuspage, s.Endpoints.Statuspage)
	}))
	defer site.Close()
	const both = `Array.from(document.querySelectorAll('statuspage-widget')).map(w => w.shadowRoot ? w.shadowRoot.textContent : '').join('|')`
	if err := chromedp.Do(ctx, chromedp.Navigate(site.URL)); err != nil {
		t.Fatal(err)
	}
	_, err := chromedp.Run(ctx, chromedp.Poll[bool](`(`+both+`).split('Minor Service Outage').length === 3`, chromedp.WithPollingTimeout(patience)))
	shown, problem := chromedp.Run(ctx, chromedp.Evaluate[string](both))
	if err != nil || problem != nil {
		t.Fatalf("the widget does not show the page: %v, %v: %q", err, problem, shown)
	}
}
