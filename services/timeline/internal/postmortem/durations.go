package postmortem

import (
	"fmt"
	"time"
)

// instant writes a time in UTC to the second.
func instant(t time.Time) string { return t.UTC().Format("2006-01-02 15:04:05") }

// span writes a duration as people say it, with the two greatest units.
func span(d time.Duration) string {
	d = d.Round(time.Second)
	days, hours, minutes, seconds := d/(24*time.Hour), d/time.Hour%24, d/time.Minute%60, d/time.Second%60
	switch {
	case d < 0:
		return "-" + span(-d)
	case days > 0:
		return two(int64(days), "d", int64(hours), "h")
	case hours > 0:
		return two(int64(hours), "h", int64(minutes), "min")
	case minutes > 0:
		return two(int64(minutes), "min", int64(seconds), "s")
	}
	return fmt.Sprintf("%d s", seconds)
}

func two(a int64, unitA string, b int64, unitB string) string {
	if b == 0 {
		return fmt.Sprintf("%d %s", a, unitA)
	}
	return fmt.Sprintf("%d %s %d %s", a, unitA, b, unitB)
}
