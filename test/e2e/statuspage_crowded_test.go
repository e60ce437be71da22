package e2e_test

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"

	"github.com/bridgelog/bridgelog/test/system"
)

// Words that break where nobody planned it.
const (
	longName = "Europe West 3 (Frankfurt am Main) – managed relational databases, replication and point-in-time recovery"
	longWord = "kundenauftragsverarbeitungsvereinbarungsverwaltungsschnittstelle_v2_eu_central_1"
	longLink = "https://status.example.org/incidents/2026/11/a-very-long-address/that-has-no-space/in-it?region=eu-central-1&token=0123456789abcdef0123456789abcdef"
)

// crowdedCatalog has 64 components, some of them with names that are too long.
func crowdedCatalog() string {
	var out strings.Builder
	out.WriteString("kind: status_page\nname: main\nspec: {title: Northwind Cloud Infrastructure and Platform Services Europe}\n")
	component := func(name, spec string, args ...any) {
		fmt.Fprintf(&out, "---\nkind: component\nname: %s\nspec: {%s}\n", name, fmt.Sprintf(spec, args...))
	}
	component("c-long", "display_name: %q, description: %q, position: 1, start_date: \"2020-01-01\"", longName, strings.Repeat("All that customers reach from outside. ", 5))
	component("c-word", "display_name: %q, position: 2", longWord)
	for g := range 4 {
		component(fmt.Sprintf("g-%d", g), "display_name: \"Region %d: %s\", group: true, position: %d", g+1, longName, g+3)
		for n := range 15 {
			component(fmt.Sprintf("c-%d-%d", g, n), "display_name: \"Service %d of region %d\", group_name: g-%d, position: %d, start_date: \"2020-01-01\"", n+1, g+1, g, n+1)
		}
	}
	return out.String()
}

// crowdedIncidents is what another page would export: open and past incidents and
// planned work, with many updates and long texts.
func crowdedIncidents(now time.Time) map[string]any {
	long := strings.Repeat("We continue to see increased error rates on requests that write, and are moving traffic away from the affected zone. ", 4) +
		longLink + "\n\nAffected: " + strings.Repeat(longWord+", ", 2) + "and others.\n\n- one\n- two"
	at := func(ago time.Duration) string { return now.Add(-ago).UTC().Format(time.RFC3339) }
	incident := func(id, name, status, impact string, ago time.Duration, statuses ...string) map[string]any {
		var updates []map[string]any
		for n, s := range statuses {
			updates = append([]map[string]any{{
				"id": fmt.Sprintf("%s-u%d", id, n), "status": s, "body": long, "display_at": at(ago - time.Duration(n)*10*time.Minute),
				"affected_components": []map[string]any{
					{"code": "c-long", "name": longName, "new_status": map[bool]string{true: "operational", false: "major_outage"}[s == "resolved" || s == "scheduled"]},
					{"code": "c-word", "name": longWord, "new_status": map[bool]string{true: "operational", false: "degraded_performance"}[s == "resolved" || s == "scheduled"]},
				},
			}}, updates...)
		}
		return map[string]any{"id": id, "name": name, "status": status, "impact": impact, "started_at": at(ago), "created_at": at(ago), "incident_updates": updates}
	}
	open := []map[string]any{
		incident("open-1", "Elevated error rates on "+longName, "monitoring", "critical", 3*time.Hour, "investigating", "identified", "identified", "monitoring", "monitoring"),
		incident("open-2", longWord, "identified", "major", 2*time.Hour, "investigating", "identified"),
		incident("open-3", "Some requests are slow", "investigating", "minor", time.Hour, "investigating"),
	}
	for n := range 6 {
		ago := time.Duration(n+1) * 26 * time.Hour
		open = append(open, incident(fmt.Sprintf("past-%d", n), fmt.Sprintf("Past trouble %d with %s", n+1, longWord), "resolved", "minor", ago, "investigating", "resolved"))
	}
	planned := incident("work-1", "Exchange of core switches in "+longName, "scheduled", "maintenance", time.Hour, "scheduled")
	planned["scheduled_for"], planned["scheduled_until"] = at(-48*time.Hour), at(-52*time.Hour)
	return map[string]any{"page": map[string]any{"id": "northwind"}, "incidents": open, "scheduled_maintenances": []any{planned}}
}

