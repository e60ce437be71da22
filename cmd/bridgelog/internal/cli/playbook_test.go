package cli_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"google.golang.org/protobuf/proto"

	"github.com/bridgelog/bridgelog/cmd/bridgelog/internal/resourcefile"
	"github.com/bridgelog/bridgelog/pkg/catalog"
)

// TestThePlaybookGoesRound writes the built-in playbook, applies it and gets it
// back without a difference, through the system and as files.
func TestThePlaybookGoesRound(t *testing.T) {
	s := newShell(t).on(start(t))
	dir := filepath.Join(s.home, "playbook")
	s.ok("playbook", "init", dir)
	want, err := catalog.BuiltIn()
	if err != nil {
		t.Fatal(err)
	}
	if changes := s.json("apply", "-f", dir)["changes"].([]any); len(changes) != len(want) {
		t.Errorf("%d changes, want %d", len(changes), len(want))
	}
	if changes := s.json("apply", "-f", dir)["changes"].([]any); len(changes) != 0 {
		t.Errorf("applying it again changes %v", changes)
	}
	got := s.parse(s.ok("get", "all", "-o", "yaml").out)
	for _, r := range want {
		again := got[r.Key()]
		if again == nil || !proto.Equal(again.Resource.GetSpec(), r.Spec) {
			t.Errorf("%s came back as %v", r.Key(), again)
		}
	}
	// What came back can be written and applied again, too.
	file := filepath.Join(s.home, "again.yaml")
	if err := os.WriteFile(file, []byte(s.ok("get", "template", "-o", "yaml").out), 0o600); err != nil {
		t.Fatal(err)
	}
	if changes := s.json("apply", "-f", file)["changes"].([]any); len(changes) != 0 {
		t.Errorf("applying what came back changes %v", changes)
	}
}

func (s *shell) parse(text string) map[string]*resourcefile.Parsed {
	s.t.Helper()
	parsed, err := resourcefile.Parse(strings.NewReader(text), "got.yaml")
	if err != nil {
		s.t.Fatal(err)
	}
	found := map[string]*resourcefile.Parsed{}
	for i := range parsed {
		found[parsed[i].Resource.GetKind()+"/"+parsed[i].Resource.GetName()] = &parsed[i]
	}
	return found
}

