// Package heartbeat makes, changes and deletes the resources of the kind Heartbeat for
// whoever sends to a door of intake, and decides who may. It is not where pings are kept.
package heartbeat
