// Package eventlogtest is the conformance suite of [eventlog.Log], and makes
// commits for tests of what builds on the log.
//
// [Run] drives any implementation through expectation, batches, reading,
// resuming by verified position, holes, redaction at each interrupted step and
// limits.
package eventlogtest
