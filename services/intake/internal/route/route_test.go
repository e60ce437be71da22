package route_test

import (
	"strings"
	"testing"

	"github.com/bridgelog/bridgelog/services/intake/internal/route"
)

func rules() []route.Rule {
	rules := []route.Rule{
		{Name: "z-rest", Priority: 100},
		{Name: "b", Match: map[string]string{"service": "checkout"}},
		{Name: "a", Match: map[string]string{"service": "checkout", "severity": "critical"}},
		{Name: "empty", Match: map[string]string{"quiet": ""}},
		{Name: "grafana", Source: "grafana", Match: map[string]string{"service": "checkout"}, Priority: -1},
	}
	route.Sort(rules)
	return rules
}

func TestMatch(t *testing.T) {
	for name, c := range map[string]struct {
		source string
		labels map[string]string
		want   string
	}{
		"first by name":                   {"alertmanager", map[string]string{"service": "checkout", "severity": "critical"}, "a"},
		"all labels have to match":        {"alertmanager", map[string]string{"service": "checkout", "severity": "warning"}, "b"},
		"an empty value is not a missing": {"alertmanager", map[string]string{"quiet": ""}, "empty"},
		"catch-all comes last":            {"alertmanager", nil, "z-rest"},
		"lower priority number first":     {"grafana", map[string]string{"service": "checkout"}, "grafana"},
	} {
		t.Run(name, func(t *testing.T) {
			got, ok := route.Match(rules(), c.source, c.labels)
			if !ok || got.Name != c.want {
				t.Errorf("got %q, want %q", got.Name, c.want)
			}
		})
	}
	if got, ok := route.Match(rules()[:1], "alertmanager", nil); ok {
		t.Errorf("rule %q of another door took the alert", got.Name)
	}
}

func TestGroupKey(t *testing.T) {
	r := route.Rule{GroupBy: []string{"a", "b"}}
	if r.GroupKey("sender", map[string]string{"a": `x",b="y`}) == r.GroupKey("sender", map[string]string{"a": "x", "b": "y"}) {
		t.Error("different values give one group")
	}
	if r.GroupKey("one", map[string]string{"a": "x"}) != r.GroupKey("two", map[string]string{"a": "x", "c": "z"}) {
		t.Error("what the rule does not name decides the group")
	}
	if got := (&route.Rule{}).GroupKey("sender", nil); got != "sender" {
		t.Errorf("got %q, want the sender's group", got)
	}
}

func TestServiceFor(t *testing.T) {
	labels := map[string]string{
		"service": "checkout", "env": "prod", "wide": " checkout\n", "lines": "check\nout", "space": " \t", "long": strings.Repeat("x", 129),
	}
	for spec, want := range map[string]string{
		"search": "search", "{{service}}": "checkout", "{{ service }}-{{env}}": "checkout-prod", "{{team}}": "", "x-{{team}}": "", "": "",
		"{{wide}}": "checkout", "{{lines}}": "", "{{space}}": "", "{{long}}": "",
	} {
		if got := (&route.Rule{Service: spec}).ServiceFor(labels); got != want {
			t.Errorf("%q: got %q, want %q", spec, got, want)
		}
		if got := (&route.Rule{Team: spec}).TeamFor(labels); got != want {
			t.Errorf("team %q: got %q, want %q", spec, got, want)
		}
	}
}
