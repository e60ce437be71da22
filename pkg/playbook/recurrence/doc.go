// Package recurrence finds out whether a kind of cause has come again, so that the
// incidents are reviewed together.
//
// An [Incident] is folded from the log; [Next] compares those of one category by the
// rule of that category. It is pure: it asks nobody and remembers nothing.
//
// Practice, planned work, false alarms and what was merged into another incident do not
// count. Imported incidents count as earlier ones only. A private incident may be
// reviewed because of earlier ones that everybody may see, and is itself no reason to
// review another one: its members would be told of by somebody who cannot see it.
package recurrence
