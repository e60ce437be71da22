package runbook_test

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/bridgelog/bridgelog/pkg/catalog"
	"github.com/bridgelog/bridgelog/pkg/runbook"
)

func TestFind(t *testing.T) {
	l := &runbook.Library{
		Entries: []runbook.Entry{
			{Name: "disk", URL: "https://r.example/disk", Alerts: []string{"DiskFull", "Node*"}}, {Name: "text"},
		},
		Services: map[string]runbook.Service{"checkout": {Runbooks: []string{"disk"}}, "api": {URL: "https://r.example/api"}, "new": {URL: "TODO"}},
	}
	says := func(pairs ...string) runbook.Alert {
		a := runbook.Alert{Name: "Some", Labels: map[string]string{}, Annotations: map[string]string{}}
		for i := 0; i < len(pairs); i += 2 {
			if name, ok := strings.CutPrefix(pairs[i], "label:"); ok {
				a.Labels[name] = pairs[i+1]
			} else {
				a.Annotations[pairs[i]] = pairs[i+1]
			}
		}
		return a
	}
	named := func(name string, a runbook.Alert) runbook.Alert { a.Name = name; return a }
	for name, c := range map[string]struct {
		alert runbook.Alert
		want  runbook.Finding
	}{
		"an address":             {says("runbook_url", " https://x.example/a "), runbook.Finding{Outcome: runbook.Linked, Link: "https://x.example/a"}},
		"of a label":             {says("label:runbook", "https://x.example/a"), runbook.Finding{Outcome: runbook.Linked, Link: "https://x.example/a"}},
		"a name":                 {says("runbook", "text"), runbook.Finding{Outcome: runbook.Linked, Link: "text", Name: "text"}},
		"an address of ours":     {says("runbook", "https://r.example/disk"), runbook.Finding{Outcome: runbook.Linked, Link: "https://r.example/disk", Name: "disk"}},
		"no such name":           {says("runbook", "nowhere"), runbook.Finding{Outcome: runbook.Dangling, Link: "nowhere"}},
		"another scheme":         {says("runbook", "javascript:alert(1)"), runbook.Finding{Outcome: runbook.Dangling, Link: "javascript:alert(1)"}},
		"a template":             {says("runbook", "{{ $labels.runbook }}"), runbook.Finding{Outcome: runbook.Linked, Link: "{{ $labels.runbook }}"}},
		"a promise":              {says("runbook", "TODO"), runbook.Finding{Outcome: runbook.Placeholder, Link: "TODO"}},
		"a promise with words":   {says("runbook", "todo: write it"), runbook.Finding{Outcome: runbook.Placeholder, Link: "todo: write it"}},
		"a promise as a page":    {says("runbook_url", "https://x.example/TODO"), runbook.Finding{Outcome: runbook.Placeholder, Link: "https://x.example/TODO"}},
		"a link beats a promise": {says("runbook_url", "tbd", "label:runbook", "text"), runbook.Finding{Outcome: runbook.Linked, Link: "text", Name: "text"}},
		"nothing":                {says(), runbook.Finding{Outcome: runbook.Missing}},
		"by its name":            {named("DiskFull", says("runbook", "TODO")), runbook.Finding{Outcome: runbook.Linked, Link: "https://r.example/disk", Name: "disk"}},
		"by a pattern":           {named("NodeDown", says()), runbook.Finding{Outcome: runbook.Linked, Link: "https://r.example/disk", Name: "disk"}},
		"by its service":         {says("label:service", "checkout"), runbook.Finding{Outcome: runbook.Linked, Link: "https://r.example/disk", Name: "disk"}},
		"by its service's page":  {says("label:service", "api"), runbook.Finding{Outcome: runbook.Linked, Link: "https://r.example/api"}},
		"by the service's name":  {runbook.Alert{Service: "api", Labels: map[string]string{"service": "The API"}}, runbook.Finding{Outcome: runbook.Linked, Link: "https://r.example/api"}},
		"a service without one":  {says("label:service", "new"), runbook.Finding{Outcome: runbook.Missing}},
		"nameless":               {named("", says()), runbook.Finding{Outcome: runbook.Missing}},
	} {
		if got := l.Find(c.alert); got != c.want {
			t.Errorf("%s: %+v, want %+v", name, got, c.want)
		}
	}
}

