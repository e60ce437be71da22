package resourcefile_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/durationpb"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/bridgelog/bridgelog/cmd/bridgelog/internal/resourcefile"
	authv1 "github.com/bridgelog/bridgelog/proto/gen/auth/v1"
	catalogv1 "github.com/bridgelog/bridgelog/proto/gen/catalog/v1"
	incidentv1 "github.com/bridgelog/bridgelog/proto/gen/incident/v1"
)

const sample = `# people first
kind: Person
name: ada
spec:
  display_name: Ada Lovelace
  email: ada@example.com
  role: responder
---
kind: route
name: checkout
spec:
  match: {service: checkout, port: 8080}
  severity: sev1
  groupBy: [alertname]
  priority: 10
  action: list
  window: 1h30m
---
---
kind: StatusPage
name: main
spec: {title: Main, components: api}
---
resources:
- kind: webhooks
  name: hook
  id: set-by-the-server
  spec:
    url: https://example.com/hook
    secrets: ["env:SECRET"]
    severities: [SEV-1, "2"]
    include_private: true
- kind: Service
  name: pay
  spec:
    tier: 1
    dashboards: [{title: Load, url: https://example.com/d}]
- kind: categories
  name: change
  spec: {review: {count: 2, within: 90d}}
- {"kind": "token", "name": "ci", "spec": {"role": "manager", "expire_time": "2027-01-31T00:00:00Z"}}
`

func want() []*catalogv1.Resource {
	return []*catalogv1.Resource{
		{Kind: "person", Name: "ada", Spec: &catalogv1.Spec{Kind: &catalogv1.Spec_Person{Person: &catalogv1.PersonSpec{
			DisplayName: "Ada Lovelace", Email: "ada@example.com", Role: authv1.AccountRole_ACCOUNT_ROLE_RESPONDER,
		}}}},
		{Kind: "route", Name: "checkout", Spec: &catalogv1.Spec{Kind: &catalogv1.Spec_Route{Route: &catalogv1.RouteSpec{
			Match: map[string]string{"service": "checkout", "port": "8080"}, Severity: incidentv1.Severity_SEVERITY_SEV1,
			GroupBy: []string{"alertname"}, Priority: 10, Action: catalogv1.RouteAction_ROUTE_ACTION_LIST,
			Window: durationpb.New(90 * time.Minute),
		}}}},
		{Kind: "status_page", Name: "main", Spec: &catalogv1.Spec{Kind: &catalogv1.Spec_StatusPage{StatusPage: &catalogv1.StatusPageSpec{
			Title: "Main", Components: []string{"api"},
		}}}},
		{Kind: "webhook", Name: "hook", Spec: &catalogv1.Spec{Kind: &catalogv1.Spec_Webhook{Webhook: &catalogv1.WebhookSpec{
			Url: "https://example.com/hook", Secrets: []string{"env:SECRET"}, IncludePrivate: true,
			Severities: []incidentv1.Severity{incidentv1.Severity_SEVERITY_SEV1, incidentv1.Severity_SEVERITY_SEV2},
		}}}},
		{Kind: "service", Name: "pay", Spec: &catalogv1.Spec{Kind: &catalogv1.Spec_Service{Service: &catalogv1.ServiceSpec{
			Tier: 1, Dashboards: []*catalogv1.Link{{Title: "Load", Url: "https://example.com/d"}},
		}}}},
		{Kind: "category", Name: "change", Spec: &catalogv1.Spec{Kind: &catalogv1.Spec_Category{Category: &catalogv1.CategorySpec{
			Review: &catalogv1.Recurrence{Count: 2, Within: durationpb.New(90 * 24 * time.Hour)},
		}}}},
		{Kind: "token", Name: "ci", Spec: &catalogv1.Spec{Kind: &catalogv1.Spec_Token{Token: &catalogv1.TokenSpec{
			Role: authv1.AccountRole_ACCOUNT_ROLE_MANAGER, ExpireTime: timestamppb.New(time.Date(2027, 1, 31, 0, 0, 0, 0, time.UTC)),
		}}}},
	}
}

func TestParse(t *testing.T) {
	parsed, err := resourcefile.Parse(strings.NewReader(sample), "dir/a.yaml")
	if err != nil {
		t.Fatal(err)
	}
	expected := want()
	if len(parsed) != len(expected) {
		t.Fatalf("%d resources, want %d", len(parsed), len(expected))
	}
	for i, p := range parsed {
		if !proto.Equal(p.Resource, expected[i]) {
			t.Errorf("resource %d:\n%v\nwant\n%v", i, p.Resource, expected[i])
		}
	}
	if parsed[1].Line != 9 || parsed[1].File != "dir/a.yaml" {
		t.Errorf("the route stands at %s:%d", parsed[1].File, parsed[1].Line)
	}
}

// TestFormatParses holds that what is written can be read again as the same.
func TestFormatParses(t *testing.T) {
	for _, r := range want() {
		data, err := json.Marshal(resourcefile.Format(r))
		if err != nil {
			t.Fatal(err)
		}
		parsed, err := resourcefile.Parse(strings.NewReader(string(data)), "x.json")
		if err != nil || len(parsed) != 1 || !proto.Equal(parsed[0].Resource, r) {
			t.Errorf("%s\nreads as %v, %v", data, parsed, err)
		}
	}
}

