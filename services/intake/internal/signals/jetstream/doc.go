// Package jetstream keeps signals in the JetStream stream SIGNALS.
//
// The stream forgets its oldest signals when it is full or they are old: it is
// evidence, not truth, and the life of alerts is in the log. What is not handled
// yet is protected by the door, which refuses when the backlog takes half of the
// room. One durable consumer with one signal in flight gives one order over any
// number of processes, and survives restarts.
package jetstream
