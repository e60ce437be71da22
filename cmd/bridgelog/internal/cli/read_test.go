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
	if v := s.json("show", "1", "--known-at", "#1"); v["severity"] != "SEV-3" {
		t.Errorf("as known when entry 1 was written: %v", v["severity"])
	}
	if v := s.json("show", "1", "--happened-at", "#2"); v["severity"] != "SEV-1" {
		t.Errorf("as happened at entry 2: %v", v["severity"])
	}
	if r := s.ok("postmortem", "1", "--known-at", "#1"); strings.Contains(r.out, "SEV-1") {
		t.Errorf("post-mortem as known at entry 1:\n%s", r.out)
	}
	if entries := s.json("timeline", "1", "--known-at", "#1")["entries"].([]any); len(entries) != 1 {
		t.Errorf("%d entries were there when the first was written", len(entries))
	}
	s.fails(3, "no entry 9", "timeline", "1", "--known-at", "#9")
	s.fails(2, "is no entry", "timeline", "1", "--known-at", "#0")
	s.fails(2, "choose one", "show", "1", "--known-at", "#1", "--happened-at", "#1")
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
	deadline := time.After(time.Minute)
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

// TestStreamsInEveryFormat shows entries one after another in every format.
func TestStreamsInEveryFormat(t *testing.T) {
	s := newShell(t).on(startWhole(t))
	s.ok("declare", "Slow")
	s.ok("ack", "1")
	s.ok("show", "1") // the read side has it
	for _, command := range []string{"watch 1 --from-start --count 2", "replay 1"} {
		for format, want := range map[string]string{
			"json": `"type":"incident.acknowledged"`, "yaml": "---\n", "md": "**root** Acknowledged", "table": "root Acknowledged",
		} {
			if r := s.ok(append(strings.Fields(command), "-o", format)...); strings.Count(r.out, want) < 1 {
				t.Errorf("%s -o %s has no %q:\n%s", command, format, want, r.out)
			}
		}
	}
	s.fails(2, "use one of table, json, yaml, md", "watch", "-o", "html")
}

// TestImportedTimelinesAreQuiet says once that a history was imported, and still
// what people added late by hand.
func TestImportedTimelinesAreQuiet(t *testing.T) {
	s := newShell(t).on(startWhole(t))
	s.in = histories(1)
	s.ok("import", "statuspage", "-")
	s.ok("show", "1")
	r := s.ok("timeline", "1")
	if strings.Contains(r.out, "written down") || strings.Count(r.out, "imported ") != 1 || !strings.Contains(r.out, "from statuspage:pg inc0") {
		t.Errorf("timeline:\n%s", r.out)
	}
	if r := s.ok("timeline", "1", "--by-time", "--since", "2026-03-01 10:30"); strings.Contains(r.out, "written down") {
		t.Errorf("a part of it:\n%s", r.out)
	}
	if r := s.ok("watch", "1", "--from-start", "--count", "3"); strings.Contains(r.out, "written down") {
		t.Errorf("watch:\n%s", r.out)
	}
	if r := s.ok("replay", "1"); strings.Contains(r.out, "written down") {
		t.Errorf("replay:\n%s", r.out)
	}
	s.now = time.Now().Add(time.Hour)
	if r := s.ok("timeline", "1"); strings.Contains(r.out, "written down") {
		t.Errorf("an hour later:\n%s", r.out)
	}
}

func TestSearchFindsEntries(t *testing.T) {
	s := newShell(t).on(startWhole(t))
	s.ok("declare", "Checkout is slow", "--detach")
	s.ok("note", "1", "The connection pool is exhausted.")
	s.ok("note", "1", "The pool of workers is fine.")
	s.ok("declare", "Search is slow", "--detach")
	s.ok("note", "2", "Not the connection pool.")
	s.ok("show", "2")
	if r := s.ok("search", "connection", "pool"); strings.Count(r.out, " INC-") != 2 || strings.Contains(r.out, "workers") {
		t.Errorf("two words:\n%s", r.out)
	}
	if entries := s.json("search", "pool", "--incident", "1")["entries"].([]any); len(entries) != 2 {
		t.Errorf("%d entries of one incident, want 2", len(entries))
	}
	if r := s.ok("search", "workers -fine"); !strings.Contains(r.out, "No entries.") {
		t.Errorf("excluded:\n%s", r.out)
	}
	v := s.json("search", "pool", "--limit", "2")
	token, _ := v["next_page_token"].(string)
	if len(v["entries"].([]any)) != 2 || token == "" {
		t.Fatalf("the first page: %v", v)
	}
	if rest := s.json("search", "pool", "--limit", "2", "--page-token", token)["entries"].([]any); len(rest) != 1 {
		t.Errorf("%d entries on the second page, want 1", len(rest))
	}
	s.fails(2, "something is missing", "search")
	s.fails(2, "--limit", "search", "x", "--limit", "0")
	s.fails(2, "names no incident", "search", "x", "--incident", "checkout")
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
	s.ok("context", "add", "prod", "--server", "127.0.0.1:1")
	for words, want := range map[string]string{
		"list --context": "prod\t127.0.0.1:1", "context use": "prod", "get": "person\n", "impact set 1": "", "token create x --role": "manager",
	} {
		if r := s.ok(append(append([]string{"__complete"}, strings.Fields(words)...), "")...); !strings.Contains(r.out, want) {
			t.Errorf("%s: %q", words, r.out)
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
