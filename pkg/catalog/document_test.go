package catalog_test

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"google.golang.org/protobuf/proto"

	"github.com/bridgelog/bridgelog/pkg/catalog"
	authv1 "github.com/bridgelog/bridgelog/proto/gen/auth/v1"
	incidentv1 "github.com/bridgelog/bridgelog/proto/gen/incident/v1"
)

// everything has each kind and each sort of value.
const everything = `
# People
kind: Person
name: ada
spec:
  display_name: Ada Lovelace
  email: ada@example.org
  role: responder
  time_zone: Europe/London
---
kind: status-page
name: main
spec: {title: "123", components: [api]}
---
kind: Component
name: api
spec:
  position: 3
  only_show_if_degraded: true
---
kind: Webhook
name: chat
spec:
  url: https://chat.example/hook
  secrets: [env:CHAT_SECRET, file:/etc/secret]
  severities: [SEV-1, p2, critical]
---
kind: Route
name: payments
spec:
  match: {team: payments, "2": "yes"}
  severity: SEV-2
  action: list
  window: 1h30m
---
kind: Token
name: ci
spec: {role: viewer, expire_time: 2027-01-02T03:04:05Z}
---
kind: service
name: checkout
---
`

func TestParse(t *testing.T) {
	resources, err := catalog.Parse("all.yaml", []byte(everything))
	if err != nil {
		t.Fatal(err)
	}
	var keys []string
	for _, r := range resources {
		keys = append(keys, r.Key())
	}
	want := "person/ada status_page/main component/api webhook/chat route/payments token/ci service/checkout"
	if got := strings.Join(keys, " "); got != want {
		t.Fatalf("got %s, want %s", got, want)
	}
	if p := resources[0].Spec.GetPerson(); p.GetRole() != authv1.AccountRole_ACCOUNT_ROLE_RESPONDER || p.GetDisplayName() != "Ada Lovelace" {
		t.Errorf("got %v", p)
	}
	if got := resources[1].Spec.GetStatusPage().GetTitle(); got != "123" {
		t.Errorf("got title %q", got)
	}
	severities := resources[3].Spec.GetWebhook().GetSeverities()
	if len(severities) != 3 || severities[0] != incidentv1.Severity_SEVERITY_SEV1 || severities[1] != incidentv1.Severity_SEVERITY_SEV2 || severities[2] != severities[0] {
		t.Errorf("got severities %v", severities)
	}
	r := resources[4].Spec.GetRoute()
	if r.GetMatch()["2"] != "yes" || r.GetWindow().AsDuration().String() != "1h30m0s" {
		t.Errorf("got %v", r)
	}
	if got := resources[5].Spec.GetToken().GetExpireTime().AsTime().Unix(); got != 1798859045 {
		t.Errorf("got expiry %d", got)
	}
	if resources[6].Spec.GetService() == nil {
		t.Error("a resource without spec has no specification of its kind")
	}
}

func TestFormatIsReadBack(t *testing.T) {
	resources, err := catalog.Parse("all.yaml", []byte(everything))
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := catalog.Format(&b, resources); err != nil {
		t.Fatal(err)
	}
	for _, friendly := range []string{"kind: StatusPage", "title: \"123\"", "- SEV-1", "role: responder", "window: 1h30m0s", "expire_time: 2027-01-02T03:04:05Z", "action: list"} {
		if !strings.Contains(b.String(), friendly) {
			t.Errorf("no %q in:\n%s", friendly, b.String())
		}
	}
	again, err := catalog.Parse("again.yaml", b.Bytes())
	if err != nil || len(again) != len(resources) {
		t.Fatalf("got %d resources, %v", len(again), err)
	}
	for i := range resources {
		if again[i].Key() != resources[i].Key() || !proto.Equal(again[i].Spec, resources[i].Spec) {
			t.Errorf("%s came back as %s %v", resources[i].Key(), again[i].Key(), again[i].Spec)
		}
	}
}