func TestPlaybookInitOverwritesNothingUnasked(t *testing.T) {
	s := newShell(t)
	dir := filepath.Join(s.home, "playbook")
	s.ok("playbook", "init", dir)
	file := filepath.Join(dir, "severities.yaml")
	original, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if r := s.ok("playbook", "init", dir); strings.Contains(r.out, "written") || !strings.Contains(r.out, "unchanged") {
		t.Errorf("again: %s", r.out)
	}
	if err := os.WriteFile(file, []byte("# ours\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if r := s.run("playbook", "init", dir); r.code != 2 || !strings.Contains(r.err, "would replace "+file) {
		t.Errorf("exit %d: %s", r.code, r.err)
	}
	s.terminal, s.in = true, "n\n"
	if r := s.run("playbook", "init", dir); r.code != 1 {
		t.Errorf("after no: exit %d", r.code)
	}
	if data, _ := os.ReadFile(file); string(data) != "# ours\n" {
		t.Fatal("it was overwritten")
	}
	s.terminal = false
	if files := s.json("playbook", "init", dir, "--yes")["files"].([]any); len(files) != 8 {
		t.Errorf("%d files, want 8", len(files))
	}
	if data, _ := os.ReadFile(file); string(data) != string(original) {
		t.Error("it was not replaced")
	}
	s.fails(2, "", "playbook", "init")
}

func TestSeveritiesShowWhatIsConfigured(t *testing.T) {
	s := newShell(t)
	v := s.json("severities")
	if v["source"] != "built-in" || v["system"] != "" || len(v["severities"].([]any)) != 3 {
		t.Errorf("nobody answers: %v", v)
	}
	if r := s.ok("severities"); !strings.Contains(r.out, "No system answers") {
		t.Errorf("it does not say so:\n%s", r.out)
	}
	s.on(start(t))
	first := s.json("severities")["severities"].([]any)[0].(map[string]any)
	if first["severity"] != "SEV-1" || first["name"] != "critical" || first["update_minutes"] != 15.0 || first["clock_policy"] != "sev-1" ||
		first["paging"].(map[string]any)["urgency"] != "high" || len(first["criteria"].([]any)) != 4 {
		t.Errorf("built in: %v", first)
	}
	s.in = `
{kind: Person, name: ada}
---
{kind: Team, name: ops, spec: {members: [ada]}}
---
{kind: Severity, name: red, spec: {severity: SEV-1, display_name: awful, aliases: [code 1], criteria: [it burns], clocks: mine, paging: {urgency: low, teams: [ops]}}}
---
{kind: ClockPolicy, name: mine, spec: {rules: [{clock: acknowledge, within: 3m}, {clock: external_update, statuses: [monitoring], off: true}]}}
`
	s.ok("apply", "-f", "-")
	r := s.ok("severities")
	for _, want := range []string{"red awful", "it burns", "ops, in working hours", "within 3m", "off while monitoring", "pages as SEV-2 does"} {
		if !strings.Contains(r.out, want) {
			t.Errorf("%q is missing in\n%s", want, r.out)
		}
	}
	if strings.Contains(r.out, "SEV-3") {
		t.Errorf("a severity that is not configured:\n%s", r.out)
	}
	if v := s.json("severities"); v["source"] != "configured" {
		t.Errorf("source %v", v["source"])
	}
	for _, name := range []string{"red", "AWFUL", "code 1", "SEV-1"} {
		s.ok("declare", "x", "-s", name, "--detach")
		s.ok("severity", "1", "SEV-2")
		if r := s.ok("severity", "1", name); !strings.Contains(r.out, "is SEV-1") {
			t.Errorf("%s: %s", name, r.out)
		}
	}
	s.fails(2, "unknown severity \"green\"", "severity", "1", "green")
}

func TestTemplatesArePreviewed(t *testing.T) {
	s := newShell(t).on(start(t))
	if r := s.ok("playbook", "preview"); !strings.Contains(r.out, "INC-41 SEV-1, identified for 42 minutes.") || strings.Contains(r.out, "{{") {
		t.Errorf("previews:\n%s", r.out)
	}
	s.in = "{kind: Template, name: ours, spec: {use: debrief, body: 'Hello {{incident}}, {{scribe}}'}}"
	s.ok("apply", "-f", "-")
	if v := s.json("playbook", "preview"); len(v["templates"].([]any)) != 1 {
		t.Errorf("own templates: %v", v)
	}
	if r := s.ok("playbook", "preview", "ours", "--set", "incident=INC-7", "--set", "scribe=Ada"); !strings.Contains(r.out, "Hello INC-7, Ada") {
		t.Errorf("with values: %s", r.out)
	}
	s.fails(2, "{{scribe}} has no value", "playbook", "preview", "ours", "--set", "incident=INC-7")
	s.fails(2, "there is no variable \"incidnt\"", "playbook", "preview", "ours", "--set", "incidnt=INC-7")
	s.fails(3, "there is no template \"none\"", "playbook", "preview", "none")
	s.in = "{kind: Template, name: ours, spec: {use: progress, body: 'Ask {{commander}}'}}"
	s.fails(2, "not for customers", "apply", "-f", "-")
	if r := s.ok("__complete", "playbook", "preview", ""); !strings.Contains(r.out, "ours\n") {
		t.Errorf("completed to %s", r.out)
	}
	if v := s.json("playbook", "variables")["variables"].([]any); len(v) < 40 {
		t.Errorf("%d variables", len(v))
	}
}

func TestApplyNamesFileAndLine(t *testing.T) {
	s := newShell(t).on(start(t))
	file := filepath.Join(s.home, "ours.yaml")
	if err := os.WriteFile(file, []byte(`kind: ClockPolicy
name: mine
spec:
  rules:
    - {clock: acknowledge, within: 5m}
    - clock: debrief
      within: 1h
      calendar: ofice
---
kind: Service
name: checkout
spec: {owner: nobody}
`), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, extra := range []string{"--dry-run", "--yes", "--prune"} {
		r := s.fails(2, file+":8: clock_policy/mine: spec.rules[1].calendar: there is no calendar \"ofice\": did you mean \"office\"?", "apply", "-f", file, extra)
		if !strings.Contains(r.err, file+":12: service/checkout: spec.owner: there is no team") {
			t.Errorf("the second is not placed: %s", r.err)
		}
	}
}
