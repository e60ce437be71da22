package source_test

import (
	"strings"
	"testing"
	"time"

	"github.com/bridgelog/bridgelog/services/intake/internal/source"
	"github.com/bridgelog/bridgelog/services/intake/internal/source/sourcetest"
)

const (
	datadogTriggered = `{"id":"1","alert_cycle_key":"c1","alert_id":"12","alert_transition":"Triggered","alert_type":"error","alert_title":"[P1] Load high","title":"[Triggered on {host:a}] Load high","body":"it is","alert_priority":"P1","hostname":"a","tags":"monitor,env:prod,service:checkout,service:other,priority:x","link":"https://dd.example/1","date":"1763912000000","org":{"id":"7","name":"Example"}}`
	datadogDefault   = `{"body":"b","last_updated":"1","event_type":"query_alert_monitor","title":"[Triggered on {host:a}] Load high","date":"1763912000000","org":{"id":"7","name":"Example"},"id":"1"}`
)

func TestDatadog(t *testing.T) {
	sourcetest.Run(t, source.Datadog{}, all(
		[]string{datadogTriggered, datadogDefault, strings.Replace(datadogTriggered, "Triggered", "Recovered", 1), `{"title":"x"}`, `{"title":5,"alert_type":"error","date":null}`},
		[]string{`{}`, `{"title":"$EVENT_TITLE"}`, `{"title":"x","alert_cycle_key":"$ALERT_CYCLE_KEY"}`},
	))
	a := testTold(t, source.Datadog{}, datadogTriggered, &told{"7/c1", true, "[P1] Load high", map[string]string{
		"env": "prod", "service": "checkout", "monitor": "12", "priority": "P1", "severity": "error", "transition": "Triggered", "host": "a",
	}})
	if !a.StartsAt.Equal(time.UnixMilli(1763912000000)) || a.URL != "https://dd.example/1" || a.Description != "it is" {
		t.Errorf("got %+v", a)
	}
}

func TestDatadogTransitions(t *testing.T) {
	for transition, firing := range map[string]bool{
		"Triggered": true, "Re-Triggered": true, "Warn": true, "Re-Warn": true, "No Data": true, "Re-No Data": true, "Renotify": true, "Recovered": false,
	} {
		testTold(t, source.Datadog{}, strings.Replace(datadogTriggered, `"Triggered"`, `"`+transition+`"`, 1),
			&told{"7/c1", firing, "[P1] Load high", map[string]string{"transition": transition}})
	}
	// Where the transition is not said, the title or the kind of the alert say it.
	plain := strings.ReplaceAll(datadogDefault, "Load high", "Load")
	testTold(t, source.Datadog{}, plain, &told{"7/title:Load", true, "Load", map[string]string{"transition": "Triggered"}})
	testTold(t, source.Datadog{}, strings.Replace(plain, "Triggered", "Recovered", 1), &told{"7/title:Load", false, "Load", nil})
	testTold(t, source.Datadog{}, `{"title":"x","alert_type":"success","aggreg_key":"k"}`, &told{"/k", false, "x", nil})
	testTold(t, source.Datadog{}, `{"title":"a deploy","alert_type":"info"}`, nil)
}

func FuzzDatadog(f *testing.F) { fuzz(f, source.Datadog{}, datadogTriggered, datadogDefault) }
