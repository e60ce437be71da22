package calendar

import (
	"fmt"
	"strings"
	"time"

	catalogv1 "github.com/bridgelog/bridgelog/proto/gen/catalog/v1"
)

// Of makes the calendar that a resource describes. The error says what is wrong
// with it.
func Of(name string, s *catalogv1.CalendarSpec) (*Calendar, error) {
	spec := Spec{Name: name, Zone: s.GetTimeZone()}
	for _, h := range s.GetHours() {
		from, err := ParseTime(h.GetFrom())
		if err != nil {
			return nil, err
		}
		to, err := ParseTime(h.GetTo())
		if err != nil {
			return nil, err
		}
		hours := Hours{From: from, To: to}
		for _, word := range h.GetDays() {
			day, ok := shortDay(word)
			if !ok {
				return nil, fmt.Errorf("%q is no day: use mon, tue, wed, thu, fri, sat or sun", word)
			}
			hours.Days = append(hours.Days, day)
		}
		spec.Hours = append(spec.Hours, hours)
	}
	for _, h := range s.GetHolidays() {
		spec.Holidays = append(spec.Holidays, Holiday{Name: h.GetName(), On: h.GetOn(), Observed: h.GetObserved()})
	}
	return New(spec)
}

// ParseTime reads a wall-clock time, HH:MM, as the time since midnight; 24:00 is
// the next midnight.
func ParseTime(text string) (time.Duration, error) {
	if text == "24:00" {
		return 24 * time.Hour, nil
	}
	t, err := time.Parse("15:04", text)
	if err != nil {
		return 0, fmt.Errorf("%q is no time of day: use 09:30", text)
	}
	return time.Duration(t.Hour())*time.Hour + time.Duration(t.Minute())*time.Minute, nil
}

func shortDay(word string) (time.Weekday, bool) {
	for day := time.Sunday; day <= time.Saturday; day++ {
		if strings.ToLower(day.String()[:3]) == word {
			return day, true
		}
	}
	return 0, false
}
