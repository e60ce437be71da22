package source_test

import (
	"errors"
	"maps"
	"strings"
	"testing"
	"time"

	"github.com/bridgelog/bridgelog/pkg/change"
	"github.com/bridgelog/bridgelog/services/intake/internal/source"
	"github.com/bridgelog/bridgelog/services/intake/internal/source/sourcetest"
)

const (
	sentAlert = `{"alerts":[{"fingerprint":"disk-1","state":"SENT_ALERT_STATE_FIRING","title":"The disk is full","description":"97 %",` +
		`"started_time":"2026-11-23T15:00:00Z","url":"https://a.example/1","runbook_url":"https://a.example/2",` +
		`"labels":{"service":"checkout"},"annotations":{"dashboard":"https://a.example/3"}}]}`
	sentEnd    = `{"alerts":[{"fingerprint":"disk-1","state":"SENT_ALERT_STATE_RESOLVED","title":"The disk is full","endedTime":"2026-11-23T15:10:00Z"}]}`
	sentChange = `{"changes":[{"key":"42","title":"checkout 1.4","kind":"CHANGE_KIND_DEPLOYMENT","outcome":"CHANGE_OUTCOME_SUCCEEDED",` +
		`"service":"checkout","version":"1.4","ended_time":"2026-11-23T15:20:00Z","labels":{"commit":"abc"}}]}`
	sentBoth = `{"alerts":[{"fingerprint":"a","state":"SENT_ALERT_STATE_FIRING","title":"A"},{"fingerprint":"b","state":"SENT_ALERT_STATE_RESOLVED"}],` +
		`"changes":[{"key":"1","outcome":"CHANGE_OUTCOME_STARTED","endedTime":"9999-12-31T23:59:59Z"}],"later":1}`
)

func TestAPI(t *testing.T) {
	sourcetest.Run(t, source.API{}, all([]string{sentAlert, sentEnd, sentChange, sentBoth}, []string{
		`{}`, `{"alerts":[]}`, `{"alerts":[{"fingerprint":"a","title":"A"}]}`, `{"alerts":[{"state":"SENT_ALERT_STATE_FIRING","title":"A"}]}`,
		`{"alerts":[{"fingerprint":"a","state":9,"title":"A"}]}`, `{"changes":[{"key":"1"}]}`, `{"changes":[{"outcome":"CHANGE_OUTCOME_FAILED"}]}`,
		`{"changes":[{"key":"1","outcome":77}]}`, `{"alerts":[{"started_time":"soon"}]}`,
		`{"alerts":[` + strings.Repeat(`{"fingerprint":"a","state":1},`, 1000) + `{"fingerprint":"a","state":1}]}`,
	}))
}

func TestAPITellsOfAnAlert(t *testing.T) {
	got := testTold(t, source.API{}, sentAlert, &told{"disk-1", true, "The disk is full", map[string]string{"service": "checkout"}})
	if !got.StartsAt.Equal(time.Date(2026, 11, 23, 15, 0, 0, 0, time.UTC)) || got.Description != "97 %" || got.RunbookURL != "https://a.example/2" ||
		got.URL != "https://a.example/1" || got.Annotations["dashboard"] != "https://a.example/3" || got.Annotations["runbook_url"] != "https://a.example/2" {
		t.Errorf("got %+v", got)
	}
	end := testTold(t, source.API{}, sentEnd, &told{"disk-1", false, "The disk is full", nil})
	if !end.EndsAt.After(end.StartsAt) && !end.EndsAt.Equal(end.StartsAt) {
		t.Errorf("ends at %v, began at %v", end.EndsAt, end.StartsAt)
	}
}

func TestAPITellsOfAChange(t *testing.T) {
	batch, err := source.API{}.Parse(sourcetest.Signal([]byte(sentChange)))
	if err != nil || len(batch.Changes) != 1 || len(batch.Alerts) != 0 {
		t.Fatalf("got %+v, %v", batch, err)
	}
	got := batch.Changes[0]
	if got.Key != "tester/42" || got.Kind != change.Deployment || got.Outcome != change.Succeeded || got.Version != "1.4" || got.Labels["commit"] != "abc" ||
		!got.EndedAt.Equal(time.Date(2026, 11, 23, 15, 20, 0, 0, time.UTC)) {
		t.Errorf("got %+v", got)
	}
	if batch, err = (source.API{}).Parse(sourcetest.Signal([]byte(sentBoth))); err != nil || !batch.Changes[0].EndedAt.IsZero() || batch.Changes[0].Kind != change.Other {
		t.Errorf("a time that cannot be believed: %+v, %v", batch.Changes, err)
	}
}

// TestWhatComesTogetherIsNoGroup: of one call those belong together that have the same
// labels, in whatever order and call they come.
func TestWhatComesTogetherIsNoGroup(t *testing.T) {
	alert := func(fingerprint, labels string) string {
		return `{"fingerprint":"` + fingerprint + `","state":1,"title":"T","labels":{` + labels + `}}`
	}
	groups := func(alerts ...string) map[string]string {
		batch, err := source.API{}.Parse(sourcetest.Signal([]byte(`{"alerts":[` + strings.Join(alerts, ",") + `]}`)))
		if err != nil || len(batch.Alerts) != len(alerts) {
			t.Fatalf("got %+v, %v", batch, err)
		}
		of := map[string]string{}
		for _, a := range batch.Alerts {
			of[a.Fingerprint] = a.GroupKey
		}
		return of
	}
	a, b, c, d, e := alert("a", `"service":"checkout"`), alert("b", `"service":"search"`), alert("c", `"service":"checkout"`), alert("d", ""), alert("e", "")
	got, turned := groups(a, b, c, d, e), groups(e, d, c, b, a)
	if !maps.Equal(got, turned) {
		t.Errorf("the order counts: %v and %v", got, turned)
	}
	if got["tester/a"] != got["tester/c"] || got["tester/a"] == got["tester/b"] || got["tester/d"] == got["tester/e"] || got["tester/d"] == "" {
		t.Errorf("groups %v", got)
	}
}

func TestAPINamesWhatIsWrong(t *testing.T) {
	const twice = `{"changes":[{"key":"1","outcome":"CHANGE_OUTCOME_STARTED"},{"key":"1","outcome":"CHANGE_OUTCOME_FAILED"}]}`
	for body, want := range map[string]string{
		twice:                                  "changes[1].key is there twice",
		`{"alerts":[{"fingerprint":"a"}]}`:     "alerts[0].state",
		`{"changes":[{"key":"1"}]}`:            "changes[0].outcome",
		`{"alerts":[{"state":1,"title":"A"}]}`: "alerts[0].fingerprint",
	} {
		if _, err := (source.API{}).Parse(sourcetest.Signal([]byte(body))); !errors.Is(err, source.ErrMalformed) || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v, want %q", body, err, want)
		}
	}
}

func FuzzAPI(f *testing.F) { fuzz(f, source.API{}, sentAlert, sentEnd, sentChange, sentBoth) }
