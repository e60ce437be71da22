package cli_test

import (
	"strings"
	"testing"
)

// TestUpdatesFromTemplates: what was asked for is posted, what was only proposed is
// shown and asked for, and what is missing is named with the way to give it.
func TestUpdatesFromTemplates(t *testing.T) {
	s := newShell(t).on(startWhole(t))
	s.ok("declare", "Checkout is slow", "-s", "2", "--detach")
	s.fails(2, `{{what_we_do}} (what is being done): --set what_we_do="…"; or say it yourself: bridgelog update INC-1 "text"`, "update", "1")
	s.fails(2, "there is no variable \"what_we_dot\"", "update", "1", "--set", "what_we_dot=x")
	s.fails(3, "did you mean \"internal-update\"?", "update", "1", "--template", "internal-updat")
	s.fails(2, "does not use {{message}}", "update", "1", "words", "--template", "internal-update")
	r := s.ok("update", "1", "--set", "what_we_do=Rolling back", "--set", "needs=a database expert", "--dry-run")
	if !strings.HasPrefix(r.out, "INC-1 SEV-2, investigating for ") || !strings.HasSuffix(r.out, "We do: Rolling back\nWe need: a database expert\n") {
		t.Errorf("shown:\n%s", r.out)
	}
	if v := s.json("update", "1", "--set", "what_we_do=x", "--dry-run"); v["template"] != "internal-update" || v["use"] != "internal_update" {
		t.Errorf("for scripts: %v", v)
	}
	if r := s.ok("update", "1", "as it is", "--dry-run"); r.out != "as it is\n" {
		t.Errorf("a text of one's own: %q", r.out)
	}
	if r := s.ok("timeline", "1"); strings.Contains(r.out, "Rolling back") || strings.Contains(r.out, "as it is") {
		t.Errorf("a dry run wrote:\n%s", r.out)
	}
	s.ok("update", "1", "--set", "what_we_do=Rolling back")
	s.in = "{kind: Template, name: ours, spec: {use: internal_update, severities: [SEV-2], body: '{{title}}: {{status}}'}}"
	s.ok("apply", "-f", "-")
	s.in = ""
	if r := s.run("update", "1"); r.code != 2 || !strings.Contains(r.err, "Checkout is slow: investigating") || !strings.Contains(r.err, "--yes") {
		t.Errorf("what nobody asked for: exit %d: %s", r.code, r.err)
	}
	s.ok("update", "1", "--yes")
	if r := s.ok("timeline", "1"); !strings.Contains(r.out, "We do: Rolling back") || !strings.Contains(r.out, "Checkout is slow: investigating") {
		t.Errorf("timeline:\n%s", r.out)
	}
	if r := s.ok("__complete", "update", "1", "--set", "what"); !strings.Contains(r.out, "what_we_do=") {
		t.Errorf("completed to %s", r.out)
	}
}

