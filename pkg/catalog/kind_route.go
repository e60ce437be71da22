package catalog

import (
	"strings"

	catalogv1 "github.com/bridgelog/bridgelog/proto/gen/catalog/v1"
)

// routeKind: a rule from alerts to incidents. A service with "{{label}}" in it is
// known only when an alert comes.
func routeKind() Kind {
	return Kind{Name: "route", Title: "Route", check: func(c *checker, r *Resource) {
		s := r.Spec.GetRoute()
		if !strings.Contains(s.GetService(), "{{") {
			c.refer(r, "spec.service", "service", s.GetService())
		} else if strings.Count(s.GetService(), "{{") != strings.Count(s.GetService(), "}}") {
			c.violate(r, "spec.service", "open_template", "a {{label}} is not closed")
		}
		if s.GetAction() == catalogv1.RouteAction_ROUTE_ACTION_ATTACH && s.GetService() == "" {
			c.violate(r, "spec.service", "required", "a route that attaches needs a service: name the one whose incidents take the alerts, for example \"{{service}}\"")
		}
		if w := s.GetWindow(); w != nil && (w.CheckValid() != nil || w.AsDuration() <= 0) {
			c.violate(r, "spec.window", "not_positive", "a window has to be longer than nothing, for example 30m")
		}
		c.flapping(r, s.GetFlapping())
	}}
}