func TestProblemsNameTheLine(t *testing.T) {
	cases := map[string]string{
		"kind: Serviec\nname: a\n":  "f.yaml:1: unknown kind \"Serviec\"",
		"kind: Service\nspec: {}\n": "f.yaml:1: the name of this Service is missing",
		"name: a\n":                 "the kind is missing",
		"kind: Service\nname: a\nspec:\n  descripton: x\n":                     "f.yaml:4: service/a: unknown field \"descripton\"",
		"kind: Route\nname: a\nspec:\n  severity: huge\n":                      "f.yaml:4: route/a: spec.severity: unknown severity",
		"kind: Route\nname: a\nspec:\n  priority: many\n":                      "spec.priority: \"many\" is no whole number",
		"kind: Route\nname: a\nspec:\n  window: soon\n":                        "spec.window: \"soon\" is no length of time",
		"kind: Person\nname: a\nspec: {role: king}\n":                          "use one of viewer, responder, manager, admin",
		"kind: Service\nname: a\nspec: {dashboards: [{title: a}, {titel: b}]}": "spec.dashboards[1]: unknown field \"titel\"",
		"kind: Category\nname: a\nspec: {review: often}\n":                     "spec.review: expected a mapping",
		"kind: Service\nname: a\nspecs: {}\n":                                  "unknown key \"specs\"",
		"kind: Service\nname: a\nspec: {description: a, description: b}":       "is given twice",
		"- 1\n":  "a resource is a mapping",
		"a: [\n": "f.yaml: yaml",
	}
	for text, message := range cases {
		_, err := resourcefile.Parse(strings.NewReader(text), "f.yaml")
		if err == nil || !strings.Contains(err.Error(), message) {
			t.Errorf("%q: %v, want %q", text, err, message)
		}
	}
}

func TestAllProblemsAtOnce(t *testing.T) {
	_, err := resourcefile.Parse(strings.NewReader("kind: Service\nname: a\nspec: {x: 1, y: 2}\n---\nkind: Nothing\nname: b\n"), "f.yaml")
	for _, part := range []string{`"x"`, `"y"`, `"Nothing"`} {
		if err == nil || !strings.Contains(err.Error(), part) {
			t.Errorf("%v, want %s among it", err, part)
		}
	}
	var p *resourcefile.Problem
	if !errors.As(err, &p) || p.Line != 3 {
		t.Errorf("first problem %+v", p)
	}
}

func FuzzParse(f *testing.F) {
	f.Add(sample)
	f.Add("resources: [1, {kind: x}]")
	f.Add("a: &a [*a]")
	f.Fuzz(func(t *testing.T, text string) {
		parsed, err := resourcefile.Parse(strings.NewReader(text), "f")
		if err != nil {
			return
		}
		for _, p := range parsed {
			if p.Resource.GetKind() == "" || p.Resource.GetName() == "" || p.Resource.GetSpec() == nil {
				t.Errorf("half a resource: %v", p.Resource)
			}
		}
	})
}

func TestLinesOfFields(t *testing.T) {
	parsed, err := resourcefile.Parse(strings.NewReader(`kind: Team
name: a
---
kind: Service
name: pay
spec:
  tier: 1
  dashboards:
    - title: Load
      url: https://example.com/d
    - title: More
      url: https://example.com/e
`), "f.yaml")
	if err != nil {
		t.Fatal(err)
	}
	for field, line := range map[string]int{
		"": 4, "name": 5, "spec.tier": 7, "spec.owner": 7, "spec.dashboards[1]": 11, "spec.dashboards[1].url": 12,
		"spec.dashboards[9].url": 9, "spec.tier.more": 7,
	} {
		if got := parsed[1].LineOf(field); got != line {
			t.Errorf("%q stands in line %d, want %d", field, got, line)
		}
	}
}

// A document that would be billions of lines is refused before it is.
func TestDocumentsThatExplode(t *testing.T) {
	var b strings.Builder
	b.WriteString("kind: Service\nname: a\nspec:\n  components: &a0 [lol, lol]\n")
	for i := 1; i < 40; i++ {
		fmt.Fprintf(&b, "  x%d: &a%d [*a%d, *a%d, *a%d]\n", i, i, i-1, i-1, i-1)
	}
	b.WriteString("  depends_on: [*a39, *a39]\n")
	if parsed, err := resourcefile.Parse(strings.NewReader(b.String()), "f.yaml"); err == nil {
		t.Errorf("it was read as %d resources", len(parsed))
	}
	nested := strings.Repeat("[", 200_000)
	if _, err := resourcefile.Parse(strings.NewReader("kind: Service\nname: a\nspec: "+nested), "f.yaml"); err == nil {
		t.Error("a deep document was read")
	}
	long := strings.Repeat("x", 1<<20)
	parsed, err := resourcefile.Parse(strings.NewReader("kind: Service\nname: a\nspec: {description: "+long+"}"), "f.yaml")
	if err != nil || len(parsed[0].Resource.GetSpec().GetService().GetDescription()) != len(long) {
		t.Errorf("a long text: %v", err) // it is the system that refuses it
	}
}
