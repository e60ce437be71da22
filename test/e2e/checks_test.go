package e2e_test

import (
	"fmt"
	"math"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/bridgelog/bridgelog/test/system"
)

// checksCatalog is a service that is measured, with one metric for each verdict.
const checksCatalog = `
kind: integration
name: prometheus
spec: {type: prometheus, url: "%s"}
---
kind: integration
name: gone
spec: {type: prometheus, url: "http://127.0.0.1:1"}
---
kind: service
name: checkout
spec:
  metrics:
  - {title: error rate, query: "sum(shop_errors)", integration: prometheus, kind: traffic, bad: higher, unit: errors/s}
  - {title: requests, query: shop_requests, integration: prometheus, kind: traffic}
  - {title: memory, query: shop_memory, integration: prometheus, kind: resource, above: 90, unit: "%%"}
  - {title: nothing, query: shop_nothing, integration: prometheus, kind: traffic}
  - {title: nonsense, query: "sum(", integration: prometheus, kind: traffic}
  - {title: many, query: '{__name__=~"shop_.*"}', integration: prometheus, kind: traffic}
  - {title: away, query: up, integration: gone, kind: resource}
  - {title: away too, query: up, integration: gone, kind: resource}
  - {title: only a link, query: up, integration: prometheus, url: "https://example.org"}
---
kind: service
name: mail
spec: {}
`

// shopSeries are samples of a shop, in the text format that promtool reads: a point a
// minute over the last two hours, and the same time a day and a week before. For twenty
// minutes there are errors, and more and more of them.
func shopSeries(now time.Time) string {
	series := map[string]*strings.Builder{"shop_errors": {}, "shop_requests": {}, "shop_memory": {}}
	for _, back := range []time.Duration{7 * 24 * time.Hour, 24 * time.Hour, 0} {
		for at := now.Add(-2 * time.Hour); at.Before(now); at = at.Add(time.Minute) {
			wave, errors := math.Sin(float64(at.Unix())/300), 0.2
			if ago := now.Sub(at); back == 0 && ago <= 20*time.Minute {
				errors = 5 + (20 - ago.Minutes())
			}
			for name, value := range map[string]float64{"shop_errors": errors + wave/10, "shop_requests": 100 + 10*wave, "shop_memory": 95} {
				fmt.Fprintf(series[name], "%s %g %d\n", name, value, at.Add(-back).Unix())
			}
		}
	}
	out := ""
	for name, samples := range series {
		out += "# TYPE " + name + " gauge\n" + samples.String()
	}
	return out + "# EOF\n"
}

// shopPrometheus runs a Prometheus that holds the samples of a shop.
func shopPrometheus(t *testing.T) (url string) {
	t.Helper()
	server, promtool := tool(t, "prometheus"), tool(t, "promtool")
	dir := t.TempDir()
	samples := write(t, dir, "samples.om", shopSeries(time.Now().Truncate(time.Minute)))
	data := filepath.Join(dir, "data")
	if out, err := exec.Command(promtool, "tsdb", "create-blocks-from", "openmetrics", samples, data).CombinedOutput(); err != nil {
		t.Fatalf("backfill: %v: %s", err, out)
	}
	address := freeAddress(t)
	run(t, server, "--config.file", write(t, dir, "prometheus.yml", "global: {scrape_interval: 1h}\n"), "--storage.tsdb.path", data,
		"--storage.tsdb.retention.time", "30d", "--web.listen-address", address)
	url = "http://" + address
	eventually(t, func() (bool, string) {
		answer, err := http.Get(url + "/-/ready")
		if err != nil {
			return false, err.Error()
		}
		_ = answer.Body.Close()
		return answer.StatusCode == http.StatusOK, "Prometheus answers " + answer.Status
	})
	return url
}

type checksOf struct {
	Checks []struct {
		Service, Title, Verdict, Reason, Trend, Run string
		AskedByName                                 string `json:"asked_by_name"`
		ProposedBy                                  string `json:"proposed_by"`
		BeganTime                                   string `json:"began_time"`
		Value, Yesterday                            *float64
		LastWeek                                    *float64 `json:"last_week"`
		Entry                                       uint64
	}
	Start *struct{ Time, Reason, Accept string }
	Trend *struct{ Trend, Reason, Accept string }
}

