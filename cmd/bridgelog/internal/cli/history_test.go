package cli_test

import (
	"strings"
	"testing"
	"time"
)

func TestTheHistoryOfAResourceIsShown(t *testing.T) {
	s := newShell(t).on(start(t))
	s.in = "{kind: Service, name: checkout, spec: {tier: 1}}"
	s.ok("apply", "-f", "-")
	time := s.json("history", "service", "checkout")["versions"].([]any)[0].(map[string]any)["recorded_time"].(string)
	s.in = "{kind: Service, name: checkout, spec: {tier: 2}}"
	s.ok("apply", "-f", "-")
	if r := s.ok("get", "service", "checkout", "--known-at", time); !strings.Contains(r.out, "as known at") || !strings.Contains(r.out, "tier  1") {
		t.Errorf("then:\n%s", r.out)
	}
	if v := s.json("get", "service", "--as-known-at", time)["resources"].([]any); len(v) != 1 {
		t.Errorf("all then: %v", v)
	}
	s.ok("delete", "service", "checkout", "--yes")
	r := s.ok("history", "services", "checkout")
	for _, want := range []string{"created by root", "tier: 1 → 2", "deleted by root"} {
		if !strings.Contains(r.out, want) {
			t.Errorf("%q is missing in\n%s", want, r.out)
		}
	}
	s.fails(3, "there is no service \"search\"", "history", "service", "search")
	s.fails(2, "lies in the future", "get", "service", "--known-at", "2999-01-01T00:00:00Z")
	s.fails(2, "something is missing", "history", "service")
}

func TestAPersonIsErasedFromTheShell(t *testing.T) {
	s := newShell(t).on(startWhole(t))
	s.in = "{kind: Person, name: qoph7, spec: {display_name: Qoph Doe, role: responder}}\n---\n{kind: Team, name: ops, spec: {members: [qoph7]}}"
	s.ok("apply", "-f", "-")
	before := time.Now()
	s.ok("declare", "Checkout returns 502", "-s", "1", "--detach")
	s.ok("role", "1", "scribe", "qoph7")
	if r := s.ok("show", "1"); !strings.Contains(r.out, "Qoph Doe") {
		t.Errorf("before:\n%s", r.out)
	}
	s.fails(2, "--erase is for people", "delete", "team", "ops", "--erase")
	if r := s.run("delete", "person", "qoph7", "--erase"); r.code != 2 || !strings.Contains(r.err, "would erase what 2 past changes said, for good") ||
		!strings.Contains(r.err, "would delete person/qoph7") {
		t.Errorf("unasked: %d %s", r.code, r.err)
	}
	v := s.json("delete", "person", "qoph7", "--erase", "--yes")
	if v["erased"] != 2.0 || len(v["changes"].([]any)) != 2 || len(v["warnings"].([]any)) != 1 {
		t.Errorf("erased: %v", v)
	}
	for _, args := range [][]string{
		{"show", "1"},
		{"timeline", "1"},
		{"postmortem", "1"},
		{"get", "all"},
		{"show", "1", "--known-at", before.UTC().Add(time.Hour).Format(time.RFC3339)},
		{"get", "all", "--known-at", before.UTC().Format(time.RFC3339Nano)},
		{"history", "team", "ops"},
	} {
		if args[len(args)-2] == "--known-at" && args[0] == "show" {
			s.now = before.Add(2 * time.Hour)
		}
		if r := s.ok(args...); strings.Contains(r.out, "Qoph") || strings.Contains(r.out, "qoph7") {
			t.Errorf("%v still names her:\n%s", args, r.out)
		}
		s.now = time.Time{}
	}
	if r := s.ok("timeline", "1"); !strings.Contains(r.out, "former member") {
		t.Errorf("the timeline:\n%s", r.out)
	}
	s.fails(3, "there is no person \"qoph7\"", "delete", "person", "qoph7", "--erase")
}
