package jetstream

import "github.com/nats-io/nats.go/jetstream"

// heartbeatsBytes limits the pings: one message of some hundred bytes for each heartbeat,
// and the replaced ones until the server compacts their blocks. Room for a hundred
// thousand; beyond that the one that was pinged longest ago is forgotten.
const heartbeatsBytes = 64 << 20

// heartbeatsConfig is where intake keeps the last ping of each heartbeat. Pings are
// replaced, so that one each second needs no more room than one each day. Reads ask the
// leader: a replica that lags would make a heartbeat look missing.
func heartbeatsConfig(c Config) jetstream.StreamConfig {
	return jetstream.StreamConfig{
		Name: StreamHeartbeats, Description: "Bridgelog: the last ping of each heartbeat", Subjects: []string{"heartbeat.>"},
		Storage: jetstream.FileStorage, Discard: jetstream.DiscardOld, MaxMsgsPerSubject: 1,
		MaxBytes: heartbeatsBytes, Replicas: c.Replicas,
	}
}
