package source_test

import (
	"strings"
	"testing"

	"github.com/bridgelog/bridgelog/services/intake/internal/source"
	"github.com/bridgelog/bridgelog/services/intake/internal/source/sourcetest"
)

const (
	sentryIssue  = `{"action":"created","data":{"issue":{"id":"1","shortId":"W-1","title":"Boom","culprit":"f()","level":"error","project":{"slug":"web"},"firstSeen":"2025-11-22T10:00:00.5Z","permalink":"https://s.example/1"}}}`
	sentryEvent  = `{"action":"triggered","data":{"event":{"issue_id":1,"title":"Boom","level":"fatal","environment":"prod","datetime":"2025-11-22T10:00:00Z","web_url":"https://s.example/e"},"triggered_rule":"Too many"}}`
	sentryError  = `{"action":"created","data":{"error":{"issue_id":"1","title":"Boom"}}}`
	sentryMetric = `{"action":"critical","data":{"metric_alert":{"id":"9","title":"t","date_started":"2025-11-22T10:00:00Z","alert_rule":{"name":"Errors"}},"description_title":"Critical: Errors","description_text":"5 events","web_url":"https://s.example/m"}}`
)

func TestSentry(t *testing.T) {
	sourcetest.Run(t, source.Sentry{}, all(
		[]string{sentryIssue, sentryEvent, sentryError, sentryMetric, strings.Replace(sentryMetric, "critical", "resolved", 1), `{"action":"created","data":{"installation":{}}}`},
		[]string{`{}`, `{"action":"created","data":{"issue":{}}}`, `{"action":"triggered","data":{"event":{}}}`, `{"action":"critical","data":{"metric_alert":{}}}`},
	))
	a := testTold(t, source.Sentry{}, sentryIssue, &told{"issue/1", true, "Boom", map[string]string{"severity": "error", "project": "web", "resource": "issue", "alertname": "W-1"}})
	if a.StartsAt.Format("15:04:05.0") != "10:00:00.5" || a.URL != "https://s.example/1" {
		t.Errorf("got %+v", a)
	}
	testTold(t, source.Sentry{}, sentryEvent, &told{"issue/1", true, "Boom", map[string]string{"severity": "fatal", "environment": "prod", "alertname": "Too many"}})
	testTold(t, source.Sentry{}, sentryError, &told{"issue/1", true, "Boom", nil})
	testTold(t, source.Sentry{}, sentryMetric, &told{"metric/9", true, "Critical: Errors", map[string]string{"severity": "critical", "alertname": "Errors"}})
}

func TestSentryActions(t *testing.T) {
	with := func(body, action string) string {
		_, rest, _ := strings.Cut(body, ",")
		return `{"action":"` + action + `",` + rest
	}
	for action, firing := range map[string]bool{"created": true, "unresolved": true, "resolved": false, "archived": false, "ignored": false} {
		testTold(t, source.Sentry{}, with(sentryIssue, action), &told{"issue/1", firing, "Boom", nil})
	}
	for action, firing := range map[string]bool{"critical": true, "warning": true, "resolved": false} {
		testTold(t, source.Sentry{}, with(sentryMetric, action), &told{"metric/9", firing, "Critical: Errors", nil})
	}
	testTold(t, source.Sentry{}, with(sentryIssue, "assigned"), nil)
	testTold(t, source.Sentry{}, with(sentryMetric, "another"), nil)
	// An issue that comes back is another episode, which does not begin when the first did.
	if a := testTold(t, source.Sentry{}, with(sentryIssue, "unresolved"), &told{"issue/1", true, "Boom", nil}); !a.StartsAt.Equal(arrived()) {
		t.Errorf("begins at %v", a.StartsAt)
	}
}

func FuzzSentry(f *testing.F) {
	fuzz(f, source.Sentry{}, sentryIssue, sentryEvent, sentryError, sentryMetric)
}
