package playbook_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/bridgelog/bridgelog/pkg/catalog"
	"github.com/bridgelog/bridgelog/pkg/incident"
	"github.com/bridgelog/bridgelog/pkg/playbook"
	"github.com/bridgelog/bridgelog/pkg/playbook/clock"
	"github.com/bridgelog/bridgelog/pkg/playbook/template"
	catalogv1 "github.com/bridgelog/bridgelog/proto/gen/catalog/v1"
)

func book(t testing.TB, documents string) *playbook.Playbook {
	t.Helper()
	configured, err := catalog.Parse("test.yaml", []byte(documents))
	if err != nil {
		t.Fatal(err)
	}
	p, err := playbook.New(configured)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func names(resources []*catalog.Resource) string {
	var all []string
	for _, r := range resources {
		all = append(all, r.Name)
	}
	return strings.Join(all, " ")
}

func TestWithoutAnythingConfiguredTheBuiltInPlaybookCounts(t *testing.T) {
	p := book(t, "")
	if got := names(p.Resources("severity")); got != "SEV-1 SEV-2 SEV-3" || p.Configured("severity") {
		t.Errorf("severities %s", got)
	}
	if got := names(p.Resources("role")); got != "commander technical_lead communications_lead scribe" {
		t.Errorf("roles %s", got)
	}
	triage, ok := p.Severity(incident.Unknown)
	if !ok || triage.Name != "SEV-2" {
		t.Errorf("in triage it counts as %q", triage.Name)
	}
	for _, s := range p.Severities() {
		if len(s.Spec.GetCriteria()) < 3 || s.Spec.GetPaging().GetUrgency() == 0 {
			t.Errorf("%s has no criteria or pages nobody: %v", s.Name, s.Spec)
		}
		if p.Policies().BySeverity[s.Spec.GetSeverity()].Name() != strings.ToLower(s.Name) {
			t.Errorf("%s has no clocks", s.Name)
		}
	}
	for _, role := range incident.Roles() {
		if got := p.Checklists(catalogv1.ChecklistUse_CHECKLIST_USE_ROLE, incident.SEV1, role); len(got) != 1 {
			t.Errorf("%d checklists for %s", len(got), role)
		}
	}
	for _, use := range catalogv1.ChecklistUse_value {
		use := catalogv1.ChecklistUse(use)
		if use == catalogv1.ChecklistUse_CHECKLIST_USE_ROLE || use == 0 {
			continue
		}
		if got := p.Checklists(use, incident.SEV2, incident.RoleUnknown); len(got) != 1 {
			t.Errorf("%d checklists for %s", len(got), use)
		}
	}
	decision, _ := p.Find("checklist", "rollback-or-fix-forward")
	if decision.Spec.GetChecklist().GetDefaultOption() != "rollback" {
		t.Error("rollback is not the default")
	}
}

func TestWhatIsConfiguredReplacesItsKindOnly(t *testing.T) {
	p := book(t, `
{kind: Severity, name: outage, spec: {severity: SEV-1, clocks: sev-2}}
---
{kind: ClockPolicy, name: mine, spec: {rules: [{clock: task, warn_before: 1m}]}}
---
{kind: Service, name: checkout}
`)
	if got := names(p.Resources("severity")); got != "outage" || !p.Configured("severity") {
		t.Errorf("severities %s", got)
	}
	if got := names(p.Resources("role")); got != "commander technical_lead communications_lead scribe" {
		t.Errorf("roles %s", got)
	}
	// The name of a built-in policy is still understood, and laws do not vanish.
	if got := p.Policies().BySeverity[incident.SEV1].Name(); got != "sev-2" {
		t.Errorf("the clocks are %q", got)
	}
	if len(p.Policies().Laws) != 7 {
		t.Errorf("%d laws, want 7", len(p.Policies().Laws))
	}
	if _, ok := p.Severity(incident.Unknown); ok {
		t.Error("somebody counts in triage, and nobody said so")
	}
	if p.Policies().BySeverity[incident.SEV3] != nil {
		t.Error("a severity that nobody described has clocks")
	}
}

func TestPoliciesSayTheirRules(t *testing.T) {
	rules := book(t, "").Policies().BySeverity[incident.SEV3].Rules()
	if rules[0].Clock != clock.Acknowledge || rules[0].Words != "within 2h, in the hours of office" {
		t.Errorf("got %+v", rules[0])
	}
	i := slices.IndexFunc(rules, func(r clock.Rule) bool { return r.Clock == clock.FollowUp })
	if i < 0 || rules[i].Words != "warned 1d before" {
		t.Errorf("got %+v", rules)
	}
}

func TestTemplatesAreSelected(t *testing.T) {
	p := book(t, "")
	own := book(t, `
{kind: Template, name: b-any, spec: {use: progress, body: any}}
---
{kind: Template, name: a-any, spec: {use: progress, body: any}}
---
{kind: Template, name: sev1, spec: {use: progress, severities: [SEV-1], body: x}}
---
{kind: Template, name: monitoring, spec: {use: progress, statuses: [monitoring], body: x}}
---
{kind: Template, name: both, spec: {use: progress, severities: [SEV-1, SEV-2], statuses: [monitoring], body: x}}
`)
	ack, progress := catalogv1.TemplateUse_TEMPLATE_USE_ACKNOWLEDGMENT, catalogv1.TemplateUse_TEMPLATE_USE_PROGRESS
	for _, c := range []struct {
		book     *playbook.Playbook
		use      catalogv1.TemplateUse
		severity incident.Severity
		status   incident.Status
		want     string
	}{
		{p, ack, incident.SEV1, incident.StatusInvestigating, "acknowledgment-critical"},
		{p, ack, incident.SEV2, incident.StatusInvestigating, "acknowledgment"},
		{p, ack, incident.Unknown, incident.StatusTriage, "acknowledgment"},
		{p, progress, incident.SEV1, incident.StatusIdentified, "progress"},
		{p, progress, incident.SEV1, incident.StatusMonitoring, "progress-monitoring"},
		{own, progress, incident.SEV3, incident.StatusIdentified, "a-any"},
		{own, progress, incident.SEV1, incident.StatusIdentified, "sev1"},
		{own, progress, incident.SEV3, incident.StatusMonitoring, "monitoring"},
		{own, progress, incident.SEV2, incident.StatusMonitoring, "both"},
		{own, ack, incident.SEV2, incident.StatusMonitoring, "acknowledgment"}, // ours, where the team has none
		{own, ack, incident.SEV1, incident.StatusInvestigating, "acknowledgment-critical"},
		{own, 0, incident.SEV2, incident.StatusMonitoring, ""},
	} {
		r, ok := c.book.Template(c.use, c.severity, c.status)
		if ok != (c.want != "") || ok && r.Name != c.want {
			t.Errorf("%s at %s, %s: got %v, want %q", c.use, c.severity, c.status, r, c.want)
		}
	}
	for _, use := range catalogv1.TemplateUse_value {
		if _, ok := p.Template(catalogv1.TemplateUse(use), incident.SEV2, incident.StatusInvestigating); !ok && use != 0 {
			t.Errorf("no template for %s", catalogv1.TemplateUse(use))
		}
	}
}

func TestTemplatesAreFilledIn(t *testing.T) {
	p := book(t, "")
	for _, r := range p.Resources("template") {
		text, err := playbook.Preview(r)
		if err != nil || text.Body == "" || strings.Contains(text.Subject+text.Body, "{{") {
			t.Errorf("%s is previewed as %+v, %v", r.Name, text, err)
		}
	}
	r, _ := p.Find("template", "acknowledgment")
	_, err := playbook.Render(r, template.Values{"headline": "Payments fail"})
	var missing *template.MissingError
	if !errors.As(err, &missing) || len(missing.Names) != 1 || missing.Names[0] != "next_update_at" {
		t.Errorf("got %v", err)
	}
	text, err := playbook.Render(r, template.Values{"headline": "Payments fail", "next_update_at": "10:30 UTC", "commander": "Ada"})
	if err != nil || text.Subject != "Payments fail" || !strings.Contains(text.Body, "by 10:30 UTC") {
		t.Errorf("got %+v, %v", text, err)
	}
}

func TestPostmortemsMissNothing(t *testing.T) {
	p := book(t, `{kind: Template, name: t, spec: {use: postmortem, subject: "{{title}}", body: "## A\n{{tasks |}}\n## B\n{{cause}}\n"}}`)
	r, _ := p.Find("template", "t")
	text, err := playbook.Render(r, template.Values{"title": "It broke"})
	if err != nil || text.Subject != "It broke" || text.Body != "## B\n*not known*" {
		t.Errorf("got %+v, %v", text, err)
	}
}

func ExamplePlaybook_Severities() {
	p, err := playbook.New(nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, s := range p.Severities() {
		fmt.Println(s.Name, s.Spec.GetDisplayName(), "clocks:", s.Spec.GetClocks())
	}
	// Output:
	// SEV-1 critical clocks: sev-1
	// SEV-2 major clocks: sev-2
	// SEV-3 minor clocks: sev-3
}