// crowdedPage runs a system whose page shows more than anybody would like.
func crowdedPage(t *testing.T) *system.System {
	t.Helper()
	dir := t.TempDir()
	catalog, incidents := filepath.Join(dir, "catalog.yaml"), filepath.Join(dir, "incidents.json")
	exported, err := json.Marshal(crowdedIncidents(time.Now()))
	if err != nil {
		t.Fatal(err)
	}
	for file, content := range map[string][]byte{catalog: []byte(crowdedCatalog()), incidents: exported} {
		if err := os.WriteFile(file, content, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	s := system.Up(t, system.Options{})
	s.Do(t, "apply", "-f", catalog)
	s.Do(t, "import", "statuspage", incidents)
	eventually(t, func() (bool, string) {
		front := get(t, s.Endpoints.Statuspage+"/")
		return strings.Contains(front, "Past trouble 6") && strings.Contains(front, "core switches") && strings.Contains(front, "Service 15 of region 4"), "everything on the page"
	})
	return s
}

// reader is how somebody looks at a page.
type reader struct {
	screen

	// text is the size of text in pixels that the browser is set to; 16 is usual.
	text int64
	// plain: JavaScript is off.
	plain bool
}

// TestACrowdedPageFitsAPhone opens a page with many components, long names and long
// texts, and one that has nothing yet, as people do: on phones and on a desktop,
// dark, with text twice as large, without JavaScript. Nothing reaches over an edge of
// the screen, and what matters most can be seen.
func TestACrowdedPageFitsAPhone(t *testing.T) {
	t.Parallel()
	ctx := browser(t)
	crowded, empty := crowdedPage(t), system.Up(t, system.Options{})
	if err := chromedp.Do(ctx, chromedp.Navigate(crowded.Endpoints.Statuspage)); err != nil {
		t.Fatal(err)
	}
	critical, err := chromedp.Run(ctx, chromedp.AttributeValue(chromedp.CSS(".incident.critical h3 a"), "href"))
	if err != nil {
		t.Fatal(err)
	}
	const front, history = "/", "/history"
	incident := "/" + critical.Value
	for _, r := range []reader{
		{screen{"phone-360", 360, 780, true, "light"}, 16, false},
		{screen{"phone-390-dark", 390, 844, true, "dark"}, 16, false},
		{screen{"phone-360-large-text", 360, 780, true, "light"}, 32, false},
		{screen{"phone-360-no-script", 360, 780, true, "light"}, 16, true},
		{screen{"desktop", 1280, 900, false, "light"}, 16, false},
		{screen{"desktop-dark-large-text", 1280, 900, false, "dark"}, 32, false},
	} {
		t.Run(r.name, func(t *testing.T) {
			r.prepare(t, ctx)
			for path, facts := range map[string][]string{
				front: {
					"h1", ".headline p", "#open", ".incident.critical h3 a", ".incident.major h3 a", ".incident.critical .updates h3", ".incident.critical .more a",
					"#planned", ".incident.maintenance .when", "#components", "summary .name", "summary .state", ".components .name", ".components .state", "#past", ".past .state",
				},
				incident: {"h1", ".when .state", ".named li", ".updates p", ".updates .affected", ".updates .when"},
				history:  {"h1", ".past h3 a", ".past .state"},
			} {
				r.look(t, ctx, "crowded", crowded.Endpoints.Statuspage, path, facts)
			}
			r.look(t, ctx, "empty", empty.Endpoints.Statuspage, front, []string{"h1", ".headline p", "#past", "section .quiet", "footer a"})
			r.look(t, ctx, "empty", empty.Endpoints.Statuspage, history, []string{"h1", ".quiet"})
		})
	}
}

// prepare sets the browser as the reader has it.
func (r reader) prepare(t *testing.T, ctx context.Context) {
	t.Helper()
	if _, err := chromedp.Call(ctx, page.SetFontSizes, page.SetFontSizesParams{FontSizes: &page.FontSizes{Standard: r.text, Fixed: r.text * 13 / 16}}); err != nil {
		t.Fatal(err)
	}
	if _, err := chromedp.Call(ctx, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: r.plain}); err != nil {
		t.Fatal(err)
	}
}

// look opens a page and says what cannot be seen of it.
func (r reader) look(t *testing.T, ctx context.Context, site, root, path string, facts []string) {
	t.Helper()
	open(t, ctx, r.screen, root+path)
	selectors, err := json.Marshal(facts)
	if err != nil {
		t.Fatal(err)
	}
	problems, err := chromedp.Run(ctx, chromedp.Evaluate[[]string](fmt.Sprintf(seen, selectors, r.text)))
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range problems {
		t.Errorf("%s, %s: %s", site, path, p)
	}
	if os.Getenv("BRIDGELOG_SCREENSHOTS") == "" {
		return
	}
	picture, err := chromedp.Run(ctx, chromedp.FullScreenshot(100))
	if err != nil {
		t.Fatal(err)
	}
	keep(t, site+"-"+r.name+strings.TrimRight(strings.ReplaceAll(path, "/", "-"), "-")+".png", picture)
}

// seen lists what reaches over an edge of the screen or is cut off, the facts that
// are not to be seen, and whether the text has the size that the reader wants.
const seen = `((facts, size) => {
  const width = window.innerWidth, problems = [];
  const say = e => e.tagName.toLowerCase() + (e.className.baseVal ?? e.className ? '.' + (e.className.baseVal ?? e.className) : '') + ' "' + e.textContent.trim().slice(0, 40) + '"';
  const over = document.documentElement.scrollWidth - width;
  if (over > 0) problems.push('the page is ' + over + ' pixels wider than the screen');
  if (parseFloat(getComputedStyle(document.body).fontSize) !== size) problems.push('text is ' + getComputedStyle(document.body).fontSize);
  for (const e of document.querySelectorAll('body *')) {
    if (e.closest('svg') || e.classList.contains('skip')) continue;
    const box = e.getBoundingClientRect();
    if (box.width > 0 && (box.left < -0.5 || box.right > width + 0.5)) problems.push(say(e) + ' reaches from ' + box.left + ' to ' + box.right + ' of ' + width);
    if (e.scrollWidth > e.clientWidth + 1 && e.clientWidth > 0 && getComputedStyle(e).display !== 'inline') problems.push(say(e) + ' is cut off: ' + e.scrollWidth + ' in ' + e.clientWidth);
  }
  for (const fact of facts) {
    const e = document.querySelector(fact);
    if (!e) { problems.push('there is no ' + fact); continue; }
    const box = e.getBoundingClientRect();
    if (!e.innerText.trim() || box.width < 10 || box.height < 10 || !e.checkVisibility({visibilityProperty: true, opacityProperty: true})) problems.push(fact + ' cannot be seen');
  }
  // A line holds at least a few letters.
  for (const e of document.querySelectorAll('.name, h3 a, h4 a, .updates p')) {
    if (e.innerText.length > 12 && e.getBoundingClientRect().width < 5 * size) problems.push(say(e) + ' is squeezed to ' + e.getBoundingClientRect().width);
  }
  return problems;
})(%s, %d)`
