package catalog

import (
	"fmt"
	"time"

	"google.golang.org/protobuf/types/known/durationpb"

	"github.com/bridgelog/bridgelog/pkg/incident"
	catalogv1 "github.com/bridgelog/bridgelog/proto/gen/catalog/v1"
)

// clockPolicyKind: which clocks run, by rules or by a law.
func clockPolicyKind() Kind {
	return Kind{Name: "clock_policy", Title: "ClockPolicy", check: func(c *checker, r *Resource) {
		s := r.Spec.GetClockPolicy()
		if (len(s.GetRules()) > 0) == (s.GetRegulation() != nil) {
			c.violate(r, "spec.rules", "rules_or_regulation", "a clock policy has either rules or a regulation")
		}
		taken := map[string]int{}
		for i, rule := range s.GetRules() {
			c.clockRule(r, rule, fmt.Sprintf("spec.rules[%d]", i))
			for _, key := range ruleKeys(rule) {
				if first, twice := taken[key]; twice {
					c.violate(r, fmt.Sprintf("spec.rules[%d].clock", i), "twice", fmt.Sprintf("rules[%d] says this for %s already: keep one", first, key))
				}
				taken[key] = i
			}
		}
		if s.GetRegulation() != nil {
			c.regulation(r, s.GetRegulation())
		}
	}}
}

// ruleKeys are the clock and each status that a rule is for.
func ruleKeys(rule *catalogv1.ClockRule) []string {
	clock := enumWord(rule.GetClock().Descriptor(), rule.GetClock().Number())
	if len(rule.GetStatuses()) == 0 {
		return []string{clock + " in all statuses"}
	}
	var keys []string
	for _, status := range rule.GetStatuses() {
		keys = append(keys, clock+" while "+incident.Status(status).String())
	}
	return keys
}

// ownTime reports whether the due time of a clock comes from the incident.
func ownTime(clock catalogv1.Clock) bool {
	return clock == catalogv1.Clock_CLOCK_PROMISED_UPDATE || clock == catalogv1.Clock_CLOCK_FOLLOW_UP || clock == catalogv1.Clock_CLOCK_TASK
}

func (c *checker) clockRule(r *Resource, rule *catalogv1.ClockRule, field string) {
	c.refer(r, field+".calendar", "calendar", rule.GetCalendar())
	set := 0
	if rule.GetWithin() != nil {
		set++
	}
	if rule.GetBusinessDays() > 0 {
		set++
	}
	switch {
	case rule.GetOff() || ownTime(rule.GetClock()):
		if set > 0 {
			c.violate(r, field+".within", "has_no_time", "this rule has no time of its own: leave out within and business_days")
		}
	case set != 1:
		c.violate(r, field+".within", "one_time", "say by when: either within or business_days")
	}
	if rule.GetBusinessDays() > 0 && rule.GetCalendar() == "" {
		c.violate(r, field+".calendar", "required", "business_days need a calendar")
	}
	c.positive(r, field+".within", rule.GetWithin())
	c.warning(r, field, rule.GetWarnBefore(), rule.GetWithin())
}

// longest is the longest time of a clock: whoever counts business hours for longer
// has written minutes as hours.
const longest = 366 * 24 * time.Hour

// positive refuses a time that is given and not longer than nothing, or longer than a
// year.
func (c *checker) positive(r *Resource, field string, d *durationpb.Duration) {
	switch {
	case d == nil:
	case d.CheckValid() != nil || d.AsDuration() <= 0:
		c.violate(r, field, "not_positive", "this time has to be longer than nothing, for example 15m")
	case d.AsDuration() > longest:
		c.violate(r, field, "too_long", "this time is longer than a year (8784h)")
	}
}

// warning checks the time of a warning against the time it belongs to.
func (c *checker) warning(r *Resource, field string, before, within *durationpb.Duration) {
	c.positive(r, field+".warn_before", before)
	if before != nil && within != nil && before.AsDuration() >= within.AsDuration() {
		c.violate(r, field+".warn_before", "too_early", "the warning would come before the clock begins: make it shorter than within")
	}
}