func TestDocumentsThatAreRefused(t *testing.T) {
	for name, c := range map[string]struct{ text, where, why string }{
		"not yaml":         {"kind: [", "f.yaml:1", "not_yaml"},
		"a later line":     {"kind: Service\nname: a\nspec:\n\t- x", "f.yaml:4", "not_yaml"},
		"a list":           {"- a", "f.yaml:1", "not_a_mapping"},
		"no kind":          {"name: a", "f.yaml:1: kind", "required"},
		"no name":          {"kind: Service", "f.yaml:1: name", "required"},
		"unknown kind":     {"\n\nkind: Servce\nname: a", "f.yaml:3: kind", "unknown_kind"},
		"unknown top":      {"kind: Service\nname: a\nspce: {}", "f.yaml:3: spce", "unknown_field"},
		"unknown field":    {"kind: Service\nname: a\nspec:\n  depends: [b]", "f.yaml:4: spec.depends", "unknown_field"},
		"field twice":      {"kind: Service\nname: a\nname: b", "f.yaml:3: name", "twice"},
		"wrong enum":       {"kind: Route\nname: a\nspec:\n  severity: SEV-9", "f.yaml:4: spec.severity", "wrong_value"},
		"enum zero":        {"kind: Person\nname: a\nspec: {role: unspecified}", "f.yaml:3: spec.role", "wrong_value"},
		"wrong number":     {"kind: Route\nname: a\nspec: {priority: high}", "f.yaml:3: spec.priority", "wrong_value"},
		"wrong bool":       {"kind: Component\nname: a\nspec: {group: 'yes'}", "f.yaml:3: spec.group", "wrong_value"},
		"wrong duration":   {"kind: Route\nname: a\nspec: {window: 30}", "f.yaml:3: spec.window", "wrong_value"},
		"wrong time":       {"kind: Token\nname: a\nspec: {expire_time: soon}", "f.yaml:3: spec.expire_time", "wrong_value"},
		"no list":          {"kind: Service\nname: a\nspec: {depends_on: b}", "f.yaml:3: spec.depends_on", "not_a_list"},
		"list of lists":    {"kind: Service\nname: a\nspec: {depends_on: [[b]]}", "f.yaml:3: spec.depends_on[0]", "not_a_value"},
		"no map":           {"kind: Route\nname: a\nspec: {match: [x]}", "f.yaml:3: spec.match", "not_a_mapping"},
		"alias":            {"kind: Service\nname: &n a\nspec: {description: *n}", "f.yaml:3: spec.description", "not_a_value"},
		"merge":            {"kind: Service\nname: a\nspec:\n  <<: {description: x}", "f.yaml:4: spec", "not_a_name"},
		"second of two":    {"kind: Service\nname: a\n---\nkind: Service\nnam: b", "f.yaml:5: nam", "unknown_field"},
		"name is no value": {"kind: Service\nname: [a]", "f.yaml:2: name", "not_text"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := catalog.Parse("f.yaml", []byte(c.text))
			var v catalog.Violations
			if !errors.As(err, &v) {
				t.Fatalf("got %v, want violations", err)
			}
			if v[0].Where() != c.where || v[0].Reason != c.why || v[0].Message == "" {
				t.Errorf("got %q %s (%s), want %q %s", v[0].Where(), v[0].Reason, v[0].Message, c.where, c.why)
			}
		})
	}
}

func TestEverythingThatIsWrongIsSaidAtOnce(t *testing.T) {
	_, err := catalog.Parse("f.yaml", []byte("kind: Route\nname: a\nspec: {severity: x, priority: y, servce: z}"))
	var v catalog.Violations
	if !errors.As(err, &v) || len(v) != 3 {
		t.Fatalf("got %v, want three violations", err)
	}
	if !strings.Contains(v[2].Message, "did you mean service?") {
		t.Errorf("got %q, want a suggestion", v[2].Message)
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte(everything))
	f.Add([]byte("kind: Service\nname: a\nspec: {depends_on: [b]}"))
	f.Add([]byte("&a [*a]"))
	f.Add([]byte("kind: ClockPolicy\nname: p\nspec:\n  rules: [{clock: task, warn_before: 5m}, {clock: external_update, statuses: [monitoring], within: 1h}]"))
	f.Add([]byte("kind: Calendar\nname: c\nspec: {hours: [{days: [mon], from: '09:00', to: '17:00'}], holidays: [{name: x, on: 12-25, observed: true}]}"))
	f.Add([]byte("kind: Integration\nname: i\nspec: {type: slack, settings: {a: \"1\"}, secrets: {t: 'env:T'}}"))
	f.Fuzz(func(t *testing.T, data []byte) {
		resources, err := catalog.Parse("f.yaml", data)
		if err != nil {
			if v, ok := err.(catalog.Violations); !ok || len(v) == 0 { //nolint:errorlint // documented to be this type
				t.Fatalf("got error %T %v", err, err)
			}
			return
		}
		var b bytes.Buffer
		if err := catalog.Format(&b, resources); err != nil {
			t.Fatal(err)
		}
		again, err := catalog.Parse("again.yaml", b.Bytes())
		if err != nil || len(again) != len(resources) {
			t.Fatalf("what was written is not read back: %v\n%s", err, b.String())
		}
		for i := range again {
			if again[i].Name != resources[i].Name || !proto.Equal(again[i].Spec, resources[i].Spec) {
				t.Fatalf("got %v, want %v from\n%s", again[i].Spec, resources[i].Spec, b.String())
			}
		}
	})
}
