package backstage_test

import (
	"strings"
	"testing"

	"google.golang.org/protobuf/proto"

	"github.com/bridgelog/bridgelog/cmd/bridgelog/internal/importer/backstage"
	catalogv1 "github.com/bridgelog/bridgelog/proto/gen/catalog/v1"
)

const sample = `
apiVersion: backstage.io/v1alpha1
kind: Component
metadata:
  name: checkout
  title: Checkout
  description: Takes the money
  annotations: {example.org/tier: "tier-1", example.org/runbook-url: https://wiki.example.org/checkout}
  links:
    - {url: https://dash.example.org/1, title: Load}
    - {url: "javascript:alert(1)", title: Bad}
spec: {type: service, lifecycle: production, owner: "group:default/payments", dependsOn: ["resource:orders-db", "component:search", "api:rates", "component:gone"]}
---
apiVersion: backstage.io/v1alpha1
kind: Resource
metadata: {name: orders-db}
spec: {type: database, owner: payments}
---
apiVersion: backstage.io/v1beta1
kind: Component
metadata: {name: search, namespace: web}
spec: {type: website, lifecycle: experimental, owner: "user:ada", dependencyOf: ["component:checkout"]}
---
apiVersion: backstage.io/v1alpha1
kind: Group
metadata: {name: payments}
spec: {type: team, children: [], profile: {displayName: Payments}, members: [ben, nobody]}
---
apiVersion: backstage.io/v1alpha1
kind: User
metadata: {name: ada}
spec: {profile: {displayName: Ada Lovelace, email: ada@example.org}, memberOf: [payments]}
---
apiVersion: backstage.io/v1alpha1
kind: System
metadata: {name: shop}
spec: {owner: payments}
`

// known is what the catalog has: ben, and a service with metrics.
func known() []*catalogv1.Resource {
	return []*catalogv1.Resource{
		{Kind: "person", Name: "ben", Spec: &catalogv1.Spec{Kind: &catalogv1.Spec_Person{Person: &catalogv1.PersonSpec{}}}},
		{Kind: "service", Name: "checkout", Spec: &catalogv1.Spec{Kind: &catalogv1.Spec_Service{Service: &catalogv1.ServiceSpec{
			Metrics: []*catalogv1.Metric{{Title: "errors"}}, Tier: 3,
		}}}},
	}
}

func convert(t *testing.T, text string, o backstage.Options) (map[string]*catalogv1.Spec, string, error) {
	t.Helper()
	entities, err := backstage.Parse(strings.NewReader(text), "catalog-info.yaml")
	if err != nil {
		return nil, "", err
	}
	result, err := backstage.Convert(entities, o)
	specs := map[string]*catalogv1.Spec{}
	for _, r := range result.Resources {
		specs[r.GetKind()+"/"+r.GetName()] = r.GetSpec()
	}
	return specs, strings.Join(result.Warnings, "\n"), err
}

func TestDescriptorsBecomeResources(t *testing.T) {
	specs, warnings, err := convert(t, sample, backstage.Options{Known: known()})
	if err != nil {
		t.Fatal(err)
	}
	if len(specs) != 5 {
		t.Errorf("%d resources: %v", len(specs), specs)
	}
	want := &catalogv1.ServiceSpec{
		DisplayName: "Checkout", Description: "Takes the money", Owner: "payments", Tier: 1,
		RunbookUrl: "https://wiki.example.org/checkout", DependsOn: []string{"orders-db", "web.search"},
		Dashboards: []*catalogv1.Link{{Title: "Load", Url: "https://dash.example.org/1"}}, Metrics: []*catalogv1.Metric{{Title: "errors"}},
	}
	if got := specs["service/checkout"].GetService(); !proto.Equal(got, want) {
		t.Errorf("checkout is\n%v, want\n%v", got, want)
	}
	if got := specs["service/web.search"].GetService(); got.GetTier() != 5 || got.GetOwner() != "" {
		t.Errorf("search is %v", got)
	}
	if got := specs["team/payments"].GetTeam(); got.GetDisplayName() != "Payments" || strings.Join(got.GetMembers(), ",") != "ben,ada" {
		t.Errorf("payments is %v", got)
	}
	if got := specs["person/ada"].GetPerson(); got.GetEmail() != "ada@example.org" || got.GetRole() != 0 {
		t.Errorf("ada is %v", got)
	}
	for _, part := range []string{
		"depends on api:rates, which is no service", "depends on component:gone, which is neither here nor in the catalog",
		"component:search", "owned by user:ada, a person", "has the member nobody", "1 of kind System left out",
	} {
		if !strings.Contains(warnings, part) {
			t.Errorf("%q is missing in\n%s", part, warnings)
		}
	}
}

func TestAnUnknownOwnerIsClear(t *testing.T) {
	const lonely = "\napiVersion: backstage.io/v1alpha1\nkind: Component\nmetadata: {name: a}\nspec: {owner: team-b}\n"
	_, _, err := convert(t, lonely, backstage.Options{})
	if err == nil || !strings.Contains(err.Error(), `catalog-info.yaml:2: a is owned by "team-b", and there is no such team`) {
		t.Errorf("got %v", err)
	}
	specs, warnings, err := convert(t, lonely, backstage.Options{CreateTeams: true})
	if err != nil || specs["team/team-b"].GetTeam() == nil || !strings.Contains(warnings, "without members") {
		t.Errorf("got %v, %s, %v", specs, warnings, err)
	}
}

func TestWhatIsNoDescriptor(t *testing.T) {
	for text, say := range map[string]string{
		"kind: Service\nname: a\n": "no descriptor of Backstage",
		"a: [":                     "catalog-info.yaml: yaml",
		"apiVersion: backstage.io/v1alpha1\nkind: Component\n":                                          "metadata.name is missing",
		"apiVersion: backstage.io/v1alpha1\nkind: Component\nmetadata: [a]\n":                           "catalog-info.yaml",
		strings.Repeat("---\napiVersion: backstage.io/v1alpha1\nkind: Group\nmetadata: {name: a}\n", 2): "there are two called team/a",
	} {
		if _, _, err := convert(t, text, backstage.Options{}); err == nil || !strings.Contains(err.Error(), say) {
			t.Errorf("%q: %v, want %q", text, err, say)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add(sample)
	f.Add("apiVersion: backstage.io/v1\nmetadata: &a {name: *a}")
	f.Fuzz(func(_ *testing.T, text string) {
		if entities, err := backstage.Parse(strings.NewReader(text), "f"); err == nil {
			_, _ = backstage.Convert(entities, backstage.Options{CreateTeams: true})
		}
	})
}
