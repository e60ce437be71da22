package source_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/bridgelog/bridgelog/services/intake/internal/source"
	"github.com/bridgelog/bridgelog/services/intake/internal/source/sourcetest"
)

func pagerDuty(t *testing.T, body []byte) source.Batch {
	t.Helper()
	batch, err := source.PagerDuty{}.Parse(sourcetest.Signal(body))
	if err != nil {
		t.Fatal(err)
	}
	return batch
}

func TestEventsOfAlertmanager(t *testing.T) {
	const key = "97510b418c30a6bc221ab8cd7f4d49d287215a8f33fc7173ad6f03934114edfb"
	for name, firing := range map[string]bool{
		"pagerduty-v0.25-trigger.json": true, "pagerduty-v0.34-trigger.json": true,
		"pagerduty-v0.25-resolve.json": false, "pagerduty-v0.34-resolve.json": false,
	} {
		t.Run(name, func(t *testing.T) {
			batch := pagerDuty(t, sample(t, "samples/alertmanager-senders/"+name))
			if len(batch.Alerts) != 1 || batch.Key != key || batch.GroupKey != key {
				t.Fatalf("got %+v", batch)
			}
			a := batch.Alerts[0]
			if a.Firing != firing || !a.Keyed || a.Fingerprint != "tester/"+key || !strings.Contains(a.Title, "HighErrorRate checkout") {
				t.Errorf("got %+v", a)
			}
			if a.Labels["severity"] != "critical" || a.Labels["component"] != "checkout" || a.Labels["class"] != "HighErrorRate" {
				t.Errorf("labels %v", a.Labels)
			}
			if !strings.Contains(a.Annotations["firing"]+a.Annotations["resolved"], "日本") || !strings.HasPrefix(a.URL, "http://vm:") {
				t.Errorf("annotations %v, URL %q", a.Annotations, a.URL)
			}
		})
	}
}

func TestEventsAsDocumented(t *testing.T) {
	a := pagerDuty(t, sample(t, "samples/pagerduty/events-v2-trigger.json")).Alerts[0]
	if want := time.Date(2015, 7, 17, 8, 42, 58, 315e6, time.UTC); !a.StartsAt.Equal(want) || !a.Firing {
		t.Errorf("began at %v, want %v", a.StartsAt, want)
	}
	if a.Annotations["load avg"] != "0.75" || a.Annotations["ping time"] != "1500ms" || a.URL != "https://monitoring.example.com" {
		t.Errorf("got %+v", a)
	}
	if got := pagerDuty(t, sample(t, "samples/pagerduty/events-v2-acknowledge.json")); len(got.Alerts) != 0 || got.Key != "dedupkeyhere" ||
		len(got.Remarks) != 1 || got.Remarks[0] != (source.Remark{Fingerprint: "tester/dedupkeyhere", Acknowledges: true}) {
		t.Errorf("an acknowledgment: %+v", got)
	}
	if a := pagerDuty(t, sample(t, "samples/pagerduty/events-v2-resolve.json")).Alerts[0]; a.Firing || a.EndsAt.IsZero() {
		t.Errorf("a resolve: %+v", a)
	}
	old := pagerDuty(t, sample(t, "samples/pagerduty/events-v1-trigger-0.json"))
	if a := old.Alerts[0]; a.Title != "FAILURE for production/HTTP on machine srv01.acme.com" || a.Annotations["load avg"] != "0.75" || a.URL != "https://monitoring.service.com" {
		t.Errorf("version 1: %+v", a)
	}
	if old.Key != "0198a0e0000070008000000000000001" {
		t.Errorf("a trigger without a key got %q, want 32 digits of its signal's id", old.Key)
	}
	if a := pagerDuty(t, sample(t, "samples/pagerduty/events-v1-resolve-2.json")).Alerts[0]; a.Firing || a.Fingerprint != "tester/srv01/HTTP" {
		t.Errorf("version 1: %+v", a)
	}
}

// A key is one of the token that sends it.
func TestKeysBelongToTheirSender(t *testing.T) {
	body := []byte(`{"event_action":"resolve","dedup_key":"a key with spaces"}`)
	fingerprints := map[string]bool{}
	for _, sender := range []string{"one", "two", "one"} {
		s := sourcetest.Signal(body)
		s.Sender = sender
		batch, err := source.PagerDuty{}.Parse(s)
		if err != nil {
			t.Fatal(err)
		}
		fingerprints[batch.Alerts[0].Fingerprint] = true
	}
	if len(fingerprints) != 2 {
		t.Errorf("got %v, want one for each sender", fingerprints)
	}
}

const pagerDutyTrigger = `{"routing_key":"k","event_action":"trigger","dedup_key":"d","payload":{"summary":"Disk\u0000 full","source":"db-1","severity":"error",` +
	`"timestamp":"2026-01-01T00:00:00+0000","custom_details":{"a":[1,{"b":null}],"runbook":"https://x"}},"links":[{"href":"https://y"}]}`

func TestPagerDuty(t *testing.T) {
	without := func(what string) []byte { return []byte(strings.Replace(pagerDutyTrigger, what, "", 1)) }
	sourcetest.Run(t, source.PagerDuty{}, sourcetest.Cases{
		Good: map[string][]byte{
			"trigger":       []byte(pagerDutyTrigger),
			"without a key": without(`"dedup_key":"d",`),
			"odd details":   []byte(strings.Replace(pagerDutyTrigger, `{"a":[1,{"b":null}],"runbook":"https://x"}`, `"text"`, 1)),
			"acknowledge":   []byte(`{"event_action":"acknowledge","dedup_key":"d"}`),
			"resolve":       []byte(`{"event_action":"resolve","dedup_key":"` + strings.Repeat("é", 255) + `"}`),
			"version 1":     []byte(`{"event_type":"trigger","description":"Disk full","details":{"x":"y"}}`),
		},
		Bad: map[string][]byte{
			"not JSON":             []byte(`alert!`),
			"no object":            []byte(`[]`),
			"no action":            []byte(`{}`),
			"unknown action":       []byte(`{"event_action":"snooze","dedup_key":"d"}`),
			"resolve without key":  []byte(`{"event_action":"resolve"}`),
			"key too long":         []byte(`{"event_action":"resolve","dedup_key":"` + strings.Repeat("x", 256) + `"}`),
			"no payload":           []byte(`{"event_action":"trigger"}`),
			"no summary":           without(`"summary":"Disk\u0000 full",`),
			"summary too long":     []byte(strings.Replace(pagerDutyTrigger, "Disk", strings.Repeat("x", 1025), 1)),
			"no source":            without(`"source":"db-1",`),
			"no severity":          without(`"severity":"error",`),
			"unknown severity":     []byte(strings.Replace(pagerDutyTrigger, `"error"`, `"fatal"`, 1)),
			"version 1, no reason": []byte(`{"event_type":"trigger"}`),
		},
	})
}

func FuzzPagerDuty(f *testing.F) {
	f.Add([]byte(pagerDutyTrigger))
	f.Add([]byte(`{"event_type":"resolve","incident_key":"a b"}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		batch, err := source.PagerDuty{}.Parse(sourcetest.Signal(body))
		if err != nil {
			if !errors.Is(err, source.ErrMalformed) {
				t.Fatalf("untyped error %v", err)
			}
			return
		}
		sourcetest.Check(t, batch)
	})
}
