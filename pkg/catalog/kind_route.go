package catalog

import (
	"fmt"
	"strings"

	catalogv1 "github.com/bridgelog/bridgelog/proto/gen/catalog/v1"
)

// routeKind: a rule from alerts to incidents. A service with "{{label}}" in it is
// known only when an alert comes.
func routeKind() Kind {
	return Kind{Name: "route", Title: "Route", check: func(c *checker, r *Resource) {
		s := r.Spec.GetRoute()
		c.fromDoor(r, Sources(), func(spec *catalogv1.Spec) string { return spec.GetRoute().GetSource() })
		c.referFilled(r, "spec.service", "service", s.GetService())
		if s.GetAction() == catalogv1.RouteAction_ROUTE_ACTION_ATTACH && s.GetService() == "" {
			c.violate(r, "spec.service", "required", "a route that attaches needs a service: name the one whose incidents take the alerts, for example \"{{service}}\"")
		}
		c.pages(r, s)
		c.tees(r, s)
		if w := s.GetWindow(); w != nil && (w.CheckValid() != nil || w.AsDuration() <= 0) {
			c.violate(r, "spec.window", "not_positive", "a window has to be longer than nothing, for example 30m")
		}
		c.flapping(r, s.GetFlapping())
	}}
}

// referFilled checks a name that may take the values of labels.
func (c *checker) referFilled(r *Resource, field, kind, name string) {
	if !strings.Contains(name, "{{") {
		c.refer(r, field, kind, name)
	} else if strings.Count(name, "{{") != strings.Count(name, "}}") {
		c.violate(r, field, "open_template", "a {{label}} is not closed")
	}
}

// pages checks what a route says about pages.
func (c *checker) pages(r *Resource, s *catalogv1.RouteSpec) {
	c.referFilled(r, "spec.team", "team", s.GetTeam())
	if s.GetAction() == catalogv1.RouteAction_ROUTE_ACTION_PAGE {
		if s.GetTeam() == "" && s.GetService() == "" {
			c.violate(r, "spec.team", "required",
				"a route that pages needs to know whom: name a team, or a service, whose owner is paged then, for example service: \"{{service}}\"")
		}
		return
	}
	for _, only := range []struct {
		field string
		given bool
	}{{"team", s.GetTeam() != ""}, {"urgency", s.GetUrgency() != 0}, {"shadow", s.GetShadow()}} {
		if only.given {
			c.violate(r, "spec."+only.field, "only_for_pages", only.field+" is about paging, and this route does not page: set action: page, or leave it out")
		}
	}
}

// TeeSecrets are the types of integrations that alerts can be forwarded to, with the name
// of the secret that each needs.
func TeeSecrets() map[string]string {
	return map[string]string{"pagerduty": "routing_key", "opsgenie": "api_key"}
}

// tees checks to whom a route forwards.
func (c *checker) tees(r *Resource, s *catalogv1.RouteSpec) {
	for i, name := range s.GetTee() {
		field := fmt.Sprintf("spec.tee[%d]", i)
		to := c.find("integration", name)
		if to == nil {
			c.refer(r, field, "integration", name)
			continue
		}
		spec := to.Spec.GetIntegration()
		secret, known := TeeSecrets()[spec.GetType()]
		switch {
		case !known:
			c.violate(r, field, "not_a_tee", quote(name)+" is of the type "+quote(spec.GetType())+": alerts are forwarded to those of the types pagerduty and opsgenie")
		case spec.GetSecrets()[secret] == "":
			c.violate(r, field, "no_key", "the integration "+quote(name)+" names no key: add "+secret+": env:NAME to its secrets")
		}
	}
}
