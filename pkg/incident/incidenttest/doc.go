// Package incidenttest makes incident histories for tests: filled examples of
// every event ([Samples]) and a log in memory that decides and records
// ([History]). Its clock and ids are fixed, so that results can be compared.
package incidenttest
