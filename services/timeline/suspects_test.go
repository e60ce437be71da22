package timeline_test

import (
	"strings"
	"testing"
	"time"

	"google.golang.org/protobuf/types/known/durationpb"

	"github.com/bridgelog/bridgelog/pkg/change"
	"github.com/bridgelog/bridgelog/pkg/incident"
	"github.com/bridgelog/bridgelog/pkg/incidentlog/incidentlogtest"
	incidentv1 "github.com/bridgelog/bridgelog/proto/gen/incident/v1"
	timelinev1 "github.com/bridgelog/bridgelog/proto/gen/timeline/v1"
	"github.com/bridgelog/bridgelog/services/timeline/internal/logtest"
)

// shop gives a system services that depend on each other: web needs checkout, which
// needs payments.
func (w *world) shop() {
	w.t.Helper()
	incidentlogtest.Apply(w.t, w.log, incidentlogtest.Follow(w.t, w.log), incidentlogtest.YAML(w.t, `
kind: service
name: payments
spec: {display_name: Payments API}
---
kind: service
name: checkout
spec: {depends_on: [payments]}
---
kind: component
name: storefront
spec: {}
---
kind: service
name: web
spec: {depends_on: [checkout], components: [storefront]}
---
kind: service
name: mail
spec: {}
`)...)
}

func (n *node) suspects(who string, r *timelinev1.ListSuspectsRequest) (*timelinev1.ListSuspectsResponse, error) {
	r.Position = n.world.settle()
	return timelinev1.NewSuspectServiceClient(n.conn).ListSuspects(as(n.world.t, who), r)
}

// suspected are the titles of what is suspected, in order.
func suspected(r *timelinev1.ListSuspectsResponse) []string {
	var titles []string
	for _, s := range r.GetSuspects() {
		titles = append(titles, s.GetChange().GetTitle()+s.GetIncident().GetTitle())
	}
	return titles
}

func TestSuspects(t *testing.T) {
	w := newWorld(t)
	w.shop()
	n := w.start()
	at := time.Now().Truncate(time.Second)
	deploy := func(title, service string, before time.Duration, outcome change.Outcome) {
		w.tells(change.Report{Key: title, Title: title, Kind: change.Deployment, Service: service, Outcome: outcome, StartedAt: at.Add(-before)})
	}
	deploy("payments, 10 minutes before", "Payments API", 10*time.Minute, change.Succeeded)
	deploy("checkout, 20 minutes before", "checkout", 20*time.Minute, change.Failed)
	deploy("checkout, yesterday", "checkout", 30*time.Hour, change.Succeeded)
	deploy("web, which needs checkout", "web", time.Minute, change.Succeeded)
	deploy("checkout, afterwards", "checkout", -time.Second, change.Succeeded)
	w.Declare(incident.Declare{Title: "Checkout returns 502", Services: []string{"checkout"}, Severity: incident.SEV1}, logtest.Act{Happened: at})
	w.Declare(incident.Declare{Title: "Payments are slow", Services: []string{"payments"}, Severity: incident.SEV2}, logtest.Act{Happened: at.Add(-time.Hour)})
	w.Declare(incident.Declare{Title: "Breach", Services: []string{"payments"}, Severity: incident.SEV2, Private: true}, logtest.Act{Happened: at.Add(-time.Hour)})
	r := must[*timelinev1.ListSuspectsResponse](t)(n.suspects("eve", &timelinev1.ListSuspectsRequest{Incident: "INC-1"}))
	same(t, "suspects", suspected(r), "checkout, 20 minutes before", "Payments are slow", "payments, 10 minutes before")
	if r.GetProposedBy() != "system" || r.GetStartFrom() != "declaration" || !r.GetStartTime().AsTime().Equal(at) ||
		strings.Join(r.GetServices(), " ") != "checkout" || strings.Join(r.GetDependencies(), " ") != "payments" || r.GetTruncated() {
		t.Errorf("what it was made from: %v", r)
	}
	for _, s := range r.GetSuspects() {
		if len(s.GetReasons()) == 0 || s.GetWay()[0] != "checkout" {
			t.Errorf("why: %v", s)
		}
	}
	r = must[*timelinev1.ListSuspectsResponse](t)(n.suspects("eve", &timelinev1.ListSuspectsRequest{Incident: "1", Window: durationpb.New(48 * time.Hour)}))
	if got := suspected(r); len(got) != 4 {
		t.Errorf("of two days: %q", got)
	}
	// Whoever may see the private incident sees it among the suspects.
	for who, sees := range map[string]bool{"ada": true, "root": true, "eve": false, "mia": false} {
		r := must[*timelinev1.ListSuspectsResponse](t)(n.suspects(who, &timelinev1.ListSuspectsRequest{Incident: "INC-1"}))
		if strings.Contains(strings.Join(suspected(r), "|"), "Breach") != sees {
			t.Errorf("%s: %q", who, suspected(r))
		}
	}
	for name, who := range map[string]string{"INC-3": "eve", "INC-9": "root"} {
		_, err := n.suspects(who, &timelinev1.ListSuspectsRequest{Incident: name})
		refused(t, err, "not_found", "no_such_incident")
	}
}

