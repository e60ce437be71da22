package catalog

import (
	"slices"
	"strings"

	"github.com/bridgelog/bridgelog/pkg/heartbeat"
	catalogv1 "github.com/bridgelog/bridgelog/proto/gen/catalog/v1"
)

// Doors are the names of the doors of intake, sorted: what a sender sends to. A test of
// intake holds that it has these and no others.
func Doors() []string {
	return []string{
		"alertmanager", "api", "argocd", "cloudevents", "datadog", "gitea", "github", "gitlab", "grafana", "incident-io", "json",
		"opsgenie", "opsgenie-webhook", "pagerduty", "pagerduty-change", "pagerduty-webhook", "sentry",
	}
}

// Sources are the names that the source of an alert may have, sorted: the doors, and that
// of heartbeats.
func Sources() []string {
	all := append(Doors(), heartbeat.Kind)
	slices.Sort(all)
	return all
}

// UnknownSource says that a source is none of those that there may be, and which these
// are; empty when it is one, or is not said.
func UnknownSource(source string, known []string) string {
	if source == "" || slices.Contains(known, source) {
		return ""
	}
	if near := Nearest(source, known); len(near) > 0 {
		return "there is no door " + quote(clip(source)) + ": did you mean " + quote(near[0]) + "? There are " + strings.Join(known, ", ")
	}
	return "there is no door " + quote(clip(source)) + ": there are " + strings.Join(known, ", ")
}

// fromDoor checks the source that a resource names and did not name before. Doors come
// with a version of the program and not with resources, so none that is missing comes
// later.
func (c *checker) fromDoor(r *Resource, known []string, sourceOf func(*catalogv1.Spec) string) {
	if c.settled {
		return
	}
	if c.before != nil {
		if have, ok := c.before(r.Key()); ok && sourceOf(have.Spec) == sourceOf(r.Spec) {
			return
		}
	}
	if problem := UnknownSource(sourceOf(r.Spec), known); problem != "" {
		c.violate(r, "spec.source", "unknown_source", problem)
	}
}
