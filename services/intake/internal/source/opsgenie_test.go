package source_test

import (
	"errors"
	"net/url"
	"reflect"
	"strings"
	"testing"

	"github.com/bridgelog/bridgelog/services/intake/internal/source"
	"github.com/bridgelog/bridgelog/services/intake/internal/source/sourcetest"
)

const opsgenieAlert = `{"message":"Disk\u0000 full","alias":"disk","description":"97 % of /var","tags":["db","prod"],` +
	`"details":{"service":"checkout","runbook_url":"https://x","n":3},"entity":"db-1","source":"http://prometheus","priority":"P1","user":"Ada","note":"again"}`

// asked is a request as the door stores it.
func asked(line, body string) []byte { return []byte(line + "\n\n" + body) }

func opsgenie(t *testing.T, line, body string) source.Batch {
	t.Helper()
	batch, err := source.Opsgenie{}.Parse(sourcetest.Signal(asked(line, body)))
	if err != nil {
		t.Fatal(err)
	}
	sourcetest.Check(t, batch)
	return batch
}

func TestOpsgenieSaysWhatItMeans(t *testing.T) {
	id := sourcetest.Signal(nil).ID
	created := opsgenie(t, "POST /v2/alerts", opsgenieAlert)
	a := created.Alerts[0]
	if created.Key != id || !a.Firing || !a.Keyed || a.Fingerprint != "tester/disk" || a.Title != "Disk full" || a.URL != "http://prometheus" ||
		a.RunbookURL != "https://x" || a.Description != "97 % of /var" {
		t.Errorf("a create: %+v", created)
	}
	want := map[string]string{
		"service": "checkout", "runbook_url": "https://x", "n": "3", "entity": "db-1", "source": "http://prometheus", "priority": "P1", "tags": "db,prod",
	}
	if !reflect.DeepEqual(a.Labels, want) {
		t.Errorf("labels %v, want %v", a.Labels, want)
	}
	note := source.Remark{Fingerprint: "tester/disk", Text: "again", SaidBy: "Ada"}
	if !reflect.DeepEqual(created.Remarks, []source.Remark{note}) {
		t.Errorf("the note of a create: %+v", created.Remarks)
	}
	if a := opsgenie(t, "POST /v2/alerts", `{"message":"x"}`).Alerts[0]; a.Fingerprint != "tester/"+id {
		t.Errorf("without an alias it is %q", a.Fingerprint)
	}
	if a := opsgenie(t, "POST /v2/alerts/disk%2F1/close?identifierType=alias", ``).Alerts[0]; a.Firing || a.Fingerprint != "tester/disk/1" {
		t.Errorf("a close: %+v", a)
	}
	ack := opsgenie(t, "POST /v2/alerts/disk/acknowledge?identifierType=alias", `{"user":"Ada"}`)
	if len(ack.Alerts) != 0 || !reflect.DeepEqual(ack.Remarks, []source.Remark{{Fingerprint: "tester/disk", Acknowledges: true, SaidBy: "Ada"}}) {
		t.Errorf("an acknowledgment: %+v", ack)
	}
	noted := opsgenie(t, "POST /v2/alerts/disk/notes", `{"note":"again","user":"Ada"}`)
	if len(noted.Alerts) != 0 || !reflect.DeepEqual(noted.Remarks, []source.Remark{note}) {
		t.Errorf("a note: %+v", noted)
	}
	if b := opsgenie(t, "PUT /v2/alerts/disk/message?identifierType=alias", `{"message":"new"}`); len(b.Alerts)+len(b.Remarks) != 0 {
		t.Errorf("new words change the alert: %+v", b)
	}
}

func TestOpsgenieSample(t *testing.T) {
	a := opsgenie(t, "POST /v2/alerts", string(sample(t, "samples/opsgenie/create-alert.request.json"))).Alerts[0]
	if a.Title != "checkout: 5xx ratio above 5%" || a.Labels["service"] != "checkout" || a.Labels["priority"] != "P1" {
		t.Errorf("got %+v", a)
	}
}

func TestOpsgenie(t *testing.T) {
	alias := strings.Repeat("é", 512)
	sourcetest.Run(t, source.Opsgenie{}, sourcetest.Cases{
		Good: map[string][]byte{
			"create":           asked("POST /v2/alerts", opsgenieAlert),
			"without an alias": asked("POST /v2/alerts", `{"message":"`+strings.Repeat("é", 130)+`"}`),
			"close":            asked("POST /v2/alerts/"+url.PathEscape(alias)+"/close?identifierType=alias", `{"note":"over"}`),
			"acknowledge":      asked("POST /v2/alerts/a/acknowledge", ``),
			"note":             asked("POST /v2/alerts/a/notes?identifierType=id", `{"note":"x"}`),
			"description":      asked("PUT /v2/alerts/a/description?identifierType=alias", `{"description":"x"}`),
		},
		Bad: map[string][]byte{
			"no address":           []byte(opsgenieAlert),
			"another address":      asked("POST /v2/enqueue", opsgenieAlert),
			"not JSON":             asked("POST /v2/alerts", `alert!`),
			"nothing":              asked("POST /v2/alerts", ``),
			"no message":           asked("POST /v2/alerts", `{"alias":"a"}`),
			"message too long":     asked("POST /v2/alerts", `{"message":"`+strings.Repeat("x", 131)+`"}`),
			"alias too long":       asked("POST /v2/alerts", `{"message":"x","alias":"`+strings.Repeat("x", 513)+`"}`),
			"unknown priority":     asked("POST /v2/alerts", `{"message":"x","priority":"high"}`),
			"no note":              asked("POST /v2/alerts/a/notes", `{}`),
			"unknown action":       asked("POST /v2/alerts/a/snooze", `{}`),
			"another method":       asked("PUT /v2/alerts/a/close", `{}`),
			"by its little number": asked("POST /v2/alerts/7/close?identifierType=tiny", `{}`),
			"no identifier":        asked("POST /v2/alerts//close", `{}`),
			"a broken identifier":  asked("POST /v2/alerts/%zz/close", `{}`),
		},
	})
}

func FuzzOpsgenie(f *testing.F) {
	f.Add("POST /v2/alerts", opsgenieAlert)
	f.Add("POST /v2/alerts/a%20b/close?identifierType=alias", `{"note":"x"}`)
	f.Add("POST /v2/alerts/a/acknowledge", ``)
	f.Fuzz(func(t *testing.T, line, body string) {
		batch, err := source.Opsgenie{}.Parse(sourcetest.Signal(asked(line, body)))
		if err != nil {
			if !errors.Is(err, source.ErrMalformed) {
				t.Fatalf("untyped error %v", err)
			}
			return
		}
		sourcetest.Check(t, batch)
	})
}