// TestSuspectsAreSoughtBeforeTheImpact looks back from when customers began to suffer,
// where that is known, and at every change where no service is named.
func TestSuspectsAreSoughtBeforeTheImpact(t *testing.T) {
	w := newWorld(t)
	n := w.start()
	at := time.Now().Truncate(time.Second)
	w.tells(change.Report{Key: "early", Title: "early", Service: "mail", StartedAt: at.Add(-2 * time.Hour)})
	w.tells(change.Report{Key: "late", Title: "late", StartedAt: at.Add(-time.Minute)})
	id := w.Declare(incident.Declare{Title: "Nobody knows", Severity: incident.SEV1}, logtest.Act{Happened: at})
	r := must[*timelinev1.ListSuspectsResponse](t)(n.suspects("eve", &timelinev1.ListSuspectsRequest{Incident: "1"}))
	same(t, "before the declaration", suspected(r), "late", "early")
	w.Do(id, incident.StartImpact{}, logtest.Act{Happened: at.Add(-time.Hour)})
	r = must[*timelinev1.ListSuspectsResponse](t)(n.suspects("eve", &timelinev1.ListSuspectsRequest{Incident: "1"}))
	same(t, "before the impact", suspected(r), "early")
	if r.GetStartFrom() != "impact start" {
		t.Errorf("looked back from %s", r.GetStartFrom())
	}
}

func TestBlastRadiusIsSuggested(t *testing.T) {
	w := newWorld(t)
	w.shop()
	n := w.start()
	id := w.Declare(incident.Declare{Title: "t", Services: []string{"payments"}, Severity: incident.SEV1}, logtest.Act{})
	ask := func() string {
		t.Helper()
		r := must[*timelinev1.SuggestBlastRadiusResponse](t)(timelinev1.NewSuspectServiceClient(n.conn).SuggestBlastRadius(
			as(t, "eve"), &timelinev1.SuggestBlastRadiusRequest{Incident: "1", Position: w.settle()}))
		if r.GetProposedBy() != "system" || r.GetCatalogEtag() == "" {
			t.Errorf("what it was made from: %v", r)
		}
		var out []string
		for _, s := range r.GetReached() {
			out = append(out, s.GetReason()+" "+strings.Join(s.GetWay(), ">")+" "+strings.Join(s.GetComponents(), ","))
		}
		return strings.Join(out, "; ")
	}
	want := "checkout needs payments, which is affected payments>checkout ; " +
		"web needs checkout, which needs payments, which is affected payments>checkout>web storefront"
	if got := ask(); got != want {
		t.Errorf("suggested: %s", got)
	}
	// What a person has said to be hit is no suggestion any more.
	w.Do(id, incident.SetBlastRadius{Services: []string{"checkout"}}, logtest.Act{})
	if got := ask(); got != "web needs checkout, which is affected checkout>web storefront" {
		t.Errorf("afterwards: %s", got)
	}
	secret := w.Declare(incident.Declare{Title: "Breach", Private: true, Severity: incident.SEV1}, logtest.Act{})
	_, err := timelinev1.NewSuspectServiceClient(n.conn).SuggestBlastRadius(as(t, "eve"), &timelinev1.SuggestBlastRadiusRequest{Incident: string(secret)})
	refused(t, err, "not_found", "no_such_incident")
}

