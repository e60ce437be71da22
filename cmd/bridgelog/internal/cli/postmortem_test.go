package cli_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestThePlaybooksFilesChangeNoPostmortem: who begins with our files has the document
// that stands there with nothing configured.
func TestThePlaybooksFilesChangeNoPostmortem(t *testing.T) {
	s := newShell(t).on(startWhole(t))
	s.ok("declare", "Checkout returns 502", "-s", "SEV-1", "--detach")
	s.ok("note", "1", "It is the *pool*.")
	s.ok("resolve", "1", "--reason", "Rolled back")
	before := s.ok("postmortem", "1").out
	dir := filepath.Join(s.home, "playbook")
	s.ok("playbook", "init", dir)
	s.ok("apply", "-f", dir, "--yes")
	if v := s.json("get", "template", "postmortem"); v["managed_by"] != "file" {
		t.Fatalf("the template was not applied: %v", v)
	}
	if after := s.ok("postmortem", "1").out; after != before || !strings.Contains(after, "## What customers were told") {
		t.Errorf("before:\n%s\nafter:\n%s", before, after)
	}
}

func TestPostmortemsByTheTeamsTemplates(t *testing.T) {
	s := newShell(t).on(startWhole(t))
	s.ok("declare", "Checkout returns <b>502</b>", "-s", "SEV-1", "--detach")
	s.ok("declare", "Search is slow", "-s", "SEV-3", "--private", "--detach")
	s.in = `
{kind: Template, name: brief, spec: {use: postmortem, body: "# {{incident}}\n\n## What was decided\n\n{{decisions |}}\n\n## Next\n"}}
---
{kind: Template, name: whole, spec: {use: postmortem, severities: [SEV-1], subject: "{{title}}", body: "By {{commander | nobody}}\n\n{{timeline}}"}}
`
	s.ok("apply", "-f", "-")
	s.in = ""
	if got := s.json("postmortem", "1"); got["template"] != "whole" ||
		!strings.HasPrefix(got["markdown"].(string), "# Checkout returns \\<b\\>502\\</b\\>\n\nBy nobody\n\n### ") {
		t.Errorf("the first: %v", got)
	}
	if got := s.ok("postmortem", "2").out; got != "# INC-2\n\n**Private:** only members of the incident may read this.\n\n## Next\n" {
		t.Errorf("the second: %q", got)
	}
	if got := s.ok("postmortem", "1", "--template", "brief").out; got != "# INC-1\n\n## Next\n" {
		t.Errorf("by another one: %q", got)
	}
	if r := s.ok("playbook", "preview", "whole"); !strings.Contains(r.out, "Checkout returns 502") || !strings.Contains(r.out, "By Ada Lovelace") {
		t.Errorf("previewed:\n%s", r.out)
	}
	s.fails(3, `did you mean "brief"?`, "postmortem", "1", "--template", "breif")
	s.fails(2, "is for debriefs, not for post-mortems", "postmortem", "1", "--template", "debrief")
	s.fails(2, "not with --owner", "postmortem", "1", "--template", "brief", "--owner", "me")
	if r := s.ok("__complete", "postmortem", "1", "--template", ""); !strings.Contains(r.out, "whole\n") {
		t.Errorf("completed to %s", r.out)
	}
}

func TestVariablesOfPostmortemsAreChecked(t *testing.T) {
	s := newShell(t).on(startWhole(t))
	file := filepath.Join(s.home, "ours.yaml")
	for body, want := range map[string]string{
		"use: postmortem\n  body: '{{customer_update}}'": `ours.yaml:5: template/ours: spec.body: line 1 of the text: there is no variable "customer_update": did you mean "customer_updates"?`,
		"use: debrief\n  body: '{{facts}}'":              "ours.yaml:5: template/ours: spec.body: line 1 of the text: {{facts}} is only for post-mortems",
	} {
		if err := os.WriteFile(file, []byte("kind: Template\nname: ours\nspec:\n  "+body+"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		s.fails(2, want, "apply", "-f", file)
	}
}
