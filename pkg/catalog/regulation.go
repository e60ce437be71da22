package catalog

import (
	"fmt"

	catalogv1 "github.com/bridgelog/bridgelog/proto/gen/catalog/v1"
)

// regulation checks a law's duties and how they refer to each other.
func (c *checker) regulation(r *Resource, law *catalogv1.Regulation) {
	c.link(r, "spec.regulation.url", law.GetUrl())
	c.refer(r, "spec.regulation.calendar", "calendar", law.GetCalendar())
	ids := map[string]bool{}
	for i, duty := range law.GetDuties() {
		if ids[duty.GetId()] {
			c.violate(r, fmt.Sprintf("spec.regulation.duties[%d].id", i), "twice", "the id "+quote(duty.GetId())+" is given twice")
		}
		ids[duty.GetId()] = true
	}
	for i, duty := range law.GetDuties() {
		field := fmt.Sprintf("spec.regulation.duties[%d]", i)
		c.duty(r, law, duty, field)
		for _, other := range [][2]string{{"report", duty.GetReport()}, {"after_report", duty.GetAfterReport()}, {"replaced_by", duty.GetReplacedBy()}} {
			if name, id := other[0], other[1]; id != "" && (!ids[id] || id == duty.GetId()) {
				c.violate(r, field+"."+name, "unknown_duty", quote(id)+" is no other duty of this regulation")
			}
		}
	}
}

// duty checks one duty by itself.
func (c *checker) duty(r *Resource, law *catalogv1.Regulation, duty *catalogv1.Duty, field string) {
	set := 0
	for _, is := range []bool{duty.GetWithin() != nil, duty.GetDays() > 0, duty.GetBusinessDays() > 0, duty.GetMonths() > 0} {
		if is {
			set++
		}
	}
	if set != 1 {
		c.violate(r, field+".within", "one_time", "say by when: one of within, days, business_days, months")
	}
	if submitted := duty.GetStarts() == catalogv1.LegalMark_LEGAL_MARK_SUBMITTED; submitted != (duty.GetReport() != "") {
		c.violate(r, field+".report", "report_and_start", "a duty that starts with submitted names the report, and no other does")
	}
	if (duty.GetCapFrom() != 0) != (duty.GetCap() != nil) {
		c.violate(r, field+".cap", "cap_and_event", "cap_from and cap belong together")
	}
	if needs := duty.GetBusinessDays() > 0 || duty.GetNextBusinessDayAt() != ""; needs && law.GetCalendar() == "" {
		c.violate(r, field, "calendar_required", "business days need a calendar: name one in the regulation")
	}
	c.positive(r, field+".within", duty.GetWithin())
	c.positive(r, field+".cap", duty.GetCap())
	c.warning(r, field, duty.GetWarnBefore(), duty.GetWithin())
}