func TestWords(t *testing.T) {
	for want, f := range map[string]runbook.Finding{
		"https://r.example/a":       {Outcome: runbook.Linked, Link: "https://r.example/a"},
		"disk, https://r.example/d": {Outcome: runbook.Linked, Link: "https://r.example/d", Name: "disk"},
		"text":                      {Outcome: runbook.Linked, Name: "text"},
		"named":                     {Outcome: runbook.Linked, Link: "named", Name: "named"},
		"none: the alert names \"no\\nwhere\", which is not there": {Outcome: runbook.Dangling, Link: "no\nwhere"},
		"none: the alert has only a placeholder for it":            {Outcome: runbook.Placeholder, Link: "https://r.example/TODO"},
		"none": {Outcome: runbook.Missing},
	} {
		if got := f.Words(); got != want {
			t.Errorf("%+v: %q, want %q", f, got, want)
		}
	}
}

func TestPages(t *testing.T) {
	l := &runbook.Library{Pages: []string{"node/HostDown"}, Base: "https://r.example/"}
	for link, want := range map[string]runbook.Outcome{
		"https://r.example/runbooks/node/hostdown": runbook.Linked, "https://r.example/node/hostdown.md": runbook.Linked,
		"https://r.example/hostdown": runbook.Dangling, "https://other.example/x": runbook.Linked, "https://r.example/xnode/hostdown": runbook.Dangling,
	} {
		got := l.Find(runbook.Alert{Annotations: map[string]string{"runbook_url": link}})
		if got.Outcome != want {
			t.Errorf("%s: %v, want %v", link, got.Outcome, want)
		}
	}
}

const ruleFile = `groups:
- name: g
  rules:
  - record: a:b
    expr: "1"
  - alert: Down
    expr: up == 0
    labels: {severity: critical, n: 5}
    annotations:
      runbook_url: https://r.example/down
`

func TestParseRules(t *testing.T) {
	indented := strings.ReplaceAll(ruleFile, "\n", "\n  ")
	for name, text := range map[string]string{
		"plain": ruleFile, "a resource": "kind: PrometheusRule\nspec:\n  " + indented,
		"after others": "kind: Service\n---\n" + ruleFile, "a list": "kind: List\nitems:\n- kind: PrometheusRule\n  spec:\n    " + strings.ReplaceAll(indented, "\n", "\n  "),
	} {
		rules, err := runbook.ParseRules([]byte(text))
		if err != nil || len(rules) != 1 || rules[0].Name != "Down" || rules[0].Group != "g" || rules[0].Labels["n"] != "5" || rules[0].Annotations["runbook_url"] == "" {
			t.Errorf("%s: %+v, %v", name, rules, err)
		}
	}
	if rules, err := runbook.ParseRules([]byte(ruleFile)); err != nil || rules[0].Line != 6 {
		t.Errorf("line %d, %v", rules[0].Line, err)
	}
	for _, text := range []string{"", "a: b", "[", "groups: 5", "groups: [{rules: [{alert: []}]}]"} {
		if _, err := runbook.ParseRules([]byte(text)); !errors.Is(err, runbook.ErrRules) {
			t.Errorf("%q: %v", text, err)
		}
	}
}

func FuzzParseRules(f *testing.F) {
	f.Add([]byte(ruleFile))
	f.Add([]byte("kind: PrometheusRule\nspec: {groups: []}"))
	f.Fuzz(func(t *testing.T, data []byte) {
		rules, err := runbook.ParseRules(data)
		if err != nil && !errors.Is(err, runbook.ErrRules) {
			t.Fatal(err)
		}
		for _, r := range rules {
			if r.Name == "" {
				t.Fatal("a rule without a name")
			}
			(&runbook.Library{Pages: []string{"a"}}).Find(r.Alert)
		}
	})
}

// The parts are those of the built-in checklist.
func TestPartsAreThoseOfThePlaybook(t *testing.T) {
	lacks := runbook.Lacks(nil)
	resources, err := catalog.BuiltIn()
	if err != nil {
		t.Fatal(err)
	}
	var ids []string
	for _, r := range resources {
		if r.Kind == "checklist" && r.Name == "runbook" {
			for _, item := range r.Spec.GetChecklist().GetItems() {
				ids = append(ids, item.GetId())
			}
		}
	}
	if !slices.Equal(lacks, ids) {
		t.Errorf("an empty one lacks %v, the built-in checklist has %v", lacks, ids)
	}
}

