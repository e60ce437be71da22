package catalog_test

import (
	"strings"
	"testing"

	"github.com/bridgelog/bridgelog/pkg/catalog"
)

const fromNoon = "begin_time: '2026-01-02T12:00:00Z', end_time: '2026-01-02T13:00:00Z'"

func TestWhatSilencesRefuse(t *testing.T) {
	silence := func(spec string) string { return "{kind: Silence, name: s, spec: {" + spec + "}}" }
	work := func(spec string) string { return "{kind: Maintenance, name: m, spec: {" + spec + "}}" }
	route := func(spec string) string { return "{kind: Route, name: r, spec: {flapping: {" + spec + "}}}" }
	for name, c := range map[string]struct{ when, where, why string }{
		"everything":      {silence(fromNoon), "silence/s: spec.match", "matches_everything"},
		"a door":          {silence("source: grafana, " + fromNoon), "silence/s: spec.match", "matches_everything"},
		"no matcher":      {silence("match: [severity], " + fromNoon), "silence/s: spec.match[0]", "not_a_matcher"},
		"no expression":   {silence("match: [a=b, 'a=~('], " + fromNoon), "silence/s: spec.match[1]", "not_a_matcher"},
		"no end":          {silence("match: [a=b], begin_time: '2026-01-02T12:00:00Z'"), "silence/s: spec.end_time", "invalid_field"},
		"no begin":        {silence("match: [a=b], end_time: '2026-01-02T12:00:00Z'"), "silence/s: spec.begin_time", "invalid_field"},
		"end before":      {silence("match: [a=b], begin_time: '2026-01-02T12:00:00Z', end_time: '2026-01-02T11:00:00Z'"), "silence/s: spec.end_time", "before_begin"},
		"for ever":        {silence("match: [a=b], begin_time: '2026-01-02T12:00:00Z', end_time: '2027-01-02T11:00:00Z'"), "silence/s: spec.end_time", "too_long"},
		"a key of a door": {silence("fingerprint: f, " + fromNoon), "silence/s: spec.source", "required"},
		"no such door":    {silence("match: [a=b], source: grafanna, " + fromNoon), "silence/s: spec.source", "unknown_source"},
		"no door at all":  {"{kind: Route, name: r, spec: {source: nagios}}", "route/r: spec.source", "unknown_source"},
		"nobody's door":   {"{kind: Sender, name: s, spec: {source: heartbeat}}", "sender/s: spec.source", "unknown_source"},
		"a service":       {silence("service: search, " + fromNoon), "silence/s: spec.service", "unknown_reference"},
		"work on nothing": {work(fromNoon), "maintenance/m: spec.services", "invalid_field"},
		"work on what":    {work("services: [checkout, search], " + fromNoon), "maintenance/m: spec.services[1]", "unknown_reference"},
		"work for ever":   {work("services: [checkout], begin_time: '2026-01-02T12:00:00Z', end_time: '2027-01-02T11:00:00Z'"), "maintenance/m: spec.end_time", "too_long"},
		"flapping daily":  {route("window: 86401s"), "route/r: spec.flapping.window", "out_of_bounds"},
		"flapping never":  {route("window: 0s"), "route/r: spec.flapping.window", "out_of_bounds"},
		"flapping often":  {route("episodes: 51"), "route/r: spec.flapping.episodes", "invalid_field"},
		"flapping and no": {route("episodes: 5, off: true"), "route/r: spec.flapping.off", "not_both"},
	} {
		t.Run(name, func(t *testing.T) {
			b := newBench(t)
			_, err := catalog.Plan(b.given(checkout), b.parse(c.when), b.options)
			violations, ok := err.(catalog.Violations) //nolint:errorlint // documented to be this type
			if !ok || len(violations) == 0 {
				t.Fatalf("got %v, want %s", err, c.why)
			}
			if v := violations[0]; v.Where() != c.where || v.Reason != c.why || v.Message == "" {
				t.Errorf("got %q %s (%s), want %q %s", v.Where(), v.Reason, v.Message, c.where, c.why)
			}
		})
	}
}

// TestASilenceKeepsNoServiceFromBeingDeleted: it is over one day, and stays to be read.
func TestASilenceKeepsNoServiceFromBeingDeleted(t *testing.T) {
	b := newBench(t)
	state := b.given(checkout + "{kind: Silence, name: s, spec: {service: checkout, reason: known, " + fromNoon + "}}\n---\n" +
		"{kind: Maintenance, name: m, spec: {services: [checkout], " + fromNoon + "}}")
	if all := state.Silences(); len(all) != 2 || all[0].Name != "m" || all[1].Services[0] != "checkout" {
		t.Errorf("silences %+v", all)
	}
	o := b.options
	o.Delete = []string{"service/checkout"}
	changes, err := catalog.Plan(state, nil, o)
	if err != nil || len(changes) != 1 {
		t.Fatalf("planned %v, %v", changes, err)
	}
	// Without its service it can still be ended, and be moved to no other that there is not.
	state = b.apply(changes)
	ended := "{kind: Silence, name: s, spec: {service: checkout, reason: known, begin_time: '2026-01-02T12:00:00Z', end_time: '2026-01-02T12:30:00Z'}}"
	if changes, err = catalog.Plan(state, b.parse(ended), b.options); err != nil || len(changes) != 1 {
		t.Errorf("planned %v, %v", changes, err)
	}
	other := strings.Replace(ended, "checkout", "search", 1)
	if changes, err = catalog.Plan(state, b.parse(other), b.options); err == nil {
		t.Errorf("planned %v", changes)
	}
}

func TestWhatSomebodyCallsAService(t *testing.T) {
	b := newBench(t)
	state := b.given("{kind: Service, name: checkout, spec: {display_name: The Checkout}}")
	for called, want := range map[string]string{"checkout": "checkout", "Checkout": "checkout", "the checkout": "checkout", "db": "db", "": ""} {
		if got := state.ServiceCalled(called); got != want {
			t.Errorf("%q: got %q, want %q", called, got, want)
		}
	}
}
