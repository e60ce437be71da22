// Package beats takes the pings of heartbeats, keeps the last one of each, and has alerts
// fire for those that are missing and end for those that are back.
//
// The last pings are in a stream of their own, one message for each heartbeat. Every
// process looks for itself at what is due, and says it by an ordinary signal, so that
// routes, silences and the log treat these alerts like those of any door. Several processes
// may say the same: an alert that is open already is not opened twice.
package beats
