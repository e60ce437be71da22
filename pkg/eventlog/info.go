package eventlog

import "time"

// Info describes a log.
type Info struct {
	// Epoch is the random id that the log got when it was created. A log that
	// was restored or imported has another one.
	Epoch string
	// FirstSequence and LastSequence bound the stored messages.
	FirstSequence, LastSequence uint64
	// Messages is the number of stored messages, holes not counted.
	Messages uint64
	// Bytes is the size of the store, MaxBytes the limit at which appends are
	// refused with [ErrFull].
	Bytes, MaxBytes uint64
	// Replicas is the number of servers that keep the log.
	Replicas int
	// Attestation says who checked the servers' durability, and when.
	Attestation Attestation
	// Unattested are the names of servers that hold the log now and were not asked:
	// the log moved to them since.
	Unattested []string
}

// Attestation is the proof, written into the log's metadata by the bootstrap,
// that every server which may hold the log syncs each write to disk before it
// acknowledges it.
type Attestation struct {
	// At is when the servers were asked; zero when they never were.
	At time.Time
	// Servers are the names of the servers that were asked.
	Servers []string
	// SyncAlways is true when each of them syncs every write.
	SyncAlways bool
}

// Valid tells whether the log may be trusted with what is acknowledged.
func (a Attestation) Valid() bool { return !a.At.IsZero() && a.SyncAlways && len(a.Servers) > 0 }
