package catalog

import (
	"fmt"
	"strings"

	"github.com/bridgelog/bridgelog/pkg/incident"
)

// severityKind: what a severity means. Each is described once, and people have to
// know which one is meant by a word.
func severityKind() Kind {
	return Kind{Name: "severity", Title: "Severity", check: func(c *checker, r *Resource) {
		s := r.Spec.GetSeverity()
		c.refer(r, "spec.clocks", "clock_policy", s.GetClocks())
		if policy := c.find("clock_policy", s.GetClocks()); policy != nil && policy.Spec.GetClockPolicy().GetRegulation() != nil {
			c.violate(r, "spec.clocks", "is_a_law", quote(s.GetClocks())+" holds the reports of a law, which events start: name a policy with rules")
		}
		c.referAll(r, "spec.paging.teams", "team", s.GetPaging().GetTeams())
		c.referAll(r, "spec.paging.tell_teams", "team", s.GetPaging().GetTellTeams())
		for i, alias := range s.GetAliases() {
			if other, err := incident.ParseSeverity(alias); err == nil && int32(other) != int32(s.GetSeverity()) {
				c.violate(r, fmt.Sprintf("spec.aliases[%d]", i), "means_another", quote(alias)+" means "+other.String()+": use a name of its own")
			}
		}
		for _, other := range c.ofKind(r.Kind) {
			if other.Name != r.Name && c.besideSeverity(r, other) {
				return // the first is enough: thousands of them could clash
			}
		}
	}}
}

// besideSeverity compares two severities; true when they cannot stand side by side.
func (c *checker) besideSeverity(r, other *Resource) bool {
	clash := false
	violate := func(field, reason, message string) {
		clash = true
		c.violate(r, field, reason, message)
	}
	mine, theirs := r.Spec.GetSeverity(), other.Spec.GetSeverity()
	if mine.GetSeverity() == theirs.GetSeverity() {
		violate("spec.severity", "described_twice", other.Key()+" describes this severity already: change or delete that one")
	}
	if mine.GetCountsInTriage() && theirs.GetCountsInTriage() {
		violate("spec.counts_in_triage", "twice", "an incident in triage counts as "+other.Name+" already: keep one")
	}
	for i, alias := range mine.GetAliases() {
		for _, taken := range append([]string{other.Name}, theirs.GetAliases()...) {
			if strings.EqualFold(alias, taken) {
				violate(fmt.Sprintf("spec.aliases[%d]", i), "alias_taken", quote(alias)+" means "+other.Name+" already: give each a name of its own")
			}
		}
	}
	return clash
}
