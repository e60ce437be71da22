package cli_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// TestLookingBack reads an incident in every way.
func TestLookingBack(t *testing.T) {
	s := newShell(t).on(startWhole(t))
	if r := s.ok("declare", "Checkout returns 502", "-s", "1"); !strings.Contains(r.out, "INC-1 declared · Checkout returns 502 · SEV-1 investigating") {
		t.Errorf("declare says %q", r.out)
	}
	s.ok("update", "1", "Checking the pool", "--occurred-at", "-2m")
	s.ok("note", "1", "It is full.", "--label", "hypothesis", "--pin")
	s.ok("take", "1", "commander")
	s.ok("impact", "set", "1", "api=partial_outage")
	s.ok("declare", "Practice", "--drill")

	v := s.json("show", "1")
	if v["name"] != "INC-1" || v["severity"] != "SEV-1" || v["title"] != "Checkout returns 502" || v["drill"] != false {
		t.Errorf("show %v", v)
	}
	if r := s.ok("show", "1", "-o", "md"); !strings.Contains(r.out, "**Checkout returns 502**") {
		t.Errorf("show as Markdown:\n%s", r.out)
	}
	if r := s.ok("timeline", "1"); !strings.Contains(r.out, "Checking the pool") || !strings.Contains(r.out, "Hypothesis [pinned]") ||
		!strings.Contains(r.out, "(written down 2m later)") {
		t.Errorf("timeline:\n%s", r.out)
	}
	if entries := s.json("timeline", "1", "--pinned")["entries"].([]any); len(entries) != 1 {
		t.Errorf("%d pinned entries", len(entries))
	}
	if r := s.ok("list"); !strings.Contains(r.out, "INC-1") || strings.Contains(r.out, "Practice") {
		t.Errorf("list:\n%s", r.out)
	}
	if r := s.ok("list", "--drills", "--open"); !strings.Contains(r.out, "[DRILL] Practice") {
		t.Errorf("list with drills:\n%s", r.out)
	}
	if found := s.json("list", "--severity", "SEV-3")["incidents"].([]any); len(found) != 0 {
		t.Errorf("SEV-3: %v", found)
	}
	if r := s.ok("ack", "2"); !strings.Contains(r.out, "[DRILL]") {
		t.Errorf("a write to a drill is not marked: %s", r.out)
	}
	if r := s.ok("postmortem", "1"); !strings.Contains(r.out, "Checkout returns 502") {
		t.Errorf("post-mortem:\n%s", r.out)
	}
	if r := s.ok("postmortem", "1", "-o", "html"); !strings.Contains(r.out, "<h1") {
		t.Errorf("post-mortem as HTML:\n%s", r.out)
	}
	s.ok("replay", "1")
	s.fails(3, "", "show", "99")
}

// TestKeptDeclarationIsReadAtOnce sends a kept declaration with the very command
// that looks for it.
func TestKeptDeclarationIsReadAtOnce(t *testing.T) {
	s := newShell(t)
	s.fails(5, "kept on disk", "declare", "Night")
	s.on(startWhole(t))
	if r := s.ok("list"); !strings.Contains(r.out, "Night") || !strings.Contains(r.err, "INC-1 Night") {
		t.Errorf("list:\n%s%s", r.out, r.err)
	}
}

func TestAsKnownAt(t *testing.T) {
	s := newShell(t).on(startWhole(t))
	s.ok("declare", "Slow", "-s", "3")
	between := time.Now().UTC().Format(time.RFC3339Nano)
	s.ok("severity", "1", "SEV-1")
	if v := s.json("show", "1", "--known-at", between); v["severity"] != "SEV-3" {
		t.Errorf("as known before the change: %v", v["severity"])
	}
	if v := s.json("show", "1", "--as-known-at", between); v["severity"] != "SEV-3" {
		t.Errorf("by the alias: %v", v["severity"])
	}
	if v := s.json("show", "1"); v["severity"] != "SEV-1" {
		t.Errorf("now: %v", v["severity"])
	}
	if r := s.ok("timeline", "1", "--known-at", between); !strings.HasPrefix(r.out, "as known at ") {
		t.Errorf("the past is not marked:\n%s", r.out)
	}
}

func TestWatch(t *testing.T) {
	s := newShell(t).on(startWhole(t))
	s.ok("declare", "Slow")
	s.ok("ack", "1")
	r := s.ok("watch", "1", "--from-start", "--count", "2", "-o", "json")
	lines := strings.Split(strings.TrimSpace(r.out), "\n")
	if len(lines) != 2 || !strings.Contains(lines[1], `"incident.acknowledged"`) {
		t.Fatalf("watch:\n%s", r.out)
	}
	position, ok := s.decode(lines[0])["position"].(string)
	if !ok || position == "" {
		t.Fatalf("no position: %s", lines[0])
	}
	if r = s.ok("watch", "--position", position, "--count", "1", "-o", "json"); !strings.Contains(r.out, `"incident.acknowledged"`) {
		t.Errorf("resumed: %s", r.out)
	}
}

// TestDeclareStaysAttached declares on a terminal: what happens is shown until
// the person detaches.
func TestDeclareStaysAttached(t *testing.T) {
	sys := startWhole(t)
	s, other := newShell(t).on(sys), newShell(t).on(sys)
	s.terminal, s.until, s.env["NO_COLOR"] = true, "Somebody is there", "1"
	done := make(chan result, 1)
	go func() { done <- s.run("declare", "Slow") }()
	deadline := time.After(20 * time.Second)
	for other.run("update", "1", "Somebody is there").code != 0 {
		select {
		case <-deadline:
			t.Fatal("the incident does not appear")
		case <-time.After(20 * time.Millisecond):
		}
	}
	r := <-done
	if r.code != 0 || !strings.Contains(r.out, "INC-1 declared") || !strings.Contains(r.err, "detached") {
		t.Errorf("exit %d:\n%s\n%s", r.code, r.out, r.err)
	}
}

