// Package runbook says whether an alert leads to a runbook, and whether a runbook holds
// what it has to. It is pure: rules, alerts and the library arrive as arguments, and
// nothing is fetched, so that a link is judged by what is known of it.
package runbook
