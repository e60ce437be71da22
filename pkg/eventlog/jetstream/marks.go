package jetstream

import "github.com/nats-io/nats.go/jetstream"

// marksBytes limits the marks: one short message per service and log, and the
// replaced ones until the server compacts their blocks.
const marksBytes = 16 << 20

// marksConfig is where consumers of the log with effects outside keep how far they
// may have got, apart from their databases.
func marksConfig(c Config) jetstream.StreamConfig {
	return jetstream.StreamConfig{
		Name: StreamMarks, Description: "Bridgelog: how far effects may have got", Subjects: []string{"mark.>"},
		Storage: jetstream.FileStorage, Discard: jetstream.DiscardOld, MaxMsgsPerSubject: 1,
		MaxBytes: marksBytes, Replicas: c.Replicas, AllowDirect: true,
	}
}
