// Package timeline is the read side: it keeps a read model of incidents up to
// date with the log and serves timeline.v1.TimelineService from it: lists,
// search, one incident and its timeline now and in the past, watches,
// post-mortems, exports and verification.
//
// It needs the log and PostgreSQL. Everything in its schemas can be rebuilt from
// the log.
package timeline
