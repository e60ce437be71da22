// Package heartbeat says when a sign of life that is expected is missing: the rule alone,
// of the last ping, what the catalog expects, and when nobody could hear a ping.
package heartbeat
