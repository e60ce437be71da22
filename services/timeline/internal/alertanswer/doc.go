// Package alertanswer answers the calls of signal.v1.AlertViewService from the
// view of alerts, and refuses what the caller may not see as if it did not exist.
package alertanswer
