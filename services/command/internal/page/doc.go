// Package page serves the calls that write the life of pages into the log.
//
// Whom a page calls is worked out here, from the catalog as it is when the page is asked
// for, so that the decision and the revision that it rests on are one event. That a page
// is acknowledged, or over, is never decided here: it follows from its alert.
package page
