package catalog

import (
	"fmt"
	"strings"
)

// serviceKind: something that can fail. Dependencies must not run in a circle.
func serviceKind() Kind {
	return Kind{Name: "service", Title: "Service", check: func(c *checker, r *Resource) {
		s := r.Spec.GetService()
		c.referAll(r, "spec.components", "component", s.GetComponents())
		c.referAll(r, "spec.depends_on", "service", s.GetDependsOn())
		c.referAll(r, "spec.runbooks", "runbook", s.GetRunbooks())
		c.refer(r, "spec.owner", "team", s.GetOwner())
		c.link(r, "spec.runbook_url", s.GetRunbookUrl())
		for i, dashboard := range s.GetDashboards() {
			c.link(r, fmt.Sprintf("spec.dashboards[%d].url", i), dashboard.GetUrl())
		}
		for i, metric := range s.GetMetrics() {
			c.link(r, fmt.Sprintf("spec.metrics[%d].url", i), metric.GetUrl())
			c.refer(r, fmt.Sprintf("spec.metrics[%d].integration", i), "integration", metric.GetIntegration())
		}
		c.noCircle(r, "spec.depends_on", "these services depend on each other", func(r *Resource) []string {
			return r.Spec.GetService().GetDependsOn()
		})
	}}
}

// link checks an address that people follow; empty is allowed.
func (c *checker) link(r *Resource, field, url string) {
	if url == "" || strings.HasPrefix(url, "https://") || strings.HasPrefix(url, "http://") {
		return
	}
	c.violate(r, field, "not_a_link", quote(url)+" is no link: it has to begin with https:// or http://")
}
