// Package pageanswer answers the calls of signal.v1.PageViewService from the view of
// pages, and refuses what the caller may not see as if it did not exist.
package pageanswer