// TestChecksAtDeclaration declares an incident of a service that a real Prometheus
// measures, and follows what is proposed until a person accepts it.
func TestChecksAtDeclaration(t *testing.T) {
	t.Parallel()
	url := shopPrometheus(t)
	s := system.Up(t, system.Options{})
	file := write(t, t.TempDir(), "shop.yaml", fmt.Sprintf(checksCatalog, url))
	s.Do(t, "apply", "-f", file)
	s.Do(t, "declare", "Checkout returns 502", "-s", "SEV-2", "--service", "checkout", "--detach")
	s.Do(t, "declare", "Practice", "-s", "SEV-2", "--service", "checkout", "--drill", "--detach")
	var got checksOf
	eventually(t, func() (bool, string) {
		got = checksOf{}
		s.JSON(t, &got, "suspects", "1")
		return len(got.Checks) == 7, fmt.Sprintf("checks %+v", got.Checks)
	})
	for title, want := range map[string][2]string{
		"error rate": {"unusual", "above what is usual"}, "requests": {"normal", "as usual"}, "memory": {"unusual", "above the limit of 90 %"},
		"nothing": {"unknown", "gave nothing"}, "nonsense": {"unknown", "not valid PromQL"}, "many": {"unknown", "gives 3 series"},
		"away": {"unknown", "gone could not be reached; not asked for 1 more"},
	} {
		found := false
		for _, c := range got.Checks {
			if c.Title != title {
				continue
			}
			found = true
			if c.Verdict != want[0] || !strings.Contains(c.Reason, want[1]) || c.Run != "declaration" || c.ProposedBy != "system" {
				t.Errorf("%s: %+v", title, c)
			}
			if title == "error rate" && (c.Trend != "worse" || c.Value == nil || *c.Value < 10 || c.Yesterday == nil || *c.Yesterday > 1 || c.LastWeek == nil) {
				t.Errorf("%s: %+v", title, c)
			}
		}
		if !found {
			t.Errorf("%s was not measured", title)
		}
	}
	acceptProposals(t, s, got)
	askForChecks(t, s)
}

// acceptProposals accepts when it began and that it is getting worse.
func acceptProposals(t *testing.T, s *system.System, got checksOf) {
	t.Helper()
	if got.Start == nil || !strings.Contains(got.Start.Reason, "error rate") || got.Trend == nil || got.Trend.Trend != "worse" {
		t.Fatalf("proposed %+v, %+v", got.Start, got.Trend)
	}
	start, err := time.Parse(time.RFC3339, got.Start.Time)
	if ago := time.Since(start); err != nil || ago < 15*time.Minute || ago > 25*time.Minute {
		t.Errorf("the start proposed is %s ago, %v", ago, err)
	}
	s.Do(t, strings.Fields(got.Start.Accept)[1:]...)
	s.Do(t, "assess", "1", "--proposed")
	var after checksOf
	eventually(t, func() (bool, string) {
		after = checksOf{}
		s.JSON(t, &after, "suspects", "1")
		return after.Start == nil && after.Trend == nil, fmt.Sprintf("proposed %+v, %+v", after.Start, after.Trend)
	})
	if refused := s.Try(t, "impact", "start", "1", "--proposed"); refused.Code != 2 || !strings.Contains(refused.Stderr, "no start is proposed") {
		t.Errorf("accepted again: %s", refused)
	}
	shown := s.Do(t, "show", "1")
	for _, want := range []string{"Checks", "proposed by the system", "error rate", "worse"} {
		if !strings.Contains(shown, want) {
			t.Errorf("show does not say %q:\n%s", want, shown)
		}
	}
}

// askForChecks measures again on demand, looks at the chart, and redacts it.
func askForChecks(t *testing.T, s *system.System) {
	t.Helper()
	var again checksOf
	s.JSON(t, &again, "checks", "run", "1")
	if len(again.Checks) != 7 || again.Checks[0].Entry == 0 || again.Checks[0].Run == "declaration" {
		t.Fatalf("on demand: %+v", again.Checks)
	}
	entry := fmt.Sprint(again.Checks[0].Entry)
	chart := filepath.Join(t.TempDir(), "chart.svg")
	s.Do(t, "checks", "chart", "1", entry, "--file", chart)
	svg, err := os.ReadFile(chart)
	if err != nil || !strings.HasPrefix(string(svg), "<svg") || !strings.Contains(string(svg), "error rate") {
		t.Errorf("the chart is %.80q, %v", svg, err)
	}
	s.Do(t, "redact", "1", entry, "--code", "secret", "--yes")
	if gone := s.Try(t, "checks", "chart", "1", entry); gone.Code != 3 {
		t.Errorf("a redacted chart: %s", gone)
	}
	if none := s.Do(t, "checks", "run", "1", "--service", "mail"); !strings.Contains(none, "No metric of these services is measured") {
		t.Errorf("a service without metrics: %s", none)
	}
	if wrong := s.Try(t, "checks", "run", "1", "--service", "male"); wrong.Code != 2 || !strings.Contains(wrong.Stderr, `did you mean "mail"?`) {
		t.Errorf("an unknown service: %s", wrong)
	}
	var drill checksOf
	s.JSON(t, &drill, "suspects", "2")
	if len(drill.Checks) != 0 {
		t.Errorf("practice was measured: %+v", drill.Checks)
	}
}