func TestLacks(t *testing.T) {
	const whole = "# HostDown\n## Meaning\nIt is off.\n## Impact\nNobody can pay.\n## Diagnosis\n```\n# no heading\nping db\n```\n## Mitigation\nTurn it on.\n### How to verify\nping\n## Escalation\nCall Ada.\n## Owner and last review\nAda, 2026-11-01\n"
	if got := runbook.Lacks([]byte(whole)); len(got) != 0 {
		t.Errorf("the whole lacks %v", got)
	}
	for text, want := range map[string][]string{
		strings.Replace(whole, "Call Ada.", "TODO", 1):           {"escalate"},
		strings.Replace(whole, "## Impact\n", "", 1):             {"urgency"},
		strings.Replace(whole, "Turn it on.\n", "", 1):           nil, // what is below counts
		strings.Replace(whole, "## Mitigation", "Mitigation", 1): {"mitigate"},
	} {
		if got := runbook.Lacks([]byte(text)); !slices.Equal(got, want) {
			t.Errorf("%s: lacks %v, want %v", text, got, want)
		}
	}
}

func FuzzLacks(f *testing.F) {
	f.Add([]byte("# a\n## Meaning\nx"))
	f.Fuzz(func(t *testing.T, text []byte) {
		all := runbook.Lacks(nil)
		for _, id := range runbook.Lacks(text) {
			if !slices.Contains(all, id) {
				t.Fatalf("lacks %q", id)
			}
		}
	})
}

// realRules are the rules of real teams beside the repository: how many of each file's
// alerts lead to a runbook, and which do not. Of kube-prometheus there are four files of
// the rules that the index of runbooks was compared with.
func realRules() map[string]struct {
	linked, missing int
	dangling        []string
} {
	type verdicts = struct {
		linked, missing int
		dangling        []string
	}
	return map[string]verdicts{
		"awesome-prometheus-alerts--node-exporter.yml":          {missing: 35},
		"kube-prometheus--alertmanager-prometheusRule.yaml":     {linked: 8, dangling: []string{"AlertmanagerClusterFailedPeers"}},
		"kube-prometheus--grafana-prometheusRule.yaml":          {dangling: []string{"GrafanaRequestsFailing"}},
		"kube-prometheus--kubePrometheus-prometheusRule.yaml":   {linked: 4},
		"kube-prometheus--kubeStateMetrics-prometheusRule.yaml": {linked: 4},
		"wikimedia--team-sre-gitlab.yaml":                       {linked: 9},
	}
}

// TestRealRules reads the rules of real teams beside the repository, if they are there:
// file by file, and none is left out.
func TestRealRules(t *testing.T) {
	root := os.Getenv("BRIDGELOG_SHARED")
	if root == "" {
		root = filepath.Join("..", "..", "..", "shared")
	}
	dir := filepath.Join(root, "data", "alerts")
	index, err := os.ReadFile(filepath.Join(dir, "prometheus-operator-runbooks.index.txt"))
	if err != nil {
		t.Skipf("the rules of real teams are not on this machine: set BRIDGELOG_SHARED (%v)", err)
	}
	l := &runbook.Library{Pages: strings.Fields(string(index)), Base: "https://runbooks.prometheus-operator.dev/"}
	files, err := filepath.Glob(filepath.Join(dir, "*.y*ml"))
	if err != nil || len(files) != len(realRules()) {
		t.Errorf("there are %d files of rules, and verdicts about %d: %v", len(files), len(realRules()), err)
	}
	for name, want := range realRules() {
		data, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Error(err)
			continue
		}
		rules, err := runbook.ParseRules(data)
		if err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if alerts := strings.Count(string(data), "alert:"); len(rules) != alerts {
			t.Errorf("%s: %d rules were read, the file has %d alerts", name, len(rules), alerts)
		}
		got := map[runbook.Outcome]int{}
		var dangling []string
		for _, r := range rules {
			f := l.Find(r.Alert)
			if got[f.Outcome]++; f.Outcome == runbook.Dangling {
				dangling = append(dangling, r.Name)
			}
		}
		if got[runbook.Linked] != want.linked || got[runbook.Missing] != want.missing || got[runbook.Placeholder] != 0 || !slices.Equal(dangling, want.dangling) {
			t.Errorf("%s: %v, dangling %v; want %+v", name, got, dangling, want)
		}
	}
}
