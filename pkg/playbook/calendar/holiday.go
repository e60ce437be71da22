package calendar

import (
	"cmp"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// Holiday is a day without business.
type Holiday struct {
	// Name is for people.
	Name string
	// On says which day: "2026-12-24" once; every year "12-25", "3rd monday of
	// january", "last monday of may", or counted from Easter Sunday "easter-2".
	On string
	// Observed moves it from a Saturday to the Friday before, from a Sunday to the
	// Monday after.
	Observed bool
}

// Check says what is wrong with the day, or nothing.
func (h Holiday) Check() error { return h.fill(map[int]string{}) }

// fill enters the holiday into a table by day.
func (h Holiday) fill(table map[int]string) error {
	on := strings.Join(strings.Fields(strings.ToLower(h.On)), " ")
	enter := func(day time.Time) {
		if h.Observed {
			day = observed(day)
		}
		table[dayNumber(day.Date())] = h.Name
	}
	if day, err := time.Parse(time.DateOnly, on); err == nil {
		enter(day)
		return nil
	}
	inYear, err := yearly(on)
	if err != nil {
		return err
	}
	for year := firstYear; year <= lastYear; year++ {
		if day, ok := inYear(year); ok {
			enter(day)
		}
	}
	return nil
}

// yearly reads a rule: which day of a year, if that has one.
func yearly(on string) (func(year int) (time.Time, bool), error) {
	// 2000 is a leap year, so that 02-29 is read.
	if day, err := time.Parse(time.DateOnly, "2000-"+on); err == nil {
		return func(year int) (time.Time, bool) {
			t := time.Date(year, day.Month(), day.Day(), 0, 0, 0, 0, time.UTC)
			return t, t.Month() == day.Month()
		}, nil
	}
	if offset, ok := strings.CutPrefix(on, "easter"); ok {
		days, err := strconv.Atoi(cmp.Or(strings.ReplaceAll(offset, " ", ""), "0"))
		if err == nil && days > -100 && days < 100 {
			return func(year int) (time.Time, bool) { return easter(year).AddDate(0, 0, days), true }, nil
		}
	}
	words := strings.Fields(on)
	if len(words) == 4 && words[2] == "of" {
		nth, okNth := ordinal(words[0])
		weekday, okDay := dayOfWeek(words[1])
		month, okMonth := monthOf(words[3])
		if okNth && okDay && okMonth {
			return func(year int) (time.Time, bool) { return nthWeekday(year, month, weekday, nth), true }, nil
		}
	}
	return nil, fmt.Errorf("%q is no day: use 2026-12-24, 12-25, 3rd monday of january, last monday of may or easter-2", on)
}

// observed moves a day off the weekend.
func observed(day time.Time) time.Time {
	switch day.Weekday() {
	case time.Saturday:
		return day.AddDate(0, 0, -1)
	case time.Sunday:
		return day.AddDate(0, 0, 1)
	default:
		return day
	}
}

// lastInMonth stands for the last one.
const lastInMonth = -1

func ordinal(word string) (int, bool) {
	switch word {
	case "1st", "first":
		return 1, true
	case "2nd", "second":
		return 2, true
	case "3rd", "third":
		return 3, true
	case "4th", "fourth":
		return 4, true
	case "last":
		return lastInMonth, true
	}
	return 0, false
}

func dayOfWeek(word string) (time.Weekday, bool) {
	for day := time.Sunday; day <= time.Saturday; day++ {
		if strings.EqualFold(day.String(), word) {
			return day, true
		}
	}
	return 0, false
}

func monthOf(word string) (time.Month, bool) {
	for month := time.January; month <= time.December; month++ {
		if strings.EqualFold(month.String(), word) {
			return month, true
		}
	}
	return 0, false
}

func nthWeekday(year int, month time.Month, weekday time.Weekday, nth int) time.Time {
	if nth == lastInMonth {
		last := time.Date(year, month+1, 0, 0, 0, 0, 0, time.UTC)
		return last.AddDate(0, 0, -int((last.Weekday()-weekday+7)%7))
	}
	first := time.Date(year, month, 1, 0, 0, 0, 0, time.UTC)
	return first.AddDate(0, 0, int((weekday-first.Weekday()+7)%7)+7*(nth-1))
}

// easter is Easter Sunday of the Gregorian calendar, by the computus of Meeus,
// Jones and Butcher.
func easter(year int) time.Time {
	a, b, c := year%19, year/100, year%100
	d, e := b/4, b%4
	g := (8*b + 13) / 25
	h := (19*a + b - d - g + 15) % 30
	i, k := c/4, c%4
	l := (32 + 2*e + 2*i - h - k) % 7
	m := (a + 11*h + 19*l) / 433
	month := (h + l - 7*m + 90) / 25
	day := (h + l - 7*m + 33*month + 19) % 32
	return time.Date(year, time.Month(month), day, 0, 0, 0, 0, time.UTC)
}