func TestExportAndVerify(t *testing.T) {
	s := newShell(t).on(startWhole(t))
	s.ok("declare", "Slow", "-s", "2")
	s.ok("note", "1", "password hunter2")
	s.ok("redact", "1", "2", "--code", "secret", "--yes")
	s.ok("declare", "Other")
	if r := s.ok("verify"); !strings.HasPrefix(r.out, "verified:") {
		t.Errorf("live log: %s", r.out)
	}
	if v := s.json("verify", "1"); v["ok"] != true || v["redacted"] != 1.0 {
		t.Errorf("one incident: %v", v)
	}
	file := filepath.Join(t.TempDir(), "log.jsonl")
	s.ok("export", "--all", "--file", file)
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(string(data), "hunter2") {
		t.Error("the redacted text is in the export")
	}
	elsewhere := newShell(t) // offline, another account
	v := elsewhere.json("verify", file)
	if v["ok"] != true || v["events"].(float64) < 4 {
		t.Errorf("export: %v", v)
	}
	key, ok := v["public_key"].(string)
	if !ok {
		t.Fatalf("no key: %v", v)
	}
	elsewhere.ok("verify", file, "--key", key)
	if one := s.ok("export", "1"); strings.Contains(one.out, `"Other"`) {
		t.Error("the export of one incident holds another")
	} else {
		elsewhere.in = one.out
		elsewhere.ok("verify", "-")
	}
	if err := os.WriteFile(file, []byte(strings.Replace(string(data), "Slow", "Fast", 1)), 0o600); err != nil {
		t.Fatal(err)
	}
	if r := elsewhere.run("verify", file); r.code != 6 || !strings.Contains(r.out, "NOT VERIFIED") {
		t.Errorf("changed: exit %d: %s", r.code, r.out)
	}
	if r := elsewhere.run("verify", file, "-o", "json"); r.code != 6 || elsewhere.decode(r.out)["ok"] != false {
		t.Errorf("changed, for scripts: exit %d: %s", r.code, r.out)
	}
}

func TestRebuild(t *testing.T) {
	s := newShell(t).on(startWhole(t))
	s.in = histories(20)
	s.ok("import", "statuspage", "-")
	if v := s.json("rebuild", "timeline"); v["swung"] != true || v["phase"] != "done" {
		t.Errorf("rebuild: %v", v)
	}
	if found := s.json("list", "--all")["incidents"].([]any); len(found) != 20 {
		t.Errorf("%d incidents afterwards", len(found))
	}
}

func TestCompletion(t *testing.T) {
	s := newShell(t).on(startWhole(t))
	s.ok("declare", "Slow")
	s.ok("show", "1") // the read side has it
	if r := s.ok("__complete", "ack", ""); !strings.Contains(r.out, "INC-1\tinvestigating") && !strings.Contains(r.out, "INC-1\ttriage") {
		t.Errorf("incidents: %q", r.out)
	}
	if r := s.ok("__complete", "severity", "1", ""); !strings.Contains(r.out, "SEV-2") {
		t.Errorf("severities: %q", r.out)
	}
	if r := s.ok("__complete", "role", "1", "commander", ""); !strings.Contains(r.out, "me\n") || strings.Contains(r.out, "scribe") {
		t.Errorf("people: %s", r.out)
	}
	for flag, want := range map[string]string{
		"publish 1 --status": "monitoring", "merge 2 --into": "INC-1", "redact 1 5 --code": "secret", "list --severity": "SEV-2",
	} {
		if r := s.ok(append(append([]string{"__complete"}, strings.Fields(flag)...), "")...); !strings.Contains(r.out, want) {
			t.Errorf("%s: %q", flag, r.out)
		}
	}
	if r := newShell(t).ok("__complete", "ack", ""); strings.Contains(r.out, "INC") {
		t.Errorf("without a system: %q", r.out)
	}
}

func TestPublishProposesImpact(t *testing.T) {
	s := newShell(t).on(startWhole(t))
	s.ok("declare", "Slow")
	s.ok("impact", "set", "1", "api=major_outage")
	s.ok("show", "1")
	s.terminal, s.in = true, "y\n"
	r := s.ok("publish", "1", "--status", "investigating", "--message", "We look.", "--next-update", "30m")
	if !strings.Contains(r.err, "api major outage") || !strings.Contains(r.err, "Publish this?") {
		t.Errorf("preview:\n%s", r.err)
	}
	s.terminal = false
	updates := s.json("show", "1")["public_updates"].([]any)
	id, ok := updates[0].(map[string]any)["id"].(string)
	if len(updates) != 1 || !ok {
		t.Fatalf("updates %v", updates)
	}
	if r := s.ok("publish", "1", "--retract", id, "--yes"); !strings.Contains(r.out, "retracted") {
		t.Errorf("retract: %s", r.out)
	}
}

func TestUseOfNothing(t *testing.T) {
	s := newShell(t).on(startWhole(t))
	s.ok("declare", "Slow")
	s.ok("show", "1") // the read side has it
	s.fails(3, "no such incident", "use", "4242")
	s.ok("use", "1")
	if r := s.ok("use"); r.out != "INC-1\n" {
		t.Errorf("use says %q", r.out)
	}
}
