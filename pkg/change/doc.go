// Package change is what is known of changes to what runs: deployments, settings,
// flags, migrations. It says what is written on change.<id> and what follows from it.
//
// A change is told of by reports: that it began, that it succeeded. All reports with
// the same source and key are of one change, whose id is derived from them ([ID]), so
// that a report finds its change however often and however late it comes. A report
// that is older than what is known only fills in what was missing ([Merge]).
//
// The package does not judge which change caused what.
package change
