// Package view is what scripts read with -o json: stable objects with
// snake_case keys that are always present. Enumerations are in people's words
// (SEV-1, investigating, partial_outage); times are RFC 3339 in UTC, and null
// where there is none; lists are never null.
package view
