package clock

import "time"

// Next returns the first time at which one of the readings passes a
// threshold by itself; false when none will. Until then [Due] gives the same states,
// if nothing happens.
func Next(readings []Reading) (time.Time, bool) {
	var next time.Time
	found := false
	for _, r := range readings {
		var at time.Time
		switch r.State {
		case Running:
			at = r.Warn
		case Warning:
			at = r.Due.Add(time.Nanosecond) // the due time itself still counts
		default:
			continue
		}
		if !found || at.Before(next) {
			next, found = at, true
		}
	}
	return next, found
}