// TestWhatChecksShowIsProposed follows a check from the log to the proposals, the chart,
// the list, which leaves it out, and its redaction. Who may not see the incident sees none.
func TestWhatChecksShowIsProposed(t *testing.T) {
	w := newWorld(t)
	n := w.start()
	at := time.Now().Truncate(time.Second)
	result := incident.CheckResult{
		Kind: incident.MetricTraffic, Integration: "prom", Verdict: incident.CheckUnusual, Trend: incident.TrendWorse, Began: at.Add(-10 * time.Minute),
		From: at.Add(-time.Hour), Until: at, Title: "errors", Query: "sum(errors)", Reason: "9 now, above what is usual", AskedBy: "eve",
		Value: incident.Measured{Value: 9, Known: true}, Now: []incident.CheckPoint{{Value: 1}, {Offset: time.Hour, Value: 9}},
	}
	key := incident.CheckKey{Run: "declaration", Service: "checkout", Metric: "m"}
	id := w.Declare(incident.Declare{Title: "Checkout returns 502", Services: []string{"checkout"}, Severity: incident.SEV1, Private: true}, logtest.Act{Happened: at})
	w.Do(id, incident.RecordCheck{CheckKey: key, CheckResult: result}, logtest.Act{})
	r := must[*timelinev1.ListSuspectsResponse](t)(n.suspects("ada", &timelinev1.ListSuspectsRequest{Incident: "1"}))
	if len(r.GetChecks()) != 1 || r.GetChecks()[0].GetProposedBy() != "system" || r.GetChecks()[0].GetValue() != 9 || r.GetChecks()[0].Yesterday != nil ||
		!r.GetStart().GetTime().AsTime().Equal(result.Began) || r.GetStart().GetEntry() != 2 || r.GetTrend().GetTrend() != incidentv1.Trend_TREND_WORSE {
		t.Errorf("proposed %v", r)
	}
	client := timelinev1.NewSuspectServiceClient(n.conn)
	ask := &timelinev1.GetCheckChartRequest{Incident: "1", Entry: 2}
	chart := must[*timelinev1.GetCheckChartResponse](t)(client.GetCheckChart(as(t, "ada"), ask))
	if !strings.Contains(chart.GetSvg(), "checkout: errors") || len(chart.GetEvidence().GetNow()) != 2 || chart.GetCheck().GetEntry() != 2 {
		t.Errorf("the chart is %v", chart)
	}
	_, err := client.GetCheckChart(as(t, "eve"), ask)
	refused(t, err, "not_found", "no_such_incident")
	_, err = client.GetCheckChart(as(t, "ada"), &timelinev1.GetCheckChartRequest{Incident: "1", Entry: 1})
	refused(t, err, "not_found", "no_such_check")
	_, err = client.GetCheckChart(as(t, "ada"), &timelinev1.GetCheckChartRequest{Incident: "1", Entry: 99})
	refused(t, err, "not_found", "no_such_check")

	later := result
	later.Verdict, later.Trend, later.Began = incident.CheckNormal, 0, time.Time{}
	key.Run = "r-2"
	w.Do(id, incident.RecordCheck{CheckKey: key, CheckResult: later}, logtest.Act{})
	r = must[*timelinev1.ListSuspectsResponse](t)(n.suspects("ada", &timelinev1.ListSuspectsRequest{Incident: "1"}))
	if len(r.GetChecks()) != 1 || r.GetChecks()[0].GetEntry() != 3 || r.GetStart() != nil || r.GetTrend() != nil {
		t.Errorf("after it is normal again: %v", r)
	}
	w.Do(id, incident.RedactEntry{Entry: 3, ReasonCode: "secret"}, logtest.Act{})
	r = must[*timelinev1.ListSuspectsResponse](t)(n.suspects("ada", &timelinev1.ListSuspectsRequest{Incident: "1"}))
	if c := r.GetChecks()[0]; c.GetTitle()+c.GetQuery()+c.GetReason() != "" || c.GetVerdict() != incidentv1.CheckVerdict_CHECK_VERDICT_NORMAL {
		t.Errorf("after its redaction: %v", c)
	}
	_, err = client.GetCheckChart(as(t, "ada"), &timelinev1.GetCheckChartRequest{Incident: "1", Entry: 3})
	refused(t, err, "not_found", "no_such_check")
	list := must[*timelinev1.ListIncidentsResponse](t)(n.ListIncidents(as(t, "ada"), &timelinev1.ListIncidentsRequest{}))
	if len(list.GetIncidents()) != 1 || len(list.GetIncidents()[0].GetChecks()) != 0 {
		t.Errorf("the list is %v", list)
	}
}
