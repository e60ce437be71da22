// Package timeparse reads the times that people type: RFC 3339, "10m ago",
// "-10m", "14:05", "2026-03-01 14:05" and "now". It is pure: the present and
// the zone come from the caller.
package timeparse
