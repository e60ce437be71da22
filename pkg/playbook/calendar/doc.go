// Package calendar counts business time: the hours of a working week in a time
// zone, without holidays.
//
// It is pure: a [Calendar] is made once from a [Spec] and never changes. Days follow
// the wall clock of the zone, so a working day is as long as it was on the day of a
// change to or from daylight saving time.
package calendar
