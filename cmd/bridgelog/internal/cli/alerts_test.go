package cli_test

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"

	incidentv1 "github.com/bridgelog/bridgelog/proto/gen/incident/v1"
	signalv1 "github.com/bridgelog/bridgelog/proto/gen/signal/v1"
)

const began = 1_767_348_000_000_000 // 2026-01-02T10:00:00Z

// fire writes, as intake would, that an alert began, and returns its id.
func (sys system) fire(t *testing.T, fingerprint, title, incident string, ended bool) string {
	t.Helper()
	conn := sys.asService(t)
	client := signalv1.NewAlertServiceClient(conn)
	fired, err := client.RecordAlertFired(t.Context(), &signalv1.RecordAlertFiredRequest{
		Source: "alertmanager", Fingerprint: fingerprint, StartsAtUs: began, Route: "critical", IncidentId: incident,
		SignalId: "0197aa00-signal", Title: title, Labels: map[string]string{"alertname": title, "service": "checkout"},
		Annotations: map[string]string{"runbook_url": "https://runbooks.example/5xx"}, GeneratorUrl: "http://prometheus.example/graph",
	})
	if err != nil {
		t.Fatal(err)
	}
	if ended {
		_, err = client.RecordAlertResolved(t.Context(), &signalv1.RecordAlertResolvedRequest{AlertId: fired.GetAlertId(), EndsAtUs: began + 60_000_000})
		if err != nil {
			t.Fatal(err)
		}
	}
	return fired.GetAlertId()
}

// fireAs writes that an alert of no route began, with labels and annotations.
func (sys system) fireAs(t *testing.T, fingerprint, title string, labels, annotations map[string]string) string {
	t.Helper()
	if labels = maps.Clone(labels); labels == nil {
		labels = map[string]string{}
	}
	labels["alertname"] = title
	fired, err := signalv1.NewAlertServiceClient(sys.asService(t)).RecordAlertFired(t.Context(), &signalv1.RecordAlertFiredRequest{
		Source: "alertmanager", Fingerprint: fingerprint, StartsAtUs: began, SignalId: "0197aa00-signal", Title: title, Labels: labels, Annotations: annotations,
	})
	if err != nil {
		t.Fatal(err)
	}
	return fired.GetAlertId()
}

// listed polls, since the view follows the log.
func (s *shell) listed(n int, args ...string) []any {
	s.t.Helper()
	var found []any
	for range 2000 {
		found = s.json(append([]string{"alerts", "list"}, args...)...)["alerts"].([]any)
		if len(found) == n {
			return found
		}
	}
	s.t.Fatalf("alerts list %s: %d alerts, want %d", strings.Join(args, " "), len(found), n)
	return nil
}

func TestAlerts(t *testing.T) {
	sys := startWhole(t)
	s := newShell(t).on(sys)
	if r := s.ok("alerts", "list"); !strings.Contains(r.out, "No alerts.") {
		t.Errorf("an empty list says %q", r.out)
	}
	id := s.json("declare", "Checkout returns 502")["incident_id"].(string)
	firing := sys.fire(t, "f1", "HighErrorRate", id, false)
	sys.fire(t, "f2", "DiskFull", "", true)
	s.listed(2)
	open := s.listed(1, "--open")[0].(map[string]any)
	if open["id"] != firing || open["state"] != "firing" || open["incident"] != "INC-1" || open["ended_time"] != nil ||
		open["started_time"] != "2026-01-02T10:00:00Z" {
		t.Errorf("open: %v", open)
	}
	s.listed(2, "--label", "service=checkout")
	s.listed(1, "-l", "alertname=DiskFull", "--until", "2026-01-03T00:00:00Z")
	s.listed(0, "--since", "2026-01-03T00:00:00Z")
	s.listed(1, "--incident", "INC-1")
	if r := s.ok("alerts", "list", "--limit", "1"); !strings.Contains(r.out, "there are more") {
		t.Errorf("a first page says %q", r.out)
	}
	r := s.ok("alerts", "show", firing[:6])
	for _, want := range []string{"firing", "INC-1", "0197aa00-signal", "runbook_url", "critical", "HighErrorRate"} {
		if !strings.Contains(r.out, want) {
			t.Errorf("show does not say %q:\n%s", want, r.out)
		}
	}
	if v := s.json("alert", "show", firing); v["signal_id"] != "0197aa00-signal" || v["annotations"].(map[string]any)["runbook_url"] == "" {
		t.Errorf("show: %v", v)
	}
	if v := s.json("rebuild", "alerts"); v["alerts"] != 2.0 || v["corrected"] != 0.0 {
		t.Errorf("rebuild: %v", v)
	}
	if v := s.json("alerts", "show", firing)["runbook"].(map[string]any); v["outcome"] != "linked" || v["link"] != "https://runbooks.example/5xx" {
		t.Errorf("its runbook: %v", v)
	}
	if r := s.ok("runbooks", "check"); !strings.Contains(r.out, "linked") {
		t.Errorf("what fires: %s", r.out)
	}
	s.fails(3, "there is no such alert", "alerts", "show", "ffffffff")
	s.fails(2, "name=value", "alerts", "list", "--label", "nothing")
	s.fails(2, "something is missing", "alerts", "show")
}

