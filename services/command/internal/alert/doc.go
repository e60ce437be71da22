// Package alert serves the calls that write the life of alerts into the log.
//
// There is little to decide: an episode begins once and ends once. Which incident
// it belongs to is decided by intake, before it calls. Meanwhile people, and the
// machines that speak for them, acknowledge it and write about it.
package alert
