package catalog_test

import (
	"strings"
	"testing"

	"github.com/bridgelog/bridgelog/pkg/catalog"
)

const (
	payments = "{kind: Team, name: payments, spec: {members: [ada], managers: [ada]}}\n---\n"
	runbook  = "{kind: Runbook, name: disk, spec: {title: Disk full, url: 'https://run.example/disk', owner: payments}}\n---\n"
)

func TestWhatKindsOfThePlaybookRefuse(t *testing.T) {
	rule := func(rule string) string { return "{kind: ClockPolicy, name: p, spec: {rules: [" + rule + "]}}" }
	duty := func(duty string) string {
		return "{kind: ClockPolicy, name: p, spec: {regulation: {source: law, duties: [" + duty + "]}}}"
	}
	checklist := func(spec string) string {
		return "{kind: Checklist, name: c, spec: {" + spec + "}}"
	}
	for name, c := range map[string]struct{ given, when, where, why string }{
		"owner":          {"", "{kind: Service, name: s, spec: {owner: nobody}}", "service/s: spec.owner", "unknown_reference"},
		"tier":           {"", "{kind: Service, name: s, spec: {tier: 9}}", "service/s: spec.tier", "invalid_field"},
		"runbook":        {"", "{kind: Service, name: s, spec: {runbooks: [none]}}", "service/s: spec.runbooks[0]", "unknown_reference"},
		"dashboard":      {"", "{kind: Service, name: s, spec: {dashboards: [{title: a, url: 'file:///etc'}]}}", "service/s: spec.dashboards[0].url", "not_a_link"},
		"metric":         {"", "{kind: Service, name: s, spec: {metrics: [{title: a, integration: prom}]}}", "service/s: spec.metrics[0].integration", "unknown_reference"},
		"measured by":    {"", "{kind: Service, name: s, spec: {metrics: [{title: a, query: up, kind: traffic}]}}", "service/s: spec.metrics[0].integration", "empty"},
		"measured how":   {"{kind: Integration, name: prom, spec: {type: prometheus}}", "{kind: Service, name: s, spec: {metrics: [{title: a, integration: prom, kind: traffic}]}}", "service/s: spec.metrics[0].query", "empty"},
		"long query":     {"{kind: Integration, name: prom, spec: {type: prometheus}}", "{kind: Service, name: s, spec: {metrics: [{title: a, query: '" + strings.Repeat("é", 3000) + "', integration: prom, kind: traffic}]}}", "service/s: spec.metrics[0].query", "too_long"},
		"limit of link":  {"", "{kind: Service, name: s, spec: {metrics: [{title: a, above: 1}]}}", "service/s: spec.metrics[0].kind", "missing"},
		"limits":         {"{kind: Integration, name: prom, spec: {type: prometheus}}", "{kind: Service, name: s, spec: {metrics: [{title: a, query: up, integration: prom, kind: resource, above: 1, below: 1.5}]}}", "service/s: spec.metrics[0].above", "out_of_range"},
		"no number":      {"", "{kind: Service, name: s, spec: {metrics: [{title: a, above: NaN}]}}", "service/s: spec.metrics[0].above", "invalid_field"},
		"page":           {"", "{kind: Service, name: s, spec: {status_page: {integration: acme}}}", "service/s: spec.status_page.integration", "unknown_reference"},
		"no page":        {"{kind: Integration, name: prom, spec: {type: prometheus}}", "{kind: Service, name: s, spec: {status_page: {integration: prom}}}", "service/s: spec.status_page.integration", "not_a_page"},
		"telephone":      {"", "{kind: Person, name: p, spec: {contacts: [{type: sms, address: '0170 1234567'}]}}", "person/p: spec.contacts[0].address", "not_a_number"},
		"mail":           {"", "{kind: Person, name: p, spec: {contacts: [{type: email, address: 'Ada <a@b.example>'}]}}", "person/p: spec.contacts[0].address", "not_an_address"},
		"no way":         {"", "{kind: Person, name: p, spec: {contacts: [{address: x}]}}", "person/p: spec.contacts[0].type", "invalid_field"},
		"member":         {"", "{kind: Team, name: t, spec: {members: [nobody]}}", "team/t: spec.members[0]", "unknown_reference"},
		"manager":        {ada, "{kind: Team, name: t, spec: {managers: [ada]}}", "team/t: spec.managers[0]", "not_a_member"},
		"teams":          {"", "{kind: Team, name: t, spec: {parent: u}}\n---\n{kind: Team, name: u, spec: {parent: t}}", "team/t: spec.parent", "circle"},
		"categories":     {"", "{kind: Category, name: t, spec: {parent: t}}", "category/t: spec.parent", "circle"},
		"never":          {"", "{kind: Category, name: t, spec: {review: {count: 2, within: 0s}}}", "category/t: spec.review.within", "not_positive"},
		"once":           {"", "{kind: Category, name: t, spec: {review: {count: 1, within: 1h}}}", "category/t: spec.review.count", "invalid_field"},
		"empty runbook":  {"", "{kind: Runbook, name: r, spec: {title: t}}", "runbook/r: spec.url", "empty"},
		"settings":       {"", "{kind: Integration, name: i, spec: {type: slack, settings: {bot_token: abc}}}", "integration/i: spec.settings.bot_token", "secret_value"},
		"secret":         {"", "{kind: Integration, name: i, spec: {type: slack, secrets: {bot: abc}}}", `integration/i: spec.secrets["bot"]`, "invalid_field"},
		"sender alone":   {"", "{kind: Sender, name: s, spec: {source: github, scheme: github}}", "sender/s: spec.secrets", "empty"},
		"tokens only":    {"", "{kind: Sender, name: s, spec: {source: opsgenie, scheme: github, secrets: ['env:A']}}", "sender/s: spec.scheme", "not_used"},
		"sender's way":   {"", "{kind: Sender, name: s, spec: {source: github, secrets: ['env:A']}}", "sender/s: spec.scheme", "missing"},
		"sender's text":  {"", "{kind: Sender, name: s, spec: {source: github, scheme: github, secrets: [abc]}}", "sender/s: spec.secrets[0]", "invalid_field"},
		"three secrets":  {"", "{kind: Sender, name: s, spec: {source: github, scheme: github, secrets: ['env:A', 'env:B', 'env:C']}}", "sender/s: spec.secrets", "invalid_field"},
		"no mapping":     {"", "{kind: Sender, name: s, spec: {source: json}}", "sender/s: spec.mapping", "empty"},
		"mapping":        {"", "{kind: Sender, name: s, spec: {source: sentry, mapping: {fingerprint: a, state: b, title: c}}}", "sender/s: spec.mapping", "not_used"},
		"expression":     {"", "{kind: Sender, name: s, spec: {source: json, mapping: {fingerprint: body.id, state: body.s, title: 'body.t +'}}}", "sender/s: spec.mapping.title", "bad_expression"},
		"label's one":    {"", "{kind: Sender, name: s, spec: {source: json, mapping: {fingerprint: body.id, state: body.s, title: body.t, labels: {a: x}}}}", "sender/s: spec.mapping.labels.a", "bad_expression"},
		"no door":        {"", "{kind: Sender, name: s}", "sender/s: spec.source", "invalid_field"},
		"no such header": {"", "{kind: Sender, name: s, spec: {source: github, scheme: github, secrets: ['env:A'], secret_header: X-A}}", "sender/s: spec.secret_header", "not_used"},
		"Slack's door":   {"", "{kind: Sender, name: s, spec: {source: grafana, scheme: slack, secrets: ['env:A']}}", "sender/s: spec.scheme", "not_used"},
		"no heartbeats":  {"", "{kind: Sender, name: s, spec: {source: grafana, manages_heartbeats: true}}", "sender/s: spec.manages_heartbeats", "not_used"},
		"no such time":   {"", "{kind: Sender, name: s, spec: {source: github, scheme: github, secrets: ['env:A'], timestamp_header: X-A}}", "sender/s: spec.timestamp_header", "not_used"},
		"no severity":    {"", "{kind: Severity, name: s}", "severity/s: spec.severity", "invalid_field"},
		"same severity":  {"{kind: Severity, name: a, spec: {severity: SEV-1}}", "{kind: Severity, name: b, spec: {severity: SEV-1}}", "severity/b: spec.severity", "described_twice"},
		"two in triage":  {"{kind: Severity, name: a, spec: {severity: SEV-1, counts_in_triage: true}}", "{kind: Severity, name: b, spec: {severity: SEV-2, counts_in_triage: true}}", "severity/b: spec.counts_in_triage", "twice"},
		"alias":          {"{kind: Severity, name: a, spec: {severity: SEV-1, aliases: [red]}}", "{kind: Severity, name: b, spec: {severity: SEV-2, aliases: [RED]}}", "severity/b: spec.aliases[0]", "alias_taken"},
		"alias of other": {"", "{kind: Severity, name: a, spec: {severity: SEV-1, aliases: [P2]}}", "severity/a: spec.aliases[0]", "means_another"},
		"clocks":         {"", "{kind: Severity, name: a, spec: {severity: SEV-1, clocks: sev-9}}", "severity/a: spec.clocks", "unknown_reference"},
		"law as clocks":  {"", "{kind: Severity, name: a, spec: {severity: SEV-1, clocks: nis2}}", "severity/a: spec.clocks", "is_a_law"},
		"paged team":     {"", "{kind: Severity, name: a, spec: {severity: SEV-1, paging: {teams: [x]}}}", "severity/a: spec.paging.teams[0]", "unknown_reference"},
		"same role":      {"{kind: Role, name: a, spec: {role: scribe}}", "{kind: Role, name: b, spec: {role: scribe}}", "role/b: spec.role", "described_twice"},
		"no items":       {"", checklist("use: suspects"), "checklist/c: spec.items", "invalid_field"},
		"item twice":     {"", checklist("items: [{id: a, text: x}, {id: a, text: y}]"), "checklist/c: spec.items[1].id", "twice"},
		"item without":   {"", checklist("items: [{id: 'A b', text: x}]"), "checklist/c: spec.items[0].id", "invalid_field"},
		"role without":   {"", checklist("use: role, items: [{id: a, text: x}]"), "checklist/c: spec.role", "role_and_use"},
		"one option":     {"", checklist("use: decision, options: [a], items: [{id: a, text: x}]"), "checklist/c: spec.options", "too_few"},
		"option twice":   {"", checklist("use: decision, options: [a, a], items: [{id: a, text: x}]"), "checklist/c: spec.options[1]", "twice"},
		"options":        {"", checklist("options: [a, b], items: [{id: a, text: x}]"), "checklist/c: spec.options", "not_a_decision"},
		"default":        {"", checklist("use: decision, options: [a, b], default_option: c, items: [{id: a, text: x}]"), "checklist/c: spec.default_option", "unknown_option"},
		"speaks for":     {"", checklist("use: decision, options: [a, b], items: [{id: a, text: x, speaks_for: c}]"), "checklist/c: spec.items[0].speaks_for", "unknown_option"},
		"variable":       {"", "{kind: Template, name: t, spec: {use: debrief, body: '{{titel}}'}}", "template/t: spec.body", "bad_template"},
		"secret detail":  {"", "{kind: Template, name: t, spec: {use: progress, body: '{{hypotheses}}'}}", "template/t: spec.body", "bad_template"},
		"subject":        {"", "{kind: Template, name: t, spec: {use: progress, subject: '{{', body: x}}", "template/t: spec.subject", "bad_template"},
		"no rules":       {"", "{kind: ClockPolicy, name: p}", "clock_policy/p: spec.rules", "rules_or_regulation"},
		"no time":        {"", rule("{clock: acknowledge}"), "clock_policy/p: spec.rules[0].within", "one_time"},
		"two times":      {"", rule("{clock: debrief, within: 1h, business_days: 1, calendar: office}"), "clock_policy/p: spec.rules[0].within", "one_time"},
		"negative":       {"", rule("{clock: debrief, within: -1h}"), "clock_policy/p: spec.rules[0].within", "not_positive"},
		"a century":      {"", rule("{clock: debrief, within: 876000h, calendar: office}"), "clock_policy/p: spec.rules[0].within", "too_long"},
		"own time":       {"", rule("{clock: task, within: 1h}"), "clock_policy/p: spec.rules[0].within", "has_no_time"},
		"no calendar":    {"", rule("{clock: postmortem, business_days: 2}"), "clock_policy/p: spec.rules[0].calendar", "required"},
		"calendar":       {"", rule("{clock: debrief, within: 1h, calendar: ofice}"), "clock_policy/p: spec.rules[0].calendar", "unknown_reference"},
		"early warning":  {"", rule("{clock: debrief, within: 1h, warn_before: 1h}"), "clock_policy/p: spec.rules[0].warn_before", "too_early"},
		"rule twice":     {"", rule("{clock: debrief, within: 1h}, {clock: debrief, within: 2h}"), "clock_policy/p: spec.rules[1].clock", "twice"},
		"status twice":   {"", rule("{clock: external_update, statuses: [identified], within: 1h}, {clock: external_update, statuses: [identified, monitoring], within: 2h}"), "clock_policy/p: spec.rules[1].clock", "twice"},
		"duty time":      {"", duty("{id: a, text: x, starts: aware}"), "clock_policy/p: spec.regulation.duties[0].within", "one_time"},
		"duty twice":     {"", duty("{id: a, text: x, starts: aware, within: 1h}, {id: a, text: x, starts: aware, within: 1h}"), "clock_policy/p: spec.regulation.duties[1].id", "twice"},
		"no report":      {"", duty("{id: a, text: x, starts: submitted, months: 1}"), "clock_policy/p: spec.regulation.duties[0].report", "report_and_start"},
		"other report":   {"", duty("{id: a, text: x, starts: submitted, report: b, months: 1}"), "clock_policy/p: spec.regulation.duties[0].report", "unknown_duty"},
		"cap":            {"", duty("{id: a, text: x, starts: classified, within: 4h, cap: 24h}"), "clock_policy/p: spec.regulation.duties[0].cap", "cap_and_event"},
		"business duty":  {"", duty("{id: a, text: x, starts: material, business_days: 4}"), "clock_policy/p: spec.regulation.duties[0]", "calendar_required"},
		"holiday":        {"", "{kind: Calendar, name: c, spec: {hours: [{days: [mon], from: '09:00', to: '17:00'}], holidays: [{name: x, on: 5th monday of may}]}}", "calendar/c: spec.holidays[0].on", "not_a_day"},
		"hours":          {"", "{kind: Calendar, name: c, spec: {hours: [{days: [mon], from: '17:00', to: '09:00'}]}}", "calendar/c: spec.hours", "not_hours"},
		"weekday":        {"", "{kind: Calendar, name: c, spec: {hours: [{days: [monday], from: '09:00', to: '17:00'}]}}", "calendar/c: spec.hours[0].days[0]", "invalid_field"},
		"calendar zone":  {"", "{kind: Calendar, name: c, spec: {time_zone: Mars/Base, hours: [{days: [mon], from: '09:00', to: '17:00'}]}}", "calendar/c: spec.time_zone", "unknown_time_zone"},
		"still used":     {ada + payments, "", "team/payments: spec.members[0]", "unknown_reference"},
	} {
		t.Run(name, func(t *testing.T) {
			b := newBench(t)
			state := b.given(c.given)
			if name == "still used" {
				b.options.Delete = []string{"person/ada"}
			}
			_, err := catalog.Plan(state, b.parse(c.when), b.options)
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

func TestReferencesReachTheBuiltInPlaybook(t *testing.T) {
	b := newBench(t)
	state := b.given(ada + payments + runbook + `
kind: Severity
name: outage
spec: {severity: SEV-1, aliases: [P1, red], clocks: sev-1, paging: {urgency: high, teams: [payments]}}
---
kind: ClockPolicy
name: mine
spec: {rules: [{clock: acknowledge, within: 2h, calendar: office}]}
---
kind: Service
name: checkout
spec:
  owner: payments
  tier: 1
  runbooks: [disk]
  dashboards: [{title: Load, url: "https://dash.example/1"}]
  metrics: [{title: errors, query: "rate(errors[5m])", integration: prometheus}]
---
kind: Integration
name: prometheus
spec: {type: prometheus, url: "http://prom.example:9090", secrets: {password: "env:PROM"}}
---
kind: Sender
name: grafana
spec: {source: grafana, scheme: grafana, timestamp_header: X-Time, secrets: ["env:NEW", "file:/run/secrets/old"]}
`)
	if got := len(state.List("")); got != 8 {
		t.Errorf("%d resources, want 8", got)
	}
	// What the built-in playbook no longer needs to give may still be replaced.
	if _, err := catalog.Plan(state, b.parse("{kind: Calendar, name: office, spec: {hours: [{days: [sun], from: '10:00', to: '24:00'}]}}"), b.options); err != nil {
		t.Error(err)
	}
}
