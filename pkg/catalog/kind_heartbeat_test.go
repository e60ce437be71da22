package catalog_test

import (
	"testing"
	"time"

	"github.com/bridgelog/bridgelog/pkg/catalog"
)

func TestWhatHeartbeatsRefuse(t *testing.T) {
	for name, c := range map[string]struct{ spec, where, why string }{
		"no interval":      {"{}", "heartbeat/h: spec.interval", "invalid_field"},
		"all the time":     {"{interval: 0.5s}", "heartbeat/h: spec.interval", "out_of_bounds"},
		"hardly ever":      {"{interval: 8785h}", "heartbeat/h: spec.interval", "out_of_bounds"},
		"grace before":     {"{interval: 1m, grace: -1s}", "heartbeat/h: spec.grace", "out_of_bounds"},
		"no such service":  {"{interval: 1m, service: search}", "heartbeat/h: spec.service", "unknown_reference"},
		"a label of ours":  {"{interval: 1m, labels: {heartbeat: x}}", `heartbeat/h: spec.labels["heartbeat"]`, "reserved"},
		"a second service": {"{interval: 1m, labels: {service: x}}", `heartbeat/h: spec.labels["service"]`, "reserved"},
	} {
		t.Run(name, func(t *testing.T) {
			b := newBench(t)
			_, err := catalog.Plan(b.given(checkout), b.parse("{kind: Heartbeat, name: h, spec: "+c.spec+"}"), b.options)
			violations, ok := err.(catalog.Violations) //nolint:errorlint // documented to be this type
			if !ok || len(violations) != 1 || violations[0].Resource+": "+violations[0].Field != c.where || violations[0].Reason != c.why {
				t.Fatalf("got %v, want %s: %s", err, c.where, c.why)
			}
		})
	}
}

func TestWhatAHeartbeatExpects(t *testing.T) {
	b := newBench(t)
	state := b.given(checkout + "\n---\n{kind: Heartbeat, name: nightly, spec: {interval: 24h, grace: 2h, service: checkout}}\n---\n{kind: Heartbeat, name: short, spec: {interval: 10s}}\n---\n{kind: Heartbeat, name: strict, spec: {interval: 10s, grace: 0s, disabled: true}}")
	for name, want := range map[string][2]time.Duration{"nightly": {24 * time.Hour, 2 * time.Hour}, "short": {10 * time.Second, time.Minute}, "strict": {10 * time.Second, 0}} {
		r, ok := state.Get("heartbeat", name)
		if !ok {
			t.Fatalf("no heartbeat %s", name)
		}
		e := catalog.Heartbeat(r)
		if e.Interval != want[0] || e.Grace != want[1] || e.Disabled != (name == "strict") || !e.Changed.Equal(r.UpdatedAt) {
			t.Errorf("%s: %+v", name, e)
		}
	}
}
