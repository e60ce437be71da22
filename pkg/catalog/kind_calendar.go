package catalog

import (
	"fmt"

	"github.com/bridgelog/bridgelog/pkg/playbook/calendar"
)

// calendarKind: when people work.
func calendarKind() Kind {
	return Kind{Name: "calendar", Title: "Calendar", check: func(c *checker, r *Resource) {
		s := r.Spec.GetCalendar()
		c.zone(r, "spec.time_zone", s.GetTimeZone())
		before := len(c.found)
		for i, h := range s.GetHolidays() {
			if err := (calendar.Holiday{Name: h.GetName(), On: h.GetOn()}).Check(); err != nil {
				c.violate(r, fmt.Sprintf("spec.holidays[%d].on", i), "not_a_day", err.Error())
			}
		}
		if _, err := calendar.Of(r.Name, s); err != nil && len(c.found) == before && s.GetTimeZone() != "Local" {
			c.violate(r, "spec.hours", "not_hours", err.Error())
		}
	}}
}