// TestAnIncidentShowsTheRunbooksOfItsAlerts once each, from whatever the alert, its service
// or the library says.
func TestAnIncidentShowsTheRunbooksOfItsAlerts(t *testing.T) {
	sys := startWhole(t)
	s := newShell(t).on(sys)
	id := s.json("declare", "Checkout returns 502")["incident_id"].(string)
	if v := s.json("show", "INC-1"); v["runbooks"] != nil {
		t.Errorf("without alerts: %v", v["runbooks"])
	}
	client := incidentv1.NewCommandServiceClient(sys.asService(t))
	n := 0
	link := func(title string, labels, annotations map[string]string) {
		t.Helper()
		n++
		alert := sys.fireAs(t, fmt.Sprint("f", n), title, labels, annotations)
		if _, err := client.LinkAlert(t.Context(), &incidentv1.LinkAlertRequest{Incident: id, RequestId: alert, AlertId: alert, Title: title, Source: "alertmanager"}); err != nil {
			t.Fatal(err)
		}
	}
	// shown polls, since the view follows the log, and returns the outcomes with what they name.
	shown := func(want string) {
		t.Helper()
		got := ""
		for range 2000 {
			var all []string
			list, _ := s.json("show", "INC-1")["runbooks"].([]any)
			for _, one := range list {
				r := one.(map[string]any)
				all = append(all, strings.TrimRight(fmt.Sprint(r["outcome"], " ", r["link"], " ", r["name"]), " "))
			}
			if got = strings.Join(all, ", "); got == want {
				return
			}
		}
		t.Fatalf("runbooks %q, want %q", got, want)
	}
	if _, err := client.LinkAlert(t.Context(), &incidentv1.LinkAlertRequest{Incident: id, RequestId: "r", AlertId: "from elsewhere", Title: "x", Source: "pager"}); err != nil {
		t.Fatal(err)
	}
	shown("")
	link("Lonely", nil, nil)
	shown("missing")
	page := map[string]string{"runbook_url": "https://runbooks.example/5xx"}
	link("HighErrorRate", nil, page)
	link("HighErrorRate", map[string]string{"host": "b"}, page)
	shown("linked https://runbooks.example/5xx, missing")
	link("DiskFull", nil, map[string]string{"runbook": "TODO"})
	link("Slow", map[string]string{"service": "shop"}, nil)
	link("Gone", nil, map[string]string{"runbook": "no-such"})
	shown("linked https://runbooks.example/5xx, dangling no-such, placeholder TODO, missing")
	write := filepath.Join(s.home, "books.yaml")
	if err := os.WriteFile(write, []byte(`
{kind: Runbook, name: disk, spec: {title: Disk, url: "https://wiki.example/disk", alerts: ["Disk*"]}}
---
{kind: Runbook, name: shop, spec: {title: Shop, url: "https://wiki.example/shop"}}
---
{kind: Service, name: shop, spec: {runbooks: [shop]}}
`), 0o600); err != nil {
		t.Fatal(err)
	}
	s.ok("apply", "-f", write)
	shown("linked https://runbooks.example/5xx, linked https://wiki.example/disk disk, linked https://wiki.example/shop shop, dangling no-such, missing")
	r := s.ok("show", "INC-1")
	if strings.Count(r.out, "https://runbooks.example/5xx") != 1 || !strings.Contains(r.out, "linked https://wiki.example/disk (disk)") {
		t.Errorf("show says\n%s", r.out)
	}
	for range 20 {
		link("HighErrorRate", nil, page)
	}
	link("TheLast", nil, map[string]string{"runbook": "https://runbooks.example/last"})
	s.listed(n)
	all := 0
	for tries := 0; tries < 2000 && all != n+1; tries++ {
		all = len(s.json("show", "INC-1")["alerts"].([]any))
	}
	if r = s.ok("show", "INC-1"); all != n+1 || strings.Contains(r.out, "linked https://runbooks.example/last") {
		t.Errorf("more than 20 alerts are asked for:\n%s", r.out)
	}
}

