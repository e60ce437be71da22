package calendar_test

import (
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/bridgelog/bridgelog/pkg/playbook/calendar"
)

func weekdays() []time.Weekday {
	return []time.Weekday{time.Monday, time.Tuesday, time.Wednesday, time.Thursday, time.Friday}
}

func office(t testing.TB, zone string, holidays ...calendar.Holiday) *calendar.Calendar {
	t.Helper()
	c, err := calendar.New(calendar.Spec{
		Name: "office", Zone: zone, Holidays: holidays,
		Hours: []calendar.Hours{{Days: weekdays(), From: 9 * time.Hour, To: 17 * time.Hour}},
	})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func instant(t testing.TB, text string) time.Time {
	t.Helper()
	at, err := time.Parse(time.RFC3339, text)
	if err != nil {
		t.Fatal(err)
	}
	return at
}

func TestHolidaysFallOnTheirDays(t *testing.T) {
	for _, c := range []struct {
		on       string
		observed bool
		days     string
		not      string
	}{
		{"2026-12-24", false, "2026-12-24", "2027-12-24"},
		{"12-25", false, "2026-12-25 2027-12-25", "2026-12-26"},
		{"02-29", false, "2028-02-29", "2027-03-01"},
		{"3rd monday of january", false, "2026-01-19 2027-01-18", "2026-01-12"},
		{"Last Monday of May", false, "2026-05-25 2027-05-31", "2027-05-24"},
		{"4th thursday of november", false, "2026-11-26 2028-11-23", "2028-11-30"},
		{"easter", false, "2024-03-31 2026-04-05 2038-04-25", "2026-04-06"},
		{"easter-2", false, "2026-04-03", "2026-04-05"},
		{"easter+1", false, "2026-04-06 2027-03-29", "2026-04-05"},
		{"easter +39", false, "2026-05-14", "2026-05-21"},
		{"07-04", true, "2026-07-03 2027-07-05 2028-07-04", "2026-07-04"},
		{"01-01", true, "2026-01-01 2027-12-31 2023-01-02", "2028-01-01"},
	} {
		c1 := office(t, "Europe/Berlin", calendar.Holiday{Name: "h", On: c.on, Observed: c.observed})
		for day := range strings.FieldsSeq(c.days) {
			if got := c1.Holiday(instant(t, day+"T12:00:00Z")); got != "h" {
				t.Errorf("%s is no holiday on %s", c.on, day)
			}
		}
		if c1.Holiday(instant(t, c.not+"T12:00:00Z")) != "" {
			t.Errorf("%s is a holiday on %s", c.on, c.not)
		}
	}
}

func TestDaysThatAreNone(t *testing.T) {
	for _, on := range []string{"", "13-01", "02-30", "5th monday of may", "1st funday of may", "1st monday of june july", "easter+900", "easter egg", "christmas"} {
		if err := (calendar.Holiday{Name: "h", On: on}).Check(); err == nil {
			t.Errorf("%q was read as a day", on)
		}
	}
}

func TestBusinessTime(t *testing.T) {
	berlin := office(t, "Europe/Berlin", calendar.Holiday{Name: "Christmas", On: "12-25"})
	for name, c := range map[string]struct {
		from string
		d    time.Duration
		want string
	}{
		"within a day":             {"2026-11-24T09:00:00+01:00", 2 * time.Hour, "2026-11-24T11:00:00+01:00"},
		"to the end of the day":    {"2026-11-24T15:00:00+01:00", 2 * time.Hour, "2026-11-24T17:00:00+01:00"},
		"over the night":           {"2026-11-24T16:00:00+01:00", 2 * time.Hour, "2026-11-25T10:00:00+01:00"},
		"from the night":           {"2026-11-24T03:00:00+01:00", 2 * time.Hour, "2026-11-24T11:00:00+01:00"},
		"over the weekend":         {"2026-11-27T16:30:00+01:00", time.Hour, "2026-11-30T09:30:00+01:00"},
		"over a holiday":           {"2026-12-24T16:00:00+01:00", 2 * time.Hour, "2026-12-28T10:00:00+01:00"},
		"over the end of summer":   {"2026-10-23T16:00:00+02:00", 2 * time.Hour, "2026-10-26T10:00:00+01:00"},
		"over the start of summer": {"2026-03-27T16:00:00+01:00", 2 * time.Hour, "2026-03-30T10:00:00+02:00"},
		"a working week":           {"2026-11-23T09:00:00+01:00", 40 * time.Hour, "2026-11-27T17:00:00+01:00"},
		"nothing":                  {"2026-11-28T09:00:00+01:00", 0, "2026-11-28T09:00:00+01:00"},
	} {
		if got := berlin.Add(instant(t, c.from), c.d); !got.Equal(instant(t, c.want)) {
			t.Errorf("%s: %v after %s is %s, want %s", name, c.d, c.from, got.Format(time.RFC3339), c.want)
		}
	}
}

func TestDaysEnd(t *testing.T) {
	berlin := office(t, "Europe/Berlin", calendar.Holiday{Name: "Christmas", On: "12-25"})
	for _, c := range []struct {
		from string
		days int
		want string
	}{
		{"2026-11-24T20:00:00+01:00", 0, "2026-11-24T17:00:00+01:00"},
		{"2026-11-24T20:00:00+01:00", 1, "2026-11-25T17:00:00+01:00"},
		{"2026-11-28T20:00:00+01:00", 0, "2026-11-30T17:00:00+01:00"},
		{"2026-11-28T20:00:00+01:00", 1, "2026-11-30T17:00:00+01:00"},
		{"2026-12-24T08:00:00+01:00", 1, "2026-12-28T17:00:00+01:00"},
		{"2026-12-31T23:30:00Z", 1, "2027-01-04T17:00:00+01:00"},
	} {
		if got := berlin.EndOfDay(instant(t, c.from), c.days); !got.Equal(instant(t, c.want)) {
			t.Errorf("%d days after %s end %s, want %s", c.days, c.from, got.Format(time.RFC3339), c.want)
		}
	}
	if got := (*calendar.Calendar)(nil).EndOfDay(instant(t, "2026-11-24T20:00:00Z"), 2); !got.Equal(instant(t, "2026-11-27T00:00:00Z")) {
		t.Errorf("two days without a calendar end %s", got)
	}
	saturday := instant(t, "2026-11-28T20:00:00+01:00")
	if got := berlin.NextBusinessDayAt(saturday, 12*time.Hour); !got.Equal(instant(t, "2026-11-30T12:00:00+01:00")) {
		t.Errorf("noon of the next business day is %s", got)
	}
}

func TestMonths(t *testing.T) {
	berlin, _ := time.LoadLocation("Europe/Berlin")
	for _, c := range []struct {
		from string
		n    int
		want string
	}{
		{"2026-01-31T10:00:00+01:00", 1, "2026-02-28T10:00:00+01:00"},
		{"2028-01-31T10:00:00+01:00", 1, "2028-02-29T10:00:00+01:00"},
		{"2026-02-28T10:00:00+01:00", 1, "2026-03-28T10:00:00+01:00"},
		{"2026-03-10T10:00:00+01:00", 1, "2026-04-10T10:00:00+02:00"},
		{"2026-12-31T23:30:00Z", 1, "2027-02-01T00:30:00+01:00"},
		{"2026-11-30T10:00:00+01:00", 3, "2027-02-28T10:00:00+01:00"},
	} {
		if got := calendar.AddMonths(instant(t, c.from), c.n, berlin); !got.Equal(instant(t, c.want)) {
			t.Errorf("%s and %d months is %s, want %s", c.from, c.n, got, c.want)
		}
	}
}

func TestCalendarsThatAreNone(t *testing.T) {
	for name, s := range map[string]calendar.Spec{
		"no hours":    {Zone: "Etc/UTC"},
		"no zone":     {Zone: "Mars/Base", Hours: []calendar.Hours{{Days: weekdays(), To: time.Hour}}},
		"backwards":   {Hours: []calendar.Hours{{Days: weekdays(), From: 2 * time.Hour, To: time.Hour}}},
		"too long":    {Hours: []calendar.Hours{{Days: weekdays(), To: 25 * time.Hour}}},
		"bad holiday": {Hours: []calendar.Hours{{Days: weekdays(), To: time.Hour}}, Holidays: []calendar.Holiday{{On: "soon"}}},
	} {
		if _, err := calendar.New(s); err == nil {
			t.Errorf("%s: it was made", name)
		}
	}
}

// Adding in two steps is adding at once; what is reached is open, or its end; and
// the zone in which an instant is written does not matter.
func TestBusinessTimeAddsUp(t *testing.T) {
	calendars := []*calendar.Calendar{office(t, "Europe/Berlin"), office(t, "America/New_York"), office(t, "Australia/Lord_Howe"), nil}
	tokyo, _ := time.LoadLocation("Asia/Tokyo")
	rapid.Check(t, func(t *rapid.T) {
		c := rapid.SampledFrom(calendars).Draw(t, "calendar")
		from := time.Unix(rapid.Int64Range(1_700_000_000, 1_900_000_000).Draw(t, "from"), 0)
		a := time.Duration(rapid.Int64Range(1, int64(100*time.Hour)).Draw(t, "a"))
		b := time.Duration(rapid.Int64Range(1, int64(100*time.Hour)).Draw(t, "b"))
		once, twice := c.Add(from, a+b), c.Add(c.Add(from, a), b)
		if !once.Equal(twice) {
			t.Fatalf("%v and %v after %s: %s at once, %s in two steps", a, b, from, once, twice)
		}
		if !c.Add(from.In(tokyo), a).Equal(c.Add(from.UTC(), a)) {
			t.Fatal("the zone of the instant matters")
		}
		if !c.Open(once.Add(-time.Nanosecond)) {
			t.Fatalf("%s is reached while nobody works", once)
		}
		if c.Add(from, a).Before(from.Add(a)) {
			t.Fatal("business time runs faster than time")
		}
	})
}