func TestPublishFromTemplates(t *testing.T) {
	s := newShell(t).on(startWhole(t))
	s.in = "{kind: Component, name: api, spec: {display_name: Programming interface}}"
	s.ok("apply", "-f", "-")
	s.in = ""
	s.ok("declare", "Pool of xylophone is exhausted", "-s", "1", "--detach")
	s.ok("impact", "set", "1", "api=partial_outage")
	s.fails(2, `--title "…"; or say it yourself: --message "…"`, "publish", "1", "--status", "investigating")
	v := s.json("publish", "1", "--status", "investigating", "--title", "Payments fail", "--dry-run")
	if v["template"] != "acknowledgment-critical" || v["subject"] != "Payments fail" || v["next_update_time"] == nil ||
		v["components"].(map[string]any)["api"] != "partial_outage" || !strings.Contains(v["text"].(string), "cannot use Programming interface right now") {
		t.Errorf("shown: %v", v)
	}
	if updates := s.json("show", "1")["public_updates"].([]any); len(updates) != 0 {
		t.Errorf("a dry run published %v", updates)
	}
	r := s.ok("publish", "1", "--status", "investigating", "--title", "Payments fail", "--next-update", "30m", "--yes")
	if !strings.Contains(r.out, "published") {
		t.Errorf("%s", r.out)
	}
	if r := s.run("publish", "1", "--status", "identified"); r.code != 2 || !strings.HasSuffix(r.err, "--message \"…\"\n") {
		t.Errorf("without a message: exit %d: %s", r.code, r.err)
	}
	r = s.run("publish", "1", "--status", "identified", "--message", "We have found it.", "--set", "workaround=Pay by invoice.")
	if r.code != 2 || !strings.Contains(r.err, "template     progress") || !strings.Contains(r.err, "Pay by invoice.") || !strings.Contains(r.err, "--yes") {
		t.Errorf("preview: exit %d:\n%s", r.code, r.err)
	}
	s.fails(2, "is for handing over, not for customers", "publish", "1", "--status", "identified", "--template", "handover")
	s.fails(2, "--retract takes an update back", "publish", "1", "--retract", "x", "--template", "progress")
	s.ok("publish", "1", "--status", "resolved", "--yes")
	updates := s.json("show", "1")["public_updates"].([]any)
	last := updates[len(updates)-1].(map[string]any)
	if len(updates) != 2 || !strings.HasPrefix(last["message"].(string), "This is over: Programming interface works as usual again.") {
		t.Errorf("updates %v", updates)
	}
	for _, u := range updates {
		if one := u.(map[string]any); strings.Contains(one["message"].(string), "xylophone") {
			t.Errorf("customers read %v", one)
		}
	}
}

// TestPrivateIncidentsTellCustomersOnlyWhatIsGiven: a template takes nothing out of a
// private incident.
func TestPrivateIncidentsTellCustomersOnlyWhatIsGiven(t *testing.T) {
	s := newShell(t).on(startWhole(t))
	s.in = `{kind: Template, name: ours, spec: {use: acknowledgment, subject: "{{headline}}", body: "{{components | something}} since {{started_at | some time}}: {{public_status}}"}}`
	s.ok("apply", "-f", "-")
	s.in = ""
	s.ok("declare", "Breach of xylophone", "-s", "1", "--private", "--detach")
	s.ok("impact", "set", "1", "api=partial_outage")
	s.ok("impact", "start", "1")
	v := s.json("publish", "1", "--status", "investigating", "--title", "Trouble", "--dry-run")
	if v["text"] != "something since some time: investigating" || len(v["components"].(map[string]any)) != 0 {
		t.Errorf("shown: %v", v)
	}
	s.fails(2, `--title "…"`, "publish", "1", "--status", "investigating")
}

func TestHandoversAndDebriefsFromTemplates(t *testing.T) {
	s := newShell(t).on(startWhole(t))
	s.ok("declare", "Checkout is slow", "-s", "2", "--detach")
	s.fails(1, "nobody holds the role of commander", "handover", "1", "commander", "me", "--dry-run")
	s.ok("take", "1", "commander")
	s.fails(2, `--set what_we_know="…"`, "handover", "1", "commander", "me", "--dry-run")
	if r := s.ok("handover", "1", "commander", "me", "--set", "what_we_know=It is the pool.", "--dry-run"); !strings.Contains(r.out, "We know: It is the pool.") {
		t.Errorf("hand-over:\n%s", r.out)
	}
	s.fails(2, "or see the form with --dry-run", "debrief", "1")
	s.ok("resolve", "1")
	form := s.ok("debrief", "1", "--dry-run").out
	if !strings.Contains(form, "What helped?") {
		t.Errorf("form:\n%s", form)
	}
	s.in = form + "\nThe alert.\n"
	s.ok("debrief", "1", "-")
	if r := s.ok("timeline", "1"); !strings.Contains(r.out, "The alert.") {
		t.Errorf("timeline:\n%s", r.out)
	}
}
