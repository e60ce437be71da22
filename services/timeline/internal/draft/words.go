package draft

import (
	"fmt"
	"strings"
	"time"

	"github.com/bridgelog/bridgelog/pkg/incident"
)

// instant says a time in UTC to the minute; "" for none.
func instant(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format("2006-01-02 15:04 UTC")
}

// time says a time, with its day when that is not the day of the declaration.
func (k *known) time(t time.Time) string {
	t = t.UTC()
	if t.Format(time.DateOnly) == k.in.DeclaredAt.UTC().Format(time.DateOnly) {
		return t.Format("15:04")
	}
	return t.Format("2006-01-02 15:04")
}

// between says how long something took that may still last; "" when it never began.
func between(start, end, now time.Time) string {
	if start.IsZero() {
		return ""
	}
	if end.IsZero() {
		end = now
	}
	return length(end.Sub(start))
}

// until says how long it is to a time that lies ahead; "" when it does not.
func until(now, then time.Time) string {
	if !then.After(now) {
		return ""
	}
	return length(then.Sub(now).Round(time.Minute))
}

// length says a length of time by its two largest units.
func length(d time.Duration) string {
	days, hours, minutes := int(d/(24*time.Hour)), int(d/time.Hour%24), int(d/time.Minute%60)
	switch {
	case days > 0:
		return joined(count(days, "day"), count(hours, "hour"))
	case hours > 0:
		return joined(count(hours, "hour"), count(minutes, "minute"))
	case minutes > 0:
		return count(minutes, "minute")
	}
	return "less than a minute"
}

func count(n int, unit string) string {
	switch n {
	case 0:
		return ""
	case 1:
		return "1 " + unit
	}
	return fmt.Sprintf("%d %ss", n, unit)
}

func joined(a, b string) string { return strings.TrimSpace(a + " " + b) }

func statusWord(s incident.Status) string {
	if s == incident.StatusUnknown {
		return ""
	}
	return words(s.String())
}

// words makes words out of a name: "technical_lead" becomes "technical lead".
func words(name string) string { return strings.ReplaceAll(name, "_", " ") }

// oneLine puts a text on one line and cuts what is too long for one.
func oneLine(text string) string {
	const most = 300
	line := []rune(strings.Join(strings.Fields(text), " "))
	if len(line) > most {
		return string(line[:most-1]) + "…"
	}
	return string(line)
}
