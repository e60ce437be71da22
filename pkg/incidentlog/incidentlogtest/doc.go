// Package incidentlogtest lets the tests of consumers write real histories: every
// act is decided by the domain, sealed and appended as the command service does
// it, without a service.
package incidentlogtest
