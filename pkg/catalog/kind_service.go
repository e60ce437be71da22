package catalog

import (
	"fmt"
	"strings"

	"github.com/bridgelog/bridgelog/pkg/incident"
	catalogv1 "github.com/bridgelog/bridgelog/proto/gen/catalog/v1"
	incidentv1 "github.com/bridgelog/bridgelog/proto/gen/incident/v1"
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
		if p := s.GetStatusPage(); p != nil {
			c.refer(r, "spec.status_page.integration", "integration", p.GetIntegration())
			c.isStatuspage(r, "spec.status_page.integration", p.GetIntegration())
		}
		for i, metric := range s.GetMetrics() {
			c.link(r, fmt.Sprintf("spec.metrics[%d].url", i), metric.GetUrl())
			c.refer(r, fmt.Sprintf("spec.metrics[%d].integration", i), "integration", metric.GetIntegration())
			checkMetric(c, r, fmt.Sprintf("spec.metrics[%d]", i), metric)
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

// checkMetric: a metric with a kind is measured, so it needs what that takes.
func checkMetric(c *checker, r *Resource, field string, m *catalogv1.Metric) {
	if m.GetKind() == incidentv1.MetricKind_METRIC_KIND_UNSPECIFIED {
		if m.GetBad() != catalogv1.MetricBad_METRIC_BAD_UNSPECIFIED || m.Above != nil || m.Below != nil {
			c.violate(r, field+".kind", "missing", "say what it tells, resource or traffic: only then is it measured")
		}
		return
	}
	if m.GetQuery() == "" {
		c.violate(r, field+".query", "empty", "a metric with a kind is measured: give the query")
	}
	if n := len(m.GetQuery()); n > incident.MaxQuery { // it is kept with what it showed
		c.violate(r, field+".query", "too_long", fmt.Sprintf("this query has %d bytes; of a metric that is measured it has at most %d", n, incident.MaxQuery))
	}
	if m.GetIntegration() == "" {
		c.violate(r, field+".integration", "empty", "a metric with a kind is measured: name the integration of type prometheus that answers the query")
	}
	if m.Above != nil && m.Below != nil && m.GetAbove() < m.GetBelow() {
		c.violate(r, field+".above", "out_of_range", "above is less than below, so every value would be unusual: exchange them")
	}
}

// isStatuspage: what is watched has to be a page.
func (c *checker) isStatuspage(r *Resource, field, integration string) {
	if i := c.find("integration", integration); i != nil && i.Spec.GetIntegration().GetType() != "statuspage" {
		c.violate(r, field, "not_a_page", "the integration "+quote(integration)+" is no status page: name one of type statuspage")
	}
}
