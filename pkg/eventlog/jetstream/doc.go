// Package jetstream is the real [eventlog.Log]: one NATS JetStream stream.
//
// [Bootstrap] creates the streams and attests, with a connection of the system
// account, that every server syncs each write to disk; [Open] refuses a stream
// that is not attested or whose settings could lose or change what was
// acknowledged. Both work alike on one embedded server and on a cluster of
// three.
//
// Where the two differ, this package hides it: conflicts come as error 10071 or
// 10164, a conflicting message may still be in flight on three replicas, and
// direct reads may be stale there, so everything that must be current is asked
// of the leader. Messages carry no Nats-Msg-Id, which would be deduplicated over
// the whole stream and checked in a different order on one and on three
// replicas.
//
// All who follow a log by one [Log] share a consumer once they have caught up.
package jetstream
