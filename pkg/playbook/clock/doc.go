// Package clock says by when something has to happen in an incident, and how each of
// these clocks stands.
//
// [Due] is pure: it takes what happened ([Facts]), what a team has configured
// ([Policies]) and the present, and returns a [Reading] per clock. It asks nobody and
// remembers nothing; the same input gives the same readings on every machine, today
// and in ten years.
//
// The rules in short:
//
//   - A clock is due at a time that still counts: at that very time it is not overdue.
//   - A clock that repeats, such as that of updates, begins again with each of them.
//   - When severity or status change, a longer time counts from where the clock began.
//     A shorter one counts from the change at the earliest, so that nobody is late
//     for what was not asked of them, and never reaches beyond the former time.
//   - What has happened is met, in time or late; it never becomes overdue again.
//   - Time within business hours is counted by the calendar of the rule.
//   - Clocks of a law start with events that somebody records. They are reminders
//     and not legal advice.
package clock