func TestAlertsAreTakenCareOf(t *testing.T) {
	sys := startWhole(t)
	s := newShell(t).on(sys)
	firing, over := sys.fire(t, "f1", "HighErrorRate", "", false), sys.fire(t, "f2", "DiskFull", "", true)
	s.listed(2)
	done := s.json("alerts", "ack", firing[:8], "--note", "it is the pool")
	if done["alert"] != firing || done["unchanged"] != false || done["acknowledged_by"] == "" || done["position"] == "" {
		t.Errorf("acknowledged: %v", done)
	}
	if r := s.ok("alerts", "ack", firing); !strings.Contains(r.out, "was acknowledged before") {
		t.Errorf("again: %s", r.out)
	}
	s.ok("alerts", "note", firing, "restarted", "it")
	s.ok("alerts", "note", over, "swept /tmp")
	v := s.json("alerts", "show", firing)
	ack, notes := v["acknowledgment"].(map[string]any), v["notes"].([]any)
	if v["state"] != "acknowledged" || ack["by"] != "root" || ack["text"] != "it is the pool" || len(notes) != 1 ||
		notes[0].(map[string]any)["text"] != "restarted it" {
		t.Errorf("show: %v", v)
	}
	if r := s.ok("alerts", "show", firing); !strings.Contains(r.out, "by root: it is the pool") || !strings.Contains(r.out, "restarted it") {
		t.Errorf("show says\n%s", r.out)
	}
	if r := s.ok("alerts", "list"); !strings.Contains(r.out, "acknowledged by root") {
		t.Errorf("list says\n%s", r.out)
	}
	if open := s.listed(1, "--open")[0].(map[string]any); open["state"] != "acknowledged" {
		t.Errorf("open: %v", open)
	}
	s.fails(1, "this alert ended at", "alerts", "ack", over)
	s.fails(3, "there is no such alert", "alerts", "ack", "ffffffff")
	s.fails(3, "there is no such alert", "alerts", "ack", strings.Repeat("f", 32))
	s.fails(2, "something is missing", "alerts", "note", firing)
	s.fails(2, "text is empty", "alerts", "note", firing, " ")
}

func TestAnIncidentIsDeclaredFromAnAlert(t *testing.T) {
	sys := startWhole(t)
	s := newShell(t).on(sys)
	write := func(name, content string) string {
		t.Helper()
		path := filepath.Join(s.home, name)
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	s.ok("apply", "-f", write("routes.yaml", `
kind: Service
name: checkout
spec: {}
---
kind: Route
name: critical
spec: {action: list, service: "{{service}}", severity: SEV-3}
`))
	first, second := sys.fire(t, "f1", "HighErrorRate", "", false), sys.fire(t, "f2", "DiskFull", "", true)
	s.listed(2)
	made := s.json("alerts", "declare", first[:8], "--request-id", "r1")
	if made["incident"] != "INC-1" {
		t.Fatalf("declared: %v", made)
	}
	shown := s.json("show", "INC-1")
	if shown["title"] != "HighErrorRate" || shown["severity"] != "SEV-3" || fmt.Sprint(shown["services"]) != "[checkout]" {
		t.Errorf("proposed: %v", shown)
	}
	if v := s.json("alerts", "show", first); v["incident"] != "INC-1" {
		t.Errorf("the alert has %v", v["incident"])
	}
	if again := s.json("alerts", "declare", first, "--request-id", "r1"); again["incident"] != "INC-1" {
		t.Errorf("repeated: %v", again)
	}
	s.fails(1, "already: INC-1", "alerts", "declare", first)
	s.fails(1, "already: INC-1", "declare", "--from-alert", first, "Something else")
	s.ok("declare", "--from-alert", second, "Disk of db-1 is full", "-s", "SEV-2")
	if shown = s.json("show", "INC-2"); shown["title"] != "Disk of db-1 is full" || shown["severity"] != "SEV-2" {
		t.Errorf("said: %v", shown)
	}
	s.fails(3, "there is no such alert", "declare", "--from-alert", "ffffffff", "x")
	if v := s.json("rebuild", "alerts"); v["corrected"] != 0.0 {
		t.Errorf("rebuild: %v", v)
	}
}

// TestAnAlertIsSilenced by its key: what is firing and what fires again are previewed and
// shown as the log has them. Which alerts are suppressed is written by intake.
func TestAnAlertIsSilenced(t *testing.T) {
	sys := startWhole(t)
	s := newShell(t).on(sys)
	firing := sys.fire(t, "f1", "HighErrorRate", "", false)
	sys.fire(t, "f2", "DiskFull", "", false)
	s.listed(2)
	if v := s.json("silence", "add", "--match", "alertname=~High.*", "--for", "1h", "--dry-run"); v["silence"] != nil || v["matching"] != 1.0 ||
		v["alerts"].([]any)[0].(map[string]any)["id"] != firing {
		t.Errorf("a preview: %v", v)
	}
	made := s.json("alerts", "silence", firing[:8], "--for", "2h", "--reason", "known")
	one := made["silence"].(map[string]any)
	if made["matching"] != 1.0 || one["source"] != "alertmanager" || one["fingerprint"] != "f1" || one["created_by"] != "root" || one["state"] != "active" || made["position"] == "" {
		t.Fatalf("made %v", made)
	}
	sys.suppress(t, firing, one["id"].(string), one["name"].(string))
	if found := s.listed(1, "--state", "suppressed")[0].(map[string]any); found["id"] != firing || found["state"] != "suppressed" {
		t.Errorf("suppressed: %v", found)
	}
	s.listed(1, "--state", "firing,acknowledged")
	s.listed(2, "--open")
	if r := s.ok("alerts", "show", firing); !strings.Contains(r.out, "by silence "+one["name"].(string)+" since") || !strings.Contains(r.out, " until ") {
		t.Errorf("show says\n%s", r.out)
	}
	if r := s.ok("alerts", "list"); !strings.Contains(r.out, "suppressed by "+one["name"].(string)) {
		t.Errorf("list says\n%s", r.out)
	}
	if v := s.json("silence", "list"); len(v["silences"].([]any)) != 1 {
		t.Errorf("listed %v", v)
	}
	if v := s.json("history", "silence", one["name"].(string)); len(v["versions"].([]any)) != 1 {
		t.Errorf("its history: %v", v)
	}
	if v := s.json("silence", "end", one["name"].(string)); v["silence"].(map[string]any)["state"] != "ended" {
		t.Errorf("ended %v", v)
	}
}

// suppress writes, as intake would, that a silence keeps an alert from calling.
func (sys system) suppress(t *testing.T, alertID, id, name string) {
	t.Helper()
	conn := sys.asService(t)
	_, err := signalv1.NewAlertServiceClient(conn).RecordAlertSuppressed(t.Context(), &signalv1.RecordAlertSuppressedRequest{
		AlertId: alertID, By: &signalv1.SuppressedBy{Kind: "silence", Id: id, Name: name, AtUs: 1_767_348_000_000_000, UntilUs: 1_767_355_200_000_000},
	})
	if err != nil {
		t.Fatal(err)
	}
}
